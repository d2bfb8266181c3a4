/** One segment held to its manifest and its leaves: which of its records are those that were collected. */
import { NEWLINE } from '../base/lexical.ts';
import type { Place } from '../model/place.ts';
import { digestFile } from '../read/digest-file.ts';
import { decodedBlocks, isSystemError } from '../read/open.ts';
import { HASH_BYTES, writeLeafHash } from '../transparency/tree-hash.ts';
import type { ArchiveLeaves } from './archive-leaves.ts';
import type { SegmentRecord } from './archive-records.ts';

/** Records in a row that are alike. `unknown`: their tile is damaged. */
export type SegmentRun = {
  kind: 'sound' | 'altered' | 'unknown';
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
): Promise<SegmentAudit> {
  const audit: SegmentAudit = {
    storedSha256: digestFile(file)?.sha256,
    runs: [],
    records: 0,
    firstAltered: undefined,
    unread: undefined,
  };
  if (audit.storedSha256 === undefined) return audit;
  if (manifest.encryption === 'age' && identities.length === 0) {
    audit.unread = 'it is encrypted, and no identity was given';
    return audit;
  }
  if (manifest.leaf !== 'record') {
    audit.unread = `its leaves are of the profile ${manifest.leaf}, which this version does not verify`;
    return audit;
  }
  const lines = new LineAudit(file, manifest, leaves, audit);
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
  private readonly hash = Buffer.alloc(HASH_BYTES);
  private rest: Uint8Array = new Uint8Array(0);
  private offset = 0;

  constructor(file: string, manifest: SegmentRecord, leaves: ArchiveLeaves, audit: SegmentAudit) {
    this.file = file;
    this.manifest = manifest;
    this.audit = audit;
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
    writeLeafHash(bytes, start, end, hash, 0);
    let kind: SegmentRun['kind'] = 'altered';
    if (index < manifest.records) {
      if (!expected.isTrue(leaf)) kind = 'unknown';
      else if (hash.compare(expected.hashes, index * HASH_BYTES, (index + 1) * HASH_BYTES) === 0)
        kind = 'sound';
    }
    if (kind === 'altered') audit.firstAltered ??= index;
    const last = audit.runs.at(-1);
    if (last?.kind === kind) {
      last.records++;
      last.until = place;
    } else audit.runs.push({ kind, records: 1, from: place, until: place });
  }
}
