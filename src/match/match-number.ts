/** Numbers of rules and records compared by their digits: account ids and Windows keywords do not fit a double. */

const DECIMAL = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?$/;

/** Powers of ten beyond are held to be this one: no field holds so large a number, but whoever writes one must not pass for small. */
const MAX_POWER = 1e15;

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
  const power = Math.max(-MAX_POWER, Math.min(MAX_POWER, Number(match[3] ?? 0)));
  const exponent = power - fraction.length + digits.length - end;
  return `${match[1] === '-' ? '-' : ''}${digits.slice(0, end)}e${exponent}`;
}

/** Negative, 0 or positive; undefined when one is no number. What is one double, or beyond all of them, is compared by its digits. */
export function compareNumbers(text: string, limit: string): number | undefined {
  if (!DECIMAL.test(text) || !DECIMAL.test(limit)) return undefined;
  const left = Number(text);
  const right = Number(limit);
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
