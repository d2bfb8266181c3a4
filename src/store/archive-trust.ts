/** Whether a checkpoint of an archive is one that the user trusts. A key that lies in the archive is no reason to. */
import type { Finding } from '../model/finding.ts';
import { archiveFinding } from './archive-findings.ts';

/**
 * What the keys and the policy of the user say of a checkpoint. `by`: who signed, in words. `forged`: a key that was given
 * says no. `unverified`: none can tell.
 */
export type Judged = { by: string } | { forged: string } | { unverified: string };

/** `reason`: why nobody vouches for the archive. */
export type Trust = { by: string } | { reason: string; finding: Finding };

/** `file`: where the checkpoint lies. */
export function toTrust(file: string, judged: Judged): Trust {
  if ('by' in judged) return judged;
  if ('forged' in judged)
    return { reason: judged.forged, finding: archiveFinding('forged-checkpoint', file, judged.forged) };
  const message = `unverifiable: ${judged.unverified}`;
  return { reason: judged.unverified, finding: archiveFinding('unverified-checkpoint', file, message) };
}
