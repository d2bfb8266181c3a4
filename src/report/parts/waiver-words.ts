/** A waiver in one line: who answers for the finding, until when, and why. */
import type { Finding } from '../../model/finding.ts';

export function describeWaiver({
  owner,
  expires,
  reason,
  ticket,
  approvedBy,
}: NonNullable<Finding['waiver']>): string {
  const granted = approvedBy === undefined ? '' : `, granted by ${approvedBy}`;
  return `by ${owner}${granted}, before ${expires}: ${reason}${ticket === undefined ? '' : ` (${ticket})`}`;
}
