/** Every profile's made logs verify: the compiled pre-image and its plain twin agree, and nothing good is called bad. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { namesProtocol } from '../../src/chain/compile-protocol.ts';
import { ChainMaker, keysFor } from '../support/made-chain.ts';
import { rounds } from '../support/rounds.ts';
import { ChainRun, codes } from './chain-run.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

const SEEDS = rounds(4, 12);

describe('logs made under', () => {
  for (const [name, document] of Object.entries(SHIPPED_CHAINS)) {
    // A protocol has writers of its own in its tests.
    if (namesProtocol(document)) continue;
    const profile = compileProfile(name, document, (path, message) => assert.fail(`${path}: ${message}`))!;
    test(`${name} verify without a finding, whatever their values, spelling, streams and beginning`, () => {
      const linked = profile.members.every(({ previous }) => previous !== null);
      // Without own hashes none vouches for the last record.
      const hashed = profile.members.every(({ own }) => own !== null);
      const status = !linked ? 'unprotected' : hashed ? 'chained' : 'unverifiable';
      const run = new ChainRun({ chain: name, keys: keysFor(profile) });
      for (let seed = 0; seed < SEEDS; seed++) {
        const maker = new ChainMaker(profile, seed);
        const records = maker.chain(40, 1 + (seed % 3));
        const result = run.verify({ 'a.ndjson': records.map(({ text }) => text) });
        assert.deepEqual(codes(result), [], `seed ${seed}: ${result.findings[0]?.message}`);
        assert.deepEqual(
          result.streams!.map(({ status, profile: recognized }) => [status, recognized]),
          result.streams!.map(() => [status, name]),
          `seed ${seed}`,
        );
        if (!linked) continue;
        const heads = result.streams!.map(({ head }) => head).sort();
        const last = new Map(records.map(({ stream, hash }) => [stream, hash]));
        assert.deepEqual(heads, [...last.values()].sort());
      }
    });
  }
});
