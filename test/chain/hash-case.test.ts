/** A digest whose letters were put into another case: somebody changed the line, and nothing of what it says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attackedProfile } from '../mutate/profiles.ts';
import { ChainMaker } from '../support/made-chain.ts';
import { ChainRun } from './chain-run.ts';

test('judgeStream() says of a hash in another case that the content is as it was', () => {
  const records = new ChainMaker(attackedProfile('jcs'), 3).chain(6);
  const { text, hash } = records[2]!;
  const lines = records.map((made) => made.text).with(2, text.replace(hash, hash.toUpperCase()));
  const { findings } = new ChainRun({ chain: 'jcs' }).verify({ 'a.ndjson': lines });
  assert.deepEqual(
    findings.map(({ code, place }) => `${place.line} ${code}`),
    ['3 altered-record'],
  );
  assert.match(findings[0]!.message, /the same hash in another case/);
});

test('judgeStream() says nothing of the kind of another hash', () => {
  const records = new ChainMaker(attackedProfile('jcs'), 3).chain(6);
  const { text, hash } = records[2]!;
  const lines = records.map((made) => made.text).with(2, text.replace(hash, hash.replaceAll('a', 'b')));
  const { findings } = new ChainRun({ chain: 'jcs' }).verify({ 'a.ndjson': lines });
  assert.doesNotMatch(findings[0]!.message, /in another case/);
});
