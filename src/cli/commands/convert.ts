/** `audit-check convert`: its options; what it does lies in `cli/convert.ts`. */
import type { Command } from 'commander';
import type { ConvertOptions } from '../convert.ts';
import { outputOptions } from './options.ts';

export function addConvert(program: Command): void {
  outputOptions(program.command('convert'))
    .description('render a report that "verify --format json" or "ndjson" saved again, without the logs')
    .argument('<report>', 'the saved report, or - for standard input')
    .addHelpText(
      'after',
      `
The bytes are those that verify would have written.

Exit codes:
  0  the formats were written, whatever the verdict of the report: ask verify for it
  2  wrong arguments, or no report
  70 internal error`,
    )
    .action(async (file: string, options: ConvertOptions) => {
      const { convert } = await import('../convert.ts');
      await convert(file, options);
    });
}
