/** Where an instant lies among stretches of time, against a walk over all of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexAt } from '../../src/licenses/contract/index-at.ts';

test('indexAt() is the last that begins at or before the instant, or the first', () => {
  for (let count = 1; count <= 9; count++) {
    // Two begin at once: the last of them counts.
    const starts = Array.from({ length: count }, (_, index) => BigInt(10 * index - (index === 4 ? 10 : 0)));
    const stretches = starts.map((from) => ({ from }));
    for (let instant = -1n; instant <= 100n; instant++) {
      const expected = Math.max(
        0,
        stretches.findLastIndex(({ from }) => from <= instant),
      );
      assert.equal(indexAt(stretches, instant), expected, `${instant} of ${starts.join(' ')}`);
    }
  }
});
