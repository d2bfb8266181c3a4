/** What was found in a segment, as findings: one for each segment, that says the most that is known of it. */
import { count, formatNumber, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import { archiveFinding } from './archive-findings.ts';
import type { SegmentRecord } from './archive-records.ts';
import type { SegmentAudit } from './archive-segment-audit.ts';

/** `segments`: all of the archive, for one whose bytes lie under the name of another. */
export function judgeSegment(
  file: string,
  manifest: SegmentRecord,
  audit: SegmentAudit,
  segments: readonly SegmentRecord[],
  isView = false,
): { findings: Finding[]; incomplete: boolean } {
  const { records: expected, stored } = manifest;
  const { storedSha256, records: found, firstAltered, unread, runs } = audit;
  if (storedSha256 === undefined) {
    const message = `expected ${count(expected, 'record')} of ${quote(manifest.origin.name)} in it, found no file`;
    return { findings: [archiveFinding('missing-segment', file, message, expected)], incomplete: true };
  }
  const isStored = storedSha256 === stored.sha256;
  const isLocked = runs.length === 0 && unread !== undefined;
  // What its digest vouches for may still be unread: a key is missing, not a record.
  if (isLocked && isStored) return { findings: [], incomplete: true };
  const altered = runs.reduce((sum, { kind, records }) => sum + (kind === 'altered' ? records : 0), 0);
  const isWhole = found === expected && altered === 0 && unread === undefined;
  const erased = isView ? [] : judgeWithheld(file, audit);
  // The bytes of a view are its own; its records are held to their leaves like those of the archive.
  if (isWhole && (isStored || isView || erased.length > 0)) return { findings: erased, incomplete: false };
  if (isWhole) {
    const message = `its records are those that were signed, its stored bytes are not those of the manifest`;
    return {
      findings: [archiveFinding('rewritten-segment', file, message, 1, storedSha256)],
      incomplete: false,
    };
  }
  const other = segments.find(
    (each) => each.stored.sha256 === storedSha256 && each.segment !== manifest.segment,
  );
  const first = runs.find(({ kind }) => kind === 'altered');
  const parts = [
    ...(other === undefined
      ? []
      : [`expected segment ${manifest.segment}, found the bytes of segment ${other.segment}`]),
    ...(isLocked ? ['its stored bytes are not those of its manifest'] : []),
    ...(found === expected || isLocked ? [] : [countsOf(expected, found, unread)]),
    ...(unread === undefined ? [] : [unread]),
    ...(firstAltered === undefined
      ? []
      : [`${count(altered, 'record')} not as collected, from line ${formatNumber(firstAltered + 1)} on`]),
    ...(first?.reason === undefined ? [] : [first.reason]),
  ];
  const finding = archiveFinding(
    'altered-segment',
    first?.from ?? file,
    parts.join('; '),
    countGone(manifest, audit, altered),
    storedSha256,
  );
  return { findings: [finding, ...erased], incomplete: isLocked };
}

/** Records that are lost, altered or added; of a segment that could not be read at all, every one. */
function countGone(
  { records: expected }: SegmentRecord,
  { records, runs }: SegmentAudit,
  altered: number,
): number {
  // Records beyond the last of the segment are among those altered already.
  const unseen = runs.length === 0 ? expected : Math.max(0, expected - records);
  return Math.max(altered + unseen, 1);
}

/** Whoever may erase leaves a tombstone. */
function judgeWithheld(file: string, { runs, storedSha256 }: SegmentAudit): Finding[] {
  const gone = runs.filter(({ kind }) => kind === 'withheld');
  if (gone.length === 0) return [];
  const records = gone.reduce((sum, run) => sum + run.records, 0);
  const message = `fields of ${count(records, 'record')} were erased, and no tombstone in the log names them`;
  return [archiveFinding('erased-without-tombstone', gone[0]?.from ?? file, message, records, storedSha256)];
}

function countsOf(expected: number, found: number, unread: string | undefined): string {
  // Reading stops behind the last record that can be one of the segment's.
  const more = found > expected && unread === undefined ? 'more' : count(found, 'record');
  return `expected ${count(expected, 'record')}, found ${more}`;
}
