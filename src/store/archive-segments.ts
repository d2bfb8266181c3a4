/**
 * Which segments an archive has, by its control records. Whoever holds the key can sign a manifest that contradicts an
 * earlier one, and every checkpoint kept elsewhere still fits: so manifests are held to each other as well.
 */

import type { Finding } from '../model/finding.ts';
import type { SignedControl } from './archive-control-audit.ts';
import { archiveFinding } from './archive-findings.ts';
import type { BatchRecord, ControlRecord, SegmentRecord } from './archive-records.ts';

/** Those that hold, each file's lines together and in their order: so a file that grew is audited as one. */
export function segmentsOf(records: readonly ControlRecord[]): SegmentRecord[] {
  const current = new Map<number, SegmentRecord>();
  for (const record of records) {
    if (record.type !== 'segment') continue;
    const known = current.get(record.segment);
    if (known === undefined || (record.generation > known.generation && tellsTheSame(known, record)))
      current.set(record.segment, record);
  }
  return [...current.values()].sort(
    (left, right) => left.origin.stream - right.origin.stream || left.segment - right.segment,
  );
}

/**
 * By number of a segment, the one that ends where it begins in the file of both. Where two do, since the file was rewritten
 * behind an earlier end, it is the later: that is what the file held last. `segments`: in their order.
 */
export function predecessorsOf(segments: readonly SegmentRecord[]): Map<number, SegmentRecord> {
  const ends = new Map<string, SegmentRecord>();
  const predecessors = new Map<number, SegmentRecord>();
  for (const record of segments) {
    const { stream, skipped } = record.origin;
    const before = skipped === 0 ? undefined : ends.get(`${stream} ${skipped}`);
    if (before !== undefined) predecessors.set(record.segment, before);
    ends.set(`${stream} ${skipped + record.records}`, record);
  }
  return predecessors;
}

/** A later generation stores the same leaves in other bytes; it says nothing else anew. */
function tellsTheSame(left: SegmentRecord, right: SegmentRecord): boolean {
  const told = ({ leaf, firstLeaf, records, source, class: label, origin, ...times }: SegmentRecord) => {
    const { from, until, untimed } = times;
    const entries = Object.entries(origin).sort();
    return JSON.stringify([leaf, firstLeaf, records, source, label, from, until, untimed, entries]);
  };
  return told(left) === told(right);
}

/** Why segments may be left out of what is audited or told; undefined where the signed manifests account for every record. */
export function whySegmentsUnknown(
  { findings }: SignedControl,
  contradictions: readonly Finding[],
): string | undefined {
  if (findings.length > 0)
    return 'control records are missing or altered: nobody can tell which segments there were';
  return contradictions.length > 0 ? 'manifests contradict each other' : undefined;
}

/** Manifests that contradict each other, and leaves of records that are in no segment or in two. */
export function auditManifests({ records, findings }: SignedControl, file: string) {
  const first = new Map<number, SegmentRecord>();
  const contradictions = records.flatMap((record) => {
    if (record.type !== 'segment') return [];
    const known = first.get(record.segment);
    if (known === undefined) first.set(record.segment, record);
    if (known === undefined || (tellsTheSame(known, record) && known.generation < record.generation))
      return [];
    const message = `generation ${record.generation} of the manifest of segment ${record.segment} does not speak of the leaves, source and origin that generation ${known.generation} speaks of`;
    return [archiveFinding('contradicting-manifest', file, message, known.records)];
  });
  // Of leaves whose manifest is not the signed one it is said already.
  if (findings.length > 0) return contradictions;
  const inOrder = [...first.values()].sort((left, right) => left.firstLeaf - right.firstLeaf);
  let at = 0;
  const gaps = records
    .filter((record): record is BatchRecord => record.type === 'batch')
    .flatMap((batch) => {
      const end = batch.firstLeaf + batch.records;
      let next = batch.firstLeaf;
      for (; inOrder[at]?.firstLeaf === next && next + inOrder[at]!.records <= end; at++)
        next += inOrder[at]!.records;
      if (next === end) return [];
      const message = `batch ${batch.batch} has the leaves ${batch.firstLeaf} to ${end - 1} for records: expected each in one segment, found ${next} in none or in two`;
      return [archiveFinding('contradicting-manifest', file, message, end - next)];
    });
  return [...contradictions, ...gaps];
}
