/** `audit-check list` and `audit-check explain`: what there is, and what it means. All of it derives from the members. */

import { didYouMean } from '../base/nearest-name.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { CHECKS } from '../checks/index.ts';
import { findingKinds, findingSpeakers } from '../engine/finding-kinds.ts';
import { NOTICE_KINDS, type NoticeKind } from '../engine/notice-kinds.ts';
import { PRESETS } from '../licenses/parse/presets.ts';
import type { FindingKind } from '../model/finding.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Rule } from '../model/rule.ts';
import { CHECK_KINDS } from '../packs/index.ts';
import type { Pack, PackCheck } from '../packs/pack.ts';
import { FORMATS } from '../report/index.ts';
import { loadChains, loadClasses, loadRules, loadSources } from './library.ts';
import type { ListName } from './list-names.ts';
import { loadShippedPacks } from './packs.ts';

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
    case 'packs':
      return packsOf(ownRules, problems).map((pack) => [pack.name, `${pack.title}${sinceWhen(pack)}`]);
    case 'controls':
      return packsOf(ownRules, problems).flatMap(({ name, controls }) =>
        controls.map(({ id, strength, title }): [string, string] => [
          `${name}:${id}`,
          `${strength.padEnd(7)} ${title}`,
        ]),
      );
    case 'measures':
      return Object.entries(PRESETS)
        .map(([preset, { title }]): [string, string] => [preset, title])
        .sort(([left], [right]) => compareText(left, right));
    case 'codes':
      return [
        ...findingSpeakers().flatMap(({ speaker, kinds }) =>
          kinds.map((kind): [string, string] => [kind.code, `${kind.title} (${speaker})`]),
        ),
        ...NOTICE_KINDS.map(({ code, title }): [string, string] => [code, `${title} (notice)`]),
      ];
  }
}

function packsOf(ownRules: readonly string[], problems: Problem[]): Pack[] {
  return loadShippedPacks(loadRules(ownRules, true, problems).rules, problems);
}

function sinceWhen({ effective, superseded, successor }: Pack): string {
  if (superseded === undefined) return `, since ${effective}`;
  return `, superseded since ${superseded}${successor === undefined ? '' : ` by ${successor}`}`;
}

/** A code, a rule (by id, name or title) or a control of a shipped pack, in full. */
export function explain(name: string, ownRules: readonly string[]): string {
  const problems: Problem[] = [];
  const { rules } = loadRules(ownRules, true, problems);
  const packs = loadShippedPacks(rules, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const control = packs.flatMap(
    (pack) => explainControl(pack, name, [...rules, ...loadClasses(problems)]) ?? [],
  )[0];
  if (control !== undefined) return control;
  const kind = findingKinds().get(name);
  if (kind !== undefined) return explainKind(kind);
  const notice = NOTICE_KINDS.find(({ code }) => code === name);
  if (notice !== undefined) return explainNotice(notice);
  const found = rules.filter((rule) => [rule.id, rule.name, rule.title].includes(name));
  if (found.length > 0) return found.map(explainRule).join('\n');
  const known = [
    ...findingKinds().keys(),
    ...NOTICE_KINDS.map(({ code }) => code),
    ...packs.flatMap((pack) => pack.controls.map(({ id }) => `${pack.name}:${id}`)),
    ...rules.flatMap((rule) => [rule.id, rule.title, ...(rule.name === undefined ? [] : [rule.name])]),
  ];
  const message = `unknown code, rule or control ${quote(name)}${didYouMean(name, known)}; see "audit-check list codes", "audit-check list rules" and "audit-check list controls"`;
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

function explainNotice({ code, title, why, fix }: NoticeKind): string {
  return paragraphs(
    [`${code}: ${title}`],
    [
      ['said by', 'a notice: it counts for no verdict, unless --fail-on names it'],
      ['why', why],
      ['fix', fix],
    ],
  );
}

function explainControl(pack: Pack, name: string, rules: readonly Rule[]): string | undefined {
  const control = pack.controls.find(({ id }) => `${pack.name}:${id}` === name);
  if (control === undefined) return undefined;
  const naming = [
    ...rules.filter(({ controls }) => controls.includes(name)).map(({ title }) => quote(title)),
    ...[...findingKinds().values()]
      .filter(({ controls = [] }) => controls.includes(name))
      .map(({ code }) => code),
  ];
  return paragraphs(
    [`${name}: ${control.title}`],
    [
      ['pack', `${pack.title}${sinceWhen(pack)}`],
      ['strength', control.strength],
      [
        'in force',
        [
          control.effective && `since ${control.effective}`,
          control.superseded && `until ${control.superseded}`,
        ]
          .filter(Boolean)
          .join(', '),
      ],
      ...control.checks.flatMap((check): [string, string][] =>
        asksOf(check, rules).map((text) => ['check', text]),
      ),
      ['reason', control.reason ?? ''],
      ['named by', naming.join(', ')],
      ['source', control.url ?? pack.url],
      ['file', `${pack.file}:${control.position.line}`],
    ],
  );
}

/** Titles of rules and classes in the place of their ids. */
export function asksOf({ kind, params }: PackCheck, rules: readonly Rule[]): string[] {
  const titleOf = (id: string) => rules.find((rule) => rule.id === id)?.title ?? id;
  return CHECK_KINDS.find(({ name }) => name === kind)!.asks(params, titleOf);
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
