/** Prices: exact decimals in a currency of ISO 4217, rounded once a line to what the currency can pay. */
import { type Amount, formatAmount, ONE, parseAmount } from './amount.ts';

export type Money = { amount: Amount; currency: string };

/** How every line of a bill is rounded; totals add the rounded lines, so a statement adds up as it is printed. */
export const ROUNDING =
  'each line rounded half up to the smallest unit of its currency, totals add the lines';

/** Digits after the point by ISO 4217:2015 table A.1, where they are not two. Intl's digits differ between Node versions. */
const MINOR_DIGITS = new Map<string, number>([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV'].map(
    (code) => [code, 0] as const,
  ),
  ...['XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
]);

/** `120 EUR` or `0.0015 USD`; undefined for other texts. Whether the currency exists is not asked here. */
export function parseMoney(text: string): Money | undefined {
  const match = /^(\d{1,18}(?:\.\d{1,18})?) ([A-Z]{3})$/.exec(text.trim());
  const amount = match === null ? undefined : parseAmount(match[1]!);
  return amount === undefined ? undefined : { amount, currency: match![2]! };
}

/** `numerator / denominator` of the money, rounded half up to the currency's smallest unit. Never negative. */
export function fractionOf({ amount, currency }: Money, numerator: bigint, denominator: bigint): Money {
  const unit = ONE / 10n ** BigInt(MINOR_DIGITS.get(currency) ?? 2);
  const divisor = denominator * unit;
  return { amount: ((2n * amount * numerator + divisor) / (2n * divisor)) * unit, currency };
}

/** Sums by currency, in the order of their codes: there is no rate between them. */
export function addMoney(parts: Iterable<Money>): Money[] {
  const sums = new Map<string, Amount>();
  for (const { amount, currency } of parts) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  return [...sums]
    .map(([currency, amount]) => ({ amount, currency }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** `1,234.50 EUR`: with all digits of the currency, and more where a price has more. */
export function formatMoney({ amount, currency }: Money): string {
  const [whole = '', fraction = ''] = formatAmount(amount).split('.');
  const digits = fraction.padEnd(MINOR_DIGITS.get(currency) ?? 2, '0');
  return `${whole}${digits === '' ? '' : `.${digits}`} ${currency}`;
}
