/** `audit-check baseline`: its commands and their options. */
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';

export function addBaseline(program: Command, done: (code: ExitCode) => void): void {
  const baseline = program
    .command('baseline')
    .description(
      'keep findings that are known, so that "verify --baseline FILE --fail-on new" fails on others',
    );
  baseline
    .command('create')
    .description('a small file of what a report found')
    .argument('<report>', 'a JSON or SARIF report of verify')
    .option('-o, --output <file>', 'where it is written; by default on stdout')
    .action(async (report: string, { output }: { output?: string }) => {
      const { createBaseline } = await import('../baseline-command.ts');
      await createBaseline(report, output);
    });
  baseline
    .command('prune')
    .description('take out what a later report does not have anymore')
    .argument('<baseline>', 'the baseline')
    .argument('<report>', 'a JSON or SARIF report of verify')
    .option('-o, --output <file>', 'where it is written; by default over the baseline')
    .action(async (file: string, report: string, { output }: { output?: string }) => {
      const { pruneBaseline } = await import('../baseline-command.ts');
      await pruneBaseline(file, report, output);
    });
  baseline
    .command('diff')
    .description('what came and went between two baselines or reports; exits 1 where there is a difference')
    .argument('<old>', 'a baseline, or a JSON or SARIF report')
    .argument('<new>', 'a baseline, or a JSON or SARIF report')
    .action(async (old: string, recent: string) => {
      const { diffBaselines } = await import('../baseline-command.ts');
      done(await diffBaselines(old, recent));
    });
}
