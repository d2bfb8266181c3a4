/** Peaks, days, heat map and teams of the statement against twins that look at every minute. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatInstant } from '../../src/base/instant.ts';
import { wallClockMs } from '../../src/base/time-zone.ts';
import type { LicenseFigures } from '../../src/model/license-figures.ts';
import { spanning, use } from './run-contract.ts';
import { figuresOf } from './statement-run.ts';

/** Berlin sets its clocks forward on 2025-03-30 at 01:00 UTC; the log holds the change and the end of the month. */
const ZONE = 'Europe/Berlin';
const START = Date.UTC(2025, 2, 29, 20);
const MINUTES = 3 * 24 * 60;
const CHANGE = Date.UTC(2025, 2, 30, 22);

const CONTRACT = `
contract: {id: ACME-2025-017, timezone: ${ZONE}}
people: {teams: {cae: [ann, bob], dev: ["c*"]}}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: count seats each instant take max over month
    quantity: [{from: 2025-01-01, set: 4}, {from: 2025-03-31, set: 2}]
`;
const PEOPLE = ['ann', 'bob', 'cid', 'dee'];
const TEAM_OF: Record<string, string | null> = { ann: 'cae', bob: 'cae', cid: 'dev', dee: null };

type Session = { person: string; from: number; until: number; quantity: number };

const timeAt = (minute: number) => formatInstant(BigInt(START + minute * 60_000) * 1_000_000n);

const sessionsArbitrary: fc.Arbitrary<Session[]> = fc.array(
  fc
    .record({
      person: fc.constantFrom(...PEOPLE),
      from: fc.integer({ min: 0, max: MINUTES - 2 }),
      length: fc.integer({ min: 1, max: 900 }),
      quantity: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ person, from, length, quantity }) => ({
      person,
      from,
      until: Math.min(from + length, MINUTES - 1),
      quantity,
    })),
  { maxLength: 12 },
);

function run(sessions: readonly Session[]): LicenseFigures {
  const records = sessions.flatMap(({ person, from, until, quantity }, index) => [
    use('checkout', timeAt(from), person, { session: `s${index}`, quantity }),
    use('checkin', timeAt(until), person, { session: `s${index}`, quantity }),
  ]);
  return figuresOf(CONTRACT, [...spanning(timeAt(0), timeAt(MINUTES)), ...records]);
}

/** The naive count of one minute: every session is looked at. Sessions begin and end on whole minutes. */
function at(sessions: readonly Session[], minute: number): Session[] {
  return sessions.filter(({ from, until }) => from <= minute && minute < until);
}

function seats(sessions: readonly Session[]): number {
  return sessions.reduce((sum, { quantity }) => sum + quantity, 0);
}

test('the peak, its teams and its sessions, and the peaks of days and months are those of a count of every minute', () => {
  fc.assert(
    fc.property(sessionsArbitrary, (sessions) => {
      const figures = run(sessions);
      const local = (minute: number) =>
        new Date(wallClockMs(START + minute * 60_000, ZONE)).toISOString().slice(0, 10);
      const days = new Map<string, number>();
      const months = new Map<string, { amount: number; minute: number }>();
      let peak = { amount: 0, minute: 0 };
      for (let minute = 0; minute <= MINUTES; minute++) {
        const amount = seats(at(sessions, minute));
        if (amount === 0) continue;
        const day = local(minute);
        days.set(day, Math.max(days.get(day) ?? 0, amount));
        if (amount > (months.get(day.slice(0, 7))?.amount ?? 0))
          months.set(day.slice(0, 7), { amount, minute });
        if (amount > peak.amount) peak = { amount, minute };
      }
      assert.deepEqual(
        figures.days,
        [...days].map(([day, most]) => ({ day, peak: most })),
      );
      assert.equal(figures.peak?.amount ?? 0, peak.amount);
      for (const month of figures.months) {
        const expected = months.get(month.period);
        assert.deepEqual([month.lower, month.upper], [expected?.amount ?? 0, expected?.amount ?? 0]);
        assert.equal(month.teams?.amount, expected?.amount);
        if (expected === undefined) continue;
        assert.deepEqual(
          [month.teams!.at, teamsOf(month.teams!.teams)],
          [timeAt(expected.minute), teamsAt(sessions, expected.minute)],
        );
      }
      if (figures.peak === null) return;
      assert.equal(figures.peak.at, timeAt(peak.minute));
      assert.deepEqual(teamsOf(figures.peak.teams), teamsAt(sessions, peak.minute));
      // The witness can be counted again: each of its sessions holds its seats at the instant of the peak.
      const witness = figures.peak.sessions;
      assert.equal(
        witness.reduce((sum, { quantity }) => sum + quantity, 0),
        peak.amount,
      );
      assert.ok(witness.every(({ from, until }) => from <= figures.peak!.at && figures.peak!.at < until!));
      assert.ok(witness.every(({ opened, closed }) => closed !== null && opened.line !== closed.line));
    }),
    { numRuns: 30 },
  );
});

function teamsAt(sessions: readonly Session[], minute: number): Record<string, number> {
  const teams: Record<string, number> = {};
  for (const { person, quantity } of at(sessions, minute)) {
    const team = String(TEAM_OF[person]);
    teams[team] = (teams[team] ?? 0) + quantity;
  }
  return teams;
}

function teamsOf(teams: readonly { team: string | null; amount: number }[]): Record<string, number> {
  return Object.fromEntries(teams.map(({ team, amount }) => [String(team), amount]));
}

test('the heat map is that of a sample of every minute, over a change of clocks and of the quantity', () => {
  fc.assert(
    fc.property(sessionsArbitrary, (sessions) => {
      const { heat } = run(sessions);
      const cells = new Map<string, { used: number[]; shares: number[] }>();
      for (let minute = 0; minute < MINUTES; minute++) {
        const instant = START + minute * 60_000;
        const clock = new Date(wallClockMs(instant, ZONE));
        const key = `${(clock.getUTCDay() + 6) % 7} ${clock.getUTCHours()}`;
        const cell = cells.get(key) ?? { used: [], shares: [] };
        const used = seats(at(sessions, minute));
        cell.used.push(used);
        cell.shares.push(used / (instant < CHANGE ? 4 : 2));
        cells.set(key, cell);
      }
      const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
      for (let weekday = 0; weekday < 7; weekday++) {
        for (let hour = 0; hour < 24; hour++) {
          const cell = cells.get(`${weekday} ${hour}`);
          const place = `${weekday} ${hour}`;
          if (cell === undefined) {
            // The last instant of the log begins an hour that it does not reach into.
            assert.equal(heat!.mean[weekday]![hour], null, place);
            continue;
          }
          assert.ok(Math.abs(heat!.mean[weekday]![hour]! - mean(cell.used)) < 1e-4, place);
          assert.ok(Math.abs(heat!.meanShare[weekday]![hour]! - mean(cell.shares)) < 1e-4, place);
          assert.equal(heat!.max[weekday]![hour], Math.max(...cell.used), place);
          assert.ok(Math.abs(heat!.maxShare[weekday]![hour]! - Math.max(...cell.shares)) < 1e-4, place);
        }
      }
    }),
    { numRuns: 12 },
  );
});

test('seats that are shared count once, with their largest quantity', () => {
  const shared = CONTRACT.replace('quantity: [', 'share: [person]\n    quantity: [');
  const records = [
    use('checkout', timeAt(10), 'ann', { session: 'a', quantity: 1 }),
    use('checkout', timeAt(20), 'ann', { session: 'b', quantity: 3 }),
    use('checkout', timeAt(25), 'cid', { session: 'c', quantity: 1 }),
    use('checkin', timeAt(30), 'ann', { session: 'b' }),
    use('checkin', timeAt(40), 'ann', { session: 'a' }),
    use('checkin', timeAt(50), 'cid', { session: 'c' }),
  ];
  const { peak, months } = figuresOf(shared, [...spanning(timeAt(0), timeAt(MINUTES)), ...records]);
  assert.deepEqual([peak!.amount, peak!.at, months[0]!.upper], [4, timeAt(25), 4]);
  assert.deepEqual(peak!.teams, [
    { team: 'cae', amount: 3 },
    { team: 'dev', amount: 1 },
  ]);
});

test('a session without a check-in is in the peak, without an end, and a check-in without a check-out is not', () => {
  const records = [
    use('checkin', timeAt(5), 'bob', { session: 'x' }),
    use('checkout', timeAt(10), 'ann', { session: 'a' }),
  ];
  const { peak, months, trueUp } = figuresOf(CONTRACT, [...spanning(timeAt(0), timeAt(MINUTES)), ...records]);
  assert.equal(peak!.amount, 1);
  assert.deepEqual(
    peak!.sessions.map(({ holder, until, closed }) => [holder, until, closed]),
    [['ann', null, null]],
  );
  assert.deepEqual([months[0]!.lower, months[0]!.upper], [1, 1]);
  assert.deepEqual(trueUp.excess, { lower: 0, upper: 0 });
});

test('a measure over another period has its months as well, from the same sessions', () => {
  const term = CONTRACT.replace('over month', 'over term').replace(
    'licenses:',
    'term: {from: 2025-01-01, until: 2026-01-01}\nlicenses:',
  );
  const records = [
    use('checkout', timeAt(10), 'ann', { session: 'a' }),
    use('checkin', timeAt(60), 'ann', { session: 'a' }),
    use('checkout', timeAt(MINUTES - 100), 'cid', { session: 'b', quantity: 2 }),
    use('checkin', timeAt(MINUTES - 50), 'cid', { session: 'b', quantity: 2 }),
  ];
  const { periods, months } = figuresOf(term, [...spanning(timeAt(0), timeAt(MINUTES)), ...records]);
  assert.deepEqual(
    periods.map(({ period, upper }) => [period, upper]),
    [['2025-01-01/2026-01-01', 2]],
  );
  assert.deepEqual(
    months.map(({ period, upper, lower }) => [period, lower, upper]),
    [
      ['2025-03', 1, 1],
      ['2025-04', 2, 2],
    ],
  );
});
