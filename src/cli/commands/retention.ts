/** `audit-check retention`: its two commands and their options. */
import { type Command, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { RetentionApplyOptions } from '../retention-apply.ts';
import { APPLY_HELP, PLAN_HELP } from '../retention-help.ts';
import type { RetentionPlanOptions } from '../retention-plan.ts';
import { repeatable } from './options.ts';

export function addRetention(program: Command, done: (code: ExitCode) => void): void {
  const retention = program
    .command('retention')
    .description('how long an archive keeps what: plan it, or delete what is due and sign that');
  retention
    .command('plan')
    .description(
      'show sizes per tier, what falls due when, what is held, and what was kept or deleted wrongly',
    )
    .argument('<archive>', 'the folder of the archive')
    .requiredOption('--policy <file>', 'tiers, minimum and maximum ages, and legal holds')
    .option('--verifier-key <file>', 'verifier key of the archive; repeatable', repeatable)
    .option('--now <date>', 'the day to plan for, instead of today')
    .addOption(formatOption())
    .addHelpText('after', PLAN_HELP)
    .action(async (archive: string, options: RetentionPlanOptions) => {
      const { retentionPlan } = await import('../retention-plan.ts');
      done(await retentionPlan(archive, options));
    });
  retention
    .command('apply')
    .description('delete whole segments that are due, and sign a record of it')
    .argument('<archive>', 'the folder of the archive')
    .requiredOption('--policy <file>', 'tiers, minimum and maximum ages, and legal holds')
    .requiredOption('--key <file>', 'the private key of the archive')
    .option('--yes', 'do it: what is deleted cannot be had back', false)
    .option('--reason <text>', 'why, for the signed record', 'past the maximum age of the policy')
    .option('--by <who>', 'who deletes, for the signed record; by default the name you are logged in with')
    .option('--journal <file>', 'add a line of JSON of what was done to this file')
    .addOption(formatOption())
    .addHelpText('after', APPLY_HELP)
    .action(async (archive: string, options: RetentionApplyOptions) => {
      const { retentionApply } = await import('../retention-apply.ts');
      done(await retentionApply(archive, options));
    });
}

function formatOption(): Option {
  return new Option('-f, --format <name>', 'of what is printed').choices(['text', 'json']).default('text');
}
