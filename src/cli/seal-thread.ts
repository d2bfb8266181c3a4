/** Files read on a thread of their own: reading and hashing records takes as long as folding the tree and writing tiles. */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { packageFile } from '../base/package-file.ts';
import type { LeafBatch } from '../transparency/follow-file.ts';
import type { Framing, LeafRead } from './seal-leaves.ts';

export type ToReader = { file: string; digest: boolean };
export type FromReader =
  | { kind: 'batch'; batch: LeafBatch }
  | { kind: 'end'; read: LeafRead }
  | { kind: 'fault'; message: string };

/** As it was built. Tests name another, which runs from source. */
const READER = packageFile('dist/seal-reader.js');

/** Reads one file at a time, as `LeafReader.read` does. */
export class LeafThread {
  private readonly worker: Worker;
  private readonly waiting = new Int32Array(new SharedArrayBuffer(4));

  constructor({ sources, source, limits }: Framing, module = READER, options: WorkerOptions = {}) {
    const framing: Framing = { sources, limits, ...(source !== undefined && { source }) };
    this.worker = new Worker(module, { ...options, workerData: { framing, waiting: this.waiting.buffer } });
  }

  read(file: string, onBatch: (batch: LeafBatch) => void, digest: boolean): Promise<LeafRead> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.worker.off('message', hear).off('error', fail).off('exit', exit);
        act();
      };
      const fail = (error: unknown) => settle(() => reject(error));
      const exit = (code: number) => fail(new Error(`the reading thread ended with ${code}`));
      const hear = (message: FromReader) => {
        if (message.kind === 'end') return settle(() => resolve(message.read));
        if (message.kind === 'fault') return fail(new Error(message.message));
        try {
          onBatch(message.batch);
        } catch (error) {
          return fail(error);
        }
        Atomics.sub(this.waiting, 0, 1);
        Atomics.notify(this.waiting, 0);
      };
      this.worker.on('message', hear).on('error', fail).on('exit', exit);
      this.worker.postMessage({ file, digest } satisfies ToReader);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
