/**
 * Whether an ASCII text is or holds one of many literals, asked of its bytes: no text is made for values that never repeat.
 * Contained literals are sought as by Wu and Manber (TR 94-17, 1994): most bytes of most texts are never looked at.
 */

/** Bytes by which literals are found. */
export const GRAM = 4;
/** 16 bits of a gram choose its entry in a table. */
const TABLE = 1 << 16;
/** So that a skip fits a byte. */
const MAX_WINDOW = 200;

/** `at`: of the gram. */
type Placed = { literal: string; at: number };

/** ASCII in one case. */
const LOWER = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code + 32 : code,
);

/** Literals are in one case; those with other characters than ASCII are in no text that is asked for. */
export class ByteLiterals {
  private readonly contained: string[] = [];
  /** Whole literals by their last gram; whether one has this hash; by their length those that are shorter. */
  private readonly ends = new Map<number, Placed[]>();
  private readonly endHashes = new Uint8Array(TABLE);
  private readonly short = new Uint8Array(GRAM);
  /** Made from `contained` when it is first asked for. */
  private windows: Windows | undefined;

  addWhole(literal: string): void {
    if (!isAscii(literal)) return;
    if (literal.length < GRAM) this.short[literal.length] = 1;
    else this.endHashes[hashOf(place(this.ends, { literal, at: literal.length - GRAM }))] = 1;
  }

  /** `literal` has GRAM characters or more. */
  addContained(literal: string): void {
    if (!isAscii(literal)) return;
    this.contained.push(literal);
    this.windows = undefined;
  }

  /** Whether the text between `start` and `end` is or holds one. Of a text shorter than GRAM: whether it may be one. */
  finds(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < GRAM) return this.short[end - start] === 1;
    const last = end - GRAM;
    const gram = gramAt(bytes, last);
    if (this.endHashes[hashOf(gram)] === 1 && confirms(this.ends, gram, bytes, last, start, end, true))
      return true;
    if (this.contained.length === 0) return false;
    this.windows ??= new Windows(this.contained);
    return this.windows.finds(bytes, start, end);
  }
}

/** Each literal is sought by a window of it, all windows of one length, and each window by its last gram. */
class Windows {
  private readonly length: number;
  /** How far the end of a window may move on from a gram, by its hash: zero where a window ends in it. */
  private readonly skips = new Uint8Array(TABLE);
  private readonly byGram = new Map<number, Placed[]>();

  constructor(literals: readonly string[]) {
    this.length = literals.reduce((least, { length }) => Math.min(least, length), MAX_WINDOW);
    this.skips.fill(this.length - GRAM + 1);
    for (const literal of literals) this.add(literal);
  }

  private add(literal: string): void {
    const bytes = Buffer.from(literal, 'latin1');
    const at = this.rarest(bytes);
    const { length, skips } = this;
    for (let left = length - GRAM; left >= 0; left--) {
      const hash = hashOf(gramAt(bytes, at - left));
      skips[hash] = Math.min(skips[hash]!, left);
    }
    place(this.byGram, { literal, at });
  }

  /** Where the gram stands in which the fewest other windows end: many literals begin alike. */
  private rarest(bytes: Uint8Array): number {
    let fewest = Number.POSITIVE_INFINITY;
    let rarest = 0;
    for (let at = this.length - GRAM; at + GRAM <= bytes.length; at++) {
      const others = this.byGram.get(gramAt(bytes, at))?.length ?? 0;
      if (others >= fewest) continue;
      fewest = others;
      rarest = at;
    }
    return rarest;
  }

  finds(bytes: Uint8Array, start: number, end: number): boolean {
    const { skips, byGram } = this;
    for (let at = start + this.length - GRAM; at + GRAM <= end; ) {
      const gram = gramAt(bytes, at);
      const skip = skips[hashOf(gram)]!;
      if (skip === 0 && confirms(byGram, gram, bytes, at, start, end, false)) return true;
      at += Math.max(skip, 1);
    }
    return false;
  }
}

/** Whether a literal whose gram stands at `at` stands in the text between `start` and `end`, `isWhole`: as all of it. */
function confirms(
  byGram: ReadonlyMap<number, readonly Placed[]>,
  gram: number,
  bytes: Uint8Array,
  at: number,
  start: number,
  end: number,
  isWhole: boolean,
): boolean {
  const known = byGram.get(gram);
  if (known === undefined) return false;
  for (const { literal, at: within } of known) {
    const from = at - within;
    if (from < start || from + literal.length > end) continue;
    if (isWhole && literal.length !== end - start) continue;
    let same = 0;
    while (same < literal.length && LOWER[bytes[from + same]!] === literal.charCodeAt(same)) same++;
    if (same === literal.length) return true;
  }
  return false;
}

/** Returns the gram. */
function place(byGram: Map<number, Placed[]>, placed: Placed): number {
  const gram = gramAt(Buffer.from(placed.literal, 'latin1'), placed.at);
  const known = byGram.get(gram);
  if (known === undefined) byGram.set(gram, [placed]);
  else known.push(placed);
  return gram;
}

/** Four bytes in one case. */
function gramAt(bytes: Uint8Array, at: number): number {
  return (
    (LOWER[bytes[at]!]! << 24) |
    (LOWER[bytes[at + 1]!]! << 16) |
    (LOWER[bytes[at + 2]!]! << 8) |
    LOWER[bytes[at + 3]!]!
  );
}

function hashOf(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> 16;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
