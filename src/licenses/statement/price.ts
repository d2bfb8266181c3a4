/** What more of a license costs, as its contract has it. */
import { type Amount, formatAmount, ONE } from '../contract/amount.ts';
import type { Cost, License } from '../contract/contract.ts';
import { formatMoney, fractionOf, type Money } from '../contract/money.ts';

/** The rate that is agreed for use beyond the quantity; without one, that of the latest purchase which states its price. */
function priceOf({ overage, quantity }: License): (Cost & { rate: Money }) | undefined {
  const purchases = quantity
    .toSorted((a, b) => Number(a.from.instant - b.from.instant))
    .map(({ cost }) => cost);
  return [...purchases, overage?.rate].findLast((cost) => cost?.rate !== undefined) as
    | (Cost & { rate: Money })
    | undefined;
}

/** Undefined where the contract states no price. Exact, rounded half up to the currency's smallest unit. */
export function costOf(license: License, quantity: Amount): { cost: string; arithmetic: string } | undefined {
  const price = priceOf(license);
  if (price === undefined) return undefined;
  const often = price.period === undefined ? 'once' : `each ${price.period}`;
  return {
    cost: `${formatMoney(fractionOf(price.rate, quantity, ONE))} ${often}`,
    arithmetic: `${formatAmount(quantity)} × ${formatMoney(price.rate)} (${price.per})`,
  };
}
