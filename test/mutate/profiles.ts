/** The profiles that are attacked: all that ship, and those of kinds of which none ships. Tests only. */
import { compileProfile } from '../../src/chain/compile-profile.ts';
import type { ChainProfile } from '../../src/chain/profile.ts';
import { SHIPPED_CHAINS } from '../chain/shipped-chains.ts';
import { CannotMakeError } from '../support/made-chain.ts';

/** Keys that change with every record (Acra's audit log has such a ratchet, under a format of its own). */
const RATCHET = {
  title: 'HMAC under a key that is the digest of the key before',
  members: [{ previous: 'prev_mac', own: 'mac' }],
  digest: { algorithm: 'sha256', key: 'chain', ratchet: 'sha256' },
  genesis: [null],
  sequence: { field: ['seq'], start: 0 },
  preimage: [{ canonical: { without: ['$own'] } }],
};

export const ATTACKED_CHAINS: Readonly<Record<string, unknown>> = {
  ...SHIPPED_CHAINS,
  'test-ratchet': RATCHET,
};

/** @throws {CannotMakeError} for a log that is verified whole, by rules of its own */
export function attackedProfile(name: string): ChainProfile {
  const { protocol } = ATTACKED_CHAINS[name] as { protocol?: unknown };
  if (protocol !== undefined) throw new CannotMakeError(`${name}: follows the protocol ${String(protocol)}`);
  const mistakes: string[] = [];
  const profile = compileProfile(name, ATTACKED_CHAINS[name], (path, message) =>
    mistakes.push(`${path.join('.')}: ${message}`),
  );
  if (profile === undefined) throw new Error(`${name}: ${mistakes.join('; ')}`);
  return profile;
}
