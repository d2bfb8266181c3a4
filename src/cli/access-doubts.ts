/** What keeps `audit-check access` from saying that every request is within the roles: what it could not read or judge. */
import { count } from '../base/text-safety.ts';
import type { InputSummary } from '../model/report.ts';
import { isUnread } from '../model/verdict.ts';
import type { AccessSummary } from '../roles/access-summary.ts';

/** Why requests of the file may be missing from the answer. */
export function doubtsOfInput(input: InputSummary): string[] {
  const { status, unconfirmed, records, source } = input;
  return [
    ...(isUnread(input) ? [status] : []),
    ...(records.malformed > 0 ? [`${count(records.malformed, 'record')} cannot be read`] : []),
    ...(unconfirmed ? ['read by a suggested mapping that nobody has confirmed'] : []),
    ...(source === null && records.audited > 0 ? ['no mapping fits it'] : []),
  ];
}

/** Events that may be requests outside the roles. */
export function openEvents({ skipped }: AccessSummary): AccessSummary['skipped'] {
  return skipped.filter(({ isOpen }) => isOpen);
}
