/** A thread of `npm run mutate`: runs one profile at a time and sends its cells back. Tests only. */
import { parentPort } from 'node:worker_threads';
import { runAll } from './run-all.ts';
import type { Cell } from './run-cases.ts';

export type MutateTask = { profile: string; cases: number; seed: number; rows: readonly string[] };
/** `seconds` of CPU of the whole process: the sum over threads is an upper bound. */
export type MutateAnswer = { profile: string; cells: Cell[]; seconds: number };

parentPort!.on('message', async ({ profile, cases, seed, rows }: MutateTask) => {
  const started = process.cpuUsage();
  const cells = await runAll(profile, { cases, seed }, rows);
  const { user, system } = process.cpuUsage(started);
  parentPort!.postMessage({ profile, cells, seconds: (user + system) / 1e6 } satisfies MutateAnswer);
});
