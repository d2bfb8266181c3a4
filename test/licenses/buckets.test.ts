/** Every combination of count, bucket and statistic against a twin that looks at each bucket and each instant by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startOfDay } from '../../src/base/time-zone.ts';
import { ONE } from '../../src/licenses/contract/amount.ts';
import { rounds } from '../support/rounds.ts';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const MINUTE = 60_000_000_000n;
/** All times lie on this grid, so that looking at each of its points is looking at each instant. */
const GRID = 20n * MINUTE;

/** Two months around the day on which Berlin's clocks go forward. */
const ZONES = {
  UTC: {
    from: instant('2025-03-01T00:00:00Z'),
    middle: instant('2025-04-01T00:00:00Z'),
    until: instant('2025-05-01T00:00:00Z'),
  },
  'Europe/Berlin': {
    from: instant('2025-02-28T23:00:00Z'),
    middle: instant('2025-03-31T22:00:00Z'),
    until: instant('2025-04-30T22:00:00Z'),
  },
} as const;
type Zone = keyof typeof ZONES;

type Span = { from: bigint; until: bigint };
/** What is certain and what is possible of one value at an instant, or in a bucket. `upper` undefined: anything. */
type Value = { lower: bigint; upper: bigint | undefined };
type Twin = (used: readonly Used[], bucket: Span, all: Span) => Value;

function daysOf({ from, until }: Span, zone: Zone): Span[] {
  const days: Span[] = [];
  for (let day = 1, at = from; at < until; day++) {
    const next = startOfDay(dateOf(2025, 3, day + 1), zone);
    if (next > at) days.push({ from: at, until: next });
    at = next > at ? next : at;
  }
  return days;
}

function dateOf(year: number, month: number, day: number) {
  const date = new Date(Date.UTC(year, month - 1, day));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function bucketsOf(bucket: string, all: Span, zone: Zone): Span[] {
  const days = daysOf(all, zone);
  const size = { hour: 60n * MINUTE, '15min': 15n * MINUTE, minute: MINUTE }[bucket];
  if (size === undefined) return days;
  return days.flatMap(({ from, until }) =>
    Array.from({ length: Number((until - from) / size) }, (_, index) => ({
      from: from + BigInt(index) * size,
      until: from + BigInt(index + 1) * size,
    })),
  );
}

function points({ from, until }: Span): bigint[] {
  const first = from + ((GRID - (from % GRID)) % GRID);
  const count = first >= until ? 0 : Number((until - first + GRID - 1n) / GRID);
  // A bucket between two points of the grid is as the point before it.
  return [from, ...Array.from({ length: count }, (_, index) => first + BigInt(index) * GRID)];
}

type Stay = { who: string | undefined; seats: bigint; certain: Span[]; possible: Span };

/**
 * Pairs what opens and closes last in, first out; lost ends have the whole log. An end without a time is of a stay of which the
 * beginning is known, if there is one left, and else of another one; `lone`: it always is another one.
 */
function staysOf(used: readonly Used[], all: Span, lone = false): Stay[] {
  const stays: Stay[] = [];
  const open = new Map<string, Stay[]>();
  const undated = new Map<string | undefined, number>();
  for (const { kind, at, person: who, seats = 1 } of used) {
    if (at === undefined) {
      if (kind !== 'close' || lone) stays.push({ who, seats: BigInt(seats), certain: [], possible: all });
      const change = kind === 'close' ? 1 : kind === 'open' ? -1 : 0;
      undated.set(who, (undated.get(who) ?? 0) + change);
      continue;
    }
    const stack = open.get(who ?? '') ?? [];
    open.set(who ?? '', stack);
    const instantly = { from: at, until: at + 1n };
    if (kind === 'use') stays.push({ who, seats: BigInt(seats), certain: [instantly], possible: instantly });
    else if (kind === 'open') {
      const stay = {
        who,
        seats: BigInt(seats),
        certain: [instantly],
        possible: { from: at, until: all.until },
      };
      stays.push(stay);
      stack.push(stay);
    } else {
      const stay = stack.pop();
      const before = { from: at - 1n, until: at };
      if (stay === undefined)
        stays.push({ who, seats: BigInt(seats), certain: [before], possible: { from: all.from, until: at } });
      else {
        stay.certain = [{ from: stay.possible.from, until: at }];
        stay.possible = { from: stay.possible.from, until: at };
      }
    }
  }
  for (const [who, ends] of lone ? [] : undated) {
    const further = Math.max(0, ends - (open.get(who ?? '') ?? []).length);
    stays.push(...Array.from({ length: further }, () => ({ who, seats: 1n, certain: [], possible: all })));
  }
  return stays;
}

const meets = (a: Span, b: Span) => a.from < b.until && b.from < a.until && a.from < a.until;
const holds = ({ from, until }: Span, at: bigint) => from <= at && at < until;

const seats: Twin = (used, bucket, all) => {
  const stays = staysOf(used, all);
  let [lower, upper] = [0n, 0n];
  for (const at of points(bucket)) {
    const sum = (test: (stay: Stay) => boolean) =>
      stays.filter(test).reduce((total, stay) => total + stay.seats, 0n);
    const certain = sum((stay) =>
      stay.certain.some((span) =>
        span.until > span.from + 1n ? holds(span, at) : holds(span, at) && stay.possible.until > at,
      ),
    );
    const possible = sum((stay) => holds(stay.possible, at));
    if (certain > lower) lower = certain;
    if (possible > upper) upper = possible;
  }
  return { lower, upper };
};

const distinct: Twin = (used, bucket, all) => {
  const stays = staysOf(used, all, true);
  // What opens and closes at one instant was there for that instant.
  const opened = used.flatMap(({ kind, at, person }) =>
    at !== undefined && kind !== 'close' && person !== undefined && holds(bucket, at) ? [person] : [],
  );
  const certain = stays.flatMap(({ who, certain: spans }) =>
    who !== undefined && spans.some((span) => meets(span, bucket)) ? [who] : [],
  );
  const possible = stays.filter(
    (stay) => meets(stay.possible, bucket) || stay.certain.some((span) => meets(span, bucket)),
  );
  const lower = new Set([...opened, ...certain]);
  const upper = new Set([...lower, ...possible.flatMap(({ who }) => who ?? [])]);
  const nobody = possible.filter(({ who }) => who === undefined).length;
  return { lower: BigInt(lower.size), upper: BigInt(upper.size + nobody) };
};

const sum: Twin = (used, bucket) => {
  const all = used.reduce((total, { at, amount }) => total + (at === undefined ? 0 : Number(amount ?? 0)), 0);
  const inside = used.filter(({ at, kind }) => kind !== 'close' && (at === undefined || holds(bucket, at)));
  let [lower, upper]: [bigint, bigint | undefined] = [0n, 0n];
  for (const { at, amount } of inside) {
    if (amount === undefined) upper = undefined;
    else {
      const units = BigInt(amount);
      if (at !== undefined || units < 0n) lower += units;
      if (upper !== undefined && units > 0n) upper += units;
    }
  }
  // More was taken back than the log says was used.
  if (all < 0) upper = undefined;
  return { lower, upper };
};

/** The state at each instant, from the records before it. */
const level: Twin = (used, bucket) => {
  let [lower, upper]: [bigint, bigint | undefined] = [0n, 0n];
  for (const at of points(bucket)) {
    const latest = new Map<string, string | undefined>();
    for (const each of used) if (each.at! <= at) latest.set(each.host ?? '', each.amount);
    const known = [...latest.values()];
    const total = known.reduce((all, amount) => all + BigInt(amount ?? 0), 0n);
    if (total > lower) lower = total;
    // At the instant itself whatever was read at it, in the order of the log.
    const shown = [...latest].map(([host, amount]) => {
      const read = used.filter((each) => each.at === at && each.host === host).map((each) => each.amount);
      if (read.length === 0) return amount;
      return read.includes(undefined) ? undefined : String(Math.max(...read.map(Number)));
    });
    const most = shown.reduce((all, amount) => all + BigInt(amount ?? 0), 0n);
    if (shown.includes(undefined)) upper = undefined;
    else if (upper !== undefined && most > upper) upper = most;
  }
  return { lower, upper };
};

const assigned: Twin = (used, bucket) => {
  let lower = 0n;
  let upper: bigint | undefined = 0n;
  const firstOf = (who: string) => used.find(({ person }) => person === who)!;
  const people = [...new Set(used.flatMap(({ person }) => person ?? []))];
  for (const at of points(bucket)) {
    const state = people.map((who) => {
      const last = used.findLast((each) => each.person === who && each.at! <= at);
      return last?.kind === 'open';
    });
    const held = BigInt(state.filter(Boolean).length);
    if (held > lower) lower = held;
    if (held > upper) upper = held;
  }
  // Whoever is revoked first was assigned just before.
  for (const who of people) {
    const first = firstOf(who);
    if (first.kind !== 'close' || !holds(bucket, first.at! - 1n)) continue;
    const others = people.filter(
      (other) => used.findLast((each) => each.person === other && each.at! < first.at!)?.kind === 'open',
    );
    const together = people.filter(
      (other) => firstOf(other).kind === 'close' && firstOf(other).at === first.at,
    );
    const certain = BigInt(others.length + together.length);
    if (certain > lower) lower = certain;
  }
  // The log lacks an assignment, and perhaps more of them.
  if (people.some((who) => firstOf(who).kind === 'close')) upper = undefined;
  return { lower, upper };
};

function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor + (dividend % divisor > 0n ? 1n : 0n);
}

/** As an amount. `values` are those of all buckets of a period, in order of time. */
function statistic(take: string, values: readonly (bigint | undefined)[]): bigint | undefined {
  const sorted = values.toSorted((a, b) =>
    a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : a < b ? -1 : 1,
  );
  const total = () =>
    values.includes(undefined) ? undefined : values.reduce<bigint>((all, each) => all + each!, 0n);
  const scaled = (value: bigint | undefined) => (value === undefined ? undefined : value * ONE);
  const [, percent] = /^(?:p|drop-top )(\d+)%?$/.exec(take) ?? [];
  if (take === 'max') return scaled(sorted.at(-1));
  if (take === 'last') return scaled(values.at(-1));
  if (take === 'sum') return scaled(total());
  if (take === 'mean') {
    const all = total();
    return all === undefined ? undefined : ceilDivide(all * ONE, BigInt(values.length));
  }
  if (take.startsWith('p')) return scaled(sorted[Math.ceil((Number(percent) * values.length) / 100) - 1]);
  return scaled(sorted[values.length - 1 - Math.floor((Number(percent) * values.length) / 100)]);
}

function show(amount: bigint | undefined): string {
  if (amount === undefined) return '?';
  return amount % ONE === 0n ? String(amount / ONE) : `${amount}e-30`;
}

function expected(
  twin: Twin,
  bucket: string,
  take: string,
  used: readonly Used[],
  zone: Zone,
): [string, string][] {
  const { from, middle, until } = ZONES[zone];
  return [
    { from, until: middle },
    { from: middle, until },
  ].map((period) => {
    const values = bucketsOf(bucket, period, zone).map((each) => twin(used, each, { from, until }));
    const lower = values.map((value) => value.lower);
    const upper = values.map((value) => value.upper);
    return [show(statistic(take, lower)), show(statistic(take, upper))];
  });
}

const TAKES = ['max', 'p95', 'p99', 'drop-top 1%', 'drop-top 10%', 'mean', 'last', 'sum'];

/** Half of the times near each other, so that things overlap; half anywhere. */
const times = fc.oneof(
  fc.integer({ min: 24 * 3 * 27, max: 24 * 3 * 33 }),
  fc.integer({ min: 0, max: 24 * 3 * 60 }),
);

function usedArbitrary(
  each: fc.Arbitrary<Omit<Used, 'at'>>,
  anytime: boolean,
): fc.Arbitrary<{ used: Used[]; zone: Zone }> {
  const one = fc.tuple(times, each, fc.integer({ min: 0, max: 30 }));
  return fc
    .record({
      events: fc.array(one, { minLength: 1, maxLength: 16 }),
      zone: fc.constantFrom<Zone>('UTC', 'Europe/Berlin'),
    })
    .map(({ events, zone }) => {
      const used = events.map(
        ([point, what, dice]): Used => ({
          ...what,
          at: anytime && dice === 0 ? undefined : ZONES[zone].from + BigInt(point) * GRID,
        }),
      );
      used.sort((a, b) =>
        a.at === b.at ? 0 : a.at === undefined ? -1 : b.at === undefined ? 1 : a.at < b.at ? -1 : 1,
      );
      return { used: used.filter(({ at }) => at === undefined || at < ZONES[zone].until), zone };
    });
}

const person = fc.constantFrom('ann', 'bob', 'cid', 'dan');

function agree(
  what: string,
  twin: Twin,
  arbitrary: fc.Arbitrary<{ used: Used[]; zone: Zone }>,
  buckets: readonly string[],
  more: { take?: readonly string[]; clean?: (used: Used[], zone: Zone) => Used[]; head?: string } = {},
): void {
  fc.assert(
    fc.property(
      arbitrary,
      fc.constantFrom(...buckets),
      fc.constantFrom(...(more.take ?? TAKES)),
      ({ used: raw, zone }, bucket, take) => {
        const used = more.clean?.(raw, zone) ?? raw;
        fc.pre(used.length > 0);
        const { from, until } = ZONES[zone];
        const yaml = contractWith(`count ${what} each ${bucket} take ${take} over month`, {
          zone,
          ...(more.head && { head: more.head }),
        });
        const uses = runFold(yaml, used, { from, until: until - 1n });
        assert.deepEqual(
          boundsOf(uses).map(([, lower, upper]) => [lower, upper]),
          expected(twin, bucket, take, used, zone),
        );
      },
    ),
    { numRuns: rounds(20, 200) },
  );
}

test('seats each hour or day, by every statistic, agree with a look at each instant', () => {
  const each = fc.record({
    kind: fc.constantFrom('open', 'open', 'close', 'close', 'use'),
    person,
  }) as fc.Arbitrary<Omit<Used, 'at'>>;
  // A session of a key that is used at the same time, or is open already, is another test's: peak.test.ts.
  const clean = (used: Used[]) =>
    used
      .filter(({ kind }) => kind !== 'use')
      .map((use) => (use.kind === 'close' ? { ...use, seats: 1 } : use));
  agree('seats', seats, usedArbitrary(each, true), ['hour', 'day'], { clean });
});

test('distinct people each hour or day, by every statistic, agree with a look at each bucket', () => {
  const each = fc.record({
    kind: fc.constantFrom('open', 'close', 'use', 'use'),
    person: fc.oneof({ weight: 9, arbitrary: person }, { weight: 1, arbitrary: fc.constant(undefined) }),
  }) as fc.Arbitrary<Omit<Used, 'at'>>;
  agree('distinct person', distinct, usedArbitrary(each, true), ['hour', 'day']);
});

test('sums each quarter of an hour, hour or day, by every statistic, agree with a sum of each bucket', () => {
  const each = fc.record({
    kind: fc.constant('use'),
    amount: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: -3, max: 20 }).map(String) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
  }) as fc.Arbitrary<Omit<Used, 'at'>>;
  agree('sum(units)', sum, usedArbitrary(each, true), ['15min', 'hour', 'day'], {
    take: TAKES.filter((take) => take !== 'sum'),
  });
});

test('levels each hour or day, by every statistic, agree with a look at each instant', () => {
  const each = fc.record({
    kind: fc.constant('use'),
    host: fc.constantFrom('h1', 'h2', 'h3'),
    amount: fc.oneof(
      { weight: 12, arbitrary: fc.nat(9).map(String) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
  }) as fc.Arbitrary<Omit<Used, 'at'>>;
  // A reading at the beginning, before which nothing would be known.
  const clean = (used: Used[], zone: Zone): Used[] => [
    { kind: 'use', at: ZONES[zone].from, host: 'h0', amount: '0' },
    ...used,
  ];
  agree('level(units)', level, usedArbitrary(each, false), ['hour', 'day'], { clean });
});

test('assignments each hour or day, by every statistic, agree with a look at each instant', () => {
  const each = fc.record({ kind: fc.constantFrom('open', 'open', 'close'), person }) as fc.Arbitrary<
    Omit<Used, 'at'>
  >;
  agree('assigned person', assigned, usedArbitrary(each, false), ['hour', 'day'], {
    head: 'term: {from: 2025-03-01, until: 2026-03-01}',
  });
});
