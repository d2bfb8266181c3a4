/** Shipped profiles of products: published hashes come out, and what their records may and may not go without. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { KeyRatchet } from '../../src/chain/key-ratchet.ts';
import { toLayouts } from '../../src/chain/layout.ts';
import { compileRecordHash } from '../../src/chain/record-hash.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';
import { ChainRun, codes } from './chain-run.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

const sha256 = (data: string | Uint8Array) => crypto.createHash('sha256').update(data).digest('hex');

function profileOf(name: string, document = SHIPPED_CHAINS[name]) {
  return compileProfile(name, document, (path, message) => assert.fail(`${path.join('.')}: ${message}`))!;
}

function hashOf(name: string, record: object, previous: string, length = 64): string {
  const profile = profileOf(name);
  const fields = new TreeFields();
  const hash = compileRecordHash(profile, profile.members[0]!, fields, {});
  return hash(treeEvents([record], fields)[0]!, previous, length);
}

const fixture = (name: string): string[] =>
  readFileSync(new URL(`../../fixtures/chains/${name}/log.ndjson`, import.meta.url), 'utf8')
    .trim()
    .split('\n');

/** The key that fixtures use under `name`. */
const keyOf = (name: string) =>
  readFileSync(new URL(`../../fixtures/vectors/keys/${name}.key`, import.meta.url));

describe('a published hash comes out', () => {
  test('of VERI*FACTU: the three examples of AEAT', () => {
    const invoice = (number: string, second: number) => ({
      IDFactura: {
        IDEmisorFactura: '89890001K',
        NumSerieFactura: number,
        FechaExpedicionFactura: '01-01-2024',
      },
      TipoFactura: 'F1',
      CuotaTotal: '12.35',
      ImporteTotal: '123.45',
      FechaHoraHusoGenRegistro: `2024-01-01T19:20:${second}+01:00`,
    });
    const first = '3C464DAF61ACB827C65FDA19F352A4E3BDC2C640E9E9FC4CC058073F38F12F60';
    const second = 'F7B94CFD8924EDFF273501B01EE5153E4CE8F259766F88CF6ACB8935802A2B97';
    assert.equal(hashOf('verifactu', invoice('12345678/G33', 30), ''), first);
    assert.equal(hashOf('verifactu', invoice('12345679/G34', 35), first), second);
    const cancellation = {
      IDFactura: {
        IDEmisorFacturaAnulada: '89890001K',
        NumSerieFacturaAnulada: '12345679/G34',
        FechaExpedicionFacturaAnulada: '01-01-2024',
      },
      FechaHoraHusoGenRegistro: '2024-01-01T19:20:40+01:00',
    };
    assert.equal(
      hashOf('verifactu', cancellation, second),
      '177547C0D57AC74748561D054A9CEC14B4C4EA23D1BEFD6F2E69E3A388F90C68',
    );
  });

  test('of agent-receipts: cross-sdk-tests/v030_vectors.json, peerCredentialEmitterMetadataReceipt', () => {
    const receipt = {
      '@context': ['https://www.w3.org/ns/credentials/v2', 'https://agentreceipts.ai/context/v1'],
      credentialSubject: {
        action: {
          emitter_metadata: { drop_count: 3 },
          id: 'act_030e0030-0000-4030-a030-000000000002',
          peer_credential: {
            exe_path: '/usr/local/bin/some-tool',
            gid: 1000,
            pid: 12345,
            platform: 'linux',
            uid: 1000,
          },
          risk_level: 'low',
          timestamp: '2026-05-21T00:00:00Z',
          type: 'system.events_dropped',
        },
        chain: { chain_id: 'chain_v030_daemon_test', previous_receipt_hash: null, sequence: 1 },
        outcome: { status: 'success' },
        principal: { id: 'did:user:test' },
      },
      id: 'urn:receipt:030e0030-0000-4030-a030-000000000002',
      issuanceDate: '2026-05-21T00:00:00Z',
      issuer: { id: 'did:agent:test' },
      proof: { type: 'Ed25519Signature2020' },
      type: ['VerifiableCredential', 'AgentReceipt'],
      version: '0.3.0',
    };
    const expected = 'fa9a68dd07b63999ab27252b7da0e9fa7d004ef385ba80c3bc43ff8cc4d53420';
    assert.equal(hashOf('agent-receipts', receipt, ''), expected);
  });
});

describe('records of a product', () => {
  test('that changed from plain to keyed hashes are no downgrade, the way back is', () => {
    const log = fixture('ok-dolibarr');
    const keys = { dolibarr: keyOf('dolibarr') };
    assert.deepEqual(codes(new ChainRun({ keys }).verify({ 'a.ndjson': log })), []);
    // A forger without the key goes on in the old format.
    const last = JSON.parse(log.at(-1)!) as Record<string, unknown>;
    const forged = { ...last, rowid: 6, object_format: 'V1', previous_signature: last.signature };
    const signature = hashOf('dolibarr-v1', forged, String(last.signature));
    const lines = [...log, JSON.stringify({ ...forged, signature })];
    assert.deepEqual(codes(new ChainRun({ keys }).verify({ 'a.ndjson': lines })), [
      'a.ndjson:6 downgraded-record',
    ]);
  });

  test('that need a key which was not given are not called altered', () => {
    const result = new ChainRun({ keys: {} }).verify({ 'a.ndjson': fixture('ok-dolibarr') });
    assert.deepEqual(codes(result), ['a.ndjson:4 missing-key']);
    const ranges = result.streams![0]!.ranges.map(({ assurance, records }) => [assurance, records]);
    assert.deepEqual(ranges, [
      ['unverifiable', 2],
      ['chained', 3],
    ]);
  });

  test('whose second hash needs a key that was not given are verified without it, and the report says so', () => {
    const result = new ChainRun({ keys: {} }).verify({ 'a.ndjson': fixture('bad-drupal-audit-trail') });
    assert.deepEqual(codes(result), []);
    assert.ok(result.streams![0]!.limits.includes('hmac was not verified: the key drupal was not given'));
    const keys = { drupal: keyOf('drupal') };
    const keyed = new ChainRun({ keys }).verify({ 'a.ndjson': fixture('bad-drupal-audit-trail') });
    assert.deepEqual(codes(keyed), ['a.ndjson:3 altered-record']);
  });

  test('cannot pass for the first one, whose hash is taken as it stands', () => {
    const log = fixture('ok-regulog').map((line) => JSON.parse(line) as Record<string, unknown>);
    const disguised = log.with(2, { ...log[2]!, type: 'GENESIS', action: 'nothing' });
    const lines = disguised.map((record) => JSON.stringify(record));
    assert.deepEqual(codes(new ChainRun().verify({ 'a.ndjson': lines })), ['a.ndjson:3 altered-record']);
  });

  test('without links are never called chained, and each altered one is named', () => {
    const log = fixture('ok-retraced');
    const run = new ChainRun();
    const twice = run.verify({ 'a.ndjson': log, 'b.ndjson': [log[2]!, log[0]!] });
    assert.deepEqual(codes(twice), []);
    assert.deepEqual(
      twice.streams!.map(({ status, records, head }) => [status, records, head]),
      [['unprotected', 6, undefined]],
    );
    const altered = log.with(1, log[1]!.replace('"bob"', '"dan"'));
    assert.deepEqual(codes(run.verify({ 'a.ndjson': altered })), ['a.ndjson:2 altered-record']);
  });

  test('of one community are not those of another', () => {
    const log = fixture('ok-buzz').map((line) => line.replace(/00000002"/, '00000001"'));
    assert.notDeepEqual(codes(new ChainRun().verify({ 'a.ndjson': log })), []);
  });
});

describe('a genesis that is a hash of the first record', () => {
  test('is one only with the right hash', () => {
    const log = fixture('ok-frappe');
    assert.deepEqual(codes(new ChainRun().verify({ 'a.ndjson': log })), []);
    const rest = new ChainRun().verify({ 'a.ndjson': log.slice(1) });
    assert.deepEqual(codes(rest), ['a.ndjson:1 missing-genesis']);
  });
});

describe('toLayouts()', () => {
  test('leaves the records of a product to its own layout', () => {
    const layouts = toLayouts(
      Object.keys(SHIPPED_CHAINS)
        .filter((name) => !('protocol' in (SHIPPED_CHAINS[name] as object)))
        .sort()
        .map((name) => profileOf(name)),
    );
    assert.deepEqual(layouts[0]!.members, { previous: 'prev_hash', own: 'hash' });
    assert.ok(layouts[0]!.claims.length > 0);
    const lines = [...fixture('ok-buzz'), ...fixture('ok-agt-go')];
    const { streams } = new ChainRun().verify({ 'a.ndjson': lines });
    assert.deepEqual(streams!.map(({ profile }) => profile).sort(), ['agt-go', 'buzz', 'buzz']);
  });
});

describe('a key ratchet', () => {
  const first = Buffer.from('first key');
  const after = (steps: number) => {
    let key: Buffer = first;
    for (let step = 0; step < steps; step++) key = crypto.createHash('sha256').update(key).digest();
    return key;
  };

  test('gives the key of any record, in any order', () => {
    const ratchet = new KeyRatchet('sha256', first);
    for (const step of [0, 1, 5, 3000, 2, 1024, 1023, 1025, 2047, 2048, 0])
      assert.deepEqual(Buffer.from(ratchet.keyOf(step)!), after(step), String(step));
    for (const step of [-1, 0.5, Number.NaN, 1e9]) assert.equal(ratchet.keyOf(step), undefined);
  });

  test('verifies a log whose key changes with every record', () => {
    const document = {
      title: 'ratcheted',
      members: [{ previous: 'prev', own: 'mac' }],
      digest: { algorithm: 'sha256', key: 'first', ratchet: 'sha256' },
      genesis: [''],
      sequence: { field: 'n', start: 1 },
      preimage: ['previous', { json: { without: ['$own'] } }],
    };
    let previous = '';
    const lines = Array.from({ length: 8 }, (_, index) => {
      const record = { n: index + 1, what: sha256(String(index)).slice(0, 8), prev: previous };
      const mac = crypto
        .createHmac('sha256', after(index))
        .update(previous + JSON.stringify(record))
        .digest('hex');
      previous = mac;
      return JSON.stringify({ ...record, mac });
    });
    const run = new ChainRun({ chains: { ratcheted: document }, keys: { first } });
    assert.deepEqual(codes(run.verify({ 'a.ndjson': lines })), []);
    // Who learns the key of record 4 can rewrite what follows, and nothing before.
    const swapped = lines.with(2, lines[2]!.replace('"n":3', '"n":4'));
    assert.ok(codes(run.verify({ 'a.ndjson': swapped })).includes('a.ndjson:3 altered-record'));
  });
});
