/** Numbers of rules and records compared by their digits: account ids and Windows keywords do not fit a double. */

const DECIMAL = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,6}))?$/;

/** The largest double has 309 digits; a longer text is compared as a double, which makes it infinite. */
const MAX_DIGITS = 400;

/**
 * One text for all notations of a number (`1.0` and `1`, `1e3` and `1000`): the digits without zeros at either end, and the
 * power of ten. The text itself when it is no decimal.
 */
export function normalDecimal(text: string): string {
  const match = DECIMAL.exec(text);
  if (match === null) return text;
  const [whole = '', fraction = ''] = match[2]!.split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  if (end === 0) return '0';
  const exponent = Number(match[3] ?? 0) - fraction.length + digits.length - end;
  return `${match[1] === '-' ? '-' : ''}${digits.slice(0, end)}e${exponent}`;
}

/** Negative, 0 or positive; undefined when `text` is not a finite number. Integers are compared exactly. */
export function compareNumbers(text: string, limit: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const left = Number(text);
  const right = Number(limit);
  if (!Number.isFinite(left) || !Number.isFinite(right)) return undefined;
  if (left !== right) return left - right;
  if (!isInteger(text) || !isInteger(limit)) return 0;
  const exact = BigInt(text) - BigInt(limit);
  return exact < 0n ? -1 : exact > 0n ? 1 : 0;
}

function isInteger(text: string): boolean {
  return text.length <= MAX_DIGITS && /^-?\d+$/.test(text);
}

export function isNumber(text: string): boolean {
  return DECIMAL.test(text) && Number.isFinite(Number(text));
}
