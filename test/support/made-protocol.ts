/**
 * Good logs of the protocols that no declarative profile says, by writers of their own with keys of their own.
 * What is hashed is spelled out here once more; only base58, base32 and DAG-CBOR are the product's.
 */
import crypto from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { toDagCbor } from '../../src/base/dag-cbor.ts';
import { type JsonObject, parseJsonText } from '../../src/base/json.ts';
import { toBase32, toBase58 } from '../../src/base/multibase.ts';
import type { Chance } from './made-json.ts';
import { MadeSigner, madePair, publicPem } from './made-signature.ts';

export type Entry = Record<string, unknown>;

/** One protocol's writer. Entries are what is chained; `toLine` wraps them where a log does. */
export type ProtocolMaker = {
  /** `count` entries that follow each other. `forged`: signed by somebody else. */
  chain(count: number, chance: Chance, forged?: boolean): string[];
  /** The entry with another value in what is hashed, its hash and signature as they were. */
  falsify(entry: string, chance: Chance): string;
  /** The entry with another value that nothing hashes; undefined where everything is hashed. */
  embellish(entry: string): string | undefined;
  /** The entry without its hash or signature. */
  strip(entry: string): string;
  toLines(entries: readonly string[]): string[];
  keys(): Record<string, Uint8Array>;
  /** Whether all entries stand in one record, so that findings name the first line. */
  oneRecord: boolean;
};

const signer = new MadeSigner();
const sha256 = (bytes: Uint8Array | string): Buffer => crypto.createHash('sha256').update(bytes).digest();
const edit = (entry: string, change: (value: Entry) => void): string => {
  const value = JSON.parse(entry) as Entry;
  change(value);
  return JSON.stringify(value);
};
const clock = (index: number): string =>
  new Date(Date.UTC(2026, 2, 2, 8) + index * 60_000).toISOString().replace('.000', '');

const ACRA_KEY = Buffer.from('a key for made audit logs, 32 b.');

const acra: ProtocolMaker = {
  chain(count, chance, forged = false) {
    let key = sha256(forged ? 'the key of a forger' : ACRA_KEY);
    let before: Uint8Array = Buffer.of();
    return Array.from({ length: count }, (_, index) => {
      const ends = index === count - 1;
      const hashed: Entry = {
        level: chance.pick(['info', 'warning']),
        msg: ends ? 'End of current audit log chain' : `query <${chance.below(1000)}> & more`,
        product: 'acra-server',
        timestamp: clock(index),
        ...(ends && { chain: 'end' }),
      };
      const text = Object.keys(hashed)
        .sort()
        .map((name) => `delimiter${name}delimiter${goText(hashed[name] as string)}delimiter`)
        .join('');
      const mac = crypto.createHmac('sha256', key).update(text).update(before).digest();
      before = mac;
      key = sha256(key);
      return JSON.stringify({
        ...hashed,
        ...(index === 0 && { chain: 'new' }),
        integrity: sha256(mac).toString('hex'),
      });
    });
  },
  falsify: (entry) => edit(entry, (value) => Object.assign(value, { product: 'acra-proxy' })),
  embellish: () => undefined,
  strip: (entry) => edit(entry, (value) => delete value.integrity),
  toLines: (entries) => [...entries],
  keys: () => ({ acra: ACRA_KEY }),
  oneRecord: false,
};

/** Go's encoding/json. */
function goText(text: string): string {
  return JSON.stringify(text).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

const INVOICE = 'rsa-sha1';

const safTPt: ProtocolMaker = {
  chain(count, chance, forged = false) {
    let previous = '';
    return Array.from({ length: count }, (_, index) => {
      const total = `${chance.below(1000)}.${10 + chance.below(90)}`;
      const [number, entered] = [`FT A/${index + 1}`, clock(index).slice(0, 19)];
      const signed = `2026-03-02;${entered};${number};${total};${previous}`;
      previous = signer.sign(INVOICE, Buffer.from(signed), forged).toString('base64');
      return JSON.stringify({
        InvoiceNo: number,
        Hash: previous,
        HashControl: '1',
        InvoiceDate: '2026-03-02',
        SystemEntryDate: entered,
        CustomerID: `c-${chance.below(9)}`,
        DocumentTotals: { GrossTotal: total },
      });
    });
  },
  falsify: (entry) =>
    edit(entry, (value) => Object.assign(value, { DocumentTotals: { GrossTotal: '0.01' } })),
  embellish: (entry) => edit(entry, (value) => Object.assign(value, { CustomerID: 'mallory' })),
  strip: (entry) => edit(entry, (value) => delete value.Hash),
  toLines: (entries) => [...entries],
  keys: () => ({ 'saf-t-pt': publicPem(INVOICE) }),
  oneRecord: false,
};

const RECEIPT = 'ecdsa-p256';
const link = (text: string): string => sha256(text).subarray(0, 8).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

const rksv: ProtocolMaker = {
  chain(count, chance, forged = false) {
    let before = 'KASSE-1';
    return Array.from({ length: count }, (_, index) => {
      const amounts = Array.from({ length: 5 }, () => `${chance.below(100)},${10 + chance.below(90)}`);
      const fields = ['', 'R1-AT1', 'KASSE-1', String(index + 1), clock(index).slice(0, 19), ...amounts];
      const payload = [...fields, 'dHVybm92ZXI=', '4f2a', link(before)].join('_');
      const message = `${base64url('{"alg":"ES256"}')}.${base64url(payload)}`;
      before = `${message}.${signer.sign(RECEIPT, Buffer.from(message), forged).toString('base64url')}`;
      return before;
    });
  },
  falsify(entry) {
    const [header, payload = '', signature] = entry.split('.');
    const fields = Buffer.from(payload, 'base64url').toString().split('_');
    return [header, base64url(fields.with(5, '0,01').join('_')), signature].join('.');
  },
  embellish: () => undefined,
  strip: (entry) => entry.split('.').with(2, '').join('.'),
  toLines: (entries) => [JSON.stringify({ 'Belege-Gruppe': [{ 'Belege-kompakt': entries }] })],
  keys: () => ({ rksv: publicPem(RECEIPT) }),
  oneRecord: true,
};

function multikey(prefix: readonly [number, number], raw: Uint8Array): string {
  return `z${toBase58(Buffer.concat([Buffer.from(prefix), raw]))}`;
}

function plcKey(forged: boolean): string {
  const { d } = madePair('ecdsa-secp256k1', forged).privateKey.export({ format: 'jwk' });
  return `did:key:${multikey([0xe7, 0x01], secp256k1.getPublicKey(Buffer.from(d!, 'base64url')))}`;
}

const dagCbor = (value: Entry): Uint8Array => toDagCbor(parseJsonText(JSON.stringify(value)) as JsonObject);
/** Version 1, dag-cbor, sha2-256 of 32 bytes. */
const cidOf = (value: Entry): string =>
  `b${toBase32(Buffer.concat([Buffer.of(0x01, 0x71, 0x12, 0x20), sha256(dagCbor(value))]))}`;

const plc: ProtocolMaker = {
  chain(count, chance, forged = false) {
    let prev: string | null = null;
    let did = '';
    return Array.from({ length: count }, (_, index) => {
      const unsigned: Entry = {
        type: 'plc_operation',
        rotationKeys: [plcKey(forged)],
        verificationMethods: {},
        alsoKnownAs: [`at://ann${chance.below(1e6)}.example`],
        services: {},
        prev,
      };
      const sig = signer.sign('ecdsa-secp256k1', dagCbor(unsigned), forged).toString('base64url');
      const operation = { ...unsigned, sig };
      if (index === 0) did = `did:plc:${toBase32(sha256(dagCbor(operation))).slice(0, 24)}`;
      prev = cidOf(operation);
      return JSON.stringify({ did, operation, cid: prev, nullified: false, createdAt: clock(index * 6000) });
    });
  },
  falsify: (entry) =>
    edit(entry, ({ operation }) =>
      Object.assign(operation as Entry, { alsoKnownAs: ['at://mallory.example'] }),
    ),
  embellish: (entry) => edit(entry, (value) => Object.assign(value, { seq: 7 })),
  strip: (entry) => edit(entry, ({ operation }) => Object.assign(operation as Entry, { sig: '' })),
  toLines: (entries) => [...entries],
  keys: () => ({}),
  oneRecord: false,
};

function webvhKey(forged: boolean): string {
  const der = madePair('ed25519', forged).publicKey.export({ format: 'der', type: 'spki' });
  return multikey([0xed, 0x01], der.subarray(-32));
}

/** RFC 8785 of values that are texts, lists and objects alone. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

const multihash = (value: Entry): string =>
  toBase58(Buffer.concat([Buffer.of(0x12, 0x20), sha256(canonical(value))]));

export function dataIntegrityProof(document: Entry, forged: boolean): Entry {
  const key = webvhKey(forged);
  const options: Entry = {
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: `did:key:${key}#${key}`,
    proofPurpose: 'assertionMethod',
  };
  const message = Buffer.concat([sha256(canonical(options)), sha256(canonical(document))]);
  return { ...options, proofValue: `z${toBase58(signer.sign('ed25519', message, forged))}` };
}

const webvh: ProtocolMaker = {
  chain(count, chance, forged = false) {
    const key = webvhKey(forged);
    let scid = '{SCID}';
    let before = scid;
    return Array.from({ length: count }, (_, index) => {
      const entryOf = (): Entry => ({
        versionId: before,
        versionTime: clock(index),
        parameters: index === 0 ? { method: 'did:webvh:1.0', scid, updateKeys: [key] } : {},
        state: { id: `did:webvh:${scid}:example.com`, note: [note] },
      });
      const note = `change ${chance.below(1e6)}`;
      if (index === 0) {
        scid = multihash(entryOf());
        before = scid;
      }
      const versionId = `${index + 1}-${multihash(entryOf())}`;
      const entry: Entry = { ...entryOf(), versionId };
      before = versionId;
      return JSON.stringify({ ...entry, proof: [dataIntegrityProof(entry, forged)] });
    });
  },
  falsify: (entry) => edit(entry, ({ state }) => Object.assign(state as Entry, { note: ['falsified'] })),
  embellish: () => undefined,
  strip: (entry) => edit(entry, (value) => delete value.proof),
  toLines: (entries) => [...entries],
  keys: () => ({}),
  oneRecord: false,
};

/** By the name of the profile. */
export const PROTOCOL_MAKERS: Readonly<Record<string, ProtocolMaker>> = {
  acra,
  'did-webvh': webvh,
  plc,
  rksv,
  'saf-t-pt': safTPt,
};
