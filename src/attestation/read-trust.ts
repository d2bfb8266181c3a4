/** Files of trust as bytes to what is trusted: authorities and keys in PEM (RFC 7468), each mistake with its file. */
import crypto, { type KeyObject } from 'node:crypto';
import { count, formatNumber } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';
import { requireDer } from './der-form.ts';

/** The bundle of all authorities that browsers trust has 200 kB and 140 certificates. */
const MAX_PEM_BYTES = 4 * 1024 * 1024;
const MAX_AUTHORITIES = 1000;

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** @returns the DER of every certificate in the file, in order; undefined where something is wrong with it */
export function parseAuthorities(
  bytes: Uint8Array,
  file: string,
  problems: Problem[],
): Uint8Array[] | undefined {
  const text = pemText(bytes, file, problems);
  if (text === undefined) return undefined;
  const blocks = text.split(BEGIN).slice(1);
  if (blocks.length === 0)
    return wrong(problems, file, `holds no certificate; expected PEM with "${BEGIN}"${derHint(bytes)}`);
  if (blocks.length > MAX_AUTHORITIES)
    return wrong(
      problems,
      file,
      `holds ${count(blocks.length, 'certificate')}, at most ${formatNumber(MAX_AUTHORITIES)} are read`,
    );
  const authorities: Uint8Array[] = [];
  for (const [index, block] of blocks.entries()) {
    const der = certificateOf(block);
    if (der === undefined)
      return wrong(problems, file, `certificate ${index + 1} of ${blocks.length} cannot be read`);
    authorities.push(der);
  }
  return authorities;
}

/** @returns the public key in the file; undefined where there is none that can be read */
export function parsePublicKey(bytes: Uint8Array, file: string, problems: Problem[]): KeyObject | undefined {
  const text = pemText(bytes, file, problems);
  if (text === undefined) return undefined;
  // Node would derive the public key from a private one, which has no business beside a verifier.
  if (text.includes('PRIVATE KEY-----'))
    return wrong(
      problems,
      file,
      'holds a private key; give the public key alone, and keep this file away from logs',
    );
  try {
    return crypto.createPublicKey(text);
  } catch {
    return wrong(
      problems,
      file,
      `holds no public key; expected PEM with "-----BEGIN PUBLIC KEY-----"${derHint(bytes)}`,
    );
  }
}

function certificateOf(block: string): Uint8Array | undefined {
  const end = block.indexOf(END);
  if (end < 0) return undefined;
  const der = Buffer.from(block.slice(0, end), 'base64');
  try {
    requireDer(der, 'the certificate');
    return new crypto.X509Certificate(der).raw;
  } catch {
    return undefined;
  }
}

function pemText(bytes: Uint8Array, file: string, problems: Problem[]): string | undefined {
  if (bytes.length > MAX_PEM_BYTES)
    return wrong(
      problems,
      file,
      `has ${formatNumber(bytes.length)} bytes, at most ${formatNumber(MAX_PEM_BYTES)} are read`,
    );
  return Buffer.from(bytes).toString('latin1');
}

function derHint(bytes: Uint8Array): string {
  return bytes[0] === 0x30
    ? '; convert DER with "openssl x509 -inform der" or "openssl pkey -pubin -inform der"'
    : '';
}

function wrong(problems: Problem[], file: string, message: string): undefined {
  problems.push({ file, line: 0, column: 0, message });
  return undefined;
}
