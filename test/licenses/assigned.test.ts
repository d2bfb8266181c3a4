/** Assignments against a slow twin: who holds what at every instant, where the log leaves part of it out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Amount, ONE } from '../../src/licenses/contract/amount.ts';
import { mulberry32 } from '../support/made-server-log.ts';
import { rounds } from '../support/rounds.ts';
import { contractWith, instant, runFold, type Used } from './run-measure.ts';

const NAMES = ['ann', 'bob', 'cid'];
const KINDS = ['professional', 'limited'];
const SEATS = ['ERP', 'BW'];
const DAY = 86_400_000_000_000n;
const BEGIN = instant('2025-03-01T00:00:00Z');
const DAYS = 61;

type Grant = { kind: 'open' | 'close'; at: bigint; person: string; group: string; seat: string };

/** What really happened: three people, each of whom may hold either type in either of two systems. */
function made(random: () => number): { before: Grant[]; grants: Grant[] } {
  const held = new Set<string>();
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const next = (at: bigint): Grant => {
    const [person, group, seat] = [pick(NAMES), pick(KINDS), pick(SEATS)];
    const key = `${person} ${group} ${seat}`;
    const kind = held.has(key) ? 'close' : 'open';
    if (kind === 'open') held.add(key);
    else held.delete(key);
    return { kind, at, person, group, seat };
  };
  const before = Array.from({ length: Math.floor(random() * 3) }, () => next(BEGIN - DAY));
  // Some on the first instant of April. Two of one instant have no order that the contract speaks of.
  const times = new Set(
    Array.from(
      { length: 1 + Math.floor(random() * 8) },
      () => BEGIN + BigInt(Math.floor(random() * DAYS * 4)) * (DAY / 4n),
    ),
  );
  return { before, grants: [...times].sort((a, b) => (a < b ? -1 : 1)).map(next) };
}

/** What is held from `at` on. */
function heldAt(grants: readonly Grant[], at: bigint): Map<string, Set<string>> {
  const keys = new Set<string>();
  for (const { kind, at: time, person, group, seat } of grants) {
    if (time > at) break;
    if (kind === 'open') keys.add(`${person} ${group} ${seat}`);
    else keys.delete(`${person} ${group} ${seat}`);
  }
  const held = new Map<string, Set<string>>();
  for (const key of keys) {
    const [person, group] = key.split(' ') as [string, string];
    held.set(person, (held.get(person) ?? new Set()).add(group));
  }
  return held;
}

/** Half-open: at `until` nobody is held for this stretch any more. */
function instants(grants: readonly Grant[], from: bigint, until: bigint): bigint[] {
  return [from, ...grants.map(({ at }) => at).filter((at) => at > from && at < until)];
}

const MONTHS = [
  [BEGIN, instant('2025-04-01T00:00:00Z')],
  [instant('2025-04-01T00:00:00Z'), instant('2025-05-01T00:00:00Z')],
] as const;

const TWINS: {
  measure: string;
  truth: (grants: readonly Grant[], from: bigint, until: bigint) => number;
  isTwoSided?: true;
}[] = [
  {
    measure: 'count assigned person each instant take max over month',
    truth: (grants, from, until) =>
      Math.max(...instants(grants, from, until).map((at) => heldAt(grants, at).size)),
  },
  {
    measure: 'count assigned person so far each day take sum over month',
    truth: (grants, from, until) => {
      let days = 0;
      for (let day = from; day < until; day += DAY) {
        const names = instants(grants, from, day + DAY).flatMap((at) => [...heldAt(grants, at).keys()]);
        days += new Set(names).size;
      }
      return days;
    },
  },
  {
    measure:
      'count assigned person by user_type each instant take max over month times 0 for professional, 1 for limited',
    isTwoSided: true,
    truth: (grants, from, until) =>
      Math.max(
        ...instants(grants, from, until).map(
          (at) => [...heldAt(grants, at).values()].filter((kinds) => !kinds.has('professional')).length,
        ),
      ),
  },
  {
    measure:
      'count assigned person by user_type each instant take max over month times 3 for professional, 1 for limited',
    truth: (grants, from, until) =>
      Math.max(
        ...instants(grants, from, until).map((at) =>
          [...heldAt(grants, at).values()].reduce(
            (sum, kinds) => sum + (kinds.has('professional') ? 3 : 1),
            0,
          ),
        ),
      ),
  },
];

/** The log of it: some of the records lost their time or their name. */
function blurred(grants: readonly Grant[], random: () => number): Used[] {
  const used = grants.map((grant): Used => {
    const luck = random();
    if (luck < 0.1) return { ...grant, at: undefined };
    if (luck < 0.2) return { ...grant, person: undefined as unknown as string };
    return luck < 0.3 ? { ...grant, featureless: true } : grant;
  });
  return [...used.filter(({ at }) => at === undefined), ...used.filter(({ at }) => at !== undefined)];
}

/** Whether a system gave somebody both types: whether the later one stands beside the earlier, and what its end leaves, is open. */
function isRetyped(grants: readonly Grant[]): boolean {
  return grants.some((each) =>
    grants.some(
      ({ kind, person, seat, group }) =>
        kind === 'open' && person === each.person && seat === each.seat && group !== each.group,
    ),
  );
}

for (const { measure, truth, isTwoSided } of TWINS) {
  test(`${measure}: the truth lies within the bounds, and is both where nothing is open`, () => {
    let exact = 0;
    for (let seed = 0; seed < rounds(400, 4_000); seed++) {
      const random = mulberry32(seed);
      const { before, grants } = made(random);
      const isBlurred = seed % 2 === 1;
      const used = isBlurred ? blurred(grants, random) : grants;
      const yaml = contractWith(`"${measure}"`, { head: 'term: {from: 2025-03-01, until: 2025-05-01}' });
      const uses = runFold(yaml, used, { from: BEGIN, until: BEGIN + BigInt(DAYS) * DAY - 1n });
      for (const [index, [from, until]] of MONTHS.entries()) {
        const real = BigInt(truth([...before, ...grants], from, until)) * ONE;
        const { lower, upper } = uses[index]!;
        const shown = () =>
          JSON.stringify(
            { seed, index, before, used, real, lower: lower.amount, upper: upper.amount },
            (_, value) => (typeof value === 'bigint' ? String(value) : value),
            1,
          );
        const isKnown = before.length === 0 && !isBlurred && !isRetyped(grants);
        // What was assigned before the contract, and never revoked in the log, is in none of its records.
        const isVouchedFor = before.every(({ person, group, seat }) =>
          grants.some((each) => each.person === person && each.group === group && each.seat === seat),
        );
        const isVouched = isVouchedFor || !isTwoSided;
        if (isVouched) assert.ok(lower.amount <= real, shown());
        if (isVouchedFor) assert.ok(upper.amount === undefined || real <= upper.amount, shown());
        if (!isKnown) continue;
        const figures: (Amount | undefined)[] = [lower.amount, upper.amount];
        assert.deepEqual(figures, [real, real], shown());
        exact++;
      }
    }
    assert.ok(exact > 50);
  });
}
