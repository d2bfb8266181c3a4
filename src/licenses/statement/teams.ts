/** To which team of the contract somebody belongs, and how much each team has of a figure. */
import { compareText } from '../../base/text-safety.ts';
import type { TeamShare } from '../../model/license-figures.ts';
import { type Amount, toNumber } from '../contract/amount.ts';
import type { People } from '../contract/contract.ts';
import { compileTeams } from '../contract/people.ts';

export type TeamOf = (person: string) => string | null;

export function teamsOf(people: People): TeamOf {
  const teamOf = compileTeams(people);
  return (person) => teamOf(person) ?? null;
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
