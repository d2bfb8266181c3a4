/** To which team of the contract somebody belongs, and how much each team has of a figure. */
import { compileGlob } from '../../base/glob.ts';
import { compareText } from '../../base/text-safety.ts';
import type { TeamShare } from '../../model/license-figures.ts';
import { type Amount, toNumber } from '../amount.ts';
import type { People } from '../contract.ts';

/** A log that makes up names must not fill the memory. */
const MAX_REMEMBERED = 50_000;

export type TeamOf = (person: string) => string | null;

/** Names are compared in lower case, as people are. */
export function compileTeams({ teams = [] }: People): TeamOf {
  const tests = teams.flatMap(({ team, match }) =>
    match.map((pattern) => ({ team, holds: compileGlob(pattern.trim().toLowerCase()) })),
  );
  const known = new Map<string, string | null>();
  return (person) => {
    let team = known.get(person);
    if (team === undefined) {
      const folded = person.toLowerCase();
      team = tests.find(({ holds }) => holds(folded))?.team ?? null;
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(person, team);
    }
    return team;
  };
}

/** The largest share first; those of no team last. */
export function toShares(amounts: ReadonlyMap<string | null, Amount>): TeamShare[] {
  return [...amounts]
    .filter(([, amount]) => amount !== 0n)
    .sort(([a, left], [b, right]) => {
      if ((a === null) !== (b === null)) return a === null ? 1 : -1;
      return left === right ? compareText(a ?? '', b ?? '') : left > right ? -1 : 1;
    })
    .map(([team, amount]) => ({ team, amount: toNumber(amount) }));
}
