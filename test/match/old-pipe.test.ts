/** Old aggregations, and that the document which a refusal names is one that we take. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { ruleSetOf } from './one-rule.ts';

function refusalOfPipe(pipe: string, timeframe = ''): string {
  const { errors } = ruleSetOf(
    `title: Old rule\nname: old_rule\ndetection:\n  s: {a: x}\n  t: {b: y}\n${timeframe}  condition: "s | ${pipe}"\n`,
  );
  assert.equal(errors.length, 1);
  return errors[0]!.message;
}

describe('an old pipe is refused with the correlation in its place', () => {
  const cases: [pipe: string, correlation: string][] = [
    ['count() > 5', 'type: event_count, rules: [old_rule], timespan: 5m, condition: {gt: 5}'],
    [
      'count() by user, ip >= 10',
      'type: event_count, rules: [old_rule], group-by: [user, ip], timespan: 5m, condition: {gte: 10}',
    ],
    [
      'COUNT(EventID) BY Computer < 2',
      'type: value_count, rules: [old_rule], group-by: [Computer], timespan: 5m, condition: {field: EventID, lt: 2}',
    ],
    [
      'sum(bytes) by src.ip = 1.5',
      'type: value_sum, rules: [old_rule], group-by: [src.ip], timespan: 5m, condition: {field: bytes, eq: 1.5}',
    ],
    [
      'avg(bytes) != 3',
      'type: value_avg, rules: [old_rule], timespan: 5m, condition: {field: bytes, neq: 3}',
    ],
    ['near t and u', 'type: temporal, rules: [old_rule, t, u], timespan: 5m'],
    [
      'count(a{}) by @x == 1',
      "type: value_count, rules: [old_rule], group-by: ['@x'], timespan: 5m, condition: {field: 'a{}', eq: 1}",
    ],
  ];
  for (const [pipe, correlation] of cases) {
    test(pipe, () => {
      const message = refusalOfPipe(pipe, '  timeframe: 5m\n');
      assert.ok(message.includes(`add the document "{title: …, correlation: {${correlation}}}"`), message);
      const { problems } = parseRuleFile('r.yaml', `title: t\ncorrelation: {${correlation}}\n`);
      assert.deepEqual(problems, []);
    });
  }
  test('without a timeframe the timespan is to be chosen', () => {
    assert.match(
      refusalOfPipe('count() > 5'),
      /timespan: 1h.*the rule has no "timeframe", choose the timespan/,
    );
  });
  test('min and max are detections where they can be', () => {
    assert.match(refusalOfPipe('min(age) by x < 5'), /add "age\|lt: 5" to the selection/);
    assert.match(refusalOfPipe('max(age) >= 5'), /add "age\|gte: 5" to the selection/);
    assert.match(refusalOfPipe('max(age) < 5'), /correlations have no "max".*percentile: 100/);
    assert.match(refusalOfPipe('min() < 5'), /name the field in "min\(field\)"/);
  });
  test('what was never a form is said to be none', () => {
    for (const pipe of ['count', 'stats() > 5', 'count() by x', 'count(a b) > 1', 'near']) {
      assert.match(
        refusalOfPipe(pipe),
        /it is none of the old forms either \("count\(field\) by field > number"/,
      );
    }
    assert.match(refusalOfPipe('near t and not u'), /make a rule of each selection/);
  });
  test('a long one is refused soon', () => {
    assert.match(
      refusalOfPipe(`count() by ${'x,'.repeat(400_000)} > 5`),
      /count in a document with "correlation"$/,
    );
  });
});
