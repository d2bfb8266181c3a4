/** `audit-check verify`: its options; what it does lies in `cli/verify.ts`. */
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { VerifyOptions } from '../verify.ts';
import { EXIT_HELP, GROUP, outputOptions, repeatable, requestOptions } from './options.ts';

const EXAMPLES = `
Examples:
  audit-check verify logs/
  audit-check verify logs/ --fail-on high -f text -f sarif=audit.sarif
  audit-check verify logs/ --pack soc2 --licenses licenses.yaml --baseline last.json --fail-on new`;

export function addVerify(program: Command, done: (code: ExitCode) => void): void {
  outputOptions(requestOptions(program.command('verify')))
    .description('audit log files and folders, print the report')
    .optionsGroup(GROUP.report)
    .option('-q, --quiet', 'print no report on stdout, and no progress', false)
    .option('--history <folder>', 'keep a line about each run there: trends, and how often logs are reviewed')
    .optionsGroup(GROUP.counts)
    .option(
      '--waivers <file>',
      'findings that are accepted for a time; by default audit-check.waivers.yaml beside the configuration',
    )
    .option(
      '--baseline <file>',
      'findings that are known: an earlier JSON or SARIF report, or a file of "audit-check baseline create"',
    )
    .optionsGroup(GROUP.seals)
    .option(
      '--checkpoint <file|dir>',
      'signed checkpoint, folder of them, sealed log, or -: the log must still be what it covers; repeatable',
      repeatable,
    )
    .option(
      '--verifier-key <file>',
      'whose signature of a checkpoint counts, one key a line; repeatable',
      repeatable,
    )
    .option('--policy <file>', 'logs and witnesses that have to have signed it (c2sp.org/tlog-policy)')
    .option('--evidence-file <file>', 'where both checkpoints of a fork are written')
    .option('--identity <file>', 'age identities that decrypt an archive; repeatable', repeatable)
    .option('--view <role>', 'what is audited is a view of an archive for this role, not the archive')
    .optionsGroup(GROUP.evidence)
    .option('--evidence <folder>', 'write what an external auditor takes along into this new folder')
    .option('--evidence-key <file>', 'sign its manifest with this Ed25519 key (audit-check key generate)')
    .option('--sample <number>', 'records in the sample of the evidence (default: 25)')
    .option('--seed <text>', 'seed that draws the sample; by default from the digests of the logs')
    .optionsGroup(GROUP.run)
    .option('-j, --jobs <number>', 'threads that scan; by default as many as processors are free')
    .option('--state <folder>', 'keep what was learned there; the next run reads only what was appended')
    .option('--stats', 'print time by stage, rates and memory on stderr', false)
    .addHelpText('after', `${EXAMPLES}\n${EXIT_HELP}`)
    .action(async (paths: string[], options: VerifyOptions) => {
      const { verify } = await import('../verify.ts');
      done(await verify(paths, options));
    });
}
