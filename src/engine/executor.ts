/** Where tasks are scanned and groups are judged: in this thread, or on workers. Whoever asks cannot tell. */
import { type JudgedShare, type JudgeOrder, judgeShare } from './judge-share.ts';
import type { Weights } from './mark-shares.ts';
import type { Plan } from './plan.ts';
import type { PartScanner, ScanPart } from './scan-part.ts';
import type { ScanTask } from './tasks.ts';

export type Done = { task: ScanTask; part: ScanPart };

export interface Executor {
  /** The parts of `tasks`, in their order. All rows have been given out when it ends. */
  inOrder(tasks: AsyncIterable<ScanTask>): AsyncGenerator<Done>;
  /** Has all groups judged, by as many threads as there are shares in the answer; nothing is scanned after that. */
  judge(order: JudgeOrder, plan: Plan, weights: Weights): Promise<JudgedShare[]>;
  close(): Promise<void>;
}

export class LocalExecutor implements Executor {
  private scanner: PartScanner | undefined;

  constructor(scanner: PartScanner) {
    this.scanner = scanner;
  }

  async *inOrder(tasks: AsyncIterable<ScanTask>): AsyncGenerator<Done> {
    for await (const task of tasks) yield { task, part: await this.scanner!.scan(task) };
    this.scanner!.flush();
    // Its memory may go while others work.
    this.scanner = undefined;
  }

  async judge(order: JudgeOrder, plan: Plan): Promise<JudgedShare[]> {
    return [judgeShare(plan, order)];
  }

  async close(): Promise<void> {}
}
