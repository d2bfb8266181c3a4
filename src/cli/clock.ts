/** The clock of commands that write: what they sign says when. Reports know `--now`, and the day as of which waivers hold. */

/** Milliseconds since 1970: SOURCE_DATE_EPOCH (reproducible-builds.org), or the clock. */
export function nowMs(): number {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return epoch !== undefined && /^\d{1,12}$/.test(epoch) ? Number(epoch) * 1000 : Date.now();
}

/** RFC 3339, whole seconds. */
export function timeNow(): string {
  return new Date(nowMs()).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
