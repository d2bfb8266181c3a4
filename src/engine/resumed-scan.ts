/** A scan that begins where the last one ended: it folds what was appended, and proves by digests that the rest is unchanged. */
import type { CutTools } from '../read/cut-lines.ts';
import { cutLines } from '../read/cut-lines.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { CHANGED } from '../read/plain-bytes.ts';
import type { StateFolder } from '../read/state-folder.ts';
import type { Digests, Executor } from './executor.ts';
import type { StoredFile } from './file-part.ts';
import type { Plan } from './plan.ts';
import {
  digestOffsets,
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
import { lineHead, NO_LINES, type ScanTask, type Sizes } from './tasks.ts';

export type StateOptions = {
  folder: StateFolder;
  /** Whether to pass over what was saved: a run that was refused starts over. */
  fresh?: boolean;
};

export class ResumedScan {
  private readonly plan: Plan;
  private readonly files: readonly DiscoveredFile[];
  private readonly options: StateOptions;
  private readonly executor: Executor;
  private readonly tools: CutTools;
  private readonly sizes: Sizes;

  constructor(
    plan: Plan,
    files: readonly DiscoveredFile[],
    options: StateOptions,
    executor: Executor,
    tools: CutTools,
    sizes: Sizes,
  ) {
    this.plan = plan;
    this.files = files;
    this.options = options;
    this.executor = executor;
    this.tools = tools;
    this.sizes = sizes;
  }

  /** @throws {StateRefusal} where nothing can be built on; also from `settle`, when a file is not what it was */
  async run(books: ScanBooks): Promise<Scan> {
    const { folder, fresh = false } = this.options;
    const saved = fresh ? undefined : folder.load();
    const known = saved === undefined ? undefined : unpackState(saved, this.plan, this.files);
    const parts = new FileParts(this.plan);
    for (const [fileIndex, { part }] of (known?.files ?? []).entries())
      if (part !== undefined) parts.add(fileIndex, unpackPart(part), false);
    if (saved !== undefined && typeof saved !== 'string') books.restore(saved.files);
    const plans = await this.planFiles(known);
    const digests = plans.map((plan) => this.digest(plan));
    for await (const { task, part } of this.executor.inOrder(this.tasks(plans))) {
      const fileIndex = task.kind === 'range' ? task.fileIndex : task.fileIndexes[0]!;
      parts.add(fileIndex, part, task.kind === 'range' && task.provisional === true);
    }
    const packed = this.files.map((_, fileIndex) => {
      const part = parts.of(fileIndex);
      return part === undefined ? undefined : packPart(part);
    });
    const rows = books.save((kind) => folder.newFile(kind));
    books.add(parts.merged());
    const scan = books.close();
    const settle = async () => {
      const found = await Promise.all(digests);
      await this.executor.close();
      const states = plans.map((plan, index) =>
        this.settleFile(scan, plan, found[index], packed[plan.fileIndex]),
      );
      if (states.includes('unsound')) return;
      const byFile = new Map(plans.map(({ fileIndex }, index) => [fileIndex, states[index] as FileState]));
      const files = this.files.map(
        ({ file, bytes }, index): FileState =>
          byFile.get(index) ?? { file, bytes, sha256: '', lines: undefined, part: undefined },
      );
      folder.save({ content: packState({ plan: digestPlan(this.plan), files }), files: rows });
    };
    return { ...scan, settle };
  }

  private async planFiles(known: RunState | undefined): Promise<FilePlan[]> {
    const plans: FilePlan[] = [];
    for (const [fileIndex, file] of this.files.entries()) {
      if (file.skip !== undefined) continue;
      const before = known?.files[fileIndex];
      const head = before === undefined && file.regular ? await lineHead(this.plan, file) : undefined;
      plans.push(planFile(file, fileIndex, before, head));
    }
    return plans;
  }

  /** A file that is read whole for the first time is digested by whoever reads it. */
  private async digest(plan: FilePlan): Promise<Digests | undefined> {
    if (plan.lines === undefined && plan.known === undefined) return undefined;
    return this.executor.digest(this.files[plan.fileIndex]!.file, digestOffsets(plan));
  }

  private async *tasks(plans: readonly FilePlan[]): AsyncGenerator<ScanTask> {
    for (const { fileIndex, known, lines, covered, size } of plans) {
      if (lines === undefined) {
        if (known === undefined) yield { kind: 'files', fileIndexes: [fileIndex] };
        continue;
      }
      const { head, source } = lines;
      const { file } = this.files[fileIndex]!;
      const from = { offset: known?.bytes ?? 0, line: known?.lines?.line ?? 1 };
      const cut = (start: typeof from, until: number) =>
        cutLines(file, this.sizes.rangeBytes, this.tools, () => {}, { from: start, until });
      const ranges = cut(from, covered);
      let next = await ranges.next();
      if (next.done === true && known === undefined)
        yield { kind: 'range', fileIndex, range: NO_LINES, head, source };
      for (; next.done !== true; next = await ranges.next())
        yield { kind: 'range', fileIndex, range: next.value, head, source };
      const line = next.value;
      this.lineAt.set(fileIndex, line);
      for await (const range of cut({ offset: covered, line }, size))
        yield { kind: 'range', fileIndex, range, head, source, provisional: true };
    }
  }

  /** The line that follows what the next state covers, by file index. */
  private readonly lineAt = new Map<number, number>();

  /** Puts the digest of a file into its books; what is to be kept of it, or that nothing may be kept. */
  private settleFile(
    scan: Scan,
    { fileIndex, known, lines, covered, size }: FilePlan,
    digests: Digests | undefined,
    part: Buffer | undefined,
  ): FileState | 'unsound' {
    const { file } = this.files[fileIndex]!;
    const input = scan.inputs[fileIndex]!;
    if (digests === undefined) {
      const { sha256, status } = input;
      if (sha256 === null || status === 'partial' || status === 'unreadable') return 'unsound';
      return { file, bytes: size, sha256, lines: undefined, part };
    }
    if ('failure' in digests) return 'unsound';
    const [before] = digests;
    const [atCovered, atSize] = digests.slice(-2);
    if (known !== undefined && before !== known.sha256)
      throw new StateRefusal(`${file} is not what it was: its first ${known.bytes} bytes changed`);
    if (atCovered === undefined || atSize === undefined) throw new StateRefusal(`${file} ${CHANGED}`);
    Object.assign(input, { sha256: atSize, bytes: size } satisfies Partial<StoredFile>);
    if (input.status === 'partial' || input.status === 'unreadable') return 'unsound';
    const line = this.lineAt.get(fileIndex) ?? 1;
    return {
      file,
      bytes: covered,
      sha256: atCovered,
      lines: lines === undefined ? undefined : { ...lines, line },
      part,
    };
  }
}
