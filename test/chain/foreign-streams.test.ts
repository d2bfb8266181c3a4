/** Chains without own hashes in the place of those that have them, or between their records; with a key given and without. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { chainRecords } from './chain-generator.ts';
import { CHAIN_KEYS, ChainRun, codes } from './chain-run.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

const KEYED = chainRecords('hmac-jcs', 6, 1);
const PLAIN = chainRecords('jcs', 6, 1);
const EVENT = { timestamp: '2026-03-02T08:00:22.250Z', actor: 'mallory', action: 'payment.approve' };

const ownless = (count: number, previous: string) =>
  chainRecords('jcs-line', count, 2, { names: [previous, 'hash'], genesis: null });
const single = (previous: string) => JSON.stringify({ ...EVENT, [previous]: null });
const keyed = new ChainRun({ keys: CHAIN_KEYS });
const judge = (lines: readonly string[], run = keyed) => codes(run.verify({ 'log.ndjson': lines }));

describe('records with a previous hash alone, in the file of a chain with own hashes', () => {
  for (const name of ['previousHash', 'previous_hash', 'prev_hash'])
    test(`are outside of it under the name ${name}`, () => {
      assert.deepEqual(judge(KEYED.toSpliced(3, 0, single(name))), ['log.ndjson:4 unhashed-record']);
      assert.deepEqual(judge(PLAIN.toSpliced(3, 0, single(name)), new ChainRun()), [
        'log.ndjson:4 unhashed-record',
      ]);
    });

  test('do not stand for the tail that they replaced', () => {
    for (const name of ['previousHash', 'prev_hash'])
      assert.deepEqual(judge([...KEYED.slice(0, 4), ...ownless(2, name)]), ['log.ndjson:5 stripped-hash']);
  });

  test('are told where they are as many, or more', () => {
    for (const [kept, forged] of [
      [3, 3],
      [2, 4],
    ] as const) {
      const found = judge([...KEYED.slice(0, kept), ...ownless(forged, 'previousHash')]);
      assert.equal(found.length > 0, true, `${kept} and ${forged}`);
    }
  });

  test('are told in the file of another chain without own hashes', () => {
    const log = ownless(6, 'prev_hash').toSpliced(3, 0, single('previousHash'));
    assert.deepEqual(judge(log, new ChainRun()), ['log.ndjson:4 unhashed-record']);
  });

  test('are a chain like any in a file of their own', () => {
    const run = new ChainRun({ keys: CHAIN_KEYS });
    const files = { 'a.ndjson': KEYED, 'b.ndjson': ownless(5, 'previousHash') };
    assert.deepEqual(codes(run.verify(files)), []);
    assert.deepEqual(judge(ownless(5, 'prev_hash'), new ChainRun()), []);
  });
});

describe('two chains of as many records in one file', () => {
  test('are one too many', () => {
    const other = chainRecords('jcs', 6, 2, { names: ['previousHash', 'entryHash'] });
    assert.deepEqual(judge([...PLAIN, ...other], new ChainRun()), ['log.ndjson:7 second-genesis']);
  });
});

describe('a whole log rewritten without the key, which is given', () => {
  test('is downgraded also where its records have no own hashes', () => {
    for (const count of [1, 6])
      for (const name of ['prev_hash', 'previousHash'])
        assert.deepEqual(judge(ownless(count, name)), ['log.ndjson:1 downgraded-record']);
  });
});

describe('a key that was given, where no hash is under it', () => {
  const bare = KEYED.map((record) =>
    JSON.stringify({ ...JSON.parse(record), prev_hash: undefined, hash: undefined }),
  );
  const missing = (files: Record<string, readonly string[]>, keys = CHAIN_KEYS) =>
    codes(new ChainRun({ keys }).verify(files));

  test('means a log stripped of all its hashes', () => {
    assert.deepEqual(missing({ 'log.ndjson': bare }), ['log.ndjson:1 missing-chain']);
    assert.deepEqual(codes(new ChainRun().verify({ 'log.ndjson': bare })), []);
  });

  test('means a log that was chained anew under other names', () => {
    const anew = chainRecords('jcs', 6, 1, { names: ['previousHash', 'entryHash'] });
    assert.deepEqual(missing({ 'b.ndjson': anew, 'c.ndjson': bare }), ['b.ndjson:1 downgraded-record']);
    const openEmr = chainRecords('jcs', 6, 1, { names: ['before', 'own'] });
    assert.deepEqual(missing({ 'b.ndjson': openEmr }), ['b.ndjson:1 missing-chain']);
  });

  test('is met by the records of one file', () => {
    assert.deepEqual(missing({ 'a.ndjson': KEYED }), []);
    const found = missing({ 'a.ndjson': KEYED, 'b.ndjson': bare });
    assert.equal(found.includes('b.ndjson:1 missing-chain'), false, found.join());
  });

  test('is not met by a log under another key, though its records have the same fields', () => {
    const shipped = SHIPPED_CHAINS['hmac-jcs'] as { digest: object };
    const own = { ...shipped, digest: { ...shipped.digest, key: 'appb' } };
    const chains = { ...SHIPPED_CHAINS, 'app-b': own };
    const keys = { chain: CHAIN_KEYS.chain, appb: Buffer.from('another key for tests, of app b') };
    const run = new ChainRun({ keys, chains });
    assert.deepEqual(codes(run.verify({ 'a.ndjson': KEYED })), ['a.ndjson:1 missing-chain']);
    const found = codes(
      run.verify({ 'a.ndjson': KEYED.with(2, KEYED[2]!.replace('ann', 'eve')), 'b.ndjson': bare }),
    );
    assert.equal(
      found.some((each) => each.endsWith('missing-chain')),
      true,
      found.join(),
    );
  });

  test('is told for each key, also for those of protocols and of further hashes', () => {
    const keys = { chain: CHAIN_KEYS.chain, drupal: CHAIN_KEYS.chain };
    assert.deepEqual(missing({ 'log.ndjson': bare }, keys), [
      'log.ndjson:1 missing-chain',
      'log.ndjson:1 missing-chain',
    ]);
    const certificate = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const rksv = certificate.export({ type: 'spki', format: 'pem' }) as string;
    assert.deepEqual(missing({ 'log.ndjson': bare }, { rksv: Buffer.from(rksv) } as never), [
      'log.ndjson:1 missing-chain',
    ]);
  });

  test('is not told of keys that no profile takes', () => {
    assert.deepEqual(missing({ 'log.ndjson': bare }, { other: CHAIN_KEYS.chain } as never), []);
  });
});
