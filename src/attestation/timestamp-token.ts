/** RFC 3161 timestamps (https://www.rfc-editor.org/rfc/rfc3161): somebody trusted saw the digest of these bytes at a time. */
import crypto from 'node:crypto';
import type { Attribute } from 'pkijs';
import { formatInstant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { Attestation, AttestationTrust } from './attestation-trust.ts';
import { type ChainCertificate, judgeChain, nameOf, readCertificate } from './authority-chain.ts';
import { derChildren, derContent, requireDer } from './der-form.ts';
import {
  type AttestationFault,
  AttestationFaultError,
  type AttestationJudgement,
  verdictOf,
} from './judgement.ts';
import { digestName, verifySigned } from './signature-algorithms.ts';
import { accuracyOf, parseTimestamp3161, type TimestampForm } from './timestamp-form.ts';

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
/** DER of the identifier of TSTInfo, 1.2.840.113549.1.9.16.1.4. */
const TST_INFO = '060b2a864886f70d0109100104';

const OCTET_STRING = 0x04;

/** Every fault that can be told, the first ones first. Never throws for what a token holds. */
export async function judgeTimestamp(
  bytes: Uint8Array,
  { name, bytes: token }: Attestation,
  { authorities }: AttestationTrust,
): Promise<AttestationJudgement> {
  const judgement: AttestationJudgement = {
    kind: 'rfc3161-timestamp',
    name,
    verdict: 'verified',
    faults: [],
    facts: [],
  };
  const { faults } = judgement;
  await collect(faults, async () => {
    if (bytes.length === 0) throw new AttestationFaultError('empty-file', 'it has no bytes');
    const form = await parseTimestamp3161(token);
    describe(judgement, form);
    await collect(faults, async () => requireImprint(form, bytes));
    const certificates: ChainCertificate[] = [];
    for (const der of form.certificates) certificates.push(await readCertificate(der));
    const trusted: ChainCertificate[] = [];
    for (const der of authorities ?? []) trusted.push(await readCertificate(der));
    const signer = signerOf(form, [...certificates, ...trusted]);
    await collect(faults, async () => requireSignature(form, signer));
    await collect(faults, async () => requireBinding(form, signer, judgement));
    if (trusted.length === 0)
      throw new AttestationFaultError('no-trust', 'no authority was given to hold the timestamp to');
    const chain = judgeChain(signer, certificates, trusted, form.at);
    faults.push(...chain.faults);
    judgement.by = nameOf(signer);
    judgement.at = form.at;
    judgement.proof = `timestamp authority ${nameOf(chain.authority ?? signer)}`;
  });
  judgement.verdict = verdictOf(faults);
  if (judgement.verdict !== 'verified') {
    delete judgement.by;
    delete judgement.at;
    delete judgement.proof;
  }
  return judgement;
}

async function collect(faults: AttestationFault[], ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof AttestationFaultError)) throw error;
    faults.push({ code: error.code, message: error.message });
  }
}

function requireImprint({ info }: TimestampForm, bytes: Uint8Array): void {
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const hash = digestName(hashAlgorithm, 'the message imprint');
  const stated = hex(hashedMessage.valueBlock.valueHexView);
  const found = crypto.createHash(hash).update(bytes).digest('hex');
  if (found !== stated)
    throw new AttestationFaultError(
      'other-bytes',
      `the ${hash} of the file is ${found}, the timestamp is for ${stated.slice(0, 128)}`,
    );
}

/** The certificate that the signature names by issuer and serial number, or by the key's identifier. */
function signerOf(form: TimestampForm, certificates: readonly ChainCertificate[]): ChainCertificate {
  const sid = form.signer.sid as
    | {
        issuer?: { valueBeforeDecode: ArrayBuffer };
        serialNumber?: { valueBlock: { valueHexView: Uint8Array } };
      }
    | { valueBlock?: { valueHexView?: Uint8Array } };
  const isNamed = ({ parts }: ChainCertificate): boolean => {
    if ('issuer' in sid && sid.issuer !== undefined && sid.serialNumber !== undefined)
      return (
        hex(new Uint8Array(parts.issuer.valueBeforeDecode)) ===
          hex(new Uint8Array(sid.issuer.valueBeforeDecode)) &&
        hex(parts.serialNumber.valueBlock.valueHexView) === hex(sid.serialNumber.valueBlock.valueHexView)
      );
    const id = (sid as { valueBlock?: { valueHexView?: Uint8Array } }).valueBlock?.valueHexView;
    const own = parts.extensions?.find(({ extnID }) => extnID === '2.5.29.14')?.parsedValue as
      | { valueBlock?: { valueHexView?: Uint8Array } }
      | undefined;
    const ownId = own?.valueBlock?.valueHexView;
    return id !== undefined && id.length > 0 && ownId !== undefined && hex(ownId) === hex(id);
  };
  const found = certificates.find(isNamed);
  if (found !== undefined) return found;
  throw new AttestationFaultError(
    'untrusted-certificate',
    form.certificates.length === 0
      ? 'the token was issued without certificates, and none of those given has signed it; give the signer’s certificate, too'
      : 'the certificate that signed is neither in the token nor among those given',
  );
}

/** RFC 5652 §5.4: the attributes hold the digest of the content, the signature is over the attributes. */
async function requireSignature(form: TimestampForm, certificate: ChainCertificate): Promise<void> {
  const { signer, signedAttributes, infoBytes } = form;
  const digest = digestName(signer.digestAlgorithm, 'the digest of the token');
  const type = onlyValue(form, CONTENT_TYPE, 'content type');
  if (hex(type) !== TST_INFO)
    throw new AttestationFaultError('altered-content', 'the signed content type is not that of a timestamp');
  const stated = onlyValue(form, MESSAGE_DIGEST, 'message digest');
  const found = crypto.createHash(digest).update(infoBytes).digest();
  const isSigned = await verifySigned(
    signer.signatureAlgorithm,
    digest,
    signedAttributes,
    certificate.key,
    signer.signature.valueBlock.valueHexView,
  );
  if (!isSigned)
    throw new AttestationFaultError(
      'bad-signature',
      `the signature is not by the key of ${quote(nameOf(certificate))}`,
    );
  if (stated[0] !== OCTET_STRING || !found.equals(derContent(stated)))
    throw new AttestationFaultError(
      'altered-content',
      'the time and the imprint are not those that were signed: their digest differs',
    );
}

/** RFC 3161 §2.4.1, RFC 5816: without it, another certificate of the same key could stand in. */
function requireBinding(
  form: TimestampForm,
  certificate: ChainCertificate,
  judgement: AttestationJudgement,
): void {
  const older = valuesOf(form, SIGNING_CERTIFICATE);
  const newer = valuesOf(form, SIGNING_CERTIFICATE_V2);
  const values = [...newer, ...older];
  if (values.length === 0)
    throw new AttestationFaultError(
      'unbound-certificate',
      'there is no ESSCertID among the signed attributes',
    );
  for (const value of values) requireDer(value, 'the ESSCertID');
  for (const value of newer) requireCertificateId(value, certificate, true);
  for (const value of older) requireCertificateId(value, certificate, false);
  if (newer.length === 0)
    judgement.facts.push({
      name: 'note',
      value: 'the certificate is bound by a SHA-1 digest, as RFC 3161 first had it',
    });
}

/** The first id is the signer's: `SEQUENCE { SEQUENCE OF { [hashAlgorithm], certHash, [issuerSerial] } }`. */
function requireCertificateId(value: Uint8Array, { der, parts }: ChainCertificate, isV2: boolean): void {
  const list = value[0] === 0x30 ? derChildren(value)[0] : undefined;
  const id = list?.[0] === 0x30 ? derChildren(list)[0] : undefined;
  const fields = id?.[0] === 0x30 ? derChildren(id) : [];
  const hash = isV2 ? essHash(fields) : 'sha1';
  const at = fields.findIndex((field) => field[0] === OCTET_STRING);
  const stated = fields[at];
  const found = crypto.createHash(hash).update(der).digest();
  if (stated === undefined || !found.equals(derContent(stated)))
    throw new AttestationFaultError(
      'unbound-certificate',
      'the ESSCertID names another certificate than the one that the signature is checked with',
    );
  const issuerSerial = fields[at + 1];
  const serial = issuerSerial === undefined ? undefined : derChildren(issuerSerial).at(-1);
  if (serial !== undefined && hex(derContent(serial)) !== hex(parts.serialNumber.valueBlock.valueHexView))
    throw new AttestationFaultError('unbound-certificate', 'the ESSCertID names another serial number');
}

/** DER of the identifiers of digests that may bind a certificate; the field is absent where it is SHA-256. */
const ESS_HASHES: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

function essHash(fields: readonly Uint8Array[]): string {
  const [first] = fields;
  if (first === undefined || first[0] === OCTET_STRING) return 'sha256';
  const [oid] = derChildren(first);
  const name = oid && ESS_HASHES[hex(derContent(oid))];
  if (name !== undefined) return name;
  throw new AttestationFaultError('unsupported-attestation', 'the ESSCertID uses an unknown or weak digest');
}

function valuesOf({ signer }: TimestampForm, type: string): Uint8Array[] {
  return (signer.signedAttrs?.attributes ?? [])
    .filter((attribute: Attribute) => attribute.type === type)
    .flatMap((attribute: Attribute) =>
      (attribute.values as { valueBeforeDecode: ArrayBuffer }[]).map(
        (each) => new Uint8Array(each.valueBeforeDecode),
      ),
    );
}

/** Of an attribute given twice, two readers would take two values. */
function onlyValue(form: TimestampForm, type: string, name: string): Uint8Array {
  const values = valuesOf(form, type);
  if (values.length !== 1)
    throw new AttestationFaultError(
      'altered-content',
      `the signed attributes hold ${values.length} values of the ${name}, expected one`,
    );
  return values[0]!;
}

function describe(judgement: AttestationJudgement, { info, at }: TimestampForm): void {
  const { facts } = judgement;
  facts.push({ name: 'stated time', value: formatInstant(at) });
  const accuracy = accuracyOf(info);
  facts.push({
    name: 'accuracy',
    value: accuracy === undefined ? 'not stated' : `within ${Number(accuracy) / 1e9} s`,
  });
  facts.push({ name: 'policy', value: info.policy });
  facts.push({ name: 'serial', value: hex(info.serialNumber.valueBlock.valueHexView) });
  if (info.nonce !== undefined) facts.push({ name: 'nonce', value: hex(info.nonce.valueBlock.valueHexView) });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
