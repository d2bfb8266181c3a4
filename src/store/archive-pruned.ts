/** What signed records of an archive say was deleted by retention. */
import path from 'node:path';
import { parseMoment } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import type { GoneRecords } from '../model/open-use.ts';
import type { Notice } from '../model/report.ts';
import type { ControlRecord, PruningRecord, SegmentRecord } from './archive-records.ts';

/** By number of a segment, the first record that declares it deleted. Nobody can declare what was not collected yet. */
export function prunedOf(records: readonly ControlRecord[]): Map<number, PruningRecord> {
  const collected = new Map<number, SegmentRecord>();
  const pruned = new Map<number, PruningRecord>();
  for (const record of records) {
    if (record.type === 'segment') collected.set(record.segment, record);
    if (record.type !== 'pruning') continue;
    for (const { segment, firstLeaf, records: leaves } of record.segments) {
      const manifest = collected.get(segment);
      const isSame = manifest?.firstLeaf === firstLeaf && manifest.records === leaves;
      if (isSame && !pruned.has(segment)) pruned.set(segment, record);
    }
  }
  return pruned;
}

/** For the reason of a range: when, by whom, why. */
export function describePruning({ at, by, reason }: PruningRecord): string {
  return `deleted on ${at.slice(0, 10)} by ${by} (${reason}), as a signed record says; the hashes stay`;
}

/** `gone`: segments that are deleted as declared; `present`: those declared deleted whose files are still there. */
export function pruningNotices(
  segments: readonly SegmentRecord[],
  gone: ReadonlySet<number>,
  present: readonly SegmentRecord[],
): Notice[] {
  const notices: Notice[] = [];
  if (gone.size > 0) {
    const records = segments.reduce(
      (sum, manifest) => sum + (gone.has(manifest.segment) ? manifest.records : 0),
      0,
    );
    const what = isFront(segments, gone) ? 'front pruned, declared' : 'pruned, declared';
    const message = `${what}: ${count(records, 'record')} in ${count(gone.size, 'segment')} were deleted by retention, as a signed record says`;
    notices.push({ code: 'pruned', message });
  }
  if (present.length > 0) {
    const [first] = present;
    const message = `${count(present.length, 'segment')} declared deleted and still there, first ${first!.file}: "audit-check retention apply" finishes it`;
    notices.push({ code: 'unfinished-pruning', message });
  }
  return notices;
}

/** Those of the segments, with the times that their manifests say; of records without a time nobody knows. */
export function goneRecords(segments: readonly SegmentRecord[], gone: ReadonlySet<number>): GoneRecords[] {
  return segments
    .filter(({ segment }) => gone.has(segment))
    .map(({ records, from, until }) => {
      const [first, last] = [from, until].map((text) => (text === null ? undefined : parseMoment(text)));
      const isKnown = first !== undefined && last !== undefined;
      const of = isKnown ? 'of the time' : 'without a known time';
      const why = `${count(records, 'record')} ${of} were deleted by retention, and may be use`;
      return { why, ...(isKnown && { from: first, until: last }) };
    });
}

/** Whether a file is a segment before which one of its source is gone: a chain may have begun there. */
export function isBehind(
  segments: readonly SegmentRecord[],
  gone: ReadonlySet<number>,
): (file: string) => boolean {
  const first = new Map<string | null, number>();
  for (const { segment, source } of segments)
    if (gone.has(segment)) first.set(source, Math.min(segment, first.get(source) ?? segment));
  const isLater = ({ segment, source }: SegmentRecord) => segment > (first.get(source) ?? segment);
  const names = new Set(segments.filter(isLater).map(({ file }) => file));
  return (file) => names.has(path.basename(file));
}

/** Whether of each source and class the oldest segments are gone, and none behind one that is kept. */
function isFront(segments: readonly SegmentRecord[], gone: ReadonlySet<number>): boolean {
  const kept = new Set<string>();
  for (const manifest of segments.toSorted((left, right) => left.segment - right.segment)) {
    const key = JSON.stringify([manifest.source, manifest.class]);
    if (!gone.has(manifest.segment)) kept.add(key);
    else if (kept.has(key)) return false;
  }
  return true;
}
