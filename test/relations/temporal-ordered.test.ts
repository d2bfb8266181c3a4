/** `temporal_ordered` against a twin that tries every combination of events. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import { findSequences } from '../../src/relations/sequence.ts';
import { temporalOrdered } from '../../src/relations/temporal-ordered.ts';
import {
  correlationOf,
  inOrder,
  judge,
  type MarkSketch,
  refusal,
  second,
  sketches,
  toMark,
} from './made-marks.ts';

const SPAN = second(10);
const sameEvent = (left: Mark, right: Mark) => left.identity === right.identity;
const sameFile = (left: Mark, right: Mark) => left.place.file === right.place.file;

/** Known to come before: an earlier time, or an earlier place in the same file. */
const surelyBefore = (left: Mark, right: Mark) =>
  left.time! < right.time! ||
  (left.time === right.time && sameFile(left, right) && left.place.offset < right.place.offset);
/** Not known to come after. */
const maybeBefore = (left: Mark, right: Mark) =>
  surelyBefore(left, right) || (left.time === right.time && !sameFile(left, right));

/** Whether some events, one a step and all different, lead to `last` within the timespan. */
function leads(marks: readonly Mark[], last: Mark, before: (left: Mark, right: Mark) => boolean): boolean {
  const search = (chain: Mark[]): boolean => {
    const head = chain[0]!;
    if (head.step === 0) return last.time! - head.time! <= SPAN;
    return marks.some(
      (mark) =>
        mark.step === head.step - 1 &&
        before(mark, head) &&
        !chain.some((each) => sameEvent(each, mark)) &&
        search([mark, ...chain]),
    );
  };
  return search([last]);
}

const verdictsOf = (marks: readonly Mark[], steps: number) =>
  [...findSequences(marks, steps, SPAN)].map(({ mark, verdict }) => `${mark.identity} ${verdict}`);

const twinOf = (marks: readonly Mark[], steps: number) =>
  marks
    .filter(({ step }) => step === steps - 1)
    .map((last) => {
      const verdict = leads(marks, last, surelyBefore)
        ? 'violation'
        : leads(marks, last, maybeBefore)
          ? 'undetermined'
          : 'satisfied';
      return `${last.identity} ${verdict}`;
    });

for (const steps of [2, 3]) {
  test(`${steps} steps: certain, tied and absent sequences equal the twin's`, () => {
    // One mark an event: an event with several steps is compared below, where ties cannot confuse it.
    const drawn = sketches(steps).map((rows) =>
      rows.filter((row, at) => rows.findIndex(({ line }) => line === row.line) === at),
    );
    const property = fc.property(drawn, (rows) => {
      const marks = inOrder(rows);
      assert.deepEqual(verdictsOf(marks, steps), twinOf(marks, steps));
    });
    fc.assert(property, { numRuns: 3_000 });
  });

  test(`${steps} steps: one event never stands for two of them`, () => {
    const property = fc.property(sketches(steps), (rows) => {
      const marks = inOrder(rows.map((row) => ({ ...row, file: 'a.ndjson' })));
      assert.deepEqual(verdictsOf(marks, steps), twinOf(marks, steps));
    });
    fc.assert(property, { numRuns: 3_000 });
  });

  test(`${steps} steps: with ties and shared events, what is called certain is`, () => {
    const property = fc.property(sketches(steps), (rows) => {
      const marks = inOrder(rows);
      const certain = (verdicts: string[]) => verdicts.filter((each) => each.endsWith('violation'));
      assert.deepEqual(certain(verdictsOf(marks, steps)), certain(twinOf(marks, steps)));
    });
    fc.assert(property, { numRuns: 3_000 });
  });
}

describe('temporal_ordered', () => {
  const pair = correlationOf({}, 2);
  const say = (...rows: MarkSketch[]) => judge(temporalOrdered, pair, inOrder(rows));

  test('trap 13: closed window, exactly the timespan is inside', () => {
    assert.equal(say({ at: 0, line: 1, step: 0 }, { at: 10, line: 2, step: 1 }).length, 1);
    assert.equal(say({ at: 0, line: 1, step: 0 }, { at: 11, line: 2, step: 1 }).length, 0);
  });
  test('trap 14: one instant is ordered by the place in one file', () => {
    assert.deepEqual(
      say({ at: 0, line: 1, step: 0 }, { at: 0, line: 2, step: 1 }).map(({ verdict }) => verdict),
      ['violation'],
    );
    assert.deepEqual(say({ at: 0, line: 2, step: 0 }, { at: 0, line: 1, step: 1 }), []);
  });
  test('trap 14: one instant in two files is tied, and said to be', () => {
    for (const files of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const [found] = say(
        { at: 0, file: files[0]!, line: 1, step: 0 },
        { at: 0, file: files[1]!, line: 1, step: 1 },
      );
      assert.equal(found?.verdict, 'undetermined');
      assert.match(found!.message, /, order: tied/);
    }
  });
  test('trap 14: one event is not a sequence', () => {
    assert.deepEqual(say({ at: 0, line: 1, step: 0 }, { at: 0, line: 1, step: 1 }), []);
  });
  test('completions in a row are one finding', () => {
    const [found, ...more] = say(
      { at: 0, line: 1, step: 0 },
      ...[1, 2, 3].map((at) => ({ at, line: at + 1, step: 1 })),
    );
    assert.equal(more.length, 0);
    assert.deepEqual(
      [found?.count, found?.place.line, found?.related.map(({ line }) => line)],
      [4, 1, [2, 3, 4]],
    );
    assert.equal(
      found?.message,
      'tried rule: 2 events in order within 10s, at 1970-01-01T00:00:00Z, 1970-01-01T00:00:01Z',
    );
  });
  test('an event without a readable time leaves it undetermined', () => {
    const marks = [toMark({ at: undefined, line: 1, step: 0 }), toMark({ at: 5, line: 2, step: 1 })];
    const [found, ...more] = judge(temporalOrdered, pair, marks);
    assert.equal(more.length, 0);
    assert.equal(found?.verdict, 'undetermined');
    assert.match(found!.message, /order: unknown/);
    assert.deepEqual(judge(temporalOrdered, pair, marks.slice(0, 1)), []);
  });
  test('refuses what it cannot judge', () => {
    assert.match(refusal(temporalOrdered, correlationOf({}, 1)), /two rules at least, found 1/);
    assert.match(
      refusal(temporalOrdered, correlationOf({ condition: { gte: 1 } }, 2)),
      /wants all of its rules/,
    );
    assert.match(refusal(temporalOrdered, correlationOf({ extra: { until: 'x' } }, 2)), /has no key "until"/);
    assert.ok(temporalOrdered.compile(correlationOf({ condition: { gte: 2 } }, 2), assert.fail));
  });
  test('ten thousand events of one instant in many files stay linear', () => {
    const rows = Array.from({ length: 10_000 }, (_, line) => ({
      at: 0,
      file: `${line % 100}`,
      line,
      step: line % 2,
    }));
    const started = performance.now();
    assert.ok(say(...rows).length >= 1);
    assert.ok(performance.now() - started < 8_000);
  });
});
