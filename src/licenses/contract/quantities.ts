/** The quantity in force at each instant, from a contract's dated quantities and amendments. */
import type { Instant } from '../../base/instant.ts';
import { quote } from '../../base/text-safety.ts';
import type { LimitInForce } from '../../model/license-figures.ts';
import { type Amount, formatAmount, ONE, toNumber } from './amount.ts';
import type { License, Overage, QuantityEntry } from './contract.ts';

/** The total in force from `from` until the next step. `from` undefined: always. */
export type Limit = {
  from: Instant | undefined;
  amount: Amount | 'unlimited';
  date?: string;
  by?: string;
  /** Parts of `amount` beyond the quantity: what is tolerated, and what earlier periods left unused. */
  overage?: Amount;
  rollover?: Amount;
};

/** Entries in order of their dates; of one date, in the order of the file. */
export function toLimits(license: Pick<License, 'unlimited' | 'quantity'>): Limit[] {
  if (license.unlimited) return [{ from: undefined, amount: 'unlimited' }];
  const entries = license.quantity.toSorted((a, b) => compareInstants(a.from.instant, b.from.instant));
  const limits: Limit[] = [];
  let total: Amount | 'unlimited' = 0n;
  for (const entry of entries) {
    total = amend(total, entry);
    const limit: Limit = { from: entry.from.instant, amount: total, date: entry.from.text };
    if (entry.by !== undefined) limit.by = entry.by;
    if (limits.at(-1)?.from === limit.from) limits.pop();
    limits.push(limit);
  }
  return limits;
}

function amend(total: Amount | 'unlimited', { verb, amount }: QuantityEntry): Amount | 'unlimited' {
  if (verb !== 'add') return amount;
  return total === 'unlimited' || amount === 'unlimited' ? 'unlimited' : total + amount;
}

/** Undefined before the first quantity: nobody said how much was allowed then. */
export function limitAt(limits: readonly Limit[], instant: Instant): Limit | undefined {
  return limits.findLast(({ from }) => from === undefined || from <= instant);
}

/** Whether `amount` is more than the limit allows. An unknown limit proves nothing. */
export function isOver(amount: Amount, limit: Limit | undefined): boolean {
  return limit !== undefined && limit.amount !== 'unlimited' && amount > limit.amount;
}

/** `35 (from 2025-07-01 by "Amendment-1") and 3 in overage` */
export function formatLimit(limit: Limit): string {
  const { overage = 0n, rollover = 0n, date, by } = limit;
  const quantity = quantityOf(limit);
  const amount = quantity === 'unlimited' ? quantity : formatAmount(quantity);
  const since = date === undefined ? '' : ` (from ${date}${by === undefined ? '' : ` by ${quote(by)}`})`;
  const rolled = rollover === 0n ? '' : ` and ${formatAmount(rollover)} rolled over`;
  return `${amount}${since}${rolled}${overage === 0n ? '' : ` and ${formatAmount(overage)} in overage`}`;
}

/** What was contracted, without what is allowed beyond it. */
export function quantityOf({ amount, overage = 0n, rollover = 0n }: Limit): Amount | 'unlimited' {
  return amount === 'unlimited' ? amount : amount - overage - rollover;
}

/** The limit with what the contract allows beyond it. A share of the quantity is rounded to whole units. */
export function withOverage(limit: Limit | undefined, { allow }: Overage): Limit | undefined {
  const quantity = limit && quantityOf(limit);
  if (limit === undefined || limit.amount === 'unlimited' || typeof quantity !== 'bigint') return limit;
  const overage = 'amount' in allow ? allow.amount : roundShare((quantity * allow.share) / ONE, allow.round);
  return { ...limit, amount: limit.amount + overage, overage };
}

/** Halves go up. */
function roundShare(amount: Amount, round: 'down' | 'up' | 'half'): Amount {
  const added = { down: 0n, half: ONE / 2n, up: ONE - 1n }[round];
  return ((amount + added) / ONE) * ONE;
}

/** As plain data. */
export function toLimitInForce(limit: Limit | undefined): LimitInForce {
  const amount = limit?.amount;
  return {
    from: limit?.date ?? null,
    amount: amount === undefined ? null : amount === 'unlimited' ? amount : toNumber(amount),
    by: limit?.by ?? null,
  };
}

function compareInstants(left: Instant, right: Instant): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
