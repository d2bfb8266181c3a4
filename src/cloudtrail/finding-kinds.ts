/** The words of every code that is spoken of CloudTrail's digests and of the files that seals list. Long, for it is words. */
import type { FindingKind, Severity } from '../model/finding.ts';

const CONTROLS = ['pci-dss-4:10.3.4', 'soc2:CC7.2', 'nist-800-53r5:AU-9', 'iso-27001-2022:A.8.15'];

const WORDS = {
  'altered-digest': {
    severity: 'critical',
    title: 'digest file altered',
    why: 'The digest that follows keeps the hash of this one, and it is another: the list of log files that this digest vouches for was changed after CloudTrail wrote it.',
    fix: 'Fetch the digest anew from the bucket (older versions of the object too), and find out who could write there; until then nothing is proven of its hour.',
  },
  'altered-file': {
    severity: 'critical',
    title: 'sealed file altered',
    why: 'The seal keeps the hash of the content that was delivered, and the file holds something else: it was changed, cut or damaged since.',
    fix: 'Fetch the file anew from its origin (older versions of the object too) and compare; find out who could write to it.',
  },
  'bad-digest-signature': {
    severity: 'critical',
    title: 'digest with a signature that does not hold',
    why: 'The signature is none of this digest at this place by the key it names: the digest, its name or the signature was changed, or somebody else signed it.',
    fix: 'Fetch the digest and its metadata anew with "aws s3api head-object"; if they are the same there, treat the log files of the digest as forged.',
  },
  'broken-digest-link': {
    severity: 'critical',
    title: 'link between digests broken',
    why: 'A digest names its predecessor, its hash and its signature. One that names another than the one before it hides what stood between, or one of the two was exchanged.',
    fix: 'Fetch both digests anew from the bucket, with their metadata, and verify again.',
  },
  'digest-key-out-of-validity': {
    severity: 'high',
    title: 'digest signed with a key that was not valid',
    why: 'CloudTrail signs with a key of its time. A signature with the key of another time was not made when the digest says.',
    fix: 'List the keys anew for the time of the digest with "aws cloudtrail list-public-keys --start-time … --end-time …" in the region of the digest.',
  },
  'digests-end-early': {
    severity: 'high',
    title: 'digests end before the log does',
    why: 'CloudTrail delivers a digest every hour, also when nothing happened. Digests that end early may have been cut off at the end, together with the log files they list, which leaves no other trace.',
    fix: 'Fetch the later digests from the bucket; if there are none, ask whether the trail was stopped, deleted or lost its validation at that time.',
  },
  'key-list-beside-logs': {
    severity: 'medium',
    title: 'public keys taken from among the logs',
    why: 'Whoever can write to the logs can exchange a list of keys that lies with them, and sign with keys of their own.',
    fix: 'Get the keys from AWS ("aws cloudtrail list-public-keys") and keep the list where those who can write the logs cannot.',
  },
  'malformed-digest': {
    severity: 'critical',
    title: 'digest file that cannot be read as one',
    why: 'A digest that is damaged or holds something else vouches for nothing, and events that stand in it are not audited.',
    fix: 'Fetch the file anew from the bucket; a file that is no digest should not be called like one.',
  },
  'missing-digest': {
    severity: 'critical',
    title: 'digest files missing',
    why: 'The digests before and after show that others stood between them. Log files of those hours can have been changed, added and removed unseen.',
    fix: 'Fetch the missing digests from the bucket; if they are gone there too, treat these hours as deleted and look at who could delete objects.',
  },
  'missing-earlier-digests': {
    severity: 'medium',
    title: 'digests begin later than the trail',
    why: 'The first digest names one before it that is not here: older ones were not copied, expired by retention, or were cut off.',
    fix: 'Give the older digests to the audit too, or say with --since from when on the log is to be complete.',
  },
  'missing-file': {
    severity: 'critical',
    title: 'sealed file missing',
    why: 'The seal lists a file that was delivered, and it is not here: its events were removed from the audit.',
    fix: 'Fetch the file from its origin; if it is gone there too, its events were deleted.',
  },
  'moved-digest': {
    severity: 'medium',
    title: 'digest file at another place than it was signed for',
    why: 'A digest is signed together with its bucket and key. A copy or renamed one stands for the hour of another.',
    fix: 'Keep the names and folders of the bucket, or put all files into one folder under their own names.',
  },
  'moved-file': {
    severity: 'medium',
    title: 'sealed file renamed, moved or copied',
    why: 'The content is what the seal lists, the place is another: somebody handled the files after they were delivered.',
    fix: 'Give the file its name and folder back; find out who moved it.',
  },
  'no-digests': {
    severity: 'high',
    title: 'no digests found',
    why: 'Public keys were given to verify CloudTrail digests with, and there is none. Deleting all digests looks the same as never having had any.',
    fix: 'Copy the folder CloudTrail-Digest of the bucket beside CloudTrail; if the trail has none, turn on log file validation.',
  },
  'swapped-files': {
    severity: 'critical',
    title: 'sealed files with each other’s content',
    why: 'Each file holds what the seal lists for the other: events were moved to another place or time by exchanging files.',
    fix: 'Give the files their names back; find out who could write to them.',
  },
  'uncovered-hours': {
    severity: 'medium',
    title: 'hours that no digest covers',
    why: 'The chain of digests ends and begins anew, as it does when logging is stopped. What happened between was not logged, or its digests were removed.',
    fix: 'Look for StopLogging, DeleteTrail and UpdateTrail before the gap, and ask who did it and why.',
  },
  'unknown-digest-key': {
    severity: 'high',
    title: 'digest signed with an unknown key',
    why: 'The key that the digest names is not among the public keys given: they are of another time or region, or somebody signed with a key of their own.',
    fix: 'List the keys for the time of the digest with "aws cloudtrail list-public-keys --start-time … --end-time …" in the region of the digest. A key that AWS does not list means a forgery.',
  },
  'unlisted-file': {
    severity: 'critical',
    title: 'log file that no digest lists',
    why: 'Digests list every log file that CloudTrail delivered in their time. A file of that time that stands in none was not delivered: it was planted.',
    fix: 'Find out where the file comes from; do not rely on its events. Only a second trail without validation that delivers to the same place looks the same.',
  },
  'unsealed-file': {
    severity: 'medium',
    title: 'log file outside of what the digests cover',
    why: 'No digest of its account, region and time is here, so nothing shows whether the file was delivered so, altered or planted.',
    fix: 'Give the digests of that account, region and time to the audit too.',
  },
  'unsupported-digest-algorithm': {
    severity: 'high',
    title: 'digest by an algorithm that is not known',
    why: 'CloudTrail hashes with SHA-256 and signs with SHA256withRSA. What names another cannot be verified here, and may name it for that reason.',
    fix: 'Fetch the digest anew; if AWS introduced the algorithm, use a newer version of audit-check.',
  },
  'unverified-digest': {
    severity: 'medium',
    title: 'digest with a signature that was not verified',
    why: 'Without public keys, or without the signature, hashes and links still hold or break, but whoever can write all files can make them hold.',
    fix: 'Give --public-keys FILE ("aws cloudtrail list-public-keys"), and keep the metadata of the newest digest of each stream beside it: aws s3api head-object --bucket BUCKET --key KEY > NAME.metadata.json.',
  },
} as const satisfies Record<string, Omit<FindingKind, 'code'>>;

export type DigestCode = keyof typeof WORDS;

/** A code the files prove is a violation; these say that they cannot tell. */
export const UNDETERMINED: ReadonlySet<DigestCode> = new Set<DigestCode>([
  'digests-end-early',
  'key-list-beside-logs',
  'missing-earlier-digests',
  'no-digests',
  'uncovered-hours',
  'unknown-digest-key',
  'unsealed-file',
  'unsupported-digest-algorithm',
  'unverified-digest',
]);

export const DIGEST_FINDINGS: readonly FindingKind[] = Object.entries(WORDS).map(([code, words]) => ({
  code,
  ...words,
  controls: CONTROLS,
}));

export function severityOf(code: DigestCode): Severity {
  return WORDS[code].severity;
}
