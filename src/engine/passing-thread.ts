/**
 * A thread beside the scan by which files pass that an earlier run knows: to digest the old bytes takes longer than to scan the
 * new ones, and as long as to judge all marks anew.
 */
import { Worker } from 'node:worker_threads';
import { packageFile } from '../base/package-file.ts';
import type { LineRange } from '../read/plain-bytes.ts';
import type { Passed, PassOrder } from './passed-bytes.ts';
import type { Sizes } from './tasks.ts';

export type PassOrders = { orders: readonly PassOrder[]; sizes: Sizes };

/** Of one file: what passed, and its ranges as this thread cut them; or why the whole run must start over. */
export type PassAnswer =
  | { passed: Passed; ranges: LineRange[] }
  | { refusal: { isAltered: boolean; message: string } };

/** As it was built. Tests name another, of the sources at hand. */
const PASSER = packageFile('dist/passing-worker.js');

export class PassingThread {
  private readonly worker: Worker;
  /** In the order they were ordered, up to a refusal; or what went wrong with the thread. Never rejected, for nobody may wait for it. */
  readonly answers: Promise<readonly PassAnswer[] | Error>;

  constructor(orders: PassOrders, module: URL = PASSER) {
    const worker = new Worker(module, { workerData: orders });
    this.worker = worker;
    this.answers = new Promise((resolve) => {
      worker.once('message', resolve).once('error', resolve).once('messageerror', resolve);
      worker.once('exit', (code) => resolve(new Error(`a thread that digests files stopped (${code})`)));
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
