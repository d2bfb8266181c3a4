/** The ranges of a stream and how far each can be trusted; their records add up to those of the stream. */
import { comparePlaces, type Place } from '../model/place.ts';
import type { StreamRange } from '../model/report.ts';
import type { ChainNode } from './chain-order.ts';
import { type AlteredRun, isKeyless, type StreamState } from './segment.ts';

/** Records of a node that are broken by a joint: all of them where the whole node is in the wrong place. */
export type BrokenNodes = Map<ChainNode, BrokenStart>;

/** `until`: where the last of them stands, when there are more than one. */
export type BrokenStart = { records: number; reason: string; until?: Place };

/** One a file. */
export function unverifiableRanges(
  stream: StreamState,
  nodes: readonly ChainNode[],
  missingKeys: readonly string[],
  unfollowed: boolean,
): StreamRange[] {
  const reason = unfollowed
    ? 'no record follows it that would name its hash'
    : missingKeys.length > 0
      ? `not recomputed, key ${missingKeys.join(', ')} not given`
      : 'no profile recomputes its hashes';
  const ranges: StreamRange[] = [];
  for (const node of nodes) {
    const { records, until } = node.segment;
    const last = ranges.at(-1);
    if (last?.until.file === until.file) {
      last.records += records;
      last.until = until;
    } else ranges.push({ assurance: 'unverifiable', records, ...extent(node), reason });
  }
  // Segments that went unlisted stand somewhere among the others.
  ranges.at(-1)!.records += ranges.reduce((rest, { records }) => rest - records, stream.records);
  return ranges;
}

function extent(first: ChainNode, last = first): { from: Place; until: Place } {
  return { from: first.segment.from, until: last.segment.until };
}

/** The node in which altered records stand; undefined when it was dropped. */
export function nodeOfRun(nodes: readonly ChainNode[], run: AlteredRun): ChainNode | undefined {
  return nodes.find(
    ({ fileIndex, segment }) =>
      fileIndex === run.fileIndex &&
      segment.from.offset <= run.from.offset &&
      run.until.offset <= segment.until.offset,
  );
}

const UNLINKED = 'each record has the hash of its content, but no link to another record';

/**
 * In the order of the log, none over several files: what vouches for records from outside does so by file, and the report joins
 * what is left. A chained range may enclose broken ones: its count leaves theirs out. Of records without links none can be shown
 * to be missing, so they are not called chained.
 */
export function streamRanges(
  stream: StreamState,
  nodes: readonly ChainNode[],
  broken: BrokenNodes,
  unlinked: boolean,
): StreamRange[] {
  const ranges: StreamRange[] = [];
  const altered = new Map<ChainNode | undefined, AlteredRun[]>();
  for (const run of stream.altered) {
    const node = nodeOfRun(nodes, run);
    const runs = altered.get(node);
    if (runs === undefined) altered.set(node, [run]);
    else runs.push(run);
  }
  const dropped = new Map(stream.runs.map((run) => [run.fileIndex, run.dropped.records]));
  let unlisted = stream.altered.length - (altered.get(undefined)?.length ?? 0);
  for (const node of nodes) {
    if (node.afterDropped) {
      const reason = 'more breaks than are listed';
      ranges.push({ assurance: 'broken', records: dropped.get(node.fileIndex)!, ...extent(node), reason });
    }
    const runs = altered.get(node) ?? [];
    unlisted -= runs.length;
    // Where altered records went unlisted they stand after the last listed one: nothing from there on is vouched for.
    addRanges(ranges, node, runs, broken.get(node), stream.alteredDropped > 0 && unlisted === 0);
  }
  setErasedApart(ranges, stream);
  if (!unlinked) return ranges;
  return ranges.map((range) =>
    range.assurance === 'chained' ? { ...range, assurance: 'unprotected', reason: UNLINKED } : range,
  );
}

const ERASED = 'fields were erased: their links hold, their hashes cannot be recomputed';

/** As a range of its own, which the chained ones enclose: where each of them stands the archive says. */
function setErasedApart(ranges: StreamRange[], { erased }: StreamState): void {
  if (erased === null) return;
  let records = 0;
  const chained = ranges.filter(({ assurance }) => assurance === 'chained');
  const isBetween = (range: StreamRange) =>
    comparePlaces(range.until, erased.from) >= 0 && comparePlaces(range.from, erased.until) <= 0;
  // A file beside the archive holds none of them.
  for (const range of [...chained.filter(isBetween), ...chained.filter((each) => !isBetween(each))]) {
    const taken = Math.min(range.records, erased.records - records);
    range.records -= taken;
    records += taken;
  }
  const left = ranges.filter((range) => range.records > 0);
  const { from, until } = erased;
  if (records > 0) left.push({ assurance: 'erased', records, from, until, reason: ERASED });
  ranges.splice(0, ranges.length, ...left);
}

function addRanges(
  ranges: StreamRange[],
  node: ChainNode,
  altered: readonly AlteredRun[],
  joint: BrokenStart | undefined,
  overfull: boolean,
): void {
  const { segment } = node;
  const whole = extent(node);
  if (overfull || (joint !== undefined && joint.records === segment.records)) {
    const reason = joint?.reason ?? 'more altered records than are listed';
    ranges.push({ assurance: 'broken', records: segment.records, ...whole, reason });
    return;
  }
  const unaltered = segment.records - altered.reduce((sum, { records }) => sum + records, 0);
  // Records that are repeated and altered count as altered.
  const leading = Math.min(joint?.records ?? 0, unaltered);
  let sound = segment.records;
  if (joint !== undefined && leading > 0) {
    const { reason, until = whole.from } = joint;
    ranges.push({ assurance: 'broken', records: leading, from: whole.from, until, reason });
    sound -= leading;
  }
  for (const { records, from, until, expected } of altered) {
    const verdict = isKeyless(expected)
      ? ({ assurance: 'unverifiable', reason: 'key not given' } as const)
      : ({ assurance: 'broken', reason: 'altered' } as const);
    ranges.push({ ...verdict, records, from, until });
    sound -= records;
  }
  if (sound === 0) return;
  const last = ranges.at(-1);
  if (last?.assurance === 'chained' && last.until.file === whole.from.file) {
    last.records += sound;
    last.until = whole.until;
  } else ranges.push({ assurance: 'chained', records: sound, ...whole });
}

/** Records of which only the first place is known, and that the last stands before `until`. */
export type ScatteredRecords = {
  assurance: 'broken' | 'unverifiable';
  records: number;
  from: Place;
  until: Place;
  reason: string;
};

/** Takes them out of the chained ranges that they can stand in. */
export function breakScattered(
  ranges: readonly StreamRange[],
  scattered: readonly ScatteredRecords[],
): StreamRange[] {
  let rest = [...ranges];
  for (const { assurance, records, from, until, reason } of scattered) {
    let left = records;
    rest = rest.flatMap((range): StreamRange[] => {
      if (range.assurance !== 'chained' || comparePlaces(range.until, from) < 0) return [range];
      const taken = Math.min(left, range.records);
      left -= taken;
      return taken === range.records ? [] : [{ ...range, records: range.records - taken }];
    });
    if (left < records) rest.push({ assurance, records: records - left, from, until, reason });
  }
  return rest;
}
