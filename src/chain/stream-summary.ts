/** How a stream is named in the report, and what its kind of chain cannot show. */
import { fileList } from '../model/told-places.ts';
import { hashedFields, isAmbiguous, unhashedMembers, unhashedStreamFields } from './coverage.ts';
import type { ChainLayout } from './layout.ts';
import { type ChainDigest, type ChainProfile, keyOf } from './profile.ts';
import type { StreamState } from './segment.ts';

/** `chain_id=eu-1`, or the files: `a.ndjson` … and how many more. */
export function streamTitle(stream: StreamState, layout: ChainLayout): string {
  const { stream: fields } = layout.profiles[0]!;
  const named = stream.values.map((value, index) => (value === '' ? '' : `${fields[index]}=${value}`));
  const files = stream.runs.map((run) => run.segments[0]!.from.file);
  return named.filter((part) => part !== '').join(' ') || fileList(files);
}

/** What must be said of every stream of the profile, whatever was found in it. `missingKeys`: names of keys not given. */
export function streamLimits(
  layout: ChainLayout,
  chosen: number,
  recomputed: boolean,
  missingKeys: readonly string[] = [],
): string[] {
  const profile = layout.profiles[chosen]!;
  const { digest, members, stream } = { ...profile, members: layout.members };
  const limits =
    members.previous === null
      ? ['records removed, added, repeated or put in another order leave no trace: none is linked to another']
      : ['records cut off at the end leave no trace: compare the head hash with one kept elsewhere'];
  if (!recomputed) return ['nothing was recomputed: only the links were looked at', ...limits];
  const whole = members.previous === null ? 'every record' : 'the whole chain';
  limits.push(rewriteLimit(digest, whole));
  if (digest.algorithms.includes('sha1') || digest.signature?.algorithm === 'rsa-sha1')
    limits.push('SHA-1 no longer resists collisions');
  if (stream.length > 0 && members.previous !== null) {
    limits.push('a whole stream added or removed leaves no trace: compare the list of streams');
    const unhashed = unhashedStreamFields(profile);
    if (unhashed.length > 0)
      limits.push(`records can be moved to another stream: ${unhashed.join(', ')} is not hashed`);
  }
  if (members.own === null) limits.push('the last record is vouched for by none after it');
  limits.push(...coverageLimits(profile));
  // Of profiles that share their fields each may vouch for a spelling of its own.
  if (layout.profiles.length > 1 && hashesBytes(profile))
    limits.push(
      'another spelling of the same JSON value may be what another profile hashes: name this one with --chain',
    );
  for (const { member, digest: form, optional } of profile.also) {
    const key = keyOf(form);
    if (key !== null && missingKeys.includes(key))
      limits.push(`${member} was not verified: the key ${key} was not given`);
    else if (optional) limits.push(`a record may go without ${member}: its removal does not show`);
  }
  return limits;
}

function rewriteLimit({ key, ratchet, signature }: ChainDigest, whole: string): string {
  if (signature !== null) return `whoever holds the private key can rewrite ${whole}`;
  if (ratchet !== null)
    return `whoever holds the first key can rewrite ${whole}, a later key its records from then on`;
  return key === null
    ? `whoever can write the log can rewrite ${whole}: the hashes have no key`
    : `whoever holds the key can rewrite ${whole}`;
}

function hashesBytes({ preimage }: ChainProfile): boolean {
  return preimage.some((part) => part.kind === 'raw');
}

function coverageLimits(profile: ChainProfile): string[] {
  const limits: string[] = [];
  const hashed = hashedFields(profile);
  const link = profile.members.some(({ previous }) => previous !== null) ? ' and the link' : '';
  if (hashed !== undefined)
    limits.push(`only ${hashed.join(', ')}${link} are hashed: changes elsewhere do not show`);
  const left = unhashedMembers(profile);
  if (left.length > 0) limits.push(`${left.join(', ')} is not hashed: changes there do not show`);
  if (profile.genesis.given !== null)
    limits.push('the hash of the first record is taken as it stands: changes in that record do not show');
  if (isAmbiguous(profile))
    limits.push('joined fields are ambiguous: text moved across a separator keeps the hash');
  if (profile.preimage.some((part) => part.kind === 'canonical'))
    limits.push('another spelling of the same JSON value (escapes, 1.0 for 1) keeps the hash');
  else if (!hashesBytes(profile))
    limits.push('another spelling of the same JSON value (escapes, white space) keeps the hash');
  return limits;
}
