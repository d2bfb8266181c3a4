/** Whether a key was seen before, by one bit for each of 2^27 slots: most logs repeat none, and then nothing need be sorted. */

/** 16 MiB a bitmap. */
export const MAX_SLOT_BITS = 27;
const MIN_SLOT_BITS = 15;
/** A small run has small bitmaps, which grow in these steps. */
const GROWTH_BITS = 4;
/** With fewer slots a key it is time to grow: one key in 64 then shares a slot with another. */
const SLOTS_PER_KEY = 64;

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

  /** Adds the keys of rows of `width` words, of which the first two are the key. 5 to 15 ns each (measured). */
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

  /** Whether the key may have been added more than once. */
  mayRepeat(high: number, low: number): boolean {
    if (this.twice === undefined) return false;
    const slot = slotOf(high, low, this.factor, this.shift);
    return (this.twice[slot >>> 5]! & (1 << (slot & 31))) !== 0;
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
