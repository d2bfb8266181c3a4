/** A random sample of records that anybody draws again from its seed, whatever the threads and the order of reading. */
import { sha256Hex } from '../base/digest.ts';
import { Heap } from '../base/heap.ts';
import { compareText } from '../base/text-safety.ts';

/** Where a record lies in the decoded file, and the SHA-256 that RFC 6962 has of its bytes as a leaf. */
export type SampledRecord = { file: string; line: number; offset: number; length: number; leaf: string };

type Drawn = SampledRecord & { lot: string };

/**
 * Each record draws a lot, SHA-256 of seed, digest of its file and its offset; those with the smallest are the sample. Lots
 * are as good as random to whoever does not choose the seed, so each set of records is as likely as any other.
 */
export class Sampler {
  private readonly seed: string;
  private readonly size: number;
  /** The largest lot first. */
  private readonly drawn = new Heap<Drawn>((left, right) => compareText(right.lot, left.lot));
  population = 0;

  constructor(seed: string, size: number) {
    this.seed = seed;
    this.size = size;
  }

  /** `digest`: SHA-256 of the stored file. `leaf` is asked for only where the record is drawn. */
  offer(
    file: string,
    digest: string,
    line: number,
    offset: number,
    length: number,
    leaf: () => string,
  ): void {
    this.population += 1;
    const lot = sha256Hex(`${this.seed}\n${digest}\n${offset}`);
    if (this.isAmong(lot)) this.draw({ file, line, offset, length, leaf: leaf(), lot });
  }

  /** Everything that another sampler was offered, which has the same seed and size. */
  take(other: Sampler): void {
    this.population += other.population;
    for (let record = other.drawn.pop(); record !== undefined; record = other.drawn.pop())
      if (this.isAmong(record.lot)) this.draw(record);
  }

  private isAmong(lot: string): boolean {
    if (this.drawn.size < this.size) return true;
    return this.size > 0 && compareText(lot, this.drawn.peek()!.lot) < 0;
  }

  private draw(record: Drawn): void {
    if (this.drawn.size === this.size) this.drawn.pop();
    this.drawn.push(record);
  }

  /** In the order of the files. */
  finish(): SampledRecord[] {
    const { drawn } = this;
    const records: SampledRecord[] = [];
    while (drawn.size > 0) {
      const { lot: _, ...record } = drawn.pop()!;
      records.push(record);
    }
    return records.sort((a, b) => compareText(a.file, b.file) || a.offset - b.offset);
  }
}
