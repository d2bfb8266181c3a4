/** `npm run mutate`: every attack on good logs of every chain profile, and what came of it. `--cases N` for each cell. */
import { parseArgs } from 'node:util';
import { compileProfile } from '../src/chain/compile-profile.ts';
import { SHIPPED_CHAINS } from '../test/chain/shipped-chains.ts';
import { ATTACK_NAMES, type AttackName } from '../test/mutate/attacks.ts';
import { type Cell, runProfile } from '../test/mutate/run-cases.ts';
import { CannotMakeError } from '../test/support/made-chain.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', multiple: true },
    attack: { type: 'string', multiple: true },
  },
});

const cases = Number(values.cases);
const profiles = Object.keys(SHIPPED_CHAINS).filter((name) => values.profile?.includes(name) ?? true);
const attacks = ATTACK_NAMES.filter((name) => values.attack?.includes(name) ?? true);
const cells: Cell[] = [];
const started = performance.now();

for (const name of profiles) {
  const profile = compileProfile(name, SHIPPED_CHAINS[name], (path, message) => {
    throw new Error(`${name}: ${path.join('.')}: ${message}`);
  })!;
  try {
    cells.push(...runProfile(profile, SHIPPED_CHAINS, cases, Number(values.seed), attacks as AttackName[]));
  } catch (error) {
    if (!(error instanceof CannotMakeError)) throw error;
    process.stdout.write(`not made: ${error.message}\n`);
  }
}

for (const attack of attacks) {
  process.stdout.write(`\n${attack}\n`);
  for (const cell of cells.filter((each) => each.attack === attack)) {
    const told = [...cell.told].map(([code, amount]) => `${code} ${amount}`).join(', ') || 'nothing said';
    const words =
      cell.outcome.kind === 'not-applicable' || cell.cases === 0
        ? `not applicable: ${cell.reason}`
        : `${cell.cases} cases, ${cell.outcome.kind}: ${told}`;
    process.stdout.write(`  ${cell.missed > 0 ? 'MISS' : 'ok  '} ${cell.profile.padEnd(24)} ${words}\n`);
    for (const text of cell.misses) process.stdout.write(`       ${text}\n`);
  }
}
const missed = cells.reduce((sum, cell) => sum + cell.missed, 0);
const run = cells.reduce((sum, cell) => sum + cell.cases, 0);
process.stdout.write(
  `\n${run} cases in ${((performance.now() - started) / 1000).toFixed(1)} s, ${missed} missed\n`,
);
process.exitCode = missed > 0 ? 1 : 0;
