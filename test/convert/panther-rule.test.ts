/** Rules of Panther converted: what they are called, their logs and their tests, which load once a detection is added. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { YamlNode } from '../../src/base/yaml-node.ts';
import { scalarText, toJsonText } from '../../src/base/yaml-shape.ts';
import { parseYaml } from '../../src/base/yaml-tree.ts';
import { convertRuleFile } from '../../src/convert/index.ts';
import { KNOWN_LOG_TYPES, logTypeOf } from '../../src/convert/panther-sources.ts';
import { appliesTo } from '../../src/match/logsource.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { Detection } from '../../src/model/rule.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';
import { rounds } from '../support/rounds.ts';
import { sharedData } from '../support/shared-data.ts';

const convert = (text: string) => convertRuleFile('rule.yml', text, new Set());

/** The converted documents, each with a detection added. */
function load(text: string): Detection[] {
  const complete = text
    .split(/^---\n/m)
    .map((each) => `${each}detection: {written: {a: b}, condition: written}\n`)
    .join('---\n');
  const { documents, problems } = parseRuleFile('new.yml', complete);
  assert.deepEqual(problems, [], complete);
  return documents.map((document) => {
    assert.ok(document.kind === 'detection');
    return { ...document.detection, speaks: true };
  });
}

const PANTHER = `AnalysisType: rule
Filename: trail_stopped.py
RuleID: "AWS.Trail.Stopped"
DisplayName: "Trail stopped: 1"
Enabled: false
LogTypes:
  - AWS.CloudTrail
Tags:
  - Identity & Access Management
Reports:
  MITRE ATT&CK:
    - TA0005:T1562
Severity: Info
Description: Somebody stopped it.
Reference: https://example.com/a
Threshold: 5
DedupPeriodMinutes: 15
Tests:
  - Name: stopped
    ExpectedResult: true
    Mocks:
      - objectName: is_ours
        returnValue: "yes"
    Log:
      { "eventName": "StopLogging", "n": 9007199254740993, "f": 1.10, "none": null, "list": [], "s": "12" }
  - Name: 'No'
    ExpectedResult: False
    Log: {eventName: ListTrails}
`;

const CONVERTED = `# The condition is Python (trail_stopped.py) and was not converted: write it here as "detection", the tests hold it to the same answers.
# Disabled in Panther.
# Panther alerts from 5 events within 15 minutes on, which is a correlation of this rule; its tests are about one event.

title: 'Trail stopped: 1'
id: AWS.Trail.Stopped
description: Somebody stopped it.
references:
  - 'https://example.com/a'
tags: [attack.ta0005, attack.t1562, panther.identity-access-management]
level: informational
logsource:
  product: aws
  service: cloudtrail
tests:
  # Panther answers for is_ours in this test, which no event tells.
  - name: stopped
    source: cloudtrail
    events:
      - eventName: "StopLogging"
        "n": 9007199254740993
        f: 1.10
        none: null
        list: []
        s: "12"
    expect: violation
  - name: 'No'
    source: cloudtrail
    events:
      - eventName: ListTrails
    expect: satisfied
`;

describe('convertRuleFile() of a Panther rule', () => {
  test('keeps its tests and says what it cannot convert', () => {
    const { text, notes, problems } = convert(PANTHER);
    assert.equal(text, CONVERTED);
    assert.deepEqual(problems, []);
    assert.deepEqual(notes, [
      {
        file: 'rule.yml',
        line: 1,
        column: 1,
        message:
          'the condition in "trail_stopped.py" is Python and was not converted: write it as "detection"',
      },
    ]);
    const [rule] = load(text!);
    assert.deepEqual(
      rule!.tests.map(({ name, events, expect }) => [name, events, expect]),
      [
        [
          'stopped',
          ['{"eventName":"StopLogging","n":9007199254740993,"f":1.10,"none":null,"list":[],"s":"12"}'],
          'violation',
        ],
        ['No', ['{"eventName":"ListTrails"}'], 'satisfied'],
      ],
    );
  });

  test('does not load before the detection is written', () => {
    const { problems } = parseRuleFile('new.yml', convert(PANTHER).text!);
    assert.match(problems[0]!.message, /a rule has one of "detection"/);
  });

  test('makes a document for each log, with the tests that are of it', () => {
    const { text, notes } = convert(
      PANTHER.replace('  - AWS.CloudTrail', '  - AWS.CloudTrail\n  - Wiz.Audit').replace(
        'eventName: ListTrails',
        'p_log_type: Wiz.Audit, eventName: ListTrails',
      ),
    );
    assert.deepEqual(
      load(text!).map(({ id, logsource, tests }) => [id, logsource, tests.map(({ name }) => name)]),
      [
        ['AWS.Trail.Stopped.AWS.CloudTrail', { product: 'aws', service: 'cloudtrail' }, []],
        ['AWS.Trail.Stopped.Wiz.Audit', { product: 'wiz', service: 'audit' }, ['No']],
      ],
    );
    assert.deepEqual(
      notes.slice(1).map(({ line, message }) => [line, message]),
      [
        [20, 'the test "stopped" tells no log type, and was left out'],
        [6, 'no source here reads "Wiz.Audit": the rule needs a mapping "wiz-audit"'],
      ],
    );
  });

  const REFUSED: [what: string, from: string, to: string, place: string, reason: RegExp][] = [
    [
      'a policy',
      'AnalysisType: rule',
      'AnalysisType: policy',
      '1:1',
      /"policy" judges resources, not events/,
    ],
    ['another severity', 'Severity: Info', 'Severity: Loud', '13:1', /must be Info, Low, .*, found "Loud"/],
    ['no logs', '  - AWS.CloudTrail\n', '  []\n', '6:1', /has no "LogTypes"/],
    [
      'a test without a log',
      'Log: {eventName: ListTrails}',
      'Log: x',
      '26:5',
      /"Log" of a test must be a map/,
    ],
    [
      'an answer that is none',
      'ExpectedResult: False',
      'ExpectedResult: perhaps',
      '26:5',
      /must be true or false/,
    ],
    [
      'a test with an alias',
      'Log: {eventName: ListTrails}',
      'Log: {eventName: *file}',
      '18:1',
      /would lose its anchor/,
    ],
  ];
  for (const [what, from, to, place, reason] of REFUSED) {
    test(`names ${what} with its place`, () => {
      const changed = PANTHER.replace('Filename: trail', 'Filename: &file trail').replace(from, to);
      const { text, problems } = convert(changed);
      assert.equal(text, undefined);
      assert.equal(problems.length, 1);
      assert.equal(`${problems[0]!.line}:${problems[0]!.column}`, place);
      assert.match(problems[0]!.message, reason);
    });
  }

  test('knows log types that our sources offer', () => {
    for (const name of KNOWN_LOG_TYPES) {
      const { source, logsource } = logTypeOf(name);
      const mapping = SHIPPED.find((each) => each.name === source);
      assert.ok(mapping !== undefined, name);
      assert.ok(appliesTo({ logsource } as Detection, mapping.logsource), name);
    }
    assert.ok(!logTypeOf('constructor').isKnown);
  });
});

const corpus = sharedData('panther-analysis');

test('every public rule of Panther is converted with its tests, event for event', {
  skip: corpus === undefined && 'sample data absent',
}, (context) => {
  const files = readdirSync(`${corpus}/yaml`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yml'),
  );
  let rules = 0;
  let tests = 0;
  let leftOut = 0;
  const failures: string[] = [];
  // A quarter of them in the gate.
  const stride = rounds(4, 1);
  for (const file of files.sort().filter((_, index) => index % stride === 0)) {
    const text = readFileSync(`${corpus}/yaml/${file}`, 'utf8');
    const converted = convertRuleFile(file, text, new Set());
    failures.push(...converted.problems.map(({ message }) => message.replace(/,.*/, '')));
    if (converted.text === undefined) continue;
    rules++;
    const found = load(converted.text).flatMap((rule) =>
      rule.tests.map(({ name, expect, events }) => [name, expect, ...events].join('\n')),
    );
    const expected = testsOf(parseYaml(file, text).documents[0]!.root);
    const missing = converted.notes.filter(({ message }) => message.endsWith('was left out')).length;
    assert.equal(found.length + missing, expected.length, file);
    for (const each of found) assert.ok(expected.includes(each), `${file}: ${each}`);
    tests += found.length;
    leftOut += missing;
  }
  context.diagnostic(`${files.length} files: ${rules} rules with ${tests} tests; ${leftOut} tests left out`);
  const reasons = [
    'the analysis "policy" judges resources',
    'the analysis "scheduled_rule" is none about single events',
  ];
  for (const failure of failures) assert.ok(reasons.includes(failure), failure);
  assert.equal(rules + failures.length, Math.ceil(files.length / stride));
  if (stride > 1) return;
  assert.deepEqual([...new Set(failures)].sort(), reasons);
  assert.deepEqual([files.length, rules, failures.length], [384, 343, 41]);
});

/** The tests of a file of Panther as our own parser of YAML reads them. */
function testsOf(root: YamlNode): string[] {
  const get = (node: YamlNode, key: string) =>
    node.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
  const list = get(root, 'Tests');
  return (list?.kind === 'list' ? list.items : []).map((each) =>
    [
      scalarText(get(each, 'Name')!),
      scalarText(get(each, 'ExpectedResult')!)?.toLowerCase() === 'true' ? 'violation' : 'satisfied',
      toJsonText(get(each, 'Log')!),
    ].join('\n'),
  );
}
