/** Keys that change with every record, each the digest of the one before: who has today's key cannot forge yesterday's records. */
import { digestBytes } from '../base/digest.ts';

/** Every so many keys one is kept to begin from again. */
const KEPT_EVERY = 1024;

/** About two seconds of hashing, which one record with a forged number may cost. */
const MAX_STEPS = 1 << 22;

export class KeyRatchet {
  private readonly algorithm: string;
  private readonly kept: Uint8Array[];
  private step = 0;
  private key: Uint8Array;

  constructor(algorithm: string, first: Uint8Array) {
    this.algorithm = algorithm;
    this.kept = [first];
    this.key = first;
  }

  /** The key of the record so many steps after the first; undefined for what is no number of steps, or too many. */
  keyOf(step: number): Uint8Array | undefined {
    if (!Number.isInteger(step) || step < 0 || step > MAX_STEPS) return undefined;
    const start = Math.min(Math.floor(step / KEPT_EVERY), this.kept.length - 1);
    if (step < this.step || start * KEPT_EVERY > this.step) {
      this.step = start * KEPT_EVERY;
      this.key = this.kept[start]!;
    }
    while (this.step < step) {
      this.key = digestBytes(this.algorithm, this.key);
      this.step++;
      if (this.step === this.kept.length * KEPT_EVERY) this.kept.push(this.key);
    }
    return this.key;
  }
}
