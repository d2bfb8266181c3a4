/** Windows of days, means over time, samples, and what becomes of a figure: each against a slow twin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ONE } from '../../src/licenses/contract/amount.ts';
import type { Adjustment } from '../../src/licenses/contract/contract.ts';
import { adjustAmount, adjustLimit } from '../../src/licenses/measures/adjust.ts';
import { rounds } from '../support/rounds.ts';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const DAY = 86_400_000_000_000n;
const HOUR = DAY / 24n;
const START = instant('2025-03-01T00:00:00Z');
const SPAN = { from: START, until: START + 61n * DAY - 1n };
/** Days of March and April, from 0. */
const MONTHS = [
  { from: 0, until: 31 },
  { from: 31, until: 61 },
];
const PERSON = fc.constantFrom('ann', 'bob', 'cid', 'dan');
/** Nothing is known of the days before the log, unless the contract begins with it. */
const TERM = 'term: {from: 2025-03-01, until: 2026-03-01}';

type Daily = { day: number; hour: number; person: string; units: number };

const daily = fc.array(
  fc.record({ day: fc.nat(60), hour: fc.nat(23), person: PERSON, units: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 1, maxLength: 20 },
);

function toUsed(events: readonly Daily[]): Used[] {
  return events
    .map(
      ({ day, hour, person, units }): Used => ({
        kind: 'use',
        at: START + BigInt(day) * DAY + BigInt(hour) * HOUR,
        person,
        amount: String(units),
      }),
    )
    .sort((a, b) => (a.at! < b.at! ? -1 : 1));
}

function figures(sentence: string, used: readonly Used[], more: Parameters<typeof contractWith>[1] = {}) {
  return boundsOf(runFold(contractWith(sentence, more), used, SPAN)).map(([, lower, upper]) => [
    lower,
    upper,
  ]);
}

test('each Nd counts, for each day, the days that end with it', () => {
  const days = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      daily,
      days,
      fc.constantFrom('distinct person', 'sum(units)', 'events'),
      (events, length, what) => {
        const value = (last: number) => {
          const inside = events.filter(({ day }) => day > last - length && day <= last);
          if (what === 'distinct person') return new Set(inside.map(({ person }) => person)).size;
          return what === 'events' ? inside.length : inside.reduce((sum, { units }) => sum + units, 0);
        };
        const expected = MONTHS.map(({ from, until }) => {
          const values = Array.from({ length: until - from }, (_, index) => value(from + index));
          return [Math.max(...values), Math.max(...values)].map(String);
        });
        const head = { head: TERM };
        assert.deepEqual(
          figures(`count ${what} each ${length}d take max over month`, toUsed(events), head),
          expected,
        );
        assert.deepEqual(figures(`count ${what} over rolling ${length}d`, toUsed(events), head), expected);
      },
    ),
    { numRuns: 100 },
  );
});

test('a window that reaches back to before the log has a lower bound only', () => {
  const used = toUsed([
    { day: 3, hour: 5, person: 'ann', units: 1 },
    { day: 40, hour: 5, person: 'bob', units: 1 },
  ]);
  // The window of 28 March holds enough of the log; those of the days before it do not.
  const sentence = 'count distinct person each 28d take max over month';
  assert.deepEqual(figures(sentence, used), [
    ['1', '?'],
    ['1', '1'],
  ]);
  assert.deepEqual(figures(sentence, used, { head: TERM }), [
    ['1', '1'],
    ['1', '1'],
  ]);
  const [march] = runFold(contractWith(sentence), used, SPAN);
  assert.deepEqual(march!.doubts, ['the log begins within the window, so who used it before is not known']);
});

type Session = { person: string; from: number; length: number };

const sessions = fc.uniqueArray(
  fc.record({
    person: fc.integer({ min: 1, max: 400 }).map((number) => `p${number}`),
    from: fc.nat(60 * 24),
    length: fc.integer({ min: 1, max: 24 * 20 }),
    fate: fc.constantFrom('whole', 'whole', 'whole', 'lost check-in', 'lost check-out'),
  }),
  { minLength: 1, maxLength: 12, selector: ({ person }) => person },
);

test('the mean of seats weighs each by the time that it was taken', () => {
  fc.assert(
    fc.property(sessions, (list) => {
      const used = list
        .flatMap(({ person, from, length, fate }): Used[] => [
          ...(fate === 'lost check-out'
            ? []
            : [{ kind: 'open' as const, at: START + BigInt(from) * HOUR, person }]),
          ...(fate === 'lost check-in'
            ? []
            : [{ kind: 'close' as const, at: START + BigInt(from + length) * HOUR, person, seats: 1 }]),
        ])
        .filter(({ at }) => at! <= SPAN.until)
        .sort((a, b) => (a.at! < b.at! ? -1 : a.at! > b.at! ? 1 : 0));
      fc.pre(used.length > 0);
      const expected = MONTHS.map(({ from, until }) => {
        const hours = Array.from({ length: (until - from) * 24 }, (_, index) => from * 24 + index);
        const count = (isTaken: (session: (typeof list)[number], hour: number) => boolean) =>
          hours.reduce((sum, hour) => sum + list.filter((each) => isTaken(each, hour)).length, 0);
        const isIn = ({ from: start, length }: Session, hour: number) =>
          start <= hour && hour < start + length;
        const returned = ({ from: start, length }: Session) =>
          START + BigInt(start + length) * HOUR <= SPAN.until;
        const lower = count((each, hour) => each.fate === 'whole' && returned(each) && isIn(each, hour));
        const upper = count((each, hour) => {
          const isOpen = each.fate !== 'lost check-out' && (each.fate === 'lost check-in' || !returned(each));
          if (isOpen) return each.from <= hour;
          if (each.fate === 'lost check-out') return returned(each) && hour < each.from + each.length;
          return isIn(each, hour);
        });
        const mean = (sum: number) => (BigInt(sum) * ONE + BigInt(hours.length) - 1n) / BigInt(hours.length);
        return [mean(lower), mean(upper)].map((amount) =>
          amount % ONE === 0n ? String(amount / ONE) : `${amount}e-30`,
        );
      });
      assert.deepEqual(figures('count seats each instant take mean over month', used), expected);
    }),
    { numRuns: 100 },
  );
});

test('the mean and the last of a level weigh it by time', () => {
  const readings = fc.array(
    fc.record({
      hour: fc.integer({ min: 1, max: 61 * 24 - 1 }),
      host: fc.constantFrom('a', 'b'),
      value: fc.nat(9),
    }),
    {
      maxLength: 10,
    },
  );
  fc.assert(
    fc.property(readings, (list) => {
      const sorted = [{ hour: 0, host: 'a', value: 0 }, ...list].sort((x, y) => x.hour - y.hour);
      const used = sorted.map(
        ({ hour, host, value }): Used => ({
          kind: 'use',
          at: START + BigInt(hour) * HOUR,
          host,
          amount: String(value),
        }),
      );
      const at = (hour: number) => {
        const latest = new Map<string, number>();
        for (const each of sorted) if (each.hour <= hour) latest.set(each.host, each.value);
        return [...latest.values()].reduce((sum, value) => sum + value, 0);
      };
      const expected = (figure: (values: number[]) => bigint) =>
        MONTHS.map(({ from, until }) => {
          const amount = figure(
            Array.from({ length: (until - from) * 24 }, (_, index) => at(from * 24 + index)),
          );
          const text = amount % ONE === 0n ? String(amount / ONE) : `${amount}e-30`;
          return [text, text];
        });
      assert.deepEqual(
        figures('count level(units) each instant take mean over month', used),
        expected((values) => {
          const total = BigInt(values.reduce((sum, value) => sum + value, 0)) * ONE;
          return (total + BigInt(values.length) - 1n) / BigInt(values.length);
        }),
      );
      assert.deepEqual(
        figures('count level(units) each instant take last over month', used),
        expected((values) => BigInt(values.at(-1)!) * ONE),
      );
    }),
    { numRuns: 60 },
  );
});

test('each day at a time counts what is at that minute, on days of 23 and 25 hours too', () => {
  const readings = fc.array(fc.record({ hour: fc.integer({ min: 0, max: 61 * 24 - 1 }), value: fc.nat(9) }), {
    minLength: 1,
    maxLength: 30,
  });
  const zones = fc.constantFrom('UTC', 'Europe/Berlin');
  fc.assert(
    fc.property(
      readings,
      zones,
      fc.constantFrom('max', 'mean', 'last'),
      fc.integer({ min: 4, max: 23 }),
      (list, zone, take, hour) => {
        const offset = (day: number) => (zone === 'UTC' ? 0n : day < 29 ? 1n : 2n);
        const start = START - offset(0) * HOUR;
        const sorted = [{ hour: 0, value: 0 }, ...list].sort((x, y) => x.hour - y.hour);
        const used = sorted.map(
          (each): Used => ({
            kind: 'use',
            at: start + BigInt(each.hour) * HOUR,
            host: 'h',
            amount: String(each.value),
          }),
        );
        const snapshot = (day: number) => {
          const at = START + BigInt(day) * DAY + (BigInt(hour) - offset(day)) * HOUR + 30n * (HOUR / 60n);
          return BigInt(used.findLast((each) => each.at! <= at)!.amount!);
        };
        const span = { from: start, until: START + 61n * DAY - offset(61) * HOUR - 1n };
        const yaml = contractWith(`count level(units) each day at ${hour}:30 take ${take} over month`, {
          zone,
        });
        const expected = MONTHS.map(({ from, until }) => {
          const values = Array.from({ length: until - from }, (_, index) => snapshot(from + index));
          const total = values.reduce((sum, value) => sum + value, 0n) * ONE;
          const days = BigInt(values.length);
          const amount =
            take === 'mean'
              ? (total + days - 1n) / days
              : (take === 'last' ? values.at(-1)! : values.reduce((a, b) => (b > a ? b : a))) * ONE;
          const text = amount % ONE === 0n ? String(amount / ONE) : `${amount}e-30`;
          return [text, text];
        });
        assert.deepEqual(
          boundsOf(runFold(yaml, used, span)).map(([, lower, upper]) => [lower, upper]),
          expected,
        );
      },
    ),
    { numRuns: 80 },
  );
});

test('samples count the highest of each host in each bucket, and a bucket without a sample of a host in use is open', () => {
  const readings = fc.array(
    fc.record({
      quarter: fc.integer({ min: 1, max: 12 }),
      host: fc.constantFrom('a', 'b'),
      value: fc.nat(3),
    }),
    { maxLength: 14 },
  );
  fc.assert(
    fc.property(readings, (list) => {
      const quarter = HOUR / 4n;
      const sorted = [{ quarter: 0, host: 'a', value: 0 }, ...list].sort((x, y) => x.quarter - y.quarter);
      const used = sorted.map(
        ({ quarter: at, host, value }): Used => ({
          kind: 'use',
          at: START + BigInt(at) * quarter,
          host,
          amount: String(value),
        }),
      );
      const end = Math.max(...sorted.map((each) => each.quarter));
      let [lower, upper]: [number, number | undefined] = [0, 0];
      for (let at = 0; at <= end; at++) {
        const here = sorted.filter((each) => each.quarter === at);
        const hosts = [...new Set(sorted.filter((each) => each.quarter < at).map(({ host }) => host))];
        const inUse = hosts.filter(
          (host) => sorted.findLast((each) => each.host === host && each.quarter < at)!.value > 0,
        );
        const isSilent = at < end && inUse.some((host) => !here.some((each) => each.host === host));
        const highest = (host: string) =>
          Math.max(0, ...here.filter((each) => each.host === host).map(({ value }) => value));
        const total = highest('a') + highest('b');
        lower = Math.max(lower, total);
        upper = upper === undefined || isSilent ? undefined : Math.max(upper, total);
      }
      assert.deepEqual(
        boundsOf(
          runFold(contractWith('count sampled(units) each 15min take max over month'), used, {
            from: START,
            until: used.at(-1)!.at!,
          }),
        ).map(([, low, high]) => [low, high]),
        [[String(lower), upper === undefined ? '?' : String(upper)]],
      );
    }),
    { numRuns: 200 },
  );
});

test('a limit adjusted the other way is passed by exactly the figures that, adjusted, pass the limit', () => {
  const amount = fc
    .tuple(fc.nat(60), fc.constantFrom(0n, ONE / 2n, ONE / 3n, 1n))
    .map(([whole, rest]) => BigInt(whole) * ONE + rest);
  const adjusting = fc.record(
    {
      atLeast: fc.nat(20).map((number) => BigInt(number) * ONE),
      factors: fc
        .constantFrom(0n, ONE / 2n, ONE / 4n, (3n * ONE) / 10n, ONE, 3n * ONE)
        .map((factor): Adjustment['factors'] => [{ factor, pattern: '*' }]),
      round: fc.constantFrom('up', 'down', 'half'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Adjustment>;
  fc.assert(
    fc.property(amount, amount, adjusting, (used, limit, adjust) => {
      assert.equal(used > adjustLimit(limit, adjust), adjustAmount(used, adjust) > limit);
    }),
    { numRuns: rounds(400, 2000) },
  );
});
