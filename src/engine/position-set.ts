/** The records that a merge dropped, by file and byte offset: asked once for each mark. */

/** Offsets of one file, 8 bytes each. */
type Offsets = { values: Float64Array; count: number; sorted: boolean };

/** By file the offsets of its records, in any order. */
export type PackedPositions = (readonly [fileIndex: number, offsets: Float64Array])[];

/** A set of record positions; offsets may be as large as a double counts exactly (2^53). */
export class PositionSet {
  private readonly files = new Map<number, Offsets>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** As plain data, which other threads may be sent. */
  pack(): PackedPositions {
    return [...this.files].map(([fileIndex, { values, count }]) => [fileIndex, values.slice(0, count)]);
  }

  static unpack(packed: PackedPositions): PositionSet {
    const set = new PositionSet();
    for (const [fileIndex, values] of packed) {
      set.files.set(fileIndex, { values, count: values.length, sorted: false });
      set.count += values.length;
    }
    return set;
  }

  add(fileIndex: number, offset: number): void {
    let offsets = this.files.get(fileIndex);
    if (offsets === undefined) {
      offsets = { values: new Float64Array(16), count: 0, sorted: true };
      this.files.set(fileIndex, offsets);
    }
    if (offsets.count === offsets.values.length) {
      const larger = new Float64Array(offsets.count * 2);
      larger.set(offsets.values);
      offsets.values = larger;
    }
    offsets.values[offsets.count++] = offset;
    offsets.sorted = false;
    this.count++;
  }

  has(fileIndex: number, offset: number): boolean {
    const offsets = this.files.get(fileIndex);
    if (offsets === undefined) return false;
    const { values, count } = offsets;
    if (!offsets.sorted) values.subarray(0, count).sort();
    offsets.sorted = true;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (values[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low < count && values[low] === offset;
  }
}
