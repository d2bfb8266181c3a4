/** Reference names of the keys that chain profiles take: what may stand under "keys" of a configuration. */
import { isChainProfile } from './compile-profile.ts';
import { type ChainProfile, keyOf } from './profile.ts';
import type { ProtocolProfile } from './protocol.ts';

/** Of its own hash first, then of further ones; some more than once. */
export function keyNamesOf(profile: ChainProfile | ProtocolProfile): string[] {
  if (!isChainProfile(profile)) return [...profile.keys];
  return [profile, ...profile.also].flatMap(({ digest }) => keyOf(digest) ?? []);
}
