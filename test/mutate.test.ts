/** The attack matrix, a case a cell (`npm run mutate` has a thousand), its page, and that the matrix itself can fail. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { EXPECTED, outcomeOf } from './mutate/expected.ts';
import { matrixPage, rowOf } from './mutate/matrix.ts';
import { ATTACKED_CHAINS, attackedProfile } from './mutate/profiles.ts';
import { MADE_PROFILES, runAll } from './mutate/run-all.ts';
import { runProfile } from './mutate/run-cases.ts';
import { traitsOf } from './mutate/scene.ts';

const CASES = 1;
/** Profiles of which the form of a drifted writer is sought too; each search takes half a second. */
const NAMED: ReadonlySet<string> = new Set(['jcs', 'joined-fields', 'python-json']);
/** Protocols that nothing writes here: their own tests attack them. */
const NOT_MADE = ['pangea'];

describe('every attack comes out as the table says under', () => {
  for (const name of MADE_PROFILES) {
    test(name, async () => {
      const cells = await runAll(name, { cases: CASES, seed: 1, namesForm: NAMED.has(name) });
      for (const cell of cells) assert.deepEqual(cell.misses, [], rowOf(cell));
      const run = cells.filter(({ cases }) => cases > 0);
      assert.ok(run.length >= 9, `only ${run.length} attacks had a place`);
    });
  }
});

test('every profile is attacked but those that are listed', () => {
  const left = Object.keys(ATTACKED_CHAINS).filter((name) => !MADE_PROFILES.includes(name));
  assert.deepEqual(left, NOT_MADE);
});

test('docs/attack-matrix.md says what the matrix expects (npm run mutate -- --page writes it)', () => {
  const page = readFileSync(new URL('../docs/attack-matrix.md', import.meta.url), 'utf8');
  assert.equal(page, matrixPage());
});

test('returnBeginnings() gives a first record to its chain where the second was stripped', () => {
  // Logs that leave the previous hash of first records out, found among a thousand.
  for (const seed of [44, 65, 106, 110]) {
    const only = ['strip all integrity fields', 'strip own hash', 'strip previous hash'] as const;
    const cells = runProfile(attackedProfile('jcs'), ATTACKED_CHAINS, { cases: 5, seed, only });
    for (const cell of cells) assert.deepEqual(cell.misses, [], `${rowOf(cell)}, ${seed}`);
  }
});

describe('runProfile()', () => {
  const options = { cases: CASES, seed: 1 };

  test('misses what the verifier does not tell, and tells where', () => {
    const rows = EXPECTED['truncate tail'];
    const [cut] = rows.slice(-1);
    const before = cut!.outcome;
    try {
      Object.assign(cut!, { outcome: { kind: 'detected', codes: ['broken-link'] } });
      const only = ['truncate tail'] as const;
      const [cell] = runProfile(attackedProfile('jcs'), ATTACKED_CHAINS, { ...options, only });
      assert.equal(cell!.missed, CASES);
      assert.match(cell!.misses[0]!, /expected broken-link .*found nothing/);
    } finally {
      Object.assign(cut!, { outcome: before });
    }
  });

  test('misses a finding of another name than expected', () => {
    assert.equal(outcomeOf('reorder', traitsOf(attackedProfile('jcs'))).kind, 'detected');
    const rows = EXPECTED.reorder;
    const [row] = rows.slice(-1);
    const before = row!.outcome;
    try {
      Object.assign(row!, { outcome: { kind: 'detected', codes: ['forked-chain'] } });
      const only = ['reorder'] as const;
      const [cell] = runProfile(attackedProfile('jcs'), ATTACKED_CHAINS, { ...options, only });
      assert.equal(cell!.missed, CASES);
    } finally {
      Object.assign(row!, { outcome: before });
    }
  });

  test('misses a good log whose profile is not recognized', () => {
    const { jcs: _, ...others } = ATTACKED_CHAINS;
    const only = ['reorder'] as const;
    const [cell] = runProfile(attackedProfile('jcs'), others, { ...options, only, recognized: true });
    assert.match(cell!.misses[0]!, /the good log has .*/);
  });
});
