/**
 * A scan that begins where the last one ended: it folds what was appended, and proves by digests that the rest is unchanged. Over
 * 250 lines: what is planned, scanned, proven and saved has to be read together.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CutTools } from '../read/cut-lines.ts';
import { digestFile } from '../read/digest-file.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { CHANGED, type LineRange } from '../read/plain-bytes.ts';
import type { StateFolder } from '../read/state-folder.ts';
import { DigestThread } from './digest-thread.ts';
import { DigestedBytes, type DigestedFile, type DigestOrder, newRanges } from './digested-bytes.ts';
import type { Executor } from './executor.ts';
import type { Plan } from './plan.ts';
import {
  AlteredSince,
  alteredFiles,
  checkState,
  digestPlan,
  FileParts,
  type FilePlan,
  type FileState,
  packPart,
  packState,
  planFile,
  type RunState,
  StateRefusal,
  unpackPart,
  unpackState,
} from './run-state.ts';
import type { Scan, ScanBooks } from './scan-books.ts';
import { startPart } from './scan-part.ts';
import { SegmentStreams } from './segment-streams.ts';
import { SegmentedText } from './segmented-text.ts';
import { lineHead, NO_LINES, type ScanTask, type Sizes } from './tasks.ts';

export type StateOptions = {
  folder: StateFolder;
  /** Whether to pass over what was saved: a run that was refused starts over. */
  fresh?: boolean;
};

/** Known bytes from which on they pass by another thread. `module`: what it runs, where that is not the built one. */
export type DigestThreadOptions = { fromBytes: number; module?: URL };

/** What a run is to save once all is proven: for each file its packed part, and files of rows by name. */
type Kept = { plan: string; parts: (Buffer | undefined)[]; rows: Record<string, string> };

export class ResumedScan {
  private readonly plan: Plan;
  private readonly files: readonly DiscoveredFile[];
  private readonly options: StateOptions;
  private readonly tools: CutTools;
  private readonly sizes: Sizes;
  private readonly threadOptions: DigestThreadOptions;
  private plans: ReadonlyMap<number, FilePlan> = new Map();
  /** By the number of each of its segments, those of a log of text. */
  private readonly texts = new Map<number, number[]>();
  private kept: Kept | undefined;
  private known: RunState | undefined;
  private thread: DigestThread | undefined;
  /** Of each file of lines that was cut, by its number; of one that passes by another thread its ranges, until that has answered. */
  private readonly digested = new Map<number, DigestedFile>();
  private readonly elsewhere = new Map<number, LineRange[]>();

  constructor(
    plan: Plan,
    files: readonly DiscoveredFile[],
    options: StateOptions,
    tools: CutTools,
    sizes: Sizes,
    threadOptions: DigestThreadOptions,
  ) {
    this.plan = plan;
    this.files = files;
    this.options = options;
    this.tools = tools;
    this.sizes = sizes;
    this.threadOptions = threadOptions;
  }

  /**
   * The scan, of which nothing may be told before `settle`.
   * @throws {StateRefusal} where nothing can be built on what was saved, or a file cannot be read as it is known
   */
  async run(books: ScanBooks, executor: Executor): Promise<Scan> {
    return this.tellingAltered(() => this.scan(books, executor));
  }

  private async scan(books: ScanBooks, executor: Executor): Promise<Scan> {
    const { folder, fresh = false } = this.options;
    const planDigest = digestPlan(this.plan);
    const saved = fresh ? undefined : folder.load();
    const known = saved === undefined ? undefined : unpackState(saved);
    this.known = known;
    if (known !== undefined) checkState(known, planDigest, this.files);
    const parts = new FileParts(this.plan);
    for (const [fileIndex, { part, bytes }] of (known?.files ?? []).entries())
      if (part !== undefined && bytes > 0) parts.add(fileIndex, unpackPart(part), false);
    if (saved !== undefined && typeof saved !== 'string') books.restore(saved.files);
    this.plans = await this.planFiles(known);
    this.digestElsewhere();
    for await (const { task, part } of executor.inOrder(this.tasks())) {
      const fileIndex = task.kind === 'range' ? task.fileIndex : task.fileIndexes[0]!;
      parts.add(fileIndex, part, task.kind === 'range' && task.provisional === true);
      // What is known of a log of text is known of all its segments.
      if (task.kind === 'files')
        for (const other of task.fileIndexes.slice(1)) parts.add(other, startPart(this.plan), false);
    }
    const packed = this.files
      .map((_, fileIndex) => parts.of(fileIndex))
      .map((part) => part && packPart(part));
    this.kept = { plan: planDigest, parts: packed, rows: books.save((kind) => folder.newFile(kind)) };
    for (const { fileIndex, lines, size } of this.plans.values())
      if (lines !== undefined) books.digested(fileIndex, size, this.digested.get(fileIndex)?.sha256 ?? null);
    books.add(parts.merged());
    return books.close();
  }

  /**
   * Completes the scan by what another thread proved meanwhile, and saves the state of the next run.
   * @throws {StateRefusal} where a file is not what it was, or changed while it was read
   */
  async settle(scan: Scan): Promise<void> {
    return this.tellingAltered(() => this.complete(scan));
  }

  private async complete(scan: Scan): Promise<void> {
    await this.hear();
    for (const [fileIndex, { sha256 }] of this.digested) scan.inputs[fileIndex]!.sha256 = sha256;
    const { folder } = this.options;
    const { plan, parts, rows } = this.kept!;
    const states = this.files.map((_, fileIndex) => this.toState(scan, fileIndex, parts[fileIndex]));
    if (states.every((state) => state !== undefined))
      folder.save({
        content: packState({ plan, files: states }),
        files: rows,
        covered: states.reduce((sum, { bytes }) => sum + bytes, 0),
      });
  }

  /** Whatever it is refused for: what the last run knew is lost with it, so all that is not as it was is told now. */
  private async tellingAltered<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StateRefusal) || this.known === undefined) throw error;
      const altered = alteredFiles(this.known, this.files);
      throw altered.length === 0 ? error : new AlteredSince(altered.join('; '));
    }
  }

  /** Also in the middle of a run that was given up. */
  async close(): Promise<void> {
    await this.thread?.close();
  }

  private async hear(): Promise<void> {
    const answers = (await this.thread?.answers) ?? [];
    if (answers instanceof Error) throw answers;
    for (const answer of answers) {
      if ('refusal' in answer) {
        const { isAltered, message } = answer.refusal;
        throw isAltered ? new AlteredSince(message) : new StateRefusal(message);
      }
      const { digested, ranges } = answer;
      // By their checksums what was scanned is what was digested.
      if (!isDeepStrictEqual(ranges, this.elsewhere.get(digested.fileIndex)))
        throw new StateRefusal(`${this.files[digested.fileIndex]!.file} ${CHANGED}`);
      this.digested.set(digested.fileIndex, digested);
    }
    for (const fileIndex of this.elsewhere.keys())
      if (!this.digested.has(fileIndex)) throw new Error(`nobody digested file ${fileIndex}`);
  }

  private async planFiles(known: RunState | undefined): Promise<Map<number, FilePlan>> {
    const plans = new Map<number, FilePlan>();
    for (const [fileIndex, file] of this.files.entries()) {
      if (file.skip !== undefined) continue;
      const saved = known?.files[fileIndex];
      // Of a file without one whole line nothing is known yet.
      const before = saved?.bytes === 0 ? undefined : saved;
      // The head is looked at anew: a log that has grown may say more of its source than its first line did.
      const head = file.regular && file.sealed === undefined ? await lineHead(this.plan, file) : undefined;
      const plan = planFile(file, fileIndex, before, head);
      if (before !== undefined) checkKnown(before, plan);
      plans.set(fileIndex, plan);
    }
    await this.findTexts(plans);
    return plans;
  }

  /** @throws {StateRefusal} where a log of text goes on in a segment that is new: it is read as one */
  private async findTexts(plans: ReadonlyMap<number, FilePlan>): Promise<void> {
    const segmented = new SegmentedText(this.plan, this.files, new SegmentStreams(this.files));
    for (const index of plans.keys()) {
      const segments = await segmented.segmentsFrom(index);
      if (segments === undefined) continue;
      const fresh = segments.filter((each) => plans.get(each)!.known === undefined);
      const [first] = fresh;
      if (first !== undefined && fresh.length < segments.length)
        throw new StateRefusal(`${this.files[first]!.file} goes on with a text that can only be read whole`);
      for (const each of segments) this.texts.set(each, segments);
    }
  }

  private digestElsewhere(): void {
    const orders = [...this.plans.values()]
      .filter(({ lines, known }) => lines !== undefined && known !== undefined)
      .map((plan) => this.orderOf(plan));
    const bytes = orders.reduce((sum, { known }) => sum + known!.bytes, 0);
    if (orders.length === 0 || bytes < this.threadOptions.fromBytes) return;
    this.thread = new DigestThread({ orders, sizes: this.sizes }, this.threadOptions.module);
    for (const { fileIndex } of orders) this.elsewhere.set(fileIndex, []);
  }

  private orderOf({ fileIndex, known, covered, size }: FilePlan): DigestOrder {
    const { file } = this.files[fileIndex]!;
    const before = known && { bytes: known.bytes, sha256: known.sha256, line: known.lines!.line };
    return { fileIndex, file, known: before, covered, size };
  }

  private async *tasks(): AsyncGenerator<ScanTask> {
    for (const plan of this.plans.values()) {
      const { fileIndex, known, lines } = plan;
      const text = this.texts.get(fileIndex);
      if (lines !== undefined) yield* this.cut(plan);
      else if (known !== undefined || (text !== undefined && text[0] !== fileIndex)) continue;
      else if (text !== undefined) yield { kind: 'files', fileIndexes: text, isText: true };
      else yield { kind: 'files', fileIndexes: [fileIndex] };
    }
  }

  private async *cut(plan: FilePlan): AsyncGenerator<ScanTask> {
    const { fileIndex, known, covered } = plan;
    const { head, source } = plan.lines!;
    const order = this.orderOf(plan);
    const ranges = this.elsewhere.get(fileIndex) ?? [];
    const bytes = this.elsewhere.has(fileIndex) ? undefined : new DigestedBytes(order, this.tools);
    for await (const range of newRanges(order, this.sizes, this.tools, bytes?.add)) {
      const provisional = range.start >= covered;
      ranges.push(range);
      yield { kind: 'range', fileIndex, range, head, source, ...(provisional && { provisional }) };
    }
    if (ranges.length === 0 && known === undefined)
      yield { kind: 'range', fileIndex, range: NO_LINES, head, source };
    if (bytes !== undefined) this.digested.set(fileIndex, bytes.end());
  }

  /** What is kept of one file; undefined where nothing may be kept of the run, for the file was not read as it should. */
  private toState(scan: Scan, fileIndex: number, part: Buffer | undefined): FileState | undefined {
    const { file, bytes } = this.files[fileIndex]!;
    const plan = this.plans.get(fileIndex);
    if (plan === undefined) return { file, bytes, sha256: '', lines: undefined, part: undefined };
    const { status, sha256 } = scan.inputs[fileIndex]!;
    if (status === 'partial' || status === 'unreadable') return undefined;
    const digested = this.digested.get(fileIndex);
    if (digested !== undefined) {
      const { coveredSha256, line } = digested;
      return { file, bytes: plan.covered, sha256: coveredSha256, lines: { ...plan.lines!, line }, part };
    }
    if (plan.known !== undefined) return plan.known;
    return sha256 === null ? undefined : { file, bytes: plan.size, sha256, lines: undefined, part };
  }
}

/** @throws {StateRefusal} where the file is not what it was, as far as its head and, for one that is read whole, its digest tell */
function checkKnown({ file, lines, bytes, sha256 }: FileState, plan: FilePlan): void {
  if (lines === undefined) {
    const now = digestFile(file);
    if (plan.lines !== undefined || now?.bytes !== bytes || now.sha256 !== sha256)
      throw new AlteredSince(`${file} is not what it was`);
    return;
  }
  const { line: _, ...before } = lines;
  if (!isDeepStrictEqual(before, plan.lines))
    throw new StateRefusal(`${file} is of another source or form now than its first records said`);
}
