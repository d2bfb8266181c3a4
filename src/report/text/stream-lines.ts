/** Chains: how far each range of each stream can be trusted, the worst first, and what no chain of its kind can show. */
import { getOrCreate } from '../../base/get-or-create.ts';
import { compareText, count, formatNumber, truncate } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { ASSURANCES, type Report, type StreamRange, type StreamSummary } from '../../model/report.ts';
import { chainHeads, WHY_KEEP_HEADS } from '../parts/chain-heads.ts';
import { type Cell, type Layout, labelled, MAX_ROWS, section, showPlace, table } from './layout.ts';

/** Ranges shown of one stream; a badly broken one has thousands. */
const MAX_RANGES = 10;
/** Sound streams of one kind that stand in rows of their own. */
const MAX_ALIKE = 5;
/** Anchors named below the table. */
const MAX_ANCHORS = 10;
/** Last hashes named below the table. */
const MAX_HEADS = 10;
/** Characters of a stream's key and of a head, which logs chose; a hash in hexadecimal digits has at most 128. */
const MAX_NAME = 200;

export function streamLines(report: Report, layout: Layout): string[] {
  const { streams } = report;
  const sorted = ASSURANCES.flatMap((status) => streams.filter((stream) => stream.status === status));
  const groups = groupAlike(sorted);
  const shown = groups.slice(0, MAX_ROWS).flat();
  if (shown.length === 0) return [];
  const columns = [
    { title: 'stream', alone: 'before' as const },
    { title: 'chain' },
    { title: 'records', align: 'right' as const },
    { title: 'status' },
    { title: 'range', alone: 'after' as const },
  ];
  const lines = table(
    layout,
    columns,
    groups
      .slice(0, MAX_ROWS)
      .flatMap((group) => (group.length > 1 ? [groupRow(group, layout)] : streamRows(group[0]!, layout))),
  );
  const hidden = groups.slice(MAX_ROWS).flat();
  if (hidden.length > 0) lines.push(...labelled(layout, 'more', describeHidden(hidden)));
  for (const reason of reasonsOf(shown)) lines.push(...labelled(layout, 'note', reason));
  for (const anchor of anchorsOf(shown)) lines.push(...labelled(layout, 'anchor', anchor));
  for (const head of headsOf(report)) lines.push(...labelled(layout, 'head', head));
  for (const [limit, amount] of limitsOf(streams)) {
    lines.push(...labelled(layout, 'limit', `${limit} (${count(amount, 'stream')})`));
  }
  return section(layout, 'Chains', lines);
}

/** Streams that are sound as a whole are one row where there are many of them; what is not stands by itself. */
function groupAlike(streams: readonly StreamSummary[]): StreamSummary[][] {
  const alike = new Map<string, StreamSummary[]>();
  const groups: StreamSummary[][] = [];
  for (const stream of streams) {
    const { profile, status, ranges } = stream;
    const isSound = (status === 'anchored' || status === 'chained') && ranges.length === 1;
    const key = JSON.stringify([profile, status, ranges[0]?.reason]);
    const group = isSound ? getOrCreate(alike, key, (): StreamSummary[] => []) : [];
    if (group.length === 0) groups.push(group);
    group.push(stream);
  }
  return groups.flatMap((group) => (group.length > MAX_ALIKE ? [group] : group.map((stream) => [stream])));
}

function groupRow(group: readonly StreamSummary[], { paint }: Layout): Cell[] {
  const [{ stream, profile, status }] = group as [StreamSummary];
  return [
    `${stream} and ${count(group.length - 1, 'more', 'more')}`,
    profile ?? 'none',
    formatNumber(group.reduce((sum, { records }) => sum + records, 0)),
    { text: status, paint: paint.assurance[status] },
    'all of each',
  ];
}

function streamRows(
  { stream, profile, records, status, ranges }: StreamSummary,
  { paint }: Layout,
): Cell[][] {
  const whole = (range: string): Cell[] => [
    stream,
    profile ?? 'none',
    formatNumber(records),
    { text: status, paint: paint.assurance[status] },
    range,
  ];
  if (ranges.length === 0) return [whole('')];
  if (ranges.length === 1) return [whole(showRange(ranges[0]!, stream))];
  const rows: Cell[][] = [whole(count(ranges.length, 'range'))];
  for (const range of ranges.slice(0, MAX_RANGES)) {
    const { assurance } = range;
    rows.push([
      '',
      '',
      formatNumber(range.records),
      { text: assurance, paint: paint.assurance[assurance] },
      showRange(range, stream),
    ]);
  }
  if (ranges.length > MAX_RANGES)
    rows.push(['', '', '', '', `and ${count(ranges.length - MAX_RANGES, 'more', 'more')}`]);
  return rows;
}

/** A stream without a key is called like its file: the range need not say it again. */
function showRange({ from, until, period, files }: StreamRange, stream: string): string {
  const amount = files === undefined ? '' : count(files, 'file');
  if (period !== undefined) return `${period.from} to ${period.until}${amount === '' ? '' : `, ${amount}`}`;
  if (amount !== '') return `${amount}, ${from.file}${from.file === until.file ? '' : ` to ${until.file}`}`;
  if (from.file !== until.file) return `${from.file}:${from.line} to ${until.file}:${until.line}`;
  const lines = from.line === until.line ? `${from.line}` : `${from.line}-${until.line}`;
  if (from.file === stream) return `${from.line === until.line ? 'line' : 'lines'} ${lines}`;
  return `${from.file}:${lines}`;
}

function describeHidden(streams: readonly StreamSummary[]): string {
  const amounts = ASSURANCES.map(
    (status) => [status, streams.filter((stream) => stream.status === status).length] as const,
  );
  const parts = amounts.flatMap(([status, amount]) =>
    amount > 0 ? [`${formatNumber(amount)} ${status}`] : [],
  );
  return `${count(streams.length, 'stream')} not listed here: ${parts.join(', ')}`;
}

/** Each reason once, with its first place: a reason can be as long as a paragraph. */
function reasonsOf(streams: readonly StreamSummary[]): string[] {
  const reasons = new Map<string, string>();
  for (const range of streams.flatMap(({ ranges }) => ranges.slice(0, MAX_RANGES))) {
    if (range.reason !== undefined && !reasons.has(range.reason)) {
      reasons.set(range.reason, `${showPlace(range.from)} ${range.assurance}: ${range.reason}`);
    }
  }
  return [...reasons.values()].slice(0, MAX_ROWS);
}

/** Who vouches, for what and since when: each anchor once, with the first record and the number of those it covers. */
function anchorsOf(streams: readonly StreamSummary[]): string[] {
  const covered = new Map<string, { first: Place; records: number }>();
  for (const { anchor, from, records } of streams.flatMap(({ ranges }) => ranges)) {
    if (anchor === undefined) continue;
    const { by, at, checkpoint } = anchor;
    const name = `by ${by}${at === undefined ? '' : ` at ${at}`}, checkpoint ${checkpoint}`;
    const known = covered.get(name);
    if (known === undefined) covered.set(name, { first: from, records });
    else known.records += records;
  }
  const lines = [...covered].map(
    ([name, { first, records }]) => `${count(records, 'record')} from ${showPlace(first)} ${name}`,
  );
  if (lines.length <= MAX_ANCHORS) return lines;
  return [...lines.slice(0, MAX_ANCHORS), `and ${count(lines.length - MAX_ANCHORS, 'more', 'more')}`];
}

/** Of each chain its last hash, and what it is good for. */
function headsOf(report: Report): string[] {
  const heads = chainHeads(report);
  if (heads.length === 0) return [];
  const shown = heads
    .slice(0, MAX_HEADS)
    .map(({ stream, head }) => `${truncate(stream, MAX_NAME)} ends with ${truncate(head, MAX_NAME)}`);
  const hidden = heads.length - shown.length;
  if (hidden > 0) shown.push(`and ${count(hidden, 'more', 'more')}; --format json has them`);
  return [...shown, WHY_KEEP_HEADS];
}

function limitsOf(streams: readonly StreamSummary[]): [string, number][] {
  const amounts = new Map<string, number>();
  for (const limit of streams.flatMap(({ limits }) => limits))
    amounts.set(limit, (amounts.get(limit) ?? 0) + 1);
  return [...amounts]
    .sort(([left], [right]) => compareText(left, right))
    .map(([limit, amount]) => [limit, amount]);
}
