/** `value_sum`, `value_avg`, `value_percentile` and `value_median` against twins that add and sort each window anew. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import type { RelationDefinition } from '../../src/model/relation.ts';
import type { Comparison, Correlation } from '../../src/model/rule.ts';
import { RankedAmounts } from '../../src/relations/ranked-amounts.ts';
import { valueAvg } from '../../src/relations/value-avg.ts';
import { valueMedian } from '../../src/relations/value-median.ts';
import { valuePercentile } from '../../src/relations/value-percentile.ts';
import { valueSum } from '../../src/relations/value-sum.ts';
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
import { compare, completeTwin, type Fraction, saidBy, shown, slidingTwin } from './window-twin.ts';

const SPAN = second(10);
/** As logs write them; each is a whole number of tenths. */
const TENTHS: Readonly<Record<string, bigint>> = {
  '12': 120n,
  '0.1': 1n,
  '0.2': 2n,
  '-3': -30n,
  '7.5': 75n,
  '1e1': 100n,
  '0': 0n,
  '4503599627.5': 45_035_996_275n,
};
const VALUES = [...Object.keys(TENTHS), undefined];
const LIMITS = [-3, 0, 0.3, 7.5, 10, 12.3, 24];

const tenthsIn = (window: readonly Mark[]) => window.map(({ values }) => TENTHS[values[0]!]!);
const total = (window: readonly Mark[]) => tenthsIn(window).reduce((sum, value) => sum + value, 0n);

/** Linear interpolation between the two ranks around percent × (n − 1), `percent` in thousandths of a percent. */
function percentileOf(window: readonly Mark[], percent: number): Fraction {
  const sorted = tenthsIn(window).sort((a, b) => Number(a - b));
  const position = BigInt(percent) * BigInt(sorted.length - 1);
  const rank = Number(position / 100_000n);
  const lower = sorted[rank]!;
  const upper = sorted[rank + 1] ?? lower;
  return { amount: lower * 100_000n + (upper - lower) * (position % 100_000n), over: 100_000n };
}

const HOLDS: Record<Comparison, (sign: number) => boolean> = {
  gt: (sign) => sign > 0,
  gte: (sign) => sign >= 0,
  lt: (sign) => sign < 0,
  lte: (sign) => sign <= 0,
  eq: (sign) => sign === 0,
  neq: (sign) => sign !== 0,
};

type Tried = {
  definition: RelationDefinition;
  figure: (window: readonly Mark[]) => Fraction;
  onlyUp: boolean;
  extra?: Record<string, unknown>;
};

const median = (window: readonly Mark[]): Fraction => {
  const sorted = tenthsIn(window).sort((a, b) => Number(a - b));
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? { amount: sorted[middle]!, over: 1n }
    : { amount: sorted[middle - 1]! + sorted[middle]!, over: 2n };
};

const TRIED: Record<string, Tried> = {
  value_sum: {
    definition: valueSum,
    figure: (window) => ({ amount: total(window), over: 1n }),
    onlyUp: true,
  },
  value_avg: {
    definition: valueAvg,
    figure: (window) => ({ amount: total(window), over: BigInt(window.length) }),
    onlyUp: false,
  },
  value_median: { definition: valueMedian, figure: median, onlyUp: false },
  'value_percentile 95': {
    definition: valuePercentile,
    figure: (window) => percentileOf(window, 95_000),
    onlyUp: false,
    extra: { percentile: 95 },
  },
  'value_percentile 99.9': {
    definition: valuePercentile,
    figure: (window) => percentileOf(window, 99_900),
    onlyUp: false,
    extra: { percentile: 99.9 },
  },
  'value_percentile 0': {
    definition: valuePercentile,
    figure: (window) => percentileOf(window, 0),
    onlyUp: false,
    extra: { percentile: 0 },
  },
};

const rule = (changes: Partial<Correlation>) => correlationOf({ ...COUNTED, message: '{peak}', ...changes });

for (const [name, { definition, figure, onlyUp, extra = {} }] of Object.entries(TRIED)) {
  test(`${name} equals its twin, over windows that slide and windows that are complete`, () => {
    const comparison = fc.constantFrom<Comparison>('gt', 'gte', 'gt', 'gte', 'lt', 'lte', 'eq', 'neq');
    const rows = sketches(1, { maxLength: 24, values: VALUES, intervals: 12 });
    const property = fc.property(
      rows,
      comparison,
      fc.constantFrom(...LIMITS),
      fc.integer({ min: 0, max: 50 }),
      (drawn, operator, limit, until) => {
        const marks = inOrder(drawn);
        const coverage = { from: second(0), until: second(until) };
        const grows = operator === 'gt' || operator === 'gte';
        const holds = (value: Fraction) =>
          HOLDS[operator](compare(value, { amount: BigInt(Math.round(limit * 10)), over: 1n }));
        const valued = marks.filter(({ values }) => values[0] !== undefined);
        const twinRule = { span: SPAN, figure, holds, onlyUp: onlyUp && grows, coverage };
        const twin = grows ? slidingTwin(valued, twinRule) : completeTwin(valued, twinRule);
        const correlation = rule({ condition: { [operator]: limit }, extra });
        assert.deepEqual(saidBy(judge(definition, correlation, marks, coverage)), shown(twin, 10));
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });
}

describe('trap 18', () => {
  const marksOf = (...values: (string | undefined)[]) =>
    values.map((value, at) => toMark({ at: at % 10, line: at + 1, value }));
  const covered = { from: second(-100), until: second(100) };
  const peaks = (definition: RelationDefinition, marks: Mark[], changes: Partial<Correlation>) =>
    judge(definition, rule(changes), marks, covered).map(({ message, verdict }) => `${verdict} ${message}`);

  test('whole numbers are added exactly, beyond what a double carries', () => {
    const marks = marksOf('9007199254740993', '9007199254740993');
    assert.deepEqual(peaks(valueSum, marks, { condition: { gte: 1 } }), ['violation 18,014,398,509,481,986']);
  });
  test('decimals are added exactly, in whatever order they come', () => {
    const values = ['1e16', '0.1', '-1e16', '0.2', '0.3'];
    for (const order of [values, [...values].reverse()]) {
      const marks = order.map((value, line) => toMark({ at: 0, line: line + 1, value }));
      assert.deepEqual(peaks(valueSum, marks, { condition: { eq: 0.6 } }), ['violation 0.6']);
    }
  });
  test('a text that is a number counts, another leaves the sum in doubt, and says so', () => {
    assert.deepEqual(peaks(valueSum, marksOf('12', '30'), { condition: { gte: 42 } }), ['violation 42']);
    for (const text of ['1,2', '12 ms', 'many', '', 'NaN', 'Infinity', '0x10', '1e999']) {
      const [judgement, ...more] = judge(
        valueSum,
        correlationOf({ ...COUNTED, condition: { gte: 42 } }),
        marksOf('12', text),
        covered,
      );
      assert.deepEqual(more, []);
      assert.equal(judgement?.verdict, 'undetermined', text);
      assert.match(
        judgement!.message,
        /a sum of 12 within 10s, expected fewer than 42, without 1 event whose "f" is no number$/,
      );
    }
  });
  test('an event without the field is no number and no doubt', () => {
    assert.deepEqual(peaks(valueSum, marksOf('12', undefined), { condition: { gte: 42 } }), []);
  });
  test('amounts below zero are subtracted', () => {
    assert.deepEqual(peaks(valueSum, marksOf('50', '-20'), { condition: { eq: 30 } }), ['violation 30']);
  });
  test('percentiles lie between two ranks by linear interpolation', () => {
    const marks = marksOf('1', '2', '3', '4');
    const at = (percentile: number) =>
      peaks(valuePercentile, marks, { condition: { gte: 0, lte: 100 }, extra: { percentile } })[0];
    assert.deepEqual([0, 25, 50, 75, 95, 100].map(at), [
      'violation 1',
      'violation 1.75',
      'violation 2.5',
      'violation 3.25',
      'violation 3.85',
      'violation 4',
    ]);
  });
  test('an average that does not end is compared as a fraction and shown to six digits', () => {
    const marks = marksOf('1', '0', '0');
    assert.deepEqual(peaks(valueAvg, marks, { condition: { neq: 0.333333 } }), ['violation about 0.333333']);
  });
  test('one event through two rules is added once, two fields of it are both added', () => {
    const marks = [0, 1].map((step) => toMark({ at: 0, line: 1, step, value: '5' }));
    const field = (name: string) => [{ taxonomy: 'raw' as const, name }];
    const sum = (fields: Correlation['fields']) =>
      judge(
        valueSum,
        correlationOf({ fields: fields!, condition: { gte: 1 }, message: '{peak}' }, 2),
        marks,
      )[0]?.message;
    assert.equal(sum([field('f'), field('f')]), '5');
    assert.equal(sum([field('f'), field('g')]), '10');
  });
});

describe('numbers of events without a time', () => {
  const untimed = (value: string) => toMark({ at: undefined, line: 1, value });
  const timed = toMark({ at: 0, line: 2, value: '5' });
  const covered = { from: second(-100), until: second(100) };
  const verdicts = (definition: RelationDefinition, value: string, changes: Partial<Correlation>) =>
    judge(definition, rule(changes), [untimed(value), timed], covered).map(({ verdict }) => verdict);
  test('leave a figure in doubt that they could bring to the limit', () => {
    assert.deepEqual(verdicts(valueSum, '5', { condition: { gte: 10 } }), ['undetermined']);
    assert.deepEqual(verdicts(valueSum, '4', { condition: { gte: 10 } }), []);
    assert.deepEqual(verdicts(valueSum, '-5', { condition: { gte: 10 } }), []);
    assert.deepEqual(verdicts(valueAvg, '20', { condition: { gte: 10 } }), ['undetermined']);
    assert.deepEqual(verdicts(valueAvg, '9', { condition: { gte: 10 } }), []);
    assert.deepEqual(verdicts(valueMedian, '20', { condition: { gte: 10 } }), ['undetermined']);
  });
  test('take the certainty from an average, and not from a sum that is reached without them', () => {
    assert.deepEqual(verdicts(valueAvg, '0', { condition: { gte: 5 } }), ['undetermined']);
    assert.deepEqual(verdicts(valueSum, '0', { condition: { gte: 5 } }), ['violation']);
  });
});

test('an average is certain only where the log covers the window', () => {
  const marks = [toMark({ at: 5, line: 1, value: '9' })];
  const verdicts = (from: number) =>
    judge(valueAvg, rule({ condition: { gt: 8 } }), marks, { from: second(from), until: second(50) }).map(
      ({ verdict }) => verdict,
    );
  assert.deepEqual(verdicts(-5), ['violation']);
  assert.deepEqual(verdicts(-4), ['undetermined']);
});

test('what cannot be calculated is refused, and the percentile that tools read in three ways', () => {
  const gte = { condition: { gte: 1 } };
  assert.match(
    refusal(valueSum, correlationOf(gte)),
    /needs one "field" with the numbers it calculates with, found 0/,
  );
  assert.match(
    refusal(valuePercentile, rule(gte)),
    /without "percentile" has three readings among Sigma tools/,
  );
  assert.match(
    refusal(valuePercentile, rule({ ...gte, extra: { percentile: 101 } })),
    /"percentile" must be a number from 0 to 100, found "101"/,
  );
  assert.match(
    refusal(valueSum, rule({ ...gte, extra: { percentile: 5 } })),
    /"tried" has no key "percentile"/,
  );
  assert.match(
    refusal(valueSum, rule({ condition: { gte: 1e300 } })),
    /too large or too fine to be judged exactly/,
  );
  assert.match(refusal(valueSum, rule({})), /needs a condition such as/);
});

test('RankedAmounts tells every rank as a sorted list does', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.bigInt(-5n, 5n)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (drawn) => {
      const ranked = new RankedAmounts();
      let list: bigint[] = [];
      for (const [adds, amount] of drawn) {
        if (adds) {
          ranked.add(amount);
          list = [...list, amount].sort((a, b) => Number(a - b));
        } else if (list.includes(amount)) {
          ranked.remove(amount);
          list.splice(list.indexOf(amount), 1);
        }
        assert.equal(ranked.size, list.length);
        assert.deepEqual(
          list.map((_, rank) => ranked.at(rank)),
          list,
        );
      }
    }),
    { numRuns: RUNS },
  );
});

test('RankedAmounts is shallow whatever the order of its amounts', () => {
  const ranked = new RankedAmounts();
  // A list in place of the tree would be 50,000 calls deep.
  for (let amount = 0n; amount < 50_000n; amount++) ranked.add(amount);
  for (let amount = 0n; amount < 49_999n; amount++) ranked.remove(amount);
  assert.deepEqual([ranked.size, ranked.at(0)], [1, 49_999n]);
});
