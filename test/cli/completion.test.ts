/** Completions as each shell gives them: the scripts run in the shells themselves, where those are installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SHELLS, type Shell } from '../../src/cli/commands/completion.ts';
import { completionScript } from '../../src/cli/completion.ts';
import { buildProgram } from '../../src/cli/program.ts';

const program = buildProgram(() => undefined);

function runShell(shell: Shell, script: string): string[] {
  const { stdout, stderr, error } = spawnSync(shell, ['-c', script], { encoding: 'utf8' });
  assert.ok(error === undefined && stderr === '', `${error ?? stderr}`);
  return stdout.split(/\s+/).filter((word) => word !== '');
}

function completeInBash(words: readonly string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _audit_check; echo "\${COMPREPLY[@]}"`;
  // `compopt` holds within a completion only.
  return runShell('bash', `${completionScript(program, 'bash')}\ncompopt() { :; }\n${ask}`);
}

describe('completion', () => {
  test('bash: a command by its beginning, the values of an option, a command below a command, an option', () => {
    assert.deepEqual(completeInBash(['audit-check', 'verify-p']), ['verify-proof']);
    assert.deepEqual(completeInBash(['audit-check', 'verify', 'logs', '--fail-on', 'h']), ['high']);
    assert.deepEqual(completeInBash(['audit-check', 'chain', 'in']), ['infer']);
    assert.deepEqual(completeInBash(['audit-check', 'rules', 'match', '--so']), ['--source']);
    assert.deepEqual(completeInBash(['audit-check', 'list', 'che']), ['checks']);
    assert.ok(completeInBash(['audit-check', 'verify', '--format', '']).includes('sarif'));
  });

  test('bash: a file where nothing of ours fits, and where an option wants one', () => {
    assert.deepEqual(completeInBash(['audit-check', 'verify', 'logs/']), []);
    assert.deepEqual(completeInBash(['audit-check', 'verify', '--licenses', 'ver']), []);
  });

  for (const shell of SHELLS) {
    const isThere = spawnSync(shell, ['-c', 'true']).status === 0;
    test(`${shell} reads the script without a complaint`, {
      skip: !isThere && `${shell} is not installed`,
    }, () => {
      const script = completionScript(program, shell);
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'completion-'));
      const file = path.join(folder, shell);
      fs.writeFileSync(file, script);
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      fs.rmSync(folder, { recursive: true });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    });

    test(`${shell}: every command and every option is there`, () => {
      const script = completionScript(program, shell);
      for (const command of program.commands) {
        assert.ok(script.includes(command.name()), command.name());
        for (const { long } of command.options)
          assert.ok(
            script.includes(shell === 'fish' ? `-l ${long!.slice(2)}` : long!),
            `${command.name()} ${long}`,
          );
      }
    });
  }
});
