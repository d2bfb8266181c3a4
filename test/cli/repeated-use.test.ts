/** Records without an id that repeat others byte for byte: of use they may be a second one, and of a copied file they are none. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-repeated-use-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const SEATS = 'count seats each instant take max over month';
const SUM = 'count sum(quantity) over month';

type Act = { at: string; actor?: string; move: string; more?: object };

/** A log of one day; no record but the first and the last has an id. */
function logOf(acts: readonly Act[]): string {
  const day = (time: string) => `2026-03-02T${time}Z`;
  const edge = (id: string, time: string) => ({ time: day(time), id, actor: 'x', action: 'heartbeat' });
  const records = acts.map(({ at, actor = 'ann', move, more }) => ({
    time: day(`${at}:00`),
    actor,
    host: `${actor}-pc`,
    action: `license.${move}`,
    license: 'f',
    ...more,
  }));
  const all = [edge('0', '00:00:00'), ...records, edge('9', '23:59:59')];
  return all.map((record) => `${JSON.stringify(record)}\n`).join('');
}

async function verdictsOf(logs: readonly string[], measure: string, quantities: number[], more = '') {
  const here = fs.mkdtempSync(path.join(folder, 'log-'));
  for (const [index, text] of logs.entries()) fs.writeFileSync(path.join(here, `${index}.ndjson`), text);
  const verdicts: string[] = [];
  for (const quantity of quantities) {
    fs.writeFileSync(
      path.join(here, 'licenses.yaml'),
      `contract: {id: C, timezone: UTC}
term: {from: 2026-03-02, until: 2026-03-03}
licenses:
  - id: f
    covers: {feature: f}
    measure: ${measure}
    quantity: [{from: 2026-01-01, set: ${quantity}}]
    ${more}
`,
    );
    const files = logs.map((_, index) => `${index}.ndjson`);
    const argv = ['licenses', '--no-config', '--licenses', 'licenses.yaml', '--format', 'json', ...files];
    const { stdout } = await commands.run(argv, here);
    verdicts.push((JSON.parse(stdout) as { verdict: string }).verdict);
  }
  return verdicts;
}

const twice = (act: Act): Act[] => [act, act];
const [OVER, UNKNOWN, WITHIN] = ['exceeded', 'undetermined', 'within'];

test('equal check-outs are one seat for certain, and perhaps two until both are checked in', async () => {
  const acts = [...twice({ at: '08:00', move: 'checkout' }), ...twice({ at: '10:00', move: 'checkin' })];
  assert.deepEqual(await verdictsOf([logOf(acts)], SEATS, [0, 1, 2]), [OVER, UNKNOWN, WITHIN]);
  const later: Act[] = [
    ...acts,
    { at: '11:00', actor: 'bob', move: 'checkout', more: { quantity: 2 } },
    { at: '12:00', actor: 'bob', move: 'checkin', more: { quantity: 2 } },
  ];
  assert.deepEqual(await verdictsOf([logOf(later)], SEATS, [1, 2]), [OVER, WITHIN]);
  // Of the check-ins one alone: what goes on is over when the contract says so.
  const open = later.toSpliced(3, 1);
  assert.deepEqual(await verdictsOf([logOf(open)], SEATS, [2, 3]), [UNKNOWN, WITHIN]);
  assert.deepEqual(await verdictsOf([logOf(open)], SEATS, [1, 2], 'missingCheckin: PT2H30M'), [OVER, WITHIN]);
});

test('equal check-ins may have ended either session', async () => {
  const acts: Act[] = [
    { at: '08:00', move: 'checkout' },
    { at: '08:30', move: 'checkout' },
    ...twice({ at: '09:00', move: 'checkin' }),
    { at: '10:00', actor: 'bob', move: 'checkout', more: { quantity: 2 } },
    { at: '11:00', actor: 'bob', move: 'checkin', more: { quantity: 2 } },
  ];
  assert.deepEqual(await verdictsOf([logOf(acts)], SEATS, [1, 2, 3]), [OVER, UNKNOWN, WITHIN]);
});

test('equal amounts may add up, and seats that are shared do not', async () => {
  const acts = twice({ at: '08:00', move: 'use', more: { quantity: 8 } });
  for (const measure of [SUM, 'count sum(quantity) each day take max over month'])
    assert.deepEqual(await verdictsOf([logOf(acts)], measure, [7, 8, 15, 16]), [
      OVER,
      UNKNOWN,
      UNKNOWN,
      WITHIN,
    ]);
  assert.deepEqual(await verdictsOf([logOf(acts)], 'count events over month', [0, 1, 2]), [
    OVER,
    UNKNOWN,
    WITHIN,
  ]);
  assert.deepEqual(await verdictsOf([logOf(acts)], 'count distinct person over month', [0, 1]), [
    OVER,
    WITHIN,
  ]);
  const shared = twice({ at: '08:00', move: 'checkout' });
  assert.deepEqual(await verdictsOf([logOf(shared)], SEATS, [0, 1], 'share: person'), [OVER, WITHIN]);
});

test('an id of its own, of the record or of the session, and a copied file leave nothing open', async () => {
  const one = { at: '08:00', move: 'use', more: { quantity: 8 } };
  assert.deepEqual(await verdictsOf([logOf([one]), logOf([one])], SUM, [7, 8]), [OVER, WITHIN]);
  const named = twice({ ...one, more: { id: 'e1', quantity: 8 } });
  assert.deepEqual(await verdictsOf([logOf(named)], SUM, [7, 8]), [OVER, WITHIN]);
  const session = twice({ at: '08:00', move: 'checkout', more: { session_id: 's1' } });
  assert.deepEqual(await verdictsOf([logOf(session)], SEATS, [0, 1]), [OVER, WITHIN]);
  // A copy of a log has each record as often as the log.
  const two = logOf(twice(one));
  assert.deepEqual(await verdictsOf([two, two, logOf([one])], SUM, [15, 16]), [UNKNOWN, WITHIN]);
  assert.deepEqual(await verdictsOf([logOf([one]), two], SUM, [15, 16]), [UNKNOWN, WITHIN]);
});
