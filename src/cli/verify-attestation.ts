/** `audit-check verify-attestation`: who vouches for the bytes of a file, and since when. */
import fs from 'node:fs';
import type { Attestation, AttestationTrust, ExpectedSigner } from '../attestation/attestation-trust.ts';
import { judgeAttestations, SIDECARS } from '../attestation/judge-attestations.ts';
import type { AttestationJudgement, AttestationKind } from '../attestation/judgement.ts';
import { parseAuthorities, parsePublicKey } from '../attestation/read-trust.ts';
import { parseTrustedRoot } from '../attestation/trusted-root.ts';
import { sha256Hex } from '../base/digest.ts';
import { formatNumber } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { attestationJson, attestationText } from './verify-attestation-text.ts';
import { writeStream } from './write-output.ts';

export type VerifyAttestationOptions = {
  bundle?: string[];
  timestamp?: string[];
  trustedRoot?: string;
  identity?: string;
  issuer?: string;
  key?: string;
  ca?: string[];
  format: string;
};

/** What every format of the command tells. */
export type AttestationReport = { file: string; sha256: string; judgements: AttestationJudgement[] };

/** Signatures are over whole files, which are held in memory; a report of a million findings has 500 MB. */
const MAX_FILE_BYTES = 1024 ** 3;

/** Larger than any attestation is allowed to be, so that its judge says what is wrong with it. */
const MAX_ATTESTATION_BYTES = 64 * 1024 * 1024;

/** @throws {ProblemsError} with everything that is wrong with arguments and files of trust */
export async function verifyAttestation(file: string, options: VerifyAttestationOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const bytes = readBytes(file, MAX_FILE_BYTES, problems);
  const attestations = readAttestations(file, options, problems);
  const trust = readTrust(options, attestations, problems);
  if (problems.length > 0 || bytes === undefined) throw new ProblemsError(problems);
  const judgements = await judgeAttestations(bytes, attestations, trust);
  const report = { file, sha256: sha256Hex(bytes), judgements };
  const render = options.format === 'json' ? attestationJson : attestationText;
  await writeStream(process.stdout, render(report));
  return exitOf(judgements);
}

function exitOf(judgements: readonly AttestationJudgement[]): ExitCode {
  if (judgements.length === 0 || judgements.some(({ verdict }) => verdict === 'undetermined'))
    return EXIT.incomplete;
  return judgements.some(({ verdict }) => verdict === 'refused') ? EXIT.findings : EXIT.clean;
}

function readAttestations(
  file: string,
  { bundle = [], timestamp = [] }: VerifyAttestationOptions,
  problems: Problem[],
): Attestation[] {
  const named: [kind: AttestationKind, name: string][] = [
    ...bundle.map((name): [AttestationKind, string] => ['sigstore-bundle', name]),
    ...timestamp.map((name): [AttestationKind, string] => ['rfc3161-timestamp', name]),
  ];
  const found =
    named.length > 0
      ? named
      : SIDECARS.filter(({ suffix }) => fs.existsSync(`${file}${suffix}`)).map(
          ({ suffix, kind }): [AttestationKind, string] => [kind, `${file}${suffix}`],
        );
  if (found.length === 0)
    wrong(
      problems,
      `nothing vouches for ${file}: name an attestation with --bundle or --timestamp; beside it there is none of ${SIDECARS.map(({ suffix }) => `${file}${suffix}`).join(', ')}`,
    );
  return found.flatMap(([kind, name]) => {
    const bytes = readBytes(name, MAX_ATTESTATION_BYTES, problems);
    return bytes === undefined ? [] : [{ kind, name, bytes }];
  });
}

/** What is missing altogether leaves an attestation undetermined; what is given by half is a mistake. */
function readTrust(
  options: VerifyAttestationOptions,
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
  { identity, issuer, key }: VerifyAttestationOptions,
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

function readBytes(file: string, limit: number, problems: Problem[]): Uint8Array | undefined {
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
