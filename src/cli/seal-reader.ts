/** The worker thread of `seal-thread.ts`: reads files into leaves while the thread of the command folds them into the tree. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { LeafBatch } from '../transparency/follow-file.ts';
import { HASH_BYTES } from '../transparency/tree-hash.ts';
import { type Framing, LeafReader } from './seal-leaves.ts';
import type { FromReader, ToReader } from './seal-thread.ts';

const { framing, waiting } = workerData as { framing: Framing; waiting: SharedArrayBuffer };
const counter = new Int32Array(waiting);
const reader = new LeafReader(framing);
const port = parentPort as MessagePort;

/** Batches that may lie with the other thread: 4 MB. */
const MAX_WAITING = 16;

function send(batch: LeafBatch): void {
  for (let lying = Atomics.load(counter, 0); lying >= MAX_WAITING; lying = Atomics.load(counter, 0))
    Atomics.wait(counter, 0, lying);
  Atomics.add(counter, 0, 1);
  const { count } = batch;
  const hashes = batch.hashes.slice(0, count * HASH_BYTES);
  const [lines, offsets, lengths] = [batch.lines, batch.offsets, batch.lengths].map((each) =>
    each.slice(0, count),
  );
  const copy = {
    count,
    hashes: Uint8Array.from(hashes),
    lines: lines!,
    offsets: offsets!,
    lengths: lengths!,
  };
  port.postMessage({ kind: 'batch', batch: copy } satisfies FromReader, [
    ...[copy.hashes, copy.lines, copy.offsets, copy.lengths].map(({ buffer }) => buffer as ArrayBuffer),
  ]);
}

port.on('message', async ({ file, digest }: ToReader) => {
  try {
    const read = await reader.read(file, send, digest);
    port.postMessage({ kind: 'end', read } satisfies FromReader);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    port.postMessage({ kind: 'fault', message } satisfies FromReader);
  }
});
