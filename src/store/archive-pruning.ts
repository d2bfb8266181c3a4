/**
 * Deletes whole segments of an archive. The signed record comes first, then the bytes go: a crash in between leaves an
 * archive that says what it lacks, and the next run deletes what is still there.
 */
import fs from 'node:fs';
import { placesOf } from './archive-folder.ts';
import type { Holding } from './archive-holdings.ts';
import type { PruningRecord } from './archive-records.ts';
import type { Acknowledged, ArchiveWriter } from './archive-writer.ts';
import { syncFolder } from './durable-files.ts';

/** What stands in the record beside the segments. */
export type PruningWords = Pick<PruningRecord, 'reason' | 'by' | 'at' | 'policySha256'>;

export type Prunable = Pick<Holding, 'manifest'> & { maximum: string };

/** Signs that the segments are deleted; for good when the call returns. Nothing is deleted yet. */
export async function declarePruning(
  writer: ArchiveWriter,
  segments: readonly Prunable[],
  words: PruningWords,
): Promise<Acknowledged> {
  writer.declare({
    type: 'pruning',
    segments: segments.map(({ manifest, maximum }) => {
      const { segment, firstLeaf, records, content, stored } = manifest;
      return { segment, firstLeaf, records, content, stored, maximum };
    }),
    ...words,
  });
  const done = await writer.commit();
  if (done === undefined) throw new Error('a record that was declared was not committed');
  return done;
}

/** Deletes what is declared deleted; gone for good when the call returns. */
export function deleteDeclared(archive: string, segments: readonly Pick<Holding, 'present'>[]): void {
  for (const { present } of segments) for (const file of present) fs.rmSync(file, { force: true });
  if (segments.length > 0) syncFolder(placesOf(archive).segments);
}
