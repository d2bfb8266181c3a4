/** Of which time a log tells; where it tells of none, why: times that are readable may all lie in the future. */
import type { Report } from '../../model/report.ts';

export function periodWords(report: Pick<Report, 'summary' | 'activity'>): string {
  const { period } = report.summary;
  return period === null ? whyNoPeriod(report) : `${period.from} to ${period.until}`;
}

/** For a report without a period. Only sources with a readable time have an activity. */
export function whyNoPeriod({ activity = [] }: Pick<Report, 'activity'>): string {
  return activity.length === 0
    ? 'no event has a readable time'
    : 'every event with a readable time lies in the future';
}
