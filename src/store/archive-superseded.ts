/** Earlier files of a segment that was stored anew: what was erased is still in them. */
import fs from 'node:fs';
import path from 'node:path';
import { type ControlFile, listFolder } from './archive-folder.ts';

const NAME = /^(\d{8,15})(?:\.g(\d{1,9}))?\.ndjson\.zst(?:\.age)?$/;

function parseName(name: string): { segment: string; generation: number } | undefined {
  const parts = NAME.exec(name);
  return parts === null ? undefined : { segment: parts[1]!, generation: Number(parts[2] ?? 1) };
}

/** Whether `name` is an earlier file of the segment that is now stored as `current`. */
export function isSuperseded(name: string, current: string): boolean {
  const old = parseName(name);
  const now = parseName(current);
  return (
    old !== undefined && now !== undefined && old.segment === now.segment && old.generation < now.generation
  );
}

/** `batches`: those that have just become part of the archive. Done again after a crash, it does no more. */
export function removeSuperseded(folder: string, batches: readonly ControlFile[]): void {
  const later = batches.flatMap(({ parsed }) =>
    parsed.flatMap((record) => (record?.type === 'segment' && record.generation > 1 ? [record.file] : [])),
  );
  if (later.length === 0) return;
  for (const name of listFolder(folder))
    if (later.some((current) => isSuperseded(name, current)))
      fs.rmSync(path.join(folder, name), { force: true });
}
