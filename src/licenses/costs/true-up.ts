/**
 * What a contract costs, line by line; what measured use owes beyond it (true-up), how far the quantity may go down
 * (true-down), and the cheapest way out. Pure and exact: days and money are whole numbers, and a line is rounded once.
 */
import { earlier, type Instant, later } from '../../base/instant.ts';
import { quote } from '../../base/text-safety.ts';
import { formatDate, localDate, startOfDay } from '../../base/time-zone.ts';
import { type Amount, formatAmount, ONE, roundUp } from '../contract/amount.ts';
import type { Contract, Cost, License, QuantityEntry } from '../contract/contract.ts';
import { addMoney, formatMoney, fractionOf, type Money } from '../contract/money.ts';
import { daysBetween, quantityTimeline } from '../contract/quantity-timeline.ts';
import { pricePeriods } from './price-periods.ts';

export { ROUNDING } from '../contract/money.ts';
export { prorated, quantityTimeline } from '../contract/quantity-timeline.ts';

/** One line of a bill: a quantity, for the days of one period, at one price. */
type CostLine = {
  quantity: Amount;
  /** The day since which the quantity is contracted or missing, and the document, where there is one. */
  since: string;
  by?: string;
  /** `2025-07`; empty for a price that is paid once. */
  period: string;
  /** What is charged of the period: all its days where the price is not prorated. Both 1 for a price that is paid once. */
  days: bigint;
  daysOfPeriod: bigint;
  /** Undefined: the contract states no price. */
  rate: Money | undefined;
  /** Rounded half up to the cent (or whatever the currency's smallest unit is). */
  amount: Money | undefined;
  /** `10 × 12.00 EUR × 17/31 days = 65.81 EUR` */
  arithmetic: string;
};

type Bill = {
  lines: CostLine[];
  /** One a currency; what has no price is not in it. */
  totals: Money[];
  /** Whether every line has a price. */
  complete: boolean;
};

type Zoned = Pick<Contract, 'timezone'>;

/** What the contracted quantities cost from `from` until `until`: a line for each document and price period. */
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

/** `begin`: when the quantity was bought, for prices that are paid once. */
type Span = { from: Instant; until: Instant; begin: Instant };

function costLines(
  bought: Pick<CostLine, 'quantity' | 'since' | 'by'>,
  cost: Cost | undefined,
  { from, until, begin }: Span,
  { term }: License,
  zone: string,
): CostLine[] {
  const rate = cost?.rate;
  if (cost?.period === undefined) {
    return begin >= from && begin < until ? [toLine(bought, rate, '', 1n, 1n)] : [];
  }
  return pricePeriods(cost.period, term, from, until, zone).map((period) => {
    const whole = daysBetween(period.from, period.until, zone);
    const part = daysBetween(later(period.from, from), earlier(period.until, until), zone);
    return toLine(bought, rate, period.label, cost.prorate === 'day' ? part : whole, whole);
  });
}

function toLine(
  bought: Pick<CostLine, 'quantity' | 'since' | 'by'>,
  rate: Money | undefined,
  period: string,
  days: bigint,
  daysOfPeriod: bigint,
): CostLine {
  const amount = rate && fractionOf(rate, bought.quantity * days, daysOfPeriod * ONE);
  const part = days === daysOfPeriod ? '' : ` × ${days}/${daysOfPeriod} days`;
  const price = rate === undefined ? 'no price stated' : formatMoney(rate);
  const sum = amount === undefined ? '' : ` = ${formatMoney(amount)}`;
  const arithmetic = `${formatAmount(bought.quantity)} × ${price}${part}${sum}`;
  return { ...bought, period, days, daysOfPeriod, rate, amount, arithmetic };
}

function toBill(lines: CostLine[]): Bill {
  const priced = lines.flatMap(({ amount }) => amount ?? []);
  return { lines, totals: addMoney(priced), complete: priced.length === lines.length };
}

/** The highest use of a stretch with one quantity, as a measure's segments have it. Half-open. */
type Measured = { from: Instant; until: Instant; amount: Amount };

type TrueUp = {
  /** What is owed beyond the quantity in force: whole units where people or seats are counted. 0: nothing. */
  missing: Amount;
  /** Where it was missing the most: measured against entitled. Undefined where nothing was measured. */
  at: Measured | undefined;
  entitled: Amount | 'unlimited' | undefined;
  /** The day since which it is bought: that of the first stretch with more use than quantity. */
  since: string | undefined;
  bill: Bill;
  /** `measured 29 - entitled 25 = 4 missing` */
  arithmetic: string;
};

/**
 * What is to be bought for the use that was measured, priced from the first day on which it was too much until `until`
 * (the end of the term, or the next true-up), at the rate of "overage", else of the latest priced quantity then in force.
 * Use that "overage" tolerates owes nothing: leave stretches out whose verdict is `overage`; beyond it all above the
 * quantity is owed. Undefined where a stretch with use has no known quantity: what is owed is then not known either. To bound it, call it
 * once with the lower bounds of use and once with the upper ones.
 */
export function trueUp(
  { timezone }: Zoned,
  license: License,
  measured: readonly Measured[],
  until: Instant,
): TrueUp | undefined {
  const used = measured.filter(({ amount }) => amount > 0n);
  const held = used.map((use) => ({ use, entitled: leastQuantity(license, use) }));
  if (held.some(({ entitled }) => entitled === undefined)) return undefined;
  const excess = ({ use, entitled }: (typeof held)[number]) =>
    typeof entitled === 'bigint' ? use.amount - entitled : -use.amount;
  const worst = held.toSorted((a, b) => (excess(a) < excess(b) ? 1 : excess(a) > excess(b) ? -1 : 0))[0];
  const none = { missing: 0n, since: undefined, bill: toBill([]) };
  if (worst === undefined)
    return { ...none, at: undefined, entitled: undefined, arithmetic: 'nothing measured' };
  const { use: at, entitled } = worst;
  const missing = countsWhole(license) ? roundUp(excess(worst)) : later(0n, excess(worst));
  if (missing === 0n) return { ...none, at, entitled, arithmetic: words(at.amount, entitled, 0n) };
  const first = held.filter((each) => excess(each) > 0n).reduce((a, b) => (b.use.from < a.use.from ? b : a));
  const day = localDate(first.use.from, timezone);
  const begin = startOfDay(day, timezone);
  const since = formatDate(day);
  const cost = license.overage?.rate ?? latestCost(license, first.use.from);
  const span = { from: begin, until, begin };
  const bill = toBill(costLines({ quantity: missing, since }, cost, span, license, timezone));
  return { missing, at, entitled, since, bill, arithmetic: words(at.amount, entitled, missing) };
}

function words(used: Amount, entitled: Amount | 'unlimited' | undefined, missing: Amount): string {
  const allowed = typeof entitled === 'bigint' ? formatAmount(entitled) : 'unlimited';
  return `measured ${formatAmount(used)} - entitled ${allowed} = ${missing === 0n ? 'none' : formatAmount(missing)} missing`;
}

/** The least quantity in force in the stretch; undefined where a part of it has none. */
function leastQuantity(license: License, { from, until }: Measured): Amount | 'unlimited' | undefined {
  const amounts = quantityTimeline(license, from, until).map(({ amount }) => amount);
  if (amounts.includes(undefined)) return undefined;
  const limited = amounts.filter((amount) => typeof amount === 'bigint');
  return limited.length === 0 ? 'unlimited' : limited.reduce((a, b) => (b < a ? b : a));
}

function latestCost(license: License, at: Instant): Cost | undefined {
  const [stretch] = quantityTimeline(license, at, at + 1n);
  return stretch?.parts.findLast(({ cost }) => cost?.rate !== undefined)?.cost;
}

/** Seats and people are bought whole; sums and levels as they are. */
function countsWhole({ measure }: License): boolean {
  return !['sum', 'level', 'sampled'].includes(measure.count.what);
}

/**
 * The least quantity that the next term may be renewed with, for use that peaked at `peak` (an upper bound): the peak in
 * whole units, but not below the floor of "trueDown". Undefined where the contract allows no true-down.
 */
export function trueDownTo(license: License, peak: Amount): Amount | undefined {
  if (license.trueDown === undefined) return undefined;
  return later(license.trueDown.floor ?? 0n, countsWhole(license) ? roundUp(peak) : peak);
}

/** A way to need less: what would still be missing, measured anew as if it had been done, and what doing it costs. */
type CureOption = { what: string; missing: Amount; cost?: Money };

type Cure = {
  /** Undefined: buy all that is missing. */
  option: CureOption | undefined;
  buy: Amount;
  cost: Money;
  /** `reclaim 3 idle seats, buy 1 × 120.00 EUR = 120.00 EUR` */
  arithmetic: string;
};

/**
 * All cures, the cheapest first; of equal cost the one that buys least, then in the order given. `price` is that of one
 * unit for the time it is bought for. Savings of two options do not add up, for the same seat may be idle and lingering:
 * a combination is an option of its own, measured as one. Options whose cost is in another currency are left out.
 */
export function cures(missing: Amount, price: Money, options: readonly CureOption[]): Cure[] {
  const comparable = options.filter(({ cost }) => cost === undefined || cost.currency === price.currency);
  return [undefined, ...comparable]
    .map((option) => toCure(option, option?.missing ?? missing, price))
    .sort((a, b) => {
      const order = a.cost.amount - b.cost.amount || a.buy - b.buy;
      return order < 0n ? -1 : order > 0n ? 1 : 0;
    });
}

function toCure(option: CureOption | undefined, missing: Amount, price: Money): Cure {
  const buy = roundUp(missing);
  const { amount: bought, currency } = fractionOf(price, buy, ONE);
  const cost = { amount: bought + (option?.cost?.amount ?? 0n), currency };
  const done =
    option === undefined
      ? []
      : [option.cost === undefined ? option.what : `${option.what} for ${formatMoney(option.cost)}`];
  const steps = [...done, ...(buy > 0n ? [`buy ${formatAmount(buy)} × ${formatMoney(price)}`] : [])];
  const arithmetic = `${steps.length === 0 ? 'nothing is missing' : steps.join(', ')} = ${formatMoney(cost)}`;
  return { option, buy, cost, arithmetic };
}

/** `"Amendment-1" from 2025-07-01, 2025-07: 10 × 12.00 EUR = 120.00 EUR` */
export function formatCostLine({ by, since, period, arithmetic }: CostLine): string {
  const document = by === undefined ? '' : `${quote(by)} `;
  return `${document}from ${since}${period === '' ? '' : `, ${period}`}: ${arithmetic}`;
}
