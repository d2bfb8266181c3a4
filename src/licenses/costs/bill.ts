/**
 * What quantities cost: a line for each document and price period. Exact: days and money are whole numbers, and a line is
 * rounded once.
 */
import { earlier, type Instant, later } from '../../base/instant.ts';
import { type Amount, formatAmount, ONE } from '../contract/amount.ts';
import type { Contract, Cost, License, QuantityEntry } from '../contract/contract.ts';
import { addMoney, formatMoney, fractionOf, type Money } from '../contract/money.ts';
import { quantityTimeline } from '../contract/quantity-timeline.ts';
import { chargedPart, type Part, pricePeriods } from './price-periods.ts';

/** One line of a bill: a quantity, for what is charged of one period, at one price. */
export type CostLine = {
  quantity: Amount;
  /** The day since which the quantity is contracted or missing, and the document, where there is one. */
  since: string;
  by?: string;
  /** `2025-07`; undefined for a price that is paid once. */
  period: string | undefined;
  /** What is charged of the period; undefined: all of it. */
  part: Part | undefined;
  /** Undefined: the contract states no price. */
  rate: Money | undefined;
  /** Rounded half up to the cent (or whatever the currency's smallest unit is). */
  amount: Money | undefined;
};

export type Bill = {
  lines: CostLine[];
  /** One a currency; what has no price is not in it. */
  totals: Money[];
  /** Whether every line has a price. */
  complete: boolean;
};

type Bought = Pick<CostLine, 'quantity' | 'since' | 'by'>;

/** `begin`: when the quantity was bought, for prices that are paid once. */
type Span = { from: Instant; until: Instant; begin: Instant };

type Zoned = Pick<Contract, 'timezone'>;

/** What the contracted quantities cost from `from` until `until`. */
export function contractCost({ timezone }: Zoned, license: License, from: Instant, until: Instant): Bill {
  const spans = new Map<QuantityEntry, { from: Instant; until: Instant }>();
  for (const stretch of quantityTimeline(license, from, until)) {
    for (const entry of stretch.parts) {
      const span = spans.get(entry);
      if (span === undefined) spans.set(entry, { from: stretch.from, until: stretch.until });
      else span.until = stretch.until;
    }
  }
  const lines = [...spans].flatMap(([entry, span]) => {
    if (entry.amount === 'unlimited') return [];
    const { by } = entry;
    const bought = { quantity: entry.amount, since: entry.from.text, ...(by !== undefined && { by }) };
    return costLines(bought, entry.cost, { ...span, begin: entry.from.instant }, license, timezone);
  });
  return toBill(lines);
}

export function costLines(
  bought: Bought,
  cost: Cost | undefined,
  { from, until, begin }: Span,
  { term }: License,
  zone: string,
): CostLine[] {
  if (cost?.period === undefined) {
    return begin >= from && begin < until ? [toLine(bought, cost?.rate, undefined, undefined)] : [];
  }
  return pricePeriods(cost.period, term, from, until, zone).map((period) => {
    const within = { from: later(period.from, from), until: earlier(period.until, until) };
    return toLine(bought, cost.rate, period.label, chargedPart(cost.prorate, period, within, zone));
  });
}

function toLine(
  bought: Bought,
  rate: Money | undefined,
  period: string | undefined,
  part: Part | undefined,
): CostLine {
  const { charged, of } = part ?? { charged: 1n, of: 1n };
  const amount = rate && fractionOf(rate, bought.quantity * charged, of * ONE);
  return { ...bought, period, part, rate, amount };
}

export function toBill(lines: CostLine[]): Bill {
  const priced = lines.flatMap(({ amount }) => amount ?? []);
  return { lines, totals: addMoney(priced), complete: priced.length === lines.length };
}

/** The price that holds for more of a license at an instant: that of the overage, else of the latest purchase then in force. */
export function costInForce(license: License, at: Instant): Cost | undefined {
  if (license.overage?.rate !== undefined) return license.overage.rate;
  const [stretch] = quantityTimeline(license, at, at + 1n);
  return stretch?.parts.findLast(({ cost }) => cost?.rate !== undefined)?.cost;
}

export function statesPrice({ quantity, overage }: License): boolean {
  return overage?.rate !== undefined || quantity.some(({ cost }) => cost?.rate !== undefined);
}

/** `10 × 12.00 EUR × 17/31 days = 65.81 EUR` */
export function formatArithmetic({ quantity, rate, part, amount }: CostLine): string {
  const share = part === undefined ? '' : ` × ${formatPart(part)}`;
  const price = rate === undefined ? 'no price stated' : formatMoney(rate);
  const sum = amount === undefined ? '' : ` = ${formatMoney(amount)}`;
  return `${formatAmount(quantity)} × ${price}${share}${sum}`;
}

export function formatPart({ charged, of, unit }: Part): string {
  return `${charged}/${of} ${unit}`;
}
