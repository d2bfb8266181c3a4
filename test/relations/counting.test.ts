/** `event_count` and `value_count` against a twin that looks at every window by itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import type { Coverage } from '../../src/model/relation.ts';
import { eventCount } from '../../src/relations/event-count.ts';
import { valueCount } from '../../src/relations/value-count.ts';
import { COUNTED, correlationOf, inOrder, judge, refusal, second, sketches, toMark } from './made-marks.ts';

const SPAN = second(10);

type Twin = { verdict: string; first: string; last: string; peak: number }[];

/** Each position's window, found by looking at all marks; satisfied neighbours not more than a timespan apart are joined. */
function slidingTwin(
  marks: readonly Mark[],
  value: (window: Mark[]) => number,
  reached: (n: number) => boolean,
): Twin {
  const found: Twin = [];
  let lastTime: bigint | undefined;
  for (const [index, mark] of marks.entries()) {
    const window = marks.slice(0, index + 1).filter((each) => mark.time! - each.time! <= SPAN);
    const n = value(window);
    const joined = lastTime !== undefined && mark.time! - lastTime <= SPAN;
    if (!reached(n)) lastTime = undefined;
    else if (joined) {
      const open = found.at(-1)!;
      open.last = mark.identity;
      open.peak = Math.max(open.peak, n);
      lastTime = mark.time;
    } else {
      found.push({ verdict: 'violation', first: window[0]!.identity, last: mark.identity, peak: n });
      lastTime = mark.time;
    }
  }
  return found;
}

const distinctEvents = (marks: readonly Mark[]) =>
  marks.filter((mark, index) => marks.findIndex(({ identity }) => identity === mark.identity) === index);
const distinctValues = (marks: readonly Mark[]) => new Set(marks.map(({ values }) => values[0])).size;

/** `peak` and `last` are told by the message, so that the whole judgement is compared. */
const TEMPLATE = { message: '{peak} {first} {last}' };

function summarize(found: ReturnType<typeof judge>) {
  return found.map(({ verdict, identity, message }) => ({
    verdict,
    first: identity.at(-1),
    peak: Number(message.split(' ')[0]),
  }));
}

test('event_count equals its twin', () => {
  const property = fc.property(sketches(2, 30), fc.integer({ min: 1, max: 5 }), (drawn, limit) => {
    const marks = inOrder(drawn);
    const twin = slidingTwin(
      distinctEvents(marks),
      (window) => window.length,
      (n) => n >= limit,
    );
    const found = judge(eventCount, correlationOf({ condition: { gte: limit }, ...TEMPLATE }, 2), marks);
    assert.deepEqual(
      summarize(found),
      twin.map(({ verdict, first, peak }) => ({ verdict, first, peak })),
    );
  });
  fc.assert(property, { numRuns: 3_000 });
});

test('trap 17: value_count equals its twin, and leaves out marks without the value', () => {
  const property = fc.property(sketches(1, 30), fc.integer({ min: 0, max: 3 }), (drawn, limit) => {
    const marks = inOrder(drawn);
    const valued = marks.filter(({ values }) => values[0] !== undefined);
    const twin = slidingTwin(valued, distinctValues, (n) => n > limit);
    const found = judge(
      valueCount,
      correlationOf({ condition: { gt: limit }, ...COUNTED, ...TEMPLATE }),
      marks,
    );
    assert.deepEqual(
      summarize(found),
      twin.map(({ verdict, first, peak }) => ({ verdict, first, peak })),
    );
  });
  fc.assert(property, { numRuns: 3_000 });
});

/** Greedy windows, each judged at its end, with what the coverage allows to say. */
function completeTwin(marks: readonly Mark[], reached: (n: number) => boolean, coverage: Coverage): Twin {
  const found: Twin = [];
  let rest = marks;
  let previous: { verdict: string; last: bigint } | undefined;
  while (rest.length > 0) {
    const start = rest[0]!.time!;
    const window = rest.filter(({ time }) => time! - start <= SPAN);
    rest = rest.slice(window.length);
    const covered = coverage !== undefined && start - SPAN >= coverage.from && start + SPAN <= coverage.until;
    const verdict = !reached(window.length) ? 'satisfied' : covered ? 'violation' : 'undetermined';
    const joined = previous?.verdict === verdict && start - previous.last <= SPAN;
    if (verdict !== 'satisfied' && joined) found.at(-1)!.peak = Math.max(found.at(-1)!.peak, window.length);
    else if (verdict !== 'satisfied')
      found.push({ verdict, first: window[0]!.identity, last: '', peak: window.length });
    previous = { verdict, last: window.at(-1)!.time! };
  }
  return found;
}

test('trap 15: conditions with an upper bound are judged once a window, and never violated where the log does not reach', () => {
  const condition = fc.constantFrom({ lt: 3 }, { lte: 2 }, { eq: 2 }, { neq: 2 }, { gte: 2, lte: 3 });
  const property = fc.property(
    sketches(1, 30),
    condition,
    fc.integer({ min: 0, max: 30 }),
    (drawn, limits, until) => {
      const coverage = { from: second(5), until: second(until + 10) };
      const marks = inOrder(drawn);
      const reached = (n: number) =>
        (limits.lt === undefined || n < limits.lt) &&
        (limits.lte === undefined || n <= limits.lte) &&
        (limits.eq === undefined || n === limits.eq) &&
        (limits.neq === undefined || n !== limits.neq) &&
        (limits.gte === undefined || n >= limits.gte);
      const twin = completeTwin(marks, reached, coverage);
      const found = judge(eventCount, correlationOf({ condition: limits, ...TEMPLATE }), marks, coverage);
      assert.deepEqual(
        summarize(found),
        twin.map(({ verdict, first, peak }) => ({ verdict, first, peak })),
      );
    },
  );
  fc.assert(property, { numRuns: 3_000 });
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
  test('a hundred thousand marks take seconds, not minutes', () => {
    const marks = times(...Array.from({ length: 100_000 }, (_, index) => Math.floor(index / 1_000)));
    const started = performance.now();
    assert.equal(
      judge(
        valueCount,
        correlationOf({ condition: { gte: 2 }, ...COUNTED }),
        marks.map((mark, index) => ({ ...mark, values: [String(index)] })),
      ).length,
      1,
    );
    assert.ok(performance.now() - started < 8_000);
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
