/** `--fail-on notice:CODE`: what only a notice tells can make the exit code 1, where somebody asks for it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-fail-on-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
const run = (...argv: string[]) => commands.run([...argv, '--no-config'], folder);
const verify = (...argv: string[]) => run('verify', 'logs', '--no-builtin-rules', ...argv);

before(() => {
  fs.mkdirSync(path.join(folder, 'logs'));
  for (const day of ['02', '03', '05', '06', '07']) {
    const event = { time: `2026-03-${day}T08:00:00.5Z`, id: day, actor: 'ann', action: 'invoice.read' };
    write(
      `logs/app-2026-03-${day}.ndjson`,
      `${JSON.stringify({ ...event, target: 'i/1', outcome: 'success' })}\n`,
    );
  }
  write('one.yaml', 'title: Nobody\nid: one\ndetection:\n  s: {actor: nobody}\n  condition: s\n');
  write('two.yaml', 'title: Root\nid: two\ndetection:\n  s: {actr: root}\n  condition: s\n');
});

test('without it a notice is told and counts for nothing', async () => {
  const { exit, stdout } = await verify('--rules', 'one.yaml', '--rules', 'two.yaml');
  assert.equal(exit, 0);
  assert.match(
    stdout.replace(/\s+/g, ' '),
    /note\[silent-rules\]: 1 of 2 rules of your own judged no event: "Root" \(no record carries actr, did you mean "actor"\?\)/,
  );
  assert.match(stdout, /a file seems to be missing/);
});

test('with it the run fails, and says by what', async () => {
  const rules = ['--rules', 'one.yaml', '--rules', 'two.yaml'];
  const silent = await verify(...rules, '--fail-on', 'critical', '--fail-on', 'notice:silent-rules');
  assert.equal(silent.exit, 1);
  assert.match(
    silent.stdout.replace(/\s+/g, ' '),
    /findings: no finding at critical, and 1 notice that counts: silent-rules/,
  );
  assert.equal((await verify('--rules', 'one.yaml', '--fail-on', 'notice:silent-rules')).exit, 0);
  const missing = await verify('--fail-on', 'notice:missing-*');
  assert.equal(missing.exit, 1);
  write('audit-check.yaml', 'logs: [logs]\nfailOn: ["notice:missing-in-series"]\nbuiltinRules: false\n');
  assert.equal((await commands.run(['verify'], folder)).exit, 1);
});

test('a report that is converted keeps it', async () => {
  const { stdout } = await verify('--fail-on', 'notice:missing-in-series', '-f', 'json');
  const report = JSON.parse(stdout) as Report;
  assert.deepEqual(
    [report.summary.verdict, report.summary.failOnNotices],
    ['findings', ['missing-in-series']],
  );
  write('report.json', stdout);
  assert.equal((await commands.run(['convert', 'report.json', '-f', 'json'], folder)).stdout, stdout);
  write('report.json', stdout.replace('"verdict": "findings"', '"verdict": "clean"'));
  assert.match(
    (await commands.run(['convert', 'report.json', '-f', 'text'], folder)).stderr,
    /summary\.verdict/,
  );
});

test('a code that no notice has is refused', async () => {
  const { exit, stderr } = await verify('--fail-on', 'notice:silent-rule');
  assert.equal(exit, 2);
  assert.equal(
    stderr,
    'error: --fail-on: no notice has the code "silent-rule", did you mean "silent-rules"?\n',
  );
});
