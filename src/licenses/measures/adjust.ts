/** What becomes of a figure before it is held against the quantity: a minimum, then a factor, rounding last. */
import { type Amount, formatAmount, ONE } from '../contract/amount.ts';
import type { Adjustment, Measure } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import type { MeasureFold, SegmentUse } from './measure-fold.ts';
import { MeasureOverFold } from './measure-over-fold.ts';

/**
 * Products that have no exact form are rounded up to the next 10^-30: a figure above a quantity, which is a multiple of
 * that, stays above it, and one at or below it stays so.
 */
export function divideUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return quotient * divisor < dividend ? quotient + 1n : quotient;
}

export function divideDown(dividend: bigint, divisor: bigint): bigint {
  return -divideUp(-dividend, divisor);
}

export function multiply(amount: Amount, factor: Amount): Amount {
  return divideUp(amount * factor, ONE);
}

/** `half`: to the nearest whole number, of two equally near the greater. */
export function roundAmount(amount: Amount, round: Adjustment['round']): Amount {
  switch (round) {
    case undefined:
      return amount;
    case 'up':
      return divideUp(amount, ONE) * ONE;
    case 'down':
      return divideDown(amount, ONE) * ONE;
    case 'half':
      return divideDown(amount + ONE / 2n, ONE) * ONE;
  }
}

/** What is left to do with the whole figure: with `by`, factors and rounding are done for each of its values. */
export function wholeAdjustment({ count, adjust }: Measure): Adjustment {
  return 'by' in count && count.by !== undefined ? {} : adjust;
}

export function isAdjusted({ atLeast, factors, round }: Adjustment): boolean {
  return atLeast !== undefined || factors !== undefined || round !== undefined;
}

export function adjustAmount(amount: Amount, { atLeast, factors, round }: Adjustment): Amount {
  const least = atLeast !== undefined && amount < atLeast ? atLeast : amount;
  return roundAmount(factors === undefined ? least : multiply(least, factors[0]!.factor), round);
}

/** The greatest amount that, adjusted, is no more than `limit`; less than nothing where the minimum alone is more. */
export function adjustLimit(limit: Amount, adjust: Adjustment): Amount {
  const { atLeast, factors, round } = adjust;
  if (atLeast !== undefined && adjustAmount(0n, adjust) > limit) return -1n;
  // Not yet rounded, and just too much to be rounded to `limit`; or, without rounding down, the limit itself.
  const whole = divideDown(limit, ONE) * ONE;
  const tooMuch = round === 'down' ? whole + ONE : round === 'half' ? whole + ONE / 2n : undefined;
  const most = tooMuch === undefined ? (round === 'up' ? whole : limit) : tooMuch - 1n;
  const factor = factors?.[0]?.factor;
  if (factor === undefined) return most;
  return factor === 0n ? (most >= 0n ? MORE_THAN_ANY : -1n) : divideDown(most * ONE, factor);
}

/** No sum of amounts that a log can state comes near. */
const MORE_THAN_ANY: Amount = 10n ** 120n;

export function adjustmentWords({ atLeast, factors, round }: Adjustment): string[] {
  const words: string[] = [];
  if (atLeast !== undefined) words.push(`at least ${formatAmount(atLeast)}`);
  if (factors !== undefined) {
    const each = factors.map(({ factor, pattern }) =>
      factors.length === 1 && pattern === '*'
        ? formatAmount(factor)
        : `${formatAmount(factor)} for ${pattern}`,
    );
    words.push(`times ${each.join(', ')}`);
  }
  if (round !== undefined) words.push(`round ${round}`);
  return words;
}

/** Folds against limits that are adjusted the other way, so that witnesses are those of the figure that counts. */
export class AdjustedMeasure extends MeasureOverFold {
  private readonly adjust: Adjustment;
  protected readonly fold: MeasureFold;
  private readonly segments = new Map<Segment, Segment>();

  constructor(
    adjust: Adjustment,
    segments: readonly Segment[],
    toFold: (segments: Segment[]) => MeasureFold,
  ) {
    super();
    this.adjust = adjust;
    const adjusted = segments.map((segment): Segment => {
      const { limit } = segment;
      if (limit === undefined || limit.amount === 'unlimited') return segment;
      return { ...segment, limit: { ...limit, amount: adjustLimit(limit.amount, adjust) } };
    });
    for (const [index, each] of adjusted.entries()) this.segments.set(each, segments[index]!);
    this.fold = toFold(adjusted);
  }

  finish(until: bigint): SegmentUse[] {
    return this.fold.finish(until).map((use): SegmentUse => {
      const { lower, upper, alternatives } = use;
      const adjusted = {
        ...use,
        segment: this.segments.get(use.segment) ?? use.segment,
        lower: { ...lower, amount: adjustAmount(lower.amount, this.adjust) },
        upper: { ...upper, amount: this.adjusted(upper.amount) },
      };
      if (alternatives === undefined) return adjusted;
      return {
        ...adjusted,
        alternatives: alternatives.map((each) => ({
          ...each,
          lower: adjustAmount(each.lower, this.adjust),
          upper: this.adjusted(each.upper),
        })),
      };
    });
  }

  private adjusted(amount: Amount | undefined): Amount | undefined {
    return amount === undefined ? undefined : adjustAmount(amount, this.adjust);
  }
}
