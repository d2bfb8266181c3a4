/** `audit-check evidence`: its options. */
import type { Command } from 'commander';
import type { EvidenceVerifyOptions } from '../evidence-verify.ts';
import type { ExitCode } from '../exit-codes.ts';
import { repeatable } from './options.ts';

export function addEvidence(program: Command, done: (code: ExitCode) => void): void {
  const evidence = program.command('evidence').description('work with evidence bundles: verify');
  evidence
    .command('verify')
    .description(
      'hold a bundle of "verify --evidence" to its digests, its signature, its report and the logs',
    )
    .argument('<folder>', 'the bundle')
    .option('--verifier-key <file>', 'keys of whoever may have signed it, one a line; repeatable', repeatable)
    .option('--logs <folder>', 'where the logs lie: the sample is drawn again from them')
    .addHelpText(
      'after',
      `
Exit codes:
  0  the bundle is what was made
  1  something in it was changed, added or taken away, or does not follow from the report
  2  wrong arguments`,
    )
    .action(async (folder: string, options: EvidenceVerifyOptions) => {
      const { verifyEvidence } = await import('../evidence-verify.ts');
      done(await verifyEvidence(folder, options));
    });
}
