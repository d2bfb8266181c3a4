/** Fuzzes the scanner kernel against its slow twin: `node --import tsx bench/fuzz-kernel.ts --minutes 10 --seed 1`. */
import { parseArgs } from 'node:util';
import { loadKernel } from '../src/read/kernel/load-kernel.ts';
import { KernelFuzz } from '../test/support/kernel-fuzz.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const kernel = loadKernel();
if (kernel === undefined) throw new Error('this machine cannot run the kernel');
// Syntax errors are half of the answers here; their stacks are never looked at.
Error.stackTraceLimit = 0;

const fuzz = new KernelFuzz(kernel, seed);
const began = performance.now();
const until = began + minutes * 60_000;
let slowest = 0;
while (performance.now() < until) {
  for (let left = 1000; left > 0; left--) {
    const stepBegan = performance.now();
    const problem = fuzz.step();
    slowest = Math.max(slowest, performance.now() - stepBegan);
    if (problem !== undefined) fail(problem);
  }
  if (fuzz.records % 100_000 === 0) {
    const problem = fuzz.memoryProblem();
    if (problem !== undefined) fail(problem);
  }
}
const problem = fuzz.memoryProblem();
if (problem !== undefined) fail(problem);
const seconds = (performance.now() - began) / 1000;
const share = ((fuzz.read / fuzz.records) * 100).toFixed(0);
console.log(
  `seed ${seed}: ${fuzz.records} records, ${fuzz.bytes} bytes, ${Math.round(fuzz.records / seconds)} records/s, ` +
    `${share} % read by the kernel, slowest ${slowest.toFixed(1)} ms, no disagreement`,
);

function fail(problem: string): never {
  console.error(`seed ${seed}: ${problem}`);
  process.exit(1);
}
