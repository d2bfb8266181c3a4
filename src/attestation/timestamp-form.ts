/** The parts of an RFC 3161 token (CMS SignedData over TSTInfo, RFC 5652), with the exact bytes that are hashed and signed. */
import type { SignerInfo, TSTInfo } from 'pkijs';
import { type Instant, NANOS_PER_SECOND, parseTimestamp } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import { derChildren, derContent, requireDer } from './der-form.ts';
import { AttestationFaultError } from './judgement.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';

/** RFC 3161 §2.4.2, `PKIStatus`; 0 and 1 grant. */
const STATUSES = [
  'granted',
  'granted with modifications',
  'rejection',
  'waiting',
  'revocation warning',
  'revocation',
];

const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
const CONTEXT_0 = 0xa0;
const MAX_CERTIFICATES = 32;

export type TimestampForm = {
  info: TSTInfo;
  /** The DER of TSTInfo, which the signed attributes hold the digest of. */
  infoBytes: Uint8Array;
  at: Instant;
  signer: SignerInfo;
  /** The DER of the set of signed attributes, which is what was signed. */
  signedAttributes: Uint8Array;
  /** Certificates that came along, as DER: found, not trusted. */
  certificates: Uint8Array[];
};

/** @throws {AttestationFaultError} of what is no token or no granted response */
export async function parseTimestamp3161(bytes: Uint8Array): Promise<TimestampForm> {
  if (bytes[0] !== SEQUENCE)
    throw malformed(
      isText(bytes)
        ? 'the token is text, expected DER; decode it with "base64 -d" or "openssl asn1parse" first'
        : 'the token does not begin as DER does',
    );
  requireDer(bytes, 'the token');
  const pkijs = await import('pkijs');
  const token = tokenOf(bytes);
  const content = parsePart(() => pkijs.ContentInfo.fromBER(copy(token)), 'ContentInfo');
  if (content.contentType !== SIGNED_DATA)
    throw malformed(`the token is of type ${quote(content.contentType)}, expected signed data`);
  const data = parsePart(() => new pkijs.SignedData({ schema: content.content }), 'SignedData');
  const { eContentType } = data.encapContentInfo;
  if (eContentType !== TST_INFO)
    throw malformed(`what was signed is of type ${quote(eContentType)}, expected a timestamp (TSTInfo)`);
  if (data.signerInfos.length !== 1)
    throw malformed(`the token has ${count(data.signerInfos.length, 'signer')}, RFC 3161 demands one`);
  const infoBytes = infoOf(token);
  requireDer(infoBytes, 'the TSTInfo');
  const info = parsePart(() => pkijs.TSTInfo.fromBER(copy(infoBytes)), 'TSTInfo');
  if (info.version !== 1)
    throw new AttestationFaultError(
      'unsupported-attestation',
      `TSTInfo is of version ${info.version}, known is 1`,
    );
  const [signer] = data.signerInfos;
  // RFC 5652 §5.1 and §5.3: 3 or more for content that is not plain data, 1 or 3 by how the signer is named.
  if (data.version < 3 || data.version > 5 || (signer?.version !== 1 && signer?.version !== 3))
    throw malformed(`the token is of CMS version ${data.version}.${signer?.version}, expected 3.1`);
  if (signer?.signedAttrs === undefined)
    throw malformed('the signature is not over signed attributes, which RFC 3161 demands');
  return {
    info,
    infoBytes,
    at: timeOf(infoBytes),
    signer,
    signedAttributes: new Uint8Array(signer.signedAttrs.encodedValue),
    certificates: certificatesOf(token),
  };
}

/** A response wraps the token in its status; a bare token begins with its content type. */
function tokenOf(bytes: Uint8Array): Uint8Array {
  const [first, token] = derChildren(bytes);
  if (first === undefined) throw malformed('the token is empty');
  if (first[0] !== SEQUENCE) return bytes;
  const [status] = derChildren(first);
  const code = status === undefined ? -1 : derContent(status).reduce((sum, byte) => sum * 256 + byte, 0);
  if (code !== 0 && code !== 1)
    throw new AttestationFaultError(
      'refused-request',
      `the response has status ${code}${STATUSES[code] === undefined ? '' : `, ${STATUSES[code]}`}, and so no timestamp`,
    );
  if (token === undefined) throw malformed('the response grants a timestamp and holds none');
  return token;
}

/** The content of the octet string in `EncapsulatedContentInfo`. */
function infoOf(token: Uint8Array): Uint8Array {
  const [, content] = derChildren(signedDataOf(token)[2]!);
  const [value] = content === undefined ? [] : derChildren(content);
  if (value?.[0] !== OCTET_STRING) throw malformed('the token holds no TSTInfo');
  return derContent(value);
}

function signedDataOf(token: Uint8Array): Uint8Array[] {
  return derChildren(derChildren(derChildren(token)[1]!)[0]!);
}

/** The certificates of `SignedData`, cut out as they are: their digests are compared. */
function certificatesOf(token: Uint8Array): Uint8Array[] {
  const set = signedDataOf(token)
    .slice(3)
    .find((part) => part[0] === CONTEXT_0);
  const certificates = (set === undefined ? [] : derChildren(set)).filter((each) => each[0] === SEQUENCE);
  if (certificates.length > MAX_CERTIFICATES)
    throw new AttestationFaultError(
      'oversized-attestation',
      `the token carries ${certificates.length} certificates, at most ${MAX_CERTIFICATES} are read`,
    );
  return certificates;
}

/** `20260131080000.5Z`: DER has UTC alone, seconds, and no zero at the end of a fraction (X.690 §11.7). */
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\.\d{0,8}[1-9])?Z$/;
const GENERALIZED_TIME_TAG = 0x18;

/** To the digits that the token has: the library rounds to milliseconds. */
function timeOf(info: Uint8Array): Instant {
  const field = derChildren(info)[4]!;
  const text = Buffer.from(derContent(field)).toString('latin1');
  const match = field[0] === GENERALIZED_TIME_TAG ? GENERALIZED_TIME.exec(text) : null;
  if (match === null) throw malformed(`genTime is ${quote(text)}, expected a time like 20260131080000Z`);
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  const parsed = parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`);
  if (parsed.problem !== undefined) throw malformed(`genTime is ${quote(text)}, which is no time`);
  return parsed.instant;
}

/** How far the authority's clock may be off, in nanoseconds; undefined where it does not say. */
export function accuracyOf({ accuracy }: TSTInfo): bigint | undefined {
  if (accuracy === undefined) return undefined;
  const { seconds = 0, millis = 0, micros = 0 } = accuracy;
  const total = BigInt(seconds) * NANOS_PER_SECOND + BigInt(millis) * 1_000_000n + BigInt(micros) * 1000n;
  return total === 0n ? undefined : total;
}

function parsePart<T>(parse: () => T, what: string): T {
  try {
    return parse();
  } catch {
    throw malformed(`the token has no well-formed ${what}`);
  }
}

function isText(bytes: Uint8Array): boolean {
  return (
    bytes.length > 0 &&
    bytes.subarray(0, 64).every((byte) => byte === 10 || byte === 13 || (byte > 31 && byte < 127))
  );
}

/** The library takes all of a buffer; Node cuts small ones out of a large one. */
function copy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function malformed(message: string): AttestationFaultError {
  return new AttestationFaultError('malformed-attestation', message);
}
