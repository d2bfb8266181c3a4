/** Chains without own hashes in the place of those that have them, or between their records; with a key given and without. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chainRecords } from './chain-generator.ts';
import { CHAIN_KEYS, ChainRun, codes } from './chain-run.ts';

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
