/** What a scan knows when its files are read, and the books in which the parts of it are put together. */

import { quote } from '../base/text-safety.ts';
import type { SourceActivity } from '../model/activity.ts';
import type { Finding } from '../model/finding.ts';
import type { InputSummary } from '../model/report.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { inputFinding } from '../read/input-findings.ts';
import type { TemporaryRuns } from '../read/temporary-runs.ts';
import { summarizeActivity } from './activity.ts';
import { closeBooks, type FilePart, passOver, plainFile, type StoredFile } from './file-part.ts';
import type { GrouplessSteps } from './groupless-events.ts';
import { Identities } from './identities.ts';
import { LogCoverage, toCoveredSources } from './log-coverage.ts';
import { Marks } from './marks.ts';
import { findOpenExports, type OpenExport } from './more-pages.ts';
import { detectionsFor, type Plan } from './plan.ts';
import { mergeParts, type RowParts, type ScanCounters, type ScanPart, startPart } from './scan-part.ts';
import { SegmentStreams } from './segment-streams.ts';

/** States are plain data; rows may lie on disk. */
export type Scan = {
  states: unknown[];
  /** By file index, as `files`. */
  inputs: InputSummary[];
  files: readonly DiscoveredFile[];
  /** By file index; of a file that was passed over there is none. */
  parts: ReadonlyMap<number, FilePart>;
  findings: Finding[];
  /** By file, as of `FilePart`. */
  erased: { file: string; records: number; silent: number }[];
  /** Exports whose last page is not among the files. */
  openExports: OpenExport[];
  identities: Identities;
  marks: Marks;
  /** By relation: marks that came without a value for a group-by field. They leave it, and the report says how many. */
  groupless: GrouplessSteps;
  /** What the log covers, and what each relation's sources do. */
  coverage: LogCoverage;
  /** When each source spoke. */
  activity: SourceActivity[];
  /** Detections that ran on some source, by index, and the fields that occurred. */
  ran: Set<number>;
  occurring: Set<string>;
  counters: ScanCounters;
};

/** Collects what the parts of a scan say. */
export class ScanBooks {
  private readonly plan: Plan;
  private readonly files: readonly DiscoveredFile[];
  readonly runs: TemporaryRuns;
  private readonly identities: Identities;
  private readonly marks: Marks;
  private readonly stored = new Map<number, StoredFile>();
  /** Rows of lines that may still grow. */
  private readonly provisional: RowParts[] = [];
  private merged: ScanPart;

  constructor(plan: Plan, files: readonly DiscoveredFile[], runs: TemporaryRuns) {
    this.plan = plan;
    this.files = files;
    this.runs = runs;
    this.identities = new Identities(runs);
    this.marks = new Marks(runs);
    this.merged = startPart(plan);
  }

  add(part: ScanPart): void {
    this.merged = mergeParts(this.plan, this.merged, part);
  }

  /** Rows carry their order in themselves, so they may come in any. */
  readonly addRows = (rows: RowParts): void => {
    if (rows.provisional) this.provisional.push(rows);
    else this.mergeRows(rows);
  };

  private mergeRows(rows: RowParts): void {
    if ('marks' in rows) this.marks.merge(rows.marks);
    else this.identities.merge(rows.identities);
  }

  /** Goes on with the rows that an earlier run saved. */
  restore(files: Readonly<Record<string, string>>): void {
    this.marks.restore(files);
    this.identities.restore(files);
  }

  /** Writes the rows that are for good into new files, and then takes the others in; paths by name. */
  save(newFile: (kind: string) => string): Record<string, string> {
    const files = { ...this.marks.save(newFile), ...this.identities.save(newFile) };
    for (const rows of this.provisional.splice(0)) this.mergeRows(rows);
    return files;
  }

  /** What was learned of a file by cutting it. */
  readonly cut = (fileIndex: number, stored: StoredFile): void => {
    this.stored.set(fileIndex, stored);
  };

  /** What was learned of a file of lines that passed by in one piece; its digest may come later. */
  digested(fileIndex: number, bytes: number, sha256: string | null): void {
    this.stored.set(fileIndex, { ...plainFile(), bytes, sha256 });
  }

  close(): Scan {
    const { plan, files, merged } = this;
    const parts = new Map(merged.files.map((part) => [part.fileIndex, part]));
    const streams = new SegmentStreams(files);
    const holding = new Set(
      merged.files.flatMap(({ fileIndex, records }) => (records > 0 ? [streams.firstOf(fileIndex)] : [])),
    );
    const inputs: InputSummary[] = [];
    const findings: Finding[] = [];
    const sources = new Set<string | null>();
    const suggested = new Set(plan.mappings.flatMap(({ name, suggested }) => (suggested ? [name] : [])));
    for (const [index, file] of files.entries()) {
      const part = parts.get(index);
      if (part === undefined && file.skip === undefined) throw new Error(`${file.file} was not scanned`);
      const stored = this.stored.get(index);
      // A range may have failed where the cutter did not.
      if (part !== undefined && stored !== undefined)
        part.stored = { ...stored, failure: part.stored.failure ?? stored.failure };
      const closed =
        part === undefined ? passOver(file) : closeBooks(file, part, holding.has(streams.firstOf(index)));
      const { source, records } = closed.input;
      // Of records that were left out by their time, the time is a guess, too.
      const isGuess = suggested.has(source ?? '') && records.read > records.malformed;
      inputs.push(isGuess ? { ...closed.input, unconfirmed: true } : closed.input);
      findings.push(...closed.findings);
      if (part !== undefined && part.seals === undefined) sources.add(part.source);
    }
    findings.push(...unconfirmedFindings(inputs));
    const openExports = findOpenExports(
      [...parts].map(([index, { source, records, pages }]) => {
        return { index, file: inputs[index]!.file, source, records, pages };
      }),
    );
    for (const { index, pages } of openExports.flatMap((open) => open.files))
      inputs[index]!.morePages = pages!.more!.member;
    return {
      states: merged.states,
      inputs,
      files,
      parts,
      findings,
      erased: [...parts].flatMap(([index, { erased }]) =>
        erased === undefined ? [] : [{ file: inputs[index]!.file, ...erased }],
      ),
      openExports,
      identities: this.identities,
      marks: this.marks,
      groupless: merged.groupless,
      activity: summarizeActivity(merged.activity),
      coverage: new LogCoverage(this.plan, toCoveredSources(merged, streams)),
      ran: new Set([...sources].flatMap((source) => detectionsFor(plan, source))),
      occurring: new Set(merged.occurring),
      counters: merged.counters,
    };
  }
}

/** One a mapping, at the first file that was read by it. */
function unconfirmedFindings(inputs: readonly InputSummary[]): Finding[] {
  const first = new Map<string, string>();
  for (const { file, source, unconfirmed } of inputs)
    if (unconfirmed && !first.has(source!)) first.set(source!, file);
  return [...first].map(([source, file]) =>
    inputFinding(
      'unconfirmed-mapping',
      file,
      `the mapping ${quote(source)} was suggested, and nobody has confirmed it`,
    ),
  );
}
