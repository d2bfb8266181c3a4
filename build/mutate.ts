/**
 * `npm run mutate`: the kill matrix. Every attack on good logs of every chain profile, and what came of it; exit 1 on any miss.
 * `--cases N` a cell (1,000 by default), `--seed N`, `--threads N`, `--profile NAME` and `--attack NAME`, each repeatable;
 * `--page` writes docs/attack-matrix.md, and runs nothing.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { drawMatrix, KEY, letterOf, matrixPage, rowOf, wordsOf } from '../test/mutate/matrix.ts';
import { MADE_PROFILES, ROWS } from '../test/mutate/run-all.ts';
import type { Cell } from '../test/mutate/run-cases.ts';
import type { MutateAnswer, MutateTask } from '../test/mutate/worker.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(os.availableParallelism()) },
    profile: { type: 'string', multiple: true, default: [...MADE_PROFILES] },
    attack: { type: 'string', multiple: true, default: [...ROWS] },
    page: { type: 'boolean', default: false },
  },
});

/** CPU seconds of one profile: what starting costs, and a case of every cell (measured: 0.05 to 0.4, most under 0.1). */
const SECONDS = { start: 0.5, case: 0.1 };

const say = (line: string) => process.stdout.write(`${line}\n`);
const tell = (line: string) => process.stderr.write(`${line}\n`);

if (values.page) {
  writeFileSync(new URL('../docs/attack-matrix.md', import.meta.url), matrixPage());
} else {
  process.exitCode = await run();
}

async function run(): Promise<number> {
  const [cases, seed, threads] = (['cases', 'seed', 'threads'] as const).map((name) =>
    positive(name, values[name]),
  ) as [number, number, number];
  const unknown = [
    ...values.profile.filter((name) => !MADE_PROFILES.includes(name)),
    ...values.attack.filter((name) => !ROWS.includes(name)),
  ];
  if (unknown.length > 0) {
    tell(`no profile or attack is called ${unknown.join(', ')}`);
    process.exit(2);
  }
  const rows = ROWS.filter((row) => values.attack.includes(row));
  const share = rows.length / ROWS.length;
  const guess = (values.profile.length * (SECONDS.start + SECONDS.case * cases * share)) / threads;
  tell(`about ${minutes(guess)} on ${threads} threads`);
  const started = performance.now();
  const tasks = values.profile.map((profile): MutateTask => ({ profile, cases, seed, rows }));
  const answers = await spread(tasks, threads);
  const cells = values.profile.flatMap((name) => answers.find(({ profile }) => profile === name)!.cells);
  for (const line of drawMatrix(cells, rows)) say(line);
  say('');
  for (const line of KEY) say(line);
  say('');
  for (const [index, row] of rows.entries())
    sayRow(
      index + 1,
      row,
      cells.filter((cell) => rowOf(cell) === row),
    );
  const sum = (pick: (cell: Cell) => number) => cells.reduce((total, cell) => total + pick(cell), 0);
  const missed = sum((cell) => cell.missed);
  const cpu = answers.reduce((total, { seconds }) => total + seconds, 0);
  const seconds = (performance.now() - started) / 1000;
  say(
    `\n${answers.length} profiles × ${rows.length} attacks, ${sum((cell) => cell.cases)} cases in ${minutes(seconds)} (${cpu.toFixed(0)} s of CPU), ${missed} missed`,
  );
  return missed > 0 ? 1 : 0;
}

/** Counts, and which codes told of it; profiles only where there is something to look at. */
function sayRow(number: number, row: string, cells: readonly Cell[]): void {
  const kinds = new Map<string, { cells: number; cases: number }>();
  for (const cell of cells) {
    const letter = letterOf(cell);
    const known = kinds.get(letter) ?? { cells: 0, cases: 0 };
    kinds.set(letter, { cells: known.cells + 1, cases: known.cases + cell.cases });
  }
  const counts = [...kinds]
    .sort(([left], [right]) => (left < right ? 1 : -1))
    .map(([letter, known]) => `${letter} ${known.cells}${known.cases > 0 ? ` (${known.cases} cases)` : ''}`);
  const told = new Map<string, number>();
  for (const cell of cells) {
    if (cell.outcome.kind !== 'detected') continue;
    for (const code of cell.outcome.codes)
      if (cell.told.has(code)) told.set(code, (told.get(code) ?? 0) + cell.told.get(code)!);
  }
  const codes = [...told].map(([code, times]) => `${code} ${times}`).join(', ');
  say(
    `${String(number).padStart(2)}  ${row}: ${counts.join(', ')}${codes === '' ? '' : `; told as ${codes}`}`,
  );
  const reasons = new Set(cells.filter((cell) => letterOf(cell) === '.').map(wordsOf));
  for (const reason of reasons) say(`      . ${reason}`);
  for (const { profile, misses } of cells) for (const text of misses) say(`      ! ${profile}: ${text}`);
}

/** Each thread takes the next profile when it is done with one. */
async function spread(tasks: MutateTask[], threads: number): Promise<MutateAnswer[]> {
  const waiting = [...tasks];
  const answers: MutateAnswer[] = [];
  const started = performance.now();
  const work = async () => {
    const worker = new Worker(new URL('../test/mutate/worker.mjs', import.meta.url));
    try {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        answers.push(await ask(worker, task));
        const passed = (performance.now() - started) / 1000;
        const left = (passed / answers.length) * (tasks.length - answers.length);
        tell(`${answers.length} of ${tasks.length} (${task.profile}), about ${minutes(left)} left`);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return answers;
}

function ask(worker: Worker, task: MutateTask): Promise<MutateAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: MutateAnswer) => {
      worker.off('error', reject);
      resolve(answer);
    });
    worker.postMessage(task);
  });
}

function minutes(seconds: number): string {
  return seconds < 100 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  tell(`--${name}: expected a whole number above 0, found ${text}`);
  process.exit(2);
}
