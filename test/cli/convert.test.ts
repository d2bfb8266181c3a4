/** `convert` writes what `verify` would have written, and says what is wrong with a file that is no report. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/model/report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { json } from '../../src/report/json.ts';
import { markdown } from '../../src/report/markdown.ts';
import { ndjson } from '../../src/report/ndjson.ts';
import { hostileReport, richReport } from '../report/sample-report.ts';
import { CommandLine, runWithInput } from '../support/command-line.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OPTIONS = { colors: false, width: 100 };
const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-convert-'));
const at = (name: string) => path.join(folder, name);
const write = (name: string, text: string) => fs.writeFileSync(at(name), text);
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const NAMES = FORMATS.map(({ name }) => name);

describe('a saved report of the demo', () => {
  before(async () => {
    const formats = NAMES.flatMap((name) => ['--format', `${name}=${at(`verified.${name}`)}`]);
    const config = ['--config', 'fixtures/demo/audit-check.yaml', '--now', '2026-04-01T06:00:00Z'];
    const { exit, stderr } = await commands.run(['verify', ...config, ...formats], ROOT);
    assert.equal(exit, 1, stderr);
  });

  for (const saved of ['json', 'ndjson']) {
    test(`as ${saved} gives every format again, byte for byte, and exits 0 although it has findings`, async () => {
      const formats = NAMES.flatMap((name) => ['--format', `${name}=${at(`converted.${name}`)}`]);
      const { exit, stdout } = await commands.run(['convert', at(`verified.${saved}`), ...formats], ROOT);
      assert.deepEqual([exit, stdout], [0, '']);
      for (const name of NAMES)
        assert.deepEqual(
          fs.readFileSync(at(`converted.${name}`)),
          fs.readFileSync(at(`verified.${name}`)),
          name,
        );
    });
  }

  test('goes to stdout as text unless a format is named, and comes from standard input', () => {
    const { exit, stdout } = runWithInput(['convert', '-'], ROOT, fs.readFileSync(at('verified.json')));
    assert.deepEqual([exit, stdout], [0, fs.readFileSync(at('verified.text'), 'utf8')]);
  });
});

test('what the steps before wrote into the summary of GitHub stays there, and every other file is replaced', () => {
  const page = markdown.render(richReport(), OPTIONS);
  for (const name of ['summary.md', 'other.md']) write(name, 'before\n');
  write('report.json', json.render(richReport(), OPTIONS));
  const formats = ['--format', `markdown=${at('summary.md')}`, '--format', `markdown=${at('other.md')}`];
  const { exit } = runWithInput(['convert', at('report.json'), ...formats], ROOT, Buffer.alloc(0), {
    GITHUB_STEP_SUMMARY: at('summary.md'),
  });
  assert.equal(exit, 0);
  assert.equal(fs.readFileSync(at('summary.md'), 'utf8'), `before\n${page}`);
  assert.equal(fs.readFileSync(at('other.md'), 'utf8'), page);
});

for (const [name, sample] of Object.entries({ richReport, hostileReport })) {
  test(`${name} is the same after it was saved and read back`, async () => {
    const report = sample();
    write('saved.json', json.render(report, OPTIONS));
    write('saved.ndjson', ndjson.render(report, OPTIONS));
    for (const saved of ['saved.json', 'saved.ndjson']) {
      const { exit, stderr } = await commands.run(['convert', saved, '--format', 'json=again.json'], folder);
      assert.deepEqual([exit, stderr], [0, '']);
      assert.deepEqual(fs.readFileSync(at('again.json')), fs.readFileSync(at('saved.json')));
    }
  });
}

test('a report of a date is a report: what verify wrote, convert takes', async () => {
  write(
    'day.ndjson',
    '{"time":"2026-01-31T08:00:00Z","actor":"ann","action":"file.read","outcome":"success"}\n',
  );
  const made = await commands.run(
    ['verify', '--no-config', 'day.ndjson', '--now', '2026-02-01', '-f', 'json=day.json'],
    folder,
  );
  assert.equal(made.exit, 0);
  const { exit, stdout } = await commands.run(['convert', 'day.json', '-f', 'json'], folder);
  assert.equal(exit, 0);
  assert.equal(JSON.parse(stdout).generated, '2026-02-01T00:00:00Z');
});

describe('a report that contradicts itself is refused with its place', () => {
  /** The rich report, read whole and judged: it has findings. */
  function judgedReport(): Report {
    const report = richReport();
    for (const input of report.inputs) if (input.status !== 'skipped') input.status = 'complete';
    for (const rule of report.rules) rule.status = 'ran';
    report.summary.verdict = 'findings';
    for (const input of report.inputs) {
      delete input.unconfirmed;
      delete input.morePages;
    }
    return report;
  }
  const edits: [what: string, edit: (report: Report) => void, expected: RegExp][] = [
    [
      'a verdict that its findings deny',
      (report) => (report.summary.verdict = 'clean'),
      /summary\.verdict says clean, its findings say findings\n/,
    ],
    [
      'a verdict over an input that was not read whole',
      (report) => (report.inputs[2]!.status = 'partial'),
      /summary\.verdict says findings, but the input "logs\/broken\.json\.gz" is partial: expected incomplete\n/,
    ],
    [
      'a verdict over a guess at what fields mean',
      (report) => (report.inputs[0]!.unconfirmed = true),
      /summary\.verdict says findings, but nobody has confirmed the mapping of "[^"]+": expected incomplete\n/,
    ],
    [
      'a verdict over a part of an export',
      (report) => (report.inputs[0]!.morePages = 'next'),
      /summary\.verdict says findings, but pages are missing after "[^"]+": expected incomplete\n/,
    ],
    [
      'a verdict over a rule in error',
      (report) => (report.rules.at(-1)!.status = 'error'),
      /but the rule "bad-regex" is in error: expected incomplete\n/,
    ],
    [
      'a verdict where nothing was verified',
      (report) => report.notices.push({ code: 'nothing-verified', message: 'no key' }),
      /but a notice says that nothing was verified: expected incomplete\n/,
    ],
    [
      'findings that are counted and not there',
      (report) => report.findings.shift(),
      /summary\.findings\.total says 8, its findings are 7\n.*summary\.findings\.bySeverity\.critical says 2, its findings are 1\n/s,
    ],
    [
      'a severity that was lowered',
      (report) => (report.findings[0]!.severity = 'informational'),
      /summary\.findings\.bySeverity\.critical says 2, its findings are 1\n/,
    ],
    [
      'records that no input has',
      (report) => Object.assign(report.summary.records, { read: 1_310, audited: 1_259 }),
      /summary\.records\.read says 1310, its inputs have 1300\n.*summary\.records\.audited says 1259, its inputs have 1249\n/s,
    ],
    [
      'an input whose records do not tie out',
      (report) => (report.inputs[0]!.records.malformed = 0),
      /"logs\/2025-02 export #2\.json\.gz" says 100 records read, but audited, malformed, duplicate and skipped are 99\n/,
    ],
    [
      'an age that is none',
      (report) => (report.keep!.maximum = '12 moons'),
      /keep\.maximum: expected an age such as 90 days, .*found "12 moons"\n/,
    ],
    [
      'a control that its own check denies',
      (report) => (report.controls![0]!.status = 'passed'),
      /edited\.\w+:\d+:\d+: soc2:CC7\.2 says passed, its checks say failed\n/,
    ],
    [
      'a check that passed over a finding against it',
      (report) =>
        Object.assign(report.controls![0]!, {
          status: 'undetermined',
          checks: report.controls![0]!.checks.map((check) => ({
            ...check,
            status: check.status === 'failed' ? 'passed' : check.status,
          })),
        }),
      /soc2:CC7\.2 says passed of "every event names its actor", 1 finding against it\n/,
    ],
    [
      'a control whose failed check was taken out',
      (report) => {
        const [control] = report.controls!;
        control!.checks = [{ ...control!.checks[1]!, status: 'passed' }];
        control!.status = 'passed';
      },
      /soc2:CC7\.2 says passed, \d findings? names? it\n/,
    ],
    [
      'an excepted check whose finding is waived by nobody',
      (report) =>
        Object.assign(report.controls![0]!.checks[0]!, { status: 'excepted', reason: 'waived by w-1' }),
      /says excepted of "every event names its actor", not all of its findings are waived\n/,
    ],
    [
      'a check that passed on nothing',
      (report) =>
        Object.assign(report.controls![0]!.checks[1]!, {
          status: 'passed',
          population: { of: 'sources', count: 0 },
        }),
      /says passed of "no source is silent for a day", there are no sources\n/,
    ],
    [
      'a check against which a finding stands that is not there',
      (report) => (report.controls![0]!.checks[0]!.findings = ['a'.repeat(32)]),
      /says failed of "every event names its actor", the report has no finding "a{32}"\n/,
    ],
    [
      'a control of a pack that is not named',
      (report) => (report.packs = []),
      /soc2:CC7\.2 is of a pack that the report does not name\n/,
    ],
    [
      'waivers that do not add up',
      (report) => (report.waivers!.used = 9),
      /waivers\.entries says 5, .* are 13\n/,
    ],
    [
      'an input that was taken out',
      (report) => report.inputs.pop(),
      /summary\.files says 12, its inputs are 11\n/,
    ],
  ];
  for (const [what, edit, expected] of edits)
    test(what, async () => {
      for (const [name, format] of Object.entries({ 'edited.json': json, 'edited.ndjson': ndjson })) {
        const report = judgedReport();
        write(name, format.render(report, OPTIONS));
        assert.equal((await commands.run(['convert', name, '--format', 'json'], folder)).exit, 0);
        edit(report);
        write(name, format.render(report, OPTIONS));
        const { exit, stdout, stderr } = await commands.run(['convert', name], folder);
        assert.deepEqual([exit, stdout], [2, '']);
        assert.match(stderr, /^error: edited\.(json|ndjson):\d+:\d+: /);
        assert.match(stderr, expected);
      }
    });
});

describe('a file that is no report is told with its place', () => {
  const good = json.render(richReport(), OPTIONS);
  const stream = ndjson.render(richReport(), OPTIONS);
  const lines = stream.trimEnd().split('\n');
  const cases: [what: string, text: string, expected: RegExp][] = [
    [
      'no JSON',
      '{"schema": "audit-check/report/v1",\n  oops}',
      /^error: wrong:2:3: is no JSON: expected .*found "o"/,
    ],
    ['half a report', good.slice(0, 300), /^error: wrong:\d+:\d+: is no JSON: expected/],
    ['nothing', '', /^error: wrong:1:1: is no JSON: expected a value/],
    [
      'another document',
      '{"version": "2.1.0", "runs": []}',
      /^error: wrong: is no report of audit-check: expected "schema": "audit-check\/report\/v1", found none/,
    ],
    ['a later version', good.replace('report/v1', 'report/v9'), /found the schema "audit-check\/report\/v9"/],
    ['an array', '[]', /is no report of audit-check/],
    [
      'an unknown severity',
      good.replace('"severity": "high"', '"severity": "fatal"'),
      /^error: wrong:\d+:19: \/findings\/1\/severity: expected one of critical, high, .*found "fatal"/,
    ],
    [
      'an unknown key',
      good.replace('"notices": [', '"extra": 1,\n  "notices": ['),
      /^error: wrong:1:1: the report: unknown key "extra"/,
    ],
    ['a missing key', good.replace(/ {6}"line": 17,\n/, ''), /the key "line" is missing/],
    [
      'text for a number',
      good.replace('"line": 17,', '"line": "17",'),
      /\/findings\/1\/place\/line: expected integer, found "17"/,
    ],
    ['a stream without its summary', `${lines.slice(0, -1).join('\n')}\n`, /the last line is no summary/],
    [
      'a stream with another line',
      [lines[0], '{"type":"event"}', ...lines.slice(1)].join('\n'),
      /^error: wrong:2:1: expected a finding/,
    ],
    [
      'a stream with a wrong finding',
      stream.replace('"severity":"high"', '"severity":"fatal"'),
      /^error: wrong:2:\d+: \/findings\/1\/severity: expected one of/,
    ],
    [
      'a stream with a broken line',
      [lines[0], '{"type":', ...lines.slice(1)].join('\n'),
      /^error: wrong:2:9: is no JSON/,
    ],
  ];
  for (const [what, text, expected] of cases) {
    test(what, async () => {
      write('wrong', text);
      const { exit, stdout, stderr } = await commands.run(
        ['convert', 'wrong', '--format', 'text=out.txt'],
        folder,
      );
      assert.deepEqual([exit, stdout], [2, '']);
      assert.match(stderr, expected);
      assert.ok(!fs.existsSync(at('out.txt')));
    });
  }

  test('one that is not there', async () => {
    const { exit, stderr } = await commands.run(['convert', 'absent.json'], folder);
    assert.deepEqual([exit, stderr], [2, 'error: absent.json: cannot be read: ENOENT\n']);
  });

  test('a format that would replace the report', async () => {
    write('kept.json', good);
    const { exit, stderr } = await commands.run(
      ['convert', 'kept.json', '--format', 'text=kept.json'],
      folder,
    );
    assert.equal(exit, 2);
    assert.match(stderr, /"kept\.json" is the report to convert, expected another file/);
    assert.equal(fs.readFileSync(at('kept.json'), 'utf8'), good);
  });
});
