/** The worker thread of `digest-thread.ts`: digests all bytes of the files it is ordered, and cuts what is new in them. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LineRange } from '../read/plain-bytes.ts';
import { cutTools } from './cut-tools.ts';
import type { DigestAnswer, DigestOrders } from './digest-thread.ts';
import { DigestedBytes, type DigestOrder, newRanges } from './digested-bytes.ts';
import { AlteredSince, StateRefusal } from './run-state.ts';

const { orders, sizes } = workerData as DigestOrders;
const tools = cutTools();

async function digest(order: DigestOrder): Promise<DigestAnswer> {
  const bytes = new DigestedBytes(order, tools);
  const ranges: LineRange[] = [];
  for await (const range of newRanges(order, sizes, tools, bytes.add)) ranges.push(range);
  return { digested: bytes.end(), ranges };
}

const answers: DigestAnswer[] = [];

async function digestAll(): Promise<void> {
  try {
    for (const order of orders) answers.push(await digest(order));
  } catch (error) {
    if (!(error instanceof StateRefusal)) throw error;
    answers.push({ refusal: { isAltered: error instanceof AlteredSince, message: error.message } });
  }
  parentPort!.postMessage(answers);
}

void digestAll();
