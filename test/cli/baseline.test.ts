/** Baselines, as a terminal shows them: what is known no longer fails a run, and is never out of sight. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-baseline-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const EVENT = { time: '2025-02-28T08:00:00Z', actor: 'ann', action: 'file.read', outcome: 'success' };
const line = (changes: object = {}) => `${JSON.stringify({ ...EVENT, ...changes })}\n`;
const NO_OUTCOME = line({ outcome: '' });
const NO_ACTOR = line({ actor: '' });

const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
const run = (...argv: string[]) => commands.run(argv, folder);
const verify = (...more: string[]) =>
  run('verify', '--no-config', '--no-builtin-rules', '--now', '2025-03-01', ...more);

async function reportOf(...more: string[]): Promise<Report> {
  const { stdout, stderr } = await verify(...more, '-f', 'json');
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Report;
}

/** The state of each finding by its message, to the end of the field's name. */
const statesOf = ({ findings }: Report) =>
  findings.map(({ message, baseline }) => `${baseline}: ${message.split(' ')[0]}`);

write('old.ndjson', line() + NO_OUTCOME);
write('log.ndjson', line() + NO_OUTCOME + NO_ACTOR);
write('fixed.ndjson', line());

/** An earlier report on a log of this name and content. */
async function earlier(log: string, format: string, ...more: string[]): Promise<string> {
  const text = fs.readFileSync(path.join(folder, 'log.ndjson'));
  fs.copyFileSync(path.join(folder, log), path.join(folder, 'log.ndjson'));
  const file = `${log}-${more.length}.${format}`;
  await verify('log.ndjson', '-f', `${format}=${file}`, ...more);
  fs.writeFileSync(path.join(folder, 'log.ndjson'), text);
  return file;
}

describe('verify --baseline', () => {
  test('takes a JSON report, a SARIF report and a baseline of either, and all say the same', async () => {
    const reports = [await earlier('old.ndjson', 'json'), await earlier('old.ndjson', 'sarif')];
    for (const report of reports) await run('baseline', 'create', report, '-o', `${report}.base`);
    for (const file of reports.flatMap((report) => [report, `${report}.base`])) {
      const report = await reportOf('log.ndjson', '--baseline', file);
      assert.deepEqual(statesOf(report), ['unchanged: "outcome"', 'new: "actor"'], file);
      assert.equal(report.summary.findings.new, 1);
      assert.deepEqual(report.absent, []);
    }
  });

  test('--fail-on new fails on what is new alone; the summary says what the baseline carries', async () => {
    const known = await earlier('log.ndjson', 'json');
    assert.equal((await verify('log.ndjson', '--baseline', known)).exit, 1);
    const { exit, stdout } = await verify('log.ndjson', '--baseline', known, '--fail-on', 'new');
    assert.equal(exit, 0);
    assert.match(
      stdout,
      /baseline {4}2 = 2 unchanged; 0 gone; known, and so not counted: 2 high; log\.ndjson-0\.json/,
    );
    assert.match(
      stdout,
      /clean: 3 records audited, no finding new and at informational or above, 2 not counted \(known: 2\s+high\)/,
    );
    const less = await earlier('old.ndjson', 'json');
    const on = async (...conditions: string[]) =>
      (await verify('log.ndjson', '--baseline', less, ...conditions.flatMap((each) => ['--fail-on', each])))
        .exit;
    assert.equal(await on('new'), 1);
    assert.equal(await on('new:high'), 1);
    assert.equal(await on('new:critical'), 0);
    assert.equal(await on('new:critical', 'high'), 1);
    assert.equal(
      await on('new:critical', 'control:soc9:*', 'control:pci-dss-4:10.2.2'),
      2,
      'no such control',
    );
    assert.equal(await on('new:critical', 'control:pci-dss-4:10.2.2'), 1);
  });

  test('what is gone is listed, and what was not read is not called mended', async () => {
    const known = await earlier('log.ndjson', 'json');
    const { stdout } = await verify('fixed.ndjson', '--baseline', known);
    assert.match(
      stdout.replace(/\s+/g, ' '),
      /2 findings of the baseline .* are gone \(2 of them in files that this run did not read whole\)/,
    );
    const report = await reportOf('fixed.ndjson', '--baseline', known);
    assert.deepEqual(
      report.absent!.map(({ code, file }) => `${code} ${file}`),
      ['missing-field log.ndjson', 'missing-field log.ndjson'],
    );
    assert.deepEqual([report.baseline!.gone, report.baseline!.unread], [2, 2]);
  });

  test('an incomplete run stays incomplete', async () => {
    write('empty.ndjson', '');
    const first = await verify('empty.ndjson', '-f', 'json=empty.json');
    assert.equal(first.exit, 3);
    assert.equal((await verify('empty.ndjson', '--baseline', 'empty.json', '--fail-on', 'new')).exit, 3);
  });

  test('a finding that was waived is new once its waiver has ended', async () => {
    write(
      'waivers.yaml',
      'waivers:\n  - {id: W-1, rule: missing-field, reason: the client is replaced, owner: bob, expires: 2025-03-01}\n',
    );
    const waivers = ['--waivers', 'waivers.yaml'];
    const known = await earlier('log.ndjson', 'json', ...waivers);
    const during = await reportOf('log.ndjson', '--baseline', known, ...waivers);
    assert.deepEqual(statesOf(during), ['unchanged: "outcome"', 'unchanged: "actor"']);
    const later = await verify(
      'log.ndjson',
      '--baseline',
      known,
      ...waivers,
      '--now',
      '2025-03-02',
      '--fail-on',
      'new:high',
    );
    assert.equal(later.exit, 1);
    assert.match(later.stdout, /baseline {4}3 = 3 new; 0 gone/);
  });

  test('a finding that grew fails --fail-on new, and says why', async () => {
    write('grown.ndjson', line() + NO_OUTCOME.repeat(1));
    const known = await earlier('grown.ndjson', 'json');
    await run('baseline', 'create', known, '-o', 'grown.base');
    const more = [1, 2, 3]
      .map((minute) => line({ outcome: '', time: `2025-02-28T08:0${minute}:00Z` }))
      .join('');
    write('grown.ndjson', line() + NO_OUTCOME + more);
    for (const file of [known, 'grown.base']) {
      const { exit, stdout } = await verify('grown.ndjson', '--baseline', file, '--fail-on', 'new');
      assert.equal(exit, 1);
      assert.match(stdout, /= baseline: known, and new: it grew from 1 to 4/);
    }
  });

  test('a retention that is shorter than the one that was accepted fails --fail-on new', async () => {
    const days = (from: number) =>
      Array.from({ length: 28 - from + 1 }, (_, index) =>
        line({ time: `2025-02-${String(from + index).padStart(2, '0')}T08:00:00Z`, id: `e${index}` }),
      ).join('');
    const cis = ['--source', 'audit', '--pack', 'cis-8'];
    write('kept.ndjson', days(1));
    await verify('kept.ndjson', ...cis, '-f', 'json=kept.json');
    const again = await verify('kept.ndjson', ...cis, '--baseline', 'kept.json', '--fail-on', 'new');
    assert.equal(again.exit, 0);
    write('kept.ndjson', days(28));
    const { exit, stdout } = await verify(
      'kept.ndjson',
      ...cis,
      '--baseline',
      'kept.json',
      '--fail-on',
      'new',
    );
    assert.equal(exit, 1);
    assert.match(stdout, /= baseline: known, and new: it got worse, from 28 to 1/);
  });

  test('a condition that there is not is told once, where it was said', async () => {
    const said = /^error: (\S+): expected one of informational, .*found "medum", did you mean "medium"\?\n$/;
    const flag = await verify('log.ndjson', '--fail-on', 'medum');
    assert.deepEqual([flag.exit, said.exec(flag.stderr)?.[1]], [2, '--fail-on']);
    write('audit-check.yaml', 'logs: [log.ndjson]\n');
    assert.equal(said.exec((await run('verify', '--fail-on', 'medum')).stderr)?.[1], '--fail-on');
    write('audit-check.yaml', 'logs: [log.ndjson]\nfailOn: medum\n');
    assert.equal(said.exec((await run('verify')).stderr)?.[1], 'audit-check.yaml:2:1');
    fs.rmSync(path.join(folder, 'audit-check.yaml'));
  });

  test('new without a baseline, and files that are none, are mistakes', async () => {
    const nothing = await verify('log.ndjson', '--fail-on', 'new');
    assert.deepEqual(
      [nothing.exit, nothing.stderr],
      [2, 'error: --fail-on: "new" is told by a baseline: name one with --baseline\n'],
    );
    const wrong: [string, RegExp][] = [
      ['no json', /is no JSON: expected a baseline, or a JSON or SARIF report/],
      ['[]', /expected a JSON object, found a list/],
      [
        '{"schema":"other/v1"}',
        /expected "schema" to be "audit-check\/baseline\/v1" or .*, found "other\/v1"/,
      ],
      ['{"schema":"audit-check/baseline/v1"}', /expected "findings" to be a list/],
      [
        '{"schema":"audit-check/baseline/v1","findings":[{"file":"a"}]}',
        /finding 1: expected "rule" to be text/,
      ],
      [
        `{"schema":"audit-check/baseline/v1","findings":[{"file":"a","waived":"true"}]}`,
        /finding 1: expected "waived" to be true or false, found "true"/,
      ],
      [
        '{"schema":"audit-check/baseline/v1","findings":[{"file":"a","count":"2"}]}',
        /finding 1: expected "count" to be a whole number, found "2"/,
      ],
      [
        '{"runs":[{"tool":{"driver":{"name":"other"}},"results":[]}]}',
        /is a SARIF log of "other", expected one of "audit-check"/,
      ],
    ];
    for (const [text, message] of wrong) {
      write('wrong.json', text);
      const { exit, stderr } = await verify('log.ndjson', '--baseline', 'wrong.json');
      assert.equal(exit, 2);
      assert.match(stderr, message);
    }
  });
});

describe('audit-check baseline', () => {
  test('create writes one finding a line, the same from JSON and again from itself', async () => {
    const report = await earlier('log.ndjson', 'json');
    const { stdout } = await run('baseline', 'create', report);
    assert.equal(stdout.split('\n').filter((text) => text.includes('"fingerprint"')).length, 2);
    write('base.json', stdout);
    assert.equal((await run('baseline', 'create', 'base.json')).stdout, stdout);
  });

  test('prune takes out what a later report does not have, and diff tells what came and went', async () => {
    const both = await earlier('log.ndjson', 'json');
    const one = await earlier('old.ndjson', 'json');
    await run('baseline', 'create', both, '-o', 'kept.json');
    const pruned = await run('baseline', 'prune', 'kept.json', one);
    assert.deepEqual([pruned.exit, pruned.stderr], [0, '1 finding taken out, 1 is left\n']);
    assert.equal(statesOf(await reportOf('log.ndjson', '--baseline', 'kept.json'))[1], 'new: "actor"');
    const same = await run('baseline', 'diff', 'kept.json', one);
    assert.deepEqual([same.exit, same.stdout], [0, '0 new findings, 1 is unchanged, 0 are gone\n']);
    const more = await run('baseline', 'diff', one, both);
    assert.equal(more.exit, 1);
    assert.match(
      more.stdout,
      /^\+ high\[missing-field\] log\.ndjson: "actor" is missing in 1 of 3 records\n1 new finding, 1 is unchanged, 0 are gone\n$/,
    );
    assert.match((await run('baseline', 'diff', both, one)).stdout, /^- high\[missing-field\]/);
  });
});
