/** `audit-check redact`: what both ways of redacting need, a person from the archive or a role's view of it. */
import { count, quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { auditArchive } from '../store/archive-audit.ts';
import { listFolder, placesOf, readMarker } from '../store/archive-folder.ts';
import type { ArchiveMarker } from '../store/archive-records.ts';
import type { Sealer } from '../store/archive-sealer.ts';
import type { ArchiveWriter } from '../store/archive-writer.ts';
import { parseVerifierKey, type SignerKey, verifierOf } from '../transparency/note-key.ts';
import { openWriter, refusal, sealerFor } from './collect.ts';
import { readLogSigner, readRecipients } from './collect-keys.ts';
import type { ExitCode } from './exit-codes.ts';
import { checkSignedTexts } from './signed-texts.ts';
import { readIdentities } from './verify-archives.ts';
import { judgeArchiveCheckpoint } from './verify-trust.ts';

export type RedactOptions = {
  person?: string;
  policy?: string;
  role?: string;
  into?: string;
  key?: string;
  reason?: string;
  by?: string;
  identity?: string[];
  recipient?: string[];
  recipientsFile?: string[];
  yes: boolean;
};

/** An archive that can be redacted, and what reads, writes and signs it. */
export type Redaction = {
  archive: string;
  signer: SignerKey | undefined;
  identities: string[];
  sealer: Sealer;
  encrypted: boolean;
};

/** @throws {ProblemsError} with everything that is wrong with arguments, policy, keys and the archive */
export async function redact(archive: string, options: RedactOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const isPerson = options.person !== undefined;
  if (isPerson === (options.role !== undefined))
    wrong(problems, 'arguments', 'expected either --person, or --role with --policy and --into');
  const own = isPerson ? ['reason', 'by', 'key'] : ['policy', 'into'];
  if (isPerson || options.role !== undefined)
    for (const name of own)
      if (options[name as 'reason'] === undefined)
        wrong(problems, `--${name}`, `expected it beside ${isPerson ? '--person' : '--role'}`);
  const others = isPerson ? (['policy', 'into'] as const) : ([] as const);
  for (const name of others)
    if (options[name] !== undefined)
      wrong(problems, `--${name}`, 'expected it with --role, found it with --person');
  checkSignedTexts({ reason: options.reason, by: options.by }, problems);
  const redaction = await readRedaction(archive, options, problems);
  if (isPerson) {
    const { redactPerson } = await import('./redact-person.ts');
    return redactPerson(redaction, options, problems);
  }
  const { redactForRole } = await import('./redact-role.ts');
  return redactForRole(redaction, options, problems);
}

export function wrong(problems: Problem[], file: string, message: string): void {
  problems.push({ file, line: 0, column: 0, message });
}

async function readRedaction(
  archive: string,
  options: RedactOptions,
  problems: Problem[],
): Promise<Redaction | undefined> {
  const marker = readMarker(archive);
  const refused = refuseMarker(marker);
  if (refused !== undefined) wrong(problems, archive, refused);
  const signer = options.key === undefined ? undefined : readLogSigner(options.key, problems);
  const identities = (options.identity ?? []).flatMap((file) => readIdentities(file, problems));
  const recipients = readRecipients(options, problems);
  const sealer = await sealerFor(recipients, problems);
  if (sealer === undefined || marker === undefined || marker === 'unreadable') return undefined;
  const encrypted = marker.encryption === 'age';
  if (encrypted && identities.length === 0)
    wrong(problems, '--identity', `expected one: ${archive} is encrypted, and its records have to be read`);
  if (encrypted && recipients.length === 0)
    wrong(
      problems,
      '--recipient',
      `expected the recipients again: ${archive} is encrypted, and what is stored anew is encrypted for them`,
    );
  if (!encrypted && recipients.length > 0)
    wrong(problems, '--recipient', `expected none: ${archive} is not encrypted`);
  return { archive, signer, identities, sealer, encrypted };
}

function refuseMarker(marker: ArchiveMarker | 'unreadable' | undefined): string | undefined {
  if (marker === undefined) return 'expected an archive that "audit-check collect --salted" made, found none';
  if (marker === 'unreadable') return 'its archive.json is not readable by this version';
  if (marker.view !== undefined)
    return `it is a view for the role ${quote(marker.view.role)}: redact the archive, and make the view again`;
  if (marker.leaf !== 'salted-fields')
    return 'its records are not salted: whatever is erased breaks the log; collect the exports with --salted into another archive';
  return undefined;
}

/** What does not verify is evidence: to rewrite it would destroy that. @throws {ProblemsError} */
export async function expectSound({ archive, signer, identities }: Redaction): Promise<void> {
  const keys = signer === undefined ? [] : [parseVerifierKey(verifierOf(signer))];
  const judge = (note: string) => judgeArchiveCheckpoint(note, { keys, policy: undefined });
  const { result } = await auditArchive(archive, { judge, identities, retained: [] });
  const isAllowed = (code: string) => code === 'unverified-checkpoint' && signer === undefined;
  const found = result.findings.filter(({ code }) => !isAllowed(code));
  if (found.length === 0) return;
  const [first] = found;
  const more = found.length > 1 ? `, and ${count(found.length - 1, 'other finding')}` : '';
  const message = `it does not verify (${first!.code}: ${first!.message}${more}): nothing is redacted in it; run "audit-check verify" on it`;
  throw new ProblemsError([{ file: archive, line: 0, column: 0, message }]);
}

/** Takes the archive for this process; what an interrupted run left is finished first. @throws {ProblemsError} */
export async function openForRedaction(
  { archive, sealer, encrypted }: Redaction,
  signer: SignerKey,
): Promise<ArchiveWriter> {
  return openWriter(archive, signer, { encrypted, sealer });
}

/** @throws {ProblemsError} for a batch that was interrupted, which only whoever writes can finish */
export function expectSettled({ archive }: Redaction): void {
  if (listFolder(placesOf(archive).pending).length > 0)
    throw refusal(
      archive,
      'an interrupted run left something pending: give the key, or run "audit-check collect" first',
    );
}
