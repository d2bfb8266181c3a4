/** `audit-check chain`: the commands and their options; what they do lies beside this file. */
import { type Command, Option } from 'commander';
import type { ChainExplainOptions } from '../chain-explain.ts';
import { EXPLAIN_HELP, INFER_HELP, LINT_HELP } from '../chain-help.ts';
import type { InferCommandOptions } from '../chain-infer.ts';
import type { ChainLintOptions } from '../chain-lint.ts';
import type { ExitCode } from '../exit-codes.ts';

export function addChain(program: Command, done: (code: ExitCode) => void): void {
  const chain = program.command('chain').description('work with hash chains: infer, lint, explain');
  const formats = () =>
    new Option('-f, --format <name>', 'of what is printed').choices(['text', 'json']).default('text');
  logOptions(chain.command('infer'))
    .description('find out how an undocumented log hashes its records, and print the chain profile for it')
    .argument('<paths...>', 'log files, folders, or - for standard input; the first records are looked at')
    .option('--no-shipped', 'search even where a profile that is known fits')
    .option('--records <number>', 'how many records are looked at', '200')
    .option('--budget <number>', 'how much is tried: a step is about one short pre-image', '3000000')
    .addOption(formats())
    .addHelpText('after', INFER_HELP)
    .action(async (paths: string[], options: InferCommandOptions) => {
      const { inferChain } = await import('../chain-infer.ts');
      done(await inferChain(paths, options));
    });
  chain
    .command('lint')
    .description(
      'say what a chain profile leaves unprotected, and print two records with one hash where there are two',
    )
    .argument(
      '[profiles...]',
      'names of shipped profiles, profile files or folders; by default all shipped ones',
    )
    .addOption(formats())
    .addHelpText('after', LINT_HELP)
    .action(async (profiles: string[], options: ChainLintOptions) => {
      const { lintChains } = await import('../chain-lint.ts');
      done(await lintChains(profiles, options));
    });
  logOptions(chain.command('explain'))
    .description('show the bytes that were hashed for one record, the hash they give, and the record before')
    .argument('<log[:line]>', 'a log file, and the line the record begins on; by default its first record')
    .option('--profile <name|file>', 'chain profile, instead of the one that fits')
    .option('--full', 'print a long pre-image whole', false)
    .option('--raw <file>', 'write the pre-image, and nothing else, into this file')
    .addOption(formats())
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (place: string, options: ChainExplainOptions) => {
      const { explainChain } = await import('../chain-explain.ts');
      done(await explainChain(place, options));
    });
}

/** Of the commands that read a log. */
function logOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration; by default audit-check.yaml here or in a folder above')
    .option('--no-config', 'use no configuration file')
    .option('--source <name>', 'source of the log, instead of detection')
    .option(
      '--key-file <file>',
      'file that holds the key of an HMAC; one newline at its end is not part of it',
    )
    .option('--key-env <variable>', 'environment variable that holds the key of an HMAC');
}
