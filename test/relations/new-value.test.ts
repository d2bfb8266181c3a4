/** `new_value` against a twin that looks back from every event, and the law that a shorter log never accuses more. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareMarks, type Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement } from '../../src/model/relation.ts';
import type { Correlation, Validity } from '../../src/model/rule.ts';
import { govern } from '../../src/relations/governed.ts';
import { newValue } from '../../src/relations/new-value.ts';
import { correlationOf, judge, type MarkSketch, second, toMark } from './made-marks.ts';
import { CASES, cut, LAWFUL_CASES, placesOf } from './relation-laws.ts';

const field = (name: string) => ({ taxonomy: 'raw' as const, name });

function news(changes: Partial<Correlation> = {}, steps = 1): Correlation {
  const fields = Array.from({ length: steps }, () => [field('country')]);
  const made = correlationOf({ type: 'new_value', fields, extra: { history: '10s' }, ...changes }, steps);
  const { timespan: _, ...correlation } = made;
  return correlation;
}

const EVERYTHING: Coverage = { from: second(-1_000), until: second(1_000) };
const FROM_ZERO: Coverage = { from: second(0), until: second(1_000) };

const login = (
  at: number | undefined,
  line: number,
  value: string | undefined,
  more: Partial<MarkSketch> = {},
) => toMark({ at, line, value, ...more });

function run(marks: Mark[], coverage: Coverage = EVERYTHING, correlation = news()): Judgement[] {
  return judge(newValue, correlation, marks.sort(compareMarks), coverage);
}

const found = (judgements: Judgement[]) => judgements.filter(({ leftOut }) => leftOut === undefined);
const leftOut = (judgements: Judgement[]) => judgements.flatMap(({ leftOut: left }) => left ?? []);

describe('new_value', () => {
  test('speaks of a value that the history before does not have; the window is closed', () => {
    const marks = [
      login(0, 1, 'NO'),
      login(10, 2, 'NO'),
      login(12, 3, 'FR'),
      login(13, 4, 'FR'),
      login(21, 5, 'NO'),
    ];
    const [first, second, third, ...more] = run(marks);
    assert.deepEqual(
      [first, second, third].map((each) => [each!.verdict, each!.place.line]),
      [
        ['violation', 1],
        ['violation', 3],
        ['violation', 5],
      ],
    );
    assert.deepEqual(more, []);
    assert.equal(
      second!.message,
      'tried rule: "FR" in "country", at 1970-01-01T00:00:12Z, not seen in the 10s before',
    );
  });
  test('learns for the first history of the log, and tells how much it learned', () => {
    const marks = [login(0, 1, 'NO'), login(9, 2, 'FR'), login(10, 3, 'DE'), login(11, 4, 'FR')];
    const judgements = run(marks, FROM_ZERO);
    assert.deepEqual(
      found(judgements).map(({ place }) => place.line),
      [3],
    );
    assert.deepEqual(leftOut(judgements), [
      {
        events: 2,
        isLearning: true,
        why: 'values first seen while the rule was learning, for the log shows the 10s before only from 1970-01-01T00:00:10Z until 1970-01-01T00:16:40Z',
      },
    ]);
    assert.ok(
      judgements.every(({ leftOut: left, verdict }) => left === undefined || verdict === 'undetermined'),
    );
  });
  test('knows what was shown before its rule was in force, and judges what comes in force alone', () => {
    const dated = (effective: Validity) => {
      const rule = news({ effective });
      return govern(newValue.compile(rule, assert.fail)!, rule);
    };
    const judged = (effective: Validity, marks: Mark[], coverage = FROM_ZERO) => [
      ...dated(effective).judge([], marks, coverage),
    ];
    const marks = [
      login(0, 1, 'NO'),
      login(15, 2, 'FR'),
      login(21, 3, 'FR'),
      login(22, 4, 'DE'),
      login(30, 5, 'IT'),
    ];
    const judgements = judged({ from: second(20), to: second(30) }, marks);
    assert.deepEqual(
      judgements.map(({ verdict, place }) => [verdict, place.line]),
      [['violation', 4]],
    );
    const early = judged({ to: second(5) }, [
      login(1, 1, 'NO'),
      login(2, 2, undefined),
      login(15, 3, 'FR'),
      login(16, 4, undefined),
    ]);
    assert.deepEqual(
      leftOut(early).map(({ events, isLearning }) => [events, isLearning]),
      [
        [1, undefined],
        [1, undefined],
      ],
      'nothing that it judges comes after the learning',
    );
  });
  test('judges nothing in a log that is shorter than the history', () => {
    const judgements = run([login(1, 1, 'NO'), login(8, 2, 'FR')], { from: second(0), until: second(9) });
    assert.deepEqual(found(judgements), []);
    assert.match(leftOut(judgements)[0]!.why, /learning, for the log spans less than the 10s that it needs$/);
  });
  test('cannot tell where a part of the history is not in the log', () => {
    const holes = [{ from: second(100), until: second(200) }];
    const coverage = { ...EVERYTHING, steps: [{ ...EVERYTHING, holes }] };
    const marks = [login(90, 1, 'NO'), login(205, 2, 'FR'), login(210, 3, 'DE'), login(211, 4, 'IT')];
    assert.deepEqual(
      found(run(marks, coverage)).map(({ verdict, place, count }) => [verdict, place.line, count]),
      [
        ['violation', 1, 1],
        ['undetermined', 2, 2],
        ['violation', 4, 1],
      ],
    );
    assert.match(
      found(run(marks, coverage))[1]!.message,
      /unless it was shown in that time where the log holds nothing/,
    );
  });
  test('never speaks where one of its sources is not in the log', () => {
    const judgements = run([login(500, 1, 'NO')], { ...EVERYTHING, steps: [undefined] });
    assert.deepEqual(found(judgements), []);
    assert.match(leftOut(judgements)[0]!.why, /for the log lacks a source that it needs the last 10s of$/);
  });
  test('leaves out and counts events without the value, or without a time', () => {
    const judgements = run([login(0, 1, undefined), login(1, 2, undefined), login(undefined, 3, 'NO')]);
    assert.deepEqual(found(judgements), []);
    assert.deepEqual(leftOut(judgements), [
      { events: 2, why: 'they lack "country"' },
      { events: 1, why: 'their time cannot be read' },
    ]);
  });
  test('cannot tell where an event without a time has the same value', () => {
    const [first] = found(run([login(undefined, 1, 'NO'), login(5, 2, 'NO')]));
    assert.equal(first!.verdict, 'undetermined');
    assert.match(
      first!.message,
      /unless an event with the same value, whose time cannot be read, was earlier$/,
    );
  });
  test('a list of fields is a tuple, and a part that is missing makes no value', () => {
    const pair = news({ fields: [[field('country'), field('device')]] });
    const marks = [
      ['NO', 'a'],
      ['NO', 'b'],
      ['NO', 'a'],
      ['NO', undefined],
    ].map((values, at) => ({ ...login(at, at + 1, ''), values }));
    const judgements = run(marks, EVERYTHING, pair);
    assert.deepEqual(
      found(judgements).map(({ count, place }) => [count, place.line]),
      [[2, 1]],
    );
    assert.deepEqual(leftOut(judgements), [{ events: 1, why: 'they lack "country" or "device"' }]);
  });
  test('consecutive new values are one finding that names five of them', () => {
    const marks = Array.from({ length: 7 }, (_, at) => login(at, at + 1, `v${at}`));
    const [all, ...more] = run(marks);
    assert.deepEqual(more, []);
    assert.deepEqual([all!.count, all!.related.length], [7, 6]);
    assert.match(all!.message, /: 7 values "v0", "v1", "v2", "v3", "v4" and 2 more in "country", from /);
  });
  test('says when the group was new altogether, and uses the message of the rule', () => {
    const grouped = news({ groupNames: ['actor'] });
    const marks = [login(0, 1, 'NO'), login(5, 2, 'NO'), login(6, 3, 'FR')];
    const [first, second] = [...newValue.compile(grouped, assert.fail)!.judge(['ann'], marks, EVERYTHING)];
    assert.match(first!.message, /of actor "ann".*, in which the group had no event at all$/);
    assert.match(second!.message, /not seen in the 10s before$/);
    const worded = news({ message: '{who} from {values}, not in {history}' });
    assert.equal(run(marks.slice(2), EVERYTHING, worded)[0]!.message, '(no who) from "FR", not in 10s');
  });
});

test('new_value refuses what it cannot run, all at once', () => {
  const problems: string[] = [];
  const { fields: _, ...none } = news({ extra: { histroy: '1d' }, condition: { gte: 1 } });
  newValue.compile(none, (message) => problems.push(message));
  assert.deepEqual(problems, [
    '"new_value" has no key "histroy", did you mean "history"?',
    '"new_value" takes no "condition"',
    '"new_value" needs the "field" whose values it knows',
    '"new_value" needs "history", a duration such as 30d',
  ]);
});

const cases = fc
  .record({
    sketches: fc.array(
      fc.record({
        at: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined, freq: 12 }),
        file: fc.constantFrom('a.ndjson', 'b.ndjson'),
        step: fc.constantFrom(0, 1),
        value: fc.constantFrom('x', 'y', 'z', undefined),
        double: fc.boolean(),
        group: fc.constantFrom('ann', 'bob', null),
      }),
      { maxLength: 14 },
    ),
    history: fc.integer({ min: 1, max: 15 }),
    spans: fc.array(fc.tuple(fc.integer({ min: -20, max: 10 }), fc.integer({ min: 20, max: 50 })), {
      minLength: 2,
      maxLength: 2,
    }),
    absent: fc.integer({ min: 0, max: 12 }),
  })
  .map(({ sketches, history, spans, absent }) => {
    // What has no group never reaches the relation.
    const marks = sketches.flatMap(({ double, group, ...sketch }, line) => {
      if (group !== 'ann') return [];
      const mark = toMark({ ...sketch, line });
      return double ? [mark, { ...mark, step: 1 - mark.step }] : [mark];
    });
    const steps = spans.map(([from, until], step) =>
      step === absent ? undefined : { from: second(from), until: second(until) },
    );
    return {
      marks: marks.sort(compareMarks),
      history,
      coverage: { from: second(-20), until: second(50), steps },
    };
  });

const correlationFor = (history: number) => news({ extra: { history: `${history}s` } }, 2);

test('new_value equals its twin', () => {
  const property = fc.property(cases, ({ marks, history, coverage }) => {
    const whole = marks.filter(({ values }) => values[0] !== undefined);
    const timed = whole.filter(({ time }) => time !== undefined);
    const events = timed.filter(
      (mark, index) => timed.findIndex(({ identity }) => identity === mark.identity) === index,
    );
    const expected: { verdict: string; first: string; count: number }[] = [];
    let previous = 'known';
    for (const [index, mark] of events.entries()) {
      const start = mark.time! - second(history);
      const isKnown = events
        .slice(0, index)
        .some(({ time, values }) => values[0] === mark.values[0] && time! >= start);
      const covered = coverage.steps.every(
        (stretch) => stretch !== undefined && stretch.from <= start && stretch.until >= mark.time!,
      );
      const doubt = whole.some(({ time, values }) => time === undefined && values[0] === mark.values[0]);
      const verdict = isKnown ? 'known' : !covered ? 'learning' : doubt ? 'undetermined' : 'violation';
      const speaks = verdict === 'undetermined' || verdict === 'violation';
      if (speaks && verdict === previous) expected.at(-1)!.count++;
      else if (speaks) expected.push({ verdict, first: mark.identity, count: 1 });
      previous = verdict;
    }
    const judgements = judge(newValue, correlationFor(history), marks, coverage);
    assert.deepEqual(
      found(judgements).map(({ verdict, identity, count }) => ({ verdict, first: identity.at(-1), count })),
      expected,
    );
  });
  fc.assert(property, { numRuns: CASES });
});

test('new_value accuses nobody on the evidence of a shorter log', () => {
  const property = fc.property(cases, cut, ({ marks, history, coverage }, edges) => {
    const accused = (given: Mark[], covered: Coverage) =>
      placesOf(
        judge(newValue, correlationFor(history), given, covered).filter(
          ({ verdict }) => verdict === 'violation',
        ),
      );
    const shorter = edges(marks, coverage);
    const whole = accused(marks, coverage);
    for (const place of accused(shorter.marks, shorter.coverage)) assert.ok(whole.has(place), place);
  });
  fc.assert(property, { numRuns: LAWFUL_CASES });
});
