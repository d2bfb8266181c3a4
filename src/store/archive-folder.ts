/** Where things lie in an archive, and the control records that its log holds. Reading changes nothing. */
import fs from 'node:fs';
import path from 'node:path';
import { readAtOnce } from '../read/digest-file.ts';
import { HASH_BYTES, leafHash } from '../transparency/tree-hash.ts';
import {
  type ArchiveMarker,
  type ControlRecord,
  controlLeaf,
  parseControl,
  parseMarker,
} from './archive-records.ts';
import { CHECKPOINT, readCheckpointNote } from './tiled-log.ts';

export const MARKER = 'archive.json';

export type ArchivePlaces = {
  marker: string;
  /** Segments, one file each. */
  segments: string;
  /** Control records, one file a batch, one record a line. */
  control: string;
  /** The batch under way: files that become part of the archive with the checkpoint that covers them. */
  pending: string;
  /** The tiled log (c2sp.org/tlog-tiles) and its checkpoint. */
  log: string;
};

export function placesOf(archive: string): ArchivePlaces {
  return {
    marker: path.join(archive, MARKER),
    segments: path.join(archive, 'segments'),
    control: path.join(archive, 'control'),
    pending: path.join(archive, 'pending'),
    log: path.join(archive, 'log'),
  };
}

/** Of a segment; `hasPending`: a batch was committed, and a crash came before all of it was moved to its place. */
export function placeOfSegment(
  { segments, pending }: ArchivePlaces,
  name: string,
  hasPending: boolean,
): string {
  const settled = path.join(segments, name);
  const waiting = path.join(pending, name);
  return hasPending && !fs.existsSync(settled) && fs.existsSync(waiting) ? waiting : settled;
}

/** Undefined where there is no marker; `unreadable` where it is none of this version. */
export function readMarker(archive: string): ArchiveMarker | 'unreadable' | undefined {
  try {
    return parseMarker(readAtOnce(placesOf(archive).marker).toString()) ?? 'unreadable';
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    return 'unreadable';
  }
}

/** Whether a folder is an archive, or was one before somebody took its marker away. */
export function looksLikeArchive(folder: string): boolean {
  const marker = readMarker(folder);
  if (marker !== undefined && marker !== 'unreadable') return true;
  const { segments, control, log } = placesOf(folder);
  return [segments, control, path.join(log, CHECKPOINT)].every((place) => fs.existsSync(place));
}

/** The name of the archive's log, by its checkpoint; undefined where there is none that can be read. */
export function originOf(folder: string): string | undefined {
  const note = readCheckpointNote(placesOf(folder).log);
  return note?.slice(0, note.indexOf('\n'));
}

/** Bytes of a control file; a manifest has about 700, and a batch at most some thousand of them. */
const MAX_CONTROL_BYTES = 64 * 1024 * 1024;

/** `lines[n]` is leaf `firstLeaf + records + n`; `undefined` in `parsed` for a line that cannot be read. */
export type ControlFile = {
  file: string;
  batch: number;
  /** Leaves before the batch, and its records. Undefined where the first line is no batch record. */
  firstLeaf: number | undefined;
  records: number;
  controls: number;
  lines: string[];
  parsed: (ControlRecord | undefined)[];
};

const CONTROL_FILE = /^(\d{8,15})\.ndjson$/;

export function controlFileName(batch: number): string {
  return `${String(batch).padStart(8, '0')}.ndjson`;
}

/** The control files of a folder, by batch. @throws what the system says when the folder cannot be read */
export function readControlFiles(folder: string): ControlFile[] {
  return listFolder(folder)
    .filter((name) => CONTROL_FILE.test(name))
    .map((name) => readControlFile(path.join(folder, name), Number(CONTROL_FILE.exec(name)![1])))
    .sort((left, right) => left.batch - right.batch);
}

function readControlFile(file: string, batch: number): ControlFile {
  const { size } = fs.statSync(file);
  const lines = size > MAX_CONTROL_BYTES ? [] : readAtOnce(file).toString().split('\n');
  if (lines.at(-1) === '') lines.pop();
  const parsed = lines.map(parseControl);
  const head = parsed[0];
  if (head?.type !== 'batch' || head.batch !== batch)
    return { file, batch, firstLeaf: undefined, records: 0, controls: lines.length, lines, parsed };
  const { firstLeaf, records, controls } = head;
  return { file, batch, firstLeaf, records, controls, lines, parsed };
}

/** Names in the folder, in order; none where there is no folder. */
export function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

export function controlHashes(lines: readonly string[]): Buffer {
  const hashes = Buffer.alloc(lines.length * HASH_BYTES);
  for (const [index, line] of lines.entries()) hashes.set(leafHash(controlLeaf(line)), index * HASH_BYTES);
  return hashes;
}
