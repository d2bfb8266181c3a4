/** The tie-out: everything that went in stands on one side, everything that came of it on the other, then the verdict. */
import { compareText, count, escapeControls, formatNumber } from '../../base/text-safety.ts';
import { SEVERITIES } from '../../model/finding.ts';
import { ASSURANCES, countedRecords, type InputStatus, type Report } from '../../model/report.ts';
import { formatDay } from '../../retention/calendar-age.ts';
import { describePeriod } from '../parts/period-words.ts';
import { retentionDeadlines } from '../parts/retention-deadlines.ts';
import { countFiles, describeCarried, explainVerdict } from '../parts/verdict-words.ts';
import { wrap } from './columns.ts';
import { type Layout, section } from './layout.ts';

const STATUSES: readonly InputStatus[] = ['complete', 'partial', 'unreadable', 'empty', 'skipped'];
const INDENT = 2;
const LABEL = 12;
const MAX_OWNERS = 5;
const MAX_OVERDUE = 3;

export function summaryLines(report: Report, layout: Layout): string[] {
  const rows: [string, string | undefined][] = [
    [
      'audited by',
      `${report.tool.name} ${report.tool.version}${report.generated ? ` at ${report.generated}` : ''}`,
    ],
    ['files', showFiles(report)],
    ['bytes', showBytes(report)],
    ['records', showRecords(report)],
    ['integrity', showIntegrity(report)],
    ['period', describePeriod(report)],
    ['retention', showRetention(report)],
    ['findings', showFindings(report)],
    ['waived', showWaived(report)],
    ['waivers', showWaivers(report)],
    ['baseline', showBaseline(report)],
    ['undecided', showUndecided(report)],
  ];
  const lines = rows.flatMap(([label, text]) => {
    if (text === undefined) return [];
    const wrapped = wrap(escapeControls(text), layout.width - INDENT - LABEL);
    return wrapped.map((line, index) => ' '.repeat(INDENT) + (index === 0 ? label : '').padEnd(LABEL) + line);
  });
  const verdict = report.summary.verdict;
  const spoken = wrap(
    escapeControls(`${verdict}: ${explainVerdict(report)}`),
    layout.width,
    verdict.length + 2,
  );
  return [...section(layout, 'Summary', lines), ...spoken.map((line) => layout.paint.verdict[verdict](line))];
}

function showFiles({ inputs, summary }: Report): string {
  const parts = STATUSES.flatMap((status) => {
    const amount = inputs.filter((input) => input.status === status && input.seals === undefined).length;
    const seals = inputs.filter((input) => input.status === status && input.seals !== undefined).length;
    return [
      { amount, word: status },
      { amount: seals, word: status === 'complete' ? 'of seals' : `of seals, ${status}` },
    ];
  });
  return tieOut(summary.files, '', parts);
}

function showBytes({ inputs, summary }: Report): string {
  const sum = (pick: (input: Report['inputs'][number]) => number) =>
    inputs.reduce((total, input) => total + pick(input), 0);
  const decoded = sum(({ decodedBytes }) => decodedBytes);
  const parts = [
    { amount: sum(({ accounted }) => accounted.records), word: 'in records' },
    { amount: sum(({ accounted }) => accounted.malformed), word: 'malformed' },
    { amount: sum(({ accounted }) => accounted.seals ?? 0), word: 'in seals' },
    { amount: sum(({ accounted }) => accounted.framing), word: 'between records' },
  ];
  return `${formatNumber(summary.bytes)} stored, ${tieOut(decoded, 'decoded', parts)}`;
}

function showRecords({ summary: { records } }: Report): string {
  return tieOut(records.read, 'read', [
    { amount: records.audited, word: 'audited' },
    { amount: records.malformed, word: 'malformed' },
    { amount: records.duplicate, word: 'duplicate' },
    { amount: records.skipped, word: 'outside the period' },
  ]);
}

/** The best first, each with its share; a record counts once for every stream that it stands in. */
function showIntegrity({ summary: { assurance }, streams }: Report): string | undefined {
  if (assurance === undefined) return undefined;
  const records = countedRecords(streams);
  const files = countFiles(streams);
  const [total, unit] = records === 0 && files > 0 ? [files, 'files'] : [records, ''];
  const parts = ASSURANCES.toReversed().flatMap((word) => {
    const amount = unit === '' ? (assurance[word] ?? 0) : countFiles(streams, word);
    return amount > 0 ? [{ amount, word: `${word} (${showShare(amount, total)})` }] : [];
  });
  const unanchored = assurance.anchored === undefined && assurance.chained !== undefined;
  return `${tieOut(total, unit, parts)}${unanchored ? '; none anchored' : ''}`;
}

/** Rounded towards "not all": 100 % is all of them. */
function showShare(amount: number, total: number): string {
  if (amount >= total) return '100 %';
  const tenths = Math.floor((amount * 1000) / total);
  return tenths === 0 ? 'under 0.1 %' : `${(tenths / 10).toFixed(1)} %`;
}

/** Whether something is past the maximum that the configuration allows; dates by source stand in the page. */
function showRetention(report: Report): string | undefined {
  const deadlines = retentionDeadlines(report);
  if (deadlines?.maximum === undefined || deadlines.asOf === undefined) return undefined;
  const { maximum, asOf, isClock, sources } = deadlines;
  const overdue = sources.filter(({ state }) => state === 'overdue');
  const open = sources.filter(({ state }) => state === 'undetermined').length;
  const past = overdue.reduce((sum, each) => sum + each.past, 0);
  const named = overdue.slice(0, MAX_OVERDUE).map(({ source }) => source ?? 'no known source');
  const more = overdue.length > MAX_OVERDUE ? `, and ${formatNumber(overdue.length - MAX_OVERDUE)} more` : '';
  const found =
    overdue.length === 0
      ? 'no dated event is past'
      : `${count(past, 'event')} of ${named.join(', ')}${more} past`;
  const undetermined = open === 0 ? '' : `; ${count(open, 'source')} undetermined`;
  return `${found} the maximum of ${maximum.text} on ${formatDay(asOf)}${isClock ? '' : ', the day of the last event'}${undetermined}`;
}

function showFindings({ summary: { findings } }: Report): string {
  const parts = SEVERITIES.toReversed().map((severity) => ({
    amount: findings.bySeverity[severity] ?? 0,
    word: severity,
  }));
  return tieOut(findings.total, '', parts);
}

/** `1,000 read = 990 audited + 10 malformed`; `≠`, loudly, where it does not add up: that would be our mistake. */
function tieOut(total: number, word: string, parts: readonly { amount: number; word: string }[]): string {
  const present = parts.filter(({ amount }) => amount !== 0);
  const sum = present.reduce((all, { amount }) => all + amount, 0);
  const left = `${formatNumber(total)} ${word}`.trimEnd();
  if (total === 0 && sum === 0) return left;
  const right = present.map((part) => `${formatNumber(part.amount)} ${part.word}`).join(' + ') || '0';
  return sum === total
    ? `${left} = ${right}`
    : `${left} ≠ ${right} (DOES NOT TIE OUT: please report this as a bug)`;
}

/** Waived findings, by whom. */
function showWaived({ findings }: Report): string | undefined {
  const waived = findings.flatMap(({ waiver }) => waiver ?? []);
  if (waived.length === 0) return undefined;
  const owners = [...new Set(waived.map(({ owner }) => owner))].sort(compareText);
  const named = owners.slice(0, MAX_OWNERS).join(', ');
  const more = owners.length > MAX_OWNERS ? `, and ${owners.length - MAX_OWNERS} more` : '';
  return `${count(waived.length, 'finding')}, by ${named}${more}`;
}

/** The waivers file; those of it that covered nothing, ended or do not hold are named among the notices and findings. */
function showWaivers({ waivers }: Report): string | undefined {
  if (waivers === undefined) return undefined;
  const { file, asOf, entries, used, unused, expired, outgrown } = waivers;
  const parts = [
    { amount: used, word: 'used' },
    { amount: unused, word: 'unused' },
    { amount: expired, word: 'expired' },
    { amount: outgrown, word: 'outgrown' },
    { amount: waivers.void, word: 'void' },
  ];
  return `${tieOut(entries, '', parts)}; ${file}, as of ${asOf}`;
}

/** What a baseline carries is told by severity: nothing hides behind it unseen. */
function showBaseline(report: Report): string | undefined {
  const { baseline, findings } = report;
  if (baseline === undefined) return undefined;
  const { file, unchanged, gone } = baseline;
  const carried = describeCarried(report);
  const kept = carried === undefined ? '' : `; known, and so not counted: ${carried}`;
  const parts = [
    { amount: baseline.new, word: 'new' },
    { amount: unchanged, word: 'unchanged' },
  ];
  return `${tieOut(findings.length, '', parts)}; ${formatNumber(gone)} gone${kept}; ${file}`;
}

/** What the log, the contract or the rules left open; undefined when nothing is. */
function showUndecided({ findings, licenses, rules, streams }: Report): string | undefined {
  const parts: [number, string, string?][] = [
    [findings.filter(({ verdict }) => verdict === 'undetermined').length, 'finding'],
    [licenses.filter(({ verdict }) => verdict === 'undetermined').length, 'license figure'],
    [
      streams.filter(({ status }) => status === 'unverifiable').length,
      'stream that cannot be verified',
      'streams that cannot be verified',
    ],
    [
      streams.filter(({ status }) => status === 'unprotected').length,
      'stream without protection',
      'streams without protection',
    ],
    [rules.filter(({ status }) => status === 'error').length, 'rule in error', 'rules in error'],
    [rules.filter(({ status }) => status === 'inert').length, 'inert rule'],
    [
      rules.filter(({ unjudged }) => unjudged !== undefined).length,
      'rule that left events out',
      'rules that left events out',
    ],
  ];
  const present = parts.flatMap(([amount, one, many]) => (amount > 0 ? [count(amount, one, many)] : []));
  return present.length > 0 ? present.join(', ') : undefined;
}
