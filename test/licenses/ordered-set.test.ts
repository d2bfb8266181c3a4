/** The set in order of insertion against JavaScript's own, which keeps the same order, and against its ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrderedSet } from '../../src/licenses/use/ordered-set.ts';

/** Members come and go in a fixed disorder; `most` of them decide whether the set is looked through or has positions. */
function walk(most: number, steps: number): void {
  const set = new OrderedSet<number>();
  const model = new Set<number>();
  let state = most;
  for (let step = 0; step < steps; step++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const member = (state >>> 8) % most;
    if ((state >>> 28) % 2 === 0) {
      set.add(member);
      model.add(member);
    } else assert.equal(set.delete(member), model.delete(member));
    const members = [...model];
    assert.deepEqual(
      { members: [...set], size: set.size, first: set.first(), last: set.last() },
      { members, size: members.length, first: members[0], last: members.at(-1) },
    );
    assert.equal(
      set.lastOf((each) => each % 2 === 1),
      members.findLast((each) => each % 2 === 1),
    );
  }
}

for (const most of [1, 3, 8, 9, 12, 45])
  test(`members up to ${most} come and go as in a Set`, () => walk(most, 2000));

test('a set of one member is one that others may join', () => {
  const set = new OrderedSet('ann');
  set.add('ann');
  set.add('bob');
  assert.deepEqual([...set], ['ann', 'bob']);
});
