/**
 * The profiles of SARIF: each log is right by the rules of its reader, keeps to the reader's limits, and says what it left out.
 * Runs of the command are among them, for what is made by hand may be too well made. Long, for it has four readers.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Log, Run } from 'sarif';
import type { Finding } from '../../src/model/finding.ts';
import type { RenderOptions, Report, SarifProfile } from '../../src/model/report.ts';
import { json } from '../../src/report/json.ts';
import { toRepositoryUri } from '../../src/report/parts/file-uri.ts';
import { findExcess } from '../../src/report/sarif/limits.ts';
import { sarif } from '../../src/report/sarif.ts';
import { CommandLine } from '../support/command-line.ts';
import {
  absent,
  isKnownNote,
  matchForward,
  type Note,
  validate,
  validateEach,
} from '../support/multitool.ts';
import { RUNS, reportOfRun, runCommand } from './command-runs.ts';
import { cleanReport, HOSTILE, hostileReport, place, richReport } from './sample-report.ts';

const PIPELINE = {
  definitionId: '17',
  definitionName: 'nightly audit',
  phaseId: '3a3a2a60-14c7-570b-14a4-fa42ad92f52a',
  phaseName: 'audit',
};
const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-profiles-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

function render(report: Report, sarifProfile: SarifProfile, options: Partial<RenderOptions> = {}): string {
  return sarif.render(report, {
    colors: false,
    width: 80,
    sarifProfile,
    azurePipeline: PIPELINE,
    ...options,
  });
}

function runOf(report: Report, profile: SarifProfile, said: string[] = []): Run {
  const log: Log = JSON.parse(render(report, profile, { say: (text) => void said.push(text) }));
  return log.runs[0]!;
}

describe('the multitool has no error and no warning', { skip: absent }, () => {
  const byRun = Object.keys(RUNS).flatMap((name) =>
    (['full', 'github'] as const).map((profile) => ({
      name: `${name} in the profile ${profile}`,
      log: () => render(reportOfRun(name), profile),
    })),
  );
  const bySample = (['github', 'gitlab', 'ado'] as const).map((profile) => ({
    name: `the profile ${profile} of rich and of hostile reports`,
    log: () =>
      JSON.stringify({
        ...JSON.parse(render(richReport(), profile)),
        runs: [richReport(), hostileReport()].map((each) => runOf(each, profile)),
      }),
  }));
  const ado = bySample.pop()!;
  const cases = [...byRun, ...bySample];
  let found: Promise<Note[][]> | undefined;

  for (const [index, { name }] of cases.entries()) {
    test(`for ${name}`, async () => {
      found ??= validateEach(cases.map(({ log }) => log()));
      assertClean((await found)[index]!);
    });
  }

  for (const profile of ['full', 'github'] as const) {
    test(`and the command writes the log that was looked at, in the profile ${profile}`, () => {
      const name = 'standard input';
      const log = runCommand([...RUNS[name]!, '-f', 'sarif', '--sarif-profile', profile]);
      assert.equal(log, render(reportOfRun(name), profile));
    });
  }

  test(`for ${ado.name}`, async () => assertClean(await validate(ado.log(), 'Sarif;Ghas;GHAzDO')));
});

function assertClean(found: readonly Note[]): void {
  assert.ok(found.length > 0, 'it looked at the log');
  assert.deepEqual(
    found.filter((note) => !isKnownNote(note)),
    [],
  );
}

describe('baseline states', { skip: absent }, () => {
  /** The findings of one run, as a run without a baseline has them. */
  const bare = (findings: readonly Finding[]): Report => {
    const { absent: _, ...report } = richReport();
    return { ...report, findings: findings.map(({ baseline: _, waiver: __, lapsed: ___, ...rest }) => rest) };
  };

  test('are those that match-results-forward finds', async () => {
    const { findings } = richReport();
    const [before, now] = [bare(findings.slice(0, 6)), bare(findings.slice(2))];
    const ours = {
      ...now,
      findings: now.findings.map(
        (finding, index): Finding => ({ ...finding, baseline: index < 4 ? 'unchanged' : 'new' }),
      ),
      absent: before.findings.slice(0, 2).map(({ rule, code, fingerprint, message, place: { file } }) => ({
        rule,
        code,
        fingerprint,
        message,
        file,
      })),
    };
    const states = (results: Run['results']) =>
      Object.fromEntries(
        results!.map((each) => [each.partialFingerprints!['auditCheck/v1'], each.baselineState]),
      );
    const theirs = states(await matchForward(render(before, 'full'), render(now, 'full')));
    assert.deepEqual(states(runOf(ours, 'full').results), theirs);
    assert.deepEqual(new Set(Object.values(theirs)), new Set(['new', 'unchanged', 'absent']));
  });
});

describe('the full profile', () => {
  const results = runOf(richReport(), 'full').results!;

  test('calls what the baseline alone knows absent, without a level, in its file', () => {
    const { ruleId, kind, level, baselineState, locations } = results.at(-1)!;
    assert.deepEqual(
      { ruleId, kind, level, baselineState },
      { ruleId: 'missing-field', kind: 'informational', level: 'none', baselineState: 'absent' },
    );
    assert.equal(locations![0]!.physicalLocation!.artifactLocation!.uri, 'logs/old.ndjson');
  });

  test('says of a lapsed waiver why it does not hold, and does not suppress', () => {
    const lapsed = results.find(({ properties }) => properties!.lapsed !== undefined)!;
    assert.match(lapsed.message.text!, / Its waiver w-2 does not hold: expired on 2025-03-01\.$/);
    assert.equal(lapsed.suppressions, undefined);
    assert.equal(results.filter(({ suppressions }) => suppressions !== undefined).length, 1);
  });

  test('leaves nothing out and says nothing', () => {
    const said: string[] = [];
    const report = richReport();
    report.findings = Array.from({ length: 6_000 }, () => report.findings[2]!);
    assert.equal(runOf(report, 'full', said).results!.length, 6_000 + 1);
    assert.deepEqual(said, []);
  });
});

describe('the github profile', () => {
  test('opens no alert for what is waived, undetermined or absent, and says so in the log and to the user', () => {
    const said: string[] = [];
    const run = runOf(richReport(), 'github', said);
    assert.equal(run.results!.length, 6);
    for (const { kind, suppressions, baselineState } of run.results!) {
      assert.deepEqual([kind, suppressions], ['fail', undefined]);
      assert.notEqual(baselineState, 'absent');
    }
    assert.deepEqual(said, [
      'SARIF for github: 1 finding left out: waived',
      'SARIF for github: 1 finding left out: undetermined',
    ]);
    const told = run.invocations![0]!.toolExecutionNotifications!.filter(
      ({ descriptor }) => descriptor!.id === 'left-out',
    );
    assert.deepEqual(
      told.map(({ message }) => message.text),
      ['1 finding left out: waived.', '1 finding left out: undetermined.'],
    );
  });

  test('keeps to every limit with 25,001 results: the 5,000 worst, and counts the rest', () => {
    const report = richReport();
    const [first, second] = report.findings;
    report.findings = Array.from({ length: 25_001 }, (_, index) => ({
      ...(index % 10 === 9 ? first! : { ...second!, severity: 'low' as const }),
      place: place('logs/app.ndjson', index + 1),
      related: Array.from({ length: index === 9 ? 1_500 : 0 }, (_, line) =>
        place('logs/app.ndjson', line + 1),
      ),
      fingerprint: String(index),
    }));
    const said: string[] = [];
    const text = render(report, 'github', { say: (each) => void said.push(each) });
    const log: Log = JSON.parse(text);
    assert.deepEqual(findExcess(log, gzipSync(text).length), []);
    const results = log.runs[0]!.results!;
    assert.equal(results.length, 5_000);
    // All 2,500 critical findings, then the first of the low ones.
    assert.equal(results.filter(({ level }) => level === 'error').length, 2_500);
    assert.ok(results.slice(0, 2_500).every(({ level }) => level === 'error'));
    assert.deepEqual(said, [
      'SARIF for github: 20,001 findings left out: beyond the worst 5,000',
      'SARIF for github: related places beyond 100 left out of 1 finding',
    ]);
    const full: Log = JSON.parse(render(report, 'full'));
    assert.deepEqual(findExcess(full, 0), [
      '25,002 results, expected at most 25,000',
      '25,002 results that GitHub shows, expected at most 5,000',
      '1,500 locations, expected at most 1,000',
    ]);
  });

  test('gives up results until the packed log is within 10 MB', () => {
    const report = richReport();
    const sample = report.findings[1]!;
    // Text that does not pack, from a generator (Numerical Recipes' constants); longer than the 32 KiB that gzip looks back.
    let state = 1;
    const noise = Array.from({ length: 60_000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return String.fromCharCode(0x4e00 + (state >>> 18));
    }).join('');
    const piece = (index: number) => noise.slice((index % 30) * 2_000, (index % 30) * 2_000 + 2_000);
    report.findings = Array.from({ length: 5_000 }, (_, index) => ({
      ...sample,
      message: piece(index),
      fingerprint: String(index),
    }));
    const said: string[] = [];
    const text = render(report, 'github', { say: (each) => void said.push(each) });
    const log: Log = JSON.parse(text);
    assert.deepEqual(findExcess(log, gzipSync(text).length), []);
    const shown = log.runs[0]!.results!.length;
    assert.ok(shown >= 1_000 && shown < 5_000, String(shown));
    assert.match(said.join(), new RegExp(`beyond the worst ${shown.toLocaleString('en')}`));
  });

  test('gives a finding without a file one: the first log, else the configuration', () => {
    const report = richReport();
    report.findings = ['-', ''].map((file) => ({ ...report.findings[0]!, place: place(file, 7) }));
    const where = (each: Report) =>
      runOf(each, 'github').results!.map(({ locations }) => {
        const { artifactLocation, region } = locations![0]!.physicalLocation!;
        return `${artifactLocation!.uri}:${region!.startLine}`;
      });
    const first = 'logs/2025-02%20export%20%232.json.gz:1';
    assert.deepEqual(where(report), [first, first]);
    assert.deepEqual(where({ ...report, inputs: [] }), ['audit-check.yaml:1', 'audit-check.yaml:1']);
  });

  test('has no path that leads out of a repository', () => {
    for (const uri of runOf(hostileReport('/../var/log/x'), 'github').artifacts!.map(
      ({ location }) => location!.uri!,
    ))
      assert.doesNotMatch(uri, /^(?:file:|\/|\.\.?\/)/);
  });

  test('stays short on a megabyte of log text', () => {
    const report = richReport();
    Object.assign(report.findings[0]!, { message: HOSTILE.repeat(20_000), subject: HOSTILE.repeat(20_000) });
    assert.ok(render(report, 'github').length < 200_000);
  });
});

test('findExcess() tells a result without a file, too many tags, and a log that is too large', () => {
  const log: Log = JSON.parse(render(richReport(), 'github'));
  log.runs[0]!.results![0]!.locations = [];
  log.runs[0]!.tool.driver.rules![0]!.properties = {
    tags: Array.from({ length: 11 }, (_, index) => `t${index}`),
  };
  assert.deepEqual(findExcess(log, 10_000_001), [
    '10,000,001 bytes, expected at most 10,000,000',
    '11 tags, expected at most 10',
    '1 result without a file, expected at most 0',
  ]);
});

test('the gitlab profile has a rank for every result and keeps suppressed ones, which GitLab leaves out itself', () => {
  const { results } = runOf(richReport(), 'gitlab');
  assert.deepEqual(
    results!.map(({ rank }) => rank),
    [95, 80, 80, 95, 80, 55, 20, 1],
  );
  assert.equal(results!.filter(({ suppressions }) => suppressions !== undefined).length, 1);
});

test('the ado profile names the build, and says when it is not known', () => {
  const { automationDetails } = runOf(richReport(), 'ado');
  assert.match(automationDetails!.id!, /^azuredevops\/pipeline\/build\/17\/audit-check\//);
  assert.equal(
    automationDetails!.properties!['azuredevops/pipeline/build/buildDefinitionName'],
    'nightly audit',
  );
  const said: string[] = [];
  const { azurePipeline: _, ...outside } = { azurePipeline: PIPELINE, colors: false, width: 80 };
  sarif.render(cleanReport(), { ...outside, sarifProfile: 'ado', say: (text) => void said.push(text) });
  assert.match(said[0]!, /only known within Azure Pipelines/);
});

describe('--sarif-profile', () => {
  fs.writeFileSync(path.join(folder, 'report.json'), json.render(richReport(), { colors: false, width: 80 }));

  test('says on stderr what was left out, and nothing of it on stdout', async () => {
    const { exit, stdout, stderr } = await commands.run(
      ['convert', 'report.json', '-f', 'sarif', '--sarif-profile', 'github'],
      folder,
    );
    assert.equal(exit, 0);
    assert.equal(
      stderr,
      'note: SARIF for github: 1 finding left out: waived\nnote: SARIF for github: 1 finding left out: undetermined\n',
    );
    assert.equal(stdout, render(richReport(), 'github'));
  });

  test('is refused where no SARIF is written, and for a reader that nobody knows', async () => {
    const { exit, stderr } = await commands.run(
      ['convert', 'report.json', '--sarif-profile', 'github'],
      folder,
    );
    assert.deepEqual(
      [exit, stderr],
      [2, 'error: --sarif-profile: expected --format sarif beside "github"\n'],
    );
    assert.equal(
      (await commands.run(['convert', 'report.json', '-f', 'sarif', '--sarif-profile', 'x'], folder)).exit,
      2,
    );
  });
});

describe('toRepositoryUri()', () => {
  const cases: [string, string][] = [
    ['logs/app.ndjson', 'logs/app.ndjson'],
    ['/var/log/app 1.ndjson', 'var/log/app%201.ndjson'],
    ['C:/logs/app.ndjson', 'logs/app.ndjson'],
    ['../../logs/app.ndjson', 'logs/app.ndjson'],
    ['./app.ndjson', 'app.ndjson'],
    ['/../../x', 'x'],
    ['..', '-'],
    ['', '-'],
  ];
  for (const [file, expected] of cases)
    test(`writes ${JSON.stringify(file)} as ${expected}`, () =>
      assert.equal(toRepositoryUri(file), expected));
});
