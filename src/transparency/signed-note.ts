/** Signed notes: a text, an empty line, and a line for each signature (c2sp.org/signed-note, c2sp.org/tlog-cosignature). */
import crypto from 'node:crypto';
import { quote } from '../base/text-safety.ts';
import type { SignerKey, VerifierKey } from './note-key.ts';
import { decodeText, fromBase64, isKeyName, toBase64 } from './note-text.ts';

/** Sixteen have to be accepted; a log with a hundred witnesses is beyond all that exist. */
const MAX_SIGNATURES = 100;
const MAX_NOTE_BYTES = 1_000_000;
const KEY_ID_BYTES = 4;
const TIMESTAMP_BYTES = 8;
const DASH = '\u2014 ';

export type NoteSignature = { name: string; id: string; signature: Uint8Array };

/** `text` ends with a newline and is what is signed. Nothing of it may be believed before `verifyNote`. */
export type SignedNote = { text: string; signatures: NoteSignature[] };

/** Who signed, and for a cosignature when (seconds since 1970). */
export type Signed = { key: VerifierKey; time?: bigint };

/** What is wrong with a note, in words. */
export class NoteFault extends Error {
  override readonly name = 'NoteFault';
}

/** `maxBytes`: of a note that may be longer than others. @throws {NoteFault} */
export function parseNote(bytes: Uint8Array, maxBytes = MAX_NOTE_BYTES): SignedNote {
  if (bytes.length > maxBytes) throw new NoteFault(`expected at most ${maxBytes} bytes of a note`);
  const whole = decodeText(bytes);
  if (whole === undefined) throw new NoteFault('expected UTF-8 without control characters');
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) throw new NoteFault('expected an empty line before the signatures, found none');
  const lines = whole.slice(split + 2).split('\n');
  if (lines.pop() !== '') throw new NoteFault('expected a newline at the end');
  if (lines.length === 0) throw new NoteFault('expected a signature, found none');
  if (lines.length > MAX_SIGNATURES)
    throw new NoteFault(`expected at most ${MAX_SIGNATURES} signatures, found ${lines.length}`);
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [name, data, ...rest] = line.startsWith(DASH) ? line.slice(DASH.length).split(' ') : [];
  const blob = data === undefined ? undefined : fromBase64(data);
  if (!isKeyName(name ?? '') || blob === undefined || blob.length <= KEY_ID_BYTES || rest.length > 0)
    throw new NoteFault(`expected "${DASH}name base64" for a signature, found ${quote(line)}`);
  return {
    name: name!,
    id: blob.subarray(0, KEY_ID_BYTES).toString('hex'),
    signature: blob.subarray(KEY_ID_BYTES),
  };
}

/**
 * The known keys that signed, each once, in the order of `keys`; empty where no known key did. Other keys' signatures
 * are ignored, also those that share a name or a hash with a known one.
 * @throws {NoteFault} when a signature under the name and hash of a known key is not its signature
 */
export function verifyNote(note: SignedNote, keys: readonly VerifierKey[]): Signed[] {
  return keys.flatMap((key) => {
    const own = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
    const times = own.map(({ signature }) => verifySignature(note.text, signature, key));
    // Of several cosignatures of one witness the earliest says the most, whichever stands first.
    const time = times.reduce(
      (least, each) => (least !== undefined && each! > least ? least : each),
      undefined,
    );
    return own.length === 0 ? [] : [{ key, ...(time !== undefined && { time }) }];
  });
}

/** The time of a cosignature. @throws {NoteFault} */
function verifySignature(text: string, signature: Uint8Array, key: VerifierKey): bigint | undefined {
  const bad = () =>
    new NoteFault(`the signature of ${quote(key.name)} does not verify: the note was altered`);
  if (key.kind !== 'cosignature') {
    const algorithm = key.kind === 'ecdsa' ? 'sha256' : null;
    if (!crypto.verify(algorithm, Buffer.from(text), key.key, signature)) throw bad();
    return undefined;
  }
  if (signature.length <= TIMESTAMP_BYTES) throw bad();
  const time = Buffer.from(signature).readBigUInt64BE();
  const message = cosignedMessage(text, time);
  if (time >= 2n ** 63n || !crypto.verify(null, message, key.key, signature.subarray(TIMESTAMP_BYTES)))
    throw bad();
  return time;
}

function cosignedMessage(text: string, time: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}

/**
 * The line that `signer` adds to a note of this text, newline included. `time`: for a cosignature, in seconds since 1970.
 * @throws {NoteFault} for a text that no note can have
 */
export function signatureLine(text: string, signer: SignerKey, time = 0n): string {
  if (!text.endsWith('\n') || decodeText(Buffer.from(text)) === undefined || !text.isWellFormed())
    throw new NoteFault('expected a text that ends with a newline and has no other control characters');
  const id = Buffer.from(signer.id, 'hex');
  const parts = [id];
  if (signer.kind === 'cosignature') {
    const stamp = Buffer.alloc(TIMESTAMP_BYTES);
    stamp.writeBigUInt64BE(time);
    parts.push(stamp, crypto.sign(null, cosignedMessage(text, time), signer.key));
  } else parts.push(crypto.sign(null, Buffer.from(text), signer.key));
  return `${DASH}${signer.name} ${toBase64(Buffer.concat(parts))}\n`;
}

export function signNote(text: string, signers: readonly SignerKey[]): string {
  return `${text}\n${signers.map((signer) => signatureLine(text, signer)).join('')}`;
}
