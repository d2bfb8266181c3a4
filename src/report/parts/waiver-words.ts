/** A waiver in one line: who answers for the finding, until when, and why; or why it does not cover what it is for. */
import type { ControlResult } from '../../model/control.ts';
import type { Finding } from '../../model/finding.ts';

export function describeWaiver({
  title,
  owner,
  expires,
  reason,
  ticket,
  approvedBy,
}: NonNullable<Finding['waiver']>): string {
  const granted = approvedBy === undefined ? '' : `, granted by ${approvedBy}`;
  return `${title}, by ${owner}${granted}, before ${expires}: ${reason}${ticket === undefined ? '' : ` (${ticket})`}`;
}

/** `waiver W-12 expired on 2025-03-01` */
export function describeLapse({ id, reason }: NonNullable<Finding['lapsed']>): string {
  return `waiver ${id} ${reason}`;
}

/** Of a control that is excepted, by which waivers: `1 finding stands, waived by W-12`. Undefined for all others. */
export function whyExcepted({
  status,
  checks,
}: Pick<ControlResult, 'status' | 'checks'>): string | undefined {
  if (status !== 'excepted') return undefined;
  const reasons = checks.flatMap((check) => (check.status === status ? (check.reason ?? []) : []));
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join('; ');
}
