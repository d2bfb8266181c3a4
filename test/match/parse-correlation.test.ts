/** Correlations as rule files write them: conditions over rules, windows, limits from tables, optional groups. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runRuleTests } from '../../src/engine/rule-tests.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { Correlation } from '../../src/model/rule.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';
import { ruleSetOf } from './one-rule.ts';

const detection = (name: string) =>
  `title: ${name}\nname: ${name}\nid: id-${name}\ndetection: {s: {action: ${name}}, condition: s}\n---\n`;
const QUOTAS = `title: Quotas\nname: quotas\ntable: [{tenant: acme, units: 3}]\n---\n`;
const written = (body: string) =>
  `${detection('a')}${detection('b')}${detection('c')}${QUOTAS}title: tried\nid: tried\ncorrelation: {${body}}`;

function correlationOf(body: string): Correlation {
  const { rules, errors } = ruleSetOf(written(body));
  assert.deepEqual(errors, []);
  const rule = rules.at(-1);
  assert.ok(rule?.kind === 'correlation');
  return rule;
}

/** Every mistake, without the place of those that have none to compare. */
function problemsOf(body: string): string[] {
  const { documents, problems } = parseRuleFile('rules.yaml', written(body));
  return [...problems, ...linkRules(documents).problems].map(({ message }) => message);
}

describe('a condition over rules', () => {
  test('names the rules where "rules" does not, in the order they appear', () => {
    const { rules, expression } = correlationOf(
      'type: temporal, timespan: 5m, condition: b and not (a or id-c)',
    );
    assert.deepEqual(rules, ['id-b', 'id-a', 'id-c']);
    assert.deepEqual(expression, {
      kind: 'and',
      nodes: [
        { kind: 'step', step: 0 },
        {
          kind: 'not',
          node: {
            kind: 'or',
            nodes: [
              { kind: 'step', step: 1 },
              { kind: 'step', step: 2 },
            ],
          },
        },
      ],
    });
  });
  test('binds not before and before or, whatever the case of the words', () => {
    const { expression } = correlationOf('type: temporal, timespan: 5m, condition: a OR NOT NOT b AND c');
    assert.deepEqual(expression, {
      kind: 'or',
      nodes: [
        { kind: 'step', step: 0 },
        {
          kind: 'and',
          nodes: [
            { kind: 'step', step: 1 },
            { kind: 'step', step: 2 },
          ],
        },
      ],
    });
  });
  test('must name exactly the rules that are listed', () => {
    assert.deepEqual(problemsOf('type: temporal, rules: [a, c], timespan: 5m, condition: a and b'), [
      'the condition names "b", which "rules" does not list, did you mean "a"?',
      '"rules" lists "c", which the condition does not name',
    ]);
    assert.deepEqual(correlationOf('type: temporal, rules: [c, a], timespan: 5m, condition: a and c').rules, [
      'id-c',
      'id-a',
    ]);
  });
  test('is refused with what was expected', () => {
    const refused = (text: string) =>
      ruleSetOf(written(`type: temporal, timespan: 5m, condition: '${text}'`)).errors[0]?.message;
    assert.match(refused('a and')!, /needs the name of a rule, "not" or "\(", found its end/);
    assert.match(refused('(a or b')!, /needs "\)", found its end/);
    assert.match(refused('a b')!, /needs "and", "or" or the end of the condition, found "b"/);
    assert.match(refused('a >= 3')!, /needs "and", "or" or the end of the condition, found ">="/);
    assert.match(refused(`${'('.repeat(101)}a`)!, /nests more than 100 parentheses/);
    assert.match(refused(`a${' or a'.repeat(501)}`)!, /1003 words, at most 1000/);
  });
});

test('until refers to rules, after those of the sequence', () => {
  const { rules, steps } = correlationOf('type: temporal_ordered, rules: [a, b], until: [c], timespan: 5m');
  assert.deepEqual([rules, steps], [['id-a', 'id-b', 'id-c'], { rules: [0, 1], until: [2] }]);
});

test('until is refused where no sequence is', () => {
  const { errors } = ruleSetOf(
    written('type: concurrency, opens: [a], closes: [b], until: [c], condition: {gt: 1}'),
  );
  assert.equal(errors[0]?.message, '"until" belongs to "temporal_ordered", found it in "concurrency"');
});

describe('windows', () => {
  const count = 'type: event_count, rules: [a], condition: {gte: 2}';
  test('slide over a duration, months and years of mean length included', () => {
    const seconds = (timespan: string) =>
      correlationOf(`${count}, timespan: ${timespan}`).timespan! / 1_000_000_000n;
    assert.deepEqual(
      [seconds('90s'), seconds('2w'), seconds('1M'), seconds('1y')],
      [90n, 1_209_600n, 2_629_746n, 31_556_952n],
    );
  });
  test('follow the calendar of a zone', () => {
    const { timespan, window, calendarUnit, timezone } = correlationOf(
      `${count}, window: calendar, timespan: 1mo, timezone: Europe/Berlin`,
    );
    assert.deepEqual(
      [timespan, window, calendarUnit, timezone],
      [undefined, 'calendar', 'month', 'Europe/Berlin'],
    );
  });
  test('are told with what was expected', () => {
    assert.deepEqual(
      [
        ', timespan: 1mo',
        ', timespan: 0m',
        ', window: calendar, timespan: 5m',
        ', window: calendar',
        ', window: calender, timespan: 1d',
        ', window: calendar, timespan: 1d, timezone: Berlin',
        ', timespan: 1d, timezone: Europe/Berlin',
      ].flatMap((more) => problemsOf(`${count}${more}`)),
      [
        '"timespan" must be a duration such as 5m, 24h or 30d, found "1mo"; months have "window: calendar"',
        '"timespan" must be a duration such as 5m, 24h or 30d, found "0m"',
        '"timespan" of a calendar window must be one of 1h, 1d, 1w, 1mo, 1y, found "5m"',
        '"timespan" of a calendar window must be one of 1h, 1d, 1w, 1mo, 1y, found none',
        '"window" must be one of calendar, sliding, found "calender", did you mean "calendar"?',
        '"timezone" must be an IANA name such as Europe/Berlin, found "Berlin"',
        '"timezone" belongs to "window: calendar"; a sliding window needs none',
      ],
    );
  });
});

describe('limits', () => {
  const count = (condition: string) =>
    `type: event_count, rules: [a], timespan: 5m, group-by: [tenant], condition: ${condition}`;
  test('come from a table by its name', () => {
    const { limits, condition } = correlationOf(
      count('{gt: {table: quotas, match: {tenant: tenant}, value: units}, lt: 9}'),
    );
    assert.deepEqual(
      [limits?.gt?.table.name, limits?.gt?.match, limits?.gt?.value, condition],
      ['quotas', { tenant: 'tenant' }, 'units', { lt: 9 }],
    );
  });
  test('are told with what was expected', () => {
    assert.deepEqual(
      [
        '{gt: {table: quota, value: units}}',
        '{gt: {value: units}}',
        '{gt: {table: quotas, valeu: units}}',
        '{gt: many}',
        '{gte: 9007199254740993}',
        '{more: 3}',
      ].flatMap((condition) => problemsOf(count(condition))),
      [
        'no table has the name "quota", did you mean "quotas"?',
        'a limit needs the "table" that holds it',
        'a limit has no "valeu", did you mean "value"?',
        '"gt" must be a number or a map with "table", found "many"',
        '"gte" has more digits than a limit may have, found "9007199254740993"',
        'a condition has no "more", expected one of gt, gte, lt, lte, eq, neq',
      ],
    );
  });
  test('"percentile" stands in the condition or beside it', () => {
    for (const [inner, outer] of [
      ['percentile: 95, ', ''],
      ['', ', percentile: 95'],
    ])
      assert.deepEqual(
        correlationOf(
          `type: value_percentile, rules: [a], timespan: 5m, condition: {${inner}field: ms, gt: 3}${outer}`,
        ).extra,
        { percentile: 95 },
      );
  });
});

describe('group-by', () => {
  const grouped = (field: string, tests: string, limit = 2) =>
    `${detection('a')}title: tried\nid: tried\ncorrelation: {type: event_count, rules: [a], timespan: 5m, group-by: ['${field}'], condition: {gte: ${limit}}}\ntests:\n${tests}`;
  const events = (...fields: string[]) =>
    `[${fields.map((field, index) => `{id: e${index}, time: "2026-01-01T00:00:0${index}Z", action: a${field}}`).join(', ')}]`;
  const actual = (field: string, ...fields: string[]) => {
    const ruleSet = ruleSetOf(
      grouped(field, `  - {name: t, events: ${events(...fields)}, expect: violation}`),
    );
    assert.deepEqual(ruleSet.errors, []);
    const tree = new TreeFields();
    const results = runRuleTests(ruleSet, (records) => ({
      fields: tree,
      logsource: { category: [], product: [], service: [] },
      events: treeEvents(records, tree),
    }));
    return results[0]!.actual;
  };
  test('trap 19: groups are told apart by the text of the value', () => {
    assert.equal(actual('x', ', x: 1', ', x: "1"'), 'violation');
    assert.equal(actual('x', ', x: 1', ', x: 2'), 'satisfied');
    assert.equal(actual('x', ', x: 1', ', x: 1.0'), 'satisfied');
  });
  test('an event without the field leaves, unless the field is optional: then absence is a group of its own', () => {
    assert.equal(actual('x', '', ''), 'satisfied');
    assert.equal(actual('x', ', x: null', ', x: null'), 'satisfied');
    assert.equal(actual('x?', '', ', x: null'), 'violation');
    assert.equal(actual('x?', '', ', x: acme'), 'satisfied');
  });
  test('trap 19: a group for each member of an array is refused, with what there is', () => {
    const { errors } = ruleSetOf(grouped('x[any]', '  []'));
    assert.match(
      errors[0]!.message,
      /"x\[any\]" asks for a group for each member of an array, .* "x" groups by the array as a whole/,
    );
  });
});
