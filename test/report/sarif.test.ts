/**
 * The SARIF log is valid by schema and by Microsoft's validator, and right where both of them do not look.
 * Long, for one log is held against three judges.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import type { Log, PhysicalLocation, Result, Run } from 'sarif';
import type { Report } from '../../src/model/report.ts';
import { toUri } from '../../src/report/parts/file-uri.ts';
import { toSentence } from '../../src/report/sarif/message-text.ts';
import { sarif } from '../../src/report/sarif.ts';
import { absent, isKnownNote, SARIF_SCHEMA, validate } from '../support/multitool.ts';
import { cleanReport, emptyReport, hostileReport, place, richReport } from './sample-report.ts';

const SAMPLES: Record<string, () => Report> = { richReport, hostileReport, cleanReport, emptyReport };

function render(report: Report): string {
  return sarif.render(report, { colors: false, width: 80 });
}

function runOf(report: Report): Run {
  const log: Log = JSON.parse(render(report));
  assert.equal(log.runs.length, 1);
  return log.runs[0]!;
}

function locationsOf(result: Result): PhysicalLocation[] {
  return [...(result.locations ?? []), ...(result.relatedLocations ?? [])].map(
    (each) => each.physicalLocation!,
  );
}

test('the log is valid by the schema of SARIF 2.1.0', { skip: absent }, () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const isLog = ajv.compile(JSON.parse(readFileSync(SARIF_SCHEMA, 'utf8')));
  for (const [name, sample] of Object.entries(SAMPLES)) {
    assert.ok(isLog(JSON.parse(render(sample()))), `${name}: ${ajv.errorsText(isLog.errors)}`);
  }
  assert.equal(isLog({ version: '2.1.0', runs: [{}] }), false);
});

describe('the multitool, with the rules of SARIF and of GitHub', { skip: absent }, async () => {
  // One log of many runs: starting the validator is what takes time.
  const runs = Object.values(SAMPLES).map((sample) => runOf(sample()));
  const spoilt = runOf(richReport());
  spoilt.results![0]!.ruleIndex = 99;
  const found = absent
    ? []
    : await validate(JSON.stringify({ ...JSON.parse(render(emptyReport())), runs: [...runs, spoilt] }));
  const about = (run: number) => found.filter(({ message }) => message.includes(`runs[${run}]`));

  Object.keys(SAMPLES).forEach((name, index) => {
    test(`has no error and no warning for ${name}, and no note that we have no reason for`, () => {
      assert.ok(about(index).length > 0, 'it looked at the run');
      assert.deepEqual(
        about(index).filter((note) => !isKnownNote(note)),
        [],
      );
    });
  });

  test('has nothing to say outside the runs but a note on the network', () => {
    const outside = found.filter(({ message }) => !message.includes('runs['));
    assert.deepEqual(
      [...new Set(outside.map(({ level, ruleId }) => `${level} ${ruleId}`))].filter(
        (each) => each !== 'note SARIF2006',
      ),
      [],
    );
  });

  test('would speak of a rule index that leads nowhere', () => {
    assert.ok(about(runs.length).some(({ level }) => level === 'error'));
  });
});

for (const [name, sample] of Object.entries(SAMPLES)) {
  describe(`the run of ${name}`, () => {
    const run = runOf(sample());
    const rules = run.tool.driver.rules!;
    const results = run.results!;

    test('describes the rule of every result, and no other', () => {
      for (const { ruleId, ruleIndex } of results) assert.equal(rules[ruleIndex!]!.id, ruleId);
      assert.deepEqual(new Set(rules.map(({ id }) => id)), new Set(results.map(({ ruleId }) => ruleId)));
    });

    test('has a level only for failures', () => {
      for (const { kind, level } of results) assert.equal(level === 'none', kind !== 'fail');
    });

    test('gives every result one place, with its line, among the artifacts', () => {
      for (const result of results) {
        assert.equal(result.locations!.length, 1);
        for (const { artifactLocation, region } of locationsOf(result)) {
          assert.ok(region!.startLine! >= 1);
          const artifact = run.artifacts![artifactLocation!.index!]!;
          assert.equal(artifact.location!.uri, artifactLocation!.uri);
          assert.notEqual(artifactLocation!.uri, '');
        }
      }
    });

    test('gives every result fingerprints in the form that GitHub reads, no two alike', () => {
      const prints = results.map(({ partialFingerprints }) => partialFingerprints!);
      for (const print of prints) {
        assert.match(print.primaryLocationLineHash!, /^.+:\d+$/);
        assert.ok(print.primaryLocationLineHash!.startsWith(print['auditCheck/v1']!));
      }
      assert.equal(new Set(prints.map((print) => print.primaryLocationLineHash)).size, prints.length);
    });

    test('refers to controls that are there, within the limits of GitHub', () => {
      for (const rule of rules) {
        for (const { target } of rule.relationships ?? []) {
          const taxonomy = run.taxonomies![target.toolComponent!.index!]!;
          assert.equal(taxonomy.name, target.toolComponent!.name);
          assert.equal(taxonomy.taxa![target.index!]!.id, target.id);
        }
        assert.ok(rule.properties!.tags!.length <= 10);
        assert.ok(rule.shortDescription!.text.length <= 1024 && rule.fullDescription!.text.length <= 1024);
        assert.notEqual(rule.help!.text, '');
        assert.ok((rule.name ?? '').length <= 255);
      }
      assert.equal(run.tool.driver.supportedTaxonomies?.length, run.taxonomies?.length);
    });

    test('has an id whose category is all before the last slash', () => {
      assert.match(run.automationDetails!.id!, /^audit-check\/verify\//);
    });
  });
}

describe('the SARIF log', () => {
  const run = runOf(richReport());

  test('gives line and bytes of a plain file, and the bytes of a compressed file apart, for they are decoded', () => {
    const plain = run.results!.find(({ ruleId }) => ruleId === 'altered-record')!.locations![0]!
      .physicalLocation!;
    assert.deepEqual(plain.region, {
      startLine: 40,
      startColumn: 1,
      endLine: 40,
      byteOffset: 7_800,
      byteLength: 199,
    });
    const zipped = run.results!.find(({ ruleId }) => ruleId === 'malformed-record')!.locations![0]!
      .physicalLocation!;
    assert.deepEqual(zipped.region, { startLine: 7, startColumn: 1, endLine: 7 });
    assert.deepEqual(zipped.properties, { decoded: { byteOffset: 9_100, byteLength: 41 } });
  });

  test('calls what the log cannot tell a review without a level', () => {
    const { kind, level } = run.results!.find(({ ruleId }) => ruleId === 'unprotected')!;
    assert.deepEqual({ kind, level }, { kind: 'review', level: 'none' });
  });

  test('describes a policy rule by itself and a check by its code', () => {
    const ids = run.tool.driver.rules!.map(({ id }) => id);
    assert.ok(ids.includes('self-approval') && !ids.includes('policy-violation'));
    assert.ok(ids.includes('missing-field') && !ids.includes('required-fields'));
    const rule = run.tool.driver.rules!.find(({ id }) => id === 'self-approval')!;
    assert.equal(rule.helpUri, 'https://example.org/four%20eyes');
    assert.equal(rule.properties!.author, 'audit-check');
    assert.equal(rule.properties!['security-severity'], '5.5');
  });

  test('is no successful run when something was not read or a rule did not run', () => {
    const [invocation] = run.invocations!;
    assert.equal(invocation!.executionSuccessful, false);
    const told = invocation!.toolExecutionNotifications!.map(
      ({ descriptor, level }) => `${level} ${descriptor!.id}`,
    );
    assert.deepEqual(
      told.filter((each) => !each.endsWith('skipped')),
      ['error input-partial', 'error input-unreadable', 'note zone-assumed', 'note coverage'],
    );
    assert.deepEqual(
      invocation!.toolConfigurationNotifications!.map(
        ({ descriptor, level }) => `${level} ${descriptor!.id}`,
      ),
      ['warning rule-inert', 'error rule-error'],
    );
    assert.equal(runOf(cleanReport()).invocations![0]!.executionSuccessful, true);
    assert.equal(runOf(emptyReport()).invocations![0]!.executionSuccessful, false);
    const errored = cleanReport();
    errored.rules[0]!.status = 'error';
    assert.equal(runOf(errored).invocations![0]!.executionSuccessful, false);
  });

  test('has a time in UTC only when the report has one', () => {
    assert.equal(run.invocations![0]!.endTimeUtc, '2025-04-01T06:00:00.000Z');
    assert.doesNotMatch(render(emptyReport()), /Utc/);
  });

  test('has every file with its digest, length and role', () => {
    const [artifact] = run.artifacts!;
    assert.equal(artifact!.location!.uri, 'logs/2025-02%20export%20%232.json.gz');
    assert.equal(artifact!.length, 4_000);
    assert.deepEqual(artifact!.hashes, { 'sha-256': '1'.repeat(64) });
    assert.deepEqual(artifact!.roles, ['analysisTarget']);
  });

  test('lists a file that is no input when a finding stands in it', () => {
    const report = cleanReport();
    report.findings = [{ ...richReport().findings[0]!, place: place('licenses.yaml', 3) }];
    assert.deepEqual(
      runOf(report).artifacts!.map(({ location }) => location!.uri),
      ['logs/app.ndjson', 'licenses.yaml'],
    );
  });

  test('leaves out what is satisfied: GitHub shows it as a problem', () => {
    const report = richReport();
    for (const finding of report.findings) finding.verdict = 'satisfied';
    report.absent = [];
    assert.deepEqual(runOf(report).results, []);
  });

  test('embeds no excerpt of a log', () => {
    assert.doesNotMatch(render(richReport()), /user\.delete|snippet/);
  });
});

describe('toUri()', () => {
  const cases: [string, string][] = [
    ['logs/app.ndjson', 'logs/app.ndjson'],
    ['./logs/app.ndjson', 'logs/app.ndjson'],
    ['../logs/app.ndjson', '../logs/app.ndjson'],
    ['/var/log/app 1.ndjson', 'file:///var/log/app%201.ndjson'],
    ['//double/slash', 'file:///double/slash'],
    ['C:/logs/app.ndjson', 'file:///C:/logs/app.ndjson'],
    ['http://evil.example/x', 'http%3A//evil.example/x'],
    ['a#b?c%20d\\e', 'a%23b%3Fc%2520d%5Ce'],
    ['Größe/日誌.json', 'Gr%C3%B6%C3%9Fe/%E6%97%A5%E8%AA%8C.json'],
    ['x\ud800', 'x%EF%BF%BD'],
    ['-', '-'],
    ['.', '.'],
    ['', '-'],
  ];
  for (const [file, expected] of cases) {
    test(`writes ${JSON.stringify(file)} as ${expected}`, () => assert.equal(toUri(file), expected));
  }

  test('gives a reference that decodes to the file, for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const uri = toUri(`logs/${name}`);
        assert.match(uri, /^[\w\-.~!'()*%/]+$/);
        assert.equal(decodeURIComponent(uri), `logs/${name}`);
      }),
    );
  });
});

describe('toSentence()', () => {
  test('ends in one period', () => {
    assert.equal(toSentence('found nothing'), 'found nothing.');
    assert.equal(toSentence('did you mean "re"?'), 'did you mean "re"?');
  });

  test('makes no link of log text', () => {
    assert.equal(toSentence('[click](http://evil.example) [1](2)'), '[click] (http://evil.example) [1] (2).');
  });
});

test('the run carries every stream with its ranges and who anchors them', () => {
  const report = richReport();
  const { assurance, streams } = runOf(report).properties as Record<string, unknown> & {
    streams: Record<string, unknown>[];
  };
  assert.deepEqual(assurance, report.summary.assurance);
  assert.equal(streams.length, report.streams.length);
  const [anchored, chained] = streams[0]!.ranges as Record<string, unknown>[];
  assert.deepEqual(anchored!.anchor, report.streams[0]!.ranges[0]!.anchor);
  assert.deepEqual([anchored!.assurance, anchored!.records], ['anchored', 60]);
  assert.deepEqual(chained, {
    assurance: 'chained',
    records: 39,
    from: { file: report.streams[0]!.ranges[1]!.from.file, line: 61 },
    until: { file: 'logs/app.ndjson', line: 3 },
  });
});

test('the run counts the ranges that it leaves out of a badly broken stream', () => {
  const report = richReport();
  const [stream] = report.streams;
  stream!.ranges = Array.from({ length: 1_000 }, () => stream!.ranges[0]!);
  const { streams } = runOf(report).properties as { streams: { ranges: unknown[]; rangesLeftOut: number }[] };
  assert.equal(streams[0]!.ranges.length + streams[0]!.rangesLeftOut, 1_000);
  assert.ok(streams[0]!.rangesLeftOut > 0);
});
