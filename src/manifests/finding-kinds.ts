/** The words of every code that is spoken of lists of digests and of the files they list. */
import type { FindingKind, Severity } from '../model/finding.ts';

/** The rule that speaks. */
export const MANIFESTS = 'manifests';

const CONTROLS = ['pci-dss-4:10.3.4', 'soc2:CC7.2', 'nist-800-53r5:AU-9', 'iso-27001-2022:A.8.15'];

const WORDS = {
  'altered-listed-file': {
    severity: 'critical',
    title: 'file that differs from the list of digests beside it',
    why: 'The list keeps the digest of the file as it was when the list was made, and the file holds something else: one of the two was changed, cut or damaged since.',
    fix: 'Fetch the file and the list anew from where they were made, and compare; find out who could write to them.',
  },
  'broken-archive-link': {
    severity: 'critical',
    title: 'archives that do not follow each other',
    why: 'Each message log archive begins with the last digest of the one before. One that begins with another was made to follow other content: one of the two archives was changed or exchanged, or one follows in the place of another.',
    fix: 'Compare both archives with copies that were moved off the security server when they were made, and with the last digest in its database.',
  },
  'malformed-manifest': {
    severity: 'high',
    title: 'list of digests that cannot be read as one',
    why: 'Lines that are no digest and name vouch for nothing: the files they were to list are not held to anything.',
    fix: 'Write the list anew with "sha256sum FILE… > SHA256SUMS", or unpack the archive again; a file that is no such list should not be called like one.',
  },
  'missing-archive': {
    severity: 'high',
    title: 'message log archive missing',
    why: 'An archive names one before it that is not here, though older ones are: it was removed, not copied, or comes from another security server.',
    fix: 'Give the archive to the audit too; if it is gone, treat the messages of its time as deleted.',
  },
  'missing-listed-file': {
    severity: 'critical',
    title: 'file that a list of digests names is not here',
    why: 'The list was made when the file was there. Whatever it recorded is not part of this audit.',
    fix: 'Give the whole folder to the audit; if the file is gone, fetch it from where the list was made and find out who could remove it.',
  },
  'unchecked-listed-file': {
    severity: 'high',
    title: 'listed file that could not be held to its digest',
    why: 'A digest that nobody compared says nothing: the file could not be read, changed meanwhile, or the list names it outside of its own folder.',
    fix: 'Make the file readable and name regular files; list files by names below the folder of the list.',
  },
  'unlisted-archive-file': {
    severity: 'high',
    title: 'message that its archive does not list',
    why: 'The archive lists every message in it. One that lies there unlisted was put there afterwards, or its line was taken out of the list.',
    fix: 'Unpack the archive again into an empty folder and compare; a message from elsewhere belongs in a folder of its own.',
  },
  'weak-manifest-digest': {
    severity: 'medium',
    title: 'list of digests that can be forged',
    why: 'Two files with one MD5 or SHA-1 digest can be made with little effort: an intact digest does not show that the file was not exchanged.',
    fix: 'Make the list anew with SHA-256 or longer, where the files are still known to be intact.',
  },
} satisfies Record<string, { severity: Severity; title: string; why: string; fix: string }>;

export type ManifestCode = keyof typeof WORDS;

export const MANIFEST_FINDINGS: readonly FindingKind[] = Object.entries(WORDS).map(([code, words]) => ({
  code,
  ...words,
  controls: CONTROLS,
}));

export function severityOf(code: ManifestCode): Severity {
  return WORDS[code].severity;
}

/** The list cannot tell which it is. */
export const UNDETERMINED: ReadonlySet<ManifestCode> = new Set(['missing-archive', 'unchecked-listed-file']);
