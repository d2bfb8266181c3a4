/** All passes over one profile: its attacks, a few with nobody naming the profile, flips in a compressed copy. Tests only. */
import { namesProtocol } from '../../src/chain/compile-protocol.ts';
import { PROTOCOL_MAKERS } from '../support/made-protocol.ts';
import { ATTACK_NAMES, type AttackName } from './attacks.ts';
import { FLIP, runFlips } from './compressed-flips.ts';
import { ATTACKED_CHAINS, attackedProfile } from './profiles.ts';
import { type Cell, type RunOptions, runProfile } from './run-cases.ts';
import { runProtocol } from './run-protocol.ts';

/** The profiles of which logs can be made: all but protocols without a writer. */
export const MADE_PROFILES: readonly string[] = Object.keys(ATTACKED_CHAINS).filter(
  (name) => Object.hasOwn(PROTOCOL_MAKERS, name) || !namesProtocol(ATTACKED_CHAINS[name]),
);

/** With them it is tried whether the verifier finds the profile by itself; the others differ in what they do to a chain, not to a profile. */
export const RECOGNIZED: readonly AttackName[] = [
  'modify hashed field',
  're-encode same value',
  'strip all integrity fields',
  'strip whole log',
  'delete middle',
  'insert foreign record',
  'reorder',
  'benign rotation',
];

/** Rows of the matrix. */
export const ROWS: readonly string[] = [
  ...ATTACK_NAMES,
  FLIP,
  ...RECOGNIZED.map((attack) => recognizedRow(attack)),
];

export function recognizedRow(attack: AttackName): string {
  return `${attack} (no profile named)`;
}

/** `cases` a cell. @param rows those of `ROWS` to run */
export async function runAll(
  name: string,
  options: RunOptions,
  rows: readonly string[] = ROWS,
): Promise<Cell[]> {
  const only = ATTACK_NAMES.filter((attack) => rows.includes(attack));
  const recognized = RECOGNIZED.filter((attack) => rows.includes(recognizedRow(attack)));
  const flips = rows.includes(FLIP) ? [await runFlips(name, options)] : [];
  if (Object.hasOwn(PROTOCOL_MAKERS, name))
    return [...runProtocol(name, ATTACKED_CHAINS, only, options), ...flips];
  const profile = attackedProfile(name);
  const named = runProfile(profile, ATTACKED_CHAINS, { ...options, only });
  const found = runProfile(profile, ATTACKED_CHAINS, {
    ...options,
    only: recognized,
    recognized: true,
    namesForm: false,
  });
  return [
    ...named,
    ...flips,
    ...found.map((cell) => ({ ...cell, row: recognizedRow(cell.attack as AttackName) })),
  ];
}
