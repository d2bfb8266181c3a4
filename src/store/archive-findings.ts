/** What can be wrong with an archive, in words. */
import { type Finding, type FindingKind, toFingerprint, type Verdict } from '../model/finding.ts';
import type { IntegrityRule } from '../model/integrity.ts';
import type { Place } from '../model/place.ts';

/** The name under which archives speak, beside the checks. */
export const ARCHIVE = 'archive' satisfies IntegrityRule;

const EVIDENCE = [
  'pci-dss-4:10.3.2',
  'pci-dss-4:10.3.4',
  'soc2:CC7.2',
  'nist-800-53r5:AU-9',
  'nist-800-53r5:AU-10',
  'iso-27001-2022:A.8.15',
];

export const ARCHIVE_FINDINGS = [
  {
    code: 'unverified-checkpoint',
    severity: 'medium',
    title: 'checkpoint of the archive not verified',
    why: 'Without the key of the signer an archive shows only that its parts fit each other, which a forged one does as well.',
    fix: 'Name the verifier key with --verifier-key, from a place that whoever writes the archive cannot write to.',
    controls: EVIDENCE,
  },
  {
    code: 'forged-checkpoint',
    severity: 'critical',
    title: 'checkpoint of the archive not signed by its key',
    why: 'Whoever replaces records has to replace the checkpoint too, and cannot sign it.',
    fix: 'Compare the archive with a backup and the checkpoint with a copy kept elsewhere; find out who could write to it.',
    controls: EVIDENCE,
  },
  {
    code: 'damaged-archive',
    severity: 'high',
    title: 'archive not readable as one',
    why: 'Its marker, checkpoint or control records are missing or damaged, so its segments cannot be held to anything.',
    fix: 'Restore what is named from a backup; the segments are held to it then.',
    controls: EVIDENCE,
  },
  {
    code: 'altered-tile',
    severity: 'critical',
    title: 'hashes of the log do not lead to the signed root',
    why: 'The tiles say what each record was; where they were changed, records may have been changed with them.',
    fix: 'Restore the tile from a backup; if the records then differ, they were altered too.',
    controls: EVIDENCE,
  },
  {
    code: 'altered-control-record',
    severity: 'critical',
    title: 'manifest or control record altered',
    why: 'Control records say which segments there are; one that differs from its leaf was not signed.',
    fix: 'Restore the control file from a backup, and compare its segments with those that are there.',
    controls: EVIDENCE,
  },
  {
    code: 'missing-control-record',
    severity: 'critical',
    title: 'control records missing',
    why: 'Leaves of the log are accounted for by no control record: segments can be deleted with their manifests.',
    fix: 'Restore the control file from a backup; its segments can then be told.',
    controls: EVIDENCE,
  },
  {
    code: 'contradicting-manifest',
    severity: 'critical',
    title: 'signed manifests that contradict each other',
    why: 'The holder of the key signed a manifest that leaves out records which were collected, or gives them another source or origin.',
    fix: 'Keep the control files as evidence, restore the segment that the first manifest names, and find out who could use the key.',
    controls: EVIDENCE,
  },
  {
    code: 'rolled-back-archive',
    severity: 'critical',
    title: 'archive is older than it was',
    why: 'There is more, or was signed more, than the checkpoint covers: the end was cut off, or an old copy put in its place.',
    fix: 'Restore what followed from a backup, and find out who could write to the archive.',
    controls: EVIDENCE,
  },
  {
    code: 'missing-segment',
    severity: 'critical',
    title: 'segment missing',
    why: 'Its records were collected and signed, and no pruning record says that they were to be deleted.',
    fix: 'Restore the segment from a backup: its digest is in the manifest.',
    controls: EVIDENCE,
  },
  {
    code: 'planted-segment',
    severity: 'high',
    title: 'segment that no manifest names',
    why: 'It was not collected: its records are not part of the archive and were not audited.',
    fix: 'Find out where it comes from; move it elsewhere, and collect it if it is genuine.',
    controls: EVIDENCE,
  },
  {
    code: 'altered-segment',
    severity: 'critical',
    title: 'records of a segment altered',
    why: 'What is stored is not what was collected and signed.',
    fix: 'Restore the segment from a backup: its digest is in the manifest. The range says which records differ.',
    controls: EVIDENCE,
  },
  {
    code: 'rewritten-segment',
    severity: 'low',
    title: 'segment stored in other bytes',
    why: 'Its records are those that were signed, but somebody wrote the file anew and left no manifest that says so.',
    fix: 'Find out who compressed or encrypted it again; restore it from a backup if nobody did.',
    controls: EVIDENCE,
  },
  {
    code: 'erased-without-tombstone',
    severity: 'critical',
    title: 'fields erased and nobody signed for it',
    why: 'Redaction leaves a signed tombstone that names what it erased; without one somebody took evidence away.',
    fix: 'Restore the segment from a backup, and find out who could write to the archive.',
    controls: EVIDENCE,
  },
  {
    code: 'unfinished-erasure',
    severity: 'high',
    title: 'erased values are still on the disk',
    why: 'Redaction was interrupted after it was signed: the file from before it still holds what was to be erased.',
    fix: 'Run "audit-check redact" or "audit-check collect" on the archive: either finishes it.',
    controls: ['gdpr:17'],
  },
  {
    code: 'withheld-fields',
    severity: 'medium',
    title: 'a view in the place of an archive',
    why: 'A view lacks the fields that its role may not see, so it shows less than the archive; a view could be put in its place.',
    fix: 'Audit the archive itself; where the view is what you mean to audit, say so with --view ROLE.',
    controls: EVIDENCE,
  },
] as const satisfies readonly FindingKind[];

export type ArchiveCode = (typeof ARCHIVE_FINDINGS)[number]['code'];

/** Of these nobody can tell whether something is wrong with the records. */
const UNDETERMINED: ReadonlySet<ArchiveCode> = new Set([
  'unverified-checkpoint',
  'damaged-archive',
  'withheld-fields',
]);

/** `found`: the digest of what was found, where the message does not tell one alteration from the next. */
export function archiveFinding(
  code: ArchiveCode,
  at: string | Place,
  message: string,
  records = 1,
  found?: string,
): Finding {
  const place = typeof at === 'string' ? { file: at, line: 1, offset: 0, length: 0 } : at;
  const verdict: Verdict = UNDETERMINED.has(code) ? 'undetermined' : 'violation';
  return {
    rule: ARCHIVE,
    code,
    severity: ARCHIVE_FINDINGS.find((kind) => kind.code === code)!.severity,
    verdict,
    place,
    message,
    ...(records > 1 && { count: records }),
    fingerprint: toFingerprint(ARCHIVE, code, place.file, message, ...(found === undefined ? [] : [found])),
  };
}
