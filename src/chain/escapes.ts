/** Escape tables: what a writer puts in place of separators inside a value, and whether that keeps joined values apart. */
import type { Escapes } from './preimage-part.ts';

/** All replacements in one pass, of several that fit at one place the first listed. */
export function compileEscapes(escapes: Escapes): (text: string) => string {
  if (escapes.length === 0) return (text) => text;
  const table = new Map(escapes.map(([from, to]) => [from, to]));
  const pattern = new RegExp(
    escapes.map(([from]) => from.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) => text.replace(pattern, (found) => table.get(found)!);
}

/**
 * Whether values escaped by the table and joined by `separators` can be parted again: each separator and the character
 * that escapes begin with is escaped itself, escapes differ, none begins another, and none holds a separator.
 */
export function keepsApart(escapes: Escapes, separators: readonly string[]): boolean {
  const [first] = escapes;
  if (first === undefined || separators.some((separator) => separator.length !== 1)) return false;
  const mark = first[1][0];
  if (mark === undefined || separators.includes(mark)) return false;
  const sources = new Set(escapes.map(([from]) => from));
  if (sources.size !== escapes.length || ![mark, ...separators].every((each) => sources.has(each)))
    return false;
  return escapes.every(
    ([from, to], index) =>
      from.length === 1 &&
      to.length > 1 &&
      to.startsWith(mark) &&
      !separators.some((separator) => to.includes(separator)) &&
      escapes.every(([, other], position) => position === index || !other.startsWith(to)),
  );
}
