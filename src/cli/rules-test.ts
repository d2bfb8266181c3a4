/** `audit-check rules test`: the tests that stand in rule files. */
import { count, escapeControls } from '../base/text-safety.ts';
import { toRecordEvents } from '../engine/record-events.ts';
import { runRuleTests } from '../engine/rule-tests.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { RuleSet } from '../model/rule.ts';
import type { Mapping } from '../sources/mapping.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadRules, loadSources } from './library.ts';
import { writeStream } from './write-output.ts';

/** `builtinRules` undefined: rules that are named may refer to those that come with us, which are tested where none are named. */
export type TestOptions = { builtinRules?: boolean; sources?: string[] };

/** Prints what failed and the sums; exit 1 when a test failed, 3 when there are rules and no test. */
export async function testRules(paths: string[], options: TestOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const mappings = loadSources(options.sources ?? [], problems);
  const ruleSet = loadRules(paths, options.builtinRules ?? true, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const outcomes: Outcome[] = [];
  if (paths.length > 0) outcomes.push(test(ruleSet, true, `in ${paths.join(', ')}`, mappings));
  if (paths.length === 0 || options.builtinRules === true)
    outcomes.push(test(ruleSet, false, 'that come with audit-check', mappings));
  const lines = outcomes.flatMap((outcome) => outcome.lines).flatMap((line) => line.split('\n'));
  await writeStream(process.stdout, `${lines.map(escapeControls).join('\n')}\n`);
  if (outcomes.some(({ failed }) => failed)) return EXIT.findings;
  return outcomes.every(({ isUntested }) => isUntested) ? EXIT.incomplete : EXIT.clean;
}

type Outcome = { lines: string[]; failed: boolean; isUntested: boolean };

/** Those of the user, or ours; each may stand on rules of the others. */
function test(ruleSet: RuleSet, own: boolean, where: string, mappings: Record<string, Mapping>): Outcome {
  const isTested = (rule: { own?: true }) => (rule.own === true) === own;
  const rules = ruleSet.rules.filter(isTested);
  const errors = ruleSet.errors.filter(isTested);
  const toEvents = (records: readonly string[], source: string) => {
    const mapping = mappings[source];
    return mapping === undefined ? undefined : toRecordEvents(mapping, records);
  };
  const results = runRuleTests(ruleSet, toEvents, rules);
  const failed = results.filter(({ passed }) => !passed);
  const lines = failed.map(({ rule, test: { line, name, expect }, actual, messages }) => {
    const said = messages.map((message) => `\n    ${message}`).join('');
    return `failed: ${rule.file}:${line}: ${rule.title}: ${name}\n    expected ${expect}, found ${actual}${said}`;
  });
  lines.push(
    ...errors.map(({ file, line, title, message }) => `error: ${file}:${line}: ${title}: ${message}`),
  );
  const untested = rules.filter(
    (rule) => rule.tests.length === 0 && (rule.kind === 'correlation' || rule.speaks),
  );
  if (untested.length > 0)
    lines.push(
      `${count(untested.length, 'rule')} without a test: ${untested.map(({ title }) => title).join('; ')}`,
    );
  lines.push(
    `${count(results.length, 'test')} of ${count(rules.length, 'rule')} ${where}: ${results.length - failed.length} passed, ${failed.length} failed`,
  );
  return {
    lines,
    failed: failed.length > 0 || errors.length > 0,
    isUntested: results.length === 0 && rules.length > 0,
  };
}
