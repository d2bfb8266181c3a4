/** Tiles: 256 hashes of one level of the tree each, under a path of their own (c2sp.org/tlog-tiles). */
import type { TreeNode } from './compact-range.ts';

/** Levels of the tree between a tile and the one above it. */
export const TILE_LEVELS = 8;
export const TILE_WIDTH = 256;

/** `width`: hashes in it; 256 in a full tile, fewer at the right edge of the tree. */
export type Tile = { level: number; index: number; width: number };

/** `tile/0/x001/x234/067`, and `.p/5` behind it for a partial one. */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${numberPath(index)}${widthPath(width)}`;
}

/** Of the bundle of records themselves. */
export function entriesPath({ index, width }: Omit<Tile, 'level'>): string {
  return `tile/entries/${numberPath(index)}${widthPath(width)}`;
}

function numberPath(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return groups.join('/');
}

function widthPath(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

/** Undefined for what is no path of a tile, or another spelling of one. */
export function parseTilePath(path: string): Tile | undefined {
  const match = /^tile\/(\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const tile = {
    level: Number(match[1]),
    index: Number(match[2]!.replace(/[x/]/g, '')),
    width: Number(match[3] ?? TILE_WIDTH),
  };
  return tilePath(tile) === path && tile.width > 0 && tile.width <= TILE_WIDTH ? tile : undefined;
}

/** Complete hashes of the tile level `level` in a tree of `size` leaves. */
export function hashesAtLevel(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The tile in which a tree of `size` leaves keeps what is needed for `node`, and the hashes of it below the node. */
export function tileOfNode(
  { level, index }: TreeNode,
  size: number,
): { tile: Tile; first: number; count: number } {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const count = 2 ** (level % TILE_LEVELS);
  const from = index * count;
  const tileIndex = Math.floor(from / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, hashesAtLevel(size, tileLevel) - tileIndex * TILE_WIDTH);
  return { tile: { level: tileLevel, index: tileIndex, width }, first: from % TILE_WIDTH, count };
}
