/**
 * Extracts the wanted fields of a record in one strict pass over its bytes, without building values.
 * Accepts exactly what `json.ts` accepts and finds exactly what `findValues` finds: tests hold it to both.
 *
 * Over 250 lines: the pass is one loop whose parts share positions; splitting it costs a call per key (measured: 20 %).
 */
import { fieldPathReadings } from './field-path.ts';
import { ESCAPED, FOLLOWED, FoundValues, KIND, NO_ID, NON_ASCII } from './found-values.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  decodeString,
  MAX_DEPTH,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  STRING_STOP,
  scanEscape,
  scanLiteral,
  scanNumber,
  skipWhitespace,
  syntaxError,
  utf8Length,
} from './lexical.ts';

/** A key on the way to wanted fields. `slots` and `ranks`: fields that end here, and which reading of the name it is. */
type TrieNode = {
  hash: number;
  key: Uint8Array;
  slots: number[];
  ranks: number[];
  children: TrieNode[];
  /** Children by key hash, open addressing; index + 1 into `children`, 0 is free. */
  table: Int32Array;
};

function hashKey(key: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let index = start; index < end; index++) hash = (Math.imul(hash, 31) + key[index]!) | 0;
  return hash;
}

function newNode(key: Uint8Array): TrieNode {
  return {
    hash: hashKey(key, 0, key.length),
    key,
    slots: [],
    ranks: [],
    children: [],
    table: new Int32Array(4),
  };
}

function childFor(node: TrieNode, key: Uint8Array): TrieNode {
  const known = findChild(node, hashKey(key, 0, key.length), key, 0, key.length);
  if (known !== undefined) return known;
  const child = newNode(key);
  node.children.push(child);
  if (node.children.length * 4 <= node.table.length) enter(node.table, child, node.children.length);
  else {
    node.table = new Int32Array(node.table.length * 2);
    for (const [index, each] of node.children.entries()) enter(node.table, each, index + 1);
  }
  return child;
}

function enter(table: Int32Array, child: TrieNode, entry: number): void {
  const mask = table.length - 1;
  let at = child.hash & mask;
  while (table[at] !== 0) at = (at + 1) & mask;
  table[at] = entry;
}

function findChild(
  node: TrieNode,
  hash: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): TrieNode | undefined {
  const mask = node.table.length - 1;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const index = node.table[at]!;
    if (index === 0) return undefined;
    const child = node.children[index - 1]!;
    if (child.hash !== hash || child.key.length !== end - start) continue;
    let same = true;
    for (let offset = 0; offset < child.key.length; offset++) {
      if (child.key[offset] !== bytes[start + offset]) {
        same = false;
        break;
      }
    }
    if (same) return child;
  }
}

/** No token begins with this byte or a lower one. */
const SPACE = 0x20;

/** Beside a rank: its name has found nulls alone so far, and gives way to any name that finds more. */
const ONLY_NULLS = 1 << 24;

/** Up to this many keys an object's hashes are compared pairwise, beyond they are sorted once (crossover measured near 40). */
const PAIRWISE_KEYS = 32;

export class SlotScanner {
  private readonly root: TrieNode = newNode(new Uint8Array(0));
  private slotCount = 0;

  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;

  /** Of the last record. */
  readonly found = new FoundValues({
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    keyStarts: new Int32Array(64),
    next: new Int32Array(64),
    lists: new Int32Array(64),
    elements: new Int32Array(64),
    kinds: new Uint8Array(64),
    ids: new Int32Array(64).fill(NO_ID),
    heads: new Int32Array(0),
    tails: new Int32Array(0),
    ranks: new Int32Array(0),
    counts: new Int32Array(0),
    stamps: new Int32Array(0),
  });
  private valueCount = 0;
  /** Whether a null of the record gave way to a value under a later name. */
  private gaveWay = false;
  /** Where the outermost array with wanted values begins that is being read, and its element; -1 outside of any. */
  private list = -1;
  private element = -1;
  /** ESCAPED and NON_ASCII of the string that was read last. */
  private marks = 0;

  /** Of the key that `key` read last. */
  private keyHash = 0;

  // Hashes of the keys of all open objects, innermost last.
  private keyHashes = new Int32Array(256);
  private keyCount = 0;

  /** A slot for what `findValues` finds under `names`. */
  add(names: readonly string[]): number {
    return this.addReadings(names.flatMap(fieldPathReadings));
  }

  /** The same for the values under these sequences of keys and no others. */
  addReadings(readings: readonly (readonly string[])[]): number {
    const slot = this.slotCount++;
    for (const [rank, keys] of readings.entries()) {
      let node = this.root;
      for (const key of keys) node = childFor(node, Buffer.from(key));
      node.slots.push(slot);
      node.ranks.push(rank);
    }
    for (const column of ['heads', 'tails', 'ranks', 'counts', 'stamps'] as const) {
      if (this.found[column].length < this.slotCount) this.found[column] = grown(this.found[column]);
    }
    return slot;
  }

  /**
   * Reads the value that begins at `start` and returns the index after it. `depth`: of containers around it.
   * @throws {JsonSyntaxError}
   */
  scan(bytes: Uint8Array, start: number, end: number, depth = 0): number {
    this.bytes = bytes;
    this.end = end;
    this.found.canonical = true;
    this.found.needsTree = false;
    this.gaveWay = false;
    this.list = -1;
    this.element = -1;
    this.found.advance();
    this.valueCount = 0;
    this.keyCount = 0;
    return this.value(this.root, -1, start, depth);
  }

  // Each step takes the index it begins at and returns the index after: a field for it would be stored at every byte.

  private value(node: TrieNode | undefined, keyStart: number, start: number, depth: number): number {
    const { bytes, end } = this;
    const byte = start < end ? bytes[start]! : 0;
    if (byte === QUOTE) {
      this.marks = 0;
      const after = this.string(start);
      if (node !== undefined) this.keep(node, keyStart, start, after, KIND.string | this.marks);
      return after;
    }
    if (byte === OPEN_BRACE) {
      const values = node === undefined ? undefined : this.reserve(node, keyStart, start);
      const after = this.object(node, start, depth + 1);
      if (values !== undefined) for (const value of values) this.found.ends[value] = after;
      return after;
    }
    if (byte === OPEN_BRACKET) return this.array(node, keyStart, start, depth + 1);
    if (byte === MINUS || (byte >= 0x30 && byte <= 0x39)) {
      const after = scanNumber(bytes, start, end);
      if (this.found.canonical && !isCanonicalNumber(bytes, start, after)) this.found.canonical = false;
      if (node !== undefined) this.keep(node, keyStart, start, after, KIND.number);
      return after;
    }
    const after = scanLiteral(bytes, start, end);
    if (node !== undefined) this.keep(node, keyStart, start, after, byte === 0x6e ? KIND.null : KIND.boolean);
    return after;
  }

  private object(node: TrieNode | undefined, start: number, depth: number): number {
    const { bytes, end } = this;
    if (depth > MAX_DEPTH) throw syntaxError(bytes, start, end, `at most ${MAX_DEPTH} levels of nesting`);
    let at = start + 1;
    if (bytes[at]! <= SPACE) at = this.skip(at);
    if (at < end && bytes[at] === CLOSE_BRACE) return at + 1;
    const firstKey = this.keyCount;
    let previousStart = -1;
    let previousEnd = -1;
    for (;;) {
      const keyStart = at;
      if (at >= end || bytes[at] !== QUOTE) throw syntaxError(bytes, at, end, 'a key in quotes');
      at = this.key(at);
      const hash = this.keyHash;
      const keyEnd = at - 1;
      if (
        this.found.canonical &&
        previousStart >= 0 &&
        !isBefore(bytes, previousStart, previousEnd, keyStart + 1, keyEnd)
      ) {
        this.found.canonical = false;
      }
      previousStart = keyStart + 1;
      previousEnd = keyEnd;
      // As long as the keys ascend, none of them can stand twice.
      this.rememberKey(hash, this.found.canonical ? this.keyCount : firstKey);
      const child = node === undefined ? undefined : findChild(node, hash, bytes, keyStart + 1, keyEnd);
      if (bytes[at]! <= SPACE) at = this.skip(at);
      if (at >= end || bytes[at] !== COLON) throw syntaxError(bytes, at, end, '":"');
      at++;
      if (bytes[at]! <= SPACE) at = this.skip(at);
      at = this.value(child, keyStart, at, depth);
      if (bytes[at]! <= SPACE) at = this.skip(at);
      const byte = at < end ? bytes[at] : 0;
      if (byte !== COMMA && byte !== CLOSE_BRACE) throw syntaxError(bytes, at, end, '"," or "}"');
      at++;
      if (byte === CLOSE_BRACE) break;
      if (bytes[at]! <= SPACE) at = this.skip(at);
    }
    if (this.keyCount - firstKey > PAIRWISE_KEYS) this.findRepeatedHash(firstKey);
    this.keyCount = firstKey;
    return at;
  }

  /** Elements count for the array's own field; an empty array is a value itself. */
  private array(node: TrieNode | undefined, keyStart: number, start: number, depth: number): number {
    const { bytes, end } = this;
    if (depth > MAX_DEPTH) throw syntaxError(bytes, start, end, `at most ${MAX_DEPTH} levels of nesting`);
    let at = this.skip(start + 1);
    if (at < end && bytes[at] === CLOSE_BRACKET) {
      if (node !== undefined) this.keep(node, keyStart, start, at + 1, KIND.array);
      return at + 1;
    }
    const isOutermost = node !== undefined && this.list < 0;
    if (isOutermost) this.list = start;
    for (;;) {
      if (isOutermost) this.element = at;
      at = this.skip(this.value(node, -1, at, depth));
      const byte = at < end ? bytes[at] : 0;
      if (byte !== COMMA && byte !== CLOSE_BRACKET) throw syntaxError(bytes, at, end, '"," or "]"');
      at++;
      if (byte === CLOSE_BRACKET) break;
      at = this.skip(at);
    }
    if (isOutermost) {
      this.list = -1;
      this.element = -1;
    }
    return at;
  }

  /** Index after the string; notes whether its escapes are those of RFC 8785. */
  private string(start: number): number {
    const { bytes, end } = this;
    let at = start + 1;
    for (;;) {
      while (at < end && STRING_STOP[bytes[at]!] === 0) at++;
      if (at >= end) throw syntaxError(bytes, at, end, 'a closing quote');
      const byte = bytes[at]!;
      if (byte === QUOTE) return at + 1;
      at = this.unusual(at, byte);
    }
  }

  /** Index after an escape or a non-ASCII character. */
  private unusual(at: number, byte: number): number {
    const { bytes, end } = this;
    if (byte === BACKSLASH) {
      this.marks |= ESCAPED;
      const after = scanEscape(bytes, at, end);
      const kind = bytes[at + 1];
      if (kind === 0x75 || kind === 0x2f) this.found.canonical = false;
      return after;
    }
    if (byte < 0x20) throw syntaxError(bytes, at, end, 'a closing quote or an escaped control character');
    const length = utf8Length(bytes, at, end);
    if (length === 0) throw syntaxError(bytes, at, end, 'UTF-8 text');
    this.marks |= NON_ASCII;
    return at + length;
  }

  /** Index after the key; its hash goes to `keyHash`. */
  private key(start: number): number {
    const { bytes, end } = this;
    let at = start + 1;
    let hash = 0;
    for (;;) {
      while (at < end && STRING_STOP[bytes[at]!] === 0) hash = (Math.imul(hash, 31) + bytes[at++]!) | 0;
      if (at >= end) throw syntaxError(bytes, at, end, 'a closing quote');
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      const after = this.unusual(at, byte);
      // Keys beyond ASCII sort by UTF-16 units, which bytes do not show; escaped keys compare by value.
      this.found.canonical = false;
      if (byte === BACKSLASH) this.found.needsTree = true;
      while (at < after) hash = (Math.imul(hash, 31) + bytes[at++]!) | 0;
    }
    this.keyHash = hash;
    return at + 1;
  }

  /** Notes the key of the innermost object, and whether it is the same as one from `firstKey` on. */
  private rememberKey(hash: number, firstKey: number): void {
    const hashes = this.keyHashes;
    const count = this.keyCount;
    if (count - firstKey < PAIRWISE_KEYS) {
      for (let index = firstKey; index < count; index++) {
        if (hashes[index] === hash) {
          this.found.needsTree = true;
          break;
        }
      }
    }
    if (count === hashes.length) this.keyHashes = grown(hashes);
    this.keyHashes[count] = hash;
    this.keyCount = count + 1;
  }

  private findRepeatedHash(firstKey: number): void {
    const sorted = this.keyHashes.slice(firstKey, this.keyCount).sort();
    for (let index = 1; index < sorted.length; index++) {
      if (sorted[index] === sorted[index - 1]) this.found.needsTree = true;
    }
  }

  /** Index of the next byte that is not white space, which RFC 8785 has none of. */
  private skip(start: number): number {
    const at = skipWhitespace(this.bytes, start, this.end);
    if (at > start) this.found.canonical = false;
    return at;
  }

  private keep(node: TrieNode, keyStart: number, start: number, end: number, kind: number): void {
    for (let index = 0; index < node.slots.length; index++) {
      const value = this.append(node.slots[index]!, node.ranks[index]!, keyStart, start, kind);
      if (value >= 0) this.found.ends[value] = end;
    }
  }

  /** Keeps an object for the fields that end at it, before its own members are read. */
  private reserve(node: TrieNode, keyStart: number, start: number): number[] | undefined {
    if (node.slots.length === 0) return undefined;
    return node.slots
      .map((slot, index) => this.append(slot, node.ranks[index]!, keyStart, start, KIND.object))
      .filter((value) => value >= 0);
  }

  /** Adds a value to a slot unless a better reading of its name was found; -1 then. */
  private append(slot: number, rank: number, keyStart: number, start: number, kind: number): number {
    const { found } = this;
    const fresh = found.stamps[slot] !== found.stamp;
    const best = found.ranks[slot]!;
    const held = best & ~ONLY_NULLS;
    const isNull = kind === KIND.null;
    const joins = !fresh && rank === held;
    if (!fresh && !joins) {
      const yields = (isNull ? rank | ONLY_NULLS : rank) > best;
      if (yields ? isNull && rank < held : best !== held && rank > held) this.gaveWay = true;
      if (yields) return -1;
      // Elements of the better name may have been passed over: only the tree has them all.
      if (this.gaveWay && !isNull && best === held) this.found.needsTree = true;
    }
    const value = this.valueCount++;
    if (value === found.starts.length) this.growValues();
    found.starts[value] = start;
    found.keyStarts[value] = keyStart;
    found.kinds[value] = kind;
    found.next[value] = -1;
    found.lists[value] = this.list;
    found.elements[value] = this.element;
    if (!joins) {
      found.stamps[slot] = found.stamp;
      found.ranks[slot] = isNull ? rank | ONLY_NULLS : rank;
      found.heads[slot] = value;
      found.counts[slot] = 1;
    } else {
      if (!isNull) found.ranks[slot] = held;
      found.next[found.tails[slot]!] = value;
      found.kinds[found.heads[slot]!]! |= FOLLOWED;
      found.counts[slot]!++;
    }
    found.tails[slot] = value;
    return value;
  }

  private growValues(): void {
    const { found } = this;
    for (const column of ['starts', 'ends', 'keyStarts', 'next', 'lists', 'elements'] as const)
      found[column] = grown(found[column]);
    const kinds = new Uint8Array(found.kinds.length * 2);
    kinds.set(found.kinds);
    found.kinds = kinds;
    found.ids = new Int32Array(kinds.length).fill(NO_ID);
  }
}

function grown(column: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(16, column.length * 2));
  larger.set(column);
  return larger;
}

/** Whether key [a, aEnd) sorts before key [b, bEnd); both ASCII, unique. */
function isBefore(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  const length = Math.min(aEnd - a, bEnd - b);
  for (let offset = 0; offset < length; offset++) {
    const difference = bytes[a + offset]! - bytes[b + offset]!;
    if (difference !== 0) return difference < 0;
  }
  return aEnd - a < bEnd - b;
}

/** ECMAScript writes no number longer than this: `-1.2345678901234567e-308`. */
const LONGEST_NUMBER = 24;

/** Whether the number is written as ECMAScript would write it; whole numbers of up to 15 digits are. */
export function isCanonicalNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = bytes[start] === MINUS ? start + 1 : start;
  if (end - start > LONGEST_NUMBER || (bytes[at] === 0x30 && start < at && end - at === 1)) return false;
  if (end - at <= 15) {
    while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
    if (at === end) return true;
  }
  const lexeme = decodeString(bytes, start, end);
  return String(Number(lexeme)) === lexeme;
}
