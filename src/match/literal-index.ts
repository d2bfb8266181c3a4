/** Finds, in time linear in a text, whose literals it is or holds, however many there are. */
import { foldCase } from './fold-case.ts';
import type { Literals } from './item-literals.ts';
import { normalDecimal } from './match-number.ts';

/** Contained literals are found by four of their characters; shorter ones are sought one by one. */
const GRAM = 4;
const BASE = 131;
const BASE_CUBED = BASE ** 3;

type Contained<T> = { literal: string; at: number; owners: T[] };

/** `at`: of the gram. `isWhole`: it is sought as the whole text. */
type ByteLiteral = { literal: string; at: number; isWhole: boolean };

/** ASCII in one case. */
const LOWER = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code + 32 : code,
);

export class LiteralIndex<T> {
  private readonly equal = new Map<string, T[]>();
  private readonly numbers = new Map<string, T[]>();
  private readonly contained = new Map<string, Contained<T>>();
  private readonly byGram = new Map<number, Contained<T>[]>();
  private readonly short: Contained<T>[] = [];
  private readonly long: { length: number; owner: T }[] = [];
  private shortest = Number.POSITIVE_INFINITY;
  /** Whether some gram ends in these 16 bits: keeps most places of a text from the map. */
  private readonly grams = new Uint8Array(1 << 16);
  /** Literals by four of their bytes, and whether some gram has one of these hashes. */
  private readonly byBytes = new Map<number, ByteLiteral[]>();
  private readonly hashes = new Uint8Array(1 << 16);
  /** By length: whether some literal of fewer characters than a gram is compared as a whole. */
  private readonly shortEqual = new Uint8Array(GRAM);

  add({ equal, numbers, contained, lengths }: Literals, owner: T): void {
    for (const literal of equal) {
      if (!this.equal.has(literal)) this.addBytes(literal, literal.length - GRAM, true);
      addTo(this.equal, literal, owner);
    }
    for (const literal of numbers) addTo(this.numbers, literal, owner);
    for (const literal of contained) this.addContained(literal, owner);
    for (const length of lengths) {
      this.long.push({ length, owner });
      this.shortest = Math.min(this.shortest, length);
    }
  }

  /** Whether numbers are compared by their value. */
  get hasNumbers(): boolean {
    return this.numbers.size > 0;
  }

  /**
   * Whether `find` would find something in the ASCII text of `bytes`, were it no number: asked without making a text of it,
   * for values that never repeat.
   */
  finds(bytes: Uint8Array, length: number): boolean {
    if (length >= this.shortest || this.short.length > 0) return true;
    if (length < GRAM) return this.shortEqual[length] === 1;
    const { hashes } = this;
    let gram = 0;
    for (let at = 0; at < length; at++) {
      gram = (gram << 8) | LOWER[bytes[at]!]! | 0;
      if (
        hashes[hashOfBytes(gram)] === 1 &&
        at >= GRAM - 1 &&
        this.confirms(gram, bytes, at + 1 - GRAM, length)
      )
        return true;
    }
    return false;
  }

  private confirms(gram: number, bytes: Uint8Array, at: number, length: number): boolean {
    const known = this.byBytes.get(gram);
    if (known === undefined) return false;
    for (const { literal, at: within, isWhole } of known) {
      const start = at - within;
      if (start < 0 || start + literal.length > length) continue;
      if (isWhole && literal.length !== length) continue;
      let same = 0;
      while (same < literal.length && LOWER[bytes[start + same]!] === literal.charCodeAt(same)) same++;
      if (same === literal.length) return true;
    }
    return false;
  }

  /** For `finds`: the literal under its gram at `at`. */
  private addBytes(literal: string, at: number, isWhole: boolean): void {
    if (literal.length < GRAM) {
      this.shortEqual[literal.length] = 1;
      return;
    }
    let gram = 0;
    for (let index = at; index < at + GRAM; index++) {
      const code = literal.charCodeAt(index);
      // A text of ASCII alone does not hold it.
      if (code > 0x7f) return;
      gram = (gram << 8) | code | 0;
    }
    addTo(this.byBytes, gram, { literal, at, isWhole });
    this.hashes[hashOfBytes(gram)] = 1;
  }

  /** Adds those whose literals the value is or holds to `found`. */
  find(text: string, isNumber: boolean, found: Set<T>): void {
    const folded = foldCase(text);
    addAll(found, this.equal.get(folded));
    if (isNumber && this.numbers.size > 0) addAll(found, this.numbers.get(normalDecimal(text)));
    for (const { length, owner } of this.long) if (text.length >= length) found.add(owner);
    for (const { literal, owners } of this.short) if (folded.includes(literal)) addAll(found, owners);
    if (this.byGram.size > 0) this.findGrams(folded, found);
  }

  private addContained(literal: string, owner: T): void {
    const known = this.contained.get(literal);
    if (known !== undefined) {
      known.owners.push(owner);
      return;
    }
    const entry: Contained<T> = { literal, at: 0, owners: [owner] };
    this.contained.set(literal, entry);
    if (literal.length < GRAM) {
      this.short.push(entry);
      return;
    }
    // The gram that the fewest others have: many literals begin alike.
    let fewest = Number.POSITIVE_INFINITY;
    let chosen = 0;
    for (let at = 0; at + GRAM <= literal.length; at++) {
      const gram = gramAt(literal, at);
      const others = this.byGram.get(gram)?.length ?? 0;
      if (others >= fewest) continue;
      fewest = others;
      chosen = gram;
      entry.at = at;
    }
    addTo(this.byGram, chosen, entry);
    this.addBytes(literal, entry.at, false);
    this.grams[chosen & 0xffff] = 1;
  }

  private findGrams(text: string, found: Set<T>): void {
    if (text.length < GRAM) return;
    const { grams, byGram } = this;
    let gram = gramAt(text, 0);
    for (let at = 0; ; at++) {
      if (grams[gram & 0xffff] === 1) {
        for (const entry of byGram.get(gram) ?? [])
          if (text.startsWith(entry.literal, at - entry.at)) addAll(found, entry.owners);
      }
      if (at + GRAM === text.length) return;
      gram = Math.imul(gram - Math.imul(text.charCodeAt(at), BASE_CUBED), BASE) + text.charCodeAt(at + GRAM);
      gram |= 0;
    }
  }
}

/** 16 bits of four bytes. */
function hashOfBytes(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> 16;
}

function gramAt(text: string, at: number): number {
  let gram = 0;
  for (let index = at; index < at + GRAM; index++)
    gram = (Math.imul(gram, BASE) + text.charCodeAt(index)) | 0;
  return gram;
}

function addTo<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function addAll<T>(found: Set<T>, owners: readonly T[] | undefined): void {
  if (owners !== undefined) for (const owner of owners) found.add(owner);
}
