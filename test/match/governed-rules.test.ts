/** Documents beside detections and correlations: tables, filters, waivers, versions, chains; what links and what is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { Correlation, Detection } from '../../src/model/rule.ts';
import { matches, ruleSetOf } from './one-rule.ts';

const RULE = `title: Sign-in
id: sign-in
logsource: {product: okta}
detection: {s: {action: login}, condition: s}
`;

/** The problems of a text, parsed and linked, as `line: message`. */
function problemsOf(yaml: string): string[] {
  const { documents, problems } = parseRuleFile('r.yaml', yaml);
  return [...problems, ...linkRules(documents).problems].map(({ line, message }) => `${line}: ${message}`);
}

function errorsOf(yaml: string): string[] {
  return ruleSetOf(yaml).errors.map(({ message }) => message);
}

test('levels of a detection are read with its time zone and its version of Sigma', () => {
  const levels = "levels: [{when: {'roles[any]': admin, t|hour: 0}, level: critical}]";
  const { rules, errors } = ruleSetOf(`${RULE}sigma-version: 3\ntimezone: Europe/Berlin\n${levels}\n`);
  assert.deepEqual(errors, []);
  const [{ when }] = (rules[0] as Detection).levels as unknown as [{ when: Detection['condition'] }];
  const raised = { ...(rules[0] as Detection), condition: when };
  const records = ['2026-01-10T23:30:00Z', '2026-01-10T00:30:00Z'].map((t) => ({ roles: ['x', 'admin'], t }));
  assert.deepEqual(matches(raised, ...records), [true, false]);
});

describe('a filter', () => {
  const filtered = (filter: string, logsource = '') =>
    ruleSetOf(`${RULE}---\ntitle: f\n${logsource}filter:\n  rules: ${filter}\n`);

  test('narrows the detection that it names', () => {
    const { rules, errors } = filtered('[sign-in]\n  known: {actor: svc}\n  condition: not known');
    assert.deepEqual(errors, []);
    const rule = rules[0] as Detection;
    assert.deepEqual(matches(rule, { action: 'login', actor: 'ann' }, { action: 'login', actor: 'svc' }), [
      true,
      false,
    ]);
  });

  test('selects members of arrays from sigma-version 3 on', () => {
    const filter = '[sign-in]\n  k:\n    roles[any]: {name: svc}\n  condition: not k\nsigma-version: 3';
    const { rules, errors } = filtered(filter);
    assert.deepEqual(errors, []);
    const records = [
      { action: 'login', roles: [{ name: 'ann' }, { name: 'svc' }] },
      { action: 'login', roles: [{ name: 'ann' }] },
    ];
    assert.deepEqual(matches(rules[0] as Detection, ...records), [false, true]);
  });

  test('for any rule stays within its log source', () => {
    const other = RULE.replace('okta', 'aws').replace('id: sign-in', 'id: other');
    const filter =
      'title: f\nlogsource: {product: OKTA}\nfilter: {rules: any, k: {actor: svc}, condition: not k}';
    const { rules } = ruleSetOf(`${RULE}---\n${other}---\n${filter}`);
    const record = { action: 'login', actor: 'svc' };
    assert.deepEqual(
      rules.map((rule) => matches(rule as Detection, record)),
      [[false], [true]],
    );
  });

  test('for another log source than the rule it names is an error', () => {
    const { errors } = filtered('[sign-in]\n  k: {a: b}\n  condition: not k', 'logsource: {product: aws}\n');
    assert.match(errors[0]!.message, /another log source than "Sign-in"/);
  });

  test('that names nobody is a problem with its place', () => {
    assert.deepEqual(
      problemsOf(`${RULE}---\ntitle: f\nfilter:\n  rules: [sign-on]\n  k: {a: b}\n  condition: not k`),
      ['8: no rule has the id or name "sign-on", did you mean "sign-in"?'],
    );
  });

  test('that is dated is an error, for it narrows its rules at all times', () => {
    const { errors } = filtered(
      '[sign-in]\n  k: {a: b}\n  condition: not k',
      'effective: {to: 2026-01-01}\n',
    );
    assert.match(errors[0]!.message, /takes no "effective"/);
  });

  test('needs rules', () => {
    assert.match(problemsOf('title: f\nfilter: {k: {a: b}, condition: k}')[0]!, /a filter needs "rules"/);
  });
});

describe('a waiver', () => {
  const waiver = (keys: string) =>
    `${RULE}---\ntitle: w\nid: w\n${keys}\nfilter: {rules: [sign-in], k: {actor: svc}, condition: k}`;

  test('stands beside the rule, which stays as wide as it was', () => {
    const { rules } = ruleSetOf(waiver('owner: ann\nreason: known\nticket: T-1\nexpires: 2026-06-30'));
    const rule = rules[0] as Detection;
    assert.deepEqual(matches(rule, { action: 'login', actor: 'svc' }), [true]);
    // The day named is covered to its end.
    assert.equal(rule.waivers?.[0]?.expires, BigInt(Date.UTC(2026, 6, 1)) * 1_000_000n);
  });

  test('lists everything that it lacks at once', () => {
    assert.deepEqual(problemsOf(waiver('ticket: T-1')), [
      '6: a waiver needs "owner"',
      '6: a waiver needs "reason"',
      '6: a waiver needs "expires"',
    ]);
  });

  test('that negates is an error: a filter of Sigma leaves out what a waiver of its words would keep', () => {
    const yaml = waiver('owner: ann\nreason: known\nexpires: 2026-06-30').replace(
      'condition: k}',
      'condition: not k}',
    );
    assert.match(errorsOf(yaml)[0]!, /would waive everything but what it names/);
  });

  test('without a readable end is a problem', () => {
    assert.match(
      problemsOf(waiver('owner: ann\nreason: known\nexpires: soon'))[0]!,
      /"expires" must be a date/,
    );
  });

  const correlated = (condition: string) => `${RULE}---
title: Many
id: many
correlation: {type: event_count, rules: [sign-in], group-by: [actor], timespan: 5m, condition: {gte: 3}}
---
title: w
id: w
owner: ann
reason: known
expires: 2026-06-30
filter: {rules: [many], k: ${condition}, condition: k}
`;

  test('of a correlation looks at its group', () => {
    const { rules, errors } = ruleSetOf(correlated('{actor: svc}'));
    assert.deepEqual(errors, []);
    assert.equal((rules[1] as Correlation).waivers?.length, 1);
  });

  test('of a correlation that looks elsewhere is an error', () => {
    assert.match(
      errorsOf(correlated('{ip: 10.0.0.1}'))[0]!,
      /looks at its group-by fields \("actor"\), found "ip"/,
    );
  });

  test('of a correlation that only others speak for is an error', () => {
    const outer =
      'correlation: {type: event_count, rules: [many], group-by: [actor], timespan: 1h, condition: {gte: 2}}';
    assert.match(
      errorsOf(`${correlated('{actor: svc}')}---\ntitle: Outer\n${outer}`)[0]!,
      /makes no findings of its own/,
    );
  });

  test('of a rule that only correlations speak for is an error', () => {
    const yaml = correlated('{actor: svc}').replace('rules: [many], k', 'rules: [sign-in], k');
    assert.match(errorsOf(yaml)[0]!, /makes no findings of its own/);
  });
});

describe('a table', () => {
  test('has rows with dates, and bare values', () => {
    const yaml = `title: Quotas\nname: quotas\ntable:\n  - {tenant: [a, b], units: 0100, from: 2026-01-01, to: 2026-07-01}\n  - root\n---\n${RULE}---
title: Many
correlation: {type: event_count, rules: [sign-in], group-by: [actor], timespan: 5m, condition: {gte: 3}}`;
    const { rules } = ruleSetOf(yaml);
    const { rows } = (rules[1] as Correlation).tables.quotas!;
    assert.deepEqual({ ...rows[0]!.columns }, { tenant: ['a', 'b'], units: ['0100'] });
    assert.equal(rows[0]!.to! - rows[0]!.from!, 181n * 86_400_000_000_000n);
    assert.deepEqual({ ...rows[1]!.columns }, { value: ['root'] });
  });

  test('says all that is wrong with its rows', () => {
    assert.deepEqual(
      problemsOf(
        'title: t\ntable:\n  - {a: {b: c}}\n  - {from: later}\n  - {from: 2026-02-01, to: 2026-01-01}\n  - [x]',
      ),
      [
        '3: "a" must hold one value or a list of them, found a map',
        '4: "from" must be a date (UTC) or an RFC 3339 time with a zone, like 2026-01-31 or 2026-01-31T08:00:00+01:00, found "later"',
        '5: a row must begin before it ends, found "from" at or after "to"',
        '6: a row of a table must be a map or one value, found a list',
      ],
    );
  });

  test('and another of the same name are a problem', () => {
    assert.match(
      problemsOf('title: t\nname: t\ntable: [a]\n---\ntitle: t\nname: t\ntable: [b]')[0]!,
      /the table "t" stands already/,
    );
  });
});

describe('versions of a rule', () => {
  const version = (effective: string, id = 'v') =>
    `title: V\nid: ${id}\neffective: ${effective}\ndetection: {s: {a: b}, condition: s}\n`;

  test('follow one another, each with an id of its own', () => {
    const { rules } = ruleSetOf(`${version('{to: 2026-03-01}')}---\n${version('{from: 2026-03-01}')}`);
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['v@ever', 'v@2026-03-01'],
    );
  });

  test('must not overlap', () => {
    assert.deepEqual(problemsOf(`${version('{to: 2026-03-02}')}---\n${version('{from: 2026-03-01}')}`), [
      '6: this version of "v" is in force at times when that of r.yaml:1 is too',
    ]);
  });

  test('are named one by one where a correlation refers to them', () => {
    const correlation =
      '---\ntitle: c\ncorrelation: {type: event_count, rules: [v], timespan: 1m, condition: {gte: 2}}';
    const two = `${version('{to: 2026-03-01}')}---\n${version('{from: 2026-03-01}')}${correlation}`;
    assert.match(problemsOf(two)[0]!, /has versions, name one of them: "v@ever", "v@2026-03-01"/);
  });

  test('that end before they begin are a problem', () => {
    assert.match(problemsOf(version('{from: 2026-03-02, to: 2026-03-01}'))[0]!, /must begin before it ends/);
  });
});

describe('a chain of correlations', () => {
  const over = (name: string, inner: string, keys = '') =>
    `title: ${name}\nname: ${name}\n${keys}correlation: {type: event_count, rules: [${inner}], group-by: [actor], timespan: 1m, condition: {gte: 2}}\n`;

  test('keeps the inner one silent unless it says otherwise', () => {
    const silent = (keys: string) => {
      const { rules } = ruleSetOf(
        `${RULE}---\n${over('inner', 'sign-in', keys)}---\n${over('outer', 'inner')}`,
      );
      return rules.map((rule) => rule.kind === 'correlation' && rule.silent === true);
    };
    assert.deepEqual(silent(''), [false, true, false]);
    assert.deepEqual(silent('generate: true\n'), [false, false, false]);
  });

  test('that comes back to itself is refused', () => {
    const errors = errorsOf(`${over('one', 'two')}---\n${over('two', 'three')}---\n${over('three', 'one')}`);
    assert.equal(errors.length, 3);
    assert.match(errors[0]!, /refers to itself: "one" needs "two" needs "three" needs "one"/);
  });

  test('too deep to follow is refused', () => {
    const documents = Array.from({ length: 2_000 }, (_, index) => over(`c${index}`, `c${index + 1}`));
    assert.match(
      errorsOf([...documents, over('c2000', 'sign-in'), RULE].join('---\n'))[0]!,
      /more than 16 correlations/,
    );
  });

  test('knows the group-by fields of the inner one only', () => {
    const outer = over('outer', 'inner').replace('[actor]', '[ip]');
    assert.match(
      errorsOf(`${RULE}---\n${over('inner', 'sign-in')}---\n${outer}`)[0]!,
      /"ip" is no group-by field of the correlation "inner", which has "actor"/,
    );
  });
});

describe('what governs a rule', () => {
  const cases: [string, string, RegExp][] = [
    [
      'an unknown key of "effective"',
      'effective: {form: 2026-01-01}',
      /"effective" has no "form", did you mean "from"/,
    ],
    [
      'a suppress without a duration',
      'suppress: {by: [actor]}',
      /"for" must be a duration such as 5m, 1h or 7d, found nothing/,
    ],
    ['a level without its event', 'levels: [{level: high}]', /needs "when"/],
    ['a level that is none', 'levels: [{when: {a: b}, level: loud}]', /"level" must be one of/],
  ];
  for (const [what, keys, message] of cases) {
    test(`${what} is a problem`, () => assert.match(problemsOf(`${keys}\n${RULE}`)[0]!, message));
  }

  test('suppress by what is no group of a correlation is refused', () => {
    const yaml = `${RULE}---\ntitle: c\nsuppress: {by: [ip], for: 1h}\ncorrelation: {type: event_count, rules: [sign-in], group-by: [actor], timespan: 1m, condition: {gte: 2}}`;
    assert.match(errorsOf(yaml)[0]!, /"suppress" is by group-by fields of the correlation, found "ip"/);
  });
});

test('what makes no findings takes nothing that is said of them', () => {
  assert.deepEqual(problemsOf('title: t\ntable: [a]\nsuppress: {by: [], for: 1h}\ntests: []\n'), [
    '3: a table makes no findings and takes no "suppress"',
    '4: a table makes no findings and takes no "tests"',
  ]);
});
