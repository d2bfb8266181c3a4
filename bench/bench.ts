/**
 * `npm run bench [-- --events 1000000 --runs 5]`: `verify` with everything on, beside its peers, in one run, in turn.
 * Prints medians and ratios; it is no timed test.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeEvents } from './generate.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = path.join(ROOT, '.cache', 'bench');
const POLL_MS = 20;

type Peer = { name: string; command: string[]; memory: boolean };
type Sample = { seconds: number; peakMiB: number };

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '5' } },
});
const events = Number(values.events);
const runs = Number(values.runs);
fs.mkdirSync(CACHE, { recursive: true });
const file = path.join(CACHE, `chained-${events}.ndjson`);
writeEvents(file, events);
const bytes = fs.statSync(file).size;

const tsx = ['--import', 'tsx'];
const contract = path.join(ROOT, 'bench', 'contract.yaml');
const peers: Peer[] = [
  {
    name: 'floor: read + JSON.parse + SHA-256 per line',
    command: [process.execPath, ...tsx, 'bench/floor.ts', file],
    memory: true,
  },
  {
    name: 'audit-check verify (schema, chain, rules, seats)',
    command: [
      process.execPath,
      'bin/audit-check.js',
      'verify',
      '--no-config',
      '--quiet',
      '--licenses',
      contract,
      file,
    ],
    memory: true,
  },
  {
    name: 'jq, one filter',
    command: ['jq', '-c', 'select(.action == "role.grant" and .outcome == "failure")', file],
    memory: true,
  },
];

const samples = new Map<string, Sample[]>();
for (let run = 0; run < runs; run++) {
  for (const peer of peers) {
    const sample = await measure(peer.command);
    if (sample !== undefined) samples.set(peer.name, [...(samples.get(peer.name) ?? []), sample]);
  }
}
print();

async function measure([command, ...args]: string[]): Promise<Sample | undefined> {
  const started = process.hrtime.bigint();
  const child = spawn(command!, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  let peakKiB = 0;
  const poll = setInterval(() => {
    peakKiB = Math.max(peakKiB, residentPeak(child.pid));
  }, POLL_MS);
  const status = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  clearInterval(poll);
  if (status === null) {
    console.error(`${command} is not on this machine and is left out`);
    return undefined;
  }
  if (status > 1) throw new Error(`${[command, ...args].join(' ')} exited with ${status}`);
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, peakMiB: peakKiB / 1024 };
}

/** The kernel's own high-water mark; Linux only, 0 elsewhere. */
function residentPeak(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function print(): void {
  const floor = median(samples.get(peers[0]!.name)!.map(({ seconds }) => seconds));
  console.log(
    `${events} chained audit events, ${(bytes / 1e6).toFixed(0)} MB, medians of ${runs} runs, Node ${process.version}\n`,
  );
  console.log(
    `${'what'.padEnd(52)}${'seconds'.padStart(9)}${'events/s'.padStart(12)}${'of floor'.padStart(10)}${'peak MiB'.padStart(10)}`,
  );
  for (const { name } of peers) {
    const own = samples.get(name);
    if (own === undefined) continue;
    const seconds = median(own.map((each) => each.seconds));
    const peak = median(own.map((each) => each.peakMiB));
    const cells = [
      seconds.toFixed(2).padStart(9),
      Math.round(events / seconds)
        .toString()
        .padStart(12),
      (seconds / floor).toFixed(2).padStart(10),
      peak.toFixed(0).padStart(10),
    ];
    console.log(`${name.padEnd(52)}${cells.join('')}`);
  }
}
