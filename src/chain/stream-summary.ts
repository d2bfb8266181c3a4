/** How a stream is named in the report, and what its kind of chain cannot show. */
import { count } from '../base/text-safety.ts';
import type { ChainLayout } from './layout.ts';
import { hashedFields } from './profile.ts';
import type { StreamState } from './segment.ts';

/** `chain_id=eu-1`, or the files: `a.ndjson` … and how many more. */
export function streamTitle(stream: StreamState, layout: ChainLayout): string {
  const { stream: fields } = layout.profiles[0]!;
  const named = stream.values.map((value, index) => (value === '' ? '' : `${fields[index]}=${value}`));
  const files = stream.runs.map((run) => run.segments[0]!.from.file);
  return named.filter((part) => part !== '').join(' ') || fileList(files);
}

export function fileList(files: readonly string[]): string {
  const [first = '', ...rest] = [...new Set(files)];
  if (rest.length === 0) return first;
  return rest.length === 1 ? `${first}, ${rest[0]}` : `${first} and ${count(rest.length, 'more file')}`;
}

export function streamLimits(layout: ChainLayout, chosen: number, recomputed: boolean): string[] {
  const profile = layout.profiles[chosen]!;
  const limits = ['records cut off at the end leave no trace: compare the head hash with one kept elsewhere'];
  if (!recomputed) return ['nothing was recomputed: only the links were looked at', ...limits];
  limits.push(
    profile.digest.key === null
      ? 'whoever can write the log can rewrite the whole chain: the hashes have no key'
      : 'whoever holds the key can rewrite the whole chain',
  );
  if (profile.digest.algorithms.includes('sha1')) limits.push('SHA-1 no longer resists collisions');
  if (profile.stream.length > 0) {
    limits.push('a whole stream added or removed leaves no trace: compare the list of streams');
  }
  if (layout.members.own === null) limits.push('the last record is vouched for by none after it');
  const hashed = hashedFields(profile);
  if (hashed !== undefined)
    limits.push(`only ${hashed.join(', ')} and the link are hashed: changes elsewhere do not show`);
  if (profile.preimage.some((part) => part.kind === 'join' && part.fields.length > 1)) {
    limits.push('joined fields are ambiguous: text moved across a separator keeps the hash');
  }
  if (profile.preimage.some((part) => part.kind === 'canonical')) {
    limits.push('another spelling of the same JSON value (escapes, 1.0 for 1) keeps the hash');
  }
  return limits;
}
