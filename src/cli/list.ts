/** `audit-check list` and `audit-check explain`: what there is, and what it means. All of it derives from the members. */

import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { CHECKS } from '../checks/index.ts';
import { findingKinds, findingSpeakers } from '../engine/finding-kinds.ts';
import type { FindingKind } from '../model/finding.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Rule } from '../model/rule.ts';
import { FORMATS } from '../report/index.ts';
import { loadChains, loadRules, loadSources } from './library.ts';
import type { ListName } from './list-names.ts';

/** One `name  title` line each, sorted by name as the folders are. */
export function list(name: ListName, ownRules: readonly string[]): string {
  const problems: Problem[] = [];
  const rows = rowsOf(name, ownRules, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const width = Math.max(...rows.map(([first]) => first.length));
  return `${rows.map(([first, second]) => `${first.padEnd(width)}  ${second}`.trimEnd()).join('\n')}\n`;
}

function rowsOf(name: ListName, ownRules: readonly string[], problems: Problem[]): [string, string][] {
  switch (name) {
    case 'sources':
      return Object.values(loadSources([], problems)).map((mapping) => [mapping.name, mapping.title]);
    case 'chains':
      return Object.values(loadChains([], problems)).map((profile) => [profile.name, profile.title]);
    case 'checks':
      return CHECKS.map((check) => [check.name, check.title]);
    case 'formats':
      return FORMATS.map((format) => [format.name, format.title]);
    case 'rules':
      return loadRules(ownRules, true, problems).rules.map((rule) => [
        rule.id,
        `${rule.level.padEnd(13)} ${rule.title}`,
      ]);
    case 'codes':
      return findingSpeakers().flatMap(({ speaker, kinds }) =>
        kinds.map((kind): [string, string] => [kind.code, `${kind.title} (${speaker})`]),
      );
  }
}

/** A code or a rule (by id, name or title), in full. */
export function explain(name: string, ownRules: readonly string[]): string {
  const problems: Problem[] = [];
  const { rules } = loadRules(ownRules, true, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const kind = findingKinds().get(name);
  if (kind !== undefined) return explainKind(kind);
  const found = rules.filter((rule) => [rule.id, rule.name, rule.title].includes(name));
  if (found.length > 0) return found.map(explainRule).join('\n');
  const known = [
    ...findingKinds().keys(),
    ...rules.flatMap((rule) => [rule.id, rule.title, ...(rule.name === undefined ? [] : [rule.name])]),
  ];
  const message = `unknown code or rule ${quote(name)}${didYouMean(name, known)}; see "audit-check list codes" and "audit-check list rules"`;
  throw new ProblemsError([{ file: 'arguments', line: 0, column: 0, message }]);
}

function explainKind({ code, severity, title, why, fix, controls = [] }: FindingKind): string {
  const { speaker } = findingSpeakers().find(({ kinds }) => kinds.some((kind) => kind.code === code))!;
  return paragraphs(
    [`${code}: ${title}`],
    [
      ['said by', speaker],
      ['severity', severity],
      ['why', why],
      ['fix', fix],
      ['controls', controls.join(', ')],
    ],
  );
}

function explainRule(rule: Rule): string {
  const type = rule.kind === 'detection' ? 'detection' : rule.type;
  return paragraphs(
    [rule.title],
    [
      ['id', rule.id],
      ['type', type],
      ['severity', rule.level],
      ['why', rule.description ?? ''],
      ['fix', rule.fix ?? ''],
      ['false alarms', rule.falsepositives.join('; ')],
      ['controls', rule.controls.join(', ')],
      ['references', rule.references.join(', ')],
      ['author', rule.author ?? ''],
      ['file', `${rule.file}:${rule.line}`],
    ],
  );
}

function paragraphs(head: string[], fields: [string, string][]): string {
  const lines = fields
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `  ${name.padEnd(13)}${text.replace(/\s*\n\s*/g, ' ').trim()}`);
  return `${[...head, ...lines].join('\n')}\n`;
}
