/** Ctrl-C in the middle of a run: exit 130, no report, no half of one, nothing left behind. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { commandWords } from '../support/command-line.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-interrupt-'));
after(() => rmSync(home, { recursive: true }));
const hasPipes = spawnSync('mkfifo', [join(home, 'log')]).status === 0;
const EVENT = '{"time":"2026-03-02T08:00:00Z"}\n';
/** More than a pipe holds: whoever took it all in is reading. */
const INPUT = EVENT.repeat(20_000);

type Ended = { code: number | null; signal: string | null; stdout: string; stderr: string; left: string[] };

/** Runs the command over `path` and sends it the signal once it reads. */
async function interrupted(
  path: string,
  signal: 'SIGINT' | 'SIGTERM',
  feed: (child: ChildProcessWithoutNullStreams) => Promise<() => Promise<void>>,
): Promise<Ended> {
  const temporary = mkdtempSync(join(home, 'tmp-'));
  const words = commandWords(['verify', '--no-config', '-f', 'text', '-f', 'json=report.json', path]);
  const child = spawn(process.execPath, words, { cwd: home, env: { ...process.env, TMPDIR: temporary } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const end = await feed(child);
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  child.kill(signal);
  const [code, killedBy] = await closed;
  await end();
  const left = [...readdirSync(home), ...readdirSync(temporary)].filter((name) =>
    /report|^audit-check-/.test(name),
  );
  return { code, signal: killedBy, stdout, stderr, left };
}

const SILENT = { stdout: '', stderr: 'interrupted: no report was written\n', left: [] };

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends a run with 130 and no report`, async () => {
    const ended = await interrupted('-', signal, async ({ stdin }) => {
      stdin.on('error', () => {});
      await new Promise<void>((resolve) => {
        stdin.write(INPUT, () => resolve());
      });
      return async () => void stdin.destroy();
    });
    assert.deepEqual(ended, { code: 130, signal: null, ...SILENT });
  });
}

test('a run that waits for a named pipe ends too', { skip: !hasPipes && 'no mkfifo here' }, async () => {
  const ended = await interrupted('log', 'SIGINT', async () => {
    // Opens once the run reads the other end, and then stays open.
    const writer = await open(join(home, 'log'), 'w');
    await writer.write(EVENT);
    return () => writer.close();
  });
  assert.deepEqual(ended, { code: null, signal: 'SIGINT', ...SILENT });
});
