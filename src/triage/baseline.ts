/**
 * A baseline: findings of an earlier run that are known. What is the same finding is told by fingerprint, rule, code and
 * verdict; it is no longer the same where it got more severe, or where it was waived and is not any more.
 */
import { escapeControls } from '../base/text-safety.ts';
import { type Finding, type Severity, severityRank } from '../model/finding.ts';
import type { AbsentFinding } from '../model/report.ts';

export const BASELINE_SCHEMA = 'audit-check/baseline/v1';

export type BaselineEntry = AbsentFinding & {
  severity: Severity;
  verdict: Finding['verdict'];
  /** It was accepted then: without a waiver nobody has accepted it. */
  waived?: true;
};

export type Baseline = { file: string; entries: BaselineEntry[] };

export function toEntry(finding: Finding): BaselineEntry {
  const { rule, code, fingerprint, message, place, severity, verdict, waiver } = finding;
  return {
    ...{ rule, code, fingerprint, message, file: place.file, severity, verdict },
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

/** One entry a key: the worst that was not waived. */
export function indexBaseline({ entries }: Baseline): Map<string, BaselineEntry> {
  const index = new Map<string, BaselineEntry>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const known = index.get(key);
    if (known === undefined || isWorse(entry, known)) index.set(key, entry);
  }
  return index;
}

function isWorse(entry: BaselineEntry, than: BaselineEntry): boolean {
  if (entry.waived !== than.waived) return entry.waived === undefined;
  return severityRank(entry.severity) > severityRank(than.severity);
}

export function isKnown(
  { severity, isWaived }: { severity: Severity; isWaived: boolean },
  entry: BaselineEntry | undefined,
): boolean {
  if (entry === undefined || severityRank(severity) > severityRank(entry.severity)) return false;
  return entry.waived === undefined || isWaived;
}
