/** The command as a user's terminal has it: arguments in, exit code and streams out. Tests only. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type CommandResult = { exit: number; stdout: string; stderr: string };

const DRIVER = fileURLToPath(new URL('command-driver.ts', import.meta.url));
const MAIN = new URL('../../src/cli/main.ts', import.meta.url).href;
const TSX = import.meta.resolve('tsx');
const ENVIRONMENT = { ...process.env, NO_COLOR: '1', SOURCE_DATE_EPOCH: '' };

/** One process for many commands: starting one takes half a second (measured). */
export class CommandLine {
  private child: ChildProcess | undefined;

  async run(argv: string[], cwd: string): Promise<CommandResult> {
    this.child ??= fork(DRIVER, { execArgv: ['--import', TSX], env: ENVIRONMENT });
    const { child } = this;
    const done = new AbortController();
    child.send({ argv, cwd });
    try {
      return await Promise.race([answered(child, done.signal), died(child, done.signal)]);
    } finally {
      done.abort();
    }
  }

  close(): void {
    this.child?.kill();
  }
}

async function answered(child: ChildProcess, signal: AbortSignal): Promise<CommandResult> {
  const [answer] = (await once(child, 'message', { signal })) as [CommandResult];
  return answer;
}

async function died(child: ChildProcess, signal: AbortSignal): Promise<never> {
  const [code, killedBy] = (await once(child, 'exit', { signal })) as [number | null, string | null];
  throw new Error(`the command's process ended with ${killedBy ?? code}`);
}

/** A process of its own, with `input` on its standard input. */
export function runWithInput(argv: string[], cwd: string, input: Uint8Array): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandWords(argv), {
    cwd,
    input,
    env: ENVIRONMENT,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { exit: status ?? -1, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** The arguments of Node that run the command from source. */
export function commandWords(argv: string[]): string[] {
  const script = `const { main } = await import(${JSON.stringify(MAIN)}); await main(['node', 'audit-check', ...process.argv.slice(1)]);`;
  return ['--import', TSX, '--input-type=module', '-e', script, '--', ...argv];
}
