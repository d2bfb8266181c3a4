/** The path from a timestamping certificate to an authority of the user (RFC 5280 §6, RFC 3161 §2.3), at the time of the token. */
import crypto from 'node:crypto';
import type { Certificate } from 'pkijs';
import { formatInstant, type Instant, NANOS_PER_MS } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import { requireDer } from './der-form.ts';
import { type AttestationFault, AttestationFaultError } from './judgement.ts';
import { weakSignature } from './signature-algorithms.ts';

/** A certificate by both readers: Node's for signatures and names, the library's for extensions. */
export type ChainCertificate = {
  der: Buffer;
  node: crypto.X509Certificate;
  key: crypto.KeyObject;
  parts: Certificate;
};

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const ANY_PURPOSE = '2.5.29.37.0';

/** Those that are judged here, and those that say nothing about what a certificate may do. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  BASIC_CONSTRAINTS,
  KEY_USAGE,
  EXTENDED_KEY_USAGE,
  '2.5.29.14', // subject key identifier
  '2.5.29.17', // subject alternative name
  '2.5.29.18', // issuer alternative name
  '2.5.29.32', // certificate policies
  '2.5.29.35', // authority key identifier
]);

/** Bits of KeyUsage, from the most significant of its first byte. */
const DIGITAL_SIGNATURE = 0x80;
const NON_REPUDIATION = 0x40;
const KEY_CERT_SIGN = 0x04;

/** Chains in use have two to four certificates. */
const MAX_PATH = 8;

/** Signatures of certificates that are tried for one path, so that a token full of look-alikes costs milliseconds. */
const MAX_TRIES = 200;

/** @throws {AttestationFaultError} of bytes that are no certificate */
export async function readCertificate(der: Uint8Array): Promise<ChainCertificate> {
  requireDer(der, 'a certificate');
  const pkijs = await import('pkijs');
  try {
    const copy = Buffer.from(der);
    const node = new crypto.X509Certificate(copy);
    return {
      der: copy,
      node,
      // Node reads the key at its first use, and throws only then.
      key: node.publicKey,
      parts: pkijs.Certificate.fromBER(new Uint8Array(der).buffer),
    };
  } catch {
    throw new AttestationFaultError('malformed-attestation', 'a certificate of the token cannot be read');
  }
}

export function nameOf({ node }: ChainCertificate): string {
  return (node.subject ?? '').split('\n').join(', ') || 'a certificate without a name';
}

/**
 * What is wrong with the signer's certificate and its path at `at`; nothing when it may vouch for times.
 * @returns the authority that the path ends at, where there is one
 */
export function judgeChain(
  leaf: ChainCertificate,
  found: readonly ChainCertificate[],
  authorities: readonly ChainCertificate[],
  at: Instant,
): { faults: AttestationFault[]; authority?: ChainCertificate } {
  const faults = purposeFaults(leaf);
  const paths = pathsOf(leaf, found, authorities);
  if (paths.length === 0) {
    const self = leaf.node.subject === leaf.node.issuer ? ', which issued itself,' : '';
    faults.push({
      code: 'untrusted-certificate',
      message: `no path leads from ${quote(nameOf(leaf))}${self} to a given authority`,
    });
    return { faults: [...faults, ...validityFaults(leaf, at)] };
  }
  // Where authorities are cross-signed, one sound path suffices.
  const judged = paths.map((path) => ({ path, faults: pathFaults(path, at) }));
  const best = judged.find((each) => each.faults.length === 0) ?? judged[0]!;
  return { faults: [...faults, ...best.faults], authority: best.path.at(-1)! };
}

/** RFC 3161 §2.3: the one purpose, and critical, so that no other use of the key can make a timestamp. */
function purposeFaults(leaf: ChainCertificate): AttestationFault[] {
  const faults: AttestationFault[] = [];
  const wrong = (message: string) => void faults.push({ code: 'wrong-purpose', message });
  const name = quote(nameOf(leaf));
  const extension = extensionOf(leaf, EXTENDED_KEY_USAGE);
  const purposes = leaf.node.keyUsage ?? [];
  if (extension === undefined) wrong(`${name} has no extended key usage, expected timestamping alone`);
  else if (purposes.length !== 1 || purposes[0] !== TIME_STAMPING)
    wrong(`${name} is for ${purposes.map(quote).join(', ')}, expected timestamping (${TIME_STAMPING}) alone`);
  else if (!extension.critical) wrong(`${name} is for timestamping, and does not mark it as critical`);
  if (leaf.node.ca) wrong(`${name} is an authority’s own certificate, not one for timestamping`);
  const usage = keyUsageOf(leaf);
  if (usage !== undefined && (usage & (DIGITAL_SIGNATURE | NON_REPUDIATION)) === 0)
    wrong(`the key of ${name} is not for signatures`);
  return faults;
}

function pathsOf(
  leaf: ChainCertificate,
  found: readonly ChainCertificate[],
  authorities: readonly ChainCertificate[],
): ChainCertificate[][] {
  const paths: ChainCertificate[][] = [];
  let tries = 0;
  const extend = (path: readonly ChainCertificate[]): void => {
    const last = path.at(-1)!;
    const trusted = authorities.find(({ der }) => der.equals(last.der));
    if (trusted !== undefined) return void paths.push([...path]);
    if (path.length >= MAX_PATH) return;
    for (const issuer of [...authorities, ...found]) {
      if (tries >= MAX_TRIES || (paths.length > 0 && tries >= MAX_PATH * 4)) return;
      if (path.some(({ der }) => der.equals(issuer.der)) || !last.node.checkIssued(issuer.node)) continue;
      tries++;
      if (isSignedBy(last, issuer)) extend([...path, issuer]);
    }
  };
  extend([leaf]);
  return paths;
}

function isSignedBy({ node }: ChainCertificate, issuer: ChainCertificate): boolean {
  try {
    return node.verify(issuer.key);
  } catch {
    return false;
  }
}

function pathFaults(path: readonly ChainCertificate[], at: Instant): AttestationFault[] {
  return path.flatMap((certificate, index) => [
    ...validityFaults(certificate, at),
    ...extensionFaults(certificate),
    ...(index === path.length - 1 ? [] : digestFaults(certificate)),
    ...(index === 0 ? [] : issuerFaults(certificate, index - 1, index === path.length - 1)),
  ]);
}

function validityFaults(certificate: ChainCertificate, at: Instant): AttestationFault[] {
  const { notBefore, notAfter } = certificate.parts;
  const from = instantOf(notBefore.value);
  const until = instantOf(notAfter.value);
  if (at >= from && at < until + NANOS_PER_MS * 1000n) return [];
  return [
    {
      code: 'expired-certificate',
      message: `${quote(nameOf(certificate))} is valid from ${formatInstant(from)} to ${formatInstant(until)}, the time of the token is ${formatInstant(at)}`,
    },
  ];
}

/** RFC 5280 §4.2: who meets a critical extension that he does not know must reject. */
function extensionFaults(certificate: ChainCertificate): AttestationFault[] {
  return (certificate.parts.extensions ?? [])
    .filter(({ critical, extnID }) => critical && !UNDERSTOOD.has(extnID))
    .map(({ extnID }) => ({
      code: 'unsupported-attestation',
      message: `${quote(nameOf(certificate))} has the critical extension ${quote(extnID)}, which audit-check does not know`,
    }));
}

function digestFaults(certificate: ChainCertificate): AttestationFault[] {
  const weak = weakSignature(certificate.parts.signatureAlgorithm);
  return weak === undefined
    ? []
    : [{ code: 'weak-hash', message: `${quote(nameOf(certificate))} is signed over a ${weak}` }];
}

/** @param below how many authorities stand between this one and the signer */
function issuerFaults(certificate: ChainCertificate, below: number, isTrusted: boolean): AttestationFault[] {
  const faults: AttestationFault[] = [];
  const name = quote(nameOf(certificate));
  const wrong = (message: string) => void faults.push({ code: 'untrusted-certificate', message });
  if (!certificate.node.ca) wrong(`${name} has issued a certificate, and is no authority`);
  const usage = keyUsageOf(certificate);
  if (usage !== undefined && (usage & KEY_CERT_SIGN) === 0)
    wrong(`the key of ${name} is not for certificates`);
  const limit = pathLimitOf(certificate);
  if (limit !== undefined && below > limit)
    wrong(`${name} allows ${count(limit, 'authority', 'authorities')} below it, there are ${below}`);
  const purposes = certificate.node.keyUsage;
  if (
    !isTrusted &&
    purposes !== undefined &&
    !purposes.some((each) => each === TIME_STAMPING || each === ANY_PURPOSE)
  )
    faults.push({ code: 'wrong-purpose', message: `${name} is not for issuing timestamping certificates` });
  return faults;
}

function extensionOf({ parts }: ChainCertificate, oid: string) {
  return parts.extensions?.find(({ extnID }) => extnID === oid);
}

function keyUsageOf(certificate: ChainCertificate): number | undefined {
  const parsed = extensionOf(certificate, KEY_USAGE)?.parsedValue as
    | { valueBlock?: { valueHexView?: Uint8Array } }
    | undefined;
  return parsed?.valueBlock?.valueHexView?.[0];
}

function pathLimitOf(certificate: ChainCertificate): number | undefined {
  const parsed = extensionOf(certificate, BASIC_CONSTRAINTS)?.parsedValue as
    | { pathLenConstraint?: unknown }
    | undefined;
  return typeof parsed?.pathLenConstraint === 'number' ? parsed.pathLenConstraint : undefined;
}

function instantOf(date: Date): Instant {
  return BigInt(date.getTime()) * NANOS_PER_MS;
}
