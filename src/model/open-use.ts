/**
 * Verdicts on use over what was not read, was altered or is gone: it may be more use than what was read. What began in records that
 * are gone and went on behind their time is as unknown as what began before a log.
 */
import type { Instant } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { type Finding, severityRank } from './finding.ts';
import { speaksOfIntegrity } from './integrity.ts';
import { misreadFindings } from './misread-codes.ts';
import type { LicenseSummary, Report } from './report.ts';
import { isUnread } from './verdict.ts';

/** Why there may be more use than what was read; undefined where nothing speaks for it. */
export function whyUseMayLack({
  inputs,
  summary,
  streams,
  findings,
  isIncomplete,
}: Pick<Report, 'inputs' | 'streams' | 'findings'> & {
  summary: Pick<Report['summary'], 'records'>;
  isIncomplete: boolean;
}): string | undefined {
  const unread = inputs.filter(isUnread);
  if (unread.length > 0)
    return `not read to the end: ${unread.map(({ file, status }) => `${file} (${status})`).join(', ')}`;
  const unknown = inputs.filter(({ source, records }) => source === null && records.audited > 0);
  if (unknown.length > 0)
    return `no source is known for the records of ${unknown.map(({ file }) => file).join(', ')}`;
  const guessed = inputs.filter(({ unconfirmed }) => unconfirmed);
  if (guessed.length > 0)
    return `nobody has confirmed the mapping by which ${guessed.map(({ file }) => file).join(', ')} was read`;
  const paged = inputs.filter(({ morePages }) => morePages !== undefined);
  if (paged.length > 0) return `pages are missing after ${paged.map(({ file }) => file).join(', ')}`;
  if (summary.records.audited === 0) return 'no record could be audited';
  if (summary.records.malformed > 0)
    return `${count(summary.records.malformed, 'record')} could not be read, and may be use`;
  const [misread, ...more] = misreadFindings(findings);
  if (misread !== undefined) {
    const others = more.length === 0 ? '' : `, and ${count(more.length, 'more finding')} of that kind`;
    return `what was read may not be all use: ${misread.code}: ${misread.message}${others}`;
  }
  const broken = streams.find(({ status }) => status === 'broken');
  if (broken !== undefined) return `the chain of ${broken.stream} is broken: use may be altered or gone`;
  const [gone, ...others] = findings.filter(saysRecordsDiffer);
  if (gone !== undefined) {
    const more = others.length === 0 ? '' : `, and ${count(others.length, 'more finding')} of that kind`;
    return `use may be altered or gone: ${gone.code}: ${gone.message}${more}`;
  }
  return isIncomplete ? 'part of the audit could not be made' : undefined;
}

/** Whether records are other ones than they were, or are gone. */
export function saysRecordsDiffer(finding: Finding): boolean {
  const { verdict, severity } = finding;
  const isGrave = severityRank(severity) >= severityRank('high');
  return speaksOfIntegrity(finding) && verdict === 'violation' && isGrave;
}

/** Records that were there and rightly are no more. `from` and `until`: of their events; undefined where nobody knows. */
export type GoneRecords = { why: string; from?: Instant; until?: Instant };

export type JudgedLicense = LicenseSummary & { usagePeriod?: UsagePeriod };

type UsagePeriod = { from: Instant; until: Instant };

/** Over that nothing is said to be within, nor beyond by no more than is tolerated. */
export function openUse(
  licenses: readonly JudgedLicense[],
  why: string | undefined,
  gone: readonly GoneRecords[],
): LicenseSummary[] {
  return licenses.map(({ usagePeriod: period, ...row }) => {
    if (row.verdict !== 'within' && row.verdict !== 'overage') return row;
    const missing = gone
      .filter((each) => period === undefined || mayLieIn(each, period))
      .map(({ why: reason }) => reason);
    const reasons = [
      ...(row.reason === undefined ? [] : [row.reason]),
      ...(why === undefined ? [] : [why]),
      ...missing,
    ];
    if (why === undefined && missing.length === 0) return row;
    return { ...row, verdict: 'undetermined', reason: reasons.join('; '), places: [] };
  });
}

function mayLieIn({ from, until }: GoneRecords, period: UsagePeriod): boolean {
  return from === undefined || until === undefined || (from < period.until && until >= period.from);
}
