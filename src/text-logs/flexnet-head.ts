/** What every line of a FlexNet debug log begins with: the time of day and who writes. */

export type LineHead = {
  /** From midnight. */
  seconds: number;
  /** `09:05:00` */
  clock: string;
  daemon: string;
  /** Where the message begins in the line. */
  at: number;
};

const ZERO = 0x30;
const BLANK = 0x20;
const COLON = 0x3a;

/** The two digits at `at`; NaN where there are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** ` 9:05:00 (ansyslmd) message`; undefined for every other line. */
export function parseHead(line: string): LineHead | undefined {
  let at = 0;
  while (at < 2 && line.charCodeAt(at) === BLANK) at++;
  const isOneDigit = line.charCodeAt(at + 1) === COLON;
  const hour = isOneDigit ? line.charCodeAt(at) - ZERO : twoDigits(line, at);
  const colon = at + (isOneDigit ? 1 : 2);
  const minute = twoDigits(line, colon + 1);
  if (line.charCodeAt(colon) !== COLON || !(hour >= 0 && hour <= 23 && minute <= 59)) return undefined;
  const second = twoDigits(line, colon + 4);
  const end = colon + 6;
  if (
    line.charCodeAt(colon + 3) !== COLON ||
    !(second <= 60) ||
    line.charCodeAt(end) !== BLANK ||
    line[end + 1] !== '('
  )
    return undefined;
  const close = line.indexOf(')', end + 2);
  if (close <= end + 2 || close - end > LONGEST_DAEMON) return undefined;
  const shown = line.slice(at, end);
  return {
    seconds: hour * 3600 + minute * 60 + second,
    clock: isOneDigit ? `0${shown}` : shown,
    daemon: line.slice(end + 2, close),
    at: line.charCodeAt(close + 1) === BLANK ? close + 2 : close + 1,
  };
}

/** Names of daemons are those of files. */
const LONGEST_DAEMON = 256;
