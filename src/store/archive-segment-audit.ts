/** One segment held to its manifest and its leaves: which of its records are those that were collected. */
import { NEWLINE } from '../base/lexical.ts';
import { isSystemError } from '../base/system-error.ts';
import type { Place } from '../model/place.ts';
import { digestFile } from '../read/digest-file.ts';
import { decodedBlocks } from '../read/open.ts';
import { HASH_BYTES, writeLeafHash } from '../transparency/tree-hash.ts';
import type { ArchiveLeaves } from './archive-leaves.ts';
import type { SegmentRecord } from './archive-records.ts';
import { type ReadLine, readSaltedLine } from './archive-salting.ts';
import { Tombstones } from './archive-tombstones.ts';

const UNSALTED: ReadLine = { erased: [] };

/**
 * Records in a row that are alike. `unknown`: their tile is damaged. `erased`: fields are gone, as a tombstone says;
 * `withheld`: fields are gone that none names.
 */
export type SegmentRun = {
  kind: 'sound' | 'altered' | 'unknown' | 'erased' | 'withheld';
  /** What is wrong with a salted record, or who erased from it. */
  reason?: string;
  records: number;
  from: Place;
  until: Place;
};

export type SegmentAudit = {
  /** SHA-256 of the stored bytes; undefined where the file is gone. */
  storedSha256: string | undefined;
  /** Runs of all its records, in order; empty where the content was not read. */
  runs: SegmentRun[];
  /** Lines that are there. */
  records: number;
  /** The first record that differs, counted from 0. */
  firstAltered: number | undefined;
  /** Lines, from 1, of which fields are gone: first and last of each run. */
  erased: [from: number, until: number][];
  /** Why the content could not be read. */
  unread: string | undefined;
};

/** Of a file that decodes to more than its manifest says no more is looked at than tells what was changed. */
const MAX_EXCESS_BYTES = 16 * 1024 * 1024;

export async function auditSegment(
  file: string,
  manifest: SegmentRecord,
  leaves: ArchiveLeaves,
  identities: readonly string[],
  tombstones = new Tombstones([]),
): Promise<SegmentAudit> {
  const audit: SegmentAudit = {
    storedSha256: digestFile(file)?.sha256,
    runs: [],
    records: 0,
    firstAltered: undefined,
    erased: [],
    unread: undefined,
  };
  if (audit.storedSha256 === undefined) return audit;
  if (manifest.encryption === 'age' && identities.length === 0) {
    audit.unread = 'it is encrypted, and no identity was given';
    return audit;
  }
  const lines = new LineAudit(file, manifest, leaves, audit, tombstones);
  try {
    const blocks = decodedBlocks(file, manifest.encryption === 'age' ? identities : undefined);
    for (;;) {
      const next = await blocks.next();
      if (next.done === true) {
        audit.unread = next.value?.message;
        break;
      }
      // What decodes to more than was collected is altered; how much more nobody needs to know.
      if (!lines.push(next.value)) {
        await blocks.return(undefined);
        break;
      }
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    audit.unread = error.code;
  }
  lines.end();
  return audit;
}

class LineAudit {
  private readonly file: string;
  private readonly manifest: SegmentRecord;
  private readonly audit: SegmentAudit;
  private readonly expected: ReturnType<ArchiveLeaves['range']>;
  private readonly tombstones: Tombstones;
  private readonly hash = Buffer.alloc(HASH_BYTES);
  private rest: Uint8Array = new Uint8Array(0);
  private offset = 0;

  constructor(
    file: string,
    manifest: SegmentRecord,
    leaves: ArchiveLeaves,
    audit: SegmentAudit,
    tombstones: Tombstones,
  ) {
    this.file = file;
    this.manifest = manifest;
    this.audit = audit;
    this.tombstones = tombstones;
    const { firstLeaf, records } = manifest;
    this.expected = leaves.range(firstLeaf, Math.min(firstLeaf + records, leaves.size));
  }

  /** False where nothing more needs to be looked at. */
  push(block: Uint8Array): boolean {
    const bytes = this.rest.length === 0 ? block : Buffer.concat([this.rest, block]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.line(bytes, start, end);
      start = end + 1;
    }
    this.rest = bytes.slice(start);
    const { records, content } = this.manifest;
    const seen = this.offset + this.rest.length;
    return this.audit.records <= records && seen <= 2 * content.bytes + MAX_EXCESS_BYTES;
  }

  end(): void {
    if (this.rest.length > 0) this.line(this.rest, 0, this.rest.length);
    this.rest = new Uint8Array(0);
  }

  private line(bytes: Uint8Array, start: number, end: number): void {
    const { audit, manifest, expected, hash } = this;
    const index = audit.records++;
    const length = end - start;
    const place = { file: this.file, line: index + 1, offset: this.offset, length };
    this.offset += length + 1;
    const leaf = manifest.firstLeaf + index;
    const line = this.readLine(bytes, start, end);
    let kind: SegmentRun['kind'] = 'altered';
    let reason = 'fault' in line ? line.fault : undefined;
    if (index < manifest.records && !expected.isTrue(leaf)) kind = 'unknown';
    else if (index < manifest.records && 'erased' in line) {
      const isSame = hash.compare(expected.hashes, index * HASH_BYTES, (index + 1) * HASH_BYTES) === 0;
      if (isSame) [kind, reason] = this.judgeErased(leaf, line.erased);
    }
    if (kind === 'altered') audit.firstAltered ??= index;
    if (kind === 'erased' || kind === 'withheld') this.noteErased(index + 1);
    const last = audit.runs.at(-1);
    if (last?.kind === kind && last.reason === reason) {
      last.records++;
      last.until = place;
    } else {
      const run: SegmentRun = { kind, records: 1, from: place, until: place };
      audit.runs.push(reason === undefined ? run : { ...run, reason });
    }
  }

  /** The leaf hash goes to `hash`. */
  private readLine(bytes: Uint8Array, start: number, end: number): ReadLine {
    const { hash } = this;
    if (this.manifest.leaf === 'salted-fields') return readSaltedLine(bytes.subarray(start, end), hash);
    writeLeafHash(bytes, start, end, hash, 0);
    return UNSALTED;
  }

  private judgeErased(leaf: number, erased: readonly string[]): [SegmentRun['kind'], string | undefined] {
    if (erased.length === 0) return ['sound', undefined];
    const reason = this.tombstones.reasonOf(leaf, erased);
    return reason === undefined ? ['withheld', undefined] : ['erased', reason];
  }

  private noteErased(line: number): void {
    const last = this.audit.erased.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else this.audit.erased.push([line, line]);
  }
}
