/** When a bundle was signed, by those whose word the trusted root takes: timestamp authorities, and promises of logs. */
import type { Bundle, TransparencyLogEntry } from '@sigstore/bundle';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import { type Instant, NANOS_PER_MS, NANOS_PER_SECOND } from '../base/instant.ts';
import { logOf } from './log-entry.ts';
import type { TrustedRoot } from './trusted-root.ts';

export type ProvedTime = { at: Instant; proof: string };

/** Times that the library has verified, the earliest first. */
export function timesOf(
  bundle: Bundle,
  entity: SignedEntity,
  material: TrustMaterial,
  root: TrustedRoot,
): ProvedTime[] {
  const stamped = entity.timestamps.flatMap((each): ProvedTime[] => {
    if (each.$case !== 'timestamp-authority') return [];
    const { signingTime, signerIssuer, signerSerialNumber } = each.timestamp;
    const index = material.timestampAuthorities.findIndex(
      ({ certChain: [leaf] }) =>
        leaf?.serialNumber.equals(signerSerialNumber) === true && leaf.issuer.equals(signerIssuer),
    );
    const uri = root.timestampAuthorities[index]?.uri ?? '';
    return [{ at: instantOf(signingTime), proof: `timestamp authority ${uri || 'of the trusted root'}` }];
  });
  const logged = entriesOf(bundle).flatMap((entry): ProvedTime[] => {
    // Only the promise signs the time that an entry states.
    if (entry.inclusionPromise === undefined || entry.integratedTime === '0') return [];
    const at = BigInt(entry.integratedTime) * NANOS_PER_SECOND;
    return [{ at, proof: `transparency log ${logOf(entry, root.logs).url}` }];
  });
  return [...stamped, ...logged].sort((left, right) =>
    left.at < right.at ? -1 : left.at > right.at ? 1 : 0,
  );
}

/** Reading the bundle has demanded the members that the generated type calls optional. */
export function entriesOf({ verificationMaterial }: Bundle): TransparencyLogEntry[] {
  return verificationMaterial.tlogEntries as TransparencyLogEntry[];
}

/** The promise signs an index across the shards of a log, a proof holds for one within its shard; the rest is hearsay. */
export function provedIndex({ inclusionPromise, inclusionProof, logIndex }: TransparencyLogEntry): string {
  return inclusionPromise === undefined && inclusionProof !== undefined ? inclusionProof.logIndex : logIndex;
}

export function instantOf(date: Date): Instant {
  return BigInt(date.getTime()) * NANOS_PER_MS;
}
