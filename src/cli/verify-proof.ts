/** `audit-check verify-proof`: whether a record was sealed, by a proof file and whom one trusts; the log is not needed. */
import fs from 'node:fs';
import { escapeControls, quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Spot } from '../transparency/follow-file.ts';
import type { Signed } from '../transparency/signed-note.ts';
import { NoteFault } from '../transparency/signed-note.ts';
import { parseTlogProof, verifyTlogProof } from '../transparency/tlog-proof.ts';
import { leafHash } from '../transparency/tree-hash.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { leafOfRecord } from './prove.ts';
import { judgeCheckpoint, readTrust, type TrustOptions } from './verify-trust.ts';

export type VerifyProofOptions = TrustOptions & { record: string; config?: string | false; source?: string };

const MAX_PROOF_BYTES = 2 * 1024 * 1024;
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** @throws {ProblemsError} */
export async function verifyProof(file: string, options: VerifyProofOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const trust = readTrust(options, problems);
  if (options.policy === undefined && (options.verifierKey ?? []).length === 0)
    problems.push({
      file: 'arguments',
      line: 0,
      column: 0,
      message: 'expected --verifier-key or --policy: a proof is worth what its signature is worth',
    });
  const bytes = readBounded(file, MAX_PROOF_BYTES, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const record = await leafOf(options, problems);
  if (record === undefined || bytes === undefined) throw new ProblemsError(problems);
  const refuse = (message: string): ExitCode => {
    process.stdout.write(`NOT PROVEN: ${escapeControls(message)}\n`);
    return EXIT.findings;
  };
  try {
    const proof = parseTlogProof(bytes);
    const { checkpoint, signed, gaps } = judgeCheckpoint(proof.checkpoint, trust);
    if (gaps.length > 0) return refuse(`the checkpoint cannot be trusted: ${gaps.join('; ')}`);
    const fault = verifyTlogProof(proof, record.leaf);
    if (fault !== undefined) return refuse(`the record is not where the proof says: ${fault}`);
    process.stdout.write(
      `proven: record ${proof.index} of ${checkpoint.size} in ${escapeControls(checkpoint.origin)}, ${signedWords(signed)}${extentOf(record)}\n`,
    );
    return EXIT.clean;
  } catch (error) {
    if (error instanceof NoteFault) return refuse(error.message);
    throw error;
  }
}

/** `signed by ann, cosigned by w1 at 2026-03-02T08:00:00Z` */
export function signedWords(signed: readonly Signed[]): string {
  const words = signed.map(({ key, time }) =>
    time === undefined ? `signed by ${key.name}` : `cosigned by ${key.name} at ${toTime(time)}`,
  );
  return escapeControls(words.join(', '));
}

/** Years beyond 9999 have no place in RFC 3339. */
const LAST_SECOND = 253_402_300_799n;

function toTime(seconds: bigint): string {
  if (seconds > LAST_SECOND) return `second ${seconds}`;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000', '');
}

/** What else stands on a line is proven by nothing. */
function extentOf({ spot }: RecordLeaf): string {
  return spot === undefined
    ? ''
    : `; bytes ${spot.offset} to ${spot.offset + spot.length - 1} of the decoded file`;
}

type RecordLeaf = { leaf: Uint8Array; spot?: Spot };

/** A whole file is one record, whatever white space is around it; FILE:LINE is one of a log. */
async function leafOf(options: VerifyProofOptions, problems: Problem[]): Promise<RecordLeaf | undefined> {
  const { record } = options;
  const isPlace = /:\d+$/.test(record) && !fs.existsSync(record);
  if (isPlace) return leafOfRecord(record, options, problems);
  const bytes = readBounded(record === '-' ? 0 : record, MAX_RECORD_BYTES, problems);
  return bytes === undefined ? undefined : { leaf: leafHash(trimmed(bytes)) };
}

/** JSON's white space: a record never begins or ends with it. */
function trimmed(bytes: Uint8Array): Uint8Array {
  const isBlank = (byte: number | undefined) =>
    byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  let start = 0;
  let end = bytes.length;
  while (start < end && isBlank(bytes[start])) start += 1;
  while (end > start && isBlank(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
}

function readBounded(file: string | 0, most: number, problems: Problem[]): Buffer | undefined {
  const name = file === 0 ? '-' : file;
  const wrong = (message: string) => void problems.push({ file: name, line: 0, column: 0, message });
  try {
    const bytes = fs.readFileSync(file);
    if (bytes.length <= most) return bytes;
    wrong(`expected at most ${most} bytes, found ${bytes.length}`);
  } catch (error) {
    wrong(`${quote(name)} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  return undefined;
}
