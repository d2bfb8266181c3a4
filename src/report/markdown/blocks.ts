/** The report as blocks of Markdown, the most important first: each stands alone, so that a page can end after any of them. */
import { compareText, count, formatNumber, truncate } from '../../base/text-safety.ts';
import { wholeMessage } from '../../model/also-said.ts';
import type { Finding } from '../../model/finding.ts';
import { formatPlace } from '../../model/place.ts';
import { ASSURANCES, type Report } from '../../model/report.ts';
import { chainHeads, WHY_KEEP_HEADS } from '../parts/chain-heads.ts';
import { type FindingGroup, filesOf, groupFindings } from '../parts/finding-groups.ts';
import { momentOf } from '../parts/finding-time.ts';
import { toCode, toHtmlText, toProse, toTable } from '../parts/markdown-text.ts';
import { describePeriod } from '../parts/period-words.ts';
import { explainVerdict } from '../parts/verdict-words.ts';
import { describeWaiver } from '../parts/waiver-words.ts';

/** Findings of a kind, and rows of a table; the rest is counted, and `--format json` has it. */
const MAX_FINDINGS = 10;
const MAX_ROWS = 30;
const MAX_NOTICES = 20;

export function* markdownBlocks(report: Report): Generator<string> {
  const groups = groupFindings(report);
  yield `# ${report.tool.name}: ${report.summary.verdict}`;
  yield `**${report.summary.verdict}**: ${toProse(explainVerdict(report))}`;
  yield tieOut(report);
  if (groups.length > 0) yield ['## Findings', overview(groups)].join('\n\n');
  yield* section('## Controls', controlTable(report));
  yield* section('## Licenses', licenseTable(report));
  yield* section('## Chains', streamTable(report));
  yield* section('## Head hashes', headTable(report));
  yield* section('## Not read, or only in part', inputTable(report));
  yield* section('## Notices', noticeList(report));
  for (const group of groups) yield describeGroup(group);
  const { name, version } = report.tool;
  yield `_${toProse(`${name} ${version}`)}${report.generated === undefined ? '' : `, ${toProse(report.generated)}`}_`;
}

function* section(heading: string, body: string | undefined): Generator<string> {
  if (body !== undefined) yield `${heading}\n\n${body}`;
}

/** What went in stands beside what came of it. */
function tieOut(report: Report): string {
  const { summary, inputs } = report;
  const { records, assurance } = summary;
  const period = describePeriod(report);
  const amount = (number: number) => formatNumber(number);
  const rows = [
    ['files', amount(summary.files), statuses(inputs.map(({ status }) => status))],
    [
      'records read',
      amount(records.read),
      `${amount(records.audited)} audited, ${amount(records.malformed)} malformed, ${amount(records.duplicate)} duplicate, ${amount(records.skipped)} outside the period`,
    ],
    ...(assurance === undefined
      ? []
      : [
          [
            'integrity',
            amount(Object.values(assurance).reduce((sum, part) => sum + part, 0)),
            ASSURANCES.toReversed()
              .flatMap((word) =>
                assurance[word] === undefined ? [] : [`${amount(assurance[word])} ${word}`],
              )
              .join(', '),
          ],
        ]),
    ...(period === undefined ? [] : [['period', '', toProse(period)]]),
  ];
  return toTable(['', 'total', 'of them'], rows);
}

function statuses(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, amount]) => `${formatNumber(amount)} ${word}`).join(', ');
}

function overview(groups: readonly FindingGroup[]): string {
  const rows = groups.slice(0, MAX_ROWS).map(({ words, name, findings }) => {
    const waived = findings.filter(({ waiver }) => waiver !== undefined).length;
    const [first] = findings;
    return [
      first!.verdict === 'undetermined' ? 'undetermined' : first!.severity,
      toCode(name, 80),
      toProse(words.title, 200),
      formatNumber(findings.length - waived),
      formatNumber(waived),
      formatNumber(filesOf(findings)),
    ];
  });
  const table = toTable(['severity', 'rule or code', 'what', 'open', 'waived', 'files'], rows);
  return groups.length > MAX_ROWS
    ? `${table}\n\nand ${count(groups.length - MAX_ROWS, 'more kind')} of findings`
    : table;
}

function describeGroup({ words, name, findings }: FindingGroup): string {
  const shown = findings.slice(0, MAX_FINDINGS);
  const lines = [
    `### ${toCode(name, 80)} ${toProse(words.title, 200)}`,
    ...paragraph('why', words.why),
    ...paragraph('help', words.fix),
    ...paragraph('controls', words.controls.join(', ')),
    `<details><summary>${toHtmlText(count(findings.length, 'finding'))}</summary>`,
    shown.map(describeFinding).join('\n'),
    ...(findings.length > shown.length
      ? [`and ${count(findings.length - shown.length, 'more', 'more')}: \`--format json\` has every finding`]
      : []),
    '</details>',
  ];
  return lines.join('\n\n');
}

function paragraph(label: string, text: string): string[] {
  return text === '' ? [] : [`**${label}**: ${toProse(text)}`];
}

function describeFinding(finding: Finding): string {
  const { severity, verdict, place, waiver, lapsed, baseline } = finding;
  const label = verdict === 'undetermined' ? `undetermined (${severity}, if it is so)` : severity;
  const remarks = [
    ...(baseline === 'new' ? ['new'] : []),
    ...(waiver === undefined ? [] : [`waived ${toProse(describeWaiver(waiver), 500)}`]),
    ...(lapsed === undefined
      ? []
      : [`its waiver ${toProse(`${lapsed.id} does not hold: ${lapsed.reason}`, 500)}`]),
  ];
  const end = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
  const time = momentOf(finding);
  const when = time === undefined ? '' : `, ${time}`;
  return `- **${label}** ${toCode(wholeMessage(finding))} at ${toCode(formatPlace(place), 4_096)}${when}${end}`;
}

function controlTable({ controls = [] }: Report): string | undefined {
  if (controls.length === 0) return undefined;
  const rows = controls
    .slice(0, 10 * MAX_ROWS)
    .map(({ pack, control, title, strength, status, checks, reason }) => [
      toCode(`${pack}:${control}`, 80),
      toProse(title, 200),
      `**${status}**`,
      strength,
      checks
        .map((check) => {
          const why = check.reason === undefined ? '' : `: ${check.reason}`;
          const asked = `${formatNumber(check.population.count)} ${check.population.of}`;
          return toProse(`${check.status}: ${check.asks} (${asked})${why}`, 300);
        })
        .join('; ') || toProse(reason ?? '', 200),
    ]);
  return toTable(['control', 'what', 'shown by the logs', 'strength', 'looked at'], rows);
}

function licenseTable({ licenses }: Report): string | undefined {
  if (licenses.length === 0) return undefined;
  const rank = { exceeded: 0, undetermined: 1, overage: 2, within: 3 };
  const sorted = licenses.toSorted(
    (left, right) =>
      rank[left.verdict] - rank[right.verdict] ||
      compareText(left.license, right.license) ||
      compareText(right.period, left.period),
  );
  const rows = sorted
    .slice(0, MAX_ROWS)
    .map(({ license, measure, period, used, limit, verdict, reason }) => [
      toCode(license, 80),
      toProse(measure, 80),
      toProse(period, 80),
      formatNumber(used),
      limit === null ? '' : formatNumber(limit),
      `**${verdict}**${reason === undefined ? '' : `: ${toProse(reason, 300)}`}`,
    ]);
  const table = toTable(['license', 'measure', 'period', 'used', 'limit', 'verdict'], rows);
  return withRest(table, sorted.length, 'license figure');
}

function streamTable({ streams }: Report): string | undefined {
  if (streams.length === 0) return undefined;
  const sorted = ASSURANCES.flatMap((word) => streams.filter(({ status }) => status === word));
  const rows = sorted
    .slice(0, MAX_ROWS)
    .map(({ stream, profile, records, status, ranges }) => [
      toCode(stream, 200),
      toProse(profile ?? 'none', 80),
      formatNumber(records),
      `**${status}**`,
      toProse(ranges.find((range) => range.assurance === status)?.reason ?? '', 200),
    ]);
  return withRest(toTable(['stream', 'chain', 'records', 'status', 'why'], rows), sorted.length, 'stream');
}

function headTable(report: Report): string | undefined {
  const heads = chainHeads(report);
  if (heads.length === 0) return undefined;
  const rows = heads.slice(0, MAX_ROWS).map(({ stream, head }) => [toCode(stream, 200), toCode(head, 200)]);
  return `${WHY_KEEP_HEADS}\n\n${withRest(toTable(['stream', 'head hash'], rows), heads.length, 'stream')}`;
}

function inputTable({ inputs }: Report): string | undefined {
  const odd = (['unreadable', 'partial', 'empty', 'skipped'] as const).flatMap((word) =>
    inputs.filter(({ status }) => status === word),
  );
  if (odd.length === 0) return undefined;
  const rows = odd
    .slice(0, MAX_ROWS)
    .map(({ file, status, reason }) => [toCode(file, 4_096), status, toProse(reason ?? '', 300)]);
  return withRest(toTable(['file', 'status', 'why'], rows), odd.length, 'file');
}

function withRest(table: string, total: number, noun: string): string {
  return total > MAX_ROWS ? `${table}\n\nand ${count(total - MAX_ROWS, `more ${noun}`)}` : table;
}

function noticeList({ notices }: Report): string | undefined {
  if (notices.length === 0) return undefined;
  const lines = notices
    .slice(0, MAX_NOTICES)
    .map(({ code, message }) => `- ${toCode(code, 80)} ${toProse(truncate(message, 1_000))}`);
  const rest = notices.length - lines.length;
  return [...lines, ...(rest > 0 ? [`- and ${count(rest, 'more', 'more')}`] : [])].join('\n');
}
