/** The quantity in force at each instant, from a contract's dated quantities and amendments. */
import type { Instant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { LimitInForce } from '../model/license-figures.ts';
import { type Amount, formatAmount, toNumber } from './amount.ts';
import type { License, QuantityEntry } from './contract.ts';

/** The total in force from `from` until the next step. `from` undefined: always. */
export type Limit = { from: Instant | undefined; amount: Amount | 'unlimited'; date?: string; by?: string };

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

/** `35 (from 2025-07-01 by "Amendment-1")` */
export function formatLimit(limit: Limit): string {
  const amount = limit.amount === 'unlimited' ? 'unlimited' : formatAmount(limit.amount);
  if (limit.date === undefined) return amount;
  return `${amount} (from ${limit.date}${limit.by === undefined ? '' : ` by ${quote(limit.by)}`})`;
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
