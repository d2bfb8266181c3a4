/** Where tasks are scanned: in this thread, or on workers. Whoever asks cannot tell. */
import { digestPrefixes } from '../read/digest-prefixes.ts';
import type { PartScanner, ScanPart } from './scan-part.ts';
import type { ScanTask } from './tasks.ts';

export type Done = { task: ScanTask; part: ScanPart };

/** Digests of a file up to some offsets, undefined where it is shorter; a word of the system where it cannot be read. */
export type Digests = (string | undefined)[] | { failure: string };

export interface Executor {
  /** The parts of `tasks`, in their order. All rows have been given out when it ends. */
  inOrder(tasks: AsyncIterable<ScanTask>): AsyncGenerator<Done>;
  digest(file: string, offsets: readonly number[]): Promise<Digests>;
  close(): Promise<void>;
}

export class LocalExecutor implements Executor {
  private readonly scanner: PartScanner;

  constructor(scanner: PartScanner) {
    this.scanner = scanner;
  }

  async *inOrder(tasks: AsyncIterable<ScanTask>): AsyncGenerator<Done> {
    for await (const task of tasks) yield { task, part: await this.scanner.scan(task) };
    this.scanner.flush();
  }

  async digest(file: string, offsets: readonly number[]): Promise<Digests> {
    return tryDigests(file, offsets);
  }

  async close(): Promise<void> {}
}

export function tryDigests(file: string, offsets: readonly number[]): Digests {
  try {
    return digestPrefixes(file, offsets);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    return { failure: String(error.code) };
  }
}
