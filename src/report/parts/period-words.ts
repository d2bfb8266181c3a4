/** From when until when the log speaks, and of how many of its records that is said: those without a readable time are in no period. */
import { count, formatNumber } from '../../base/text-safety.ts';
import type { Report } from '../../model/report.ts';

/** Undefined where there is no record. */
export function describePeriod(report: Report): string | undefined {
  const { period, records } = report.summary;
  const judged = records.audited + records.duplicate;
  if (period === null)
    return judged === 0 ? undefined : `none of ${count(judged, 'record')} has a readable time`;
  const span = `${period.from} to ${period.until}`;
  const untimed = countUntimed(report);
  if (untimed === 0) return span;
  const timed = count(judged - untimed, 'record');
  return `${span}, of ${timed}; ${formatNumber(untimed)} ${untimed === 1 ? 'has' : 'have'} no readable time`;
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
