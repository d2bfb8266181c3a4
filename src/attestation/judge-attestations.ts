/** The seam for whoever holds bytes that others vouch for: a checkpoint with its sidecars, a report, any file. */
import type { Attestation, AttestationTrust } from './attestation-trust.ts';
import type { AttestationJudgement, AttestationKind } from './judgement.ts';

/** What stands beside a file FILE under these names attests it. */
export const SIDECARS: readonly { suffix: string; kind: AttestationKind }[] = [
  { suffix: '.sigstore.json', kind: 'sigstore-bundle' },
  { suffix: '.sigstore', kind: 'sigstore-bundle' },
  { suffix: '.tsr', kind: 'rfc3161-timestamp' },
  { suffix: '.tst', kind: 'rfc3161-timestamp' },
];

/**
 * Judges each attestation of `bytes` by itself, in the order given. What an attestation holds never makes this throw: it is
 * `refused` or `undetermined`, with the reasons. The libraries are loaded where a kind is first met.
 */
export async function judgeAttestations(
  bytes: Uint8Array,
  attestations: readonly Attestation[],
  trust: AttestationTrust,
): Promise<AttestationJudgement[]> {
  const judgements: AttestationJudgement[] = [];
  for (const attestation of attestations)
    judgements.push(await JUDGES[attestation.kind](bytes, attestation, trust));
  return judgements;
}

type Judge = (
  bytes: Uint8Array,
  attestation: Attestation,
  trust: AttestationTrust,
) => Promise<AttestationJudgement>;

const JUDGES: Readonly<Record<AttestationKind, Judge>> = {
  'sigstore-bundle': async (...given) => (await import('./sigstore-bundle.ts')).judgeBundle(...given),
  'rfc3161-timestamp': async (...given) => (await import('./timestamp-token.ts')).judgeTimestamp(...given),
};
