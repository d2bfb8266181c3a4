/** `audit-check sources`: the commands and their options. */
import type { Command } from 'commander';
import { repeatable } from './options.ts';

type SourceTestOptions = { source?: string; sources?: string[]; config?: string | false };

export function addSources(program: Command): void {
  const sources = program.command('sources').description('work with source mappings: test, suggest');
  sources
    .command('test')
    .description('show which mapping fits a file, why, and what each canonical field became')
    .argument('<files...>', 'log files')
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'a source to force')
    .option('--sources <path>', 'source mappings of your own; repeatable', repeatable)
    .action(async (files: string[], options: SourceTestOptions) => {
      const { testSources } = await import('../sources-command.ts');
      process.stdout.write(await testSources(files, options));
    });
  sources
    .command('suggest')
    .description('begin a mapping for a log that none fits: a YAML file to read, correct and confirm')
    .argument('<file>', 'a log file')
    .option('--name <name>', 'of the source; made from the name of the file otherwise')
    .action(async (file: string, options: { name?: string }) => {
      const { suggestSource } = await import('../suggest-source.ts');
      process.stdout.write(await suggestSource(file, options));
    });
}
