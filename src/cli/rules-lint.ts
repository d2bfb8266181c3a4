/** `audit-check rules lint`: what is wrong or doubtful in rule files, each at its place; nothing is run over logs. */
import path from 'node:path';
import { isPlainObject } from '../base/plain-value.ts';
import { compareText, count, escapeControls } from '../base/text-safety.ts';
import { toPlain } from '../base/yaml-shape.ts';
import { type KnownFields, knownFields } from '../engine/known-fields.ts';
import { lintRuleFile } from '../lint/index.ts';
import type { KnownFieldsOf, Lint, LintLevel } from '../lint/lint.ts';
import { linkRules } from '../match/link-rules.ts';
import { parseRuleFile, type RuleDocument } from '../match/parse-rules.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { LIBRARY, loadRules, loadSources } from './library.ts';
import { listFiles, YAML_NAME } from './list-files.ts';
import { readRoles } from './role-tables.ts';
import { writeStream } from './write-output.ts';
import { readText } from './yaml-file.ts';

export type LintOptions = { notes: boolean; format: 'text' | 'json' };

/** Exit 1 when something is an error or a warning, 3 when there was no rule file. */
export async function lintRules(paths: string[], { notes, format }: LintOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const places = paths.length > 0 ? paths : [path.join(LIBRARY, 'policies')];
  const files = places.flatMap((place) => listFiles(place, YAML_NAME, problems));
  const lints: Lint[] = [];
  const documents: RuleDocument[] = [];
  const knownFieldsOf = fieldsByLogsource();
  for (const file of files) {
    const text = readText(file, problems);
    if (text === undefined) continue;
    const parsed = parseRuleFile(file, text, (table) => readRoles(file, table, problems));
    lints.push(...parsed.problems.map(toError), ...lintRuleFile(file, text, knownFieldsOf));
    documents.push(...parsed.documents);
  }
  if (problems.length > 0) throw new ProblemsError(problems);
  const linked = linkRules(documents);
  lints.push(...linked.problems.map(toError));
  for (const { file, line, message } of linked.ruleSet.errors)
    lints.push({ file, line, column: 1, code: 'cannot-run', level: 'error', message });
  lints.sort(
    (left, right) =>
      compareText(left.file, right.file) || left.line - right.line || left.column - right.column,
  );
  const shown = notes ? lints : lints.filter(({ level }) => level !== 'note');
  const text =
    format === 'json' ? `${JSON.stringify(shown, undefined, 2)}\n` : toText(shown, lints, files.length);
  await writeStream(process.stdout, text);
  if (files.length === 0) return EXIT.incomplete;
  return lints.some(({ level }) => level !== 'note') ? EXIT.findings : EXIT.clean;
}

/** Of the mappings and the rules that come with us. */
function fieldsByLogsource(): KnownFieldsOf {
  const mappings = Object.values(loadSources([], []));
  const detections = loadRules([], true, []).rules.flatMap((rule) =>
    rule.kind === 'detection' ? [rule] : [],
  );
  const known = new Map<string, KnownFields | undefined>();
  return (root) => {
    const { taxonomy, logsource } = toPlain(root) as { taxonomy?: unknown; logsource?: unknown };
    // A field that is no canonical one is refused as the rule is read.
    if (taxonomy === 'audit' || !isPlainObject(logsource)) return undefined;
    const words = LOGSOURCE_KEYS.flatMap((key) => {
      const word = logsource[key];
      return typeof word === 'string' ? [[key, word] as const] : [];
    });
    const name = JSON.stringify(words);
    if (!known.has(name)) known.set(name, knownFields(Object.fromEntries(words), mappings, detections));
    return known.get(name);
  };
}

const LOGSOURCE_KEYS = ['product', 'service', 'category'] as const;

function toError({ file, line, column, message }: Problem): Lint {
  return { file, line, column, code: 'broken', level: 'error', message };
}

function toText(shown: readonly Lint[], all: readonly Lint[], files: number): string {
  const lines = shown.map(
    ({ file, line, column, code, level, message }) =>
      `${file}:${line}:${column}: ${level}[${code}]: ${message}`,
  );
  const amount = (level: LintLevel) => count(all.filter((lint) => lint.level === level).length, level);
  const hidden = shown.length < all.length ? ' (--notes shows them)' : '';
  lines.push(
    `${count(files, 'rule file')}: ${amount('error')}, ${amount('warning')}, ${amount('note')}${hidden}`,
  );
  return `${lines.map(escapeControls).join('\n')}\n`;
}
