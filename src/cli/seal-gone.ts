/**
 * Sealed files of which no file of a run holds a record: those that are gone, and those of which a run that was given other files
 * cannot tell.
 */
import fs from 'node:fs';
import path from 'node:path';
import { quote } from '../base/text-safety.ts';
import { type DiscoveredFile, discover } from '../read/discover.ts';
import { wouldFind } from '../read/would-find.ts';
import { FileFollower, type SealedLeaves } from '../transparency/follow-file.ts';
import type { SealedStream } from '../transparency/inventory.ts';
import { continuationsOf } from '../transparency/match-streams.ts';
import { isFile } from './places.ts';
import { faultOf } from './seal-faults.ts';
import type { LeafReader } from './seal-leaves.ts';
import { matchFiles } from './seal-match.ts';

/** What the run was told to seal. */
export type Given = { paths: readonly string[]; exclude: readonly string[] };

/** All streams of the log, by number. */
type SealedLog = { streams: readonly SealedStream[]; sealed: SealedLeaves; reader: LeafReader };

/** `unseen`: they lay where the run was not told to look, by the names of the inventory, and are not there any more. */
export type Missed = { gone: SealedStream[]; unseen: SealedStream[]; notes: string[] };

/** `missed`: of which the run found no record. `read`: the files of the run, absolute. */
export async function judgeMissed(
  missed: readonly SealedStream[],
  { paths, exclude }: Given,
  read: ReadonlySet<string>,
  log: SealedLog,
): Promise<Missed> {
  // Who seals each day's file by itself has the others where they were, and not gone. A folder in the place of one holds none of it.
  const nowhere = missed.filter(({ file }) => read.has(path.resolve(file)) || !isFile(file));
  if (nowhere.length === 0) return { gone: [], unseen: [], notes: [] };
  const { held, notes } = await heldBeside(nowhere, read, log);
  const lost = nowhere.filter(({ number }) => !held.has(number));
  const places = lost.map(({ file }) => path.resolve(file));
  const expected = await wouldFind(paths, exclude, places);
  const isExpected = (place: string) => read.has(place) || expected.has(place);
  return {
    gone: lost.filter((_, at) => isExpected(places[at]!)),
    unseen: lost.filter((_, at) => !isExpected(places[at]!)),
    notes,
  };
}

/** Which streams lie, as they were sealed, in a file beside their name that was not given: logs are rotated within their folder. */
async function heldBeside(missed: readonly SealedStream[], read: ReadonlySet<string>, log: SealedLog) {
  const held = new Set<number>();
  const notes: string[] = [];
  const files = await filesBeside(missed, read);
  const { matched } = await matchFiles(log.reader, files, missed, log.sealed);
  const continuations = continuationsOf(missed, matched);
  for (const [at, number] of matched) {
    const { file } = files[at]!;
    const stream = log.streams[number]!;
    const follower = new FileFollower(log.sealed, stream, continuations);
    await log.reader.read(file, (batch) => follower.add(batch), false);
    const followed = follower.finish();
    if (faultOf(followed, log.streams) !== undefined) continue;
    for (const piece of followed.pieces)
      if (piece.kind === 'sealed' && piece.stream !== undefined) held.add(piece.stream.number);
    if (held.has(number) && followed.pieces.some(({ kind }) => kind === 'new'))
      notes.push(
        `${quote(file)} holds what was sealed of ${quote(stream.file)}, and records that are not sealed: it was not given`,
      );
  }
  return { held, notes };
}

async function filesBeside(
  missed: readonly SealedStream[],
  read: ReadonlySet<string>,
): Promise<DiscoveredFile[]> {
  const folders = new Set(missed.map(({ file }) => path.dirname(file)));
  const names = [...folders].flatMap((folder) => filesIn(folder).map((name) => path.join(folder, name)));
  const { files } = await discover(names, []);
  return files.filter(
    ({ file, regular, skip }) => regular && skip === undefined && !read.has(path.resolve(file)),
  );
}

/** None of a folder that is not there, or cannot be listed. */
function filesIn(folder: string): string[] {
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return [];
  }
}
