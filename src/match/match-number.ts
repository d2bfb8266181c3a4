/** Numbers of rules and records compared by their digits: account ids and Windows keywords do not fit a double. */

const DECIMAL = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,6}))?$/;

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

/** Negative, 0 or positive; undefined when `text` is not a finite number. What is one double is compared by its digits. */
export function compareNumbers(text: string, limit: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const left = Number(text);
  const right = Number(limit);
  if (!Number.isFinite(left) || !Number.isFinite(right)) return undefined;
  return left === right ? compareDecimals(normalDecimal(text), normalDecimal(limit)) : left - right;
}

/** Of texts that `normalDecimal` gave. */
function compareDecimals(left: string, right: string): number {
  if (left === right) return 0;
  const one = partsOf(left);
  const other = partsOf(right);
  if (one.sign !== other.sign) return one.sign - other.sign;
  // Neither has zeros at an end, so where both begin at one power of ten their digits sort as texts do.
  const byPower = one.power - other.power;
  const byDigits = one.digits < other.digits ? -1 : 1;
  return one.sign * (byPower === 0 ? byDigits : byPower);
}

/** `power`: of ten, above the first digit. */
function partsOf(normal: string): { sign: number; digits: string; power: number } {
  const [, minus, digits = '', exponent] = /^(-?)(\d+)e(-?\d+)$/.exec(normal) ?? [];
  if (digits === '') return { sign: 0, digits, power: 0 };
  return { sign: minus === '-' ? -1 : 1, digits, power: digits.length + Number(exponent) };
}

export function isNumber(text: string): boolean {
  return DECIMAL.test(text) && Number.isFinite(Number(text));
}
