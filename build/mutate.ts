/**
 * `npm run mutate`: the kill matrix. Every attack on good logs of every chain profile, and what came of it; exit 1 on any miss.
 * `--cases N` for each cell (1,000 by default), `--seed N`, and `--profile NAME` or `--attack NAME`, each repeatable.
 */
import { parseArgs } from 'node:util';
import { ATTACK_NAMES } from '../test/mutate/attacks.ts';
import { ATTACKED_CHAINS, attackedProfile } from '../test/mutate/profiles.ts';
import { type Cell, runProfile } from '../test/mutate/run-cases.ts';
import { CannotMakeError } from '../test/support/made-chain.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', multiple: true, default: Object.keys(ATTACKED_CHAINS) },
    attack: { type: 'string', multiple: true, default: [...ATTACK_NAMES] },
  },
});

const WIDTH = 30;
const say = (line: string) => process.stdout.write(`${line}\n`);
const started = performance.now();
const cases = positive('cases', values.cases);
const seed = positive('seed', values.seed);
const attacks = ATTACK_NAMES.filter((name) => values.attack.includes(name));
const unknown = [
  ...values.profile.filter((name) => !Object.hasOwn(ATTACKED_CHAINS, name)),
  ...values.attack.filter((name) => !ATTACK_NAMES.includes(name as never)),
];
if (unknown.length > 0) {
  process.stderr.write(`no profile or attack is called ${unknown.join(', ')}\n`);
  process.exit(2);
}
const cells: Cell[] = [];
const notMade: string[] = [];
for (const name of values.profile) {
  try {
    cells.push(...runProfile(attackedProfile(name), ATTACKED_CHAINS, cases, seed, attacks));
  } catch (error) {
    if (!(error instanceof CannotMakeError)) throw error;
    notMade.push(error.message);
  }
}

for (const attack of attacks) {
  say(`\n${attack}`);
  for (const [words, profiles] of grouped(cells.filter((cell) => cell.attack === attack))) {
    say(`  ${words}`);
    say(`${' '.repeat(WIDTH)}${profiles.join(', ')}`);
  }
  for (const { profile, misses } of cells.filter((cell) => cell.attack === attack && cell.missed > 0))
    for (const text of misses) say(`  MISSED ${profile}: ${text}`);
}
if (notMade.length > 0) say(`\nnot made by the generic writer\n  ${notMade.join('\n  ')}`);
const missed = sum(({ missed: some }) => some);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
say(
  `\n${new Set(cells.map(({ profile }) => profile)).size} profiles × ${attacks.length} attacks, ${sum(({ cases: some }) => some)} cases in ${seconds} s, ${missed} missed`,
);
process.exitCode = missed > 0 ? 1 : 0;

/** Profiles for which the same came of an attack stand together. */
function grouped(some: readonly Cell[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const cell of some) {
    const words = describe(cell);
    const amount = cell.cases > 0 ? ` ${cell.cases - cell.missed}/${cell.cases}` : '';
    const known = groups.get(words) ?? [];
    groups.set(words, known);
    known.push(cell.profile + amount);
  }
  return groups;
}

function describe({ outcome, cases: run, reason, told }: Cell): string {
  if (outcome.kind === 'not-applicable' || run === 0) return `${'not applicable'.padEnd(WIDTH - 2)}${reason}`;
  if (outcome.kind === 'anchor') return 'silent and said in the limits; shown by an anchor';
  if (outcome.kind === 'quiet') return 'no alarm';
  const codes = [...told.keys()].filter((code) => outcome.codes.includes(code)).sort();
  return `detected as ${codes.join(' or ') || 'nothing'}`;
}

function sum(pick: (cell: Cell) => number): number {
  return cells.reduce((total, cell) => total + pick(cell), 0);
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  process.stderr.write(`--${name}: expected a whole number above 0, found ${text}\n`);
  process.exit(2);
}
