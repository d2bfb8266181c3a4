/** Distinct whole numbers of any size in order, in buckets: adding, removing and ranking take a small part of their number. */

/** Numbers of one bucket, at most; moving so many is faster than finding another bucket. */
const BUCKET = 256;

export class SortedNumbers {
  /** None is empty. */
  private readonly buckets: bigint[][] = [];

  add(number: bigint): void {
    const index = Math.max(0, this.bucketOf(number));
    const bucket = this.buckets[index];
    if (bucket === undefined) {
      this.buckets.push([number]);
      return;
    }
    const at = countBelow(bucket, number);
    if (bucket[at] === number) return;
    bucket.splice(at, 0, number);
    if (bucket.length > BUCKET) this.buckets.splice(index + 1, 0, bucket.splice(BUCKET / 2));
  }

  delete(number: bigint): void {
    const index = this.bucketOf(number);
    const bucket = this.buckets[index];
    if (bucket === undefined) return;
    const at = countBelow(bucket, number);
    if (bucket[at] !== number) return;
    bucket.splice(at, 1);
    if (bucket.length === 0) this.buckets.splice(index, 1);
  }

  /** The largest that is smaller than `number`. */
  below(number: bigint): bigint | undefined {
    const index = this.bucketOf(number);
    const bucket = this.buckets[index];
    if (bucket === undefined) return undefined;
    const at = countBelow(bucket, number);
    return at > 0 ? bucket[at - 1] : this.buckets[index - 1]?.at(-1);
  }

  /** How many lie between the two, neither counted. */
  countBetween(low: bigint, high: bigint): number {
    return Math.max(0, this.rank(high) - this.rank(low + 1n));
  }

  private rank(number: bigint): number {
    const index = this.bucketOf(number);
    if (index < 0) return 0;
    let rank = countBelow(this.buckets[index]!, number);
    for (let before = 0; before < index; before++) rank += this.buckets[before]!.length;
    return rank;
  }

  /** The last bucket that begins at or below `number`; -1 where all begin above it. */
  private bucketOf(number: bigint): number {
    let [low, high] = [0, this.buckets.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.buckets[middle]![0]! <= number) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function countBelow(sorted: readonly bigint[], number: bigint): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
