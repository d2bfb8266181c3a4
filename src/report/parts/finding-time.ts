/** When the events of a finding happened, for people. */
import type { Finding } from '../../model/finding.ts';

/** Undefined where no time is known, or the message says it already. */
export function momentOf({ time, message }: Finding): string | undefined {
  if (time === undefined || message.includes(time.from)) return undefined;
  return time.from === time.until ? time.from : `${time.from} to ${time.until}`;
}
