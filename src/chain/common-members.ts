/** Names under which home-grown chains keep their two hashes (`members: common`), the most frequent first. */
import type { ChainMembers } from './profile.ts';

export const COMMON_MEMBERS: readonly ChainMembers[] = [
  { previous: 'prev_hash', own: 'hash' },
  { previous: 'previous_hash', own: 'hash' },
  { previous: 'prevHash', own: 'hash' },
  { previous: 'previousHash', own: 'hash' },
  { previous: 'previous_hash', own: 'entry_hash' },
  { previous: 'prev_hash', own: 'entry_hash' },
  { previous: 'previousHash', own: 'entryHash' },
  { previous: 'prevHash', own: 'entryHash' },
  { previous: 'prev_hash', own: 'record_hash' },
  { previous: 'previous_hash', own: 'record_hash' },
  { previous: 'prev_hash', own: 'event_hash' },
  { previous: 'previous_hash', own: 'event_hash' },
  { previous: 'previous_hash', own: 'current_hash' },
  { previous: 'integrity.prev_hash', own: 'integrity.hash' },
];

/** The same for chains whose records carry no hash of their own (`members: common-previous`). */
export const COMMON_PREVIOUS: readonly ChainMembers[] = [
  ...new Set(COMMON_MEMBERS.map(({ previous }) => previous)),
].map((previous) => ({ previous, own: null }));
