/** Groups of rows by the bytes that name them, each the first and the last of a list that its owner links. */
import { asciiText } from '../base/lexical.ts';

const FREE = -1;

/** The groups met so far, numbered from 0 in the order they were met. */
export class RowGroups {
  count = 0;
  /** For the owner: of each group the first and the last of its list. */
  first = new Int32Array(16);
  last = new Int32Array(16);
  /** Of each group the bytes that name it: `names` from `starts`, so many. */
  names = Buffer.alloc(1024);
  starts = new Int32Array(16);
  lengths = new Int32Array(16);
  private used = 0;
  hashes = new Int32Array(16);
  private table = new Int32Array(32).fill(FREE);

  /** The group that `bytes[start, start + length…]` names; `count` grows when it is new. `hash`: of those bytes, where it is known. */
  find(bytes: Uint8Array, start: number, length: number, hash = hashOf(bytes, start, length)): number {
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (; this.table[slot] !== FREE; slot = (slot + 1) & mask) {
      const group = this.table[slot]!;
      if (this.hashes[group] === hash && this.isNamed(group, bytes, start, length)) return group;
    }
    this.table[slot] = this.count;
    return this.addGroup(hash, bytes, start, length);
  }

  clear(): void {
    this.count = 0;
    this.used = 0;
    this.table.fill(FREE);
  }

  /** The groups in the order of their names' bytes; no name begins another. */
  sorted(): Int32Array {
    const { starts, lengths, count } = this;
    // As texts of a character for each byte, which compare in the same order: half the time of Buffer.compare (measured).
    const names = Array.from({ length: count }, (_, group) =>
      asciiText(this.names, starts[group]!, starts[group]! + lengths[group]!),
    );
    return Int32Array.from({ length: count }, (_, group) => group).sort((a, b) =>
      names[a]! < names[b]! ? -1 : 1,
    );
  }

  private isNamed(group: number, bytes: Uint8Array, start: number, length: number): boolean {
    if (this.lengths[group] !== length) return false;
    const { names } = this;
    const from = this.starts[group]!;
    for (let index = 0; index < length; index++) {
      if (names[from + index] !== bytes[start + index]) return false;
    }
    return true;
  }

  private addGroup(hash: number, bytes: Uint8Array, start: number, length: number): number {
    const group = this.count++;
    if (group === this.first.length) {
      this.first = doubled(this.first);
      this.last = doubled(this.last);
      this.starts = doubled(this.starts);
      this.lengths = doubled(this.lengths);
      this.hashes = doubled(this.hashes);
    }
    this.hashes[group] = hash;
    this.starts[group] = this.used;
    this.lengths[group] = length;
    if (this.used + length > this.names.length) {
      const larger = Buffer.alloc((this.used + length) * 2);
      larger.set(this.names.subarray(0, this.used));
      this.names = larger;
    }
    const { names, used } = this;
    for (let index = 0; index < length; index++) names[used + index] = bytes[start + index]!;
    this.used += length;
    if (this.count * 2 > this.table.length) this.growTable();
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
export function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = length;
  const end = start + length;
  for (let index = start; index < end - 1; index += 2) {
    hash = Math.imul(hash ^ bytes[index]! ^ (bytes[index + 1]! << 8), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  if ((length & 1) === 1) hash = Math.imul(hash ^ bytes[end - 1]!, 0x9e3779b1);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85ebca6b) ^ (hash >>> 13);
}

/** The column with room for as many again. */
export function doubled<Column extends Uint32Array | Int32Array | Uint8Array | Float64Array>(
  column: Column,
): Column {
  const larger = new (column.constructor as new (length: number) => Column)(column.length * 2);
  larger.set(column);
  return larger;
}
