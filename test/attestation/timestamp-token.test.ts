/** RFC 3161 tokens: good ones of ours and of openssl hold, and each way to spoil one is named. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { AttestationJudgement } from '../../src/attestation/judgement.ts';
import { judgeTimestamp } from '../../src/attestation/timestamp-token.ts';
import { formatInstant } from '../../src/base/instant.ts';
import { rounds } from '../support/rounds.ts';
import {
  type Made,
  makeAuthority,
  makeCertificate,
  makeKeys,
  makeResponse,
  makeToken,
  oid,
  SERVER_AUTH,
  sequence,
  TIME_STAMPING,
  type TokenOptions,
  tlv,
} from './made-token.ts';

const BYTES = Buffer.from('log.example/audit\n10\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n');
const { root, stamper } = makeAuthority();

const judge = (token: Uint8Array, authorities: Uint8Array[] = [root.der], bytes: Uint8Array = BYTES) =>
  judgeTimestamp(bytes, { kind: 'rfc3161-timestamp', name: 'checkpoint.tsr', bytes: token }, { authorities });

const make = (options: TokenOptions = {}) => makeToken(BYTES, stamper, root, options);

function codes({ faults }: AttestationJudgement): string[] {
  return [...new Set(faults.map(({ code }) => code))];
}

/** One bit of a token turned, at `part` of its length. */
function flipped(token: Buffer, at: number): Buffer {
  const copy = Buffer.from(token);
  copy[at]! ^= 1;
  return copy;
}

describe('judgeTimestamp() of a good token', () => {
  test('tells who, when, by whom, and what else the token states', async () => {
    const judged = await judge(makeResponse(make()));
    assert.deepEqual(judged.faults, []);
    assert.equal(judged.verdict, 'verified');
    assert.equal(judged.by, 'CN=Acme Timestamps');
    assert.equal(formatInstant(judged.at!), '2026-01-31T08:00:00.500Z');
    assert.equal(judged.proof, 'timestamp authority CN=Acme Root');
    assert.deepEqual(judged.facts, [
      { name: 'stated time', value: '2026-01-31T08:00:00.500Z' },
      { name: 'accuracy', value: 'within 1 s' },
      { name: 'policy', value: '1.3.6.1.4.1.99999.1' },
      { name: 'serial', value: '2a' },
      { name: 'nonce', value: '63' },
    ]);
  });

  const intermediate = makeCertificate('Acme Issuing', root, {
    ca: true,
    serial: 3,
    pathLimit: 0,
    keyUsage: 0x04,
  });
  const below = makeCertificate('Acme Timestamps 2', intermediate, {
    purposes: [TIME_STAMPING],
    keyUsage: 0x80,
  });
  const good: [what: string, token: Buffer, authorities?: Buffer[]][] = [
    ['a bare token', make()],
    ['a response granted with modifications', makeResponse(make(), 1)],
    ['a SHA-512 imprint', make({ hash: 'sha512' })],
    ['a certificate bound by SHA-1 (RFC 3161 before RFC 5816)', make({ binding: 'v1' })],
    [
      'a token without certificates, whose signer is given',
      make({ certificates: [] }),
      [root.der, stamper.der],
    ],
    ['a pinned signer, without its root', make(), [stamper.der]],
    [
      'an issuing authority between',
      makeToken(BYTES, below, intermediate, { certificates: [below, intermediate] }),
    ],
    [
      'a foreign certificate in the token',
      make({ certificates: [makeCertificate('Else', undefined), stamper] }),
    ],
  ];
  for (const [what, token, authorities] of good)
    test(`judgeTimestamp() accepts ${what}`, async () => {
      const judged = await judge(token, authorities);
      assert.deepEqual(judged.faults, []);
      assert.equal(judged.verdict, 'verified');
    });
});

describe('judgeTimestamp() of a spoiled token', () => {
  const by = (options: Parameters<typeof makeAuthority>[0], token: TokenOptions = {}) =>
    makeToken(
      BYTES,
      makeCertificate('Acme Timestamps', root, { purposes: [TIME_STAMPING], ...options }),
      root,
      token,
    );
  const stranger = makeAuthority();
  const selfSigned = makeCertificate('Acme Root', undefined, { purposes: [TIME_STAMPING] });
  const sameKey = makeCertificate('Acme Timestamps', root, {
    keys: stamper.keys,
    purposes: [TIME_STAMPING],
    from: '20240101000000Z',
  });
  const noAuthority: Made = makeCertificate('Acme Issuing', root, { serial: 3 });
  const limited = makeCertificate('Acme Limited', root, { ca: true, serial: 4, pathLimit: 0 });
  const tooDeep = makeCertificate('Acme Deep', limited, { ca: true, serial: 5 });
  const through = (...path: [Made, ...Made[]]) => {
    const leaf = makeCertificate('Acme Timestamps', path[0], { purposes: [TIME_STAMPING] });
    return makeToken(BYTES, leaf, path[0], { certificates: [leaf, ...path] });
  };
  const deep = (): Buffer => {
    let value = sequence();
    for (let level = 0; level < 60; level++) value = sequence(value);
    return value;
  };

  const spoiled: [
    what: string,
    token: Uint8Array,
    expected: string[],
    authorities?: Buffer[] | undefined,
    bytes?: Uint8Array,
  ][] = [
    ['other bytes', make(), ['other-bytes'], undefined, Buffer.from('log.example/audit\n11\n')],
    ['another imprint', make({ imprint: Buffer.alloc(32, 7) }), ['other-bytes']],
    ['a cut imprint', make({ imprint: Buffer.alloc(4) }), ['other-bytes']],
    ['a SHA-1 imprint', make({ hash: 'sha1' }), ['weak-hash']],
    ['an MD5 imprint', make({ hash: 'md5' }), ['weak-hash']],
    ['a signature over SHA-1', make({ digest: 'sha1' }), ['weak-hash']],
    ['a certificate for servers', by({ purposes: [SERVER_AUTH] }), ['wrong-purpose']],
    ['a certificate for servers too', by({ purposes: [TIME_STAMPING, SERVER_AUTH] }), ['wrong-purpose']],
    ['a certificate for anything', by({ purposes: ['2.5.29.37.0'] }), ['wrong-purpose']],
    ['a purpose that is not critical', by({ isPurposeCritical: false }), ['wrong-purpose']],
    [
      'a certificate without purpose',
      makeToken(BYTES, makeCertificate('Acme Timestamps', root), root),
      ['wrong-purpose'],
    ],
    ['a key not for signatures', by({ keyUsage: 0x20 }), ['wrong-purpose']],
    ['an authority’s certificate', by({ ca: true }), ['wrong-purpose']],
    ['an expired certificate', by({ until: '20260101000000Z' }), ['expired-certificate']],
    ['a certificate of the future', by({ from: '20270101000000Z' }), ['expired-certificate']],
    ['an unknown critical extension', by({ criticalExtension: '1.2.3.4' }), ['unsupported-attestation']],
    ['a certificate signed over SHA-1', by({ isWeak: true }), ['weak-hash']],
    [
      'a stranger’s chain',
      makeToken(BYTES, stranger.stamper, stranger.root, { certificates: [stranger.stamper, stranger.root] }),
      ['untrusted-certificate'],
    ],
    ['a self-signed stranger', makeToken(BYTES, selfSigned, selfSigned), ['untrusted-certificate']],
    ['an issuer that is no authority', through(noAuthority), ['untrusted-certificate']],
    ['a path longer than allowed', through(tooDeep, limited), ['untrusted-certificate']],
    ['no certificate of the signer', make({ certificates: [] }), ['untrusted-certificate']],
    ['a swapped signature', make({ signWith: makeKeys().privateKey }), ['bad-signature']],
    ['an altered genTime', make({ shownGenTime: '20260131090000.5Z' }), ['altered-content']],
    ['two message digests', make({ doubleDigest: true }), ['altered-content']],
    ['another signed content type', make({ contentType: '1.2.840.113549.1.7.1' }), ['altered-content']],
    ['content of another type', make({ eContentType: '1.2.840.113549.1.7.1' }), ['malformed-attestation']],
    ['no signed attributes', make({ withoutAttributes: true }), ['malformed-attestation']],
    ['no ESSCertID', make({ binding: 'none' }), ['unbound-certificate']],
    ['an ESSCertID of another certificate of the key', make({ binding: sameKey }), ['unbound-certificate']],
    ['two signers', make({ signers: 2 }), ['malformed-attestation']],
    ['no signer', make({ signers: 0 }), ['malformed-attestation']],
    ['version 2', make({ version: 2 }), ['unsupported-attestation']],
    ['a local time', make({ genTime: '20260131080000' }), ['malformed-attestation']],
    ['a day that is none', make({ genTime: '20260231080000Z' }), ['malformed-attestation']],
    ['truncated DER', make().subarray(0, -5), ['malformed-attestation']],
    ['one byte', Buffer.from([0x30]), ['malformed-attestation']],
    ['nothing', Buffer.alloc(0), ['malformed-attestation']],
    ['trailing DER', Buffer.concat([make(), Buffer.from([5, 0])]), ['malformed-attestation']],
    [
      'an indefinite length',
      Buffer.concat([Buffer.from([0x30, 0x80]), make(), Buffer.from([0, 0])]),
      ['malformed-attestation'],
    ],
    ['text', Buffer.from(make().toString('base64')), ['malformed-attestation']],
    ['deep nesting', deep(), ['oversized-attestation']],
    ['deep nesting inside an octet string', sequence(tlv(4, deep())), ['oversized-attestation']],
    ['a megabyte', sequence(Buffer.alloc(1 << 20)), ['oversized-attestation']],
    ['a rejection', makeResponse(undefined, 2), ['refused-request']],
    ['a rejection that carries a token', makeResponse(make(), 2), ['refused-request']],
    ['a grant without token', makeResponse(undefined), ['malformed-attestation']],
    ['no authorities', make(), ['no-trust'], []],
    ['an empty file', make(), ['empty-file'], undefined, Buffer.alloc(0)],
  ];
  for (const [what, token, expected, authorities, bytes] of spoiled)
    test(`judgeTimestamp() names ${what}: ${expected}`, async () => {
      const judged = await judge(token, authorities, bytes);
      assert.deepEqual(codes(judged), expected, JSON.stringify(judged.faults));
      assert.equal(judged.by, undefined);
      assert.equal(judged.at, undefined);
    });

  test('judgeTimestamp() lists all that is wrong, not the first alone', async () => {
    const token = by(
      { purposes: [SERVER_AUTH], until: '20260101000000Z' },
      { binding: 'none', shownGenTime: '20260131090000Z' },
    );
    const judged = await judge(token, undefined, Buffer.from('else'));
    assert.deepEqual(codes(judged), [
      'other-bytes',
      'altered-content',
      'unbound-certificate',
      'wrong-purpose',
      'expired-certificate',
    ]);
    assert.equal(judged.verdict, 'refused');
  });

  // Chains through all of them are more than 31! = 10^33: a search without a bound would not end.
  test('judgeTimestamp() ends with certificates that all could have issued each other', async () => {
    const keys = makeKeys();
    const twins = Array.from({ length: 31 }, (_, serial) =>
      makeCertificate('Twin', undefined, { ca: true, serial, keys }),
    );
    const leaf = makeCertificate('Acme Timestamps', twins[0], { purposes: [TIME_STAMPING] });
    const judged = await judge(makeToken(BYTES, leaf, twins[0]!, { certificates: [leaf, ...twins] }));
    assert.deepEqual(codes(judged), ['untrusted-certificate']);
  });

  /** All with FULL=1 (`npm run test:full`): 770 tokens take 8 s. */
  const stride = rounds(5, 1);
  test('judgeTimestamp() verifies no token in which one bit is turned', async () => {
    const token = make();
    // The list of digests is signed by nobody, and nothing is taken from it.
    const unsigned = tlv(0x31, sequence(oid('2.16.840.1.101.3.4.2.1')));
    const from = token.indexOf(unsigned);
    const survivors: number[] = [];
    let turned = 0;
    for (let at = 0; at < token.length; at += stride, turned++) {
      const { verdict } = await judge(flipped(token, at));
      if (verdict === 'verified' && (at < from || at >= from + unsigned.length)) survivors.push(at);
    }
    console.log(`timestamps: ${turned} of ${token.length} bytes turned, ${survivors.length} tokens verified`);
    assert.ok(from > 0 && turned > 100);
    assert.deepEqual(survivors, []);
  });
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-openssl-'));
after(() => fs.rmSync(folder, { recursive: true }));

function openssl(...argv: string[]): void {
  const { status, stderr } = spawnSync('openssl', argv, { cwd: folder });
  assert.equal(status, 0, `openssl ${argv.join(' ')}: ${stderr}`);
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('judgeTimestamp() of tokens by openssl', { skip: !hasOpenssl && 'no openssl' }, () => {
  const config = (ess: string) => `[tsa]
ess_cert_id_alg = ${ess}
serial = serial
crypto_device = builtin
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
[ca]
basicConstraints = critical,CA:TRUE
[stamper]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
`;
  const keyKinds: [what: string, key: string[], digest: string, ess: string][] = [
    ['RSA and SHA-256', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], 'sha256', 'sha256'],
    ['P-384 and SHA-512', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'sha512', 'sha384'],
    ['RSA, bound by SHA-1', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], 'sha384', 'sha1'],
  ];
  for (const [what, key, digest, ess] of keyKinds)
    test(`judgeTimestamp() accepts ${what}, and refuses the token for other bytes`, async () => {
      fs.writeFileSync(path.join(folder, 'tsa.cnf'), config(ess));
      fs.writeFileSync(path.join(folder, 'serial'), '01\n');
      fs.writeFileSync(path.join(folder, 'log.txt'), BYTES);
      for (const name of ['ca', 'tsa']) openssl('genpkey', ...key, '-out', `${name}.key`);
      openssl(
        'req',
        '-new',
        '-x509',
        '-key',
        'ca.key',
        '-subj',
        '/O=Acme/CN=Root',
        '-days',
        '9',
        '-out',
        'ca.pem',
        '-config',
        'tsa.cnf',
        '-extensions',
        'ca',
      );
      openssl(
        'req',
        '-new',
        '-key',
        'tsa.key',
        '-subj',
        '/O=Acme/CN=Stamper',
        '-out',
        'tsa.csr',
        '-config',
        'tsa.cnf',
      );
      openssl(
        'x509',
        '-req',
        '-in',
        'tsa.csr',
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-set_serial',
        '77',
        '-days',
        '9',
        '-extfile',
        'tsa.cnf',
        '-extensions',
        'stamper',
        '-out',
        'tsa.pem',
      );
      openssl('ts', '-query', '-data', 'log.txt', `-${digest}`, '-cert', '-out', 'q.tsq');
      openssl(
        'ts',
        '-reply',
        '-queryfile',
        'q.tsq',
        '-inkey',
        'tsa.key',
        '-signer',
        'tsa.pem',
        `-${digest}`,
        '-config',
        'tsa.cnf',
        '-section',
        'tsa',
        '-out',
        'log.tsr',
      );
      const ca = Buffer.from(
        fs.readFileSync(path.join(folder, 'ca.pem'), 'utf8').replace(/-----.*-----|\s/g, ''),
        'base64',
      );
      const token = fs.readFileSync(path.join(folder, 'log.tsr'));
      const judged = await judge(token, [ca]);
      assert.deepEqual(judged.faults, []);
      assert.equal(judged.by, 'O=Acme, CN=Stamper');
      assert.ok(judged.facts.some(({ name, value }) => name === 'accuracy' && value === 'within 1.5 s'));
      assert.equal(
        judged.facts.some(({ name }) => name === 'note'),
        ess === 'sha1',
      );
      assert.deepEqual(codes(await judge(token, [ca], Buffer.from('else'))), ['other-bytes']);
      assert.deepEqual(codes(await judge(token)), ['untrusted-certificate']);
    });
});
