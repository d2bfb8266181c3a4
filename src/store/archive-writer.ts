/**
 * Writes an archive, batch by batch. The signed checkpoint is the one commit point: what it covers is in the archive, and
 * what it does not cover never was. docs/why/archive.md has the protocol and its reasons;
 * over 250 lines, for its steps have to be read together.
 */
import fs from 'node:fs';
import path from 'node:path';
import { sha256Hex } from '../base/digest.ts';
import { formatInstant, NANOS_PER_MS } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { SegmentContent, TimeRange } from './archive-content.ts';
import {
  type ArchivePlaces,
  type ControlFile,
  controlFileName,
  controlHashes,
  listFolder,
  placesOf,
  readControlFiles,
  readMarker,
} from './archive-folder.ts';
import { KnownStreams } from './archive-known.ts';
import {
  ARCHIVE_FORMAT,
  type ArchiveMarker,
  type ControlRecord,
  type Encryption,
  formatControl,
  type LeafProfile,
  type Origin,
  type SegmentRecord,
  segmentFile,
} from './archive-records.ts';
import type { Sealer } from './archive-sealer.ts';
import { removeSuperseded } from './archive-superseded.ts';
import { replaceDurably, syncFolder, writeSealed } from './durable-files.ts';
import { TiledLogWriter } from './tiled-log-writer.ts';

/** Thrown where the folder cannot be written to as an archive; the message is for the user. */
export class ArchiveRefusal extends Error {
  override readonly name = 'ArchiveRefusal';
}

export type ArchiveOptions = {
  origin: string;
  encryption: Encryption;
  /** Undefined for whoever collects nothing and takes the archive as it is. */
  leaf?: LeafProfile;
  sealer: Sealer;
  /** From size and root of the log to its signed checkpoint. */
  sign(size: number, root: Uint8Array): string;
};

/** What a manifest says of a segment beside what the writer knows. */
export type SegmentLabel = { source: string | null; class: string; origin: Origin };

/** What the disk holds for good. */
export type Acknowledged = { records: number; segments: number; size: number };

type Sealed = { record: SegmentRecord; leaves: Buffer };

/** What becomes part of the archive with the next checkpoint. */
type Batch = {
  segments: Sealed[];
  /** Of them, those whose lines are known. */
  learned: number;
  declared: ControlRecord[];
  records: number;
  bytes: number;
};

function emptyBatch(): Batch {
  return { segments: [], learned: 0, declared: [], records: 0, bytes: 0 };
}

export class ArchiveWriter {
  readonly known = new KnownStreams();
  /** Number of the segment that is sealed next, from 1. */
  nextSegment = 1;
  private nextBatch = 1;
  private readonly places: ArchivePlaces;
  private readonly options: ArchiveOptions;
  private readonly log: TiledLogWriter;
  private batch = emptyBatch();

  private constructor(archive: string, options: ArchiveOptions) {
    this.places = placesOf(archive);
    this.options = options;
    prepare(archive, options);
    // Its lock is the archive's: nothing below is touched without it.
    this.log = new TiledLogWriter(this.places.log);
  }

  /**
   * Takes the archive for this process, makes it where there is none, and ends what an interrupted run left.
   * @throws {ArchiveRefusal} @throws {StoreFault} while another process writes, or where the log does not verify
   */
  static async open(archive: string, options: ArchiveOptions): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(archive, options);
    try {
      writer.settle();
      for (const { batch, parsed } of writer.load()) {
        writer.nextBatch = batch + 1;
        for (const record of parsed) if (record?.type === 'segment') writer.learn(record);
      }
      return writer;
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  private learn(record: SegmentRecord): void {
    this.known.add(record);
    this.nextSegment = Math.max(this.nextSegment, record.segment + 1);
  }

  /** Control files, which must account for every leaf. @throws {ArchiveRefusal} */
  private load(): ControlFile[] {
    const files = readControlFiles(this.places.control);
    let leaves = 0;
    for (const { file, firstLeaf, records, controls, lines } of files) {
      if (firstLeaf !== leaves || controls !== lines.length)
        throw damaged(`${quote(file)} does not follow the one before it`);
      leaves += records + controls;
    }
    if (leaves !== this.log.committed)
      throw damaged(`its log has ${this.log.committed} leaves, its control records account for ${leaves}`);
    return files;
  }

  /** Finishes a batch that its checkpoint covers, and removes one that none does. */
  private settle(): void {
    const { pending } = this.places;
    const [file] = readControlFiles(pending);
    const { firstLeaf } = file ?? {};
    const isWhole = file !== undefined && firstLeaf !== undefined && file.controls === file.lines.length;
    if (isWhole && this.log.committed >= firstLeaf + file.records + file.controls) this.publish();
    else for (const name of listFolder(pending)) fs.rmSync(path.join(pending, name), { force: true });
  }

  /** Content that the next commit makes part of the archive. */
  get pendingBytes(): number {
    return this.batch.bytes;
  }

  get pendingSegments(): number {
    return this.batch.segments.length;
  }

  /** Writes a segment of the batch under way. */
  async seal(content: SegmentContent, { source, class: label, origin }: SegmentLabel): Promise<void> {
    const { encryption, sealer } = this.options;
    const { bytes, records, times } = content;
    const leaves = content.leafHashes();
    const digested = { bytes: bytes.length, sha256: sha256Hex(bytes) };
    const sealed = await sealer(bytes);
    const segment = this.nextSegment++;
    const file = segmentFile(segment, 1, encryption);
    writeSealed(path.join(this.places.pending, file), sealed);
    const record: SegmentRecord = {
      type: 'segment',
      segment,
      generation: 1,
      file,
      leaf: content.leaf,
      firstLeaf: this.log.committed + this.batch.records,
      records,
      source,
      class: label,
      ...timesOf(times),
      content: digested,
      stored: { bytes: sealed.length, sha256: sha256Hex(sealed) },
      compression: 'zstd',
      encryption,
      origin,
    };
    this.batch.segments.push({ record, leaves });
    this.batch.records += records;
    this.batch.bytes += bytes.length;
  }

  /** Takes back the last segments of the batch. */
  discard(segments: number): void {
    if (segments === 0) return;
    for (const { record } of this.batch.segments.splice(-segments)) {
      fs.rmSync(path.join(this.places.pending, record.file));
      this.batch.records -= record.records;
      this.batch.bytes -= record.content.bytes;
    }
    this.nextSegment -= segments;
  }

  /** Lines of the batch become known: to be called when a file is done, for the next may be a copy of it. */
  learnSealed(): void {
    const { segments, learned } = this.batch;
    for (const { record } of segments.slice(learned)) this.known.add(record);
    this.batch.learned = segments.length;
  }

  /**
   * Stores the records of a segment anew, in other lines that lead to the same leaves. The earlier file goes when the
   * batch is committed.
   */
  async rewrite(before: SegmentRecord, content: Uint8Array): Promise<void> {
    const generation = before.generation + 1;
    const sealed = await this.options.sealer(content);
    const file = segmentFile(before.segment, generation, before.encryption);
    writeSealed(path.join(this.places.pending, file), sealed);
    const record: SegmentRecord = {
      ...before,
      generation,
      file,
      content: { bytes: content.length, sha256: sha256Hex(content) },
      stored: { bytes: sealed.length, sha256: sha256Hex(sealed) },
    };
    this.batch.segments.push({ record, leaves: Buffer.alloc(0) });
    this.batch.bytes += content.length;
  }

  /** Adds a control record to the batch: what retention and redaction did is signed with what they did it to. */
  declare(record: ControlRecord): void {
    this.batch.declared.push(record);
  }

  /** Makes the batch part of the archive, for good when the call returns. Undefined where there is nothing to commit. */
  async commit(): Promise<Acknowledged | undefined> {
    const { segments, declared, records } = this.batch;
    if (segments.length + declared.length === 0) return undefined;
    const controls = 1 + segments.length + declared.length;
    const head: ControlRecord = {
      type: 'batch',
      batch: this.nextBatch,
      firstLeaf: this.log.committed,
      records,
      controls,
    };
    const lines = [head, ...segments.map(({ record }) => record), ...declared].map(formatControl);
    const { pending } = this.places;
    const text = lines.map((line) => `${line}\n`).join('');
    writeSealed(path.join(pending, controlFileName(this.nextBatch)), text);
    syncFolder(pending);
    for (const { leaves } of segments) await this.log.append(leaves);
    await this.log.append(controlHashes(lines));
    await this.log.commit(this.options.sign);
    this.publish();
    this.learnSealed();
    this.batch = emptyBatch();
    this.nextBatch++;
    return { records, segments: segments.length, size: this.log.committed };
  }

  /** Moves a committed batch to its place. The control file goes last: as long as it is pending, the move is to be finished. */
  private publish(): void {
    const { pending, segments, control } = this.places;
    const isControl = (name: string) => name.endsWith('.ndjson');
    const names = listFolder(pending);
    for (const name of names.filter((each) => !isControl(each)))
      fs.renameSync(path.join(pending, name), path.join(segments, name));
    removeSuperseded(segments, readControlFiles(pending));
    syncFolder(segments);
    for (const name of names.filter(isControl))
      fs.renameSync(path.join(pending, name), path.join(control, name));
    syncFolder(control);
    syncFolder(pending);
  }

  /** Gives the archive back. What was not committed is removed by whoever opens it next. */
  async close(): Promise<void> {
    await this.log.close();
  }
}

/** @throws {ArchiveRefusal} */
function prepare(archive: string, { origin, encryption, leaf }: ArchiveOptions): void {
  const marker = readMarker(archive);
  const places = placesOf(archive);
  if (marker === 'unreadable')
    throw new ArchiveRefusal(`its ${path.basename(places.marker)} is not readable by this version`);
  if (marker === undefined) {
    fs.mkdirSync(archive, { recursive: true });
    const strange = listFolder(archive).find((name) => name !== `${path.basename(places.marker)}.tmp`);
    if (strange !== undefined)
      throw new ArchiveRefusal(
        `it is no archive and not empty (it holds ${quote(strange)}): expected a folder of its own`,
      );
    const kind = leaf === 'salted-fields' ? { leaf } : {};
    const begun: ArchiveMarker = { format: ARCHIVE_FORMAT, origin, encryption, ...kind };
    replaceDurably(places.marker, `${JSON.stringify(begun)}\n`);
  } else if (marker.view !== undefined) {
    throw new ArchiveRefusal(`it is a view for the role "${marker.view.role}": nothing is written to a view`);
  } else if (marker.origin !== origin) {
    throw new ArchiveRefusal(
      `it is signed by the key ${quote(marker.origin)}, the key given is ${quote(origin)}`,
    );
  } else if (marker.encryption !== encryption) {
    throw new ArchiveRefusal(
      marker.encryption === 'age'
        ? 'its segments are encrypted: name the recipients again'
        : 'its segments are not encrypted, and an archive is encrypted as a whole: begin another',
    );
  } else if (leaf !== undefined && leaf !== (marker.leaf ?? 'record')) {
    throw new ArchiveRefusal(
      leaf === 'record'
        ? 'its records are salted, so that fields can be erased: collect with --salted'
        : 'its records are not salted, and an archive is salted as a whole: begin another',
    );
  }
  for (const folder of [places.segments, places.control, places.pending, places.log])
    fs.mkdirSync(folder, { recursive: true });
  syncFolder(archive);
}

function damaged(what: string): ArchiveRefusal {
  return new ArchiveRefusal(`${what}: nothing is added to a damaged archive; run "audit-check verify" on it`);
}

function timesOf({ fromMs: first, untilMs: last, untimed }: TimeRange) {
  const toText = (ms: number) => (Number.isNaN(ms) ? null : formatInstant(BigInt(ms) * NANOS_PER_MS));
  return { from: toText(first), until: toText(last), untimed };
}
