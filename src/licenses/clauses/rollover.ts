/**
 * What a period leaves unused may be used later: up to a share of the quantity, for a time. As bounds, for what was left
 * is known no better than what was used. Own quantity is used first, then what was carried, the oldest first.
 */
import type { Instant } from '../../base/instant.ts';
import type { Judgement } from '../../model/relation.ts';
import { type Amount, formatAmount, ONE } from '../contract/amount.ts';
import { addSpan } from '../contract/calendar-span.ts';
import type { Rollover } from '../contract/contract.ts';
import type { Period } from '../contract/periods.ts';
import { type Limit, limitAt, toLimits } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { isCovered, judgeAgainst, type PeriodContext } from '../verdict/period-verdict.ts';
import { judgePeriod } from './overage-verdict.ts';

type Bounds = { lower: Amount; upper: Amount };

/** Left of one period, until it expires. */
type Carried = Bounds & { expires: Instant };

export class RolloverAccount {
  private readonly context: PeriodContext;
  private readonly rollover: Rollover;
  private carried: Carried[] = [];
  private started = false;

  constructor(context: PeriodContext, rollover: Rollover) {
    this.context = context;
    this.rollover = rollover;
  }

  /** In order of periods, each with all of its segments. */
  judge(period: Period, uses: readonly SegmentUse[]): Judgement {
    if (!this.started) this.begin(period, uses);
    this.carried = this.carried.filter(({ expires }) => expires > period.from);
    const quantity = quantityOf(uses);
    const carry = quantity === undefined ? { lower: 0n, upper: 0n } : this.carryInto(quantity);
    const judgement = judgeWith(this.context, period, uses, carry);
    if (quantity !== undefined) this.settle(period, uses, quantity);
    else this.carried = [];
    return judgement;
  }

  /** What the log does not show may have been left over, unless the contract began here. */
  private begin(period: Period, uses: readonly SegmentUse[]): void {
    this.started = true;
    const { license, contract } = this.context;
    const begin = license.term?.from?.instant;
    const before = limitAt(toLimits(license), period.from - 1n);
    const quantity = quantityOf(uses);
    if (quantity === undefined || before === undefined || (begin !== undefined && begin >= period.from))
      return;
    const expires = addSpan(period.from, this.rollover.for, contract.timezone);
    this.carried.push({ lower: 0n, upper: this.capOf(quantity), expires });
  }

  private carryInto(quantity: Amount): Bounds {
    const cap = this.capOf(quantity);
    const sum = (bound: keyof Bounds) => this.carried.reduce((total, each) => total + each[bound], 0n);
    return { lower: least(cap, sum('lower')), upper: least(cap, sum('upper')) };
  }

  private capOf(quantity: Amount): Amount {
    const { max } = this.rollover;
    return 'share' in max ? (quantity * max.share) / ONE : max.amount;
  }

  private settle(period: Period, uses: readonly SegmentUse[], quantity: Amount): void {
    const { lower, upper } = uses.at(-1)!;
    // Of a period that the log does not span, nobody knows how much was left.
    const most = isCovered(this.context, period) ? upper.amount : undefined;
    spend(this.carried, 'upper', lower.amount - quantity);
    if (most === undefined) for (const each of this.carried) each.lower = 0n;
    else spend(this.carried, 'lower', most - quantity);
    this.carried.push({
      lower: most === undefined ? 0n : atLeastZero(quantity - most),
      upper: atLeastZero(quantity - lower.amount),
      expires: addSpan(period.until, this.rollover.for, this.context.contract.timezone),
    });
  }
}

function spend(carried: Carried[], bound: keyof Bounds, amount: Amount): void {
  let rest = atLeastZero(amount);
  for (const each of carried) {
    const part = least(rest, each[bound]);
    each[bound] -= part;
    rest -= part;
  }
}

/** The quantity with which the period ends; undefined where it is unknown or unlimited. */
function quantityOf(uses: readonly SegmentUse[]): Amount | undefined {
  const amount = uses.at(-1)!.segment.limit?.amount;
  return amount === 'unlimited' ? undefined : amount;
}

function judgeWith(
  context: PeriodContext,
  period: Period,
  uses: readonly SegmentUse[],
  { lower, upper }: Bounds,
): Judgement {
  const most = judgePeriod(context, period, raised(uses, upper));
  if (most.verdict === 'violation' || lower === upper) return most;
  const least = judgePeriod(context, period, raised(uses, lower));
  const isOpenAnyway = least.verdict === 'undetermined' && least.severity === 'informational';
  if (least.verdict === 'satisfied' || isOpenAnyway) return least;
  const doubt = `between ${formatAmount(lower)} and ${formatAmount(upper)} roll over from earlier periods`;
  return judgeAgainst(context, period, raised(uses, upper), doubt);
}

function raised(uses: readonly SegmentUse[], rollover: Amount): SegmentUse[] {
  if (rollover === 0n) return [...uses];
  return uses.map((use) => ({
    ...use,
    segment: { ...use.segment, limit: withRollover(use.segment.limit, rollover) },
  }));
}

function withRollover(limit: Limit | undefined, rollover: Amount): Limit | undefined {
  if (limit === undefined || limit.amount === 'unlimited') return limit;
  return { ...limit, amount: limit.amount + rollover, rollover };
}

function least(left: Amount, right: Amount): Amount {
  return left < right ? left : right;
}

function atLeastZero(amount: Amount): Amount {
  return amount > 0n ? amount : 0n;
}
