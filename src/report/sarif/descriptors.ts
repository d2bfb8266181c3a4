/** SARIF rule descriptors (§3.49) and the control frameworks they refer to, as taxonomies (§3.19.3). */
import type { ReportingDescriptor, ReportingDescriptorRelationship, Result, ToolComponent } from 'sarif';
import { escapeControls } from '../../base/text-safety.ts';
import { type Finding, type Severity, severityRank } from '../../model/finding.ts';
import type { FindingWords } from '../parts/finding-words.ts';
import { toDescription, toPascalCase, toSentence } from './message-text.ts';

export type Descriptors = {
  rules: ReportingDescriptor[];
  taxonomies: ToolComponent[];
  /** The descriptor's id and index for a finding. */
  refer(finding: Finding): Pick<Result, 'ruleId' | 'ruleIndex'>;
};

export const LEVELS = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  informational: 'note',
} as const satisfies Record<Severity, string>;

/** The middles of GitHub's bands: critical > 9.0, high ≥ 7.0, medium ≥ 4.0, low ≥ 0.1. */
const SECURITY_SEVERITY: Record<Severity, string> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  informational: '0.0',
};

/** GitHub shows ten; without `security` it ignores the severity. */
const MAX_TAGS = 10;

type Draft = { id: string; severity: Severity; words: FindingWords };

/**
 * One descriptor for each rule and each code of a check that occurs, in the order of first occurrence.
 * A policy rule is described by itself; for a check the code is the finer and more stable name.
 */
export function createDescriptors(
  findings: readonly Finding[],
  wordsOf: (finding: Finding) => FindingWords,
): Descriptors {
  const drafts = new Map<string, Draft>();
  for (const finding of findings) {
    const words = wordsOf(finding);
    const key = toKey(finding, words);
    const draft = drafts.get(key);
    if (draft === undefined)
      drafts.set(key, { id: key, severity: words.rule?.level ?? finding.severity, words });
    else if (severityRank(finding.severity) > severityRank(draft.severity)) draft.severity = finding.severity;
  }
  const taxonomies = new Taxonomies();
  const indexes = new Map([...drafts.keys()].map((key, index) => [key, index]));
  return {
    rules: [...drafts.values()].map((draft) => describe(draft, taxonomies)),
    taxonomies: taxonomies.components,
    refer(finding) {
      const key = toKey(finding, wordsOf(finding));
      return { ruleId: escapeControls(key), ruleIndex: indexes.get(key)! };
    },
  };
}

function toKey(finding: Finding, { rule }: FindingWords): string {
  return rule === undefined ? finding.code : finding.rule;
}

function describe({ id, severity, words }: Draft, taxonomies: Taxonomies): ReportingDescriptor {
  const { title, why, fix, controls, rule } = words;
  const name = toPascalCase(title);
  const helpUri = rule?.references.find(
    (reference) => /^https?:\/\//.test(reference) && URL.canParse(reference),
  );
  const tags = ['security', 'compliance', ...controls, ...(rule?.tags ?? [])].map(escapeControls);
  return {
    id: escapeControls(id),
    // SARIF1001: a name that equals the id says nothing.
    ...(name !== '' && name !== id && { name }),
    shortDescription: { text: toDescription(title) },
    fullDescription: { text: toDescription(why || title) },
    help: { text: toSentence(fix || why || title) },
    ...(helpUri !== undefined && { helpUri: new URL(helpUri).href }),
    defaultConfiguration: { level: LEVELS[severity] },
    ...(controls.length > 0 && { relationships: controls.map((control) => taxonomies.relate(control)) }),
    properties: {
      tags: [...new Set(tags)].slice(0, MAX_TAGS),
      'security-severity': SECURITY_SEVERITY[severity],
      ...(rule && {
        file: escapeControls(rule.file),
        ...(rule.author && { author: escapeControls(rule.author) }),
      }),
    },
  };
}

/** Frameworks and their controls, numbered as they are met: `soc2:CC7.2` is taxon `CC7.2` of `soc2`. */
class Taxonomies {
  readonly components: ToolComponent[] = [];

  relate(control: string): ReportingDescriptorRelationship {
    const colon = control.indexOf(':');
    const name = escapeControls(colon > 0 ? control.slice(0, colon) : 'controls');
    const id = escapeControls(control.slice(colon > 0 ? colon + 1 : 0));
    let index = this.components.findIndex((component) => component.name === name);
    if (index < 0) index = this.components.push({ name, isComprehensive: false, taxa: [] }) - 1;
    const taxa = this.components[index]!.taxa!;
    let taxon = taxa.findIndex((known) => known.id === id);
    if (taxon < 0) taxon = taxa.push({ id }) - 1;
    return { target: { id, index: taxon, toolComponent: { name, index } }, kinds: ['relevant'] };
  }
}
