/** What a window measures: a count, or an exact fraction of exact decimals, so that no sum drifts across a limit. */
import { formatNumber } from '../base/text-safety.ts';
import { type Amount, formatAmount, ONE, toNumber } from '../licenses/contract/amount.ts';

/** `amount` divided by `over`, which is positive. */
export type Ratio = { amount: Amount; over: bigint };

export type Figure = number | Ratio;

/** Negative, 0 or positive. Never rounded. */
export function compareFigures(left: Figure, right: Figure): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [toRatio(left), toRatio(right)];
  const difference = a.amount * b.over - b.amount * a.over;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function toRatio(figure: Figure): Ratio {
  return typeof figure === 'number' ? { amount: BigInt(figure) * ONE, over: 1n } : figure;
}

/** The nearest double, for `levels`. */
export function toDouble(figure: Figure): number {
  return typeof figure === 'number' ? figure : toNumber(figure.amount) / Number(figure.over);
}

/** What an average shows of its endless digits; a sum shows all. */
const SHOWN_DIGITS = 6n;

/** `1,234.5`; a fraction that does not end is cut after six digits, and `about` says so. */
export function formatFigure(figure: Figure): string {
  if (typeof figure === 'number') return formatNumber(figure);
  const { amount, over } = figure;
  if (amount % over === 0n) return formatAmount(amount / over);
  const step = ONE / 10n ** SHOWN_DIGITS;
  return `about ${formatAmount((amount / over / step) * step)}`;
}
