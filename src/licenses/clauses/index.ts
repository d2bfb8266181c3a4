/**
 * The clauses that watch the use of a license, besides its quantity: one line each, in the order of what they find. A new
 * one has a file of its own beside these. What changes the verdict of a period (overage, rollover) is in period-verdicts.ts.
 */
import type { Judgement } from '../../model/relation.ts';
import type { Contract, License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import type { UseWatcher } from '../use/use-watcher.ts';
import { CountryUse } from './country-use.ts';
import { DeviceUse } from './device-use.ts';
import { LateUse } from './late-use.ts';
import { Reservations } from './reservations.ts';

type Terms = { contract: Contract; license: License; segments: readonly Segment[] };

/** Undefined where the contract says nothing of the kind. */
type Clause = (terms: Terms) => UseWatcher | undefined;

const CLAUSES: readonly Clause[] = [
  ({ license, segments }) => license.devices && new DeviceUse(license, license.devices, segments),
  ({ license }) => license.countries && new CountryUse(license, license.countries),
  ({ contract, license, segments }) =>
    license.late && new LateUse(license, license.late, segments, contract.timezone),
  ({ contract, license, segments }) =>
    license.reserve.length > 0 ? new Reservations(contract, license, segments) : undefined,
];

export function startWatchers(terms: Terms): UseWatcher[] {
  return CLAUSES.flatMap((start) => start(terms) ?? []);
}

/** The verdict of a period, with what the watchers that have finished know of it. */
export function withCommitted(judgement: Judgement, watchers: readonly UseWatcher[]): Judgement {
  const { usage } = judgement;
  if (usage === undefined) return judgement;
  let told = usage;
  for (const watcher of watchers) {
    const committed = watcher.committedIn?.(usage.period);
    if (committed === undefined) continue;
    const reason = told.reason === undefined ? committed.words : `${told.reason}; ${committed.words}`;
    told = { ...told, committed: committed.amount, reason };
  }
  return told === usage ? judgement : { ...judgement, usage: told };
}
