/** `temporal_ordered` against a twin that tries every combination of events. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import { findSequences } from '../../src/relations/sequence.ts';
import { allInOrder, someInOrder } from '../../src/relations/sequence-states.ts';
import { temporalOrdered } from '../../src/relations/temporal-ordered.ts';
import {
  correlationOf,
  inOrder,
  judge,
  type MarkSketch,
  RUNS,
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
  sequencesOf(marks, allInOrder(Array.from({ length: steps }, (_, step) => step)));

const sequencesOf = (marks: readonly Mark[], states: ReturnType<typeof allInOrder>) =>
  [...findSequences(marks, states, SPAN)].map(({ mark, verdict }) => `${mark.identity} ${verdict}`);

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
    fc.assert(property, { numRuns: RUNS });
  });

  test(`${steps} steps: one event never stands for two of them`, () => {
    const property = fc.property(sketches(steps), (rows) => {
      const marks = inOrder(rows.map((row) => ({ ...row, file: 'a.ndjson' })));
      assert.deepEqual(verdictsOf(marks, steps), twinOf(marks, steps));
    });
    fc.assert(property, { numRuns: RUNS });
  });

  test(`${steps} steps: with ties and shared events, what is called certain is`, () => {
    const property = fc.property(sketches(steps), (rows) => {
      const marks = inOrder(rows);
      const certain = (verdicts: string[]) => verdicts.filter((each) => each.endsWith('violation'));
      assert.deepEqual(certain(verdictsOf(marks, steps)), certain(twinOf(marks, steps)));
    });
    fc.assert(property, { numRuns: RUNS });
  });
}

/** In one file every two events have an order, and an interval comes before what begins at its end or later. */
const inFileBefore = (left: Mark, right: Mark) =>
  left.until !== undefined && left.until > left.time!
    ? left.until <= right.time!
    : left.time! < right.time! || (left.time === right.time && left.place.offset < right.place.offset);

/** Whether an end lies after the first event and not after the last. */
const isEndedInFile = (marks: readonly Mark[], end: number, first: Mark, last: Mark) =>
  marks.some(
    (mark) =>
      mark.step === end &&
      (mark.time! < last.time! || (mark.time === last.time && mark.place.offset <= last.place.offset)) &&
      (mark.time! > first.time! || (mark.time === first.time && mark.place.offset > first.place.offset)),
  );

/** Whether `wanted` events of rising steps lead to `last`, in one file, within the timespan, with no end between them. */
function leadsInFile(marks: readonly Mark[], last: Mark, wanted: number, end = -1): boolean {
  const search = (chain: Mark[]): boolean => {
    const head = chain[0]!;
    if (chain.length === wanted)
      return !isEndedInFile(marks, end, head, last) && (last.until ?? last.time!) - head.time! <= SPAN;
    return marks.some(
      (mark) =>
        mark.step < head.step &&
        inFileBefore(mark, head) &&
        !chain.some((each) => sameEvent(each, mark)) &&
        search([mark, ...chain]),
    );
  };
  return search([last]);
}

const inFileTwin = (marks: readonly Mark[], steps: number, wanted: number, end = -1) =>
  marks
    .filter(({ step }) => step >= wanted - 1 && step < steps)
    .map((last) => `${last.identity} ${leadsInFile(marks, last, wanted, end) ? 'violation' : 'satisfied'}`);

const ofOneFile = { files: ['a.ndjson'] };

for (const [steps, wanted] of [
  [3, 2],
  [4, 3],
  [3, 1],
] as const) {
  test(`${wanted} of ${steps} steps in order equal the twin's`, () => {
    const property = fc.property(sketches(steps, { ...ofOneFile, intervals: 8 }), (rows) => {
      const marks = inOrder(rows);
      assert.deepEqual(sequencesOf(marks, someInOrder(steps, wanted)), inFileTwin(marks, steps, wanted));
    });
    fc.assert(property, { numRuns: RUNS });
  });
}

test('trap 20: intervals come before what begins at their end or later, as in the twin', () => {
  const property = fc.property(sketches(3, { ...ofOneFile, intervals: 8 }), (rows) => {
    const marks = inOrder(rows);
    assert.deepEqual(sequencesOf(marks, allInOrder([0, 1, 2])), inFileTwin(marks, 3, 3));
  });
  fc.assert(property, { numRuns: RUNS });
});

test('until: an end closes every open sequence, as in the twin', () => {
  const property = fc.property(sketches(3, { ...ofOneFile, maxLength: 20 }), (rows) => {
    const marks = inOrder(rows);
    assert.deepEqual(sequencesOf(marks, allInOrder([0, 1], [2])), inFileTwin(marks, 2, 2, 2));
  });
  fc.assert(property, { numRuns: RUNS });
});

test('until: what is called certain is, where files tie', () => {
  const property = fc.property(sketches(3, 12), (rows) => {
    const marks = inOrder(rows);
    const certain = sequencesOf(marks, allInOrder([0, 1], [2])).filter((each) => each.endsWith('violation'));
    for (const text of certain) {
      const last = marks.find((mark) => mark.step === 1 && `${mark.identity} violation` === text)!;
      const led = marks.some(
        (first) =>
          first.step === 0 &&
          surelyBefore(first, last) &&
          last.time! - first.time! <= SPAN &&
          marks.every(
            (end) =>
              end.step !== 2 || surelyBefore(last, end) || surelyBefore(end, first) || sameEvent(end, first),
          ),
      );
      assert.ok(led, text);
    }
  });
  fc.assert(property, { numRuns: RUNS });
});

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
      refusal(temporalOrdered, correlationOf({ condition: { lt: 2 } }, 2)),
      /takes "gt" or "gte", how many rules must follow one another/,
    );
    assert.match(
      refusal(temporalOrdered, correlationOf({ condition: { gt: 2 } }, 2)),
      /can never have 3 rules in order/,
    );
    assert.match(
      refusal(temporalOrdered, correlationOf({ extra: { untill: 'x' } }, 2)),
      /no key "untill", did you mean "until"/,
    );
    assert.match(
      refusal(temporalOrdered, correlationOf({ calendarUnit: 'day', window: 'calendar' }, 2)),
      /a window that slides/,
    );
    assert.match(refusal(temporalOrdered, correlationOf({ fields: [[], []] }, 2)), /takes no "field"/);
    assert.ok(temporalOrdered.compile(correlationOf({ condition: { gte: 2 } }, 2), assert.fail));
  });
  test('a count of rules wants so many of them in order', () => {
    const three = correlationOf({ condition: { gte: 2 } }, 3);
    const steps = (...drawn: number[]) =>
      judge(temporalOrdered, three, inOrder(drawn.map((step, at) => ({ at, line: at + 1, step })))).length;
    assert.deepEqual([steps(0, 2), steps(1, 2), steps(2, 0), steps(0, 0), steps(2, 1, 2)], [1, 1, 0, 0, 1]);
  });
  test('an end without a readable time takes the certainty', () => {
    const rule = correlationOf({ steps: { rules: [0, 1], until: [2] } }, 3);
    const pairOfMarks = [toMark({ at: 0, line: 1, step: 0 }), toMark({ at: 1, line: 2, step: 1 })];
    assert.deepEqual(
      judge(temporalOrdered, rule, pairOfMarks).map(({ verdict }) => verdict),
      ['violation'],
    );
    const [found] = judge(temporalOrdered, rule, [
      toMark({ at: undefined, line: 3, step: 2 }),
      ...pairOfMarks,
    ]);
    assert.equal(found?.verdict, 'undetermined');
    assert.match(found!.message, /an event that ends open sequences has no readable time$/);
  });
  // To hold each event against all others would take 2.5·10^9 comparisons of places: many minutes.
  test('fifty thousand events of one instant in many files are judged', () => {
    const rows = Array.from({ length: 50_000 }, (_, line) => ({
      at: 0,
      file: `${line % 100}`,
      line,
      step: line % 2,
    }));
    assert.ok(say(...rows).length >= 1);
  });
});
