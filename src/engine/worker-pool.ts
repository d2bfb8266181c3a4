/**
 * Scanning and judging on this thread and on workers: tasks go out in log order, parts come back in it, and no more are under
 * way than memory allows.
 */
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../base/package-file.ts';
import { MachineRefusal } from '../base/system-error.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import type { Done, Executor } from './executor.ts';
import type { OnProgress } from './file-scan.ts';
import {
  fewestMarks,
  type Judged,
  type JudgedShare,
  type JudgeOrder,
  judgeShare,
  shareTexts,
} from './judge-share.ts';
import { dealShares, type Weights } from './mark-shares.ts';
import type { Plan } from './plan.ts';
import type { PartScanner, RowParts, ScanPart } from './scan-part.ts';
import type { ScanTask } from './tasks.ts';

/** What a worker is told first; a request is plain data. `runs`: the folder of temporary files. */
export type WorkerOrders = { request: Plan['request']; files: readonly DiscoveredFile[]; runs: string };

export type ToWorker =
  /** `orders`: WorkerOrders by `v8.serialize`. */
  | { kind: 'orders'; orders: Uint8Array }
  | { kind: 'scan'; number: number; task: ScanTask }
  | { kind: 'flush' }
  | { kind: 'judge'; order: JudgeOrder };

export type FromWorker =
  | { kind: 'part'; number: number; part: ScanPart }
  | { kind: 'rows'; rows: RowParts }
  | { kind: 'flushed' }
  | { kind: 'judged'; judged: Judged[] }
  | { kind: 'share'; share: JudgedShare }
  | { kind: 'progress'; bytes: number; records: number; file: string }
  | { kind: 'fault'; message: string; stack: string | undefined; isRefusal: boolean };

/** Tasks a worker has at hand: the one it scans, and the next, so that it never waits for this thread. */
const DEPTH = 2;
/** Parts that may wait for an earlier one, for each thread; then the threads wait too. */
const WAITING_PARTS = 2;

/** As it was built. Tests name another, of the sources at hand. */
const WORKER = packageFile('dist/scan-worker.js');

/**
 * Mebibytes of the young generation of a worker's heap. The default, 48 in Node 20, is filled before it is ever cleaned,
 * in each thread: that is most of the memory of a run, and no faster (measured).
 */
const YOUNG_MIB = 4;

/**
 * `open`: what it was sent and has not answered. `scans`: whether it was sent a task, and so may keep rows back.
 * `judged`: what it judged so far, and `share` once that is all.
 */
type Member = {
  worker: Worker;
  open: number;
  scans: boolean;
  judged: Judged[];
  share: JudgedShare | undefined;
};

export class WorkerPool implements Executor {
  private readonly members: Member[];
  /** Of this thread, and whether it has nothing to scan. */
  private own: PartScanner | undefined;
  private isFree = true;
  private onRows: (rows: RowParts) => void = () => {};
  private onProgress: OnProgress = () => {};
  private readonly done = new Map<number, ScanPart>();
  /** Of what was judged. */
  private readonly texts = new Map<string, string>();
  private fault: Error | undefined;
  private closing = false;
  private wake = () => {};

  /**
   * `jobs`: threads, this one among them, from 2 on. As many workers beside it would be one thread more than processors.
   * The workers load their modules at once, and wait for orders.
   */
  constructor(jobs: number, module: URL = WORKER) {
    this.members = Array.from({ length: jobs - 1 }, () => this.start(module));
  }

  /** Before the first task. `own` scans in this thread. `onRows` and `onProgress` are called as workers send. */
  order(
    orders: WorkerOrders,
    own: PartScanner,
    onRows: (rows: RowParts) => void,
    onProgress: OnProgress,
  ): void {
    this.own = own;
    this.onRows = onRows;
    this.onProgress = onProgress;
    this.done.clear();
    // Once for all: thousands of rules take as long to write as to read.
    const message: ToWorker = { kind: 'orders', orders: serialize(orders) };
    for (const { worker } of this.members) worker.postMessage(message);
  }

  /** @throws when a worker stops before its work is done */
  async *inOrder(tasks: AsyncIterable<ScanTask>): AsyncGenerator<Done> {
    const sent: ScanTask[] = [];
    let count = 0;
    const window = (this.members.length + 1) * WAITING_PARTS;
    for await (const task of tasks) {
      while (sent.length >= window || !this.hasRoom()) {
        yield* this.ready(sent, count);
        if (sent.length >= window || !this.hasRoom()) await this.change();
      }
      sent.push(task);
      const number = count++;
      const member = this.idlest();
      // Workers first: while this thread scans, nobody gives them anything.
      if (member.open >= DEPTH) void this.scanHere(number, task);
      else {
        member.scans = true;
        this.send(member, { kind: 'scan', number, task });
      }
    }
    while (sent.length > 0) {
      yield* this.ready(sent, count);
      if (sent.length > 0) await this.change();
    }
    await this.flush();
  }

  private hasRoom(): boolean {
    return this.isFree || this.idlest().open < DEPTH;
  }

  private async scanHere(number: number, task: ScanTask): Promise<void> {
    this.isFree = false;
    try {
      this.done.set(number, await this.own!.scan(task));
      this.isFree = true;
      this.wake();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** Waits for the rows that threads keep back. A worker that has not even started has none. */
  private async flush(): Promise<void> {
    const members = this.members.filter(({ scans }) => scans);
    for (const member of members) {
      member.scans = false;
      this.send(member, { kind: 'flush' });
    }
    this.own!.flush();
    // Its memory may go while others work.
    this.own = undefined;
    while (members.some(({ open }) => open > 0)) await this.change();
  }

  /** @throws when a worker stops before its work is done */
  async judge(order: JudgeOrder, plan: Plan, weights: Weights): Promise<JudgedShare[]> {
    const { members } = this;
    const [share, ...others] = dealShares(weights, fewestMarks(plan), members.length + 1);
    for (const [index, other] of others.entries())
      this.send(members[index]!, { kind: 'judge', order: { ...order, share: other } });
    const own = judgeShare(plan, { ...order, share: share! });
    while (members.some(({ open }) => open > 0)) await this.change();
    return [own, ...members.map(({ judged, share: each }) => ({ ...each!, judged }))];
  }

  /** The parts that are next in order and have come; takes their tasks off `sent`. */
  private *ready(sent: ScanTask[], count: number): Generator<Done> {
    for (;;) {
      const number = count - sent.length;
      const part = this.done.get(number);
      if (part === undefined) return;
      this.done.delete(number);
      yield { task: sent.shift()!, part };
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private idlest(): Member {
    const [first, ...others] = this.members;
    return others.reduce((least, other) => (other.open < least.open ? other : least), first!);
  }

  private send(member: Member, message: ToWorker): void {
    member.open++;
    member.worker.postMessage(message);
  }

  /** Resolves when some worker said something that matters. */
  private async change(): Promise<void> {
    if (this.fault === undefined) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.fault !== undefined) throw this.fault;
  }

  private start(module: URL): Member {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB };
    const worker = new Worker(module, { resourceLimits });
    const member: Member = { worker, open: 0, scans: false, judged: [], share: undefined };
    worker.on('message', (message: FromWorker) => this.hear(member, message));
    worker.on('error', (error) => this.fail(error));
    worker.on('messageerror', (error) => this.fail(error));
    worker.on('exit', (code) => {
      if (!this.closing) this.fail(new Error(`a worker thread stopped before its work was done (${code})`));
    });
    return member;
  }

  private hear(member: Member, message: FromWorker): void {
    switch (message.kind) {
      case 'rows':
        this.onRows(message.rows);
        break;
      case 'flushed':
        member.open--;
        this.wake();
        break;
      case 'judged':
        shareTexts(message.judged, this.texts);
        for (const each of message.judged) member.judged.push(each);
        break;
      case 'share':
        member.open--;
        member.share = message.share;
        this.wake();
        break;
      case 'progress':
        this.onProgress(message);
        break;
      case 'fault':
        this.fail(toError(message));
        break;
      case 'part':
        member.open--;
        this.done.set(message.number, message.part);
        this.wake();
    }
  }

  private fail(error: Error): void {
    this.fault ??= error;
    this.wake();
  }
}

/** Of the worker, with the worker's stack. */
function toError({ message, stack, isRefusal }: FromWorker & { kind: 'fault' }): Error {
  if (isRefusal) return new MachineRefusal(message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
