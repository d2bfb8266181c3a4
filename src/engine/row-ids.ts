/** The groups of marks by the ids of the values that make them: found without a look at a text. */
import { doubled } from './row-groups.ts';

/** Values that may make a group; of more their texts are looked at. */
export const MAX_IDS = 4;
const FREE = -1;

/** Which group some ids of one relation stand for, as far as it was told. */
export class RowIds {
  /** What is asked for: the relation, and an id for each value, -1 beyond them. */
  readonly ids = new Int32Array(MAX_IDS);
  private relations = new Int32Array(16);
  private known = new Int32Array(16 * MAX_IDS);
  private groups = new Int32Array(16);
  private table = new Int32Array(32).fill(FREE);
  private count = 0;
  /** Where in the table the last answer was sought. */
  private slot = 0;

  /** The group of the relation and `ids`; -1 when it is not known, and then `add` may tell it. */
  find(relation: number): number {
    const mask = this.table.length - 1;
    let slot = hashOf(relation, this.ids) & mask;
    for (; this.table[slot] !== FREE; slot = (slot + 1) & mask) {
      const entry = this.table[slot]!;
      if (this.relations[entry] === relation && this.isAsked(entry)) return this.groups[entry]!;
    }
    this.slot = slot;
    return -1;
  }

  /** Tells the group that `find` did not know just now. */
  add(relation: number, group: number): void {
    const entry = this.count++;
    if (entry === this.groups.length) {
      this.relations = doubled(this.relations);
      this.known = doubled(this.known);
      this.groups = doubled(this.groups);
    }
    this.relations[entry] = relation;
    this.known.set(this.ids, entry * MAX_IDS);
    this.groups[entry] = group;
    this.table[this.slot] = entry;
    if (this.count * 2 > this.table.length) this.growTable();
  }

  clear(): void {
    if (this.count > 0) this.table.fill(FREE);
    this.count = 0;
  }

  private isAsked(entry: number): boolean {
    const { known, ids } = this;
    const at = entry * MAX_IDS;
    for (let index = 0; index < MAX_IDS; index++) if (known[at + index] !== ids[index]) return false;
    return true;
  }

  private growTable(): void {
    this.table = new Int32Array(this.table.length * 2).fill(FREE);
    const mask = this.table.length - 1;
    const ids = new Int32Array(MAX_IDS);
    for (let entry = 0; entry < this.count; entry++) {
      for (let index = 0; index < MAX_IDS; index++) ids[index] = this.known[entry * MAX_IDS + index]!;
      let slot = hashOf(this.relations[entry]!, ids) & mask;
      while (this.table[slot] !== FREE) slot = (slot + 1) & mask;
      this.table[slot] = entry;
    }
  }
}

function hashOf(relation: number, ids: Int32Array): number {
  let hash = relation;
  for (let index = 0; index < MAX_IDS; index++)
    hash = Math.imul(hash ^ ids[index]!, 0x9e3779b1) ^ (hash >>> 15);
  return hash ^ (hash >>> 13);
}
