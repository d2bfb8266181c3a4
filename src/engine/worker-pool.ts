/** Scanning on worker threads: tasks go out in log order, parts come back in it, and no more are under way than memory allows. */
import { Worker } from 'node:worker_threads';
import type { DiscoveredFile } from '../read/discover.ts';
import type { OnProgress } from './file-scan.ts';
import type { Plan } from './plan.ts';
import type { RowParts, ScanPart } from './scan-part.ts';
import type { ScanTask } from './tasks.ts';

/** What a worker is told when it starts; a request is plain data. */
export type WorkerOrders = { request: Plan['request']; files: readonly DiscoveredFile[]; runs: string };

export type ToWorker = { number: number; task: ScanTask };

export type FromWorker =
  | { kind: 'part'; number: number; part: ScanPart }
  | { kind: 'rows'; rows: RowParts }
  | { kind: 'progress'; bytes: number; records: number; file: string }
  | { kind: 'fault'; message: string; stack: string | undefined };

/** Tasks a worker has at hand: the one it scans, and the next, so that it never waits for this thread. */
const DEPTH = 2;
/** Parts that may wait for an earlier one, for each worker; then the workers wait too. */
const WAITING_PARTS = 8;

/** As it was built. Tests name another, which runs from source. */
const WORKER = new URL('./scan-worker.js', import.meta.url);

type Member = { worker: Worker; open: number };

export class WorkerPool {
  private readonly members: Member[];
  private readonly onRows: (rows: RowParts) => void;
  private readonly onProgress: OnProgress;
  private readonly done = new Map<number, ScanPart>();
  private fault: Error | undefined;
  private closing = false;
  private wake = () => {};

  constructor(
    jobs: number,
    orders: WorkerOrders,
    onRows: (rows: RowParts) => void,
    onProgress: OnProgress,
    module: URL = WORKER,
  ) {
    this.onRows = onRows;
    this.onProgress = onProgress;
    this.members = Array.from({ length: jobs }, () => this.start(orders, module));
  }

  /** The parts of `tasks`, in their order. @throws when a worker stops before its work is done */
  async *inOrder(tasks: AsyncIterable<ScanTask>): AsyncGenerator<ScanPart> {
    let sent = 0;
    let taken = 0;
    const window = this.members.length * WAITING_PARTS;
    for await (const task of tasks) {
      let member = this.idle();
      while (member === undefined || sent - taken >= window) {
        const part = this.take(taken);
        if (part === undefined) await this.change();
        else {
          taken++;
          yield part;
        }
        member = this.idle();
      }
      member.open++;
      member.worker.postMessage({ number: sent++, task } satisfies ToWorker);
    }
    while (taken < sent) {
      const part = this.take(taken);
      if (part === undefined) await this.change();
      else {
        taken++;
        yield part;
      }
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private idle(): Member | undefined {
    const [first, ...others] = this.members;
    const member = others.reduce((least, other) => (other.open < least.open ? other : least), first!);
    return member.open < DEPTH ? member : undefined;
  }

  private take(number: number): ScanPart | undefined {
    const part = this.done.get(number);
    this.done.delete(number);
    return part;
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

  private start(orders: WorkerOrders, module: URL): Member {
    const worker = new Worker(module, { workerData: orders });
    const member: Member = { worker, open: 0 };
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
function toError({ message, stack }: { message: string; stack: string | undefined }): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
