/** `audit-check access`: its options. */
import { type Command, Option } from 'commander';
import type { AccessOptions } from '../access.ts';
import { ACCESS_HELP } from '../access-help.ts';
import type { ExitCode } from '../exit-codes.ts';
import { repeatable } from './options.ts';

export function addAccess(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('access')
    .description('hold the access that logs show to files of roles, for each role and each user')
    .argument(
      '[paths...]',
      'files, folders, globs, or - for standard input; by default "logs" of audit-check.yaml',
    )
    .option('--roles <file>', 'who may do what; repeatable, all files of one format', repeatable)
    .option('--roles-format <name>', 'format of the roles, where it is not to be told by what they hold')
    .addOption(
      new Option('-f, --format <name>', 'of what is printed')
        .choices(['text', 'json', 'csv'])
        .default('text'),
    )
    .option('--suggest <user>', 'print the least role that covers what this user did, instead of the tables')
    .option('--include-denied', 'with --suggest: cover what was refused as well', false)
    .option(
      '--wide-verbs',
      'with --suggest: grant get, list and watch together, and get, patch and update',
      false,
    )
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'source of every file, instead of detection')
    .option('--since <time>', 'leave out events before this date or time')
    .option('--until <time>', 'leave out events at or after this date or time')
    .option('--exclude <glob>', 'files in folders that are not read; repeatable', repeatable)
    .option(
      '--verifier-key <file>',
      'of archives: whose signature counts, one key a line; repeatable',
      repeatable,
    )
    .option('--identity <file>', 'age identities that decrypt an archive; repeatable', repeatable)
    .addHelpText('after', ACCESS_HELP)
    .action(async (paths: string[], options: AccessOptions) => {
      const { access } = await import('../access.ts');
      done(await access(paths, options));
    });
}
