/** One run of `seal`: which records of the files are new, appended to the tiled log, and the checkpoint of all. */
import path from 'node:path';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { TiledLog } from '../store/tiled-log.ts';
import { StoreFault } from '../store/tiled-log-files.ts';
import { dropInventories, readInventory } from '../store/tiled-log-inventory.ts';
import { TiledLogWriter } from '../store/tiled-log-writer.ts';
import { formatCheckpoint, parseCheckpoint } from '../transparency/checkpoint.ts';
import { FileFollower, type SealedLeaves } from '../transparency/follow-file.ts';
import {
  formatInventory,
  HEAD_BYTES,
  HEAD_LEAVES,
  type Inventory,
  inventoryName,
  type SealedSpan,
  type SealedStream,
  streamsOf,
} from '../transparency/inventory.ts';
import { continuationsOf, headsAgree } from '../transparency/match-streams.ts';
import { parseVerifierKey, type SignerKey, verifierOf } from '../transparency/note-key.ts';
import { parseNote, signNote, verifyNote } from '../transparency/signed-note.ts';
import { HASH_BYTES } from '../transparency/tree-hash.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { faultOf, goneWords, unseenWords } from './seal-faults.ts';
import { type Given, judgeMissed } from './seal-gone.ts';
import { type Framing, LeafReader } from './seal-leaves.ts';
import { leftOf, TEXT_ADVICE } from './seal-left.ts';
import { matchFiles } from './seal-match.ts';
import { type PublishTarget, publish } from './seal-publish.ts';
import type { LeafThread } from './seal-thread.ts';

/** Records after which a checkpoint is made even within a run: as much is done again after a crash. */
const CHECKPOINT_RECORDS = 4_000_000;

/** A log is no empty thing that could be proven: nothing was sealed so far. */
const NOTHING: SealedLeaves = { leaves: () => [] };

export class SealRun {
  private readonly folder: string;
  private readonly signer: SignerKey;
  private readonly reader: LeafReader;
  private readonly thread: LeafThread | undefined;
  private readonly writer: TiledLogWriter;
  private readonly spans: SealedSpan[];
  private readonly streams: SealedStream[];
  private readonly sealed: SealedLeaves;
  /** How many of the streams earlier runs sealed, and which of these some file of today holds a record of. */
  private readonly known: number;
  private readonly found = new Set<number>();
  /** The files that were read, absolute. */
  private readonly read = new Set<string>();
  private readonly troubles: string[] = [];
  private isTextLeft = false;

  constructor(folder: string, signer: SignerKey, framing: Framing, thread: LeafThread | undefined) {
    this.folder = folder;
    this.signer = signer;
    this.reader = new LeafReader(framing);
    this.thread = thread;
    this.writer = new TiledLogWriter(folder);
    try {
      const before = this.readBefore();
      this.spans = before.spans;
      this.streams = streamsOf(before.spans);
      this.sealed = before.sealed;
      this.known = this.streams.length;
    } catch (error) {
      void this.writer.close();
      throw error;
    }
  }

  async seal(
    files: readonly DiscoveredFile[],
    given: Given,
    targets: readonly PublishTarget[],
  ): Promise<ExitCode> {
    try {
      const before = this.writer.committed;
      const isChanged = await this.append(files);
      if (isChanged) return EXIT.findings;
      if (this.writer.size === 0) {
        process.stderr.write(`nothing was sealed: no record ${this.isTextLeft ? 'of JSON ' : ''}was found\n`);
        this.tellTroubles();
        return EXIT.incomplete;
      }
      const note = await this.commit();
      const sealed = this.writer.size - before;
      const summary = `${count(sealed, 'record')} sealed, ${count(this.writer.size, 'record')} in all`;
      process.stderr.write(`${summary}, checkpoint ${path.join(this.folder, 'checkpoint')}\n`);
      const isGone = await this.tellGone(given);
      this.tellTroubles();
      for (const target of targets) await publish(target, note, this.signer.name, this.writer.size);
      // What could not be read may hold what is missing.
      if (this.troubles.length > 0) return EXIT.incomplete;
      return isGone ? EXIT.findings : EXIT.clean;
    } finally {
      await this.writer.close();
    }
  }

  /**
   * Whether sealed files are gone, as `verify` would say. What is new was sealed all the same: whoever deletes one file must
   * not keep the others from being sealed.
   */
  private async tellGone(given: Given): Promise<boolean> {
    const missed = this.streams.slice(0, this.known).filter(({ number }) => !this.found.has(number));
    if (missed.length === 0) return false;
    // The checkpoint of this run may have replaced the last tiles of the one before.
    const log = { streams: this.streams, sealed: new TiledLog(this.folder), reader: this.reader };
    const { gone, unseen, notes } = await judgeMissed(missed, given, this.read, log);
    for (const message of goneWords(gone)) process.stderr.write(`error: ${escapeControls(message)}\n`);
    if (gone.length > 0) process.stderr.write(this.advice());
    for (const note of [...unseenWords(unseen), ...notes])
      process.stderr.write(`note: ${escapeControls(note)}\n`);
    return gone.length > 0;
  }

  private advice(): string {
    return `"audit-check verify … --checkpoint ${escapeControls(this.folder)}" says what was done to the log\n`;
  }

  private tellTroubles(): void {
    const notes = this.isTextLeft ? [...this.troubles, TEXT_ADVICE] : this.troubles;
    for (const note of notes) process.stderr.write(`note: ${escapeControls(note)}\n`);
  }

  /** Whether something that was sealed is no longer as it was: then nothing more is sealed. */
  private async append(files: readonly DiscoveredFile[]): Promise<boolean> {
    const readable = files.filter((file) => {
      if (file.skip?.unsupported === true)
        this.troubles.push(`${quote(file.file)} is not sealed: ${file.skip.reason}`);
      return file.skip === undefined;
    });
    const matched = await this.match(readable);
    const continuations = continuationsOf(this.streams, matched);
    for (const [at, { file }] of readable.entries()) {
      this.read.add(path.resolve(file));
      const number = matched.get(at);
      const stream = number === undefined ? undefined : this.streams[number];
      const fault = await this.appendFile(file, stream, continuations);
      if (fault !== undefined) {
        process.stderr.write(
          `error: ${escapeControls(file)}: ${fault}\nnothing more was sealed: ${this.advice()}`,
        );
        return true;
      }
      if (this.writer.size - this.writer.committed >= CHECKPOINT_RECORDS) await this.commit();
    }
    return false;
  }

  private async match(files: readonly DiscoveredFile[]): Promise<Map<number, number>> {
    if (this.streams.length === 0) return new Map();
    const { heads, matched: alike } = await matchFiles(this.reader, files, this.streams, this.sealed);
    const matched = new Map<number, number>();
    for (const [at, number] of alike) {
      const stream = this.streams[number]!;
      // A file that begins otherwise is a new one, though logs may share their first record, unless the rest is as sealed.
      const isSame = headsAgree(heads[at]!.head, stream.head) || (await this.goesOn(files[at]!.file, stream));
      if (isSame) matched.set(at, number);
    }
    return matched;
  }

  /**
   * Whether a quarter of the shorter of the two is the same, in the same order: by chance, or by a shared head, it is less. A file
   * without a record goes on with none: rotation leaves one.
   */
  private async goesOn(file: string, stream: SealedStream): Promise<boolean> {
    const follower = new FileFollower(this.sealed, stream, new Map());
    await this.reader.read(file, (batch) => follower.add(batch), false);
    const { pieces, records } = follower.finish();
    const same = pieces.reduce((sum, piece) => sum + (piece.kind === 'sealed' ? piece.records : 0), 0);
    return same > 0 && same * 4 >= Math.min(records, stream.count);
  }

  private async appendFile(
    file: string,
    stream: SealedStream | undefined,
    continuations: ReadonlyMap<string, readonly SealedStream[]>,
  ): Promise<string | undefined> {
    const first = this.writer.size;
    let head = '';
    const follower = new FileFollower(this.sealed, stream, continuations, (hashes) => {
      for (let at = 0; at < hashes.length && head.length < 2 * HEAD_BYTES * HEAD_LEAVES; at += HASH_BYTES)
        head += Buffer.from(hashes.subarray(at, at + HEAD_BYTES)).toString('hex');
      this.writer.append(hashes);
    });
    const read = await (this.thread ?? this.reader).read(file, (batch) => follower.add(batch), false);
    const followed = follower.finish();
    for (const { kind, stream: held } of followed.pieces)
      if (kind === 'sealed' && held !== undefined) this.found.add(held.number);
    const fault = faultOf(followed, this.streams);
    if (fault !== undefined) return fault;
    if (read.problem !== undefined) this.troubles.push(`${quote(file)} is not sealed whole: ${read.problem}`);
    const left = leftOf(file, read);
    if (left !== undefined) this.troubles.push(left);
    this.isTextLeft ||= read.text !== undefined;
    const added = this.writer.size - first;
    if (added === 0) return undefined;
    // Of a file that two were joined into, what is new belongs to the second.
    const owner = followed.pieces.findLast(({ kind }) => kind === 'sealed')?.stream;
    const number = owner?.number ?? this.streams.length;
    const span = { stream: number, file, source: read.source, first, count: added, ...(!owner && { head }) };
    this.spans.push(span);
    if (owner === undefined) this.streams.push({ number, file, head, spans: [span], count: added });
    else {
      owner.spans.push(span);
      owner.count += added;
    }
    return undefined;
  }

  private async commit(): Promise<string> {
    const origin = this.signer.name;
    const sign = (size: number, root: Uint8Array) =>
      signNote(formatCheckpoint({ origin, size, root }), [this.signer]);
    const inventory: Inventory = {
      origin,
      size: this.writer.size,
      root: this.writer.root(),
      spans: this.spans,
    };
    const bytes = Buffer.from(signNote(formatInventory(inventory), [this.signer]));
    const note = await this.writer.commit(sign, [{ name: inventoryName(inventory.size), bytes }]);
    dropInventories(this.folder, inventory.size);
    return note;
  }

  /** What the last run left. @throws {StoreFault} where this key did not sign it */
  private readBefore(): { spans: SealedSpan[]; sealed: SealedLeaves } {
    const { note } = this.writer;
    if (note === undefined) return { spans: [], sealed: NOTHING };
    const key = parseVerifierKey(verifierOf(this.signer));
    const parsed = parseNote(Buffer.from(note));
    const checkpoint = parseCheckpoint(parsed.text);
    if (verifyNote(parsed, [key]).length === 0 || checkpoint.origin !== this.signer.name)
      throw new StoreFault(`the checkpoint in ${this.folder} was not signed by the key ${quote(key.name)}`);
    const inventory = readInventory(this.folder, checkpoint, [key]);
    if (inventory === undefined && checkpoint.size > 0n)
      throw new StoreFault(`${this.folder}: expected the inventory of the checkpoint, found none`);
    return { spans: inventory?.spans ?? [], sealed: new TiledLog(this.folder) };
  }
}
