/** A check-out and a check-in of one instant in two files, or in one that does not run forward in time: either may be the first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const SPAN = { from: instant('2025-03-01T00:00:00Z'), until: instant('2025-03-31T23:59:00Z') };

const at = (kind: Used['kind'], hour: number, person: string, more: Partial<Used> = {}): Used => ({
  kind,
  at: instant(`2025-03-03T${String(hour).padStart(2, '0')}:00:00Z`),
  person,
  ...more,
});

function bounds(used: readonly Used[], license = ''): string {
  const inOrder = used.toSorted((left, right) => Number(left.at! - right.at!));
  const yaml = contractWith('count seats each instant take max over month', { license });
  const [, lower, upper] = boundsOf(runFold(yaml, inOrder, SPAN))[0]!;
  return `${lower} to ${upper}`;
}

const people = ['ann', 'bob', 'cid'];

/** Of each person, in the order of their kinds; `more` of a check-out, and of a check-in. */
function together(
  kinds: readonly ('open' | 'close')[],
  more: Record<'open' | 'close', Partial<Used>>,
): Used[] {
  return kinds.flatMap((kind) => people.map((person) => at(kind, 8, person, more[kind])));
}

const APART = [
  { open: { file: 'a' }, close: { file: 'b' } },
  { open: { isUnordered: true }, close: { isUnordered: true } },
];

test('whatever the files are called, figures are between all that may be', () => {
  for (const more of APART)
    for (const kinds of [['open', 'close'] as const, ['close', 'open'] as const])
      for (const session of [undefined, 's'])
        assert.equal(
          bounds(
            together(kinds, more).map((each) => ({ ...each, ...(session && { session: each.person }) })),
          ),
          '0 to 3',
        );
});

test('within a file that runs forward its lines tell', () => {
  const one = { open: {}, close: {} };
  assert.equal(bounds(together(['open', 'close'], one)), '0 to 0');
  assert.equal(bounds(together(['close', 'open'], one)), '3 to 3');
});

test('of sessions that were open before, or that are checked in later, it makes no difference', () => {
  const before = people.map((person) => at('open', 7, person));
  const after = people.map((person) => at('close', 9, person));
  for (const more of APART)
    for (const kinds of [['open', 'close'] as const, ['close', 'open'] as const]) {
      assert.equal(bounds([...before, ...together(kinds, more), ...after]), '3 to 3');
      const later = [at('open', 10, 'dan', { seats: 4 }), at('close', 11, 'dan', { seats: 4 })];
      assert.equal(bounds([...together(kinds, more), ...after, ...later]), '4 to 4');
    }
});

test('one check-in is that of one check-out, and where seats linger no check-in ends the doubt', () => {
  for (const more of APART) {
    const [out, back] = [at('open', 8, 'ann', more.open), at('close', 8, 'ann', more.close)];
    for (const used of [
      [out, out, back],
      [back, out, out],
    ])
      assert.equal(bounds([...used, at('close', 9, 'ann')]), '1 to 2');
    for (const used of [
      [out, back],
      [back, out],
    ]) {
      const later = [at('open', 10, 'bob', { seats: 4 }), at('close', 11, 'bob', { seats: 4 })];
      assert.equal(bounds([...used, at('close', 9, 'ann'), ...later], 'linger: PT2H'), '5 to 6');
    }
  }
});
