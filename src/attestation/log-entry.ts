/**
 * What a log entry of a Sigstore bundle must show beside what `@sigstore/verify` asks: its checkpoint is whole and of the
 * named log, its proof is of that checkpoint, and its body names the signer. https://github.com/sigstore/rekor
 */
import crypto from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { count, quote } from '../base/text-safety.ts';
import { isBase64 } from './base64-form.ts';
import { AttestationFaultError } from './judgement.ts';
import type { TrustedLog } from './trusted-root.ts';

const MAX_CHECKPOINT_CHARS = 64 * 1024;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A log of 2^63 entries has proofs of 63 hashes. */
const MAX_PROOF_HASHES = 63;

/** Base64 of the 32 bytes of SHA-256. */
const ROOT_HASH = /^[A-Za-z0-9+/]{43}=$/;
const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/;

/** Bytes of a key id that stand before each signature of a note. */
const KEY_HINT_BYTES = 4;

/** The trusted log that the entry says it is in. */
export function logOf(entry: TransparencyLogEntry, logs: readonly TrustedLog[]): TrustedLog {
  const id = Buffer.from(entry.logId.keyId);
  const log = logs.find(({ ids }) => ids.some((each) => each.equals(id)));
  if (log !== undefined) return log;
  throw new AttestationFaultError(
    'bad-log-proof',
    `the entry is of the log with key id ${id.toString('hex').slice(0, 64)}, which the trusted root does not list`,
  );
}

/**
 * Holds the checkpoint to its form (C2SP tlog-checkpoint) and the proof to the checkpoint. Returns the checkpoint with the
 * signature lines of the log alone: others are of keys that nobody named, and the library takes their names for patterns.
 */
export function requireCheckpoint(entry: TransparencyLogEntry, log: TrustedLog): string {
  const proof = entry.inclusionProof;
  if (proof?.checkpoint === undefined)
    throw new AttestationFaultError('missing-log-proof', 'the inclusion proof comes without a checkpoint');
  if (proof.hashes.length > MAX_PROOF_HASHES)
    throw bad(
      `the inclusion proof has ${count(proof.hashes.length, 'hash', 'hashes')}, no log needs as many`,
    );
  const { envelope } = proof.checkpoint;
  if (envelope.length > MAX_CHECKPOINT_CHARS)
    throw new AttestationFaultError('oversized-attestation', 'the checkpoint is larger than 64 KiB');
  const cut = envelope.indexOf('\n\n');
  if (cut < 0) throw bad('the checkpoint has no empty line before its signatures');
  const [origin = '', size = '', root = ''] = envelope.slice(0, cut).split('\n');
  requireBody(origin, size, root, log);
  const own = signatureLines(envelope.slice(cut + 2)).filter(
    ({ name, hint }) =>
      isNameOf(name, log) && log.ids.some((id) => id.subarray(0, KEY_HINT_BYTES).equals(hint)),
  );
  if (own.length === 0) throw bad(`the checkpoint carries no signature of ${quote(log.url)}`);
  if (proof.treeSize !== size)
    throw bad(`the proof is of a tree of ${quote(proof.treeSize)} entries, its checkpoint of ${quote(size)}`);
  if (Buffer.from(proof.rootHash).toString('base64') !== root)
    throw bad('the proof leads to another root hash than its checkpoint states');
  return `${envelope.slice(0, cut)}\n\n${own.map(({ line }) => `${line}\n`).join('')}`;
}

function requireBody(origin: string, size: string, root: string, log: TrustedLog): void {
  if (!ROOT_HASH.test(root) || !isBase64(root))
    throw bad(`the checkpoint's third line is ${quote(root)}, expected a root hash of 32 bytes`);
  if (!/^(?:0|[1-9]\d{0,18})$/.test(size))
    throw bad(`the checkpoint's second line is ${quote(size)}, expected the size of the log`);
  // Rekor v1 writes `host - treeID`, version 2 the host alone.
  if (!isNameOf(origin.split(' ', 1)[0]!, log))
    throw bad(`the checkpoint is of ${quote(origin)}, the entry of ${quote(log.url)}`);
}

type SignatureLine = { line: string; name: string; hint: Buffer };

function signatureLines(text: string): SignatureLine[] {
  if (!text.endsWith('\n')) throw bad('the checkpoint does not end with a line of its signatures');
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const [, name, signature] = SIGNATURE_LINE.exec(line) ?? [];
      if (name === undefined || signature === undefined || !isBase64(signature))
        throw bad(`the checkpoint has a line ${quote(line)} where a signature should be`);
      return { line, name, hint: Buffer.from(signature, 'base64').subarray(0, KEY_HINT_BYTES) };
    });
}

/** Notes name a log by its URL without scheme, or by the host alone. */
function isNameOf(name: string, { url }: TrustedLog): boolean {
  const place = url.replace(/^[a-z]+:\/\//, '').replace(/\/$/, '');
  return name === place || name === place.split('/', 1)[0];
}

/** The signer as the entry's body names it; compared, because a body could match a signature that a second key fits too. */
export function requireSignerOfEntry(
  entry: TransparencyLogEntry,
  signer: crypto.KeyObject,
  leaf?: Buffer,
): void {
  const named = signersOf(entry);
  if (named.length !== 1)
    throw new AttestationFaultError(
      'other-log-entry',
      `the body of the log entry names ${count(named.length, 'signer')}, expected one`,
    );
  const [bytes] = named;
  const isSame = leaf === undefined ? spkiOf(bytes!).equals(spkiOf(signer)) : derOf(bytes!).equals(leaf);
  if (!isSame)
    throw new AttestationFaultError(
      'other-log-entry',
      `the log entry was made for another ${leaf === undefined ? 'key' : 'certificate'} than the bundle's`,
    );
}

type Member = Record<string, unknown> | undefined;

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Member)![key]
    : undefined;
}

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce(member, value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

const v2Signer = (verifier: unknown): unknown =>
  at(verifier, 'x509Certificate', 'rawBytes') ?? at(verifier, 'publicKey', 'rawBytes');

/** Where the body of an entry names its signers, by the kinds and versions that Rekor writes. */
const SIGNERS: Readonly<Record<string, (spec: unknown) => unknown[]>> = {
  'hashedrekord 0.0.1': (spec) => [at(spec, 'signature', 'publicKey', 'content')],
  'hashedrekord 0.0.2': (spec) => [v2Signer(at(spec, 'hashedRekordV002', 'signature', 'verifier'))],
  'dsse 0.0.1': (spec) => list(at(spec, 'signatures')).map((each) => member(each, 'verifier')),
  'dsse 0.0.2': (spec) =>
    list(at(spec, 'dsseV002', 'signatures')).map((each) => v2Signer(member(each, 'verifier'))),
  'intoto 0.0.2': (spec) =>
    list(at(spec, 'content', 'envelope', 'signatures')).map((each) => member(each, 'publicKey')),
};

/** @throws {AttestationFaultError} of an entry of a kind or version that nobody here can read */
export function requireKnownKind({ kindVersion }: TransparencyLogEntry): void {
  const kind = `${kindVersion.kind} ${kindVersion.version}`;
  if (!Object.hasOwn(SIGNERS, kind))
    throw new AttestationFaultError(
      'unsupported-attestation',
      `the log entry is of kind ${quote(kind)}, known are ${Object.keys(SIGNERS).join(', ')}`,
    );
}

/** PEM or DER of the signers. */
function signersOf({ kindVersion, canonicalizedBody }: TransparencyLogEntry): Buffer[] {
  const spec = member(parseBody(canonicalizedBody), 'spec');
  return SIGNERS[`${kindVersion.kind} ${kindVersion.version}`]!(spec).flatMap((text) =>
    typeof text === 'string' ? [Buffer.from(text, 'base64')] : [],
  );
}

function parseBody(bytes: Buffer): unknown {
  if (bytes.length > MAX_BODY_BYTES)
    throw new AttestationFaultError(
      'oversized-attestation',
      'the body of the log entry is larger than 16 MiB',
    );
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new AttestationFaultError('malformed-attestation', 'the body of the log entry is no JSON');
  }
}

function derOf(certificate: Buffer): Buffer {
  try {
    return new crypto.X509Certificate(certificate).raw;
  } catch {
    throw new AttestationFaultError('other-log-entry', 'the log entry was not made for a certificate');
  }
}

function spkiOf(key: Buffer | crypto.KeyObject): Buffer {
  try {
    const object = Buffer.isBuffer(key) ? keyOf(key) : key;
    return object.export({ format: 'der', type: 'spki' });
  } catch {
    throw new AttestationFaultError('other-log-entry', 'the log entry was not made for a public key');
  }
}

function keyOf(bytes: Buffer): crypto.KeyObject {
  const isPem = bytes.subarray(0, 5).toString('latin1') === '-----';
  return crypto.createPublicKey(isPem ? bytes : { key: bytes, format: 'der', type: 'spki' });
}

function bad(message: string): AttestationFaultError {
  return new AttestationFaultError('bad-log-proof', message);
}
