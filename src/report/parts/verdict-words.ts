/** The verdict in one sentence: the same words in every format. */
import { count, formatNumber } from '../../base/text-safety.ts';
import { type Finding, type Severity, severityRank } from '../../model/finding.ts';
import { type Assurance, NOTHING_VERIFIED, type Report } from '../../model/report.ts';

/** One sentence: what was found at the threshold and below it, or what is missing. Not escaped. */
export function explainVerdict(report: Report): string {
  const { records, verdict, failOn } = report.summary;
  const found = describeFound(report.findings, failOn);
  if (verdict === 'findings') return found;
  if (verdict === 'clean' && records.audited === 0)
    return `${count(countFiles(report.streams), 'file')} held to their seals, no record to audit, ${found}`;
  if (verdict === 'clean') return `${count(records.audited, 'record')} audited, ${found}`;
  const missing = [
    records.audited === 0 ? 'no record was audited' : undefined,
    ...(['unreadable', 'partial', 'empty'] as const).map((status) => {
      const amount = report.inputs.filter((input) => input.status === status).length;
      return amount > 0 ? `${count(amount, 'input')} ${status}` : undefined;
    }),
    ...report.notices.flatMap(({ code, message }) => (code === NOTHING_VERIFIED ? [message] : [])),
  ].filter((part) => part !== undefined);
  const because = missing.length > 0 ? missing.join(', ') : 'not everything could be audited';
  return records.audited === 0 && report.findings.length === 0
    ? because
    : `${because}; in what was audited: ${found}`;
}

/** `3 findings at high or above (1 undetermined), 2 below, 1 waived`: what is undetermined reaches the threshold too. */
function describeFound(findings: readonly Finding[], failOn: Severity): string {
  const open = findings.filter(({ verdict, waiver }) => verdict !== 'satisfied' && waiver === undefined);
  const waived = findings.length - open.length;
  const reaching = open.filter(({ severity }) => severityRank(severity) >= severityRank(failOn));
  const below = open.filter(({ severity }) => severityRank(severity) < severityRank(failOn));
  const amount = reaching.length === 0 ? 'no finding' : count(reaching.length, 'finding');
  const threshold = failOn === 'critical' ? 'at critical' : `at ${failOn} or above`;
  const first = `${amount} ${threshold}${countUndetermined(reaching)}`;
  const rest = below.length === 0 ? '' : `, ${formatNumber(below.length)} below${countUndetermined(below)}`;
  return `${first}${rest}${waived === 0 ? '' : `, ${formatNumber(waived)} waived`}`;
}

function countUndetermined(findings: readonly Finding[]): string {
  const amount = findings.filter(({ verdict }) => verdict === 'undetermined').length;
  return amount === 0 ? '' : ` (${formatNumber(amount)} undetermined)`;
}

/** Whole files that seals vouch for; of one assurance, or of all. */
export function countFiles(streams: Report['streams'], word?: Assurance): number {
  return streams
    .flatMap(({ ranges }) => ranges)
    .filter(({ assurance }) => word === undefined || assurance === word)
    .reduce((sum, { files = 0 }) => sum + files, 0);
}
