/** Records of a log as bytes, each with its place, for the tools of `audit-check chain`: read as `verify` reads them. */
import { quote } from '../base/text-safety.ts';
import { unwrap } from '../engine/file-head.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { discover } from '../read/discover.ts';
import { readInput } from '../read/open.ts';
import type { RecordSink } from '../read/record-sink.ts';
import { RecordReader } from '../read/records.ts';
import { chooseSource, DETECTION_RECORDS, findWrapper, HeadTexts } from '../sources/detect.ts';
import { EventCursor } from '../sources/event-cursor.ts';
import { type Mapping, UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { ValueIds } from '../sources/value-ids.ts';
import { missingInput } from './missing-input.ts';

export type LogRecord = { bytes: Uint8Array; file: string; line: number; offset: number };

export type LogRecords = {
  /** Of the first file whose source is known. */
  mapping: Mapping;
  /** Stretches that are no record. */
  malformed: number;
  /** Whether the visitor had seen enough before the end. */
  stopped: boolean;
};

class EnoughSeen extends Error {}

/**
 * Hands out the records of files and folders in order, until the visitor says that it has seen enough.
 * @throws {ProblemsError} for what is not there or cannot be read
 */
export async function readLogRecords(
  paths: readonly string[],
  mappings: readonly Mapping[],
  forced: string | undefined,
  visit: (record: LogRecord) => boolean,
): Promise<LogRecords> {
  const { files, missing } = await discover(paths, []);
  const problems: Problem[] = missing.map(missingInput);
  for (const { file, skip } of files)
    if (skip !== undefined) problems.push(problem(file, `not read: ${skip.reason}`));
  if (problems.length > 0) throw new ProblemsError(problems);
  const found: LogRecords = { mapping: UNKNOWN_SOURCE, malformed: 0, stopped: false };
  for (const { file } of files) {
    const sink = new CollectingSink(file, mappings, forced, visit);
    try {
      const reader = new RecordReader(sink, { recordLimit: DEFAULT_LIMITS.recordBytes });
      const outcome = await readInput(file, reader, DEFAULT_LIMITS, () => {});
      const failure = outcome.failure ?? outcome.problem?.message;
      if (failure !== undefined) throw new ProblemsError([problem(file, `cannot be read: ${failure}`)]);
    } catch (error) {
      if (!(error instanceof EnoughSeen)) throw error;
      found.stopped = true;
    }
    if (found.mapping === UNKNOWN_SOURCE) found.mapping = sink.mapping;
    found.malformed += sink.bad;
    if (found.stopped) break;
  }
  return found;
}

export function problem(file: string, message: string): Problem {
  return { file, line: 0, column: 0, message };
}

class CollectingSink implements RecordSink {
  mapping: Mapping = UNKNOWN_SOURCE;
  bad = 0;
  private cursor = new EventCursor(UNKNOWN_SOURCE, new ValueIds());
  private readonly file: string;
  private readonly mappings: readonly Mapping[];
  private readonly forced: string | undefined;
  private readonly visit: (record: LogRecord) => boolean;

  constructor(
    file: string,
    mappings: readonly Mapping[],
    forced: string | undefined,
    visit: (record: LogRecord) => boolean,
  ) {
    this.file = file;
    this.mappings = mappings;
    this.forced = forced;
    this.visit = visit;
  }

  begin(documents: Parameters<RecordSink['begin']>[0]): readonly string[] | undefined {
    const considered =
      this.forced === undefined ? this.mappings : this.mappings.filter(({ name }) => name === this.forced);
    const texts = new HeadTexts();
    const wrapper = documents
      .map((document) => findWrapper(document, considered, texts))
      .find((found) => found !== undefined);
    const records = documents.flatMap((document) => unwrap(document, wrapper?.keys, DETECTION_RECORDS));
    const source = this.forced ?? chooseSource(records, this.mappings, texts);
    this.mapping = this.mappings.find(({ name }) => name === source) ?? UNKNOWN_SOURCE;
    this.cursor = new EventCursor(this.mapping, new ValueIds());
    return wrapper?.keys;
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    return this.cursor.scan(bytes, start, end);
  }

  record(line: number, offset: number, length: number): void {
    const { cursor, file } = this;
    cursor.locate(file, 0, line, offset, length);
    // A view that the reader will overwrite.
    if (!this.visit({ bytes: Uint8Array.from(cursor.bytes), file, line, offset })) throw new EnoughSeen();
  }

  malformed(): void {
    this.bad++;
  }
}

/** A mapping by its name. */
export function checkSource(
  name: string | undefined,
  mappings: Record<string, Mapping>,
  problems: Problem[],
): void {
  if (name !== undefined && !Object.hasOwn(mappings, name))
    problems.push(
      problem(
        'arguments',
        `--source: there is no source ${quote(name)}; "audit-check list sources" names them`,
      ),
    );
}
