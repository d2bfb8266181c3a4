/**
 * A thread beside the scan that digests the files that an earlier run knows: their old bytes take longer than the scan of the
 * new ones, and as long as judging all marks anew.
 */
import { Worker } from 'node:worker_threads';
import { packageFile } from '../base/package-file.ts';
import type { LineRange } from '../read/plain-bytes.ts';
import type { DigestedFile, DigestOrder } from './digested-bytes.ts';
import type { Sizes } from './tasks.ts';

export type DigestOrders = { orders: readonly DigestOrder[]; sizes: Sizes };

/** Of one file: what digested, and its ranges as this thread cut them; or why the whole run must start over. */
export type DigestAnswer =
  | { digested: DigestedFile; ranges: LineRange[] }
  | { refusal: { isAltered: boolean; message: string } };

/** As it was built. Tests name another, of the sources at hand. */
const DIGEST_WORKER = packageFile('dist/digest-worker.js');

export class DigestThread {
  private readonly worker: Worker;
  /** In the order they were ordered, up to a refusal; or what went wrong with the thread. Never rejected, for nobody may wait for it. */
  readonly answers: Promise<readonly DigestAnswer[] | Error>;

  constructor(orders: DigestOrders, module: URL = DIGEST_WORKER) {
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
