/** Whole numbers of at most 15 digits, which a double carries exactly: sequence numbers, from a text or straight from bytes. */

const MAX_DIGITS = 15;
const MINUS = 0x2d;

/** NaN for every other text. */
export function wholeNumberOf(text: string): number {
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  if (text.length === first || text.length - first > MAX_DIGITS) return Number.NaN;
  let number = 0;
  for (let index = first; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return first === 1 ? -number : number;
}

/** As `wholeNumberOf`, of the ASCII text [start, end) of `bytes`. */
export function wholeNumberAt(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (end <= first || end - first > MAX_DIGITS) return Number.NaN;
  let number = 0;
  for (let index = first; index < end; index++) {
    const digit = bytes[index]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return first > start ? -number : number;
}
