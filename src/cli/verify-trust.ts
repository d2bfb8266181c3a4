/** Whom a user trusts to have signed a checkpoint: verifier keys, or a policy of logs and witnesses. */
import fs from 'node:fs';
import type { Problem } from '../model/problem.ts';
import type { Judged } from '../store/archive-trust.ts';
import { type Checkpoint, parseCheckpoint } from '../transparency/checkpoint.ts';
import type { VerifierKey } from '../transparency/note-key.ts';
import { NoteFault, parseNote, type Signed, verifyNote } from '../transparency/signed-note.ts';
import { parseTlogPolicy, policyGaps, type TlogPolicy } from '../transparency/tlog-policy.ts';
import { readVerifierKeys } from './key-command.ts';

export type TrustOptions = { policy?: string; verifierKey?: string[] };

/** Bytes of a policy. */
const MAX_POLICY_BYTES = 4 * 1024 * 1024;

export type Trust = { keys: VerifierKey[]; policy: TlogPolicy | undefined; use?: KeyUse };

/** What became of the checkpoints that were judged, for who asks which keys they bore out. */
export type KeyUse = {
  /** Texts of the keys that signed one which is trusted. */
  signers: Set<string>;
  /** Logs of which one is trusted. */
  logs: Set<string>;
  /** Logs of which one is not. */
  refused: Set<string>;
  /** Whether there is an archive that cannot be read: its log has no known name. */
  hasDamaged: boolean;
};

/** A checkpoint, who verifiably signed it, and why that is not enough, where it is not. */
export type JudgedCheckpoint = { checkpoint: Checkpoint; note: string; signed: Signed[]; gaps: string[] };

export function readTrust(options: TrustOptions, problems: Problem[], use?: KeyUse): Trust {
  const policy = options.policy === undefined ? undefined : readPolicy(options.policy, problems);
  const given = (options.verifierKey ?? []).flatMap((file) => readVerifierKeys(file, problems));
  const keys = [...given, ...(policy?.logs ?? []), ...(policy?.witnesses ?? [])];
  const distinct = keys.filter((key, at) => keys.findIndex(({ text }) => text === key.text) === at);
  return { keys: distinct, policy, ...(use && { use }) };
}

function readPolicy(file: string, problems: Problem[]): TlogPolicy | undefined {
  const wrong = (message: string) => void problems.push({ file, line: 0, column: 0, message });
  try {
    if (fs.statSync(file).size > MAX_POLICY_BYTES) wrong('expected a policy, found a file of more than 4 MB');
    else return parseTlogPolicy(file, fs.readFileSync(file), problems);
  } catch (error) {
    wrong(`the policy cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  return undefined;
}

/** @throws {NoteFault} for what is no checkpoint, or carries a bad signature of a known key */
export function judgeCheckpoint(note: string, trust: Trust): JudgedCheckpoint {
  const { use } = trust;
  let isTrusted = false;
  try {
    const judged = weighCheckpoint(note, trust);
    isTrusted = judged.gaps.length === 0;
    if (isTrusted) for (const { key } of judged.signed) use?.signers.add(key.text);
    return judged;
  } finally {
    (isTrusted ? use?.logs : use?.refused)?.add(note.slice(0, note.indexOf('\n')));
  }
}

function weighCheckpoint(note: string, trust: Trust): JudgedCheckpoint {
  const parsed = parseNote(Buffer.from(note));
  const checkpoint = parseCheckpoint(parsed.text);
  const signed = verifyNote(parsed, trust.keys);
  const { origin } = checkpoint;
  const { policy, keys } = trust;
  const gaps = policy === undefined ? [] : policyGaps(policy, origin, signed);
  // A policy that names no log says nothing of who may sign for one: then a key that was given has to.
  const isSigned = signed.some(({ key }) => key.kind !== 'cosignature' && key.name === origin);
  if (!isSigned && (policy === undefined || policy.logs.length === 0))
    gaps.push(
      keys.length > 0
        ? 'no given key signed it under the name of its log'
        : `no verifier key ${policy === undefined ? 'and no policy was given' : 'was given, and the policy names no log'}`,
    );
  return { checkpoint, note, signed, gaps };
}

/** In the words of archives: of a checkpoint without keys nobody can tell, one that a given key did not sign is forged. */
export function judgeArchiveCheckpoint(note: string, trust: Trust): Judged {
  if (trust.keys.length === 0) return { unverified: 'no verifier key given' };
  try {
    const { signed, gaps } = judgeCheckpoint(note, trust);
    if (gaps.length === 0) return { by: signed.map(({ key }) => key.name).join(', ') };
    return trust.policy === undefined ? { forged: gaps.join('; ') } : { unverified: gaps.join('; ') };
  } catch (error) {
    if (!(error instanceof NoteFault)) throw error;
    return { forged: error.message };
  }
}
