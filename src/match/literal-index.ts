/** Finds, in time linear in a text, whose literals it is or holds, however many there are. */

import { foldCase } from '../base/fold-case.ts';
import { ByteLiterals, GRAM } from './byte-literals.ts';
import type { Literals } from './item-literals.ts';
import { normalDecimal } from './match-number.ts';

const BASE = 131;
const BASE_CUBED = BASE ** 3;

type Contained<T> = { literal: string; at: number; owners: T[] };

/** Contained literals are found by GRAM of their characters; shorter ones are sought one by one. */
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
  private readonly bytes = new ByteLiterals();

  add({ equal, numbers, contained, lengths }: Literals, owner: T): void {
    for (const literal of equal) {
      if (!this.equal.has(literal)) this.bytes.addWhole(literal);
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
   * Whether `find` would find something in the ASCII text of `length` bytes from `start` on, were it no number: asked
   * without making a text of it, for values that never repeat.
   */
  finds(bytes: Uint8Array, start: number, length: number): boolean {
    if (length >= this.shortest || this.short.length > 0) return true;
    return this.bytes.finds(bytes, start, start + length);
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
    this.bytes.addContained(literal);
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
