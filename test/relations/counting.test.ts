/** `event_count` and `value_count` against a twin that looks at every window by itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import { eventCount } from '../../src/relations/event-count.ts';
import { UNDATED } from '../../src/relations/undated.ts';
import { valueCount } from '../../src/relations/value-count.ts';
import {
  COUNTED,
  correlationOf,
  inOrder,
  judge,
  RUNS,
  refusal,
  second,
  sketches,
  toMark,
} from './made-marks.ts';
import {
  compare,
  completeTwin,
  distinctEvents,
  type Fraction,
  type Said,
  saidBy,
  shown,
  slidingTwin,
  whole,
} from './window-twin.ts';

const SPAN = second(10);

const distinctValues = (marks: readonly Mark[]) => whole(new Set(marks.map(({ values }) => values[0])).size);
const TEMPLATE = { message: '{peak}' };
const certain = { span: SPAN, onlyUp: true, coverage: undefined };

/** Without a window that reaches the limit, events without a time are in doubt when they would complete the fullest one. */
function withUntimed(
  twin: Said[],
  untimed: readonly Mark[],
  best: Fraction,
  holds: (figure: Fraction) => boolean,
): Said[] {
  const most = whole(best.amount + BigInt(untimed.length));
  if (twin.length > 0 || untimed.length === 0 || !holds(most)) return twin;
  return [{ verdict: 'undetermined', first: untimed[0]!.identity, peak: most }];
}

const largestOf = (marks: readonly Mark[], figure: (window: readonly Mark[]) => Fraction) => {
  let best = whole(0);
  const holds = (n: Fraction) => {
    if (compare(n, best) > 0) best = n;
    return false;
  };
  slidingTwin(marks, { ...certain, figure, holds });
  return best;
};

const drawn = { maxLength: 30, untimed: true, intervals: 14 };

test('event_count equals its twin', () => {
  const property = fc.property(sketches(2, drawn), fc.integer({ min: 1, max: 5 }), (rows, limit) => {
    const marks = inOrder(rows);
    const events = distinctEvents(marks);
    const timed = events.filter(({ time }) => time !== undefined);
    const untimed = events.filter(({ time }) => time === undefined);
    const figure = (window: readonly Mark[]) => whole(window.length);
    const holds = (n: Fraction) => compare(n, whole(limit)) >= 0;
    const twin = slidingTwin(timed, { ...certain, figure, holds });
    const found = judge(eventCount, correlationOf({ condition: { gte: limit }, ...TEMPLATE }, 2), marks);
    // Of a log without any readable time a notice speaks.
    const expected = timed.length === 0 ? [] : withUntimed(twin, untimed, largestOf(timed, figure), holds);
    assert.deepEqual(saidBy(found.filter(({ leftOut }) => leftOut === undefined)), shown(expected));
  });
  fc.assert(property, { numRuns: RUNS });
});

test('trap 17: value_count equals its twin, and leaves out marks without the value', () => {
  const property = fc.property(sketches(1, drawn), fc.integer({ min: 0, max: 3 }), (rows, limit) => {
    const marks = inOrder(rows);
    const valued = marks.filter(({ values }) => values[0] !== undefined);
    const timed = valued.filter(({ time }) => time !== undefined);
    const untimed = valued.filter(({ time }) => time === undefined);
    const holds = (n: Fraction) => compare(n, whole(limit)) > 0;
    const twin = slidingTwin(timed, { ...certain, figure: distinctValues, holds });
    const rule = correlationOf({ condition: { gt: limit }, ...COUNTED, ...TEMPLATE });
    const expected =
      timed.length === 0 ? [] : withUntimed(twin, untimed, largestOf(timed, distinctValues), holds);
    const found = judge(valueCount, rule, marks).filter(({ leftOut }) => leftOut === undefined);
    assert.deepEqual(saidBy(found), shown(expected));
  });
  fc.assert(property, { numRuns: RUNS });
});

test('trap 17: values are told apart by their exact text', () => {
  const marks = ['Ann', 'ann', '1', '1.0', '01'].map((value, at) => toMark({ at, line: at + 1, value }));
  assert.equal(judge(valueCount, correlationOf({ condition: { gte: 5 }, ...COUNTED }), marks).length, 1);
});

test('trap 15: conditions with an upper bound are judged once a window, and never violated where the log does not reach', () => {
  const condition = fc.constantFrom({ lt: 3 }, { lte: 2 }, { eq: 2 }, { neq: 2 }, { gte: 2, lte: 3 });
  const rows = sketches(1, { maxLength: 30, intervals: 14 });
  const property = fc.property(
    rows,
    condition,
    fc.integer({ min: 0, max: 30 }),
    (drawnRows, limits, until) => {
      const coverage = { from: second(5), until: second(until + 10) };
      const marks = inOrder(drawnRows);
      const holds = ({ amount }: Fraction) => {
        const n = Number(amount);
        return (
          (limits.lt === undefined || n < limits.lt) &&
          (limits.lte === undefined || n <= limits.lte) &&
          (limits.eq === undefined || n === limits.eq) &&
          (limits.neq === undefined || n !== limits.neq) &&
          (limits.gte === undefined || n >= limits.gte)
        );
      };
      const figure = (window: readonly Mark[]) => whole(window.length);
      const twin = completeTwin(marks, { span: SPAN, onlyUp: false, coverage, figure, holds });
      const found = judge(eventCount, correlationOf({ condition: limits, ...TEMPLATE }), marks, coverage);
      assert.deepEqual(saidBy(found), shown(twin));
    },
  );
  fc.assert(property, { numRuns: RUNS });
});

test('trap 15: each of several logs must cover a window, by the coverage of its step', () => {
  const rule = correlationOf({ condition: { lt: 2 } }, 2);
  const marks = inOrder([{ at: 20, line: 1 }]);
  const wide = { from: second(0), until: second(100) };
  const verdicts = (other: typeof wide | undefined) =>
    judge(eventCount, rule, marks, { ...wide, steps: [wide, other] }).map(({ verdict }) => verdict);
  assert.deepEqual(verdicts(wide), ['violation']);
  assert.deepEqual(verdicts({ from: second(15), until: second(100) }), ['undetermined']);
  assert.deepEqual(verdicts(undefined), ['undetermined']);
});

test('a condition from both sides is in doubt when an event without a time may complete it', () => {
  const marks = [toMark({ at: undefined, line: 1 }), toMark({ at: 0, line: 2 })];
  const verdicts = (condition: object) =>
    judge(eventCount, correlationOf({ condition }), marks).map(({ verdict }) => verdict);
  assert.deepEqual(verdicts({ eq: 2 }), ['undetermined']);
  assert.deepEqual(verdicts({ lt: 1.5 }), ['undetermined']);
});

describe('windows', () => {
  const times = (...seconds: number[]) => inOrder(seconds.map((at, index) => ({ at, line: index + 1 })));
  const two = correlationOf({ condition: { gte: 2 } });

  test('trap 13: are closed, a distance of exactly the timespan is inside', () => {
    assert.equal(judge(eventCount, two, times(0, 10)).length, 1);
    assert.equal(judge(eventCount, two, times(0, 11)).length, 0);
  });
  test('one burst is one finding, with its places and its peak', () => {
    const marks = times(...Array.from({ length: 30 }, (_, at) => at));
    const [found, ...more] = judge(eventCount, two, marks);
    assert.equal(more.length, 0);
    assert.deepEqual(
      [found?.count, found?.related.length, found?.place.line, found?.subject],
      [30, 9, 1, 'ann'],
    );
    assert.equal(
      found?.message,
      'tried rule: 11 events within 10s, expected fewer than 2, from 1970-01-01T00:00:00Z until 1970-01-01T00:00:29Z',
    );
  });
  test('a silence parts two findings', () => {
    assert.deepEqual(
      judge(eventCount, two, times(0, 1, 50, 51)).map(({ count }) => count),
      [2, 2],
    );
  });
  // A window holds 11,000 of them: to count it anew for each mark would take 10^9 looks into a map, many minutes.
  test('a hundred thousand marks with as many values are counted as the window slides', () => {
    const marks = times(...Array.from({ length: 100_000 }, (_, index) => Math.floor(index / 1_000)));
    assert.equal(
      judge(
        valueCount,
        correlationOf({ condition: { gte: 2 }, ...COUNTED }),
        marks.map((mark, index) => ({ ...mark, values: [String(index)] })),
      ).length,
      1,
    );
  });
});

describe('events whose time cannot be read', () => {
  const untimed = (line: number) => toMark({ at: undefined, line });
  test('make it undetermined when they could complete a window', () => {
    const marks = [untimed(1), toMark({ at: 0, line: 2 }), toMark({ at: 1, line: 3 })];
    const [found] = judge(eventCount, correlationOf({ condition: { gte: 3 } }), marks);
    assert.equal(found?.verdict, 'undetermined');
    assert.match(found!.message, /counting 1 event whose time cannot be read/);
    assert.deepEqual(judge(eventCount, correlationOf({ condition: { gte: 4 } }), marks), []);
  });
  test('are told in every file: a waiver of one file must not cover those of another', () => {
    const marks = Array.from({ length: 30 }, (_, line) =>
      toMark({ at: undefined, line, file: line < 28 ? 'a.ndjson' : line === 28 ? 'b.ndjson' : 'c.ndjson' }),
    );
    const coverage = { from: second(0), until: second(9) };
    const [found] = judge(eventCount, correlationOf({ condition: { gte: 3 } }), marks, coverage);
    const files = new Set([found!.place, ...found!.related].map(({ file }) => file));
    assert.deepEqual([...files].sort(), ['a.ndjson', 'b.ndjson', 'c.ndjson']);
  });
  test('are left out and counted, where no event of the log has one', () => {
    const marks = [untimed(1), untimed(2), untimed(3)];
    const rule = correlationOf({ condition: { gte: 3 } });
    const [left, ...others] = judge(eventCount, rule, marks, undefined);
    assert.deepEqual(others, []);
    assert.deepEqual(left!.leftOut, { why: UNDATED, events: 3 });
    assert.deepEqual(judge(eventCount, rule, marks.slice(1), undefined), []);
  });
  test('take the certainty from an upper bound', () => {
    const coverage = { from: second(-100), until: second(100) };
    const marks = [untimed(1), toMark({ at: 0, line: 2 })];
    assert.deepEqual(
      judge(eventCount, correlationOf({ condition: { lt: 2 } }), marks, coverage).map(
        ({ verdict }) => verdict,
      ),
      ['undetermined'],
    );
    assert.deepEqual(
      judge(eventCount, correlationOf({ condition: { lt: 2 } }), marks.slice(1), coverage).map(
        ({ verdict }) => verdict,
      ),
      ['violation'],
    );
  });
});

test('trap 17: several counted fields make a tuple', () => {
  const pair = {
    fields: [
      [
        { taxonomy: 'raw', name: 'f' },
        { taxonomy: 'raw', name: 'g' },
      ],
    ],
  } satisfies Partial<ReturnType<typeof correlationOf>>;
  const marks = [
    ['a', 'b'],
    ['a', 'c'],
    ['a', 'b'],
    ['a', undefined],
  ].map((values, at) => ({ ...toMark({ at, line: at }), values }));
  assert.equal(judge(valueCount, correlationOf({ condition: { gte: 2 }, ...pair }), marks).length, 1);
  assert.equal(judge(valueCount, correlationOf({ condition: { gte: 3 }, ...pair }), marks).length, 0);
});

test('trap 15: what no event can show is refused, with where to go instead', () => {
  for (const condition of [{ lt: 1 }, { lte: 0 }, { eq: 0 }]) {
    assert.match(
      refusal(eventCount, correlationOf({ condition })),
      /only for windows without any event.*"gap" or "requires"/,
    );
  }
  assert.match(refusal(eventCount, correlationOf({})), /needs a condition such as/);
  assert.match(
    refusal(eventCount, correlationOf({ condition: { gte: 1 }, ...COUNTED })),
    /"value_count" counts its values/,
  );
  assert.match(refusal(valueCount, correlationOf({ condition: { gte: 1 } })), /needs the "field"/);
  assert.match(
    refusal(eventCount, correlationOf({ condition: { gte: 1 }, extra: { fields: 1 } })),
    /has no key "fields"/,
  );
  const { timespan: _, ...endless } = correlationOf({ condition: { gte: 1 } });
  assert.match(refusal(eventCount, endless), /needs a "timespan"/);
});
