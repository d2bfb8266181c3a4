/** Which keys may have come twice, by a bit for each of up to 2^26 slots: a log repeats few, and only those need be sorted. */

/** 8 MiB a bitmap. */
export const MAX_SLOT_BITS = 26;
const MIN_SLOT_BITS = 15;
/** A small run has small bitmaps, which grow in these steps. */
const GROWTH_BITS = 4;
/**
 * With fewer slots a key it is time to grow: one key in nine then shares a slot with another, and another round tells
 * them apart. A bitmap that fits the processor's cache is what makes a key cost 10 ns; at 2^27 slots it is 30 ns (measured).
 */
const SLOTS_PER_KEY = 8;

/**
 * A Bloom filter with one hash that counts to two: the slots that were met, and those that were met again.
 * Two keys may share a slot, which costs a second look; no key that came twice is ever passed over.
 */
export class KeyFilter {
  readonly slotBits: number;
  private readonly shift: number;
  private readonly factor: number;
  private readonly once: Uint32Array;
  private twice: Uint32Array | undefined;

  /** `round`: filters of other rounds spread the same keys over other slots. */
  constructor(slotBits: number, round = 0) {
    this.slotBits = slotBits;
    this.shift = 32 - slotBits;
    this.factor = 0x9e3779b1 + round * 0x3d4d51c2;
    this.once = new Uint32Array(2 ** (slotBits - 5));
  }

  /** Whether some key was met twice, as far as a filter knows. */
  get metAny(): boolean {
    return this.twice !== undefined;
  }

  /** Adds the keys of rows of `width` words, of which the first two are the key. */
  addRows(rows: Uint32Array, width: number): void {
    const { once, shift, factor } = this;
    for (let at = 0; at < rows.length; at += width) {
      const slot = slotOf(rows[at]!, rows[at + 1]!, factor, shift);
      const bit = 1 << (slot & 31);
      if ((once[slot >>> 5]! & bit) === 0) once[slot >>> 5]! |= bit;
      else {
        this.twice ??= new Uint32Array(once.length);
        this.twice[slot >>> 5]! |= bit;
      }
    }
  }

  /** Copies of the rows whose keys may have been added more than once. */
  repeating(rows: Uint32Array, width: number): Uint32Array<ArrayBuffer> {
    const { twice, shift, factor } = this;
    if (twice === undefined) return new Uint32Array(0);
    const found: number[] = [];
    for (let at = 0; at < rows.length; at += width) {
      const slot = slotOf(rows[at]!, rows[at + 1]!, factor, shift);
      if ((twice[slot >>> 5]! & (1 << (slot & 31))) !== 0) found.push(at);
    }
    const copies = new Uint32Array(found.length * width);
    for (let index = 0, to = 0; index < found.length; index++) {
      for (let from = found[index]!; to < (index + 1) * width; ) copies[to++] = rows[from++]!;
    }
    return copies;
  }
}

/** The bits of a filter for so many keys. */
export function slotBitsFor(keys: number, maxSlotBits: number): number {
  let bits = MIN_SLOT_BITS;
  while (bits < maxSlotBits && keys * SLOTS_PER_KEY > 2 ** bits) bits += GROWTH_BITS;
  return Math.min(bits, maxSlotBits);
}

/** Keys of similar ids differ little (FNV), so their bits are mixed twice: all bits of both words reach the slot. */
function slotOf(high: number, low: number, factor: number, shift: number): number {
  const mixed = Math.imul(high ^ (high >>> 15), factor) ^ low;
  return Math.imul(mixed ^ (mixed >>> 13), 0x85ebca6b) >>> shift;
}
