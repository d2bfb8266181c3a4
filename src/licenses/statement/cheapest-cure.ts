/** The cheapest way to need no more than the quantity in force: what costs nothing goes before what has to be bought. */
import type { Instant } from '../../base/instant.ts';
import type { Cure, TrueUpFigures } from '../../model/license-figures.ts';
import { type Amount, formatAmount, ONE, roundUp, toNumber } from '../contract/amount.ts';
import type { Cost, License } from '../contract/contract.ts';
import { formatMoney, fractionOf } from '../contract/money.ts';
import { type Limit, toLimitInForce } from '../contract/quantities.ts';
import { costInForce } from '../costs/bill.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { formatUse } from '../verdict/usage-words.ts';
import type { ExcessUse } from './excess.ts';

/** A cure that needs no money, as far as the log shows it. */
export type FreeCure = {
  what: Exclude<Cure['what'], 'buy'>;
  /** How much it takes off what `worst` has above `inForce`, of which there is `excess`. */
  amount: (worst: SegmentUse, excess: Amount, inForce: Amount) => Amount;
  arithmetic: (amount: Amount) => string;
};

/**
 * `inForce`: the limit at the end of the log (`until`), which is what has to be enough from now on. `instead`: to buy it all.
 * Of the stretch with the most use among those that were over: what is proven, or where nothing is, what is possible.
 */
export function cheapestCure(
  license: License,
  over: readonly ExcessUse[],
  { inForce, until }: { inForce: Limit | undefined; until: Instant },
  freeCures: readonly FreeCure[],
): Pick<TrueUpFigures, 'cures' | 'instead' | 'covered'> {
  const proven = over.filter(({ lower }) => lower > 0n);
  const amountOf = ({ use }: ExcessUse) => (proven.length > 0 ? use.lower.amount : use.upper.amount);
  const candidates = proven.length > 0 ? proven : over;
  if (
    candidates.length === 0 ||
    inForce === undefined ||
    candidates.some((each) => amountOf(each) === undefined)
  )
    return { cures: [], instead: null, covered: null };
  const worst = candidates.reduce((a, b) => (amountOf(b)! > amountOf(a)! ? b : a));
  const used = amountOf(worst)!;
  if (inForce.amount === 'unlimited' || used <= inForce.amount)
    return { cures: [], instead: null, covered: toLimitInForce(inForce) };
  const limit = inForce.amount;
  const cures: Cure[] = [];
  let rest = used - limit;
  for (const { what, amount, arithmetic } of freeCures) {
    const possible = amount(worst.use, used - limit, limit);
    const taken = possible < rest ? possible : rest;
    if (taken <= 0n) continue;
    rest -= taken;
    cures.push({ what, amount: toNumber(taken), cost: null, arithmetic: arithmetic(taken) });
  }
  const doubt = proven.length > 0 ? '' : ' if all that is possible was used';
  const sum = `${formatUse(used, license.measure)} in ${worst.use.segment.period!.label}${doubt} - ${formatAmount(limit)} in force`;
  const price = costInForce(license, until);
  const instead = cures.length === 0 ? null : buy(price, used - limit, 0n, sum);
  if (rest > 0n) cures.push(buy(price, rest, used - limit - rest, sum));
  return { cures, instead, covered: null };
}

/** Whole licenses. `free`: what other cures have taken off already. */
function buy(price: Cost | undefined, rest: Amount, free: Amount, sum: string): Cure {
  const whole = roundUp(rest);
  const less = free === 0n ? '' : ` - ${formatAmount(free)} as above`;
  const rounded = whole === rest ? '' : `, rounded up to ${formatAmount(whole)}`;
  const needed = `${sum}${less} = ${formatAmount(rest)}${rounded}`;
  const amount = toNumber(whole);
  if (price?.rate === undefined)
    return { what: 'buy', amount, cost: null, arithmetic: `${needed}; the contract states no price` };
  const cost = formatMoney(fractionOf(price.rate, whole, ONE));
  const often = price.period === undefined ? 'once' : `each ${price.period}`;
  const multiplied = `${formatAmount(whole)} × ${formatMoney(price.rate)} (${price.per}) = ${cost}`;
  return { what: 'buy', amount, cost: `${cost} ${often}`, arithmetic: `${needed}; ${multiplied}` };
}
