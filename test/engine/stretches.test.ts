/** Unions and intersections of stretches, against asking of each instant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commonStretches, joinedStretches } from '../../src/engine/stretches.ts';
import type { Stretch } from '../../src/model/relation.ts';
import { coveredParts, holeWithin, isWithin } from '../../src/relations/coverage.ts';

const stretch = fc
  .tuple(fc.bigInt(0n, 40n), fc.bigInt(0n, 8n))
  .map(([from, length]): Stretch => ({ from, until: from + length }));
const stretches = fc.array(stretch, { maxLength: 6 });
const holds = (list: readonly Stretch[], at: bigint) =>
  list.some(({ from, until }) => at >= from && at <= until);
const INSTANTS = Array.from({ length: 52 }, (_, at) => BigInt(at));

test('joinedStretches() and commonStretches() hold what any and what both hold', () => {
  fc.assert(
    fc.property(stretches, stretches, (left, right) => {
      const [a, b] = [joinedStretches(left), joinedStretches(right)];
      const common = commonStretches(a, b);
      for (const at of INSTANTS) {
        assert.equal(holds(a, at), holds(left, at));
        assert.equal(holds(common, at), holds(left, at) && holds(right, at));
      }
      for (const [index, { from }] of a.entries()) assert.ok(index === 0 || from > a[index - 1]!.until + 1n);
    }),
    { numRuns: 300 },
  );
});

test('joinedStretches() takes what is not farther apart than the tolerance for one', () => {
  const apart = [
    { from: 0n, until: 5n },
    { from: 9n, until: 12n },
  ];
  assert.deepEqual(joinedStretches(apart, 3n), [{ from: 0n, until: 12n }]);
  assert.deepEqual(joinedStretches(apart, 2n), apart);
});

test('a window is covered where each of its instants is, and its parts are those', () => {
  fc.assert(
    fc.property(stretches, stretch, (list, window) => {
      const joined = joinedStretches(list);
      const [first] = joined;
      if (first === undefined) return;
      const holes = joined
        .slice(1)
        .map(({ from }, index) => ({ from: joined[index]!.until + 1n, until: from - 1n }));
      const covered = { from: first.from, until: joined.at(-1)!.until, holes };
      const inside = INSTANTS.filter((at) => at >= window.from && at <= window.until);
      assert.equal(
        isWithin(window, covered),
        inside.every((at) => holds(joined, at)),
      );
      const parts = coveredParts(window, covered);
      for (const at of inside) assert.equal(holds(parts, at), holds(joined, at));
      for (const part of parts) assert.equal(holeWithin(part, covered), undefined);
    }),
    { numRuns: 300 },
  );
});
