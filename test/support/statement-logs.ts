/** The logs of `fixtures/statement`, made here so that their chain holds; `UPDATE=1 npm test` writes them. */
import { sha256Hex } from '../../src/base/digest.ts';

type Fields = Record<string, unknown> & { time: string };

const ANN = 'ann@cae.acme.example';
const BOB = 'bob@cae.acme.example';
const CID = 'cid@dev.acme.example';
const DEE = 'dee@dev.acme.example';
const EVE = 'eve@dev.acme.example';
const GUS = 'gus@partner.example';
const HAL = 'hal@temp.example';

function act(time: string, actor: string, action: string, more: object = {}): Fields {
  return { time, actor, action, outcome: 'success', ...more };
}

let sessions = 0;

/** `day` as `01-05`; `from` and `until` are hours and minutes in UTC, an hour behind the clocks in Berlin. */
function session(
  feature: string,
  actor: string,
  day: string,
  from: string,
  until: string | undefined,
): Fields[] {
  const id = `s-${++sessions}`;
  const more = { feature, session: id, host: `ws-${actor.slice(0, 3)}` };
  const event = (clock: string, move: string) =>
    act(`2026-${day}T${clock}:00Z`, actor, `license.${move}`, more);
  return [event(from, 'checkout'), ...(until === undefined ? [] : [event(until, 'checkin')])];
}

function denied(feature: string, actor: string, day: string, clock: string): Fields {
  const more = { outcome: 'failure', feature, host: `ws-${actor.slice(0, 3)}`, reason: 'all seats taken' };
  return act(`2026-${day}T${clock}:00Z`, actor, 'license.denied', more);
}

/** Two or three at work on Mondays, Wednesdays and Fridays. */
function ordinaryDays(month: number, days: readonly number[]): Fields[] {
  return days.flatMap((day, index) => {
    const text = `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    return [
      ...session('editor', index % 2 === 0 ? ANN : BOB, text, '07:30', '11:00'),
      ...session('editor', CID, text, '08:15', '15:45'),
      ...(index % 3 === 0 ? session('editor', DEE, text, '12:00', '16:00') : []),
      ...(index % 4 === 0 ? session('solver', BOB, text, '09:00', '10:00') : []),
    ];
  });
}

const EVENTS: Fields[] = [
  // Midnight in Berlin: the log begins with the month, and ends with it.
  act('2025-12-31T23:00:00Z', 'ops', 'log.start'),
  ...ordinaryDays(1, [5, 7, 9, 12, 14, 16, 19, 21, 23, 26, 28, 30]),
  ...session('viewer', HAL, '01-07', '09:00', '09:40'),
  ...session('viewer', 'ann@old-acme.example', '01-08', '09:00', '09:20'),
  ...session('viewer', ANN, '01-13', '10:00', '10:20'),
  ...session('viewer', EVE, '01-20', '09:00', '12:00'),
  ...session('viewer', 'svc-nightly', '01-21', '01:00', '01:05'),
  ...session('viewer', GUS, '01-22', '13:00', '13:30'),
  // Retries that end in a check-out are no incident.
  denied('solver', GUS, '01-15', '09:10'),
  denied('solver', GUS, '01-15', '09:12'),
  ...session('solver', GUS, '01-15', '09:15', '09:45'),
  act('2026-01-31T22:59:59Z', 'ops', 'log.rotate'),
  act('2026-01-31T23:00:00Z', 'ops', 'log.start'),
  ...ordinaryDays(2, [2, 4, 6, 9, 11, 13, 16, 18, 20, 23, 25, 27]),
  // Five on four seats.
  ...session('editor', ANN, '02-10', '08:00', '12:00'),
  ...session('editor', BOB, '02-10', '08:10', '12:00'),
  ...session('editor', CID, '02-10', '08:20', '12:00'),
  ...session('editor', DEE, '02-10', '08:30', '12:00'),
  ...session('editor', EVE, '02-10', '09:00', '11:00'),
  denied('editor', GUS, '02-10', '09:05'),
  denied('editor', GUS, '02-10', '09:07'),
  denied('editor', GUS, '02-10', '09:09'),
  denied('editor', HAL, '02-10', '09:30'),
  ...session('viewer', ANN, '02-05', '10:00', '10:20'),
  ...session('viewer', EVE, '02-12', '09:00', '12:00'),
  ...session('viewer', GUS, '02-17', '13:00', '13:30'),
  ...session('viewer', DEE, '02-24', '13:00', '13:30'),
  ...session('solver', BOB, '02-19', '09:00', undefined),
  ...session('solver', ANN, '02-24', '08:00', '10:00'),
  ...session('solver', GUS, '02-24', '09:00', '09:30'),
  act('2026-02-28T22:59:59Z', 'ops', 'log.rotate'),
];

function chained(): string[] {
  const inOrder = EVENTS.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  let previous = '0'.repeat(64);
  return inOrder.map((event, index) => {
    const body = sorted({ ...event, id: `lic-${1001 + index}`, prev_hash: previous, seq: index + 1 });
    previous = sha256Hex(JSON.stringify(body));
    return JSON.stringify(sorted({ ...body, hash: previous }));
  });
}

function sorted(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const LINES = chained();
const february = LINES.findIndex((line) => line.includes('"time":"2026-01-31T23:'));

export const STATEMENT_LOGS: Readonly<Record<string, string>> = {
  '2026-01.ndjson': `${LINES.slice(0, february).join('\n')}\n`,
  '2026-02.ndjson': `${LINES.slice(february).join('\n')}\n`,
};
