/** What others run us by (GitHub, GitLab, pre-commit, containers, systemd, cron) names only what there is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { buildProgram } from '../src/cli/program.ts';
import { bundled } from './support/bundled.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const program = buildProgram(() => undefined);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'integrations-'));

/** The package as it is installed, with the bundle of the sources as they are now. */
const tool = path.join(scratch, 'tool');
fs.cpSync(path.join(ROOT, 'bin'), path.join(tool, 'bin'), { recursive: true });
fs.chmodSync(path.join(tool, 'bin/audit-check.js'), 0o755);
fs.writeFileSync(path.join(tool, 'package.json'), '{"type": "module"}');
fs.symlinkSync(path.dirname(bundled('main')), path.join(tool, 'dist'));
after(() => fs.rmSync(scratch, { recursive: true }));

const FILES = [
  'README.md',
  'docs/ci.md',
  'integrations/gitlab-ci.yml',
  'integrations/Containerfile',
  'integrations/audit-check.cron',
  'integrations/systemd/audit-check.service',
  '.pre-commit-hooks.yaml',
];

/** `audit-check verify logs/ -f text` as a file shows it, one word each. */
function commandsIn(text: string): string[][] {
  const lines = [...text.matchAll(/(?:^|[\s/])audit-check (?=[a-z])([^\n#|>`]*)/g)].map((match) => match[1]!);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([first]) => find(program, first!) !== undefined);
}

function find(command: Command, name: string): Command | undefined {
  return command.commands.find((each) => each.name() === name);
}

describe('integrations', () => {
  for (const file of FILES) {
    test(`${file} gives only commands and options that there are`, () => {
      const commands = commandsIn(read(file));
      assert.ok(commands.length > 0);
      for (const words of commands) {
        let command = program;
        for (const word of words) command = find(command, word) ?? command;
        const known = command.options.flatMap(({ long, short }) => [long, short]);
        for (const word of words.filter((each) => each.startsWith('-')))
          assert.ok(known.includes(word), `${words.join(' ')}: ${word}`);
      }
    });
  }

  test('the action hands its inputs over by the environment, each of them, and none in a script', () => {
    const action = parse(read('action.yml')) as {
      inputs: Record<string, unknown>;
      runs: { steps: { run?: string; env?: Record<string, string> }[] };
    };
    const steps = action.runs.steps.filter(({ run }) => run !== undefined);
    const given = steps.flatMap(({ env = {} }) => Object.values(env)).sort();
    assert.deepEqual(
      given,
      Object.keys(action.inputs)
        .map((name) => `\${{ inputs.${name} }}`)
        .sort(),
    );
    for (const { run } of steps) assert.doesNotMatch(run!, /\$\{\{/);
    const script = read('integrations/github-action.sh');
    for (const name of Object.keys(steps.at(-1)!.env!))
      assert.match(script, new RegExp(`\\$${name}\\b`), name);
  });

  test('the step of the action audits, writes SARIF, and says how it ended', () => {
    const sarif = path.join(scratch, 'a.sarif');
    const output = path.join(scratch, 'output');
    const run = (changes: Record<string, string>) =>
      spawnSync('bash', [path.join(ROOT, 'integrations/github-action.sh')], {
        cwd: path.join(ROOT, 'fixtures/demo'),
        encoding: 'utf8',
        env: {
          ...process.env,
          ...{ GITHUB_ACTION_PATH: tool, GITHUB_OUTPUT: output, SARIF: sarif, NO_COLOR: '1' },
          ...{ PATHS: '', CONFIG: '', FAIL_ON: '', OPTIONS: '', ...changes },
        },
      });
    const demo = run({});
    assert.equal(demo.status, 1, demo.stderr);
    assert.match(demo.stdout, /critical\[altered-record\]/);
    assert.equal(fs.readFileSync(output, 'utf8'), 'exit-code=1\n');
    assert.ok((JSON.parse(fs.readFileSync(sarif, 'utf8')) as { runs: unknown[] }).runs.length === 1);
    const hostile = run({ PATHS: '--version\n$(touch owned)\n' });
    assert.equal(hostile.status, 2);
    assert.match(hostile.stderr, /--version: there is no such file/);
    assert.ok(!fs.existsSync(path.join(ROOT, 'fixtures/demo/owned')));
    assert.equal(
      run({ OPTIONS: '--no-config', PATHS: 'logs/gateway.ndjson', FAIL_ON: 'critical' }).status,
      0,
    );
  });

  for (const [page, block] of [
    ['README.md', /## In CI\n\n```yaml\n([\s\S]*?)```/],
    ['docs/ci.md', /<!-- github -->\n\n```yaml\n([\s\S]*?)```/],
  ] as const) {
    test(`the steps that ${page} shows run as written in a repository with the package installed`, () => {
      const repository = path.join(scratch, path.basename(page));
      fs.mkdirSync(path.join(repository, 'node_modules', '.bin'), { recursive: true });
      fs.symlinkSync(
        path.join(tool, 'bin/audit-check.js'),
        path.join(repository, 'node_modules/.bin/audit-check'),
      );
      fs.cpSync(path.join(ROOT, 'fixtures/demo/logs'), path.join(repository, 'logs'), { recursive: true });
      const steps = parse(block.exec(read(page))![1]!) as { run?: string; with?: { sarif_file?: string } }[];
      const runs = steps.flatMap(({ run }) => (run === undefined || run === 'npm ci' ? [] : [run]));
      assert.ok(runs.length > 0);
      for (const run of runs) {
        const { status, stderr } = spawnSync('bash', ['-ec', run], { cwd: repository, encoding: 'utf8' });
        assert.equal(status, 1, `${run}\n${stderr}`);
      }
      const uploaded = steps.flatMap((step) => step.with?.sarif_file ?? []);
      assert.equal(uploaded.length, 1);
      assert.ok(fs.statSync(path.join(repository, uploaded[0]!)).size > 1000);
    });
  }
});
