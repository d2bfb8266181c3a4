/**
 * The same as `named-members.ts` by bytes: a copy of the record with what its lists name written behind each list. To make a tree of
 * the record and write that again took three times as long (measured), and every sign-in of some sources has such a list.
 */
import { type FoundValues, KIND } from '../base/found-values.ts';
import { getOrCreate } from '../base/get-or-create.ts';
import { groupBy } from '../base/group-by.ts';
import { type JsonValue, parseJson } from '../base/json.ts';
import {
  CLOSE_BRACKET,
  COLON,
  COMMA,
  decodeUtf8,
  isWhitespace,
  OPEN_BRACKET,
  QUOTE,
  skipWhitespace,
} from '../base/lexical.ts';
import type { Slot } from '../model/event.ts';
import { type NamedMembers, namedMember } from './named-members.ts';

/** A list in the record: the key that it stands under, what its elements are as they are written, where it begins and ends. */
type FoundList = { key: string; elements: Uint8Array[]; from: number; until: number };

export class SplicedLists {
  private readonly lists: readonly { slot: Slot; forms: readonly NamedMembers[]; isBeside: boolean }[];

  /** `slotsOf`: one for each way to read the path. */
  constructor(named: readonly NamedMembers[], slotsOf: (path: string) => readonly Slot[]) {
    this.lists = [...groupBy(named, ({ list }) => list)].flatMap(([list, forms]) => {
      const isBeside = forms.some(({ beside }) => beside === true);
      return slotsOf(list).map((slot) => ({ slot, forms, isBeside }));
    });
  }

  /**
   * The record [start, end) of `buffer`, of which `found` tells, with those members; null where it has none of them, and undefined
   * where only its tree tells: a key may stand twice, or a list is not as they are. No key of the record has escapes.
   */
  of(found: FoundValues, buffer: Uint8Array, start: number, end: number): Buffer | null | undefined {
    const insertions: Insertion[] = [];
    const reader = new ListReader(found, buffer, start, end);
    for (let index = 0; index < this.lists.length; index++) {
      const { slot, forms, isBeside } = this.lists[index]!;
      const first = found.first(slot);
      if (first < 0) continue;
      // What the list names may be what any other member is called.
      if (isBeside) return undefined;
      for (let value = first; value >= 0; ) {
        const list = reader.at(value);
        const pieces = list && piecesOf(list, forms);
        if (pieces === undefined) return undefined;
        value = list!.next;
        if (pieces.length === 0) continue;
        if (reader.mayHoldMembersOf(list!.key)) return undefined;
        insertions.push({ from: list!.from, at: list!.until, pieces });
      }
    }
    return insertions.length === 0 ? null : inserted(buffer, start, end, insertions);
  }
}

/** Finds the list around its first element: the scanner tells of the elements alone. */
class ListReader {
  private readonly found: FoundValues;
  private readonly buffer: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  private readonly held = new Map<string, boolean>();

  constructor(found: FoundValues, buffer: Uint8Array, start: number, end: number) {
    this.found = found;
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  /** Whether the record may have a member `key.…` of its own; looked for once, for there may be thousands of lists of one key. */
  mayHoldMembersOf(key: string): boolean {
    return getOrCreate(this.held, key, () =>
      Buffer.from(this.buffer.buffer, this.buffer.byteOffset + this.start, this.end - this.start).includes(
        `"${key}.`,
      ),
    );
  }

  /** `next`: the value behind those of the list, below 0 where there is none. */
  at(first: number): (FoundList & { next: number }) | undefined {
    const { found, buffer } = this;
    const keyStart = found.keyStart(first);
    const from = found.start(first);
    // One thing alone is written without a list where XML became JSON.
    if (keyStart >= 0) {
      const key = decodeUtf8(buffer, keyStart + 1, buffer.indexOf(QUOTE, keyStart + 1));
      const until = found.endOf(first);
      const elements = found.kind(first) === KIND.object ? [buffer.subarray(from, until)] : [];
      return { key, elements, from, until, next: found.next[first]! };
    }
    const open = this.before(from);
    const key = buffer[open] === OPEN_BRACKET ? this.keyOf(open) : undefined;
    return key === undefined ? undefined : this.elementsFrom(first, key);
  }

  private elementsFrom(first: number, key: string): (FoundList & { next: number }) | undefined {
    const { found, buffer, end } = this;
    const elements: Uint8Array[] = [];
    for (let value = first; value >= 0; ) {
      const next = found.next[value]!;
      elements.push(buffer.subarray(found.start(value), found.endOf(value)));
      const after = skipWhitespace(buffer, found.endOf(value), end);
      if (buffer[after] === CLOSE_BRACKET)
        return { key, elements, from: found.start(first), until: after + 1, next };
      // An element that was not found is a list itself.
      const isNext = buffer[after] === COMMA && next >= 0;
      if (!isNext || skipWhitespace(buffer, after + 1, end) !== found.start(next)) return undefined;
      value = next;
    }
    return undefined;
  }

  /** Of the member whose value begins at `at`; undefined where no member's does. */
  private keyOf(at: number): string | undefined {
    const { buffer } = this;
    const colon = this.before(at);
    if (buffer[colon] !== COLON) return undefined;
    const close = this.before(colon);
    return decodeUtf8(buffer, buffer.lastIndexOf(QUOTE, close - 1) + 1, close);
  }

  /** The last byte before `at` that is not blank. */
  private before(at: number): number {
    let index = at - 1;
    while (index > this.start && isWhitespace(this.buffer[index])) index--;
    return index;
  }
}

/** What is written behind a list; undefined where two of its forms give a member of one name. */
function piecesOf({ key, elements }: FoundList, forms: readonly NamedMembers[]): Uint8Array[] | undefined {
  const trees = elements.map((bytes) => ({ bytes, tree: parseJson(bytes) }));
  const known = new Set<string>();
  const pieces: Uint8Array[] = [];
  // What a later form names comes before what an earlier one does: it was put behind the list after that.
  for (const form of forms.toReversed()) {
    for (const [name, values] of valuesOf(trees, form)) {
      if (known.has(name)) return undefined;
      known.add(name);
      pieces.push(Buffer.from(`,${JSON.stringify(`${key}.${name}`)}:`));
      for (const [at, value] of values.entries()) {
        if (values.length > 1) pieces.push(at === 0 ? OPEN : BETWEEN);
        pieces.push(value);
      }
      if (values.length > 1) pieces.push(CLOSE);
    }
  }
  return pieces;
}

/** By name, as they are written. */
function valuesOf(
  elements: readonly { bytes: Uint8Array; tree: JsonValue }[],
  form: NamedMembers,
): Map<string, Uint8Array[]> {
  const values = new Map<string, Uint8Array[]>();
  for (const { bytes, tree } of elements) {
    const member = namedMember(tree, form);
    if (member === undefined) continue;
    const raw = bytes.subarray(member.valueStart, member.valueEnd);
    const known = values.get(member.key);
    if (known === undefined) values.set(member.key, [raw]);
    else known.push(raw);
  }
  return values;
}

const OPEN = Buffer.from('[');
const BETWEEN = Buffer.from(',');
const CLOSE = Buffer.from(']');

/** Written at `at`, behind what stands from `from` on. */
type Insertion = { from: number; at: number; pieces: Uint8Array[] };

/** Undefined where one list stands in another. */
function inserted(
  buffer: Uint8Array,
  start: number,
  end: number,
  insertions: Insertion[],
): Buffer | undefined {
  const pieces: Uint8Array[] = [];
  let copied = start;
  for (const { from, at, pieces: own } of insertions.sort((left, right) => left.at - right.at)) {
    if (from < copied) return undefined;
    pieces.push(buffer.subarray(copied, at));
    for (const piece of own) pieces.push(piece);
    copied = at;
  }
  pieces.push(buffer.subarray(copied, end));
  return Buffer.concat(pieces);
}
