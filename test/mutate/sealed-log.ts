/** An anchor in this process: the tree over the records as they were (RFC 6962), kept where the attacker cannot write. Tests only. */
import {
  appendLeaf,
  type CompactRange,
  equalRanges,
  startRange,
} from '../../src/transparency/compact-range.ts';
import { leafHash } from '../../src/transparency/tree-hash.ts';

type Files = Readonly<Record<string, readonly string[]>>;

export function sealOf(files: Files, size = Number.POSITIVE_INFINITY): CompactRange {
  const range = startRange();
  for (const file of Object.keys(files).sort()) {
    for (const line of files[file]!) if (range.end < size) appendLeaf(range, leafHash(Buffer.from(line)));
  }
  return range;
}

/** Whether the log begins with what was sealed: more records may follow. */
export function isExtensionOf(seal: CompactRange, files: Files): boolean {
  return equalRanges(seal, sealOf(files, seal.end));
}
