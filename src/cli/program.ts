/** All commands with their options: what `--help`, the shells' completions and docs/cli.md are made of. */
import { Command } from 'commander';
import { addAccess } from './commands/access.ts';
import { addBaseline } from './commands/baseline.ts';
import { addChain } from './commands/chain.ts';
import { addCollect } from './commands/collect.ts';
import { addCompletion } from './commands/completion.ts';
import { addConvert } from './commands/convert.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvidence } from './commands/evidence.ts';
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
import type { ExitCode } from './exit-codes.ts';
import { TOOL } from './tool.ts';

/** `done` gets the exit code of the command that runs. */
export function buildProgram(done: (code: ExitCode) => void): Command {
  const program = new Command(TOOL.name)
    .description(
      'Proves from exported audit logs that nobody tampered, every event is complete, policies were kept and licenses were not exceeded.',
    )
    .version(TOOL.version)
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXIT_HELP);

  addVerify(program, done);
  addInit(program);
  addBaseline(program, done);
  addConvert(program);
  addDoctor(program, done);
  addLists(program);
  addRules(program, done);
  addSources(program);
  addEvidence(program, done);
  addAccess(program, done);
  addLicenses(program, done);
  addVerifyAttestation(program, done);
  addSealing(program, done);
  addCollect(program, done);
  addRetention(program, done);
  addRedact(program, done);
  addChain(program, done);
  addCompletion(program);
  return program;
}
