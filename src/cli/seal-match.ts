/** Which file of today is which sealed stream: by its head, and where streams share theirs by the records behind. */
import type { DiscoveredFile } from '../read/discover.ts';
import type { SealedLeaves } from '../transparency/follow-file.ts';
import type { SealedStream } from '../transparency/inventory.ts';
import { type FileHead, matchStreams } from '../transparency/match-streams.ts';
import { SharedHeads } from '../transparency/shared-heads.ts';
import type { LeafReader } from './seal-leaves.ts';

/** `matched`: by position in `files` the number of the stream. */
export async function matchFiles(
  reader: LeafReader,
  files: readonly DiscoveredFile[],
  streams: readonly SealedStream[],
  sealed: SealedLeaves,
): Promise<{ heads: FileHead[]; matched: Map<number, number> }> {
  const shared = new SharedHeads(sealed, streams);
  const heads: FileHead[] = [];
  for (const { file } of files) {
    const head = await reader.head(file);
    const walk = shared.walk(head);
    if (walk !== undefined) await reader.leading(file, (leaf) => walk.take(leaf));
    heads.push({ file, head, ...(walk !== undefined && { common: walk.common() }) });
  }
  return { heads, matched: matchStreams(heads, streams) };
}
