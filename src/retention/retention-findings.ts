/** What can be wrong with how long an archive keeps its segments, in words. */
import { type Finding, type FindingKind, toFingerprint, type Verdict } from '../model/finding.ts';

export const RETENTION = 'retention';

export const RETENTION_FINDINGS = [
  {
    code: 'over-retention',
    severity: 'medium',
    title: 'kept beyond its maximum age',
    why: 'Records that are kept longer than the policy allows are a breach of it, and of privacy law where they name people.',
    fix: 'Delete what is due with "audit-check retention apply", or place a legal hold if it must stay.',
    controls: ['gdpr:5(1)(e)', 'nist-800-53r5:SI-12'],
  },
  {
    code: 'early-deletion',
    severity: 'high',
    title: 'deleted before its minimum age',
    why: 'The signed record of the deletion shows that the segment was younger than the policy demands.',
    fix: 'Restore the segment from a backup: its digest is in the manifest. Find out which policy it was deleted by.',
    controls: ['pci-dss-4:10.5.1', 'nist-800-53r5:AU-11'],
  },
  {
    code: 'deleted-under-hold',
    severity: 'critical',
    title: 'deleted while a legal hold stood',
    why: 'The signed record of the deletion names a segment that a legal hold of this policy kept from being deleted on that day.',
    fix: 'Restore the segment from a backup and tell whoever placed the hold; if it was placed later, say so with "since".',
    controls: ['nist-800-53r5:AU-11', 'nist-800-53r5:SI-12'],
  },
  {
    code: 'unfinished-deletion',
    severity: 'medium',
    title: 'declared deleted and still there',
    why: 'A deletion was signed and then interrupted, or the file was put back: it is kept beyond what was declared.',
    fix: 'Run "audit-check retention apply" again, which finishes it.',
    controls: ['nist-800-53r5:SI-12'],
  },
  {
    code: 'unknown-age',
    severity: 'low',
    title: 'age not known',
    why: 'The manifest shows no event time to count an age from, so nobody can say when the segment is due; it is kept.',
    fix: 'Look into the segment, and collect such files with a mapping that knows their time.',
    controls: ['nist-800-53r5:SI-12'],
  },
] as const satisfies readonly FindingKind[];

export type RetentionCode = (typeof RETENTION_FINDINGS)[number]['code'];

export function retentionFinding(
  code: RetentionCode,
  file: string,
  message: string,
  verdict: Verdict = 'violation',
): Finding {
  return {
    rule: RETENTION,
    code,
    severity: RETENTION_FINDINGS.find((kind) => kind.code === code)!.severity,
    verdict,
    place: { file, line: 1, offset: 0, length: 0 },
    message,
    fingerprint: toFingerprint(RETENTION, code, file, message),
  };
}
