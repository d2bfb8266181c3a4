/** `audit-check verify-attestation`: who vouches for the bytes of a file, and since when. */
import type { Attestation } from '../attestation/attestation-trust.ts';
import { judgeAttestations, SIDECARS } from '../attestation/judge-attestations.ts';
import type { AttestationJudgement } from '../attestation/judgement.ts';
import { sha256Hex } from '../base/digest.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import {
  type AttestationTrustOptions,
  readAttestation,
  readAttestationTrust,
  readBytes,
  readSidecars,
} from './attestation-files.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { attestationJson, attestationText } from './verify-attestation-text.ts';
import { writeStream } from './write-output.ts';

export type VerifyAttestationOptions = AttestationTrustOptions & {
  bundle?: string[];
  timestamp?: string[];
  format: string;
};

/** What every format of the command tells. */
export type AttestationReport = { file: string; sha256: string; judgements: AttestationJudgement[] };

/** Signatures are over whole files, which are held in memory; a report of a million findings has 500 MB. */
const MAX_FILE_BYTES = 1024 ** 3;

/** @throws {ProblemsError} with everything that is wrong with arguments and files of trust */
export async function verifyAttestation(file: string, options: VerifyAttestationOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const bytes = readBytes(file, MAX_FILE_BYTES, problems);
  const attestations = readAttestations(file, options, problems);
  const trust = readAttestationTrust(options, attestations, problems);
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
  const named = [
    ...bundle.flatMap((name) => readAttestation('sigstore-bundle', name, problems)),
    ...timestamp.flatMap((name) => readAttestation('rfc3161-timestamp', name, problems)),
  ];
  if (bundle.length + timestamp.length > 0) return named;
  const beside = readSidecars(file, problems);
  if (beside.length === 0)
    problems.push({
      file: 'arguments',
      line: 0,
      column: 0,
      message: `nothing vouches for ${file}: name an attestation with --bundle or --timestamp; beside it there is none of ${SIDECARS.map(({ suffix }) => `${file}${suffix}`).join(', ')}`,
    });
  return beside;
}
