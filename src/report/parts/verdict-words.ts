/** The verdict in one sentence: what counts and what does not, and what was not read. */
import { count, formatNumber } from '../../base/text-safety.ts';
import { type Finding, SEVERITIES, type Severity } from '../../model/finding.ts';
import {
  type Assurance,
  countedRecords,
  MISSING_IN_SERIES,
  NOTHING_VERIFIED,
  type Report,
  SILENT_STRETCH,
} from '../../model/report.ts';
import { countingNotices, type FailOn, whatCounts } from '../../model/verdict.ts';

export function explainVerdict(report: Report): string {
  return `${sayVerdict(report)}${describeSilent(report)}`;
}

/** A rule that could say nothing is no rule that found nothing, and whoever wrote it is waiting for the answer. */
function describeSilent({ rules }: Report): string {
  const own = rules.filter((rule) => rule.own);
  const silent = own.filter(({ status }) => status !== 'ran').length;
  if (silent === 0) return '';
  const some = silent === own.length ? '' : `${formatNumber(silent)} of `;
  return `; ${some}your ${own.length === 1 ? 'rule' : count(own.length, 'rule')} could say nothing`;
}

function sayVerdict(report: Report): string {
  const { records, verdict } = report.summary;
  const found = describeFound(report);
  if (verdict === 'findings') return found;
  if (verdict === 'clean' && records.audited === 0)
    return `${count(countFiles(report.streams), 'file')} held to their seals, no record to audit, ${found}${describeUnprotected(report)}`;
  if (verdict === 'clean')
    return `${count(records.audited, 'record')} audited, ${found}${describeOpen(report)}${describeUnprotected(report)}${describeMissing(report)}`;
  const missing = [
    records.audited === 0
      ? `no record was audited${report.inputs.length === 0 ? ', for there was no file' : ''}`
      : undefined,
    ...(['unreadable', 'partial', 'empty'] as const).map((status) => {
      const amount = report.inputs.filter((input) => input.status === status).length;
      return amount > 0 ? `${count(amount, 'input')} ${status}` : undefined;
    }),
    describeGuessed(report),
    describeMorePages(report),
    describeUnmapped(report),
    describeErrors(report),
    ...report.notices.flatMap(({ code, message }) => (code === NOTHING_VERIFIED ? [message] : [])),
  ].filter((part) => part !== undefined);
  const because = missing.length > 0 ? missing.join(', ') : 'not everything could be audited';
  return records.audited === 0 && report.findings.length === 0
    ? because
    : `${because}; in what was audited: ${found}`;
}

/** A license of which the log tells too little must not seem to be clean. */
function describeOpen({ summary: { undeterminedLicenses: open = 0 } }: Report): string {
  return open === 0 ? '' : `; ${count(open, 'license')} undetermined`;
}

/** A log that anybody may have edited must not seem to be proven: no finding says so. */
function describeUnprotected({ streams, summary: { assurance } }: Report): string {
  const records = countedRecords(streams);
  const [amount, all] =
    records > 0
      ? [assurance?.unprotected ?? 0, count(records, 'record')]
      : [countFiles(streams, 'unprotected'), count(countFiles(streams), 'file')];
  if (amount === 0) return '';
  return `; nothing shows whether ${formatNumber(amount)} of ${all} ${amount === 1 ? 'was' : 'were'} altered`;
}

/** What lay in a file that is not there was judged by nobody, and no finding says so either. */
function describeMissing({ notices }: Report): string {
  const told = new Set(notices.map(({ code }) => code));
  const missing = told.has(MISSING_IN_SERIES) ? '; a file seems to be missing' : '';
  const silent = told.has(SILENT_STRETCH) ? '; a source is silent for over a day between two files' : '';
  return `${missing}${silent}`;
}

function describeGuessed({ inputs }: Report): string | undefined {
  const amount = inputs.filter(({ unconfirmed }) => unconfirmed).length;
  return amount > 0 ? `${count(amount, 'input')} read by a mapping that nobody has confirmed` : undefined;
}

function describeMorePages({ inputs }: Report): string | undefined {
  const amount = inputs.filter(({ morePages }) => morePages !== undefined).length;
  return amount > 0 ? `${count(amount, 'input')} after which pages are missing` : undefined;
}

function describeUnmapped({ inputs }: Report): string | undefined {
  const amount = inputs.filter(({ source, records }) => source === null && records.audited > 0).length;
  return amount > 0 ? `${count(amount, 'input')} that no mapping fits` : undefined;
}

function describeErrors({ rules }: Report): string | undefined {
  const amount = rules.filter(({ status }) => status === 'error').length;
  return amount > 0 ? `${count(amount, 'rule')} in error` : undefined;
}

/** `3 findings at high or above (1 undetermined), 2 below, 1 waived`: what is undetermined reaches the threshold too. */
function describeFound(report: Report): string {
  const { summary } = report;
  const open = report.findings.filter(
    ({ verdict, waiver }) => verdict !== 'satisfied' && waiver === undefined,
  );
  const waived = report.findings.filter(({ waiver }) => waiver !== undefined).length;
  const counts = whatCounts(report, summary);
  const reaching = open.filter(counts);
  const rest = open.filter((finding) => !counts(finding));
  const amount = reaching.length === 0 ? 'no finding' : count(reaching.length, 'finding');
  const { failOnKnown, failOnControls, failOnNotices } = summary;
  const isPlain = failOnKnown === undefined && failOnControls === undefined && failOnNotices === undefined;
  const carried = describeCarried(report);
  const known = carried === undefined ? '' : ` (known: ${carried})`;
  const others =
    rest.length === 0
      ? ''
      : `, ${formatNumber(rest.length)} ${isPlain ? 'below' : 'not counted'}${countUndetermined(rest)}${known}`;
  const first = `${amount} ${describeFailOn(summary)}${countUndetermined(reaching)}`;
  const notices = countingNotices(report, summary);
  const noticed =
    notices.length === 0
      ? ''
      : `, and ${count(notices.length, 'notice that counts', 'notices that count')}: ${notices.join(', ')}`;
  return `${first}${others}${waived === 0 ? '' : `, ${formatNumber(waived)} waived`}${noticed}`;
}

/** `at high or above`, `new and at low or above, or known and at critical, or of soc2:CC7.2` */
export function describeFailOn({ failOn, failOnKnown, failOnControls = [] }: FailOn): string {
  const from = (severity: Severity) => (severity === 'critical' ? 'at critical' : `at ${severity} or above`);
  const parts = [
    failOnKnown === undefined ? from(failOn) : `new and ${from(failOn)}`,
    ...(failOnKnown === undefined || failOnKnown === 'never' ? [] : [`known and ${from(failOnKnown)}`]),
    ...failOnControls.map((control) => `of ${control}`),
  ];
  return parts.join(', or ');
}

function countUndetermined(findings: readonly Finding[]): string {
  const amount = findings.filter(({ verdict }) => verdict === 'undetermined').length;
  return amount === 0 ? '' : ` (${formatNumber(amount)} undetermined)`;
}

/** `2 critical + 10 high`; undefined where the baseline keeps nothing from counting. */
export function describeCarried({ baseline }: Report): string | undefined {
  const parts = SEVERITIES.toReversed().flatMap((severity) => {
    const amount = baseline?.carried[severity] ?? 0;
    return amount > 0 ? [`${formatNumber(amount)} ${severity}`] : [];
  });
  return parts.length === 0 ? undefined : parts.join(' + ');
}

/** Whole files that seals vouch for; of one assurance, or of all. */
export function countFiles(streams: Report['streams'], word?: Assurance): number {
  return streams
    .flatMap(({ ranges }) => ranges)
    .filter(({ assurance }) => word === undefined || assurance === word)
    .reduce((sum, { files = 0 }) => sum + files, 0);
}
