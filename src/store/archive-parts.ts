/** Which files below an archive are parts of it, by their names alone: all others lie there, and are logs like any. */
import { parseTilePath } from '../transparency/tiles.ts';
import { MARKER } from './archive-folder.ts';

/**
 * In `segments` the audit says of every name what it is. `.unfinished` holds what a crash left, under bare numbers;
 * `lock` and what is called like it is of the writer.
 */
const PARTS = [
  /^segments\//,
  /^control\/\d{8,15}\.ndjson$/,
  /^pending\/(?:\d{8,15}(?:\.g\d{1,9})?\.ndjson(?:\.zst(?:\.age)?)?|\.unfinished\/\d+)(?:\.tmp)?$/,
  /^log\/(?:checkpoint|lock(?:\.\d+\.\d+(?:\.old)?)?|\.unfinished\/\d+)$/,
];

/** `way`: from the folder of the archive to the file, with slashes. */
export function isPartOfArchive(way: string): boolean {
  if (way === MARKER || way === `${MARKER}.tmp`) return true;
  if (way.startsWith('log/tile/')) return parseTilePath(way.slice('log/'.length)) !== undefined;
  return PARTS.some((part) => part.test(way));
}
