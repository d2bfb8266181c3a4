/** Upgrades of one instant in a file that does not run forward in time: any of them may be the last. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const SPAN = { from: instant('2025-03-01T00:00:00Z'), until: instant('2025-03-31T23:59:00Z') };

const ann = (kind: Used['kind'], hour: number, seats: number, isUnordered = true, session = 's1'): Used => ({
  kind,
  at: instant(`2025-03-03T${String(hour).padStart(2, '0')}:00:00Z`),
  person: 'ann',
  session,
  seats,
  isUnordered,
});

function bounds(used: readonly Used[], measure = 'count seats each instant take max over month'): string {
  const inOrder = used.toSorted((left, right) => Number(left.at! - right.at!));
  const [, lower, upper] = boundsOf(runFold(contractWith(measure), inOrder, SPAN))[0]!;
  return `${lower} to ${upper}`;
}

test('what a session holds after them is between the least and the most', () => {
  for (const [first, second, third] of [
    [2, 3, 4],
    [4, 3, 2],
    [3, 4, 2],
  ]) {
    const ups = [first!, second!, third!].map((seats) => ann('upgrade', 9, seats));
    const used = [ann('open', 8, 1), ...ups, ann('close', 12, 4)];
    assert.equal(bounds(used), '2 to 4');
    const ordered = [ann('open', 8, 1), ...ups, ann('close', 12, third!)];
    assert.equal(bounds(ordered.map((each) => ({ ...each, isUnordered: false }))), `${third} to ${third}`);
  }
  assert.equal(
    bounds([ann('open', 8, 1), ann('upgrade', 9, 3), ann('upgrade', 9, 3), ann('close', 10, 3)]),
    '3 to 3',
  );
});

test('the doubt ends with a later upgrade, and with the session', () => {
  const tied = [ann('open', 8, 1), ann('upgrade', 9, 2), ann('upgrade', 9, 9)];
  const later = (used: readonly Used[]) =>
    bounds([...used, ann('open', 13, 8, true, 's2'), ann('close', 14, 8, true, 's2')]);
  assert.equal(later([...tied, ann('upgrade', 10, 3), ann('close', 15, 3)]), '11 to 11');
  assert.equal(later([...tied, ann('close', 12, 9)]), '8 to 9');
  assert.equal(later([...tied, ann('close', 15, 9)]), '10 to 17');
});

test('a check-in of a part at the instant of an upgrade leaves open what is left', () => {
  for (const changes of [
    [ann('upgrade', 9, 4), ann('close', 9, 1)],
    [ann('close', 9, 1), ann('upgrade', 9, 4)],
  ]) {
    const used = [ann('open', 8, 3), ...changes];
    assert.equal(bounds(used), '3 to ?');
    assert.match(bounds(used.map((each) => ({ ...each, isUnordered: false }))), /^(3|4) to (3|4)$/);
  }
});

test('at the instant of a check-in of all that a session holds nobody knows whether it came first', () => {
  const ends = (seats: number) => [ann('upgrade', 9, 3), ann('close', 9, seats)];
  for (const changes of [ends(3), ends(3).reverse()]) {
    const used = [ann('open', 8, 1), ...changes];
    assert.match(bounds(used), /^1 to (3|5)$/);
    // It is over with the next check-in of the session, if it was another one.
    const later = [ann('open', 13, 5, true, 's2'), ann('close', 14, 5, true, 's2')];
    assert.match(bounds([...used, ...later]), /^5 to (8|10)$/);
    assert.match(bounds([...used, ann('close', 12, 3), ...later]), /^5 to (5|7)$/);
  }
  const ordered = [ann('open', 8, 1), ...ends(3)].map((each) => ({ ...each, isUnordered: false }));
  assert.equal(bounds(ordered), '1 to 1');
});
