/** The command as a user's terminal has it: arguments in, exit code and streams out. Tests only. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { bundled } from './bundled.ts';

export type CommandResult = { exit: number; stdout: string; stderr: string };

/** Those of `test/run-all.ts` that spare time, without what loads sources. */
const FLAGS = process.execArgv.filter((flag) => /^--single-threaded-gc/.test(flag));

const ENVIRONMENT = { ...process.env, NO_COLOR: '1', SOURCE_DATE_EPOCH: '' };

/** The process that runs the commands of all test files of this one. */
let driver: ChildProcess | undefined;

/** One process for many commands: most of a short one is the start of its process. */
export class CommandLine {
  async run(argv: string[], cwd: string): Promise<CommandResult> {
    driver ??= fork(bundled('command-driver'), { execArgv: FLAGS, env: ENVIRONMENT });
    const child = driver;
    const done = new AbortController();
    child.send({ argv, cwd });
    try {
      return await Promise.race([answered(child, done.signal), died(child, done.signal)]);
    } finally {
      done.abort();
    }
  }

  close(): void {
    driver?.kill();
    driver = undefined;
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
export function runWithInput(
  argv: string[],
  cwd: string,
  input: Uint8Array,
  environment: NodeJS.ProcessEnv = {},
): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandWords(argv), {
    cwd,
    input,
    env: { ...ENVIRONMENT, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { exit: status ?? -1, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** The arguments of Node that run the command. */
export function commandWords(argv: string[]): string[] {
  const program = JSON.stringify(pathToFileURL(bundled('main')).href);
  const script = `const { default: program } = await import(${program}); await program.main(['node', 'audit-check', ...process.argv.slice(1)]);`;
  return ['--input-type=module', '-e', script, '--', ...argv];
}
