/** Of which teams the holders are: `cae 2, no team 1`. */
import { formatNumber, truncate } from '../../base/text-safety.ts';
import type { TeamHolders } from '../../model/report.ts';

/** Teams that are named, and characters of a name: a contract can list hundreds. */
const SHOWN = 10;
const MAX_NAME = 60;

export function describeTeams(teams: readonly TeamHolders[]): string {
  const named = teams
    .slice(0, SHOWN)
    .map(
      ({ team, holders }) =>
        `${team === null ? 'no team' : truncate(team, MAX_NAME)} ${formatNumber(holders)}`,
    );
  return [...named, ...(teams.length > SHOWN ? [`${formatNumber(teams.length - SHOWN)} more`] : [])].join(
    ', ',
  );
}
