/** A reader that closes the pipe, as `head` does: its right, and no fault of the command. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CommandLine, commandWords } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-pipe-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const RULE = `title: Read
id: 00000000-0000-4000-8000-0000000000c1
level: low
logsource: {product: audit}
detection: {s: {action: user.read}, condition: s}
`;

/** More than a pipe holds. */
const EVENTS = 5000;

/** What the command says when its output is closed after the first bytes. */
async function intoClosedPipe(argv: string[]): Promise<{ exit: number | null; stderr: string }> {
  const child = spawn(process.execPath, commandWords(argv), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, stderr };
}

describe('a pipe that is closed', () => {
  // Of this file alone: one process runs the commands of all, one after another.
  before(async () => {
    const event = (index: number) =>
      JSON.stringify({
        time: '2026-11-10T08:00:00Z',
        id: `e${index}`,
        actor: `a${index}`,
        action: 'user.read',
        outcome: 'success',
      });
    const lines = Array.from({ length: EVENTS }, (_, index) => `${event(index)}\n`);
    fs.writeFileSync(path.join(folder, 'log.ndjson'), lines.join(''));
    fs.writeFileSync(path.join(folder, 'rule.yml'), RULE);
    const rules = ['--no-config', '--no-builtin-rules', '-r', 'rule.yml', '--source', 'audit'];
    await commands.run(['verify', 'log.ndjson', ...rules, '-f', 'json=r.json'], folder);
  });

  for (const format of ['json', 'junit', 'html', 'ndjson'])
    test(`convert as ${format}`, async () => {
      assert.deepEqual(await intoClosedPipe(['convert', 'r.json', '-f', format]), { exit: 0, stderr: '' });
    });

  test('rules match keeps its own answer', async () => {
    const argv = ['rules', 'match', 'log.ndjson', '--no-config', '--no-builtin-rules', '-r', 'rule.yml'];
    assert.deepEqual(await intoClosedPipe(argv), { exit: 1, stderr: '' });
  });
});
