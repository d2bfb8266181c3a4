/** Whether a key was seen before, in bounded memory: most logs repeat none, and then nothing need be sorted. */

/** Entries of 8 bytes: 16 MiB for the largest set, half of which may be filled. */
const MAX_SLOTS = 1 << 21;

/** A set of 53-bit keys that gives up when it is full. Two keys may be taken for one, never one for two. */
export class KeySet {
  private slots = new Float64Array(1 << 12);
  private count = 0;

  /** False when the key was there already, or the set is full. */
  add(high: number, low: number): boolean {
    if (this.count * 2 >= this.slots.length && !this.grow()) return false;
    // Never 0, which marks a free slot.
    if (!this.put(high * 2 ** 21 + (low & 0x1fffff) + 1, high)) return false;
    this.count++;
    return true;
  }

  private put(key: number, hash: number): boolean {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const there = slots[at]!;
      if (there === 0) {
        slots[at] = key;
        return true;
      }
      if (there === key) return false;
    }
  }

  private grow(): boolean {
    if (this.slots.length === MAX_SLOTS) return false;
    const old = this.slots;
    this.slots = new Float64Array(old.length * 2);
    for (const key of old) if (key !== 0) this.put(key, Math.floor((key - 1) / 2 ** 21));
    return true;
  }
}
