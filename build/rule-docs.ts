/** docs/rules.md as a function of the shipped rules and of how often they spoke on sample data (docs/rule-rates.json). */
import { appliesTo } from '../src/match/logsource.ts';
import type { Detection, Rule, RuleSet } from '../src/model/rule.ts';

/** `ordinary`: nobody attacked. `attacks`: recorded during one, or labelled as what some rule should find. */
export type SampleKind = 'ordinary' | 'attacks';

export type RuleRates = {
  /** Events by source. */
  samples: Record<SampleKind, Record<string, number>>;
  /** By rule id: events that a detection matched, findings of a correlation. */
  rules: Record<string, Record<SampleKind, number>>;
};

export type DocumentedSource = { name: string; title: string; logsource: Parameters<typeof appliesTo>[1] };

/** Whether its findings are told; steps of correlations are silent. */
export function isSpeaking(rule: Rule): boolean {
  return rule.kind === 'correlation' ? rule.silent !== true : rule.speaks;
}

/** `headers`: the sentence that a file opens with, by name: `aws.yaml`. */
export function renderRuleDocs(
  ruleSet: RuleSet,
  headers: ReadonlyMap<string, string>,
  sources: readonly DocumentedSource[],
  rates: RuleRates,
): string {
  const speaking = ruleSet.rules.filter(isSpeaking);
  const silent = ruleSet.rules.length - speaking.length;
  const sections = [...headers].map(([file, header]) => {
    const rows = speaking
      .filter((rule) => rule.file.endsWith(file))
      .map((rule) => renderRow(rule, ruleSet, sources, rates));
    return `## ${file}\n\n${header}\n\n${TABLE_HEAD}\n${rows.join('\n')}\n`;
  });
  return `${intro(speaking.length, silent, sources, rates)}\n${sections.join('\n')}`;
}

const TABLE_HEAD = [
  '| rule | level | controls | ordinary | per 1,000 | attacks | per 1,000 |',
  '| ---- | ----- | -------- | -------: | --------: | ------: | --------: |',
].join('\n');

function intro(
  speaking: number,
  silent: number,
  sources: readonly DocumentedSource[],
  { samples }: RuleRates,
): string {
  const rows = sources
    .filter(({ name }) => samples.ordinary[name] !== undefined || samples.attacks[name] !== undefined)
    .map(
      ({ name, title }) =>
        `| ${title} | ${figure(samples.ordinary[name] ?? 0)} | ${figure(samples.attacks[name] ?? 0)} |`,
    );
  return `# The shipped rules

${speaking} rules speak; ${silent} more are steps of theirs and silent. Each carries its own tests, which \`audit-check rules test\`
runs. Made by \`UPDATE=1 node --import tsx --test test/policies.test.ts\` from \`rules/policies/\` and
\`docs/rule-rates.json\`; the latter is measured by \`node --import tsx build/rule-rates.ts\`.

## How often they speak

Measured on public samples that are no part of this repository. "Ordinary" are events that nobody recorded as an attack,
most of them near misses that other projects wrote for their own rules; "attacks" were recorded while somebody carried
one out, or are labelled as what a rule must find. Both hold far more of the unusual than a day of work does, so the
figures are upper bounds and compare rules with one another. A rule is held against the events of the sources that it
runs on: events matched for a rule about one event, findings for a rule about several.

| source | ordinary events | attack events |
| ------ | --------------: | ------------: |
${rows.join('\n')}
`;
}

function renderRow(
  rule: Rule,
  ruleSet: RuleSet,
  sources: readonly DocumentedSource[],
  rates: RuleRates,
): string {
  const cells = (['ordinary', 'attacks'] as const).flatMap((kind) => {
    const { matches, events } = spoke(rule, kind, ruleSet, sources, rates);
    if (matches === undefined || events === 0) return ['not measured', ''];
    return [`${figure(matches)} of ${figure(events)}`, ((matches * 1000) / events).toFixed(1)];
  });
  return `| ${rule.title} | ${rule.level} | ${rule.controls.join(', ')} | ${cells.join(' | ')} |`;
}

/** How often a rule spoke on samples of one kind, and the events of the sources it runs on. Undefined: never measured. */
export function spoke(
  rule: Rule,
  kind: SampleKind,
  ruleSet: RuleSet,
  sources: readonly DocumentedSource[],
  { samples, rules }: RuleRates,
): { matches: number | undefined; events: number } {
  const detections = detectionsOf(rule, ruleSet);
  const events = sources
    .filter(({ logsource }) => detections.some((detection) => appliesTo(detection, logsource)))
    .reduce((sum, { name }) => sum + (samples[kind][name] ?? 0), 0);
  return { matches: rules[rule.id]?.[kind], events };
}

function detectionsOf(rule: Rule, { rules }: RuleSet): Detection[] {
  if (rule.kind === 'detection') return [rule];
  return rules.filter(
    (other): other is Detection => other.kind === 'detection' && rule.rules.includes(other.id),
  );
}

/** 12,345 */
function figure(value: number): string {
  return value.toLocaleString('en-US');
}
