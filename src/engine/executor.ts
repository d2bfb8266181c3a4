/** Where tasks are scanned: in this thread, or on workers. Whoever asks cannot tell. */
import type { PartScanner, ScanPart } from './scan-part.ts';
import type { ScanTask } from './tasks.ts';

export type Done = { task: ScanTask; part: ScanPart };

export interface Executor {
  /** The parts of `tasks`, in their order. All rows have been given out when it ends. */
  inOrder(tasks: AsyncIterable<ScanTask>): AsyncGenerator<Done>;
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

  async close(): Promise<void> {}
}
