/**
 * The leaves of an archive's log as its tiles tell them, tile by tile held to the signed root: one tile that was changed
 * takes the trust from its own leaves and from no others.
 */
import { foldPerfect } from '../transparency/perfect-tree.ts';
import { TILE_WIDTH } from '../transparency/tiles.ts';
import { equalHashes, HASH_BYTES } from '../transparency/tree-hash.ts';
import type { TiledLog } from './tiled-log.ts';
import { StoreFault } from './tiled-log-files.ts';

export class ArchiveLeaves {
  readonly size: number;
  /** Leaves whose tile is damaged, in ranges `[begin, end)`, in order, as far as they were asked for. */
  readonly damaged: { begin: number; end: number; reason: string }[] = [];
  private readonly log: TiledLog;
  /** By level and index of a tile: why its hashes are not those of the root, or undefined where they are. */
  private readonly known = new Map<string, string | undefined>();

  constructor(log: TiledLog) {
    this.log = log;
    this.size = log.size;
  }

  /** Hash of the leaf, or undefined where its tile does not lead to the root. */
  range(begin: number, end: number): { hashes: Buffer; isTrue: (leaf: number) => boolean } {
    const hashes = Buffer.alloc((end - begin) * HASH_BYTES);
    const untrue = new Set<number>();
    for (let tile = Math.floor(begin / TILE_WIDTH); tile * TILE_WIDTH < end; tile++) {
      const from = Math.max(begin, tile * TILE_WIDTH);
      const until = Math.min(end, (tile + 1) * TILE_WIDTH);
      const reason = this.reasonOf(0, tile);
      if (reason !== undefined) {
        untrue.add(tile);
        this.note(tile, reason);
        continue;
      }
      let at = from - begin;
      for (const piece of this.log.leaves(from, until)) {
        hashes.set(piece, at * HASH_BYTES);
        at += piece.length / HASH_BYTES;
      }
    }
    return { hashes, isTrue: (leaf) => !untrue.has(Math.floor(leaf / TILE_WIDTH)) };
  }

  private note(tile: number, reason: string): void {
    const begin = tile * TILE_WIDTH;
    if (this.damaged.some((known) => known.begin === begin)) return;
    this.damaged.push({ begin, end: Math.min(begin + TILE_WIDTH, this.size), reason });
  }

  /** A full tile is true if its root stands in the tile above, and that is true; those at the right edge make the root itself. */
  private reasonOf(level: number, index: number): string | undefined {
    const width = TILE_WIDTH ** (level + 1);
    const isEdge = (index + 1) * width > this.size;
    const key = isEdge ? 'edge' : `${level}/${index}`;
    if (this.known.has(key)) return this.known.get(key);
    const reason = isEdge ? this.judgeEdge() : this.judgeFull(level, index);
    this.known.set(key, reason);
    return reason;
  }

  private judgeEdge(): string | undefined {
    try {
      return this.log.fitsCheckpoint() ? undefined : 'the tiles lead to another root than the checkpoint has';
    } catch (error) {
      if (error instanceof StoreFault) return error.message;
      throw error;
    }
  }

  private judgeFull(level: number, index: number): string | undefined {
    const above = this.reasonOf(level + 1, Math.floor(index / TILE_WIDTH));
    if (above !== undefined) return above;
    try {
      const own = this.foldTile(level, index);
      const expected = this.log.node({ level: 8 * (level + 1), index });
      return equalHashes(own, expected)
        ? undefined
        : 'its hashes lead to another root than the tile above has';
    } catch (error) {
      if (error instanceof StoreFault) return error.message;
      throw error;
    }
  }

  private foldTile(level: number, index: number): Uint8Array {
    const width = TILE_WIDTH;
    if (level === 0) {
      const [hashes] = this.log.leaves(index * width, (index + 1) * width);
      return foldPerfect(hashes!, 0, width);
    }
    const hashes = Buffer.alloc(width * HASH_BYTES);
    for (let at = 0; at < width; at++)
      hashes.set(this.log.node({ level: 8 * level, index: index * width + at }), at * HASH_BYTES);
    return foldPerfect(hashes, 0, width);
  }
}
