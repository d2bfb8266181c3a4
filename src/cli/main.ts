/** The command line: commands, options, and the four roads out (report, problems, refusal of the machine, fault of ours). */
import { CommanderError } from 'commander';
import { refusalOf } from '../base/system-error.ts';
import { escapeControls } from '../base/text-safety.ts';
import { formatProblem, ProblemsError } from '../model/problem.ts';
import { ignoreClosedPipe } from './closed-pipe.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import { refuseSecretArguments, withoutSecrets } from './secret-text.ts';

/** Runs one command and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await run(argv);
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  process.stdout.on('error', ignoreClosedPipe);
  let exit: ExitCode = EXIT.clean;
  const program = buildProgram((code) => {
    exit = code;
  });
  try {
    refuseSecretArguments(argv.slice(2));
    await program.parseAsync([...argv]);
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    if (error instanceof ProblemsError) {
      const lines = error.problems.map((problem) => `error: ${toLine(formatProblem(problem))}`);
      process.stderr.write(`${lines.join('\n')}\n`);
      return EXIT.usage;
    }
    const refusal = refusalOf(error);
    if (refusal !== undefined) {
      process.stderr.write(`error: ${toLine(refusal.message)}\n`);
      return EXIT.incomplete;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `internal error: ${withoutSecrets(text)}\nThis is a fault of audit-check, not of your logs; please report it.\n`,
    );
    return EXIT.internal;
  }
}

/** A line of its own, whatever it quotes. */
function toLine(message: string): string {
  return escapeControls(withoutSecrets(message));
}
