/** Which findings of reading and of the form of records leave it open what a log tells, though its files were read to the end. */
import type { Finding } from './finding.ts';

/**
 * Something was not read as a record, or it says two things. Files that were not read to their end and records that could not
 * be read are told by the books of their file; of records of one id that differ each was read.
 */
export const MISREAD_CODES = [
  'unread-member',
  'repeated-member',
  'duplicate-key',
  'nested-records',
  'not-an-object',
  'crowded-record',
] as const;

/** Those over which no command may say that all is well. */
export function misreadFindings(findings: readonly Finding[]): Finding[] {
  const codes: readonly string[] = MISREAD_CODES;
  return findings.filter(({ code }) => codes.includes(code));
}
