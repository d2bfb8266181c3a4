/**
 * Where each link of a stream stands: a bounded, mergeable index of the previous hashes that its records name.
 * Beyond the bound a sample stays that only the hashes choose, so that two copies of a record are both in it or neither.
 */
import type { Place, Spot } from '../model/place.ts';

/**
 * Links kept for all streams together: 14 MB, whatever the length of the log. A longer log keeps one link in 2, in 4, …
 */
export const MAX_LINKS = 1 << 19;

/** Words of 32 bits for a link: 64 bits of the hash, position in the stream, line, length, offset in two. */
const STRIDE = 7;
const HIGH = 0;
const LOW = 1;
const POSITION = 2;
const LINE = 3;
const LENGTH = 4;
const OFFSET_LOW = 5;
const OFFSET_HIGH = 6;
const WORD = 2 ** 32;

/**
 * Links a page: 28 kB. One array that doubles cost 250 ns a link in copies and fresh memory, pages cost 10 (measured), and
 * a state on its way between threads carries less than one page that is not in use.
 */
const PAGE_BITS = 10;
const PAGE_LINKS = 1 << PAGE_BITS;

/**
 * Links in the order of positions, all pages but the last full. The capacity follows from `size` alone, so that equal
 * indexes are equal data.
 */
export type HashIndex = { size: number; pages: Uint32Array[] };

/**
 * `counts[z]`: how many links have a hash with z zero bits at the end of its key; those with at least `level` are kept.
 * Links of streams that were given up are counted too: the level depends on the log, not on the order of work.
 */
export type LinkSample = { level: number; kept: number; counts: number[] };

/** No key has so many zero bits: at this level nothing is kept. */
const LAST_LEVEL = 32;

export function startIndex(): HashIndex {
  return { size: 0, pages: [] };
}

export function startSample(): LinkSample {
  return { level: 0, kept: 0, counts: new Array(LAST_LEVEL).fill(0) };
}

export type HashKey = { high: number; low: number };

export function toHashKey(hash: string): HashKey {
  return { high: wordOf(hash, 0) >>> 0, low: wordOf(hash, 8) >>> 0 };
}

/** Eight hexadecimal digits, exactly, as 32 bits with a sign; of other encodings as much as fits. */
function wordOf(hash: string, from: number): number {
  let word = 0;
  const until = hash.length < from + 8 ? hash.length : from + 8;
  for (let index = from; index < until; index++) {
    const code = hash.charCodeAt(index);
    word = ((word << 4) + (code & 15) + 9 * (code >> 6)) | 0;
  }
  return word;
}

function zeroBits(low: number): number {
  return low === 0 ? LAST_LEVEL - 1 : 31 - Math.clz32(low & -low);
}

/** Counts a link that is not kept, for its stream is not. */
export function countLink(sample: LinkSample, hash: string): void {
  count(sample, zeroBits(wordOf(hash, 8)), 1);
}

function count(sample: LinkSample, zeros: number, links: number): void {
  sample.counts[zeros]! += links;
  if (zeros >= sample.level) sample.kept += links;
}

/** The caller raises the level when more are kept than may be. */
export function keepLink(
  sample: LinkSample,
  index: HashIndex,
  hash: string,
  position: number,
  spot: Spot,
): void {
  const low = wordOf(hash, 8);
  const zeros = zeroBits(low);
  count(sample, zeros, 1);
  if (zeros < sample.level) return;
  const words = pageFor(index, index.size);
  const at = (index.size++ & (PAGE_LINKS - 1)) * STRIDE;
  const { offset } = spot;
  words[at + HIGH] = wordOf(hash, 0);
  words[at + LOW] = low;
  words[at + POSITION] = position;
  words[at + LINE] = spot.line;
  words[at + LENGTH] = spot.length;
  // The array takes the low 32 bits of a number.
  words[at + OFFSET_LOW] = offset;
  words[at + OFFSET_HIGH] = offset < WORD ? 0 : offset / WORD;
}

export function isOverfull(sample: LinkSample): boolean {
  return sample.kept > MAX_LINKS;
}

/** Raises the level until the rest fits, and drops what is below it from the indexes. */
export function thinOut(sample: LinkSample, indexes: Iterable<HashIndex>): void {
  while (isOverfull(sample)) sample.kept -= sample.counts[sample.level++]!;
  for (const index of indexes) dropBelow(index, sample.level);
}

/** `right` is counted into `left`; the indexes of both sides are thinned to the level that both need. */
export function mergeSamples(
  left: LinkSample,
  right: LinkSample,
  leftIndexes: Iterable<HashIndex>,
  rightIndexes: Iterable<HashIndex>,
): void {
  const before = left.level;
  left.level = Math.max(before, right.level);
  left.counts = left.counts.map((links, zeros) => links + right.counts[zeros]!);
  left.kept = left.counts.slice(left.level).reduce((sum, links) => sum + links, 0);
  while (isOverfull(left)) left.kept -= left.counts[left.level++]!;
  if (left.level > before) for (const index of leftIndexes) dropBelow(index, left.level);
  if (left.level > right.level) for (const index of rightIndexes) dropBelow(index, left.level);
}

function dropBelow(index: HashIndex, level: number): void {
  const { size, pages } = index;
  let kept = 0;
  for (let entry = 0; entry < size; entry++) {
    const from = pages[entry >>> PAGE_BITS]!;
    const at = (entry & (PAGE_LINKS - 1)) * STRIDE;
    if (zeroBits(from[at + LOW]!) < level) continue;
    const to = pages[kept >>> PAGE_BITS]!;
    const target = (kept++ & (PAGE_LINKS - 1)) * STRIDE;
    // Word by word: a view of seven words costs more than they do (20 times, measured).
    for (let word = 0; word < STRIDE; word++) to[target + word] = from[at + word]!;
  }
  index.size = kept;
  pages.length = Math.ceil(kept / PAGE_LINKS);
  if (kept === 0) return;
  const last = pages.length - 1;
  const links = kept - last * PAGE_LINKS;
  pages[last] = fittedPage(pages[last]!, last, links);
  pages[last].fill(0, links * STRIDE);
}

/**
 * `shift`: how many records of the stream stand before those of `right`, whose pages go over to `left`: new ones for a
 * million links would be 28 MB of fresh memory.
 */
export function appendIndex(left: HashIndex, right: HashIndex, shift: number): void {
  for (const [number, words] of right.pages.entries()) {
    const links = Math.min(PAGE_LINKS, right.size - number * PAGE_LINKS);
    const end = links * STRIDE;
    for (let link = 0; link < end; link += STRIDE) words[link + POSITION]! += shift;
    const used = left.size & (PAGE_LINKS - 1);
    // Into the last page what it has room for, then what is left becomes the next page.
    const moved = used === 0 ? 0 : Math.min(links, PAGE_LINKS - used);
    left.size += links;
    if (moved > 0) {
      const page = pageFor(left, left.size - links + moved - 1);
      page.set(words.subarray(0, moved * STRIDE), used * STRIDE);
    }
    if (moved === links) continue;
    words.copyWithin(0, moved * STRIDE, end);
    words.fill(0, end - moved * STRIDE, end);
    left.pages.push(fittedPage(words, left.pages.length, links - moved));
  }
}

/** The page, or a copy of its links, as large as page `number` is with so many links. */
function fittedPage(page: Uint32Array, number: number, links: number): Uint32Array {
  const length = (number === 0 ? capacityFor(links) : PAGE_LINKS) * STRIDE;
  if (page.length === length) return page;
  const words = new Uint32Array(length);
  words.set(page.subarray(0, links * STRIDE));
  return words;
}

/** The page that holds `entry`, the last one: made, or made larger, so that it does. */
function pageFor({ pages }: HashIndex, entry: number): Uint32Array {
  const number = entry >>> PAGE_BITS;
  const page = pages[number];
  const before = entry & (PAGE_LINKS - 1);
  if (page !== undefined && before * STRIDE < page.length) return page;
  const words = fittedPage(page ?? NO_LINKS, number, before + 1);
  pages[number] = words;
  return words;
}

const NO_LINKS = new Uint32Array(0);

/** Of the first page, the next power of two, from 4 on: most streams of a log with many are short. */
function capacityFor(size: number): number {
  return Math.max(4, 2 ** Math.ceil(Math.log2(size)));
}

function wordAt({ pages }: HashIndex, entry: number, word: number): number {
  return pages[entry >>> PAGE_BITS]![(entry & (PAGE_LINKS - 1)) * STRIDE + word]!;
}

export function linkPosition(index: HashIndex, entry: number): number {
  return wordAt(index, entry, POSITION);
}

export function linkHigh(index: HashIndex, entry: number): number {
  return wordAt(index, entry, HIGH);
}

export function isLink(index: HashIndex, entry: number, { high, low }: HashKey): boolean {
  return wordAt(index, entry, HIGH) === high && wordAt(index, entry, LOW) === low;
}

export function isSameLink(index: HashIndex, one: number, other: number): boolean {
  return isLink(index, one, linkKey(index, other));
}

export function linkKey(index: HashIndex, entry: number): HashKey {
  return { high: wordAt(index, entry, HIGH), low: wordAt(index, entry, LOW) };
}

export function linkPlace(index: HashIndex, entry: number, file: string): Place {
  const offset = wordAt(index, entry, OFFSET_HIGH) * WORD + wordAt(index, entry, OFFSET_LOW);
  return { file, line: wordAt(index, entry, LINE), offset, length: wordAt(index, entry, LENGTH) };
}

/** `records` were put into the stream before the record at `position`. */
export function shiftLinks(index: HashIndex, position: number, records: number): void {
  for (let entry = entryFrom(index, position); entry < index.size; entry++)
    index.pages[entry >>> PAGE_BITS]![(entry & (PAGE_LINKS - 1)) * STRIDE + POSITION]! += records;
}

/** The first entry at or behind the position. */
export function entryFrom(index: HashIndex, position: number): number {
  let low = 0;
  let high = index.size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (linkPosition(index, middle) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function isSampled({ level }: LinkSample, { low }: HashKey): boolean {
  return zeroBits(low) >= level;
}
