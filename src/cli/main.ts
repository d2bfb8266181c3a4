/** The command line: commands, options, and the three roads out (report, problems, fault of ours). */
import { Command, CommanderError } from 'commander';
import { escapeControls } from '../base/text-safety.ts';
import { formatProblem, ProblemsError } from '../model/problem.ts';
import { addAccess } from './commands/access.ts';
import { addBaseline } from './commands/baseline.ts';
import { addChain } from './commands/chain.ts';
import { addCollect } from './commands/collect.ts';
import { addInit } from './commands/init.ts';
import { addLicenses } from './commands/licenses.ts';
import { addLists } from './commands/lists.ts';
import { EXIT_HELP } from './commands/options.ts';
import { addRedact } from './commands/redact.ts';
import { addRetention } from './commands/retention.ts';
import { addRules } from './commands/rules.ts';
import { addSealing } from './commands/sealing.ts';
import { addSources } from './commands/sources.ts';
import { addVerify } from './commands/verify.ts';
import { addVerifyAttestation } from './commands/verify-attestation.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { TOOL } from './tool.ts';

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
    await program.parseAsync([...argv]);
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    if (error instanceof ProblemsError) {
      const lines = error.problems.map((problem) => `error: ${escapeControls(formatProblem(problem))}`);
      process.stderr.write(`${lines.join('\n')}\n`);
      return EXIT.usage;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `internal error: ${text}\nThis is a fault of audit-check, not of your logs; please report it.\n`,
    );
    return EXIT.internal;
  }
}

/** `audit-check … | head` closes the pipe early; that is the reader's right. A full disk is not. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`internal error: the report could not be written: ${error.code}\n`);
  process.exit(EXIT.internal);
}

function buildProgram(done: (code: ExitCode) => void): Command {
  const program = new Command(TOOL.name)
    .description(
      'Proves from exported audit logs that nobody tampered, every event is complete, policies were kept and licenses were not exceeded.',
    )
    .version(TOOL.version)
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXIT_HELP);

  addVerify(program, done);
  addBaseline(program, done);
  addInit(program);
  addLists(program);
  addRules(program, done);
  addSources(program);
  addAccess(program, done);
  addLicenses(program, done);
  addVerifyAttestation(program, done);
  addSealing(program, done);
  addCollect(program, done);
  addRetention(program, done);
  addRedact(program, done);
  addChain(program, done);
  return program;
}
