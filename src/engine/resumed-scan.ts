/** A scan that begins where the last one ended: it folds what was appended, and proves by digests that the rest is unchanged. */
import crypto from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { NEWLINE } from '../base/lexical.ts';
import { type CutTools, cutLines } from '../read/cut-lines.ts';
import { digestFile } from '../read/digest-file.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { isSystemError } from '../read/open.ts';
import { CHANGED } from '../read/plain-bytes.ts';
import type { StateFolder } from '../read/state-folder.ts';
import type { Executor } from './executor.ts';
import type { Plan } from './plan.ts';
import {
  AlteredSince,
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
import { lineHead, NO_LINES, rangeBytesFor, type ScanTask, type Sizes } from './tasks.ts';

export type StateOptions = {
  folder: StateFolder;
  /** Whether to pass over what was saved: a run that was refused starts over. */
  fresh?: boolean;
};

export class ResumedScan {
  private readonly plan: Plan;
  private readonly files: readonly DiscoveredFile[];
  private readonly options: StateOptions;
  private readonly tools: CutTools;
  private readonly sizes: Sizes;
  /** Of each file of lines that was cut, by its number. */
  private readonly passed = new Map<number, PassedBytes>();

  constructor(
    plan: Plan,
    files: readonly DiscoveredFile[],
    options: StateOptions,
    tools: CutTools,
    sizes: Sizes,
  ) {
    this.plan = plan;
    this.files = files;
    this.options = options;
    this.tools = tools;
    this.sizes = sizes;
  }

  /** @throws {StateRefusal} where nothing can be built on what was saved, or a file cannot be read as it is known */
  async run(books: ScanBooks, executor: Executor): Promise<Scan> {
    const { folder, fresh = false } = this.options;
    const planDigest = digestPlan(this.plan);
    const saved = fresh ? undefined : folder.load();
    const known = saved === undefined ? undefined : unpackState(saved, planDigest, this.files);
    const parts = new FileParts(this.plan);
    for (const [fileIndex, { part, bytes }] of (known?.files ?? []).entries())
      if (part !== undefined && bytes > 0) parts.add(fileIndex, unpackPart(part), false);
    if (saved !== undefined && typeof saved !== 'string') books.restore(saved.files);
    const plans = await this.planFiles(known);
    for await (const { task, part } of executor.inOrder(this.tasks(plans))) {
      const fileIndex = task.kind === 'range' ? task.fileIndex : task.fileIndexes[0]!;
      parts.add(fileIndex, part, task.kind === 'range' && task.provisional === true);
    }
    const packed = this.files
      .map((_, fileIndex) => parts.of(fileIndex))
      .map((part) => part && packPart(part));
    const rows = books.save((kind) => folder.newFile(kind));
    for (const [fileIndex, { bytes, sha256 }] of this.passed) books.digested(fileIndex, bytes, sha256);
    books.add(parts.merged());
    const scan = books.close();
    const states = this.files.map((_, fileIndex) => this.toState(scan, plans, fileIndex, packed[fileIndex]));
    if (states.every((state) => state !== undefined))
      folder.save({
        content: packState({ plan: planDigest, files: states }),
        files: rows,
        covered: states.reduce((sum, { bytes }) => sum + bytes, 0),
      });
    return scan;
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
    return plans;
  }

  private async *tasks(plans: ReadonlyMap<number, FilePlan>): AsyncGenerator<ScanTask> {
    for (const plan of plans.values()) {
      if (plan.lines !== undefined) yield* this.cut(plan);
      else if (plan.known === undefined) yield { kind: 'files', fileIndexes: [plan.fileIndex] };
    }
  }

  private async *cut({ fileIndex, known, lines, covered, size }: FilePlan): AsyncGenerator<ScanTask> {
    const { head, source } = lines!;
    const discovered = this.files[fileIndex]!;
    const { file } = discovered;
    const rangeBytes = rangeBytesFor(discovered, this.sizes);
    const passed = new PassedBytes(file, known, covered, this.tools);
    const from = { offset: known?.bytes ?? 0, line: known?.lines?.line ?? 1 };
    const stretch = { from, until: size, stop: covered };
    let ranges = 0;
    try {
      for await (const range of cutLines(file, rangeBytes, this.tools, passed.add, stretch)) {
        const provisional = range.start >= covered;
        ranges++;
        yield { kind: 'range', fileIndex, range, head, source, ...(provisional && { provisional }) };
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new StateRefusal(`${file} cannot be read: ${error.code}`);
    }
    if (ranges === 0 && known === undefined)
      yield { kind: 'range', fileIndex, range: NO_LINES, head, source };
    passed.end(size);
    this.passed.set(fileIndex, passed);
  }

  /** What is kept of one file; undefined where nothing may be kept of the run, for the file was not read as it should. */
  private toState(
    scan: Scan,
    plans: ReadonlyMap<number, FilePlan>,
    fileIndex: number,
    part: Buffer | undefined,
  ): FileState | undefined {
    const { file, bytes } = this.files[fileIndex]!;
    const plan = plans.get(fileIndex);
    if (plan === undefined) return { file, bytes, sha256: '', lines: undefined, part: undefined };
    const { status, sha256 } = scan.inputs[fileIndex]!;
    if (status === 'partial' || status === 'unreadable') return undefined;
    const passed = this.passed.get(fileIndex);
    if (passed !== undefined) {
      const { coveredSha256, line } = passed;
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

/** The bytes of a file on their way past whoever cuts it: their digests up to some offsets, and the lines in them. */
class PassedBytes {
  bytes = 0;
  /** The line that begins behind what the next state covers: counted on from what the last one knew. */
  line: number;
  coveredSha256 = '';
  sha256 = '';
  private readonly file: string;
  private readonly known: FileState | undefined;
  private readonly covered: number;
  private readonly tools: CutTools;
  private readonly hash = crypto.createHash('sha256');

  constructor(file: string, known: FileState | undefined, covered: number, tools: CutTools) {
    this.file = file;
    this.known = known;
    this.line = known?.lines?.line ?? 1;
    this.covered = covered;
    this.tools = tools;
    this.mark(NEWLINE);
  }

  /** @throws {StateRefusal} as soon as what was audited before turns out to be other bytes now */
  readonly add = (piece: Buffer): void => {
    const before = this.known?.bytes ?? 0;
    const ends = [before, this.covered].map((offset) => offset - this.bytes);
    let from = 0;
    for (const end of [...ends.filter((at) => at > 0 && at <= piece.length), piece.length]) {
      if (end <= from) continue;
      const part = piece.subarray(from, end);
      this.hash.update(part);
      if (this.bytes >= before && this.bytes < this.covered) this.line += this.tools.countNewlines(part);
      this.bytes += part.length;
      from = end;
      this.mark(part.at(-1));
    }
  };

  private mark(lastByte: number | undefined): void {
    const { known } = this;
    if (known !== undefined && this.bytes === known.bytes && this.digest() !== known.sha256)
      throw new AlteredSince(`${this.file} is not what it was: its first ${known.bytes} bytes changed`);
    if (this.bytes !== this.covered) return;
    // It was found by another look at the file, a moment ago.
    if (lastByte !== NEWLINE) throw new StateRefusal(`${this.file} ${CHANGED}`);
    this.coveredSha256 = this.digest();
  }

  /** @throws {StateRefusal} where the file is shorter than it was when it was found */
  end(size: number): void {
    if (this.bytes !== size) throw new StateRefusal(`${this.file} ${CHANGED}`);
    this.sha256 = this.digest();
  }

  private digest(): string {
    return this.hash.copy().digest('hex');
  }
}
