/** Records of one source that stand in no chain: of those that an archive or a seal accounts for, it alone tells. */
import { count, quote } from '../base/text-safety.ts';
import type { CheckResult } from './check.ts';
import { type Notice, type StreamRange, type StreamSummary, weakestOf } from './report.ts';
import { fileList } from './told-places.ts';

export type BareSource = {
  source: string;
  /** In the order of the log. None reaches over several files, so that each can be told by what accounts for its file. */
  ranges: readonly StreamRange[];
  /** Of `ranges`, as the result of the check has them. */
  stream: StreamSummary;
  notice?: Notice;
  /** What would protect such records. */
  advice: string;
};

export function toBareStream(ranges: readonly StreamRange[]): StreamSummary {
  const joined = joinUnprotected(ranges);
  return {
    stream: fileList(ranges.map(({ from }) => from.file)),
    profile: null,
    records: joined.reduce((sum, { records }) => sum + records, 0),
    status: weakestOf(joined),
    ranges: joined,
    limits: ['without a chain nothing shows whether a record was altered, added or removed'],
  };
}

/** Those of all files become one, which may enclose others: its count leaves theirs out. */
function joinUnprotected(ranges: readonly StreamRange[]): StreamRange[] {
  const [first, ...more] = ranges.filter(isPlain);
  if (first === undefined) return [...ranges];
  const records = more.reduce((sum, range) => sum + range.records, first.records);
  const { until } = more.at(-1) ?? first;
  return [{ ...first, records, until }, ...ranges.filter((range) => !isPlain(range))];
}

export const NO_CHAIN = 'no chain fields';

function isPlain({ assurance, reason }: StreamRange): boolean {
  return assurance === 'unprotected' && reason === NO_CHAIN;
}

export function unprotectedNotice({
  source,
  ranges,
  advice,
}: Omit<BareSource, 'stream'>): Notice | undefined {
  const unprotected = ranges.filter(({ assurance }) => assurance === 'unprotected');
  const [first] = unprotected;
  if (first === undefined) return undefined;
  const records = unprotected.reduce((sum, range) => sum + range.records, 0);
  const files = new Set(unprotected.map(({ from }) => from.file)).size;
  return {
    code: 'unprotected',
    message: `${count(records, 'record')} of the source ${quote(source)} in ${count(files, 'file')} carry no hash chain: nothing shows whether they were altered; ${advice}`,
    place: first.from,
  };
}

/**
 * The result without records of files for which something outside of the log speaks: to call them unprotected would be half
 * the truth. What broke stays, for it was broken before.
 */
export function withoutVouched(result: CheckResult, isVouched: (file: string) => boolean): CheckResult {
  let { bare = [], streams = [], notices = [] } = result;
  for (const each of bare) {
    const ranges = each.ranges.filter(
      ({ assurance, from }) => assurance === 'broken' || !isVouched(from.file),
    );
    if (ranges.length === each.ranges.length) continue;
    const stream = toBareStream(ranges);
    const notice = unprotectedNotice({ ...each, ranges });
    streams = streams.flatMap((known) => (known !== each.stream ? known : ranges.length > 0 ? stream : []));
    notices = notices.flatMap((known) => (known === each.notice ? (notice ?? []) : known));
    const { notice: _, ...rest } = each;
    const left: BareSource = { ...rest, ranges, stream, ...(notice && { notice }) };
    bare = bare.map((known) => (known === each ? left : known));
  }
  return { ...result, bare, streams, notices };
}
