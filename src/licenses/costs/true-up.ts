/**
 * What measured use owes beyond the quantity (true-up), and how far the quantity may go down (true-down). Pure; what is owed
 * is a bill like that of the contract itself.
 */
import { compareBigints, type Instant, later } from '../../base/instant.ts';
import { formatDate, localDate, startOfDay } from '../../base/time-zone.ts';
import { type Amount, roundUp } from '../contract/amount.ts';
import type { Contract, Cost, License, Measure, QuantityEntry } from '../contract/contract.ts';
import type { Period } from '../contract/periods.ts';
import { type Bill, costInForce, costLines, toBill } from './bill.ts';

/** Use above the quantity then in force, in order of time. `at`: since when it was so much. */
export type Excess = { at: Instant; period: Period; amount: Amount };

/** What is to be bought for an excess: from a day on, until it is covered by the contract or its time ends. */
type Purchase = { quantity: Amount; from: Instant; until: Instant; cost: Cost | undefined };

/**
 * The bill of what was used beyond the quantity. Who used more people, seats or hosts than were bought is to buy them from that
 * day until `until` (the end of the term), more of them when more were used; an amendment that adds takes off as much, the
 * last purchase first, and one that states the total anew ends them all. What is consumed (sums, events) is owed for the
 * period in which it was consumed, once for each.
 */
export function trueUp(
  { timezone }: Pick<Contract, 'timezone'>,
  license: License,
  excesses: readonly Excess[],
  until: Instant,
): Bill {
  const purchases = isConsumed(license.measure)
    ? consumed(license, excesses)
    : purchased(license, excesses, timezone, until);
  const lines = purchases
    .filter(({ from, until: end }) => end > from)
    .flatMap(({ quantity, cost, from, until: end }) => {
      const since = formatDate(localDate(from, timezone));
      return costLines({ quantity, since }, cost, { from, until: end, begin: from }, license, timezone);
    });
  return toBill(lines);
}

function isConsumed({ count, each, take }: Measure): boolean {
  const addsUp = take.kind === 'sum' || each.kind === 'period' || each.kind === 'event';
  return (count.what === 'sum' || count.what === 'events') && addsUp;
}

function consumed(license: License, excesses: readonly Excess[]): Purchase[] {
  const byPeriod = new Map<string, Purchase>();
  for (const { at, period, amount } of excesses) {
    const known = byPeriod.get(period.label);
    const quantity = wholeOf(license, amount);
    if (known !== undefined && known.quantity >= quantity) continue;
    const { from, until } = period;
    byPeriod.set(period.label, { quantity, from, until, cost: costInForce(license, at) });
  }
  return [...byPeriod.values()];
}

function purchased(license: License, excesses: readonly Excess[], zone: string, until: Instant): Purchase[] {
  const account = new PurchaseAccount();
  const amendments = license.quantity.toSorted((a, b) => compareBigints(a.from.instant, b.from.instant));
  let next = 0;
  const amendUntil = (at: Instant) => {
    for (; next < amendments.length && amendments[next]!.from.instant <= at; next++)
      account.amend(amendments[next]!);
  };
  for (const { at, period, amount } of excesses) {
    amendUntil(at);
    const from = startOfDay(localDate(at, zone), zone);
    // Use after the term is a breach of its own, and owes its own period.
    const end = at < until ? until : period.until;
    account.need(wholeOf(license, amount), { from, until: end, cost: costInForce(license, at) });
  }
  amendUntil(until);
  return account.purchases.toSorted((a, b) => compareBigints(a.from, b.from));
}

class PurchaseAccount {
  readonly purchases: Purchase[] = [];
  /** Those that nothing has covered yet, the first at the bottom. */
  private standing: Purchase[] = [];

  need(quantity: Amount, purchase: Omit<Purchase, 'quantity'>): void {
    this.standing = this.standing.filter(({ until }) => until > purchase.from);
    const bought = this.standing.reduce((sum, each) => sum + each.quantity, 0n);
    if (quantity > bought) this.add({ ...purchase, quantity: quantity - bought });
  }

  amend({ verb, amount, from: { instant } }: QuantityEntry): void {
    let covered = verb === 'add' && amount !== 'unlimited' ? amount : undefined;
    while (this.standing.length > 0 && covered !== 0n) {
      const last = this.standing.pop()!;
      const until = instant < last.until ? instant : last.until;
      if (covered !== undefined && covered < last.quantity) {
        const rest = { ...last, quantity: last.quantity - covered };
        last.quantity = covered;
        this.add(rest);
        covered = 0n;
      } else if (covered !== undefined) covered -= last.quantity;
      last.until = until;
    }
  }

  private add(purchase: Purchase): void {
    this.purchases.push(purchase);
    this.standing.push(purchase);
  }
}

/** Seats and people are bought whole; sums, levels and ratios as they are. */
function wholeOf({ measure: { count } }: License, amount: Amount): Amount {
  const isWhole = !('per' in count) && !['sum', 'level', 'sampled'].includes(count.what);
  return isWhole ? roundUp(amount) : amount;
}

/**
 * The least quantity that the next contract year may begin with, for use that peaked at `peak` (an upper bound): the peak in
 * whole units, but not below the floor of "trueDown". Undefined where the contract allows no true-down.
 */
export function trueDownTo(license: License, peak: Amount): Amount | undefined {
  if (license.trueDown === undefined) return undefined;
  return later(license.trueDown.floor ?? 0n, wholeOf(license, peak));
}
