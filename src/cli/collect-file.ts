/** One file on its way into an archive: read as `verify` reads it, as often as it takes to know what of it is new. */
import { count, escapeControls } from '../base/text-safety.ts';
import { toReportName } from '../engine/file-part.ts';
import { describeOpenExport, findOpenExports, type PagedFile } from '../engine/more-pages.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import type { ReadOutcome } from '../read/open.ts';
import type { KnownPoint } from '../store/archive-known.ts';
import { StreamCollector } from '../store/archive-stream.ts';
import { onArchive } from './archive-write-fault.ts';
import { type CollectRun, CollectSink } from './collect-sink.ts';

/**
 * `notes`: what a person should know. `incomplete`: whether something of the file is not in the archive. `paged`: of a file that was
 * read, what it says of pages that follow.
 */
export type FileOutcome = {
  records: number;
  known: number;
  notes: string[];
  incomplete: boolean;
  paged?: PagedFile;
};

/** @throws {ArchiveWriteFault} */
export async function collectFile(discovered: DiscoveredFile, run: CollectRun): Promise<FileOutcome> {
  const { file, regular, skip } = discovered;
  const name = toReportName(file);
  if (skip !== undefined) {
    const notes = skip.unsupported ? [`${escapeControls(name)} was not collected: ${skip.reason}`] : [];
    return { records: 0, known: 0, notes, incomplete: skip.unsupported };
  }
  // A file that is written to while it is read may be taken for another each time: the third time all of it is taken.
  for (let recognized: KnownPoint | null | undefined; ; ) {
    const { salting } = run;
    const options = { name, class: run.class, rereadable: regular, ...(salting && { salting }) };
    const stream = new StreamCollector(run.writer, run.writer.known, {
      ...options,
      ...(recognized !== undefined && { recognized }),
    });
    const sink = new CollectSink(run, stream, name);
    const outcome = await sink.read(file);
    const end = await onArchive(() => stream.end());
    if (end.kind === 'again') {
      recognized = recognized === undefined ? end.recognized : null;
      continue;
    }
    const notes = [...sink.notes(name), ...outcomeNotes(name, outcome)];
    const incomplete = notes.length > 0 && !sink.isComplete(outcome);
    if (end.rewritten)
      notes.push(
        `${escapeControls(name)} no longer begins with all the records that were collected from it before: it was rewritten, or is another file of the same name; ${count(end.records, 'record')} of it were added`,
      );
    if (end.records + end.known === 0 && notes.length === 0)
      notes.push(`${escapeControls(name)} holds no records`);
    return { records: end.records, known: end.known, notes, incomplete, paged: sink.paged(name) };
  }
}

/** What the files together say: an archive keeps the records alone, so whoever audits it cannot see that pages are missing. */
export function missingPages(paged: readonly PagedFile[]): FileOutcome[] {
  return findOpenExports(paged).map((open) => {
    const note = describeOpenExport(open, 'fetch the pages that follow, and collect them too');
    return { records: 0, known: 0, notes: [note], incomplete: true };
  });
}

function outcomeNotes(name: string, { failure, problem, cutShort }: ReadOutcome): string[] {
  const shown = escapeControls(name);
  if (failure !== undefined) return [`${shown} could not be read to its end: ${failure}`];
  if (problem !== undefined) return [`${shown} was collected as far as it could be read: ${problem.message}`];
  return cutShort ? [`${shown} was collected as far as it could be read`] : [];
}
