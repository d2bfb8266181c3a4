/**
 * Appends to a tiled log. Tiles come first, the checkpoint last: whenever the process ends, the folder holds the log of
 * the last checkpoint, and what was written beyond it is written again.
 */
import fs from 'node:fs';
import path from 'node:path';
import { coveringNodes, foldNodes } from '../transparency/compact-range.ts';
import { foldPerfect } from '../transparency/perfect-tree.ts';
import { hashesAtLevel, TILE_LEVELS, TILE_WIDTH, tilePath } from '../transparency/tiles.ts';
import { equalHashes, HASH_BYTES } from '../transparency/tree-hash.ts';
import { CHECKPOINT, parseStored, readCheckpointNote, readTileFile, tileLevels } from './tiled-log.ts';
import { DurableFolder, StoreFault } from './tiled-log-files.ts';
import { FolderLock } from './tiled-log-lock.ts';

/** Tiles written at a time: four threads of Node flush them to the disk (0.3 ms each instead of 0.9, measured). */
const MAX_PENDING = 64;
/** Tiles that may wait for it: 16 MB. Beyond them the caller's own thread writes, so that nobody reads ahead of the disk. */
const MAX_WAITING = 2048;

/** A file that belongs to a checkpoint and is on the disk before it. */
export type Companion = { name: string; bytes: Uint8Array };

export class TiledLogWriter {
  readonly folder: string;
  /** The checkpoint that stands; undefined in a new log. */
  note: string | undefined;
  origin: string | undefined;
  /** Leaves appended so far, with those under the checkpoint. */
  size = 0;
  /** Leaves under the checkpoint that stands. */
  committed = 0;
  private readonly lock: FolderLock;
  private readonly files: DurableFolder;
  /** By level of tiles: the hashes of the tile at the right edge. */
  private readonly edge: Buffer[] = [];
  private readonly pending = new Set<Promise<void>>();
  private readonly waiting: Companion[] = [];
  private failure: unknown;

  /** Opens or begins a log, at its last checkpoint. @throws {StoreFault} when another process writes, or tiles do not fit */
  constructor(folder: string) {
    this.folder = folder;
    this.lock = new FolderLock(folder);
    try {
      this.files = new DurableFolder(folder);
      this.recover();
    } catch (error) {
      this.lock.release();
      throw error;
    }
  }

  /** Leaf hashes one after the other. Tiles are written meanwhile; nothing counts before `commit`. */
  append(hashes: Uint8Array): void {
    if (hashes.length % HASH_BYTES !== 0) throw new RangeError('hashes have 32 bytes each');
    if (this.failure !== undefined) throw this.failure;
    for (let at = 0; at < hashes.length; ) {
      const filled = this.size % TILE_WIDTH;
      const length = Math.min(hashes.length - at, (TILE_WIDTH - filled) * HASH_BYTES);
      this.edgeOf(0).set(hashes.subarray(at, at + length), filled * HASH_BYTES);
      this.size += length / HASH_BYTES;
      at += length;
      if (this.size % TILE_WIDTH === 0) this.closeTiles();
    }
  }

  root(): Uint8Array {
    return foldNodes(
      coveringNodes(0, this.size).map(({ level, index }) => {
        const tileLevel = Math.floor(level / TILE_LEVELS);
        const count = 2 ** (level % TILE_LEVELS);
        return foldPerfect(this.edgeOf(tileLevel), (index * count) % TILE_WIDTH, count);
      }),
    );
  }

  /**
   * Makes everything appended count. `sign`: from size and root to the signed note, newline at its end. `companions` are
   * on the disk before it. @throws {StoreFault} when the lock was lost
   */
  async commit(
    sign: (size: number, root: Uint8Array) => string,
    companions: readonly Companion[] = [],
  ): Promise<string> {
    const note = sign(this.size, this.root());
    const { size, origin } = parseStored(this.folder, note);
    if (Number(size) !== this.size) throw new RangeError(`a checkpoint of ${size} for ${this.size} leaves`);
    await this.settle();
    for (let level = 0; level < tileLevels(this.size); level += 1) {
      const width = hashesAtLevel(this.size, level) % TILE_WIDTH;
      if (width === 0) continue;
      const index = Math.floor(hashesAtLevel(this.size, level) / TILE_WIDTH);
      const bytes = this.edgeOf(level).subarray(0, width * HASH_BYTES);
      await this.files.write(tilePath({ level, index, width }), bytes);
    }
    for (const { name, bytes } of companions) await this.files.write(name, bytes);
    await this.files.flushFolders();
    if (!this.lock.isHeld()) throw new StoreFault(`${this.folder}: another process took the lock`);
    await this.files.write(CHECKPOINT, Buffer.from(note));
    await this.files.flushFolders();
    const before = this.committed;
    this.note = note;
    this.origin = origin;
    this.committed = this.size;
    this.dropPartial(before);
    return note;
  }

  /** Ends writing; what was not committed is forgotten. */
  async close(): Promise<void> {
    this.waiting.length = 0;
    await Promise.allSettled(this.pending);
    this.files.close();
    this.lock.release();
  }

  private recover(): void {
    const note = readCheckpointNote(this.folder);
    if (note === undefined) return;
    const { origin, size, root } = parseStored(this.folder, note);
    this.note = note;
    this.origin = origin;
    this.size = Number(size);
    this.committed = this.size;
    for (let level = 0; level < tileLevels(this.size); level += 1) {
      const width = hashesAtLevel(this.size, level) % TILE_WIDTH;
      if (width === 0) continue;
      const index = Math.floor(hashesAtLevel(this.size, level) / TILE_WIDTH);
      this.edgeOf(level).set(readTileFile(this.folder, { level, index, width }));
    }
    if (!equalHashes(this.root(), root))
      throw new StoreFault(
        `${this.folder}: the tiles lead to another root than the checkpoint: one of them was altered; ` +
          'nothing is appended to a log that does not verify',
      );
  }

  /** The tile at the right edge is full: it is written, and its root goes into the tile above. */
  private closeTiles(): void {
    for (let level = 0; ; level += 1) {
      const hashes = hashesAtLevel(this.size, level);
      const bytes = this.edgeOf(level);
      this.writeLater(
        tilePath({ level, index: hashes / TILE_WIDTH - 1, width: TILE_WIDTH }),
        Buffer.from(bytes),
      );
      const above = hashes / TILE_WIDTH;
      this.edgeOf(level + 1).set(foldPerfect(bytes, 0, TILE_WIDTH), ((above - 1) % TILE_WIDTH) * HASH_BYTES);
      if (above % TILE_WIDTH !== 0) return;
    }
  }

  private writeLater(name: string, bytes: Buffer): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.files.writeNow(name, bytes);
      return;
    }
    this.waiting.push({ name, bytes });
    this.startWriting();
  }

  private startWriting(): void {
    while (this.pending.size < MAX_PENDING) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      const writing = this.files
        .write(next.name, next.bytes)
        .catch((error: unknown) => {
          this.failure ??= error;
        })
        .then(() => {
          this.pending.delete(writing);
          this.startWriting();
        });
      this.pending.add(writing);
    }
  }

  private async settle(): Promise<void> {
    while (this.pending.size > 0) await Promise.race(this.pending);
    if (this.failure !== undefined) throw this.failure;
  }

  /** Partial tiles of the checkpoint before are no longer needed; one that stays behind does no harm. */
  private dropPartial(size: number): void {
    for (let level = 0; level < tileLevels(size); level += 1) {
      const width = hashesAtLevel(size, level) % TILE_WIDTH;
      const index = Math.floor(hashesAtLevel(size, level) / TILE_WIDTH);
      if (width === 0 || hashesAtLevel(this.size, level) === hashesAtLevel(size, level)) continue;
      fs.rmSync(path.join(this.folder, tilePath({ level, index, width })), { force: true });
    }
  }

  private edgeOf(level: number): Buffer {
    while (this.edge.length <= level) this.edge.push(Buffer.alloc(TILE_WIDTH * HASH_BYTES));
    return this.edge[level]!;
  }
}
