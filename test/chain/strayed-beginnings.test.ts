/** A first record that leaves its previous hash out, under names that are not the first of the profile. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { ChainMaker } from '../support/made-chain.ts';
import { ChainRun, codes } from './chain-run.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

const JCS = compileProfile('jcs', SHIPPED_CHAINS.jcs, (_, message) => assert.fail(message))!;

/** `prevHash` and `hash`: a lone `hash` fits `prev_hash` and `hash` as well. */
function chain(n: number, seed: number): string[] {
  const members = { previous: 'prevHash', own: 'hash' };
  return new ChainMaker(JCS, seed, { members, genesis: undefined }).chain(n).map(({ text }) => text);
}

const run = new ChainRun({ chain: 'jcs' });

describe('returnBeginnings()', () => {
  test('puts a first record without a previous hash into the chain that follows it', () => {
    const { findings, streams } = run.verify({ 'a.ndjson': chain(30, 1) });
    assert.deepEqual(findings, []);
    assert.deepEqual(
      streams?.map(({ records, status }) => [records, status]),
      [[30, 'chained']],
    );
  });

  test('does so wherever the record stands, and the breaks are those of any chain', () => {
    const lines = chain(30, 2);
    assert.deepEqual(codes(run.verify({ 'a.ndjson': lines.toSpliced(12, 1) })), ['a.ndjson:13 broken-link']);
    assert.deepEqual(codes(run.verify({ 'a.ndjson': [...lines.slice(5), ...lines.slice(0, 5)] })), [
      'a.ndjson:26 reordered-record',
    ]);
    assert.deepEqual(codes(run.verify({ 'a.ndjson': [...lines, lines[0]!] })), [
      'a.ndjson:31 repeated-record',
    ]);
    assert.deepEqual(codes(run.verify({ 'a.ndjson': lines.slice(15), 'b.ndjson': lines.slice(0, 15) })), []);
  });

  test('finds copies of records at their right places behind it', () => {
    const lines = chain(30, 3);
    const result = run.verify({ 'a.ndjson': [...lines, ...lines.slice(10, 14)] });
    assert.deepEqual(codes(result), ['a.ndjson:31 repeated-record']);
    assert.match(result.findings[0]!.message, /already stand at "a\.ndjson:11"/);
  });

  test('leaves alone a first record that nothing follows', () => {
    const [stranger] = chain(1, 9);
    const result = run.verify({ 'a.ndjson': [...chain(30, 4), stranger!] });
    assert.deepEqual(codes(result), ['a.ndjson:31 second-genesis']);
  });
});
