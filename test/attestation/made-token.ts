/** Certificates and RFC 3161 tokens written byte by byte, so that each part can be spoiled alone. Tests only. */
import crypto, { type KeyObject } from 'node:crypto';

const POLICY = '1.3.6.1.4.1.99999.1';
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const OIDS = {
  sha1: '1.3.14.3.2.26',
  md5: '1.2.840.113549.2.5',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha512: '2.16.840.1.101.3.4.2.3',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

export function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length.toString(16).length > 2 ? (length.toString(16).length > 4 ? 3 : 2) : 1;
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(length, 0, size);
  return Buffer.concat([Buffer.from([tag, 0x80 | size]), bytes, content]);
}

export const sequence = (...parts: Uint8Array[]) => tlv(0x30, ...parts);
const set = (...parts: Uint8Array[]) => tlv(0x31, ...parts);
const integer = (value: number) => tlv(0x02, Buffer.from(value > 127 ? [0, value] : [value]));
const octets = (bytes: Uint8Array) => tlv(0x04, bytes);
const time = (text: string) => tlv(0x18, Buffer.from(text));

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const base128 = (value: number): number[] =>
    value < 128 ? [value] : [...base128(Math.floor(value / 128)).map((byte) => byte | 0x80), value % 128];
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

const algorithm = (name: keyof typeof OIDS) => sequence(oid(OIDS[name]));
const nameDer = (name: string) => sequence(set(sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from(name)))));

export type Keys = { publicKey: KeyObject; privateKey: KeyObject };
export const makeKeys = (): Keys => crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

export type Made = { der: Buffer; keys: Keys; name: string; serial: number };

type CertificateOptions = {
  serial?: number;
  from?: string;
  until?: string;
  ca?: boolean;
  pathLimit?: number;
  purposes?: string[];
  isPurposeCritical?: boolean;
  keyUsage?: number;
  keys?: Keys;
  criticalExtension?: string;
  isWeak?: boolean;
  extras?: [id: string, value: Buffer][];
};

/** A certificate over `name`, by `issuer` or by itself. */
export function makeCertificate(
  name: string,
  issuer: Made | undefined,
  options: CertificateOptions = {},
): Made {
  const { serial = 7, from = '20250101000000Z', until = '20350101000000Z', ca = false } = options;
  const keys = options.keys ?? makeKeys();
  const extension = (id: string, critical: boolean, value: Buffer) =>
    sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), octets(value));
  const { purposes, isPurposeCritical = true, keyUsage, pathLimit, criticalExtension } = options;
  const extensions = [
    ...(ca
      ? [
          extension(
            '2.5.29.19',
            true,
            sequence(
              tlv(0x01, Buffer.from([0xff])),
              ...(pathLimit === undefined ? [] : [integer(pathLimit)]),
            ),
          ),
        ]
      : []),
    ...(keyUsage === undefined ? [] : [extension('2.5.29.15', true, tlv(0x03, Buffer.from([0, keyUsage])))]),
    ...(purposes === undefined
      ? []
      : [extension('2.5.29.37', isPurposeCritical, sequence(...purposes.map(oid)))]),
    ...(options.extras ?? []).map(([id, value]) => extension(id, false, value)),
    ...(criticalExtension === undefined ? [] : [extension(criticalExtension, true, sequence())]),
  ];
  const signatureAlgorithm = sequence(oid(options.isWeak ? '1.2.840.10045.4.1' : OIDS.ecdsaSha256));
  const tbs = sequence(
    tlv(0xa0, integer(2)),
    integer(serial),
    signatureAlgorithm,
    nameDer(issuer?.name ?? name),
    sequence(time(from), time(until)),
    nameDer(name),
    keys.publicKey.export({ format: 'der', type: 'spki' }),
    ...(extensions.length === 0 ? [] : [tlv(0xa3, sequence(...extensions))]),
  );
  const signer = issuer?.keys ?? keys;
  const signature = crypto.sign(options.isWeak ? 'sha1' : 'sha256', tbs, signer.privateKey);
  return {
    der: sequence(tbs, signatureAlgorithm, tlv(0x03, Buffer.from([0]), signature)),
    keys,
    name,
    serial,
  };
}

export type Authority = { root: Made; stamper: Made };

export function makeAuthority(stamper: CertificateOptions = {}, root: CertificateOptions = {}): Authority {
  const made = makeCertificate('Acme Root', undefined, { ca: true, serial: 1, keyUsage: 0x04, ...root });
  return {
    root: made,
    stamper: makeCertificate('Acme Timestamps', made, {
      purposes: [TIME_STAMPING],
      keyUsage: 0x80,
      ...stamper,
    }),
  };
}

export type TokenOptions = {
  hash?: 'sha256' | 'sha512' | 'sha1' | 'md5';
  imprint?: Buffer;
  genTime?: string;
  /** What stands in the token, where that is not what was signed. */
  shownGenTime?: string;
  binding?: 'v1' | 'v2' | 'none' | Made;
  certificates?: Made[];
  signWith?: KeyObject;
  contentType?: string;
  eContentType?: string;
  signers?: number;
  doubleDigest?: boolean;
  digest?: 'sha256' | 'sha1';
  version?: number;
  withoutAttributes?: boolean;
};

/** A bare token (ContentInfo) of `stamper` over `bytes`. */
export function makeToken(
  bytes: Uint8Array,
  stamper: Made,
  issuer: Made,
  options: TokenOptions = {},
): Buffer {
  const { hash = 'sha256', genTime = '20260131080000.5Z', digest = 'sha256' } = options;
  const imprint = options.imprint ?? crypto.createHash(hash).update(bytes).digest();
  const info = (at: string) =>
    sequence(
      integer(options.version ?? 1),
      oid(POLICY),
      sequence(algorithm(hash), octets(imprint)),
      integer(42),
      time(at),
      sequence(integer(1)),
      integer(99),
    );
  const signedInfo = info(genTime);
  const attribute = (id: string, ...values: Buffer[]) => sequence(oid(id), set(...values));
  const digestAttribute = attribute(
    OIDS.messageDigest,
    octets(crypto.createHash(digest).update(signedInfo).digest()),
  );
  const attributes = [
    attribute(OIDS.contentType, oid(options.contentType ?? OIDS.tstInfo)),
    digestAttribute,
    ...(options.doubleDigest ? [digestAttribute] : []),
    ...bindingAttribute(options.binding ?? 'v2', stamper),
  ];
  const signature = crypto.sign(digest, set(...attributes), options.signWith ?? stamper.keys.privateKey);
  const signerInfo = sequence(
    integer(1),
    sequence(nameDer(issuer.name), integer(stamper.serial)),
    algorithm(digest),
    ...(options.withoutAttributes ? [] : [tlv(0xa0, ...attributes)]),
    digest === 'sha1' ? sequence(oid('1.2.840.10045.4.1')) : algorithm('ecdsaSha256'),
    octets(signature),
  );
  const signedData = sequence(
    integer(3),
    set(algorithm(digest)),
    sequence(
      oid(options.eContentType ?? OIDS.tstInfo),
      tlv(0xa0, octets(info(options.shownGenTime ?? genTime))),
    ),
    tlv(0xa0, ...(options.certificates ?? [stamper]).map(({ der }) => der)),
    set(...Array.from({ length: options.signers ?? 1 }, () => signerInfo)),
  );
  return sequence(oid(OIDS.signedData), tlv(0xa0, signedData));
}

function bindingAttribute(binding: NonNullable<TokenOptions['binding']>, stamper: Made): Buffer[] {
  if (binding === 'none') return [];
  const isV1 = binding === 'v1';
  const { der } = typeof binding === 'string' ? stamper : binding;
  const id = octets(
    crypto
      .createHash(isV1 ? 'sha1' : 'sha256')
      .update(der)
      .digest(),
  );
  const type = isV1 ? OIDS.signingCertificate : OIDS.signingCertificateV2;
  return [sequence(oid(type), set(sequence(sequence(sequence(id)))))];
}

/** A response of an authority: its status, and the token where it grants one. */
export function makeResponse(token: Buffer | undefined, status = 0): Buffer {
  return sequence(sequence(integer(status)), ...(token === undefined ? [] : [token]));
}
