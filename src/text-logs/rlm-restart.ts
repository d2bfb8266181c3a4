/** Whether an RLM report log begins with nothing in use: then every session that was open before is over. */

/** What a server writes before the first event of use. */
const BEFORE_USE =
  /^(?:RLM |REPROCESSED |ISV:|START |TIMEZONE |LICENSE FILE|PRODUCT |AUTH |BADAUTH|\d{1,2}\/\d{1,2}\/\d{4} |$)/;
const EVENT =
  /^(?:OUT|IN|DENY|QUE|DEQUE|ROAM_EXTEND|METER_DEC|DYNRES|TEMP|REREAD|SHUTDOWN|TIMEJUMP|SWITCH|END|log) /;

/** Sessions that go on are listed (INUSE) since this version of the log. */
const LISTS_USE_SINCE = 10;

/**
 * `startLine`: the number of the START line, from 1. False also where the head of the file ends before the first event, or
 * the version does not list what is in use: a session that is taken for ended would hide use.
 */
export function nothingInUse(
  head: readonly string[],
  startLine: number,
  version: string | undefined,
): boolean {
  if (version === undefined || Number.parseInt(version, 10) < LISTS_USE_SINCE) return false;
  for (const line of head.slice(startLine)) {
    if (BEFORE_USE.test(line)) continue;
    return EVENT.test(line);
  }
  return false;
}
