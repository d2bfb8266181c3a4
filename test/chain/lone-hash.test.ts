/** A record with a hash of its own and no previous one, beside a chain. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { ChainMaker } from '../support/made-chain.ts';
import { ChainRun, codes } from './chain-run.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

const JCS = compileProfile('jcs', SHIPPED_CHAINS.jcs, (_, message) => assert.fail(message))!;
const maker = new ChainMaker(JCS, 5, { members: { previous: 'prev_hash', own: 'hash' }, genesis: undefined });
const lines = maker.chain(20).map(({ text }) => text);
const run = new ChainRun({ chain: 'jcs' });

describe('meaningOf()', () => {
  test('calls a first record altered when the chain goes on from its hash', () => {
    const altered = lines.with(0, lines[0]!.replace('e-0-', 'e-9-'));
    const result = run.verify({ 'a.ndjson': altered });
    assert.deepEqual(codes(result), ['a.ndjson:1 altered-record']);
    const broken = result
      .streams!.flatMap(({ ranges }) => ranges)
      .filter((each) => each.assurance === 'broken');
    assert.deepEqual(
      broken.map(({ records, from }) => [records, from.line]),
      [[1, 1]],
    );
  });

  test('calls a later record stripped of its link, and names the field', () => {
    const stripped = lines.with(9, lines[9]!.replace('"prev_hash"', '"was_prev_hash"'));
    const result = run.verify({ 'a.ndjson': stripped });
    assert.deepEqual(codes(result), ['a.ndjson:10 stripped-hash']);
    assert.match(result.findings[0]!.message, /expected the previous hash in "prev_hash"/);
  });

  test('says nothing of a log whose records only have a field called hash', () => {
    const plain = ['{"file":"a","hash":"ab"}', '{"file":"b","hash":"cd"}'];
    assert.deepEqual(new ChainRun().verify({ 'a.ndjson': plain }).findings, []);
  });
});
