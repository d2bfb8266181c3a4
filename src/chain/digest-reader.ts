/** The `digest` of a profile: algorithm, key, truncation and encoding, or a signature in its place. */
import { DIGEST_NAMES, toDigestName } from '../base/digest.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { type DocumentReader, type Path, show } from './document-reader.ts';
import {
  CHAIN_ENCODINGS,
  type ChainDigest,
  type ChainSignature,
  PLAIN_DIGEST,
  SIGNATURE_ALGORITHMS,
} from './profile.ts';

const KEYS = ['algorithm', 'encoding', 'strip', 'bytes', 'key', 'ratchet', 'signature'];

export function readDigest(reader: DocumentReader, path: Path, value: unknown): ChainDigest {
  const document = reader.object(path, value, KEYS);
  const strip = reader.texts([...path, 'strip'], document.strip ?? []);
  const written = document.algorithm;
  if (document.signature !== undefined) {
    for (const key of KEYS.filter((each) => each !== 'strip' && each !== 'signature' && each in document))
      reader.say(
        [...path, key],
        `expected no ${quote(key)} beside a signature, found ${show(document[key])}`,
      );
    return {
      ...PLAIN_DIGEST,
      strip,
      signature: readSignature(reader, [...path, 'signature'], document.signature),
    };
  }
  const names = reader.texts([...path, 'algorithm'], Array.isArray(written) ? written : [written]);
  const algorithms = names.map((name, index) =>
    readAlgorithm(reader, [...path, 'algorithm', ...(Array.isArray(written) ? [index] : [])], name),
  );
  if (Array.isArray(written) && written.length === 0)
    reader.say([...path, 'algorithm'], 'expected an algorithm, found none');
  const bytes = document.bytes ?? null;
  if (bytes !== null && !(Number.isInteger(bytes) && Number(bytes) >= 8 && Number(bytes) <= 64)) {
    // Fewer than 8 bytes are found by trial in an hour: that is a checksum, not a chain.
    reader.say([...path, 'bytes'], `expected a whole number from 8 to 64, found ${show(bytes)}`);
  }
  const key = document.key === undefined ? null : reader.text([...path, 'key'], document.key);
  if (key !== null && algorithms.includes('blake3'))
    reader.say([...path, 'algorithm'], 'expected a digest that HMAC is used with, found "blake3"');
  const ratchet =
    document.ratchet === undefined
      ? null
      : readAlgorithm(reader, [...path, 'ratchet'], reader.text([...path, 'ratchet'], document.ratchet));
  if (ratchet !== null && key === null)
    reader.say([...path, 'ratchet'], 'expected a "key" that changes, found none');
  return {
    algorithms,
    encoding: reader.oneOf([...path, 'encoding'], document.encoding ?? 'hex', CHAIN_ENCODINGS),
    strip,
    bytes: bytes === null ? null : Number(bytes),
    key,
    ratchet,
    signature: null,
  };
}

export function readAlgorithm(reader: DocumentReader, path: Path, name: string): string {
  const algorithm = toDigestName(name);
  if (algorithm === undefined && name !== '') {
    reader.say(
      [...path],
      `expected one of ${DIGEST_NAMES.join(', ')}, found ${quote(name)}${didYouMean(name, DIGEST_NAMES)}`,
    );
  }
  return algorithm ?? 'sha256';
}

function readSignature(reader: DocumentReader, path: Path, value: unknown): ChainSignature {
  const document = reader.object(path, value, ['algorithm', 'key', 'encoding']);
  return {
    algorithm: reader.oneOf([...path, 'algorithm'], document.algorithm, SIGNATURE_ALGORITHMS),
    key: reader.text([...path, 'key'], document.key),
    encoding: reader.oneOf([...path, 'encoding'], document.encoding ?? 'base64', CHAIN_ENCODINGS),
  };
}
