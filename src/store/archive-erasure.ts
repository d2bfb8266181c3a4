/** Takes a person out of a salted archive: segments are stored anew, and a signed tombstone says what went, when and why. */
import fs from 'node:fs';
import path from 'node:path';
import type { Field } from '../redaction/salted-record.ts';
import { type ControlFile, MARKER, placesOf, readControlFiles, readMarker } from './archive-folder.ts';
import type { ControlRecord, SegmentRecord } from './archive-records.ts';
import { redactSegment } from './archive-redaction.ts';
import { segmentsOf } from './archive-segments.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import { hasOtherName } from './other-names.ts';

export type Erasure = { reason: string; by: string; at: string };

export type Erased = {
  segments: number;
  records: number;
  fields: number;
  /** All records that were looked at. */
  searched: number;
  /** Files of which something goes, and whose bytes another name keeps. */
  linked: string[];
  /** Leaves of the log after it; undefined where nothing was written. */
  size: number | undefined;
};

/** Content of segments that are written before a checkpoint is due: what is pending takes place beside what it replaces. */
const BATCH_BYTES = 256 * 1024 * 1024;
/** Characters of tombstones in a control file, which must not outgrow what is read of one. */
const BATCH_TOMBSTONES = 16 * 1024 * 1024;
/** A digest in base64url between quotes, with its comma. */
const DIGEST_CHARACTERS = 46;

/** The segments of an archive that was verified, with the files that they lie in; without those that retention deleted. */
export function storedSegments(archive: string): { file: string; segment: SegmentRecord }[] {
  const { segments, control } = placesOf(archive);
  const records = readControlFiles(control).flatMap(({ parsed }) =>
    parsed.filter((record) => record !== undefined),
  );
  return segmentsOf(records)
    .map((segment) => ({ file: path.join(segments, segment.file), segment }))
    .filter(({ file }) => fs.existsSync(file));
}

/**
 * Erases the fields that `isErased` names. Without a writer nothing is written: what would be is counted. A crash leaves
 * an archive that verifies, of which some segments may still be to be redacted.
 */
export async function eraseFromArchive(
  archive: string,
  identities: readonly string[],
  isErased: (field: Field) => boolean,
  write: { writer: ArchiveWriter; erasure: Erasure } | undefined,
): Promise<Erased> {
  const sum: Erased = { segments: 0, records: 0, fields: 0, searched: 0, linked: [], size: undefined };
  let tombstones = 0;
  const commit = async () => {
    sum.size = (await write?.writer.commit())?.size ?? sum.size;
    tombstones = 0;
  };
  for (const { file, segment } of storedSegments(archive)) {
    const { content, erased, fields } = await redactSegment(file, segment, identities, isErased);
    sum.searched += segment.records;
    if (erased.length === 0) continue;
    sum.segments++;
    sum.records += erased.length;
    sum.fields += fields;
    if (hasOtherName(file)) sum.linked.push(file);
    if (write === undefined) continue;
    await write.writer.rewrite(segment, content);
    write.writer.declare({ type: 'tombstone', segment: segment.segment, erased, ...write.erasure });
    tombstones += fields * DIGEST_CHARACTERS;
    if (write.writer.pendingBytes >= BATCH_BYTES || tombstones >= BATCH_TOMBSTONES) await commit();
  }
  await commit();
  return sum;
}

/** A place of the archive where an identifier is left: what is signed there cannot be changed. */
export type LeftPlace = { file: string; line: number; what: string };

/** Where in the archive, beside the records, one of the texts that were written for people holds what `isNamed` looks for. */
export function leftPlaces(archive: string, isNamed: (text: string) => boolean): LeftPlace[] {
  const { control } = placesOf(archive);
  const left = readControlFiles(control).flatMap((file) => leftIn(file, isNamed));
  const marker = readMarker(archive);
  if (marker !== undefined && marker !== 'unreadable' && isNamed(marker.origin))
    left.push({ file: path.join(archive, MARKER), line: 1, what: 'the name of the log' });
  return left;
}

function leftIn({ file, parsed }: ControlFile, isNamed: (text: string) => boolean): LeftPlace[] {
  return parsed.flatMap((record, index) =>
    textsOf(record)
      .filter(([, text]) => isNamed(text))
      .map(([what]) => ({ file, line: index + 1, what })),
  );
}

function textsOf(record: ControlRecord | undefined): [what: string, text: string][] {
  switch (record?.type) {
    case 'segment':
      return [
        ['the name of the file that was collected', record.origin.name],
        ['the class of the records', record.class],
        ['the source of the records', record.source ?? ''],
      ];
    case 'pruning':
      return [
        ['the reason of a deletion', record.reason],
        ['who deleted', record.by],
      ];
    case 'tombstone':
      return [
        ['the reason of an erasure', record.reason],
        ['who erased', record.by],
      ];
    case 'view':
      return [
        ['the role of a view', record.role],
        ['the reason of a view', record.reason ?? ''],
        ['who made a view', record.by ?? ''],
      ];
    default:
      return [];
  }
}
