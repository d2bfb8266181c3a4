/** Use beyond the quantity: how much, for how long, and what follows; against a count of every minute. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import type { Judgement } from '../../src/model/relation.ts';
import { rounds } from '../support/rounds.ts';
import { atMinute, editorContract, MARCH, runContract, session, spanning, use } from './run-contract.ts';

const TEAMS = 'people: {teams: {cae: ["c-*"], dev: [dan, "d-*"]}}';

function contract(quantity: string, more: string, measure = 'count seats over month'): string {
  return editorContract({ head: TEAMS, measure, quantity: `quantity: ${quantity}`, more });
}

const set = (quantity: number) => `[{from: 2025-01-01, set: ${quantity}}]`;

function judge(yaml: string, records: object[]): Judgement {
  return runContract(yaml, [...MARCH, ...records])[0]!;
}

const STATUS = { satisfied: 'within', undetermined: 'undetermined' } as const;

function status({ verdict, code }: Judgement): string {
  if (verdict !== 'violation') return STATUS[verdict];
  return code === 'overage-used' ? 'overage' : 'exceeded';
}

/** Three at once for an hour; four for ten minutes of it. */
const FOUR = [
  ...session('ann', 0, 60),
  ...session('bob', 0, 60),
  ...session('cid', 0, 60),
  ...session('dan', 20, 30),
];

test('use within the overage is told with its time and incidents, and is nothing owed', () => {
  const judgement = judge(contract(set(3), 'overage: {allow: 1}'), FOUR);
  assert.deepEqual(
    [status(judgement), judgement.code, judgement.severity],
    ['overage', 'overage-used', 'low'],
  );
  assert.equal(
    judgement.message,
    'license "editor" in 2025-03: 4 seats in use at 2025-03-03T00:20:00Z, allowed 3 (from 2025-01-01) and 1 in overage, held by "ann", "bob", "cid", "dan", above the quantity for 10m in 1 incident',
  );
  assert.deepEqual([judgement.usage!.used, judgement.usage!.limit], [4, 3]);
});

test('beyond the overage use is exceeded: to be trued up, or denied', () => {
  const judged = (clause: string) => {
    const { severity, message } = judge(contract(set(2), clause), FOUR);
    return `${severity} ${/expected at most [^,]*/.exec(message)![0]}`;
  };
  assert.deepEqual(
    ['overage: {allow: 1, then: true-up}', 'overage: {allow: 1, then: deny}', 'overage: {allow: 0}'].map(
      judged,
    ),
    [
      'medium expected at most 2 (from 2025-01-01) and 1 in overage',
      'high expected at most 2 (from 2025-01-01) and 1 in overage',
      'high expected at most 2 (from 2025-01-01)',
    ],
  );
});

test('the time above the quantity adds up over the period', () => {
  const twice = [
    ...FOUR,
    ...session('ann', 100, 200),
    ...session('bob', 100, 200),
    ...session('cid', 100, 200),
    ...session('dan', 110, 115),
  ];
  const statusFor = (time: string) =>
    status(judge(contract(set(3), `overage: {allow: 2, for: ${time}}`), twice));
  assert.deepEqual(['PT15M', 'PT14M'].map(statusFor), ['overage', 'exceeded']);
  assert.match(
    judge(contract(set(3), 'overage: {allow: 2, for: PT14M}'), twice).message,
    /above the quantity for 15m in 2 incidents, expected at most 14m; 4 seats in use at 2025-03-03T00:20:00Z, allowed 3 \(from 2025-01-01\) and 2 in overage/,
  );
});

test('a share that does not divide is rounded as the contract says', () => {
  const people = Array.from({ length: 28 }, (_, index) => session(`u${index}`, 0, 60)).flat();
  const statusOf = (clause: string) =>
    status(judge(contract(set(25), `overage: {allow: 10%${clause}}`), people));
  // 10 % of 25 is 2.5: 27 or 28 at once.
  assert.deepEqual(['', ', round: down', ', round: half', ', round: up'].map(statusOf), [
    'exceeded',
    'exceeded',
    'overage',
    'overage',
  ]);
});

test('Keygen: 1.25 × of what four divides needs no rounding, and of what it does not the contract says', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, index) => session(`u${index}`, 0, 60)).flat();
  const statusOf = (quantity: number, used: number) =>
    status(judge(contract(set(quantity), 'overage: {allow: 25%}'), people(used)));
  // 8 × 1.25 = 10. 10 × 1.25 = 12.5, and half a seat is none.
  assert.deepEqual([statusOf(8, 10), statusOf(8, 11)], ['overage', 'exceeded']);
  assert.deepEqual([statusOf(10, 12), statusOf(10, 13)], ['overage', 'exceeded']);
});

test('people and sums may be in overage too, without a time', () => {
  const records = ['ann', 'bob', 'cid'].map((actor, index) => use('use', atMinute(index), actor));
  const people = contract(set(2), 'overage: {allow: 1}', 'count distinct person over month');
  assert.equal(status(judge(people, records)), 'overage');
  assert.deepEqual(
    parseContract('f', people.replace('allow: 1', 'allow: 1, for: P1D')).problems.map(
      ({ message }) => message,
    ),
    [
      'expected no "for" beside "count distinct person over month": only the peak of seats tells how long use lasted',
    ],
  );
});

test('what the log leaves open is undetermined where it would be too much or too long, and may be overage where not', () => {
  const lost = [use('checkout', atMinute(0), 'ann'), use('checkout', atMinute(30), 'bob')];
  const judged = (quantity: number, clause: string) => judge(contract(set(quantity), clause), lost);
  assert.equal(status(judged(1, 'overage: {allow: 0}')), 'undetermined');
  const perhaps = judged(1, 'overage: {allow: 1}');
  assert.deepEqual([status(perhaps), perhaps.code], ['undetermined', 'overage-used']);
  assert.match(perhaps.message, /up to 2 seats in use.*: 2 sessions have no check-in$/);
  const long = judged(1, 'overage: {allow: 1, for: P1D}');
  assert.deepEqual([status(long), long.code], ['undetermined', 'license-undetermined']);
  assert.match(long.message, /above the quantity for between 0ms and 28d 23h; 2 sessions have no check-in$/);
  assert.equal(status(judged(2, 'overage: {allow: 1, for: P1D}')), 'within');
});

/** A session of the twin, in minutes; without `from` its check-out was lost, without `until` its check-in. */
type Span = { from: number; length: number; lost: 'none' | 'out' | 'in' };

const spans = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 1, max: 30 }),
    lost: fc.constantFrom<Span['lost']>('none', 'none', 'none', 'out', 'in'),
  }),
  { minLength: 1, maxLength: 7 },
);

function truth(all: readonly Span[], quantity: number, allowed: number, minutes: number): string {
  const counts = Array.from(
    { length: 90 },
    (_, minute) => all.filter(({ from, length }) => from <= minute && minute < from + length).length,
  );
  const over = counts.filter((count) => count > quantity).length;
  if (Math.max(...counts) > quantity + allowed || over > minutes) return 'exceeded';
  return over > 0 ? 'overage' : 'within';
}

function recordsOf(all: readonly Span[], complete: boolean): object[] {
  return all.flatMap(({ from, length, lost }, index) => {
    const [out, back] = session(`u${index}`, from, from + length);
    const seen = complete ? 'none' : lost;
    return [...(seen === 'out' ? [] : [out!]), ...(seen === 'in' ? [] : [back!])];
  });
}

test('the verdict equals a count of every minute, and with records lost it is never another', () => {
  const clause = fc.record({
    quantity: fc.integer({ min: 1, max: 4 }),
    allowed: fc.integer({ min: 0, max: 2 }),
    minutes: fc.constantFrom(1, 5, 15, 40),
  });
  let decided = 0;
  fc.assert(
    fc.property(spans, clause, (all, { quantity, allowed, minutes }) => {
      const yaml = contract(set(quantity), `overage: {allow: ${allowed}, for: PT${minutes}M}`);
      const expected = truth(all, quantity, allowed, minutes);
      assert.equal(status(judge(yaml, recordsOf(all, true))), expected);
      const found = status(judge(yaml, recordsOf(all, false)));
      if (found !== 'undetermined') decided++;
      // In doubt within what is allowed, "overage" may be proven while more of it is not.
      assert.ok(found === expected || found === 'undetermined', `${found}, in truth ${expected}`);
    }),
    { numRuns: rounds(50, 3000) },
  );
  assert.ok(decided > 10, `${decided} decided although records were lost`);
});

test('an amendment in mid-month raises what is allowed from its own day', () => {
  const raised = '[{from: 2025-01-01, set: 2}, {from: 2025-03-03, add: 1, by: A-1}]';
  assert.equal(status(judge(contract(raised, 'overage: {allow: 1}'), FOUR)), 'overage');
  const later = raised.replace('2025-03-03', '2025-03-04');
  assert.equal(status(judge(contract(later, 'overage: {allow: 1}'), FOUR)), 'exceeded');
});

test('overage in a part of a month is proven for that part alone', () => {
  const part = spanning('2025-03-01T00:00:00Z', '2025-03-10T00:00:00Z');
  const [judgement] = runContract(contract(set(3), 'overage: {allow: 1}'), [...part, ...FOUR]);
  assert.deepEqual([status(judgement!), judgement!.code], ['undetermined', 'overage-used']);
  assert.match(judgement!.message, /: the log does not span the period, and there may be more$/);
});
