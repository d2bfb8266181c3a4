/**
 * A view of a salted archive for a role: a copy in which the fields of a policy are withheld. Its log is that of the
 * archive, and its records lead to the same leaves; so it verifies against the same checkpoint.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Field } from '../redaction/salted-record.ts';
import { storedSegments } from './archive-erasure.ts';
import { listFolder, placesOf, readMarker } from './archive-folder.ts';
import type { ViewMarker } from './archive-records.ts';
import { redactSegment } from './archive-redaction.ts';
import type { Sealer } from './archive-sealer.ts';
import { syncFolder, writeSealed } from './durable-files.ts';

export type ViewSum = { segments: number; records: number; withheld: number; fields: number };

/** The folder while it is incomplete. */
export function unfinishedView(folder: string): string {
  return `${folder}.unfinished`;
}

/** Writes the view of an archive that was verified to `folder`, which is not there yet: it appears when it is whole. */
export async function writeView(
  archive: string,
  folder: string,
  view: ViewMarker,
  isWithheld: (field: Field) => boolean,
  { identities, sealer }: { identities: readonly string[]; sealer: Sealer },
): Promise<ViewSum> {
  const marker = readMarker(archive);
  if (marker === undefined || marker === 'unreadable') throw new Error(`${archive} is no archive`);
  const from = placesOf(archive);
  const unfinished = unfinishedView(folder);
  const to = placesOf(unfinished);
  for (const each of [unfinished, to.segments, to.control, to.pending]) fs.mkdirSync(each);
  for (const name of listFolder(from.control))
    copySealed(path.join(from.control, name), path.join(to.control, name));
  copyLog(from.log, to.log);
  const sum: ViewSum = { segments: 0, records: 0, withheld: 0, fields: 0 };
  for (const { file, segment } of storedSegments(archive)) {
    const { content, erased, fields } = await redactSegment(file, segment, identities, isWithheld);
    const place = path.join(to.segments, segment.file);
    if (erased.length === 0) copySealed(file, place);
    else writeSealed(place, await sealer(content));
    sum.segments++;
    sum.records += segment.records;
    sum.withheld += erased.length;
    sum.fields += fields;
  }
  writeSealed(to.marker, `${JSON.stringify({ ...marker, view })}\n`);
  for (const each of [to.segments, to.control, unfinished]) syncFolder(each);
  fs.renameSync(unfinished, folder);
  return sum;
}

function copySealed(from: string, to: string): void {
  writeSealed(to, fs.readFileSync(from));
}

/** Checkpoint and tiles; a lock and what is half written stay behind. */
function copyLog(from: string, to: string): void {
  fs.mkdirSync(to);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory() && !entry.name.startsWith('.')) copyLog(source, target);
    else if (entry.isFile() && entry.name !== 'lock') copySealed(source, target);
  }
  syncFolder(to);
}
