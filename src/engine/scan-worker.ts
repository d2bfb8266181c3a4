/** The worker thread: compiles the plan once, scans the tasks it is sent, sends their parts back. */
import { parentPort, workerData } from 'node:worker_threads';
import { TemporaryRuns } from '../read/temporary-runs.ts';
import { tryDigests } from './executor.ts';
import { identityTransfers } from './identity-rows.ts';
import { markTransfers } from './mark-rows.ts';
import { compilePlan, Programs } from './plan.ts';
import { PartScanner, type RowParts } from './scan-part.ts';
import type { FromWorker, ToWorker, WorkerOrders } from './worker-pool.ts';

/** Between two words about progress: some 30 a second. */
const PROGRESS_BYTES = 8 * 1024 * 1024;

const port = parentPort!;
const { request, files, runs } = workerData as WorkerOrders;
const plan = compilePlan(request);

function send(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...transfer]);
}

let bytes = 0;
let records = 0;

const scanner = new PartScanner(
  plan,
  new Programs(plan),
  files,
  new TemporaryRuns(runs),
  (rows: RowParts) =>
    send(
      { kind: 'rows', rows },
      'marks' in rows ? markTransfers(rows.marks) : identityTransfers(rows.identities),
    ),
  (step) => {
    bytes += step.bytes;
    records += step.records;
    if (bytes < PROGRESS_BYTES) return;
    send({ kind: 'progress', bytes, records, file: step.file });
    bytes = 0;
    records = 0;
  },
);

/** Tasks are scanned one after another: a file that is read asynchronously must not let the next one in. */
let work: Promise<void> = Promise.resolve();

port.on('message', (message: ToWorker) => {
  work = work.then(async () => {
    try {
      switch (message.kind) {
        case 'digest': {
          const digests = tryDigests(message.file, message.offsets);
          send({ kind: 'digests', number: message.number, digests });
          break;
        }
        case 'scan':
          send({ kind: 'part', number: message.number, part: await scanner.scan(message.task) });
          break;
        case 'flush':
          scanner.flush();
          send({ kind: 'flushed' });
      }
    } catch (error) {
      const { message: words, stack } = error instanceof Error ? error : new Error(String(error));
      send({ kind: 'fault', message: words, stack });
    }
  });
});
