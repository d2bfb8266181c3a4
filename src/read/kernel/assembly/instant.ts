/** Timestamps of the plainest form: what `parsePlainTimestamp` of `base/instant.ts` reads, and nothing else. */
import { byteAt } from './bytes';
import { BLOCK, NANOS } from './layout';

/** The milliseconds since the epoch that [start, end) of the block names, NaN for any other text; nanoseconds beyond them in NANOS. */
export function plainInstant(start: i32, end: i32): f64 {
  const length = end - start;
  if (length < 20 || length > 30 || byteAt(end - 1) !== 0x5a) return NaN;
  // `YYYY-MM-DDTHH:MM`: each byte less what it must be at least, and how much more it may be.
  const more = i8x16.sub(
    v128.load(start, BLOCK),
    i8x16(0x30, 0x30, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x54, 0x30, 0x30, 0x3a, 0x30, 0x30),
  );
  if (!i8x16.all_true(i8x16.le_u(more, i8x16(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9)))) return NaN;
  if (byteAt(start + 16) !== 0x3a) return NaN;
  const tens = byteAt(start + 17) - 0x30;
  const ones = byteAt(start + 18) - 0x30;
  if (tens > 5 || ones > 9) return NaN;
  const date = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(more), i16x8(1000, 100, 10, 1, 0, 10, 1, 0));
  const clock = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(more), i16x8(10, 1, 0, 10, 1, 0, 10, 1));
  const year = i32x4.extract_lane(date, 0) + i32x4.extract_lane(date, 1);
  const month = i32x4.extract_lane(date, 2) + i32x4.extract_lane(date, 3);
  const day = i32x4.extract_lane(clock, 0);
  const hour = i32x4.extract_lane(clock, 1) + i32x4.extract_lane(clock, 2);
  const minute = i32x4.extract_lane(clock, 3);
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > surelyIn(month) || hour > 23 || minute > 59)
    return NaN;
  let nanos = 0;
  if (length > 20) {
    const fractionStart = start + 20;
    if (byteAt(start + 19) !== 0x2e || length === 21) return NaN;
    let at = fractionStart;
    for (; at < end - 1; at++) {
      const digit = byteAt(at) - 0x30;
      if (digit > 9) return NaN;
      nanos = nanos * 10 + digit;
    }
    for (; at < fractionStart + 9; at++) nanos *= 10;
  }
  const seconds = hour * 3600 + minute * 60 + <i32>(tens * 10 + ones);
  const beyond = nanos / 1000000;
  store<i32>(NANOS, nanos - beyond * 1000000);
  return <f64>daysSinceEpoch(year, month, day) * 86400000.0 + <f64>(seconds * 1000 + beyond);
}

/** The days that the month has in any year; the parser knows the other one. A tenth of all records are of the days beyond 28. */
function surelyIn(month: i32): i32 {
  if (month === 2) return 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Of the Gregorian calendar, by years that begin in March: H. Hinnant, https://howardhinnant.github.io/date_algorithms.html */
function daysSinceEpoch(year: i32, month: i32, day: i32): i32 {
  const shifted = month > 2 ? year : year - 1;
  const era = shifted / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}
