/** What was erased by whoever may sign for the archive: a digest without a tombstone that names its leaf is tampering. */
import { quote } from '../base/text-safety.ts';
import type { ControlRecord } from './archive-records.ts';

export class Tombstones {
  /** By leaf: for each digest, which tombstone names it. */
  private readonly byLeaf = new Map<number, Map<string, string>>();

  /** `records`: those that were signed. */
  constructor(records: readonly ControlRecord[]) {
    for (const record of records) {
      if (record.type !== 'tombstone') continue;
      const words = `${record.at} by ${quote(record.by)}, reason ${quote(record.reason)}`;
      for (const { leaf, digests } of record.erased) {
        const known = this.byLeaf.get(leaf) ?? new Map<string, string>();
        this.byLeaf.set(leaf, known);
        for (const digest of digests) known.set(digest, known.get(digest) ?? words);
      }
    }
  }

  /** When, by whom and why all of these digests of a leaf were erased; undefined where some were not. */
  reasonOf(leaf: number, digests: readonly string[]): string | undefined {
    const known = this.byLeaf.get(leaf);
    if (known === undefined) return undefined;
    const words = new Set<string>();
    for (const digest of digests) {
      const reason = known.get(digest);
      if (reason === undefined) return undefined;
      words.add(reason);
    }
    return [...words].join('; ');
  }
}
