/** What the log proves of assignments: those that it may lack, those of one instant, and accounts that pass to somebody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorContract, runContract, set, spanning, use } from './run-contract.ts';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const ASSIGNED = 'count assigned person each instant take max over month';
const HEAD = 'term: {from: 2025-03-01, until: 2026-03-01}';
const SPAN = { from: instant('2025-03-01T00:00:00Z'), until: instant('2025-03-31T23:59:00Z') };

type Grant = Pick<Used, 'kind' | 'person' | 'file' | 'seat' | 'group' | 'isUnordered'>;
const day = (number: number, grant: Grant): Used => ({
  ...grant,
  at: instant(`2025-03-${String(number).padStart(2, '0')}T08:00:00Z`),
});

function bounds(used: readonly Used[], span = SPAN, sentence = ASSIGNED): string {
  const [, lower, upper] = boundsOf(runFold(contractWith(sentence, { head: HEAD }), used, span))[0]!;
  return `${lower} to ${upper}`;
}

test('of two files neither is the first at one instant, whatever the files are called', () => {
  for (const [assigning, revoking] of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const atOnce = [
      day(5, { kind: 'open', person: 'ann', file: assigning! }),
      day(5, { kind: 'close', person: 'ann', file: revoking! }),
    ].sort((left, right) => (left.file! < right.file! ? -1 : 1));
    const bob = day(6, { kind: 'open', person: 'bob', file: 'a' });
    assert.equal(bounds([day(2, { kind: 'open', person: 'ann', file: 'b' }), ...atOnce, bob]), '1 to 2');
    assert.equal(bounds([...atOnce, bob]), '1 to 2');
  }
});

test('within a file the lines of one instant are in order', () => {
  const open = day(5, { kind: 'open', person: 'ann' });
  const close = day(5, { kind: 'close', person: 'ann' });
  const [before, bob] = [day(2, { kind: 'open', person: 'ann' }), day(6, { kind: 'open', person: 'bob' })];
  assert.equal(bounds([before, open, close, bob]), '1 to 1');
  assert.equal(bounds([before, close, open, bob]), '2 to 2');
  const elsewhere = day(5, { kind: 'close', person: 'ann', file: 'other', seat: 's-2' });
  const seated = { ...open, seat: 's-1' };
  assert.equal(bounds([{ ...before, seat: 's-2' }, seated, elsewhere, bob]), '2 to 2');
});

test('within a file that does not run forward in time neither is the first at one instant', () => {
  const at = (number: number, kind: Used['kind'], more: Partial<Grant> = {}) =>
    day(number, { kind, person: 'ann', isUnordered: true, ...more });
  const bob = at(6, 'open', { person: 'bob' });
  const [open, close] = [at(5, 'open'), at(5, 'close')];
  for (const atOnce of [
    [open, close],
    [close, open],
  ]) {
    assert.equal(bounds([at(2, 'open'), ...atOnce, bob]), '1 to 2');
    // Another seat of hers, and another person's, are told apart.
    const seated = atOnce.map((each) => ({ ...each, ...(each.kind === 'open' && { seat: 's-1' }) }));
    const others = seated.map((each) => ({ ...each, ...(each.kind === 'close' && { seat: 's-2' }) }));
    assert.equal(bounds([at(2, 'open', { seat: 's-2' }), ...others, bob]), '2 to 2');
    const zoe = atOnce.map((each) => ({ ...each, ...(each.kind === 'close' && { person: 'zoe' }) }));
    assert.equal(bounds([at(2, 'open', { person: 'zoe' }), ...zoe, bob]), '2 to 2');
  }
});

test('of two kinds in one seat at one instant of such a file either may be the later one', () => {
  const sentence =
    'count assigned person by type each instant take last over month times 3 for pro, 1 for lite';
  const kinds = ['pro', 'lite'].map((group) =>
    day(5, { kind: 'open', person: 'ann', seat: 's-1', group, isUnordered: true }),
  );
  for (const used of [kinds, kinds.toReversed()]) assert.equal(bounds(used, SPAN, sentence), '0 to 3');
  const ordered = kinds.map((each) => ({ ...each, isUnordered: false }));
  assert.equal(bounds(ordered, SPAN, sentence), '1 to 3');
});

test('a revocation of somebody whom the log never saw assigned shows that it lacks assignments', () => {
  const ann = day(2, { kind: 'open', person: 'ann', seat: 's-1' });
  assert.equal(bounds([ann, day(5, { kind: 'close', person: 'zoe' })]), '2 to ?');
  // Another seat of hers is no sign of it.
  assert.equal(bounds([ann, day(5, { kind: 'close', person: 'ann', seat: 's-2' })]), '1 to 2');
});

test('a log that begins after the first day of the term lacks the assignments of that day', () => {
  const used = [day(5, { kind: 'open', person: 'ann' })];
  const since = (from: string) => bounds(used, { ...SPAN, from: instant(from) });
  assert.equal(since('2025-03-01T23:59:59Z'), '1 to 1');
  assert.equal(since('2025-03-02T00:00:00Z'), '1 to ?');
  const term = 'count assigned person each instant take max over term';
  const year = { from: instant('2025-03-04T07:00:00Z'), until: instant('2026-02-28T23:59:00Z') };
  assert.equal(bounds(used, year, term), '1 to ?');
});

test('what an account was assigned goes on for the person that it stands for since a date', () => {
  const people = 'people: {same: [{person: mia, as: [mmeyer], from: 2025-03-15}]}';
  const verdict = (...records: object[]) => {
    const yaml = editorContract({ measure: ASSIGNED, quantity: set(1), head: `${HEAD}\n${people}` });
    const [judgement] = runContract(yaml, [
      ...spanning('2025-03-01T00:00:00Z', '2025-03-31T23:59:59Z'),
      use('assign', '2025-03-05T08:00:00Z', 'mmeyer'),
      ...records,
    ]);
    return `${judgement!.verdict} ${judgement!.usage!.used}`;
  };
  const revoked = use('revoke', '2025-03-20T08:00:00Z', 'mmeyer');
  const bob = use('assign', '2025-03-21T08:00:00Z', 'bob');
  assert.equal(verdict(revoked, bob), 'satisfied 1');
  assert.equal(verdict(use('assign', '2025-03-16T08:00:00Z', 'mia')), 'satisfied 1');
  assert.equal(verdict(bob), 'violation 2');
  // Before that day they are two.
  assert.equal(verdict(use('assign', '2025-03-14T08:00:00Z', 'mia')), 'violation 2');
});

test('an account that passes on leaves open what else its former person was assigned', () => {
  const people =
    'people: {same: [{person: ann, as: [desk-4]}, {person: bob, as: [desk-4], from: 2025-03-15}]}';
  const yaml = editorContract({ measure: ASSIGNED, quantity: set(1), head: `${HEAD}\n${people}` });
  const verdict = (...accounts: string[]) =>
    runContract(yaml, [
      ...spanning('2025-03-01T00:00:00Z', '2025-03-31T23:59:59Z'),
      ...accounts.map((account) => use('assign', '2025-03-05T08:00:00Z', account)),
    ])[0]!.verdict;
  assert.equal(verdict('ann', 'desk-4'), 'undetermined');
  assert.equal(verdict('desk-4'), 'undetermined');
});

test('what the log ends with may last, and a period that is open for it says so', () => {
  const daily = 'count assigned person each day at 23:50 take max over month';
  const yaml = editorContract({ measure: daily, quantity: set(1), head: HEAD });
  const [judgement] = runContract(yaml, [
    ...spanning('2025-03-01T00:00:00Z', '2025-03-31T23:49:00Z'),
    use('assign', '2025-03-05T08:00:00Z', 'ann'),
    use('assign', '2025-03-31T23:49:00Z', 'bob'),
  ]);
  assert.equal(judgement!.verdict, 'undetermined');
  assert.match(judgement!.message, /: the log ends before the period does, and what it ends with may last$/);
});
