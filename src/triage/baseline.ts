/**
 * A baseline: findings of an earlier run that are known. What is the same finding is told by fingerprint, rule, code and
 * verdict; it is no longer known where it got more severe, where it grew, where a figure that it tells got worse, where it
 * was waived and is not any more, and, of what must not change at all, where it says something else.
 */
import { escapeControls, formatNumber } from '../base/text-safety.ts';
import { type Finding, type Severity, severityRank } from '../model/finding.ts';
import type { AbsentFinding } from '../model/report.ts';
import { worsened } from './worse-figure.ts';

export const BASELINE_SCHEMA = 'audit-check/baseline/v1';

export type BaselineEntry = AbsentFinding & {
  severity: Severity;
  verdict: Finding['verdict'];
  /** Records or positions that it stood for, when more than one; older baselines do not say it. */
  count?: number;
  /** It was accepted then: without a waiver nobody has accepted it. */
  waived?: true;
};

export type Baseline = { file: string; entries: BaselineEntry[] };

export function toEntry(finding: Finding): BaselineEntry {
  const { rule, code, fingerprint, message, place, severity, verdict, count, waiver } = finding;
  return {
    ...{ rule, code, fingerprint, message, file: place.file, severity, verdict },
    ...(count !== undefined && { count }),
    ...(waiver !== undefined && { waived: true }),
  };
}

/** Escaped, as SARIF has them. */
export function keyOf({
  rule,
  code,
  fingerprint,
  verdict,
}: Pick<Finding, 'rule' | 'code' | 'fingerprint' | 'verdict'>): string {
  return JSON.stringify([escapeControls(rule), escapeControls(code), escapeControls(fingerprint), verdict]);
}

/** What is known under one key: two findings of one file may be the same by fingerprint. */
export type Known = {
  /** The worst that was not waived, which speaks for all of them. */
  worst: BaselineEntry;
  /** As they were written, for a file that keeps them. */
  entries: BaselineEntry[];
};

export function indexBaseline({ entries }: Pick<Baseline, 'entries'>): Map<string, Known> {
  const index = new Map<string, Known>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const known = index.get(key);
    if (known === undefined) {
      index.set(key, { worst: entry, entries: [entry] });
      continue;
    }
    known.entries.push(entry);
    if (isWorse(entry, known.worst)) known.worst = entry;
  }
  return index;
}

function isWorse(entry: BaselineEntry, than: BaselineEntry): boolean {
  if (entry.waived !== than.waived) return entry.waived === undefined;
  return severityRank(entry.severity) > severityRank(than.severity);
}

/** Why a finding is new; `because` where the baseline has it and no longer knows it so. */
export type Novelty = { because?: string };

/** `now`: all that the later run has under the key of the finding. Undefined: the finding is known. */
export function noveltyOf(
  finding: BaselineEntry,
  now: Known,
  before: Known | undefined,
): Novelty | undefined {
  if (before === undefined) return {};
  const { worst } = before;
  if (severityRank(finding.severity) > severityRank(worst.severity))
    return { because: `it was ${worst.severity}` };
  if (worst.waived === true && finding.waived === undefined) return { because: 'it was waived' };
  if (finding.verdict === 'satisfied') return undefined;
  const [is, was] = [now, before].map((known) => amountOf(known, finding.waived === true)) as [
    number,
    number,
  ];
  if (is > was) return { because: `it grew from ${formatNumber(was)} to ${formatNumber(is)}` };
  const worse = worsened(finding, before.entries);
  if (worse !== undefined) return { because: `it got worse, from ${worse}` };
  return mustNotChange(finding) && !says(before, finding.message)
    ? { because: 'it says something else' }
    : undefined;
}

/** What was waived then covers no growth of what is not waived. */
function amountOf({ entries }: Known, withWaived: boolean): number {
  return entries
    .filter(({ waived }) => withWaived || waived === undefined)
    .reduce((sum, { count = 1 }) => sum + count, 0);
}

/** Who tells of integrity: a record that is altered once more, or a seal that breaks in another way, is another breach. */
export const TELL_OF_INTEGRITY: readonly string[] = [
  'hash-chain',
  'cloudtrail-digests',
  'manifests',
  'archive',
  'checkpoint',
];
/** The rules of what licenses speak of begin so; the amount of an overuse stands in the message alone, the count is of its witnesses. */
export const OF_LICENSES = 'license:';

function mustNotChange({ rule }: BaselineEntry): boolean {
  return TELL_OF_INTEGRITY.includes(rule) || rule.startsWith(OF_LICENSES);
}

function says({ entries }: Known, message: string): boolean {
  const wanted = normalForm(message);
  return entries.some((entry) => normalForm(entry.message) === wanted);
}

/** The same for a message and for the sentence that SARIF makes of it. */
function normalForm(message: string): string {
  return escapeControls(message).trimEnd().replaceAll('](', '] (').replace(/\.$/, '');
}
