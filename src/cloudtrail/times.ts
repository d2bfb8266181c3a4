/** Times of digests in messages. Milliseconds since 1970 inside. */
import { formatInstant, NANOS_PER_MS } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';

export const HOUR_MS = 3_600_000;

export function showTime(ms: number): string {
  return formatInstant(BigInt(ms) * NANOS_PER_MS);
}

/** `2026-03-01T04:00:00Z to 2026-03-01T06:00:00Z (2 hours)` */
export function showPeriod(from: number, until: number): string {
  const hours = Math.round((until - from) / HOUR_MS);
  const long = hours > 0 ? ` (${count(hours, 'hour')})` : '';
  return `${showTime(from)} to ${showTime(until)}${long}`;
}
