/** `tests:` in rule files: what is read, and every mistake at its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { RuleTest } from '../../src/model/rule.ts';

const CORRELATION = `title: Access without approval
correlation: {type: requires, rules: [access], needs: [approved], before: 24h}
tests:
`;

const DETECTION = `title: Access
taxonomy: audit
detection: {selection: {action: prod.login}, condition: selection}
tests:
`;

function read(head: string, tests: string): { tests: RuleTest[]; problems: string[] } {
  const { documents, problems } = parseRuleFile('r.yaml', `${head}${tests}`);
  const [document] = documents;
  const tested =
    document?.kind === 'correlation'
      ? document.draft.head.tests
      : document?.kind === 'detection'
        ? document.detection.tests
        : [];
  return {
    tests: tested,
    problems: problems.map(({ line, column, message }) => `${line}:${column}: ${message}`),
  };
}

test('parseTests() reads marks with offsets and times, and what the log covers', () => {
  const { tests, problems } = read(
    CORRELATION,
    `  - name: late
    marks: {approved: [{approver: 007, t: 2026-01-02}], access: [{user: ann, t: -30m, until: 0}, {user: null, t: null}]}
    coverage: {from: -1h, until: 2026-03-01T00:00:00Z}
    expect: undetermined
`,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(tests, [
    {
      name: 'late',
      line: 4,
      expect: 'undetermined',
      events: [],
      marks: [
        {
          rule: 'approved',
          time: { instant: 1_767_312_000_000_000_000n },
          fields: [{ name: 'approver', value: '007', line: 5, column: 25 }],
          line: 5,
          column: 24,
        },
        {
          rule: 'access',
          time: { offset: -1_800_000_000_000n },
          until: { offset: 0n },
          fields: [{ name: 'user', value: 'ann', line: 5, column: 67 }],
          line: 5,
          column: 66,
        },
        { rule: 'access', fields: [], line: 5, column: 98 },
      ],
      coverage: { from: { offset: -3_600_000_000_000n }, until: { instant: 1_772_323_200_000_000_000n } },
    },
  ]);
});

test('parseTests() tells every mistake with its place', () => {
  const { problems } = read(
    CORRELATION,
    `  - {name: a, expect: fine, marks: {acces: [{user: ann}]}}
  - {expects: satisfied, marks: {access: [{user: [ann], t: soon}, {t: 30, until: 1x}]}}
  - {name: b, expect: satisfied, marks: {access: {t: 0}}, events: [{a: 1}], source: okta}
  - {name: c, expect: satisfied, marks: {}, coverage: {form: 1h, from: 2h, until: 1h}}
  - {name: d, expect: satisfied}
`,
  );
  assert.deepEqual(problems, [
    '4:23: "expect" must be one of violation, satisfied, undetermined, found "fine"',
    '4:37: the correlation does not refer to "acces", did you mean "access"?',
    '4:45: a mark needs "t", an offset such as 30m, or null for a time that nobody can read',
    '5:6: a test has no "expects", did you mean "expect"?',
    '5:5: a test needs a "name"',
    '5:5: a test needs "expect"',
    '5:60: "t" must be a date (UTC) or an RFC 3339 time with a zone, like 2026-01-31 or 2026-01-31T08:00:00+01:00, found "soon"',
    '5:50: "user" must be one value, found a list',
    '5:71: "t" must be an offset such as 30m or -5m, or a time, found "30"',
    '5:82: "until" must be a date (UTC) or an RFC 3339 time with a zone, like 2026-01-31 or 2026-01-31T08:00:00+01:00, found "1x"',
    '6:41: a test has "marks" or "events", not both',
    '6:41: a test has "marks" or "source", not both',
    '6:50: "access" must be a list, found a map',
    '7:56: "coverage" has no "form", did you mean "from"?',
    '7:55: "coverage" ends before it begins',
    '8:5: a test needs "events" or "marks"',
  ]);
});

test('parseTests() lets a detection be tested with events only', () => {
  const { problems } = read(DETECTION, '  - {name: a, expect: satisfied, marks: {access: []}}\n');
  assert.deepEqual(problems, [
    '5:41: "marks" are for tests of correlations, a detection is tested with "events"',
  ]);
});
