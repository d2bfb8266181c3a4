/** The attack matrix, two cases a cell (`npm run mutate` has a thousand), and that the matrix itself can fail. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXPECTED, outcomeOf } from './mutate/expected.ts';
import { ATTACKED_CHAINS, attackedProfile } from './mutate/profiles.ts';
import { type Cell, runProfile } from './mutate/run-cases.ts';
import { traitsOf } from './mutate/scene.ts';
import { CannotMakeError } from './support/made-chain.ts';

const CASES = 2;
/** Profiles that are signed or follow a protocol: their own tests attack them, and why is in the error. */
const NOT_MADE: ReadonlySet<string> = new Set([
  'acra',
  'did-webvh',
  'pangea',
  'plc',
  'privacyidea',
  'rksv',
  'saf-t-pt',
]);

describe('every attack comes out as the table says under', () => {
  for (const name of Object.keys(ATTACKED_CHAINS)) {
    test(name, () => {
      const cells = cellsOf(name);
      if (NOT_MADE.has(name)) return assert.equal(cells, undefined);
      assert.ok(cells !== undefined, 'a profile that is not made has to be listed');
      for (const { attack, misses } of cells) assert.deepEqual(misses, [], attack);
      const run = cells.filter(({ cases }) => cases > 0);
      assert.ok(run.length >= 12, `only ${run.length} attacks had a place`);
    });
  }
});

function cellsOf(name: string): Cell[] | undefined {
  try {
    return runProfile(attackedProfile(name), ATTACKED_CHAINS, CASES, 1);
  } catch (error) {
    if (error instanceof CannotMakeError) return undefined;
    throw error;
  }
}

describe('runProfile()', () => {
  test('misses what the verifier does not tell, and tells where', () => {
    const rows = EXPECTED['truncate tail'];
    const [cut] = rows.slice(-1);
    const before = cut!.outcome;
    try {
      Object.assign(cut!, { outcome: { kind: 'detected', codes: ['broken-link'] } });
      const [cell] = runProfile(attackedProfile('jcs'), ATTACKED_CHAINS, CASES, 1, ['truncate tail']);
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
      const [cell] = runProfile(attackedProfile('jcs'), ATTACKED_CHAINS, CASES, 1, ['reorder']);
      assert.equal(cell!.missed, CASES);
    } finally {
      Object.assign(row!, { outcome: before });
    }
  });
});
