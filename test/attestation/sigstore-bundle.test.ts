/** Sigstore bundles of an instance of our own: every shape is verified, and each way to spoil one is named. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import type { AttestationTrust, ExpectedSigner } from '../../src/attestation/attestation-trust.ts';
import { judgeAttestations } from '../../src/attestation/judge-attestations.ts';
import type { AttestationJudgement } from '../../src/attestation/judgement.ts';
import { parseTrustedRoot } from '../../src/attestation/trusted-root.ts';
import { formatInstant } from '../../src/base/instant.ts';
import { ProblemsError } from '../../src/model/problem.ts';
import { ANN, type BundleOptions, Instance, ISSUER, type Json, statementFor } from './made-sigstore.ts';
import { makeKeys, SERVER_AUTH } from './made-token.ts';

const BYTES = Buffer.from('log.example/audit\n10\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n');
const instance = new Instance();
const root = rootOf(instance.trustedRoot());
const ann: ExpectedSigner = { kind: 'identity', identity: ANN, issuer: ISSUER };

function rootOf(json: Json) {
  return parseTrustedRoot(Buffer.from(JSON.stringify(json)), 'trusted_root.json');
}

async function judge(
  bundle: Json | string | Uint8Array,
  trust: AttestationTrust = { root, signer: ann },
  bytes: Uint8Array = BYTES,
): Promise<AttestationJudgement> {
  const text = typeof bundle === 'string' || bundle instanceof Uint8Array ? bundle : JSON.stringify(bundle);
  const [judgement] = await judgeAttestations(
    bytes,
    [{ kind: 'sigstore-bundle', name: 'checkpoint.sigstore.json', bytes: Buffer.from(text) }],
    trust,
  );
  return judgement!;
}

const make = (options: BundleOptions = {}) => instance.bundle(BYTES, options);

/** A copy of the bundle with the value at a path changed, or removed. */
function changed(bundle: Json, path: string, value: unknown): Json {
  const copy = JSON.parse(JSON.stringify(bundle)) as Json;
  const keys = path.split('.');
  const last = keys.pop()!;
  const owner = keys.reduce((at: Json, key) => at[key] as Json, copy);
  if (value === undefined) delete owner[last];
  else owner[last] = typeof value === 'function' ? value(owner[last]) : value;
  return copy;
}

const ENTRY = 'verificationMaterial.tlogEntries.0';
const PROOF = `${ENTRY}.inclusionProof`;
const CHECKPOINT = `${PROOF}.checkpoint.envelope`;

describe('judgeAttestations() of a good bundle', () => {
  test('tells who signed, since when, and what proves it', async () => {
    const judged = await judge(make({ time: 'both' }));
    assert.deepEqual(judged.faults, []);
    assert.equal(judged.verdict, 'verified');
    assert.equal(judged.by, ANN);
    assert.equal(formatInstant(judged.at!), '2026-01-31T08:00:00Z');
    assert.equal(judged.proof, 'timestamp authority https://time.acme.example');
    assert.deepEqual(judged.facts, [
      { name: 'issuer', value: ISSUER },
      { name: 'also', value: '2026-01-31T08:00:00Z, transparency log https://log.acme.example' },
      { name: 'logged', value: 'https://log.acme.example, entry 1' },
    ]);
  });

  const ed25519 = crypto.generateKeyPairSync('ed25519');
  const p384 = crypto.generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const good: [what: string, options: BundleOptions][] = [
    ['a message in Rekor v1', { entry: 'hashedrekord 0.0.1', time: 'promise' }],
    ['an envelope in Rekor v1', { content: 'dsse', entry: 'dsse 0.0.1', time: 'promise' }],
    ['an envelope as an in-toto entry', { content: 'dsse', entry: 'intoto 0.0.2', time: 'promise' }],
    ['an envelope as a hashed record', { content: 'dsse', entry: 'hashedrekord 0.0.2' }],
    [
      'an envelope as a hashed record of Rekor v1',
      { content: 'dsse', entry: 'hashedrekord 0.0.1', time: 'promise' },
    ],
    ['an envelope in Rekor v2', { content: 'dsse', entry: 'dsse 0.0.2' }],
    ['an Ed25519 key', { keys: ed25519 }],
    ['a P-384 key', { keys: p384 }],
    ['a checkpoint with signatures of strangers', { noteNames: ['witness.example', 'log.acme.example'] }],
    ['an origin with a tree number', { origin: 'log.acme.example - 7' }],
    [
      'a statement with several subjects',
      {
        content: 'dsse',
        statement: {
          ...statementFor(BYTES),
          subject: [{ digest: { sha256: 'ab' } }, ...(statementFor(BYTES).subject as Json[])],
        },
      },
    ],
  ];
  for (const [what, options] of good)
    test(`judgeAttestations() verifies ${what}`, async () => {
      const judged = await judge(make(options));
      assert.deepEqual(judged.faults, []);
      assert.equal(judged.verdict, 'verified');
    });

  test('judgeAttestations() verifies a bare key, named by its fingerprint', async () => {
    const keys = makeKeys();
    const judged = await judge(make({ isBareKey: true, keys }), {
      root,
      signer: { kind: 'key', key: keys.publicKey },
    });
    assert.deepEqual(judged.faults, []);
    assert.match(judged.by!, /^key sha256:[0-9a-f]{64}$/);
  });

  test('judgeAttestations() asks for no log where the trusted root lists none', async () => {
    const bundle = make({ entry: 'none' });
    const judged = await judge(bundle, {
      root: rootOf({ ...instance.trustedRoot(), tlogs: [] }),
      signer: ann,
    });
    assert.deepEqual(judged.faults, []);
    assert.ok(judged.facts.some(({ value }) => value === 'no: the trusted root lists no transparency log'));
    assert.equal((await judge(bundle)).faults[0]!.code, 'missing-log-proof');
  });
});

describe('judgeAttestations() of a spoiled bundle', () => {
  const keys = makeKeys();
  const good = make();
  const dsse = make({ content: 'dsse' });
  const other = new Instance();
  const resigned = make();
  const signature = (resigned.messageSignature as Json).signature;
  const spoiled: [
    what: string,
    bundle: Json | string | Uint8Array,
    code: string,
    trust?: AttestationTrust | undefined,
    bytes?: Uint8Array,
  ][] = [
    ['other bytes', good, 'other-bytes', undefined, Buffer.from('log.example/audit\n11\n')],
    ['other bytes of a statement', dsse, 'other-bytes', undefined, Buffer.from('else')],
    ['other bytes, whatever is trusted', good, 'other-bytes', {}, Buffer.from('else')],
    ['an empty file', good, 'empty-file', undefined, Buffer.alloc(0)],
    ['no trusted root', good, 'no-trust', { signer: ann }],
    ['nobody expected', good, 'no-trust', { root }],
    ['another instance', other.bundle(BYTES), 'bad-log-proof'],
    ['another signer', make({ identity: 'eve@example.com' }), 'wrong-signer'],
    ['a name that ends like the expected', make({ identity: `x${ANN}` }), 'wrong-signer'],
    [
      'a name that the expected one would match as a pattern',
      make({ identity: 'ann@exampleXcom' }),
      'wrong-signer',
    ],
    [
      'another issuer',
      good,
      'wrong-signer',
      { root, signer: { kind: 'identity', identity: ANN, issuer: 'https://else.example' } },
    ],
    [
      'a certificate where a key is expected',
      good,
      'wrong-signer',
      { root, signer: { kind: 'key', key: keys.publicKey } },
    ],
    ['a key where an identity is expected', make({ isBareKey: true, keys }), 'wrong-signer'],
    [
      'another key',
      make({ isBareKey: true, keys }),
      'bad-signature',
      { root, signer: { kind: 'key', key: makeKeys().publicKey } },
    ],
    ['a certificate for servers', make({ leaf: { purposes: [SERVER_AUTH] } }), 'wrong-purpose'],
    ['a certificate that ran out', make({ leaf: { until: '20260131075900Z' } }), 'expired-certificate'],
    ['a time outside the certificate', make({ genTime: '20260201080000Z' }), 'expired-certificate'],
    [
      'a time before the trusted root',
      make({ genTime: '20240101080000Z', leaf: { from: '20230101000000Z' } }),
      'unproved-time',
    ],
    ['no time', make({ time: 'none' }), 'unproved-time'],
    [
      'a log entry of another signer',
      make({ loggedCertificate: instance.certificate('eve@example.com').der }),
      'other-log-entry',
    ],
    [
      'a log entry of another signature',
      changed(good, ENTRY, ((resigned.verificationMaterial as Json).tlogEntries as Json[])[0]),
      'other-log-entry',
    ],
    ['another signature', changed(good, 'messageSignature.signature', signature), 'unproved-time'],
    [
      'another payload',
      changed(
        dsse,
        'dsseEnvelope.payload',
        Buffer.from(JSON.stringify({ ...statementFor(BYTES), predicate: 1 })).toString('base64'),
      ),
      'other-log-entry',
    ],
    ['no log entry', changed(good, 'verificationMaterial.tlogEntries', []), 'missing-log-proof'],
    ['no inclusion proof', changed(good, PROOF, undefined), 'missing-log-proof'],
    ['no checkpoint', changed(good, `${PROOF}.checkpoint`, undefined), 'missing-log-proof'],
    [
      'a proof with another hash',
      changed(good, `${PROOF}.hashes`, [Buffer.alloc(32).toString('base64')]),
      'bad-log-proof',
    ],
    [
      'a proof with too many hashes',
      changed(good, `${PROOF}.hashes`, Array(70).fill(Buffer.alloc(32).toString('base64'))),
      'bad-log-proof',
    ],
    ['a proof of another place', changed(good, `${PROOF}.logIndex`, '0'), 'bad-log-proof'],
    ['a proof of another size', changed(good, `${PROOF}.treeSize`, '3'), 'bad-log-proof'],
    [
      'a proof of another root',
      changed(good, `${PROOF}.rootHash`, Buffer.alloc(32).toString('base64')),
      'bad-log-proof',
    ],
    ['a checkpoint of another log', make({ origin: 'else.example' }), 'bad-log-proof'],
    ['a checkpoint signed under another name', make({ noteNames: ['else.example'] }), 'bad-log-proof'],
    ['a checkpoint signed under a pattern', make({ noteNames: ['.*'] }), 'bad-log-proof'],
    [
      'a checkpoint signed under a slow pattern',
      make({ noteNames: [`(${'.+'.repeat(20)})+$!`] }),
      'bad-log-proof',
    ],
    [
      'a checkpoint without signature',
      changed(good, CHECKPOINT, (note: string) => note.slice(0, note.indexOf('\u2014'))),
      'bad-log-proof',
    ],
    [
      'a checkpoint without empty line',
      changed(good, CHECKPOINT, (note: string) => note.replace('\n\n', '\n')),
      'bad-log-proof',
    ],
    [
      'a checkpoint of another size',
      changed(good, CHECKPOINT, (note: string) => note.replace('\n2\n', '\n02\n')),
      'bad-log-proof',
    ],
    [
      'a checkpoint with strange lines',
      changed(good, CHECKPOINT, (note: string) => `${note}and more\n`),
      'bad-log-proof',
    ],
    [
      'a log that is not trusted',
      changed(good, `${ENTRY}.logId.keyId`, Buffer.alloc(32).toString('base64')),
      'bad-log-proof',
    ],
    [
      'an entry of unknown kind',
      changed(good, `${ENTRY}.kindVersion.version`, '0.0.9'),
      'unsupported-attestation',
    ],
    [
      'a promise that was not made',
      changed(make({ time: 'both' }), `${ENTRY}.integratedTime`, '1769846399'),
      'bad-log-proof',
    ],
    [
      'an unknown version',
      changed(good, 'mediaType', 'application/vnd.dev.sigstore.bundle.v0.9+json'),
      'unsupported-attestation',
    ],
    ['no version', changed(good, 'mediaType', undefined), 'malformed-attestation'],
    [
      'a statement of unknown type',
      make({ content: 'dsse', statement: { ...statementFor(BYTES), _type: 'https://else.example/v1' } }),
      'unsupported-attestation',
    ],
    [
      'a statement without type',
      make({ content: 'dsse', statement: { ...statementFor(BYTES), _type: undefined } }),
      'malformed-attestation',
    ],
    [
      'a statement without subjects',
      make({ content: 'dsse', statement: { ...statementFor(BYTES), subject: [] } }),
      'other-bytes',
    ],
    [
      'a subject by a weak digest alone',
      make({
        content: 'dsse',
        statement: {
          ...statementFor(BYTES),
          subject: [{ digest: { sha1: crypto.createHash('sha1').update(BYTES).digest('hex') } }],
        },
      }),
      'other-bytes',
    ],
    [
      'an envelope of another kind',
      make({ content: 'dsse', payloadType: 'text/plain' }),
      'unsupported-attestation',
    ],
    [
      'two signatures',
      changed(dsse, 'dsseEnvelope.signatures', (list: Json[]) => [...list, ...list]),
      'malformed-attestation',
    ],
    [
      'base64 that is none',
      changed(good, 'messageSignature.signature', (text: string) => `${text.slice(0, -4)}*AA=`),
      'malformed-attestation',
    ],
    [
      'a certificate that is none',
      changed(good, 'verificationMaterial.certificate.rawBytes', 'AAAA'),
      'malformed-attestation',
    ],
    ['a key twice', JSON.stringify(good).replace('{', '{"mediaType":"x",'), 'malformed-attestation'],
    ['no JSON', '{"mediaType":', 'malformed-attestation'],
    ['DER', Buffer.from([0x30, 0x00]), 'malformed-attestation'],
    ['nothing', '', 'malformed-attestation'],
    ['a list', '[]', 'malformed-attestation'],
    ['deep nesting', '['.repeat(100_000), 'malformed-attestation'],
    [
      'too many entries',
      changed(good, 'verificationMaterial.tlogEntries', (list: Json[]) => Array(17).fill(list[0])),
      'oversized-attestation',
    ],
    ['parts of the wrong kind', changed(good, 'verificationMaterial', 7), 'malformed-attestation'],
  ];
  for (const [what, bundle, code, trust, bytes] of spoiled)
    test(`judgeAttestations() names ${what}: ${code}`, async () => {
      const judged = await judge(bundle, trust, bytes);
      assert.equal(judged.faults[0]?.code, code, JSON.stringify(judged.faults));
      assert.equal(judged.by, undefined);
      assert.equal(judged.at, undefined);
    });
});

describe('parseTrustedRoot()', () => {
  const problemsOf = (json: Json | string): string[] => {
    try {
      parseTrustedRoot(
        Buffer.from(typeof json === 'string' ? json : JSON.stringify(json, undefined, 1)),
        'root.json',
      );
      return [];
    } catch (error) {
      assert.ok(error instanceof ProblemsError);
      return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    }
  };

  test('lists every mistake at its place', () => {
    const broken = changed(
      changed(instance.trustedRoot(), 'tlogs.0.publicKey.validFor.start', undefined),
      'timestampAuthorities.0.certChain.certificates.0.rawBytes',
      'no base64',
    );
    assert.deepEqual(problemsOf(broken), [
      '8:5 tlogs[0].publicKey.validFor.start is missing: a key without it would be trusted for all times',
      '39:7 timestampAuthorities[0].certChain.certificates[0].rawBytes is "no base64", expected base64',
    ]);
  });

  test('refuses what is no trusted root', () => {
    assert.match(problemsOf('{}')[0]!, /mediaType is missing/);
    assert.match(problemsOf('[]')[0]!, /expected a JSON object/);
    assert.match(problemsOf('{')[0]!, /is no JSON/);
    assert.match(problemsOf('{"a":1,"a":2}')[0]!, /stands twice/);
    assert.match(
      problemsOf({ ...instance.trustedRoot(), tlogs: [], timestampAuthorities: [] })[0]!,
      /no time could ever be proved/,
    );
    assert.match(
      problemsOf(changed(instance.trustedRoot(), 'tlogs.0.publicKey.rawBytes', 'AAAA'))[0]!,
      /is no public key/,
    );
  });
});
