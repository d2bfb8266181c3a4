/** What an audit that knows the time can believe of the times of records. */
import { type Instant, NANOS_PER_SECOND, parseTimestamp } from '../base/instant.ts';

/** How far the clocks of the writer and of the auditor may be apart. */
const CLOCK_SKEW = 300n * NANOS_PER_SECOND;

/** The last instant that an honest clock can have shown; undefined where nobody said when the audit is. */
export function latestInstant({ generated }: { generated?: string }): Instant | undefined {
  const parsed = generated === undefined ? undefined : parseTimestamp(generated);
  return parsed === undefined || parsed.problem !== undefined ? undefined : parsed.instant + CLOCK_SKEW;
}
