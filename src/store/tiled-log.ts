/** A transparency log in a folder: a signed checkpoint and the tiles below it (c2sp.org/tlog-tiles), read for proofs. */
import path from 'node:path';
import { readAtOnce } from '../read/digest-file.ts';
import { type Checkpoint, parseCheckpoint } from '../transparency/checkpoint.ts';
import { coveringNodes, foldNodes, type TreeNode } from '../transparency/compact-range.ts';
import { consistencySpans, inclusionSpans, type LeafSpan } from '../transparency/make-proof.ts';
import { foldPerfect } from '../transparency/perfect-tree.ts';
import { NoteFault, parseNote } from '../transparency/signed-note.ts';
import { TILE_LEVELS, TILE_WIDTH, type Tile, tileOfNode, tilePath } from '../transparency/tiles.ts';
import { equalHashes, HASH_BYTES } from '../transparency/tree-hash.ts';
import { StoreFault } from './tiled-log-files.ts';

export const CHECKPOINT = 'checkpoint';

/** Tiles kept in memory, of 8 KB: a proof touches a handful. */
const MAX_TILES = 256;

/** Hashes are those of the files: whoever needs them to be true checks proofs against a root that somebody signed. */
export class TiledLog {
  readonly folder: string;
  readonly origin: string;
  /** Leaves under the checkpoint; there may be more on the disk, which nobody vouches for. */
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, to the byte; nobody has verified it here. */
  readonly note: string;
  private readonly tiles = new Map<string, Buffer>();

  /** @throws {StoreFault} where there is no log, or its checkpoint is none */
  constructor(folder: string) {
    this.folder = folder;
    const note = readCheckpointNote(folder);
    if (note === undefined)
      throw new StoreFault(`${path.join(folder, CHECKPOINT)}: expected the checkpoint of a log, found none`);
    const { origin, size, root } = parseStored(folder, note);
    this.origin = origin;
    this.size = Number(size);
    this.root = root;
    this.note = note;
  }

  /** @throws {StoreFault} for a tile that is missing or cut short @throws {RangeError} */
  leaf(index: number): Uint8Array {
    if (!(index >= 0 && index < this.size)) throw new RangeError(`leaf ${index} of ${this.size}`);
    return this.node({ level: 0, index });
  }

  /** Leaf hashes one after the other, from `begin` on, a tile's worth at a time. */
  *leaves(begin: number, end: number): Generator<Buffer> {
    for (let at = begin; at < end; ) {
      const { tile, first } = tileOfNode({ level: 0, index: at }, this.size);
      const until = Math.min(first + end - at, tile.width);
      yield this.readTile(tile).subarray(first * HASH_BYTES, until * HASH_BYTES);
      at += until - first;
    }
  }

  /** From the leaf's sibling to the root's child, in the tree of the first `size` leaves. */
  inclusionProof(index: number, size = this.size): Uint8Array[] {
    this.expectSize(size);
    return inclusionSpans(index, { begin: 0, end: size }).map((span) => this.spanHash(span));
  }

  consistencyProof(oldSize: number, newSize = this.size): Uint8Array[] {
    this.expectSize(newSize);
    return consistencySpans(oldSize, newSize).map((span) => this.spanHash(span));
  }

  /** The root as it was at `size` leaves. */
  rootAt(size: number): Uint8Array {
    this.expectSize(size);
    return this.spanHash({ begin: 0, end: size });
  }

  /** MTH of a stretch that is a subtree, or the right edge of one. */
  spanHash({ begin, end }: LeafSpan): Uint8Array {
    return foldNodes(coveringNodes(begin, end).map((node) => this.node(node)));
  }

  node(node: TreeNode): Uint8Array {
    const { tile, first, count } = tileOfNode(node, this.size);
    return foldPerfect(this.readTile(tile), first, count);
  }

  /** Whether the tiles at the right edge lead to the root of the checkpoint. */
  fitsCheckpoint(): boolean {
    return equalHashes(this.rootAt(this.size), this.root);
  }

  private readTile(tile: Tile): Buffer {
    const name = tilePath(tile);
    const known = this.tiles.get(name);
    if (known !== undefined) return known;
    const bytes = readTileFile(this.folder, tile);
    if (this.tiles.size >= MAX_TILES) this.tiles.delete(this.tiles.keys().next().value!);
    this.tiles.set(name, bytes);
    return bytes;
  }

  private expectSize(size: number): void {
    if (!(size >= 0 && size <= this.size))
      throw new RangeError(`a tree of ${size} leaves in one of ${this.size}`);
  }
}

/** Undefined where the folder has no checkpoint. */
export function readCheckpointNote(folder: string): string | undefined {
  const file = path.join(folder, CHECKPOINT);
  try {
    return readAtOnce(file).toString();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new StoreFault(`${file}: the checkpoint cannot be read: ${code}`);
  }
}

/** @throws {StoreFault} */
export function parseStored(folder: string, note: string): Checkpoint {
  const file = path.join(folder, CHECKPOINT);
  try {
    const checkpoint = parseCheckpoint(parseNote(Buffer.from(note)).text);
    if (checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER))
      throw new NoteFault('expected less than 2^53 leaves in a log on this disk');
    return checkpoint;
  } catch (error) {
    if (error instanceof NoteFault) throw new StoreFault(`${file}: ${error.message}`);
    throw error;
  }
}

/** A full tile may stand in for a partial one, which is then allowed to be gone. @throws {StoreFault} */
export function readTileFile(folder: string, tile: Tile): Buffer {
  const length = tile.width * HASH_BYTES;
  for (const one of [tile, { ...tile, width: TILE_WIDTH }]) {
    const file = path.join(folder, tilePath(one));
    let bytes: Buffer;
    try {
      bytes = readAtOnce(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') continue;
      throw new StoreFault(`${file}: the tile cannot be read: ${code}`);
    }
    if (bytes.length !== one.width * HASH_BYTES)
      throw new StoreFault(
        `${file}: expected a tile of ${one.width * HASH_BYTES} bytes, found ${bytes.length}: it was altered`,
      );
    return bytes.subarray(0, length);
  }
  throw new StoreFault(`${path.join(folder, tilePath(tile))}: expected a tile, found none: it was deleted`);
}

/** Levels of tiles in a tree of `size` leaves. */
export function tileLevels(size: number): number {
  let levels = 1;
  for (let width = TILE_WIDTH; width <= size; width *= 2 ** TILE_LEVELS) levels += 1;
  return levels;
}
