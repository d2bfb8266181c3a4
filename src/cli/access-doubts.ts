/** What keeps `audit-check access` from saying that every request is within the roles: what it could not read or judge. */
import { count, formatNumber, quote } from '../base/text-safety.ts';
import { MAX_COMBINATIONS } from '../engine/members.ts';
import type { Finding } from '../model/finding.ts';
import type { InputSummary } from '../model/report.ts';
import { isUnread } from '../model/verdict.ts';
import type { AccessSummary } from '../roles/access-summary.ts';

/** Of records that make more than are read of one. */
export const LEFT_OUT = `more than ${formatNumber(MAX_COMBINATIONS)} requests in one record, of which so many are judged`;

/** Why requests of the file may be missing from the answer. `misread`: of all files. */
export function doubtsOfInput(input: InputSummary, misread: readonly Finding[]): string[] {
  const { status, unconfirmed, morePages, records, source } = input;
  return [
    ...(isUnread(input) ? [status] : []),
    ...(records.malformed > 0 ? [`${count(records.malformed, 'record')} cannot be read`] : []),
    ...(unconfirmed ? ['read by a suggested mapping that nobody has confirmed'] : []),
    ...(morePages === undefined ? [] : [`says by ${quote(morePages)} that more pages follow`]),
    ...(source === null && records.audited > 0 ? ['no mapping fits it'] : []),
    ...misread
      .filter(({ place, related = [] }) => [place, ...related].some(({ file }) => file === input.file))
      .map(({ code, message }) => `${code}: ${message}`),
  ];
}

/** What a scan tells of its own gaps. */
export type AccessScan = {
  inputs: readonly InputSummary[];
  /** Findings that leave open what the log tells. */
  misread: readonly Finding[];
  /** Records that tell of more requests than are read of one. */
  leftOut: number;
  /** What could not be held to who vouches for it, and why. */
  unheld: readonly string[];
};

/** Everything for which requests may be missing from the answer, one line each. */
export function doubtsOf(scan: AccessScan): string[] {
  const { inputs, misread, leftOut } = scan;
  return [
    ...inputs.flatMap((input) => {
      const doubts = doubtsOfInput(input, misread);
      return doubts.length === 0 ? [] : [`${input.file}: ${doubts.join('; ')}`];
    }),
    ...doubtsOfNoInput(scan),
    ...(leftOut === 0 ? [] : [`${count(leftOut, 'record')} not judged whole: ${LEFT_OUT}`]),
  ];
}

/** Those that are of no file which was read. */
export function doubtsOfNoInput({ inputs, misread, unheld }: AccessScan): string[] {
  const known = new Set(inputs.map(({ file }) => file));
  const apart = misread
    .filter(({ place, related = [] }) => ![place, ...related].some(({ file }) => known.has(file)))
    .map(({ code, message, place }) => `${code}: ${place.file}: ${message}`);
  return [...unheld, ...apart];
}

/** Events that may be requests outside the roles. */
export function openEvents({ skipped }: AccessSummary): AccessSummary['skipped'] {
  return skipped.filter(({ isOpen }) => isOpen);
}
