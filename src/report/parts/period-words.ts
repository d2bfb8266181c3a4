/** From when until when the log speaks, and of how many of its records that is said: those without a readable time are in no period. */
import { count, formatNumber } from '../../base/text-safety.ts';
import type { Report } from '../../model/report.ts';

/** Undefined where there is no record. */
export function describePeriod(report: Report): string | undefined {
  const { period, records } = report.summary;
  const judged = records.audited + records.duplicate;
  if (period === null && judged === 0) return undefined;
  if (period === null)
    return areTimesKnown(report) ? ALL_TO_COME : `none of ${count(judged, 'record')} has a readable time`;
  const span = `${period.from} to ${period.until}`;
  const untimed = countUntimed(report);
  if (untimed === 0) return span;
  const timed = count(judged - untimed, 'record');
  return `${span}, of ${timed}; ${formatNumber(untimed)} ${untimed === 1 ? 'has' : 'have'} no readable time`;
}

const ALL_TO_COME = 'every event with a readable time lies in the future';

/** For a report without a period. */
export function whyNoPeriod(report: Pick<Report, 'activity'>): string {
  return areTimesKnown(report) ? ALL_TO_COME : 'no event has a readable time';
}

/** Only sources with a readable time have an activity. */
function areTimesKnown({ activity = [] }: Pick<Report, 'activity'>): boolean {
  return activity.length > 0;
}

/** A source without any readable time has no activity at all. */
function countUntimed({ activity, inputs }: Report): number {
  if (activity === undefined) return 0;
  const active = new Set(activity.map(({ source }) => source));
  const silent = inputs.filter(({ source }) => !active.has(source));
  return (
    activity.reduce((sum, { untimed }) => sum + untimed, 0) +
    silent.reduce((sum, { records }) => sum + records.audited + records.duplicate, 0)
  );
}
