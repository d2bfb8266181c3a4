/** A Sigstore instance of our own: authority, log, timestamps, and bundles of every shape signed by it. Tests only. */
import crypto from 'node:crypto';
import {
  type Authority,
  type Keys,
  type Made,
  makeAuthority,
  makeCertificate,
  makeKeys,
  makeResponse,
  makeToken,
  tlv,
} from './made-token.ts';

export const ANN = 'ann@example.com';
export const ISSUER = 'https://accounts.example.com';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const LOG_URL = 'https://log.acme.example';
const LOG_NAME = 'log.acme.example';
const SIGNED_AT = '20260131080000Z';
const START = '2025-01-01T00:00:00Z';

export type Json = Record<string, unknown>;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const sha256 = (...parts: Uint8Array[]) => crypto.createHash('sha256').update(Buffer.concat(parts)).digest();
const spki = ({ publicKey }: Keys) => publicKey.export({ format: 'der', type: 'spki' });
const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${base64(der).replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

export type BundleOptions = {
  content?: 'message' | 'dsse';
  /** Kind and version of the log entry. */
  entry?: 'hashedrekord 0.0.1' | 'hashedrekord 0.0.2' | 'dsse 0.0.1' | 'dsse 0.0.2' | 'intoto 0.0.2' | 'none';
  /** What proves the time: a token of the authority, or the promise of the log. */
  time?: 'token' | 'promise' | 'both' | 'none';
  genTime?: string;
  keys?: Keys;
  isBareKey?: boolean;
  leaf?: Parameters<typeof makeCertificate>[2];
  identity?: string;
  /** The signer that the log entry names, where it is another. */
  loggedCertificate?: Buffer;
  statement?: Json;
  payloadType?: string;
  origin?: string;
  noteNames?: string[];
};

/** One authority, one log, one timestamp authority. */
export class Instance {
  private readonly authority: Made = makeCertificate('Acme Signing', undefined, {
    ca: true,
    keyUsage: 0x04,
    serial: 2,
  });
  private readonly stampers: Authority = makeAuthority();
  private readonly log: Keys = makeKeys();

  trustedRoot(): Json {
    const certificates = (...made: Made[]) => ({
      certificates: made.map(({ der }) => ({ rawBytes: base64(der) })),
    });
    const validFor = { start: START };
    return {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [
        {
          baseUrl: LOG_URL,
          hashAlgorithm: 'SHA2_256',
          publicKey: { rawBytes: base64(spki(this.log)), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
          logId: { keyId: base64(this.logId()) },
        },
      ],
      certificateAuthorities: [
        { uri: 'https://ca.acme.example', certChain: certificates(this.authority), validFor },
      ],
      ctlogs: [],
      timestampAuthorities: [
        {
          uri: 'https://time.acme.example',
          certChain: certificates(this.stampers.stamper, this.stampers.root),
          validFor,
        },
      ],
    };
  }

  private logId(): Buffer {
    return sha256(spki(this.log));
  }

  /** A certificate for `identity`, good for the ten minutes around the signature. */
  certificate(identity: string, options: BundleOptions['leaf'] = {}): Made {
    return makeCertificate('', this.authority, {
      serial: 9,
      from: '20260131075500Z',
      until: '20260131080500Z',
      purposes: [CODE_SIGNING],
      isPurposeCritical: false,
      keyUsage: 0x80,
      extras: [
        ['2.5.29.17', tlv(0x30, tlv(0x81, Buffer.from(identity)))],
        ['1.3.6.1.4.1.57264.1.8', tlv(0x0c, Buffer.from(ISSUER))],
      ],
      ...options,
    });
  }

  bundle(bytes: Uint8Array, options: BundleOptions = {}): Json {
    const {
      content = 'message',
      entry = 'hashedrekord 0.0.2',
      time = 'token',
      genTime = SIGNED_AT,
    } = options;
    const keys = options.keys ?? makeKeys();
    const leaf = this.certificate(options.identity ?? ANN, { keys, ...options.leaf });
    const payload = Buffer.from(JSON.stringify(options.statement ?? statementFor(bytes)));
    const payloadType = options.payloadType ?? 'application/vnd.in-toto+json';
    const envelopeHead = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
    const signed = content === 'message' ? bytes : Buffer.concat([Buffer.from(envelopeHead), payload]);
    const signature = crypto.sign(
      keys.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256',
      signed,
      keys.privateKey,
    );
    const logged = options.loggedCertificate ?? leaf.der;
    const body = entryBody(
      entry,
      sha256(signed),
      sha256(payload),
      signature,
      logged,
      options.isBareKey ? spki(keys) : undefined,
    );
    const token = makeToken(signature, this.stampers.stamper, this.stampers.root, { genTime });
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        ...(options.isBareKey
          ? { publicKey: { hint: 'ann' } }
          : { certificate: { rawBytes: base64(leaf.der) } }),
        tlogEntries: entry === 'none' ? [] : [this.entry(entry, body, time, genTime, options)],
        ...(time === 'token' || time === 'both'
          ? {
              timestampVerificationData: {
                rfc3161Timestamps: [{ signedTimestamp: base64(makeResponse(token)) }],
              },
            }
          : {}),
      },
      ...(content === 'message'
        ? {
            messageSignature: {
              messageDigest: { algorithm: 'SHA2_256', digest: base64(sha256(bytes)) },
              signature: base64(signature),
            },
          }
        : {
            dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] },
          }),
    };
  }

  /** The second entry of a log of two. */
  private entry(
    kindVersion: string,
    body: Buffer,
    time: string,
    genTime: string,
    options: BundleOptions,
  ): Json {
    const [kind, version] = kindVersion.split(' ');
    const first = sha256(Buffer.from([0]), Buffer.from('the entry before'));
    const root = sha256(Buffer.from([1]), first, sha256(Buffer.from([0]), body));
    const note = `${options.origin ?? LOG_NAME}\n2\n${base64(root)}\n`;
    const sign = (text: string) => crypto.sign('sha256', Buffer.from(text), this.log.privateKey);
    const names = options.noteNames ?? [LOG_NAME];
    const hint = this.logId().subarray(0, 4);
    const lines = names.map((name) => `\u2014 ${name} ${base64(Buffer.concat([hint, sign(note)]))}\n`);
    const integratedTime =
      Date.parse(genTime.replace(/(....)(..)(..)(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')) / 1000;
    const promise = JSON.stringify({
      body: base64(body),
      integratedTime,
      logID: this.logId().toString('hex'),
      logIndex: 1,
    });
    return {
      logIndex: '1',
      logId: { keyId: base64(this.logId()) },
      kindVersion: { kind, version },
      ...(time === 'promise' || time === 'both'
        ? {
            integratedTime: String(integratedTime),
            inclusionPromise: { signedEntryTimestamp: base64(sign(promise)) },
          }
        : {}),
      inclusionProof: {
        logIndex: '1',
        rootHash: base64(root),
        treeSize: '2',
        hashes: [base64(first)],
        checkpoint: { envelope: `${note}\n${lines.join('')}` },
      },
      canonicalizedBody: base64(body),
    };
  }
}

export function statementFor(bytes: Uint8Array): Json {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'checkpoint', digest: { sha256: sha256(bytes).toString('hex') } }],
    predicateType: 'https://audit-check.example/checkpoint/v1',
    predicate: {},
  };
}

function entryBody(
  kind: NonNullable<BundleOptions['entry']>,
  signedHash: Buffer,
  payloadHash: Buffer,
  signature: Buffer,
  certificate: Buffer,
  key: Buffer | undefined,
): Buffer {
  const keyPem = key && `-----BEGIN PUBLIC KEY-----\n${base64(key)}\n-----END PUBLIC KEY-----\n`;
  const signerPem = base64(Buffer.from(keyPem ?? pem(certificate)));
  const verifier = {
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    ...(key
      ? { publicKey: { rawBytes: base64(key) } }
      : { x509Certificate: { rawBytes: base64(certificate) } }),
  };
  const hash = (bytes: Buffer) => ({ algorithm: 'sha256', value: bytes.toString('hex') });
  const specs: Record<string, Json> = {
    'hashedrekord 0.0.1': {
      data: { hash: hash(signedHash) },
      signature: { content: base64(signature), publicKey: { content: signerPem } },
    },
    'hashedrekord 0.0.2': {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest: base64(signedHash) },
        signature: { content: base64(signature), verifier },
      },
    },
    'dsse 0.0.1': {
      payloadHash: hash(payloadHash),
      signatures: [{ signature: base64(signature), verifier: signerPem }],
    },
    'dsse 0.0.2': {
      dsseV002: {
        payloadHash: { algorithm: 'SHA2_256', digest: base64(payloadHash) },
        signatures: [{ content: base64(signature), verifier }],
      },
    },
    'intoto 0.0.2': {
      content: {
        payloadHash: hash(payloadHash),
        envelope: { signatures: [{ publicKey: signerPem, sig: base64(Buffer.from(base64(signature))) }] },
      },
    },
  };
  const [name, apiVersion] = kind.split(' ');
  return Buffer.from(JSON.stringify({ apiVersion, kind: name, spec: specs[kind] ?? {} }));
}
