/**
 * What an archive says of itself: its marker, and the control records, which are leaves of its log beside the records of
 * the sources. A signed checkpoint therefore covers them too, and a later one supersedes an earlier one without erasing it.
 * Over 250 lines: each record stands beside what tells a damaged one.
 */

export const ARCHIVE_FORMAT = 'audit-check/archive/v1';

/** `archive.json`. It is no leaf and vouches for nothing: it says how the folder is to be read. */
export type ArchiveMarker = {
  format: typeof ARCHIVE_FORMAT;
  /** The origin line of the checkpoints: the name of the signing key. */
  origin: string;
  /** Chosen once: an archive that was begun encrypted takes no segment in plain text by mistake. */
  encryption: Encryption;
  /** Chosen once, too; `record` where nothing is said. */
  leaf?: LeafProfile;
  /** Set in a copy for a role, in which fields are withheld. */
  view?: ViewMarker;
};

/** A view is no archive: what it lacks was left out for a role, and its log is that of the archive. */
export type ViewMarker = {
  role: string;
  /** Paths of the policy. */
  without: string[];
  reason?: string;
  by?: string;
  /** RFC 3339. */
  at: string;
};

export type Encryption = 'none' | 'age';

/**
 * How a line of a segment becomes a leaf. `record`: the leaf is the line. `salted-fields`: the leaf is made from the
 * digests of its fields, so that a field may go and the leaf stays (written by redaction).
 */
export type LeafProfile = 'record' | 'salted-fields';

/** Bytes and their SHA-256 in lower-case hexadecimal digits. */
export type Digested = { bytes: number; sha256: string };

/** Opens a batch: the control records of a batch are its last leaves, and this one is the first of them. */
export type BatchRecord = {
  type: 'batch';
  /** From 1, without gaps. */
  batch: number;
  /** Leaves of the log before the batch. */
  firstLeaf: number;
  /** Leaves of the batch that are records of sources: they come first. */
  records: number;
  /** Control records of the batch, with this one. */
  controls: number;
};

/**
 * The manifest of a segment. The one of the highest generation holds; each later one says of the same leaves that they
 * are stored in other bytes.
 */
export type SegmentRecord = {
  type: 'segment';
  /** From 1, without gaps. */
  segment: number;
  /** 1 as it was collected; one more each time its stored bytes were rewritten. */
  generation: number;
  /** Its name in the folder `segments`. */
  file: string;
  leaf: LeafProfile;
  firstLeaf: number;
  records: number;
  /** Name of the mapping; null where none fitted. */
  source: string | null;
  /** What retention tells apart: a word of the user's. */
  class: string;
  /** First and last event time, RFC 3339; null where no record had one. */
  from: string | null;
  until: string | null;
  /** Records without an event time that can be read; manifests of earlier versions do not say. */
  untimed?: number;
  /** The lines, each ended by a newline. */
  content: Digested;
  /** The file as it lies on the disk. */
  stored: Digested;
  compression: 'zstd';
  encryption: Encryption;
  origin: Origin;
};

/** Where the lines came from, and what is needed to know them again. It stays as it is through all generations. */
export type Origin = {
  /** The first segment of the file whose lines these are. */
  stream: number;
  /** What the file was called when these lines were collected. */
  name: string;
  /** Lines of the file before these. */
  skipped: number;
  /** Of the first line of the file. Under a key where the archive is salted, as the next one. */
  headSha256: string;
  /** Of all lines of the file up to the last of these, each ended by a newline. */
  throughSha256: string;
};

/** Whole segments that were deleted by a rule of retention: their leaves stay, their content does not. */
export type PruningRecord = {
  type: 'pruning';
  segments: {
    segment: number;
    firstLeaf: number;
    records: number;
    content: Digested;
    stored: Digested;
    /** The maximum age that it was past, as the policy wrote it. */
    maximum: string;
  }[];
  reason: string;
  by: string;
  /** RFC 3339. */
  at: string;
  /** SHA-256 of the policy's file. */
  policySha256: string;
};

/** What was erased of the records of one segment: their leaves and the digests whose values are gone. Nothing of the values. */
export type TombstoneRecord = {
  type: 'tombstone';
  segment: number;
  /** Digests in base64url, as they stand in the record. */
  erased: { leaf: number; digests: string[] }[];
  reason: string;
  by: string;
  /** RFC 3339. */
  at: string;
};

/** A view was made of the archive. */
export type ViewRecord = { type: 'view' } & ViewMarker;

export type ControlRecord = BatchRecord | SegmentRecord | PruningRecord | TombstoneRecord | ViewRecord;

/**
 * Stands before a control record where its leaf is hashed. It holds a newline, which no line of a segment does: so no
 * source can write a record whose leaf is that of a manifest.
 */
export const CONTROL_PREFIX = 'audit-check/control/v1\n';

export function controlLeaf(line: string): Buffer {
  return Buffer.from(CONTROL_PREFIX + line);
}

/** One line; keys in the order they were given, so a record that was read is written as it was. */
export function formatControl(record: ControlRecord): string {
  return JSON.stringify(record);
}

/** Undefined where the line is none of ours: it may be damaged, or of a later version. */
export function parseControl(line: string): ControlRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isControl(value) ? value : undefined;
}

export function parseMarker(text: string): ArchiveMarker | undefined {
  try {
    const value = JSON.parse(text) as Partial<ArchiveMarker>;
    const isOurs = value.format === ARCHIVE_FORMAT && typeof value.origin === 'string';
    const { encryption, leaf, view } = value;
    const isWhole = (leaf === undefined || isLeaf(leaf)) && (view === undefined || isView(view));
    return isOurs && isEncryption(encryption) && isWhole ? (value as ArchiveMarker) : undefined;
  } catch {
    return undefined;
  }
}

function isControl(value: unknown): value is ControlRecord {
  if (!isMap(value)) return false;
  switch (value.type) {
    case 'batch':
      return [value.batch, value.firstLeaf, value.records, value.controls].every(isCount);
    case 'segment':
      return isSegment(value);
    case 'pruning':
      return (
        [value.reason, value.by, value.at, value.policySha256].every(isText) &&
        Array.isArray(value.segments) &&
        value.segments.every(isPruned)
      );
    case 'tombstone':
      return (
        [value.reason, value.by, value.at].every(isText) &&
        isCount(value.segment) &&
        Array.isArray(value.erased) &&
        value.erased.every(isErased)
      );
    case 'view':
      return isView(value);
    default:
      return false;
  }
}

/** A name that leads out of the folder would have the verifier read, and redaction rewrite, a file of somebody else. */
const SEGMENT_FILE = /^\d{8,15}(?:\.g\d{1,9})?\.ndjson\.zst(?:\.age)?$/;

export function segmentFile(segment: number, generation: number, encryption: Encryption): string {
  const later = generation === 1 ? '' : `.g${generation}`;
  return `${String(segment).padStart(8, '0')}${later}.ndjson.zst${encryption === 'age' ? '.age' : ''}`;
}

function isSegment(value: Record<string, unknown>): boolean {
  const { origin } = value;
  return (
    [value.segment, value.generation, value.firstLeaf, value.records].every(isCount) &&
    typeof value.file === 'string' &&
    SEGMENT_FILE.test(value.file) &&
    isLeaf(value.leaf) &&
    (value.source === null || typeof value.source === 'string') &&
    typeof value.class === 'string' &&
    [value.from, value.until].every((time) => time === null || isText(time)) &&
    (value.untimed === undefined || isCount(value.untimed)) &&
    isDigested(value.content) &&
    isDigested(value.stored) &&
    value.compression === 'zstd' &&
    isEncryption(value.encryption) &&
    isMap(origin) &&
    [origin.stream, origin.skipped].every(isCount) &&
    [origin.name, origin.headSha256, origin.throughSha256].every(isText)
  );
}

function isPruned(value: unknown): boolean {
  return (
    isMap(value) &&
    [value.segment, value.firstLeaf, value.records].every(isCount) &&
    isDigested(value.content) &&
    isDigested(value.stored) &&
    isText(value.maximum)
  );
}

function isErased(value: unknown): boolean {
  return isMap(value) && isCount(value.leaf) && Array.isArray(value.digests) && value.digests.every(isText);
}

function isView(value: unknown): boolean {
  return (
    isMap(value) &&
    [value.role, value.at].every(isText) &&
    [value.reason, value.by].every((text) => text === undefined || isText(text)) &&
    Array.isArray(value.without) &&
    value.without.every(isText)
  );
}

function isLeaf(value: unknown): value is LeafProfile {
  return value === 'record' || value === 'salted-fields';
}

function isDigested(value: unknown): boolean {
  return isMap(value) && isCount(value.bytes) && isText(value.sha256) && /^[0-9a-f]{64}$/.test(value.sha256);
}

function isEncryption(value: unknown): value is Encryption {
  return value === 'none' || value === 'age';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
