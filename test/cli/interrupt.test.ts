/** Ctrl-C in the middle of a run: exit 130, no report, no half of one, nothing left behind. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
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

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends a run with 130 and no report`, { skip: !hasPipes && 'no mkfifo here' }, async () => {
    const temporary = mkdtempSync(join(home, 'tmp-'));
    const words = commandWords(['verify', '--no-config', '-f', 'text', '-f', 'json=report.json', 'log']);
    const child = spawn(process.execPath, words, { cwd: home, env: { ...process.env, TMPDIR: temporary } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    // Opens once the run reads the other end, and then never ends.
    const writer = await open(join(home, 'log'), 'w');
    await writer.write('{"time":"2026-03-02T08:00:00Z"}\n');
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    await writer.close();
    assert.equal(code, 130);
    assert.equal(stdout, '');
    assert.match(stderr, /^interrupted: no report was written\n$/);
    assert.deepEqual(
      readdirSync(home).filter((name) => name.includes('report')),
      [],
    );
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('audit-check-')),
      [],
    );
  });
}
