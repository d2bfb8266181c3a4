/** The worker thread: compiles the plan it is ordered once, scans the tasks it is sent, sends their parts back, judges its share. */
import { deserialize } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { refusalOf } from '../base/system-error.ts';
import { TemporaryRuns } from '../read/temporary-runs.ts';
import { identityTransfers } from './identity-rows.ts';
import { type Judged, judgeShare } from './judge-share.ts';
import { compilePlan, type Plan, Programs } from './plan.ts';
import { PartScanner, type RowParts } from './scan-part.ts';
import type { FromWorker, ToWorker, WorkerOrders } from './worker-pool.ts';

/** Between two words about progress: some 30 a second. */
const PROGRESS_BYTES = 8 * 1024 * 1024;

const port = parentPort!;

function send(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...transfer]);
}

function sendRows(rows: RowParts): void {
  send(
    { kind: 'rows', rows },
    // Marks lie in memory that threads share.
    'marks' in rows ? [] : identityTransfers(rows.identities),
  );
}

function createScanner(plan: Plan, { files, runs }: WorkerOrders): PartScanner {
  let bytes = 0;
  let records = 0;
  return new PartScanner(plan, new Programs(plan), files, new TemporaryRuns(runs), sendRows, (step) => {
    bytes += step.bytes;
    records += step.records;
    if (bytes < PROGRESS_BYTES) return;
    send({ kind: 'progress', bytes, records, file: step.file });
    bytes = 0;
    records = 0;
  });
}

function sendJudged(judged: Judged[]): void {
  send({ kind: 'judged', judged });
}

let plan: Plan | undefined;
let scanner: PartScanner | undefined;

function begin(orders: WorkerOrders): void {
  plan = compilePlan(orders.request);
  scanner = createScanner(plan, orders);
}

async function obey(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'orders':
      begin(deserialize(message.orders) as WorkerOrders);
      break;
    case 'scan':
      send({ kind: 'part', number: message.number, part: await scanner!.scan(message.task) });
      break;
    case 'flush':
      scanner?.flush();
      send({ kind: 'flushed' });
      break;
    case 'judge': {
      // Its memory may go: nothing is scanned any more.
      scanner = undefined;
      const { judged, ...share } = judgeShare(plan!, message.order, sendJudged);
      sendJudged(judged);
      send({ kind: 'share', share: { ...share, judged: [] } });
    }
  }
}

/** One after another: a file that is read asynchronously must not let the next task in. */
let work: Promise<void> = Promise.resolve();

port.on('message', (message: ToWorker) => {
  work = work.then(async () => {
    try {
      await obey(message);
    } catch (error) {
      const refusal = refusalOf(error);
      const { message: words, stack } =
        refusal ?? (error instanceof Error ? error : new Error(String(error)));
      send({ kind: 'fault', message: words, stack, isRefusal: refusal !== undefined });
    }
  });
});
