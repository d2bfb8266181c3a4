/** `verify --history`: a line a run, trends in the page, the cadence of reviews in the packs. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { keepRun, readHistory } from '../../src/cli/history.ts';
import type { Report } from '../../src/model/report.ts';
import { FolderLock } from '../../src/store/tiled-log-lock.ts';
import { CommandLine } from '../support/command-line.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const commands = new CommandLine();
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'history-'));
const folder = path.join(scratch, 'runs');
after(() => {
  commands.close();
  fs.rmSync(scratch, { recursive: true });
});

async function run(day: string, ...more: string[]): Promise<Report> {
  const { stdout, exit } = await commands.run(
    ['verify', '--history', folder, '--now', `${day}T03:10:00Z`, '-f', 'json', ...more],
    DEMO,
  );
  assert.equal(exit, 1);
  return JSON.parse(stdout) as Report;
}

function reviewOf({ controls = [] }: Report): string[] {
  const asked = controls
    .flatMap(({ checks }) => checks)
    .filter(({ asks }) => asks.endsWith('between two reviews'));
  return [...new Set(asked.map(({ status }) => status))];
}

describe('--history', () => {
  test('keeps a line a run, shows them all, and the packs read from it how often logs are reviewed', async () => {
    const first = await run('2026-03-03', '--pack', 'pci-dss-4');
    assert.deepEqual(reviewOf(first), ['undetermined']);
    assert.equal(first.history!.length, 1);
    const second = await run('2026-03-04', '--pack', 'pci-dss-4');
    assert.deepEqual(reviewOf(second), ['passed']);
    assert.deepEqual(
      second.history!.map(({ at }) => at),
      ['2026-03-03T03:10:00Z', '2026-03-04T03:10:00Z'],
    );
    const late = await run('2026-03-20', '--pack', 'pci-dss-4');
    // Sixteen days are too long for the daily review, not for the monthly one.
    assert.deepEqual(reviewOf(late).sort(), ['failed', 'passed']);
    assert.ok(late.findings.some(({ code }) => code === 'review-overdue'));
    const kept = fs.readFileSync(path.join(folder, 'runs.ndjson'), 'utf8').trimEnd().split('\n');
    assert.equal(kept.length, 3);
    const { findings, licenses, verdict } = JSON.parse(kept[0]!);
    assert.deepEqual([verdict, findings.critical], ['findings', 2]);
    assert.deepEqual(licenses, [{ license: 'editor', used: 4, limit: 3 }]);
  });

  test('takes no run over other logs, or over a part of their time, for a review of these', async () => {
    const here = path.join(scratch, 'of-others');
    const over = async (day: string, ...more: string[]) => {
      const argv = ['--history', here, '--now', `${day}T03:10:00Z`, '-f', 'json', '--pack', 'pci-dss-4'];
      const { stdout } = await commands.run(['verify', ...argv, ...more], DEMO);
      return reviewOf(JSON.parse(stdout) as Report);
    };
    const logs = fs.readdirSync(path.join(DEMO, 'logs')).map((name) => `logs/${name}`);
    assert.deepEqual(await over('2026-03-03', logs[0]!), ['undetermined']);
    assert.deepEqual(await over('2026-03-04', '--since', '2020-01-01'), ['undetermined']);
    assert.deepEqual(await over('2026-03-05'), ['undetermined']);
    assert.deepEqual(await over('2026-03-06'), ['passed']);
  });

  test('the page has a bar for each run: findings, records, bytes and the license', async () => {
    const page = path.join(scratch, 'page.html');
    await run('2026-03-21', '-f', `html=${page}`);
    const html = fs.readFileSync(page, 'utf8');
    assert.equal(html.match(/class="bar-of(?: over)?"/g)!.length, 4 * 4);
    assert.equal(html.match(/class="bar-of over"/g)!.length, 4, 'four seats of three, in each run');
    assert.equal(html.match(/class="limit"/g)!.length, 4);
    for (const title of ['Open findings', 'Records audited', 'Bytes stored', 'License editor, last period'])
      assert.ok(html.includes(`${title} of 4 runs, from `), title);
  });

  test('the metrics tell what changed since the run before', async () => {
    const metrics = path.join(scratch, 'audit.prom');
    await run('2026-03-22', '-f', `prometheus=${metrics}`);
    const text = fs.readFileSync(metrics, 'utf8');
    const before = Date.parse('2026-03-21T03:10:00Z') / 1000;
    assert.ok(text.includes(`audit_check_previous_run_timestamp_seconds ${before}\n`));
    assert.match(text, /^audit_check_license_used_change\{license="editor"\} 0$/m);
    assert.match(text, /^audit_check_records_change 0$/m);
  });

  test('a history that somebody edited is no history', async () => {
    const file = path.join(folder, 'runs.ndjson');
    fs.appendFileSync(file, '{"at":"yesterday"}\n');
    const { exit, stderr } = await commands.run(['verify', '-q', '--history', folder], DEMO);
    assert.equal(exit, 2);
    assert.match(stderr, /runs\.ndjson:6:1: is no line of a history/);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('{"at":"yesterday"}\n', '{"at":"2026'));
    const cut = await commands.run(['verify', '-q', '--history', folder], DEMO);
    assert.match(cut.stderr, /runs\.ndjson:6:1: is no line of a history/);
    const [line] = fs.readFileSync(file, 'utf8').split('\n');
    const run = JSON.parse(line!);
    const edits: [object, string][] = [
      [{ findings: { high: -3 } }, '"high" must be a whole number from 0 on, found -3'],
      [
        { findings: { hihg: 3 } },
        '"findings" must be by informational, low, medium, high, critical, found "hihg"',
      ],
      [{ verdict: 'fine' }, '"verdict" must be one of clean, findings, incomplete, found "fine"'],
      [{ records: 1.5 }, '"records" must be a whole number from 0 on, found 1.5'],
      [{ bytes: '9' }, '"bytes" must be a whole number from 0 on, found "9"'],
      [{ waived: null }, '"waived" must be a whole number from 0 on, found nothing'],
      [
        { licenses: [{ license: 'editor', used: 1, limit: -2 }] },
        '"limit" must be a number from 0 on, or null, found -2',
      ],
      [{ reviewed: true }, 'it has an unknown key "reviewed"'],
    ];
    for (const [edit, told] of edits) {
      const edited = path.join(scratch, 'edited');
      fs.mkdirSync(edited, { recursive: true });
      fs.writeFileSync(path.join(edited, 'runs.ndjson'), `${line}\n${JSON.stringify({ ...run, ...edit })}\n`);
      const page = path.join(scratch, 'edited.html');
      const { exit, stderr } = await commands.run(
        ['verify', '-q', '--history', edited, '-f', `html=${page}`],
        DEMO,
      );
      assert.equal(exit, 2);
      assert.ok(stderr.includes(`runs.ndjson:2:1: is no line of a history: ${told}; restore`), stderr);
      assert.ok(!fs.existsSync(page), 'nothing is drawn of it');
    }
    const other = await commands.run(
      ['verify', '-q', '--history', path.join(DEMO, 'audit-check.yaml')],
      DEMO,
    );
    assert.match(other.stderr, /is no folder/);
  });

  test('runs that end at once keep a line each, whoever read the history first', async () => {
    const here = path.join(scratch, 'at-once');
    const { stdout } = await commands.run(['verify', '-f', 'json'], DEMO);
    const report = JSON.parse(stdout) as Report;
    const began = [1, 2, 3].map(() => readHistory(here, { paths: ['logs'] }, [])!);
    const lock = new FolderLock(here);
    const kept = Promise.all(began.map((history) => keepRun(report, history)));
    await setTimeout(50);
    assert.ok(!fs.existsSync(path.join(here, 'runs.ndjson')), 'waits for the lock');
    lock.release();
    await kept;
    assert.equal(readHistory(here, { paths: ['logs'] }, [])!.runs.length, 3);
    assert.deepEqual(fs.readdirSync(here), ['runs.ndjson']);
  });

  test('a folder among the logs is refused before the first run, unless it is left out of them', async () => {
    const logs = path.join(scratch, 'logs');
    fs.cpSync(path.join(DEMO, 'logs'), logs, { recursive: true });
    const verify = (...argv: string[]) => commands.run(['verify', '-q', '--no-config', ...argv], scratch);
    for (const [argv, stderr] of [
      [
        ['logs', '--history', 'logs/runs'],
        '--history: the folder "logs/runs" lies among the logs: expected a place of its own',
      ],
      [
        ['logs', '--history', 'logs'],
        '--history: the folder "logs" lies among the logs: expected a place of its own',
      ],
      [
        ['logs/**/*.ndjson', '--history', 'logs/runs'],
        '--history: the folder "logs/runs" lies among the logs: expected a place of its own',
      ],
      [
        ['logs', '--state', 'logs/state'],
        '--state: the folder "logs/state" lies among the logs: expected a place of its own',
      ],
      [
        ['logs', '-f', 'json=logs/r.json'],
        '--format: "logs/r.json" is among the logs to audit, expected another file',
      ],
    ] as const)
      assert.deepEqual(await verify(...argv), { exit: 2, stdout: '', stderr: `error: ${stderr}\n` });
    assert.deepEqual(fs.readdirSync(logs).sort(), fs.readdirSync(path.join(DEMO, 'logs')).sort());
    const report = ['-f', 'sarif=logs/r.sarif', '-f', 'html=logs/r.html'];
    for (const argv of [
      ['logs', '--history', 'logs/runs', '--exclude', 'runs/**'],
      ['logs/*.ndjson', '--history', 'logs/runs'],
      ['logs', '--exclude', 'runs/**', ...report],
    ])
      for (const time of ['first', 'second']) {
        const { exit, stderr } = await verify(...argv);
        assert.deepEqual([exit, stderr], [1, ''], `${argv.join(' ')}, ${time}`);
      }
  });
});
