/**
 * `npm run compare -- REF`: the JSON report of every sample folder, and report and statement of every fixture with a contract,
 * by this build and by that of an earlier commit. What differs is named: after a change that is for speed alone, nothing may.
 * Rules of our own are left out, they change often; fixtures are those of the earlier commit, so that both read the same.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DATA = path.join(ROOT, '..', 'shared', 'data');
/** A report of the largest sample has 0.5 MB. */
const MAX_REPORT = 256 * 1024 * 1024;

function run(
  command: string,
  argv: readonly string[],
  cwd: string,
): { status: number | null; stdout: string } {
  const { status, stdout, stderr } = spawnSync(command, argv, {
    cwd,
    encoding: 'utf8',
    maxBuffer: MAX_REPORT,
  });
  if (status === null || status === 70) throw new Error(`${command} ${argv.join(' ')}: ${stderr}`);
  return { status, stdout };
}

function must(command: string, argv: readonly string[], cwd: string): void {
  if (run(command, argv, cwd).status !== 0) throw new Error(`failed: ${command} ${argv.join(' ')}`);
}

/** Builds the commit beside this one, with the packages of this one. */
function buildRelease(ref: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-release-'));
  must('git', ['worktree', 'add', '--detach', '--force', folder, ref], ROOT);
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  must('npm', ['run', '--silent', 'build'], folder);
  return folder;
}

function output(root: string, argv: readonly string[], cwd: string): string {
  const program = path.join(root, 'bin/audit-check.js');
  const { status, stdout } = run(process.execPath, [program, ...argv, '-f', 'json'], cwd);
  return `exit ${status}\n${stdout}`;
}

type Comparison = { name: string; cwd: string; argv: string[]; jobs: number[] };

function samples(): Comparison[] {
  const folders = fs.readdirSync(DATA, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => ({
    name,
    cwd: DATA,
    argv: ['verify', '--no-config', '--no-builtin-rules', name],
    jobs: [1, 3],
  }));
}

/** Logs of ten records are never spread over threads. */
function contracts(root: string): Comparison[] {
  const fixtures = path.join(root, 'fixtures');
  const inLicenses = fs.readdirSync(path.join(fixtures, 'licenses')).map((name) => `licenses/${name}`);
  return [...inLicenses, 'statement', 'true-up'].flatMap((name) => {
    const cwd = path.join(fixtures, name);
    if (!fs.existsSync(path.join(cwd, 'licenses.yaml'))) return [];
    const log = fs.readdirSync(cwd).find((each) => each === 'logs' || each.startsWith('log.'))!;
    const argv = ['--no-config', '--licenses', 'licenses.yaml', log];
    return [
      { name: `${name}, verify`, cwd, argv: ['verify', '--no-builtin-rules', ...argv], jobs: [1] },
      { name: `${name}, licenses`, cwd, argv: ['licenses', ...argv], jobs: [1] },
    ];
  });
}

const [ref] = process.argv.slice(2);
if (ref === undefined || !fs.existsSync(DATA)) {
  process.stderr.write('usage: npm run compare -- REF, with the sample data beside the project\n');
  process.exit(2);
}
must('npm', ['run', '--silent', 'build'], ROOT);
const release = buildRelease(ref);
let different = 0;
try {
  for (const { name, cwd, argv, jobs } of [...samples(), ...contracts(release)]) {
    const before = output(release, [...argv, '--jobs', '1'], cwd);
    const same = jobs.every((each) => output(ROOT, [...argv, '--jobs', String(each)], cwd) === before);
    if (!same) different++;
    process.stdout.write(`${same ? 'same  ' : 'OTHER '} ${name}\n`);
  }
} finally {
  run('git', ['worktree', 'remove', '--force', release], ROOT);
}
process.exitCode = different === 0 ? 0 : 1;
