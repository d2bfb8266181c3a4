/** What one event adds to a sum: its amount, no less than the measure's minimum, times the factor for its kind. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { compileGlob } from '../../base/glob.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { Adjustment, Measure } from '../contract/contract.ts';
import type { LicenseUse } from '../use/license-use.ts';
import { multiply } from './adjust.ts';
import type { DoubtReason } from './measure-fold.ts';

/** A check-in ends what its check-out began. An amount that it states may be said of the same use, or there alone. */
export function addsNothing({ count }: Measure, { kind, statesAmount, amount }: LicenseUse): boolean {
  return ENDS.has(kind) && (count.what !== 'sum' || !statesAmount || amount === 0n);
}

const ENDS: ReadonlySet<LicenseUse['kind']> = new Set(['close', 'revoke', 'assign']);

/** Why nothing bounds a sum whose corrections exceed what they correct. */
export const MORE_TAKEN_BACK =
  'corrections take back more than the log says was used, so use is missing from it';

/** Why the amount of an event is possible and not proven. */
export function openReason({ kind, isSecond, featureless }: LicenseUse): DoubtReason | undefined {
  if (isSecond) return 'second';
  if (featureless) return 'featureless';
  if (kind === 'revoke') return 'taken';
  return kind === 'close' ? 'checkin' : undefined;
}

/** Undefined amount: nobody can tell, because of `doubt`. */
export function eventAmount(
  { count, adjust, eachAtLeast }: Measure,
  use: LicenseUse,
): { amount: Amount | undefined; doubt?: DoubtReason } {
  if (count.what === 'events') return { amount: ONE };
  if (use.amount === undefined) return { amount: undefined, doubt: 'amount' };
  // A correction is no use: to raise it to the minimum would turn it into one.
  const isLess = eachAtLeast !== undefined && use.amount >= 0n && use.amount < eachAtLeast;
  const amount = isLess ? eachAtLeast : use.amount;
  if (!('by' in count) || count.by === undefined) return { amount };
  const factor = factorOf(adjust, use.group);
  return factor === undefined ? { amount: undefined, doubt: 'factor' } : { amount: multiply(amount, factor) };
}

const choosers = new WeakMap<Adjustment, (group: string) => number>();

/** The factor of the first pattern that fits the value of the measure's `by`, in any case of letters. */
export function factorOf(adjust: Adjustment, group: string | undefined): Amount | undefined {
  return adjust.factors?.[rankOf(adjust, group)]?.factor;
}

/** Where that pattern stands; -1: none fits. */
export function rankOf(adjust: Adjustment, group: string | undefined): number {
  let choose = choosers.get(adjust);
  if (choose === undefined) {
    const patterns = (adjust.factors ?? []).map(({ pattern }) => compileGlob(pattern.toLowerCase()));
    const known = new Map<string, number>();
    choose = (value) => {
      if (known.size > MAX_REMEMBERED) known.clear();
      return getOrCreate(known, value, () => patterns.findIndex((holds) => holds(value.toLowerCase())));
    };
    choosers.set(adjust, choose);
  }
  return choose(group ?? '');
}

/** A log that makes up kinds must not fill the memory. */
const MAX_REMEMBERED = 10_000;
