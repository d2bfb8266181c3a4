/** `audit-check licenses`: its options; what it does lies in `cli/licenses.ts`. */
import { type Command, Option } from 'commander';
import { SEVERITIES } from '../../model/finding.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { LicensesOptions } from '../licenses.ts';
import { LICENSES_HELP } from '../licenses-help.ts';
import { repeatable } from './options.ts';

export function addLicenses(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('licenses')
    .description('state what was used of each license against what was bought')
    .argument(
      '[paths...]',
      'files, folders, globs, or - for standard input; by default "logs" of audit-check.yaml',
    )
    .option('--licenses <file>', 'the contract; by default "licenses" of audit-check.yaml')
    .option(
      '-f, --format <format[=path]>',
      'text, json, html or csv; repeatable, with a path into a file',
      repeatable,
      [],
    )
    .option('--as-of <date>', 'take the contract as it stood on this day, and the log up to its end')
    .option('--idle <days>', 'without use for so long, somebody is idle', '30d')
    .option('--retry-interval <duration>', 'denials that follow on each other within it are one', '10m')
    .addOption(
      new Option('--fail-on <severity>', 'least severity that makes the exit code 1').choices(SEVERITIES),
    )
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'source of every file, instead of detection')
    .option('--zone <zone>', "time zone of text logs whose times state none, as Europe/Berlin: the server's")
    .option('--chain <profile>', 'chain profile of every stream, instead of detection')
    .option('--since <time>', 'leave out events before this date or time')
    .option('--until <time>', 'leave out events at or after this date or time')
    .option('--now <time>', 'the time to print; without it, and without SOURCE_DATE_EPOCH, none')
    .option('--exclude <glob>', 'files in folders that are not read; repeatable', repeatable)
    .option(
      '--verifier-key <file>',
      'of archives: whose signature counts, one key a line; repeatable',
      repeatable,
    )
    .option('--identity <file>', 'age identities that decrypt an archive; repeatable', repeatable)
    .option('-j, --jobs <number>', 'threads that scan; by default as many as processors are free')
    .addHelpText('after', LICENSES_HELP)
    .action(async (paths: string[], options: LicensesOptions) => {
      const { licenses } = await import('../licenses.ts');
      done(await licenses(paths, options));
    });
}
