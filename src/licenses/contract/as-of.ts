/** A contract as it stood on a day: amendments of later days were not there. */
import type { Instant } from '../../base/instant.ts';
import { type LocalDate, startOfDay } from '../../base/time-zone.ts';
import type { Contract } from './contract.ts';

/** `until`: the end of the day in the contract's zone, beyond which such a contract says nothing. `left`: entries left out. */
export function contractAsOf(
  contract: Contract,
  date: LocalDate,
): { contract: Contract; until: Instant; left: number } {
  const { year, month, day } = date;
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  const until = startOfDay(
    { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() },
    contract.timezone,
  );
  let left = 0;
  const licenses = contract.licenses.map((license) => {
    const quantity = license.quantity.filter(({ from }) => from.instant < until);
    left += license.quantity.length - quantity.length;
    return { ...license, quantity };
  });
  return { contract: { ...contract, licenses }, until, left };
}
