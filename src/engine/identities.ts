/**
 * Which records of a whole log repeat others, from the parts of its scan: the keys of all go through a filter, and the few
 * that may have come twice are compared (`repeats.ts`).
 */
import type { TemporaryRuns } from '../read/temporary-runs.ts';
import {
  DIGESTED_WORDS,
  IDENTITY_WIDTHS,
  type IdentityPart,
  type IdentityRow,
  PLAIN_WORDS,
  readIdentityRow,
  StoredIdentities,
} from './identity-rows.ts';
import { KeyFilter, MAX_SLOT_BITS, slotBitsFor } from './key-filter.ts';
import { findRepeats, type Repeat, type RepeatOptions, type Reread } from './repeats.ts';
import { savedUnder, toSaved } from './saved-rows.ts';
import { SortedRows } from './sorted-rows.ts';

/** What may be held in memory before it goes to disk: bytes of rows, of rows being sorted, and bits of the filter. */
export type IdentityLimits = { rowBytes: number; sortBytes: number; slotBits: number; fewRows: number };

const LIMITS: IdentityLimits = {
  // The rows of 150,000 records.
  rowBytes: 4 * 1024 * 1024,
  sortBytes: 40 * 1024 * 1024,
  slotBits: MAX_SLOT_BITS,
  // Sorting so many takes less than another pass through a filter.
  fewRows: 100_000,
};

/** Passes through filters before candidates are sorted: each leaves those whose slots in it were met twice. */
const MAX_ROUNDS = 4;

export class Identities {
  private readonly runs: TemporaryRuns;
  private readonly limits: IdentityLimits;
  private readonly stored: StoredIdentities;
  private filter: KeyFilter;

  constructor(runs: TemporaryRuns, limits: Partial<IdentityLimits> = {}) {
    this.runs = runs;
    this.limits = { ...LIMITS, ...limits };
    this.stored = this.newStore();
    this.filter = new KeyFilter(slotBitsFor(0, this.limits.slotBits));
  }

  /** Takes the part over. */
  merge({ plain, digested }: IdentityPart): void {
    for (const rows of plain) this.take(rows, PLAIN_WORDS);
    for (const rows of digested) this.take(rows, DIGESTED_WORDS);
  }

  /** Goes on with the records that an earlier run of the program saved. */
  restore(files: Readonly<Record<string, string>>): void {
    for (const width of IDENTITY_WIDTHS)
      for (const file of savedUnder(`identities-${width}`, files)) this.stored.restore(file, width);
    this.filter = filterOf(this.stored, slotBitsFor(this.stored.count, this.limits.slotBits));
  }

  /** Writes what came since into new files, or everything where files have become many; returns all files by name. */
  save(newFile: (kind: string) => string): Record<string, string> {
    const saved = IDENTITY_WIDTHS.map((width) =>
      toSaved(`identities-${width}`, this.stored.save(width, newFile)),
    );
    return Object.assign({}, ...saved);
  }

  private take(rows: Uint32Array<ArrayBuffer>, width: number): void {
    const { stored } = this;
    stored.add(rows, width);
    const slotBits = slotBitsFor(stored.count, this.limits.slotBits);
    if (slotBits === this.filter.slotBits) this.filter.addRows(rows, width);
    else this.filter = filterOf(stored, slotBits);
  }

  /** Repeats in the order of their keys; each record is named at most once as `again`. */
  async *repeats(reread: Reread, options?: RepeatOptions): AsyncGenerator<Repeat> {
    if (!this.filter.metAny) return;
    const newRows = () => new SortedRows(this.runs, this.limits.sortBytes);
    yield* findRepeats(identitiesOf(this.narrowed()), newRows, reread, options);
  }

  /** The rows that may repeat: again and again through other filters, as long as they are many and get fewer. */
  private narrowed(): StoredIdentities {
    let rows = this.pick(this.stored, this.filter);
    for (let round = 1; round < MAX_ROUNDS && rows.count > this.limits.fewRows; round++) {
      const before = rows.count;
      rows = this.pick(rows, filterOf(rows, slotBitsFor(before, this.limits.slotBits), round));
      if (rows.count > before / 2) break;
    }
    return rows;
  }

  private pick(stored: StoredIdentities, filter: KeyFilter): StoredIdentities {
    const picked = this.newStore();
    for (const [rows, width] of stored.chunks()) {
      const some = filter.repeating(rows, width);
      if (some.length > 0) picked.add(some, width);
    }
    return picked;
  }

  private newStore(): StoredIdentities {
    return new StoredIdentities(this.runs, this.limits.rowBytes);
  }
}

function* identitiesOf(stored: StoredIdentities): Generator<IdentityRow> {
  for (const [rows, width] of stored.chunks()) {
    for (let at = 0; at < rows.length; at += width) yield readIdentityRow(rows, at, width);
  }
}

function filterOf(stored: StoredIdentities, slotBits: number, round = 0): KeyFilter {
  const filter = new KeyFilter(slotBits, round);
  for (const [rows, width] of stored.chunks()) filter.addRows(rows, width);
  return filter;
}
