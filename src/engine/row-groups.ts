/** Rows of one sorter by what they begin with: a log's marks come in order of time, so within a group there is little to sort. */

const FREE = -1;

/** The rows that begin with the same bytes, each linked to the next in the order they were added. */
export class RowGroups {
  count = 0;
  /** For each group its first and last row, the length of what they have in common, and whether they are in order so far. */
  first = new Uint32Array(16);
  last = new Uint32Array(16);
  lengths = new Uint32Array(16);
  sorted = new Uint8Array(16);
  /** For each row the next of its group. */
  next = new Uint32Array(64);
  private hashes = new Int32Array(16);
  private table = new Int32Array(32).fill(FREE);

  /**
   * The group of the row `bytes[start, start + length…]`, to which the row is to be added.
   * `isAlike` compares its first `length` bytes with those of another row. @returns the group, new when it has no rows
   */
  find(
    bytes: Uint8Array,
    start: number,
    length: number,
    isAlike: (row: number, length: number) => boolean,
  ): number {
    if (this.count * 2 >= this.table.length) this.growTable();
    const hash = hashOf(bytes, start, length);
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (; this.table[slot] !== FREE; slot = (slot + 1) & mask) {
      const group = this.table[slot]!;
      if (
        this.hashes[group] === hash &&
        this.lengths[group] === length &&
        isAlike(this.first[group]!, length)
      )
        return group;
    }
    this.table[slot] = this.count;
    return this.addGroup(hash, length);
  }

  clear(): void {
    this.count = 0;
    this.table.fill(FREE);
  }

  private addGroup(hash: number, length: number): number {
    const group = this.count++;
    if (group === this.first.length) {
      this.first = doubled(this.first);
      this.last = doubled(this.last);
      this.lengths = doubled(this.lengths);
      this.hashes = doubled(this.hashes);
      this.sorted = doubled(this.sorted);
    }
    this.hashes[group] = hash;
    this.lengths[group] = length;
    this.sorted[group] = 1;
    return group;
  }

  private growTable(): void {
    this.table = new Int32Array(this.table.length * 2).fill(FREE);
    const mask = this.table.length - 1;
    for (let group = 0; group < this.count; group++) {
      let slot = this.hashes[group]! & mask;
      while (this.table[slot] !== FREE) slot = (slot + 1) & mask;
      this.table[slot] = group;
    }
  }
}

/** Two bytes a step: it is the multiplications, one after another, that take the time. */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = length;
  const end = start + length;
  for (let index = start; index < end - 1; index += 2) {
    hash = Math.imul(hash ^ bytes[index]! ^ (bytes[index + 1]! << 8), 0x9e3779b1);
  }
  if ((length & 1) === 1) hash = Math.imul(hash ^ bytes[end - 1]!, 0x9e3779b1);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85ebca6b) ^ (hash >>> 13);
}

/** The column with room for as many again. */
export function doubled<Column extends Uint32Array | Int32Array | Uint8Array>(column: Column): Column {
  const larger = new (column.constructor as new (length: number) => Column)(column.length * 2);
  larger.set(column);
  return larger;
}
