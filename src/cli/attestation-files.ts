/** Attestations and what they are held to, read from the disk: for every command that asks who vouches for a file. */
import fs from 'node:fs';
import type { Attestation, AttestationTrust, ExpectedSigner } from '../attestation/attestation-trust.ts';
import { SIDECARS } from '../attestation/judge-attestations.ts';
import type { AttestationKind } from '../attestation/judgement.ts';
import { parseAuthorities, parsePublicKey } from '../attestation/read-trust.ts';
import { parseTrustedRoot } from '../attestation/trusted-root.ts';
import { formatNumber } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';

/** Larger than any attestation is allowed to be, so that its judge says what is wrong with it. */
const MAX_ATTESTATION_BYTES = 64 * 1024 * 1024;

/** The options that say what is trusted, as the command line has them. */
export type AttestationTrustOptions = {
  trustedRoot?: string;
  identity?: string;
  issuer?: string;
  key?: string;
  ca?: string[];
};

/** What stands beside `file` under the names of attestations, in the order of `SIDECARS`. */
export function readSidecars(file: string, problems: Problem[]): Attestation[] {
  return SIDECARS.filter(({ suffix }) => fs.existsSync(`${file}${suffix}`)).flatMap(({ suffix, kind }) =>
    readAttestation(kind, `${file}${suffix}`, problems),
  );
}

/** None, and a problem, where the file cannot be read. */
export function readAttestation(kind: AttestationKind, name: string, problems: Problem[]): Attestation[] {
  const bytes = readBytes(name, MAX_ATTESTATION_BYTES, problems);
  return bytes === undefined ? [] : [{ kind, name, bytes }];
}

/** What is missing altogether leaves an attestation undetermined; what is given by half is a mistake. */
export function readAttestationTrust(
  options: AttestationTrustOptions,
  attestations: readonly Attestation[],
  problems: Problem[],
): AttestationTrust {
  const { trustedRoot, ca = [] } = options;
  const signer = readSigner(options, problems);
  const root = trustedRoot === undefined ? undefined : readRoot(trustedRoot, problems);
  const authorities = ca.flatMap((file) => {
    const bytes = readBytes(file, MAX_ATTESTATION_BYTES, problems);
    return (bytes && parseAuthorities(bytes, file, problems)) ?? [];
  });
  // The one who wrote the attestation could have written these, too.
  for (const file of [trustedRoot, options.key, ...ca])
    if (file !== undefined && attestations.some(({ name }) => isSameFile(name, file)))
      wrong(problems, `${file} is both the attestation and what it is held to`);
  return { authorities, ...(root && { root }), ...(signer && { signer }) };
}

function readSigner(
  { identity, issuer, key }: AttestationTrustOptions,
  problems: Problem[],
): ExpectedSigner | undefined {
  if (key !== undefined) {
    if (identity !== undefined || issuer !== undefined)
      return wrong(problems, 'expected either a key (--key) or an identity (--identity, --issuer), not both');
    const bytes = readBytes(key, MAX_ATTESTATION_BYTES, problems);
    const parsed = bytes && parsePublicKey(bytes, key, problems);
    return parsed && { kind: 'key', key: parsed };
  }
  if (identity === undefined && issuer === undefined) return undefined;
  if (identity === undefined)
    return wrong(problems, '--issuer says who identified the signer; name the signer, too, with --identity');
  if (issuer === undefined)
    return wrong(
      problems,
      '--identity alone proves little, anybody may issue that name; say who identified the signer with --issuer',
    );
  return { kind: 'identity', identity, issuer };
}

function readRoot(file: string, problems: Problem[]): AttestationTrust['root'] {
  const bytes = readBytes(file, MAX_ATTESTATION_BYTES, problems);
  if (bytes === undefined) return undefined;
  try {
    return parseTrustedRoot(bytes, file);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function isSameFile(left: string, right: string): boolean {
  const [one, two] = [left, right].map((file) => fs.statSync(file, { throwIfNoEntry: false }));
  return one !== undefined && two !== undefined && one.ino === two.ino && one.dev === two.dev;
}

export function readBytes(file: string, limit: number, problems: Problem[]): Uint8Array | undefined {
  const problem = (message: string): undefined => void problems.push({ file, line: 0, column: 0, message });
  try {
    const { size } = fs.statSync(file);
    if (size > limit)
      return problem(`has ${formatNumber(size)} bytes, at most ${formatNumber(limit)} are read`);
    return fs.readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return problem(reason === 'ENOENT' ? 'there is no such file' : `cannot be read: ${reason}`);
  }
}

function wrong(problems: Problem[], message: string): undefined {
  problems.push({ file: 'arguments', line: 0, column: 0, message });
  return undefined;
}
