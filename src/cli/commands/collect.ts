/** `audit-check collect`: its options. */
import type { Command } from 'commander';
import type { CollectOptions } from '../collect.ts';
import { COLLECT_HELP } from '../collect-help.ts';
import type { ExitCode } from '../exit-codes.ts';
import { repeatable } from './options.ts';

export function addCollect(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('collect')
    .description('centralize exports of several sources in one archive that shows every later change')
    .argument(
      '[paths...]',
      'files, folders, globs, or - for standard input; by default "logs" of audit-check.yaml',
    )
    .requiredOption('--into <archive>', 'the folder of the archive; made where there is none')
    .requiredOption('--key <file>', 'the private key that signs the log (PRIVATE+KEY+name+hash+base64)')
    .option('--recipient <age1…>', 'encrypt for this recipient of age; repeatable', repeatable)
    .option('--recipients-file <file>', 'encrypt for the recipients in this file; repeatable', repeatable)
    .option('--salted', 'store records so that fields can be erased later, see "redact --help"', false)
    .option('--class <word>', 'what retention is to tell apart, such as security or debug', 'default')
    .option('--source <name>', 'source of every file, instead of detection')
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--exclude <glob>', 'files in folders that are not read; repeatable', repeatable)
    .addHelpText('after', COLLECT_HELP)
    .action(async (paths: string[], options: CollectOptions) => {
      const { collect } = await import('../collect.ts');
      done(await collect(paths, options));
    });
}
