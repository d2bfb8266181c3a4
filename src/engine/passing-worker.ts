/** The worker thread of `passing-thread.ts`: all bytes of the files it is ordered pass by it, and what is new in them is cut. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LineRange } from '../read/plain-bytes.ts';
import { cutTools } from './cut-tools.ts';
import { newRanges, PassedBytes, type PassOrder } from './passed-bytes.ts';
import type { PassAnswer, PassOrders } from './passing-thread.ts';
import { AlteredSince, StateRefusal } from './run-state.ts';

const { orders, sizes } = workerData as PassOrders;
const tools = cutTools();

async function pass(order: PassOrder): Promise<PassAnswer> {
  const bytes = new PassedBytes(order, tools);
  const ranges: LineRange[] = [];
  for await (const range of newRanges(order, sizes, tools, bytes.add)) ranges.push(range);
  return { passed: bytes.end(), ranges };
}

const answers: PassAnswer[] = [];

async function passAll(): Promise<void> {
  try {
    for (const order of orders) answers.push(await pass(order));
  } catch (error) {
    if (!(error instanceof StateRefusal)) throw error;
    answers.push({ refusal: { isAltered: error instanceof AlteredSince, message: error.message } });
  }
  parentPort!.postMessage(answers);
}

void passAll();
