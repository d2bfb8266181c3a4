/** Which manifests of an archive hold, and which of its segments retention deleted. */
import type { ControlRecord, SegmentRecord } from './archive-records.ts';

/** Those that hold, each file's lines together and in their order: so a file that grew is audited as one. */
export function segmentsOf(records: readonly ControlRecord[]): SegmentRecord[] {
  const current = new Map<number, SegmentRecord>();
  for (const record of records) {
    if (record.type !== 'segment') continue;
    const known = current.get(record.segment);
    if (known === undefined || record.generation > known.generation) current.set(record.segment, record);
  }
  return [...current.values()].sort(
    (left, right) => left.origin.stream - right.origin.stream || left.segment - right.segment,
  );
}

export function prunedOf(records: readonly ControlRecord[]): Set<number> {
  return new Set(
    records.flatMap((record) =>
      record.type === 'pruning' ? record.segments.map(({ segment }) => segment) : [],
    ),
  );
}
