/** Whether a checkpoint of an archive was signed by a key that the user trusts. A key that lies in the archive is none. */
import { quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import type { VerifierKey } from '../transparency/note-key.ts';
import { NoteFault, parseNote, verifyNote } from '../transparency/signed-note.ts';
import { archiveFinding } from './archive-findings.ts';

/** `by`: who signed. `reason`: why nobody vouches for the archive. */
export type Trust = { by: string } | { reason: string; finding: Finding };

/** `file`: where the checkpoint lies. Its log is that of its first line, so a key vouches only for a log of its own name. */
export function judgeTrust(file: string, note: string, origin: string, keys: readonly VerifierKey[]): Trust {
  const no = (code: 'unverified-checkpoint' | 'forged-checkpoint', reason: string): Trust => ({
    reason,
    finding: archiveFinding(
      code,
      file,
      code === 'unverified-checkpoint' ? `unverifiable: ${reason}` : reason,
    ),
  });
  if (keys.length === 0) return no('unverified-checkpoint', 'no verifier key given');
  const own = keys.filter(({ name }) => name === origin);
  const names = keys.map(({ name }) => quote(name)).join(', ');
  if (own.length === 0)
    return no('forged-checkpoint', `expected a checkpoint of ${names}, found one of ${quote(origin)}`);
  try {
    const [signed] = verifyNote(parseNote(Buffer.from(note)), own);
    if (signed !== undefined) return { by: signed.key.name };
    return no('forged-checkpoint', `expected a signature by the key given for ${names}, found none`);
  } catch (error) {
    if (!(error instanceof NoteFault)) throw error;
    return no('forged-checkpoint', error.message);
  }
}
