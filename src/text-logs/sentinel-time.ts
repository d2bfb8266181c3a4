/** When a Sentinel RMS entry was written: its time stamp is exact, its date is the same on the server's clock. */
import { formatWall, toWallMs } from './wall-time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Offsets of zones are multiples of it. */
const OFFSET_STEP_MINUTES = 15;
const MAX_OFFSET_MINUTES = 14 * 60;
/** The two are taken from the clock one after the other. */
const MAX_DELAY_MS = 2000;

/**
 * The stamp's moment in RFC 3339, with the offset that the date shows. Undefined for a date that no calendar has, and for one
 * that no zone has at that moment: one of the two was altered.
 */
export function momentOf(date: string, stamp: string): string | undefined {
  const [, month, day, clock, year] = date.split(/ +/);
  const [hour, minute, second] = clock!.split(':').map(Number);
  const index = MONTHS.indexOf(month!) + 1;
  const wallMs = toWallMs(Number(year), index, Number(day), hour!, minute!, second!);
  if (wallMs === undefined) return undefined;
  const utcMs = Number(stamp) * 1000;
  const steps = Math.round((wallMs - utcMs) / 60_000 / OFFSET_STEP_MINUTES);
  const offset = steps * OFFSET_STEP_MINUTES || 0;
  if (Math.abs(offset) > MAX_OFFSET_MINUTES || Math.abs(wallMs - utcMs - offset * 60_000) > MAX_DELAY_MS)
    return undefined;
  return formatWall(utcMs + offset * 60_000, '', offset);
}
