/** Runs commands as child processes, in turn, and takes their time, processor time and peak memory. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { ROOT } from './places.ts';

const POLL_MS = 20;
/** Linux counts processor time in hundredths of a second whatever the kernel's own tick is (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
/** Of what a command says on its standard streams; more is cut off. */
const MAX_SAID = 64 * 1024;

/** What is measured. `events` and `bytes` are of its input. */
export type Command = {
  name: string;
  argv: string[];
  events: number;
  bytes: number;
  /** Runs before each sample, outside the measured time. */
  prepare?: () => void;
  /** Says what is wrong with what the command said, if anything: a fast wrong answer is none. */
  refuse?: (said: string) => string | undefined;
};

/** Medians of one command. `peakMB` is the high-water mark of resident memory, 10^6 bytes; 0 where it is not known. */
export type Row = {
  name: string;
  events: number;
  bytes: number;
  seconds: number;
  cpuSeconds: number;
  peakMB: number;
  /** In the order in which they ran. */
  samples: Sample[];
};

type Sample = { seconds: number; cpuSeconds: number; peakMB: number };

/**
 * Each command once, and again, until each has run `runs` times: what else the machine does meets all of them alike.
 * A program that is not on this machine is left out.
 * @throws when a command fails, or its answer is refused
 */
export async function measureInTurn(commands: readonly Command[], runs: number): Promise<Map<string, Row>> {
  const samples = new Map<string, Sample[]>();
  const absent = new Set<string>();
  for (let run = 0; run < runs; run++) {
    for (const command of commands) {
      if (absent.has(command.name)) continue;
      process.stderr.write(`run ${run + 1} of ${runs}: ${command.name}\n`);
      command.prepare?.();
      const sample = await measure(command);
      if (sample === undefined) absent.add(command.name);
      else samples.set(command.name, [...(samples.get(command.name) ?? []), sample]);
    }
  }
  const rows = new Map<string, Row>();
  for (const { name, events, bytes } of commands) {
    const own = samples.get(name);
    if (own === undefined) continue;
    const seconds = median(own.map((sample) => sample.seconds));
    const cpuSeconds = median(own.map((sample) => sample.cpuSeconds));
    const peakMB = median(own.map((sample) => sample.peakMB));
    rows.set(name, { name, events, bytes, seconds, cpuSeconds, peakMB, samples: own });
  }
  return rows;
}

async function measure({ name, argv, refuse }: Command): Promise<Sample | undefined> {
  const [program, ...args] = argv;
  const started = process.hrtime.bigint();
  const child = spawn(program!, args, {
    cwd: ROOT,
    // Nobody reads a thing from a program that is not judged by it: a pipe costs both sides.
    stdio: ['ignore', refuse === undefined ? 'ignore' : 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer) => {
    if (said.length < MAX_SAID) said += chunk.toString('utf8');
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  let peakBytes = 0;
  let cpuSeconds = 0;
  // Both only grow, so the last look before the end is the right one, at most POLL_MS old.
  const poll = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentPeak(child.pid));
    cpuSeconds = Math.max(cpuSeconds, processorTime(child.pid));
  }, POLL_MS);
  let ended = started;
  child.on('exit', () => {
    ended = process.hrtime.bigint();
  });
  const status = await new Promise<number | 'absent' | null>((resolve) => {
    child.on('error', () => resolve('absent'));
    child.on('close', resolve);
  });
  clearInterval(poll);
  if (status === 'absent') {
    process.stderr.write(`${program} is not on this machine and is left out\n`);
    return undefined;
  }
  // 1 is "findings", and jq's and grep's "nothing matched".
  const wrong = status === 0 || status === 1 ? refuse?.(said) : `it exited with ${status}`;
  if (wrong !== undefined) throw new Error(`${name}: ${wrong}\n${argv.join(' ')}\n${said}`);
  return { seconds: Number(ended - started) / 1e9, cpuSeconds, peakMB: peakBytes / 1e6 };
}

/** The kernel's own high-water mark, bytes; Linux only, 0 elsewhere. */
function residentPeak(pid: number | undefined): number {
  const kiB = /VmHWM:\s+(\d+)/.exec(readProcess(pid, 'status'))?.[1];
  return Number(kiB ?? 0) * 1024;
}

/** User and system time of all threads, seconds; Linux only, 0 elsewhere. */
function processorTime(pid: number | undefined): number {
  // The second field is the program's name in parentheses and may hold anything; user and system time are 14 and 15.
  const fields = readProcess(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

function readProcess(pid: number | undefined, name: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

/** Of an even count, the lower of the two in the middle. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1]!;
}

/** What the numbers depend on, and no date: `Node v20.20.2, 2 cores (AMD EPYC), 25 GB, linux x64 …`. */
export function describeMachine(): string {
  const cpus = os.cpus();
  const memory = (os.totalmem() / 1e9).toFixed(0);
  const model = cpus[0]?.model.trim() ?? 'unknown';
  return `Node ${process.version}, ${cpus.length} cores (${model}), ${memory} GB of memory, ${os.type()} ${os.release()} ${os.arch()}`;
}
