/** `audit-check rules`: the commands and their options. */
import { type Command, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { ConvertOptions } from '../rules-convert.ts';
import type { CoverageOptions } from '../rules-coverage.ts';
import type { ExplainOptions } from '../rules-explain.ts';
import type { LintOptions } from '../rules-lint.ts';
import type { MatchOptions } from '../rules-match.ts';
import type { TestOptions } from '../rules-test.ts';
import { repeatable, requestOptions, ruleOptions } from './options.ts';

export function addRules(program: Command, done: (code: ExitCode) => void): void {
  const rules = program
    .command('rules')
    .description('work with rules: match, test, lint, explain, coverage, convert');
  requestOptions(rules.command('coverage'))
    .description(
      'say which events of a log no rule looks at, by action, and which rules can say nothing there',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (paths: string[], options: CoverageOptions) => {
      const { coverRules } = await import('../rules-coverage.ts');
      done(await coverRules(paths, options));
    });
  rules
    .command('lint')
    .description('say what is wrong or doubtful in rule files, each at its line and column')
    .argument('[paths...]', 'rule files and folders; by default those that come with audit-check')
    .option('--notes', 'print notes too: portability, ids, levels', false)
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (paths: string[], options: LintOptions) => {
      const { lintRules } = await import('../rules-lint.ts');
      done(await lintRules(paths, options));
    });
  rules
    .command('convert')
    .description(
      'print Sigma rules with old pipes, and rules of Panther with their tests, as documents of ours',
    )
    .argument('<paths...>', 'rule files and folders')
    .option('-o, --output <folder>', 'write a file for each into this folder, instead of to stdout')
    .action(async (paths: string[], options: ConvertOptions) => {
      const { convertRules } = await import('../rules-convert.ts');
      done(await convertRules(paths, options));
    });
  ruleOptions(rules.command('explain'))
    .description('say why a rule matches a record or does not: each item, and what was found for it')
    .argument('<rule>', 'id, name or title')
    .requiredOption(
      '--event <file:line[:offset]>',
      'the record: a log file, the line it begins on, and where several do, its byte offset as JSON reports give it',
    )
    .action(async (rule: string, options: ExplainOptions) => {
      const { explainRule } = await import('../rules-explain.ts');
      process.stdout.write(await explainRule(rule, options));
    });
  requestOptions(rules.command('match'))
    .description('print every match of every detection as NDJSON: rule, title, level, file, line, offset')
    .option('--ignore-logsource', 'run every rule on every source', false)
    .action(async (paths: string[], options: MatchOptions) => {
      const { matchRules } = await import('../rules-match.ts');
      done(await matchRules(paths, options));
    });
  rules
    .command('test')
    .description('run the tests that stand in rule files')
    .argument('[paths...]', 'rule files and folders; by default those that come with audit-check')
    .option('--builtin-rules', 'test the rules that come with audit-check too')
    .option('--no-builtin-rules', 'do not even know the rules that come with audit-check')
    .option('--sources <path>', 'source mappings of your own; repeatable', repeatable)
    .action(async (paths: string[], options: TestOptions) => {
      const { testRules } = await import('../rules-test.ts');
      done(await testRules(paths, options));
    });
}
