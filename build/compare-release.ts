/**
 * `npm run compare -- REF`: the JSON report of every sample folder, by this build and by that of an earlier commit. What
 * differs is named: after a change that is for speed alone, nothing may. Rules of our own are left out, they change often.
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

function report(root: string, sample: string, jobs: number): string {
  const argv = ['verify', '--no-config', '--no-builtin-rules', '-f', 'json', '--jobs', String(jobs), sample];
  const { status, stdout } = run(process.execPath, [path.join(root, 'bin/audit-check.js'), ...argv], DATA);
  return `exit ${status}\n${stdout}`;
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
  const samples = fs.readdirSync(DATA, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of samples) {
    const before = report(release, name, 1);
    const same = [1, 3].every((jobs) => report(ROOT, name, jobs) === before);
    if (!same) different++;
    process.stdout.write(`${same ? 'same  ' : 'OTHER '} ${name}\n`);
  }
} finally {
  run('git', ['worktree', 'remove', '--force', release], ROOT);
}
process.exitCode = different === 0 ? 0 : 1;
