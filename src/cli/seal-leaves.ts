/** Records of a log file as leaves: the hash of each record's exact bytes as the reader frames it, in batches. */
import fs from 'node:fs';
import type { JsonValue } from '../base/json.ts';
import { isSystemError } from '../base/system-error.ts';
import { CHECKS } from '../checks/index.ts';
import { judgeHead, textLogsOf } from '../engine/file-head.ts';
import { compilePlan, type Plan } from '../engine/plan.ts';
import type { AuditRequest } from '../model/request.ts';
import type { TextFormat } from '../model/text-format.ts';
import { detectCompression } from '../read/compressed.ts';
import { loadKernel } from '../read/kernel/load-kernel.ts';
import { type ReadOutcome, readInput } from '../read/open.ts';
import { readToEnd } from '../read/plain-bytes.ts';
import type { RecordSink } from '../read/record-sink.ts';
import { RecordReader } from '../read/records.ts';
import { EventCursor } from '../sources/event-cursor.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { ValueIds } from '../sources/value-ids.ts';
import { type LeafBatch, NOWHERE, type Spot } from '../transparency/follow-file.ts';
import { HEAD_LEAVES, headOf } from '../transparency/inventory.ts';
import { HASH_BYTES, writeLeafHash } from '../transparency/tree-hash.ts';
import { TOOL } from './tool.ts';

/** Records handed on at a time. */
const BATCH = 4096;

export type LeafRead = {
  source: string | null;
  records: number;
  /** Stretches that are no records. */
  malformed: number;
  /** Of the stored bytes; null where they were not read to the end. */
  sha256: string | null;
  /** Why the file was not read whole, in words. */
  problem: string | undefined;
  /** Where the file is text: what a line means depends on those before it, so no record is sealed by itself. */
  text?: TextLeft;
};

/** Records of a file of text, and its format by name: they are counted, and make no leaves. */
export type TextLeft = { format: string; records: number; from: Spot; until: Spot };
export type LeafOfLine = { leaf: Uint8Array; spot: Spot; records: number };

/** What of a request says how records are framed. */
export type Framing = Pick<AuditRequest, 'sources' | 'limits'> & { source?: string };

/** One for many files: it holds the memory of the reader. */
export class LeafReader {
  private readonly plan: Plan;
  private readonly kernel = loadKernel();
  private readonly cursor = new EventCursor(UNKNOWN_SOURCE, new ValueIds(this.kernel), this.kernel);

  constructor({ sources, source, limits }: Framing) {
    this.plan = compilePlan({
      ...{ tool: TOOL, paths: [], exclude: [], schemas: [], allowActors: [], chains: {}, keys: {} },
      ...{ rules: { rules: [], errors: [] }, disabled: CHECKS.map(({ name }) => name), failOn: 'low' },
      sources,
      limits,
      ...(source !== undefined && { source }),
    });
  }

  /**
   * A batch is valid during the call. Never throws for what is wrong with the file. Without `digest` a plain file is read
   * without its SHA-256, which takes a fifth of the time (measured).
   */
  async read(file: string, onBatch: (batch: LeafBatch) => void, digest = true): Promise<LeafRead> {
    return this.readInto(new LeafSink(this.plan, this.cursor, onBatch), file, digest);
  }

  private async readInto(sink: LeafSink, file: string, digest: boolean): Promise<LeafRead> {
    const { limits } = this.plan.request;
    const texts = textLogsOf({}, file);
    const reader = new RecordReader(sink, {
      recordLimit: limits.recordBytes,
      block: this.kernel?.block,
      texts,
    });
    const outcome = digest
      ? await readInput(file, reader, limits, () => {})
      : ((await readPlain(file, reader)) ?? (await readInput(file, reader, limits, () => {})));
    sink.flush();
    const { sha256, problem, failure, cutShort } = outcome;
    const { source, records, malformedStretches: malformed, text } = sink;
    const why =
      failure !== undefined
        ? `it cannot be read: ${failure}`
        : (problem?.message ?? (cutShort ? 'reading gave up before its end' : undefined));
    return { source, records, malformed, sha256, problem: why, ...(text && { text }) };
  }

  /** How the file begins, as an inventory says it; empty where there is no record. */
  async head(file: string): Promise<string> {
    const leaves: Uint8Array[] = [];
    await this.leading(file, (leaf) => leaves.push(Buffer.from(leaf)) >= HEAD_LEAVES);
    return headOf(leaves);
  }

  /** The leaves from the first on, each valid during the call, until the caller has seen enough. */
  async leading(file: string, isEnough: (leaf: Uint8Array) => boolean): Promise<void> {
    await this.until(file, (batch) => {
      for (let at = 0; at < batch.count; at += 1)
        if (isEnough(batch.hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))) return true;
      return false;
    });
  }

  /** The leaf of the first record that begins on `line`, and how many do; undefined where none does. */
  async leafAt(file: string, line: number): Promise<LeafOfLine | undefined> {
    let found: LeafOfLine | undefined;
    await this.until(file, ({ count, hashes, lines, offsets, lengths }) => {
      for (let at = lines.subarray(0, count).indexOf(line); at >= 0 && at < count; at += 1) {
        if (lines[at] !== line) break;
        if (found !== undefined) found.records += 1;
        else
          found = {
            leaf: Buffer.from(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
            spot: { line, offset: offsets[at]!, length: lengths[at]! },
            records: 1,
          };
      }
      return count > 0 && lines[count - 1]! > line;
    });
    return found;
  }

  /** Reads until the caller has seen enough; of text, which makes no leaves, no more than it takes to know it. */
  private async until(file: string, isEnough: (batch: LeafBatch) => boolean): Promise<void> {
    const enough = () => {
      throw new EnoughSeen();
    };
    const onBatch = (batch: LeafBatch) => {
      if (isEnough(batch)) enough();
    };
    try {
      await this.readInto(new LeafSink(this.plan, this.cursor, onBatch, enough), file, false);
    } catch (error) {
      if (!(error instanceof EnoughSeen)) throw error;
    }
  }
}

class EnoughSeen extends Error {}

type PlainRead = Pick<ReadOutcome, 'sha256' | 'problem' | 'failure' | 'cutShort'>;

/** All of an uncompressed file; undefined for every other, of which nothing was read then. */
async function readPlain(file: string, reader: RecordReader): Promise<PlainRead | undefined> {
  let failure: string | undefined;
  try {
    if (!fs.statSync(file).isFile()) return undefined;
    const descriptor = fs.openSync(file, 'r');
    try {
      const head = Buffer.alloc(4);
      const length = fs.readSync(descriptor, head, 0, head.length, 0);
      if (detectCompression(head.subarray(0, length)) !== 'none') return undefined;
      await readToEnd(descriptor, reader, () => {});
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    failure = error.code;
  }
  const { cutShort } = reader.finish();
  return { sha256: null, problem: undefined, failure, cutShort };
}

class LeafSink implements RecordSink {
  source: string | null = null;
  records = 0;
  malformedStretches = 0;
  text: TextLeft | undefined;
  private readonly plan: Plan;
  private readonly cursor: EventCursor;
  private readonly onBatch: (batch: LeafBatch) => void;
  private readonly onText: (() => void) | undefined;
  /** What was scanned last: the reader's block, or the text inside a line of Docker. */
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly batch = {
    count: 0,
    hashes: Buffer.alloc(BATCH * HASH_BYTES),
    lines: new Float64Array(BATCH),
    offsets: new Float64Array(BATCH),
    lengths: new Float64Array(BATCH),
  };

  constructor(plan: Plan, cursor: EventCursor, onBatch: (batch: LeafBatch) => void, onText?: () => void) {
    this.plan = plan;
    this.cursor = cursor;
    this.onBatch = onBatch;
    this.onText = onText;
  }

  begin(documents: readonly JsonValue[], text?: TextFormat): readonly string[] | undefined {
    const { source, wrapper } = judgeHead(this.plan, documents, undefined, text);
    this.source = source;
    if (text === undefined) return wrapper;
    this.text = { format: text.name, records: 0, from: NOWHERE, until: NOWHERE };
    this.onText?.();
    return wrapper;
  }

  scan(bytes: Uint8Array, start: number, end: number): number {
    this.bytes = bytes;
    return this.cursor.scan(bytes, start, end);
  }

  scanLine(bytes: Uint8Array, start: number, end: number): number {
    this.bytes = bytes;
    return this.cursor.scanLine(bytes, start, end);
  }

  get scannedStart(): number {
    return this.cursor.scannedStart;
  }

  get scannedEnd(): number {
    return this.cursor.scannedEnd;
  }

  record(line: number, offset: number, length: number): void {
    const { batch, cursor, text } = this;
    if (text !== undefined) {
      text.until = { line, offset, length };
      if (text.records === 0) text.from = text.until;
      text.records += 1;
      return;
    }
    const at = batch.count;
    writeLeafHash(this.bytes, cursor.scannedStart, cursor.scannedEnd, batch.hashes, at * HASH_BYTES);
    batch.lines[at] = line;
    batch.offsets[at] = offset;
    batch.lengths[at] = length;
    batch.count = at + 1;
    this.records += 1;
    if (batch.count === BATCH) this.flush();
  }

  malformed(): void {
    this.malformedStretches += 1;
  }

  flush(): void {
    if (this.batch.count > 0) this.onBatch(this.batch);
    this.batch.count = 0;
  }
}
