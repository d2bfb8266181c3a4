/** Names under which bytes stay when a name in the archive goes: links. What is deleted or erased is said to be gone. */
import fs from 'node:fs';
import path from 'node:path';
import { listFolder, placesOf } from './archive-folder.ts';

/** Where a link leads, as it is written; undefined for a file, and for what is not there. */
export function linkTarget(file: string): string | undefined {
  const isLink = fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? fs.readlinkSync(file) : undefined;
}

/** Whether another name, wherever it is, leads to the same bytes (a hard link). */
export function hasOtherName(file: string): boolean {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.nlink > 1;
}

/** Links among the files of the segments, of whatever generation. */
export function linkedSegments(archive: string): string[] {
  const { segments } = placesOf(archive);
  return listFolder(segments)
    .map((name) => path.join(segments, name))
    .filter((file) => linkTarget(file) !== undefined);
}
