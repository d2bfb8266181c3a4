/** A Sigstore bundle's bytes as the library's value: sizes bounded, base64 canonical, versions 0.1 to 0.3 and no other. */
import crypto from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import {
  hasDuplicateKeys,
  JsonArray,
  JsonObject,
  type JsonValue,
  parseJson,
  toPlainValue,
  toScalarText,
} from '../base/json.ts';
import { formatNumber, quote } from '../base/text-safety.ts';
import { isBase64 } from './base64-form.ts';
import { requireDer } from './der-form.ts';
import { AttestationFaultError } from './judgement.ts';

/** Bundles have about 10 kB; those that carry a bill of materials some megabytes. */
const MAX_BUNDLE_BYTES = 32 * 1024 * 1024;

/** One entry and one timestamp are usual; two of each where two services are asked. */
const MAX_ENTRIES = 16;

const MEDIA_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);

/** Members that hold bytes, wherever they stand in a bundle. */
const BYTES_MEMBERS: ReadonlySet<string> = new Set([
  'rawBytes',
  'signature',
  'digest',
  'keyId',
  'signedEntryTimestamp',
  'rootHash',
  'hashes',
  'canonicalizedBody',
  'signedTimestamp',
  'payload',
  'sig',
]);

/** @throws {AttestationFaultError} */
export async function parseBundle(bytes: Uint8Array): Promise<Bundle> {
  const json = parseForm(bytes);
  const mediaType = toScalarText(json.get('mediaType'));
  if (mediaType === undefined || !MEDIA_TYPES.has(mediaType))
    throw new AttestationFaultError(
      mediaType === undefined ? 'malformed-attestation' : 'unsupported-attestation',
      `mediaType is ${mediaType === undefined ? 'missing' : quote(mediaType)}, known are Sigstore bundles 0.1, 0.2 and 0.3`,
    );
  requireBase64(json, '');
  const { bundleFromJSON } = await import('@sigstore/bundle');
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(toPlainValue(json) as Parameters<typeof bundleFromJSON>[0]);
  } catch (error) {
    const fields = (error as { fields?: string[] }).fields;
    throw malformed(
      fields === undefined
        ? 'its members are not those of a Sigstore bundle'
        : `missing or not allowed in this version: ${fields.map(quote).join(', ')}`,
      fields?.some((field) => field.includes('inclusion')) ? 'missing-log-proof' : 'malformed-attestation',
    );
  }
  requireParts(bundle);
  return bundle;
}

function parseForm(bytes: Uint8Array): JsonObject {
  if (bytes.length > MAX_BUNDLE_BYTES)
    throw new AttestationFaultError(
      'oversized-attestation',
      `the bundle has ${formatNumber(bytes.length)} bytes, at most ${formatNumber(MAX_BUNDLE_BYTES)} are read`,
    );
  let value: JsonValue;
  try {
    value = parseJson(bytes);
  } catch (error) {
    throw malformed(`the bundle is no JSON: ${(error as Error).message}`);
  }
  if (!(value instanceof JsonObject)) throw malformed('the bundle is no JSON object');
  if (hasDuplicateKeys(value))
    throw malformed('the bundle holds one key twice in an object: two readers would see two bundles');
  return value;
}

/** The library's decoder skips what is no base64, so that many texts would be one signature. Tools wrap long lines. */
function requireBase64(value: JsonValue, key: string): void {
  if (value instanceof JsonObject)
    for (const member of value.members) requireBase64(member.value, member.key);
  else if (value instanceof JsonArray) for (const element of value.elements) requireBase64(element, key);
  else if (typeof value === 'string' && BYTES_MEMBERS.has(key) && !isBase64(value.replaceAll(/\r?\n/g, '')))
    throw malformed(`${key} is ${quote(value)}, expected base64`);
}

function requireParts({ verificationMaterial, content }: Bundle): void {
  const { tlogEntries, timestampVerificationData } = verificationMaterial;
  const timestamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  if (tlogEntries.length > MAX_ENTRIES || timestamps.length > MAX_ENTRIES)
    throw new AttestationFaultError(
      'oversized-attestation',
      `the bundle has ${formatNumber(tlogEntries.length)} log entries and ${formatNumber(timestamps.length)} timestamps, at most ${MAX_ENTRIES} of each are read`,
    );
  for (const { signedTimestamp } of timestamps) requireDer(signedTimestamp, 'a timestamp of the bundle');
  if (content.$case === 'dsseEnvelope' && content.dsseEnvelope.signatures.length !== 1)
    throw malformed('the envelope does not have exactly one signature');
  const certificates = certificatesOf(verificationMaterial);
  for (const der of certificates) requireDer(der, 'a certificate of the bundle');
  for (const der of certificates.slice(0, MAX_ENTRIES)) requireNoRoot(der);
}

function certificatesOf({ content }: Bundle['verificationMaterial']): Buffer[] {
  if (content.$case === 'certificate') return [content.certificate.rawBytes];
  if (content.$case === 'publicKey') return [];
  const chain = content.x509CertificateChain.certificates.map(({ rawBytes }) => rawBytes);
  if (chain.length > MAX_ENTRIES)
    throw new AttestationFaultError(
      'oversized-attestation',
      `the bundle has ${formatNumber(chain.length)} certificates, at most ${MAX_ENTRIES} are read`,
    );
  return chain;
}

/** The certificate that signed, where one did. */
export function leafOf({ verificationMaterial }: Bundle): Buffer | undefined {
  return certificatesOf(verificationMaterial)[0];
}

function requireNoRoot(der: Buffer): void {
  let certificate: crypto.X509Certificate;
  try {
    certificate = new crypto.X509Certificate(der);
  } catch {
    throw malformed('a certificate of the bundle is none');
  }
  if (certificate.subject === certificate.issuer && certificate.ca)
    throw new AttestationFaultError(
      'root-in-bundle',
      `the bundle carries the self-issued certificate ${quote(certificate.subject)}`,
    );
}

function malformed(
  message: string,
  code: 'malformed-attestation' | 'missing-log-proof' = 'malformed-attestation',
): AttestationFaultError {
  return new AttestationFaultError(code, message);
}
