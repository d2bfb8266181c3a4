/** The records that a merge dropped, by file and position: asked once for each mark. */

/** A set of record positions, 8 bytes each. */
export class PositionSet {
  private positions = new Float64Array(64);
  private count = 0;
  private sorted = true;

  get size(): number {
    return this.count;
  }

  add(fileIndex: number, ordinal: number): void {
    if (this.count === this.positions.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.positions);
      this.positions = larger;
    }
    this.positions[this.count++] = toNumber(fileIndex, ordinal);
    this.sorted = false;
  }

  has(fileIndex: number, ordinal: number): boolean {
    if (this.count === 0) return false;
    if (!this.sorted) this.positions.subarray(0, this.count).sort();
    this.sorted = true;
    const wanted = toNumber(fileIndex, ordinal);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.positions[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.positions[low] === wanted;
  }
}

/** Exact up to 2^20 files of 2^33 records: beyond 2^53 doubles would merge neighbours. */
function toNumber(fileIndex: number, ordinal: number): number {
  return fileIndex * 2 ** 33 + ordinal;
}
