/**
 * The strict scan of one JSON value in the block: what `base/slot-scanner.ts` accepts and finds, or UNUSUAL.
 *
 * Over 250 lines: the pass is one loop whose parts share positions, as in its slow twin.
 */
import {
  BACKSLASH,
  byteAt,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  stops,
  UNUSUAL,
} from './bytes';
import { intern } from './intern';
import {
  ASIDE,
  ASIDE_BYTES,
  BLOCK,
  BLOCK_BYTES,
  CANONICAL,
  COUNTS,
  DOUBT_COUNT,
  DOUBTS,
  ELEMENTS,
  ENDS,
  FOUND,
  HEADS,
  IDS,
  KEY_HASHES,
  KEY_STARTS,
  KINDS,
  LISTS,
  MAX_DEPTH,
  MAX_DOUBTS,
  MAX_KEYS,
  MAX_VALUES,
  NEXT,
  RANKS,
  RECORD_END,
  RECORD_START,
  SHAPE,
  STAMPS,
  STARTS,
  TAILS,
  TOKENS,
  WANTS_ID,
} from './layout';
import { ASCENDING, BEFORE, BEHIND, CHILD, follow, HASH, LENGTH, learn } from './sequences';
import { shapeOf } from './shapes';
import {
  findChild,
  hashLanes,
  hashLong,
  keyLanes,
  rootOf,
  SEQUENCES,
  SLOT_COUNT,
  SLOT_LIST,
  slotsOf,
} from './trie';

// Kinds and marks of `base/found-values.ts`.
const NULL: i32 = 1;
const BOOLEAN: i32 = 2;
const NUMBER: i32 = 3;
const STRING: i32 = 4;
const ARRAY: i32 = 5;
const OBJECT: i32 = 6;
const ESCAPED: i32 = 8;
const NON_ASCII: i32 = 16;
const FOLLOWED: i32 = 32;
const KIND_BITS: i32 = 7;
/** Stands for "not looked up". */
const NO_ID: i32 = -2;

/** Beside a rank: as in `base/slot-scanner.ts`. */
const ONLY_NULLS: i32 = 1 << 24;

let canonical: bool = false;
let found: i32 = 0;
let tokens: i32 = 0;
/** Whether some text may look like JSON itself, which a mapping takes for no answer: then the shape does not say it all. */
let isOdd: bool = false;
/** Whether a null of the record gave way to a value under a later name. */
let gaveWay: bool = false;
/** Where the outermost array with wanted values begins that is being read, and its element; -1 outside of any. */
let list: i32 = -1;
let element: i32 = -1;
let stamp: i32 = 0;
let slots: usize = 0;
/** What stands from here on in the block is of another time, or on another line. */
let limit: i32 = 0;
/** Whether the record must end on its line, and whether it does not. */
let oneLine: bool = false;
let crossed: bool = false;
let doubts: i32 = 0;
/** ESCAPED and NON_ASCII of the string that was read last. */
let marks: i32 = 0;

function begin(trie: usize, recordEnd: i32, recordStamp: i32): void {
  limit = recordEnd;
  crossed = false;
  canonical = true;
  found = 0;
  tokens = 0;
  isOdd = false;
  gaveWay = false;
  list = -1;
  element = -1;
  doubts = 0;
  stamp = recordStamp;
  slots = slotsOf(trie);
}

function conclude(): void {
  store<i32>(SHAPE, isOdd ? -1 : shapeOf(slots, tokens));
  store<i32>(CANONICAL, canonical);
  store<i32>(FOUND, found);
  store<i32>(DOUBT_COUNT, canonical ? doubts : 0);
}

/** What lies aside is reached by positions behind the block. */
const REACH: i32 = <i32>(ASIDE - BLOCK) + ASIDE_BYTES;

/**
 * Reads the value at `start` of the block, with the wanted paths of `trie`. `recordStamp` differs from that of every
 * earlier record. @returns the index after the value, or UNUSUAL
 */
export function scan(trie: usize, start: i32, end: i32, recordStamp: i32): i32 {
  if (start < 0 || end > REACH) return UNUSUAL;
  begin(trie, end, recordStamp);
  oneLine = false;
  const after = value(rootOf(trie), -1, start, 0);
  if (after > end) return UNUSUAL;
  conclude();
  return after;
}

/**
 * Reads the line that begins at `start` when it is one object between blanks, ended by a newline before `end`.
 * @returns the index of the newline, or UNUSUAL
 */
export function scanLine(trie: usize, start: i32, end: i32, recordStamp: i32): i32 {
  if (start < 0 || end > BLOCK_BYTES) return UNUSUAL;
  let at = skipBlanks(start);
  if (byteAt(at) !== OPEN_BRACE) return UNUSUAL;
  begin(trie, end, recordStamp);
  oneLine = true;
  store<i32>(RECORD_START, at);
  at = object(rootOf(trie), at, 1);
  if (at < 0 || crossed) return UNUSUAL;
  store<i32>(RECORD_END, at);
  at = skipBlanks(at);
  if (byteAt(at) !== NEWLINE || at >= end) return UNUSUAL;
  conclude();
  return at;
}

function skipBlanks(at: i32): i32 {
  while (true) {
    const byte = byteAt(at);
    if (byte !== SPACE && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

/** Index of the next byte that is not white space, which RFC 8785 has none of. */
function skip(start: i32): i32 {
  let at = start;
  while (true) {
    const byte = byteAt(at);
    if (byte > SPACE || (byte !== SPACE && byte !== NEWLINE && byte !== 0x0d && byte !== 0x09)) break;
    at++;
  }
  if (at > start) {
    canonical = false;
    if (oneLine) endAtNewline(start, at);
  }
  return at;
}

/** A newline between tokens ends the line: nothing behind it is kept. */
function endAtNewline(start: i32, end: i32): void {
  for (let at = start; at < end && !crossed; at++) {
    if (byteAt(at) !== NEWLINE) continue;
    crossed = true;
    limit = min(limit, at);
  }
}

/** Any value but an object's scalar members, which `object` reads itself. */
function value(node: usize, keyStart: i32, start: i32, depth: i32): i32 {
  const byte = byteAt(start);
  if (byte === QUOTE) {
    marks = 0;
    const quote = stringEnd(start + 1);
    if (quote < 0) return UNUSUAL;
    if (node !== 0 && !keep(node, keyStart, start, quote + 1, STRING | marks)) return UNUSUAL;
    return quote + 1;
  }
  if (byte === OPEN_BRACE) {
    if (node === 0) return object(0, start, depth + 1);
    // An object stands before its own members, for the fields that end at it.
    const first = found;
    if (!keep(node, keyStart, start, start + 1, OBJECT)) return UNUSUAL;
    const last = found;
    const after = object(node, start, depth + 1);
    for (let kept = first; kept < last; kept++) store<i32>(kept << 2, after, ENDS);
    return after;
  }
  if (byte === OPEN_BRACKET) return array(node, keyStart, start, depth + 1);
  let after: i32;
  let kind: i32;
  if (byte - 0x30 <= 9 || byte === MINUS) {
    after = number(start);
    kind = NUMBER;
  } else {
    after = literal(start, byte);
    kind = byte === 0x6e ? NULL : BOOLEAN;
  }
  if (after < 0) return UNUSUAL;
  if (node !== 0 && !keep(node, keyStart, start, after, kind)) return UNUSUAL;
  return after;
}

function object(node: usize, start: i32, depth: i32): i32 {
  if (depth > MAX_DEPTH) return UNUSUAL;
  let at = start + 1;
  let byte = byteAt(at);
  if (byte <= SPACE) {
    at = skip(at);
    byte = byteAt(at);
  }
  if (byte === CLOSE_BRACE) return at + 1;
  const hashes = KEY_HASHES + (depth - 1) * MAX_KEYS * 4;
  let count = 0;
  let ascending = true;
  let bloom: u64 = 0;
  let previousFirst: u64 = 0;
  let previousSecond: u64 = 0;
  let previousStart = 0;
  let previousLength = -1;
  // Where the keys so far lead in the tree of sequences; 0 beyond it, and where nothing in the object is wanted.
  let path: usize = node === 0 ? 0 : load<u32>(node, SEQUENCES) - BEHIND;
  while (true) {
    if (byte !== QUOTE) return UNUSUAL;
    const keyStart = at;
    // The key
    const head = v128.load(at + 1, BLOCK);
    let child: usize = 0;
    const next: usize = path === 0 ? 0 : follow(path, head, at + 1);
    if (next !== 0) {
      path = next;
      child = load<u32>(next, CHILD);
      at += 1 + load<i32>(next, LENGTH);
      if (load<i32>(next, ASCENDING) === 0) canonical = false;
      previousStart = keyStart + 1;
      count++;
    } else {
      if (path !== 0 && count > 0) {
        // What the loop below would know by now.
        let entry = path;
        for (let index = count - 1; index >= 0; index--) {
          const known = load<u64>(entry, HASH);
          store<u32>(hashes + (index << 2), <u32>known);
          bloom |= (<u64>1) << (known >>> 58);
          entry = load<u32>(entry, BEFORE);
        }
        ascending = load<i32>(path, ASCENDING) !== 0;
        previousLength = load<i32>(path, LENGTH);
        const previous = keyLanes(v128.load(path), previousLength);
        previousFirst = i64x2.extract_lane(previous, 0);
        previousSecond = i64x2.extract_lane(previous, 1);
      }
      let mask = stops(head);
      let length = ctz(mask);
      if (mask === 0) {
        length = 16;
        while (true) {
          mask = stops(v128.load(at + 1 + length, BLOCK));
          if (mask !== 0) break;
          length += 16;
        }
        length += ctz(mask);
      }
      at += 1 + length;
      // Keys beyond ASCII sort by UTF-16 units, which bytes do not show; escaped keys compare by value.
      if (byteAt(at) !== QUOTE) return UNUSUAL;
      const lanes = keyLanes(head, length);
      const first: u64 = i64x2.extract_lane(lanes, 0);
      const second: u64 = i64x2.extract_lane(lanes, 1);
      const hash =
        length < 16 ? hashLanes(first, second) : hashLong(first, second, BLOCK + keyStart + 1, length);
      // Order and repeats: as long as the keys ascend, none of them can stand twice.
      if (first <= previousFirst && previousLength >= 0) {
        if (first < previousFirst || second < previousSecond) ascending = false;
        else if (second === previousSecond) {
          ascending =
            ascending &&
            previousLength >= 16 &&
            isBefore(previousStart, previousLength, keyStart + 1, length);
        }
      }
      previousFirst = first;
      previousSecond = second;
      previousStart = keyStart + 1;
      previousLength = length;
      const bit = (<u64>1) << (hash >>> 58);
      if (!ascending) {
        canonical = false;
        if (count >= MAX_KEYS) return UNUSUAL;
        if ((bloom & bit) !== 0) {
          for (let index = 0; index < count; index++) {
            if (load<u32>(hashes + (index << 2)) === <u32>hash) return UNUSUAL;
          }
        }
      }
      bloom |= bit;
      if (count < MAX_KEYS) store<u32>(hashes + (count << 2), <u32>hash);
      count++;
      if (node !== 0) child = findChild(node, first, second, hash, keyStart + 1, length);
      if (path !== 0)
        path = count > MAX_KEYS ? 0 : learn(path, head, keyStart + 1, length, hash, child, ascending);
    }
    // The colon
    at++;
    byte = byteAt(at);
    if (byte <= SPACE) {
      at = skip(at);
      byte = byteAt(at);
    }
    if (byte !== COLON) return UNUSUAL;
    at++;
    byte = byteAt(at);
    if (byte <= SPACE) {
      at = skip(at);
      byte = byteAt(at);
    }
    // The value
    if (byte === QUOTE) {
      const valueStart = at;
      marks = 0;
      at++;
      while (true) {
        const stop = stops(v128.load(at, BLOCK));
        if (stop === 0) {
          at += 16;
          continue;
        }
        at += ctz(stop);
        break;
      }
      if (byteAt(at) !== QUOTE) {
        at = stringEnd(at);
        if (at < 0) return UNUSUAL;
      }
      at++;
      if (child !== 0 && !keep(child, keyStart, valueStart, at, STRING | marks)) return UNUSUAL;
    } else {
      at = value(child, keyStart, at, depth);
      if (at < 0) return UNUSUAL;
    }
    // What follows
    byte = byteAt(at);
    if (byte <= SPACE) {
      at = skip(at);
      byte = byteAt(at);
    }
    at++;
    if (byte !== COMMA) return byte === CLOSE_BRACE ? at : UNUSUAL;
    byte = byteAt(at);
    if (byte <= SPACE) {
      at = skip(at);
      byte = byteAt(at);
    }
  }
}

/** Whether a key sorts before another one, of which it shares the first 16 bytes. */
function isBefore(a: i32, aLength: i32, b: i32, bLength: i32): bool {
  const shorter = min(aLength, bLength);
  for (let offset = 16; offset < shorter; offset++) {
    const left = byteAt(a + offset);
    const right = byteAt(b + offset);
    if (left !== right) return left < right;
  }
  return aLength < bLength;
}

/** Elements count for the array's own field; an empty array is a value itself. */
function array(node: usize, keyStart: i32, start: i32, depth: i32): i32 {
  if (depth > MAX_DEPTH) return UNUSUAL;
  let at = skip(start + 1);
  if (byteAt(at) === CLOSE_BRACKET) {
    if (node !== 0 && !keep(node, keyStart, start, at + 1, ARRAY)) return UNUSUAL;
    return at + 1;
  }
  const isOutermost = node !== 0 && list < 0;
  if (isOutermost) list = start;
  while (true) {
    if (isOutermost) element = at;
    at = value(node, -1, at, depth);
    if (at < 0) return UNUSUAL;
    at = skip(at);
    const byte = byteAt(at);
    at++;
    if (byte !== COMMA) {
      if (isOutermost) {
        list = -1;
        element = -1;
      }
      return byte === CLOSE_BRACKET ? at : UNUSUAL;
    }
    at = skip(at);
  }
}

/** Index of the closing quote of the string whose content goes on at `at`, or UNUSUAL. */
function stringEnd(at: i32): i32 {
  while (true) {
    const stop = stops(v128.load(at, BLOCK));
    if (stop === 0) {
      at += 16;
      continue;
    }
    at += ctz(stop);
    const byte = byteAt(at);
    if (byte === QUOTE) return at;
    at = byte === BACKSLASH ? afterEscape(at) : afterNonAscii(at, byte);
    if (at < 0) return UNUSUAL;
  }
}

/** Index after the escape whose backslash is at `at`. */
function afterEscape(at: i32): i32 {
  marks |= ESCAPED;
  switch (byteAt(at + 1)) {
    case QUOTE:
    case BACKSLASH:
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2;
    case 0x2f: // slash
      canonical = false;
      return at + 2;
    case 0x75: // u
      canonical = false;
      for (let digit = at + 2; digit < at + 6; digit++) if (!isHexDigit(byteAt(digit))) return UNUSUAL;
      return at + 6;
    default:
      return UNUSUAL;
  }
}

function isHexDigit(byte: u32): bool {
  return byte - 0x30 <= 9 || (byte | 0x20) - 0x61 <= 5;
}

/** Index after the run of non-ASCII characters at `at` (RFC 3629 table). */
function afterNonAscii(at: i32, byte: u32): i32 {
  marks |= NON_ASCII;
  do {
    const second = byteAt(at + 1);
    if (byte < 0xc2) return UNUSUAL;
    if (byte < 0xe0) {
      if ((second & 0xc0) !== 0x80) return UNUSUAL;
      at += 2;
    } else if (byte < 0xf0) {
      const low: u32 = byte === 0xe0 ? 0xa0 : 0x80;
      const high: u32 = byte === 0xed ? 0x9f : 0xbf;
      if (second < low || second > high || (byteAt(at + 2) & 0xc0) !== 0x80) return UNUSUAL;
      at += 3;
    } else {
      if (byte > 0xf4) return UNUSUAL;
      const low: u32 = byte === 0xf0 ? 0x90 : 0x80;
      const high: u32 = byte === 0xf4 ? 0x8f : 0xbf;
      if (second < low || second > high) return UNUSUAL;
      if ((byteAt(at + 2) & 0xc0) !== 0x80 || (byteAt(at + 3) & 0xc0) !== 0x80) return UNUSUAL;
      at += 4;
    }
    byte = byteAt(at);
  } while (byte >= 0x80);
  return at;
}

/** Index after the number at `start`; clears `canonical`, or adds to the doubts, where ECMAScript may write it otherwise. */
function number(start: i32): i32 {
  let at = start;
  let byte = byteAt(at);
  const negative = byte === MINUS;
  if (negative) byte = byteAt(++at);
  const digitsStart = at;
  if (byte - 0x30 > 9) return UNUSUAL;
  const zero = byte === 0x30;
  byte = byteAt(++at);
  if (!zero) while (byte - 0x30 <= 9) byte = byteAt(++at);
  const whole = at;
  if (byte === 0x2e) {
    at = digits(at + 1);
    if (at < 0) return UNUSUAL;
    byte = byteAt(at);
  }
  const fraction = at;
  if ((byte | 0x20) === 0x65) {
    byte = byteAt(++at);
    if (byte === 0x2b || byte === MINUS) at++;
    at = digits(at);
    if (at < 0) return UNUSUAL;
  }
  if (canonical) judgeNumber(start, digitsStart, whole, fraction, at, zero && negative);
  return doubts > MAX_DOUBTS ? UNUSUAL : at;
}

/** Index after one digit or more. */
function digits(start: i32): i32 {
  let at = start;
  while (byteAt(at) - 0x30 <= 9) at++;
  return at === start ? UNUSUAL : at;
}

/**
 * Whole numbers of up to 15 digits are as ECMAScript writes them. So are decimals of up to 15 digits: two of them never
 * share a double (IEEE 754), so none has a shorter form than itself, less closing zeros; from 1e-6 on without exponent.
 */
function judgeNumber(
  start: i32,
  digitsStart: i32,
  whole: i32,
  fraction: i32,
  end: i32,
  minusZero: bool,
): void {
  const length = fraction - digitsStart;
  if (end === fraction) {
    if (fraction === whole) {
      if (length <= 15) {
        if (minusZero) canonical = false;
        return;
      }
    } else {
      if (byteAt(fraction - 1) === 0x30) {
        canonical = false;
        return;
      }
      // With the point, `length` is one more than the digits. `0.00000` could become an exponent.
      if (length <= 16 && (byteAt(digitsStart) !== 0x30 || load<u32>(digitsStart + 2, BLOCK) !== 0x30303030))
        return;
    }
  }
  if (doubts < MAX_DOUBTS) {
    store<i32>(DOUBTS + (doubts << 3), start, 0);
    store<i32>(DOUBTS + (doubts << 3), end, 4);
  }
  doubts++;
}

/** Index after `true`, `false` or `null`. */
function literal(at: i32, byte: u32): i32 {
  const word = load<u32>(at, BLOCK);
  if (byte === 0x74) return word === 0x65757274 ? at + 4 : UNUSUAL;
  if (byte === 0x6e) return word === 0x6c6c756e ? at + 4 : UNUSUAL;
  if (byte === 0x66) return word === 0x736c6166 && byteAt(at + 4) === 0x65 ? at + 5 : UNUSUAL;
  return UNUSUAL;
}

/** The id of a scalar as `sources/event-cursor.ts` asks for it; escaped strings, arrays and objects it must write out first. */
function idOf(start: i32, end: i32, kind: i32): i32 {
  if (kind >= ARRAY && kind !== (STRING | NON_ASCII)) return NO_ID;
  const quotes = (kind & KIND_BITS) === STRING ? 1 : 0;
  return intern(kind & KIND_BITS, start + quotes, end - quotes);
}

/** Adds a value to the slots that end at `node`, unless a better reading of their names was found. False where only the slow twin can tell, or beyond the bounds. */
function keep(node: usize, keyStart: i32, start: i32, end: i32, kind: i32): bool {
  // Not even for a record that fails in the end: fields would seem to have occurred.
  if (end > limit) return false;
  let entry: usize = load<u32>(node, SLOT_LIST);
  const last = entry + (load<u32>(node, SLOT_COUNT) << 3);
  for (; entry < last; entry += 8) {
    const slot = slots + (load<u32>(entry, 0) << 2);
    const rank = load<i32>(entry, 4);
    const fresh = load<i32>(slot, STAMPS) !== stamp;
    const best = load<i32>(slot, RANKS);
    const held = best & ~ONLY_NULLS;
    const isNull = (kind & KIND_BITS) === NULL;
    const joins = !fresh && rank === held;
    if (!fresh && !joins) {
      const yields = (isNull ? rank | ONLY_NULLS : rank) > best;
      if (yields ? isNull && rank < held : best !== held && rank > held) gaveWay = true;
      if (yields) continue;
      // Elements of the better name may have been passed over: only the tree has them all.
      if (gaveWay && !isNull && best === held) return false;
    }
    const index = found;
    if (index === MAX_VALUES) return false;
    found = index + 1;
    const at: usize = index << 2;
    store<i32>(at, start, STARTS);
    store<i32>(at, end, ENDS);
    store<i32>(at, keyStart, KEY_STARTS);
    store<i32>(at, -1, NEXT);
    store<i32>(at, list, LISTS);
    store<i32>(at, element, ELEMENTS);
    store<i32>(at, NO_ID, IDS);
    store<u8>(index, kind, KINDS);
    if (!joins) {
      store<i32>(slot, stamp, STAMPS);
      store<i32>(slot, isNull ? rank | ONLY_NULLS : rank, RANKS);
      store<i32>(slot, index, HEADS);
      store<i32>(slot, 1, COUNTS);
      // Slot numbers end where `kind` and the bits beside it begin; a kind is never zero.
      const empty = (kind & KIND_BITS) === STRING && end - start === 2;
      if ((kind & KIND_BITS) === STRING) {
        const first = byteAt(start + 1);
        if (first === OPEN_BRACE || first === OPEN_BRACKET || first === BACKSLASH) isOdd = true;
      }
      store<u32>(
        (<usize>tokens) << 2,
        (load<u32>(entry, 0) << 5) | (list < 0 ? 0 : 16) | (empty ? 8 : 0) | (kind & KIND_BITS),
        TOKENS,
      );
      tokens++;
      if (load<i32>(slot, WANTS_ID) !== 0) store<i32>(at, idOf(start, end, kind), IDS);
    } else {
      if (!isNull) store<i32>(slot, held, RANKS);
      store<i32>(load<i32>(slot, TAILS) << 2, index, NEXT);
      const head: usize = load<i32>(slot, HEADS);
      store<u8>(head, load<u8>(head, KINDS) | FOLLOWED, KINDS);
      store<i32>(slot, load<i32>(slot, COUNTS) + 1, COUNTS);
    }
    store<i32>(slot, index, TAILS);
  }
  return true;
}
