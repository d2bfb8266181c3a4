/** Records that look like a protocol's: worth nothing without a proof, and nothing to the chain of another file. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { CheckResult } from '../../src/model/check.ts';
import type { AuditRequest } from '../../src/model/request.ts';
import { Chance } from '../support/made-json.ts';
import { dataIntegrityProof, PROTOCOL_MAKERS } from '../support/made-protocol.ts';
import { chainRecords } from './chain-generator.ts';
import { CHAIN_KEYS, ChainRun, codes } from './chain-run.ts';

const EVENT = { id: 'ev-9', time: '2026-03-02T08:00:00Z', actor: 'mallory', action: 'role.grant' };
const BARE_PROOF = JSON.stringify({ ...EVENT, versionId: '1', proof: [] });
const WITNESSED = readFileSync(
  new URL('../../fixtures/chains/ok-did-webvh-witnessed/log.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n');
const CHAIN = chainRecords('jcs', 10, 1);

function judge(lines: readonly string[], changes: Partial<AuditRequest> = {}): CheckResult {
  return new ChainRun(changes).verify({ 'log.ndjson': lines });
}

const statuses = ({ streams = [] }: CheckResult) =>
  streams.flatMap(({ ranges }) => ranges.map(({ assurance, records }) => `${records} ${assurance}`)).sort();

const inserted = (...lines: string[]) => [...CHAIN.slice(0, 5), ...lines, ...CHAIN.slice(5)];

function plcOperations(count: number): string[] {
  const operations = PROTOCOL_MAKERS.plc!.chain(count, new Chance(7));
  return operations.map((line) => JSON.stringify((JSON.parse(line) as { operation: unknown }).operation));
}

describe('records with the fields of witness proofs', () => {
  test('are unprotected where they hold no proof, or more than one', () => {
    const result = judge([BARE_PROOF, BARE_PROOF.replace('[]', '[{"type":"DataIntegrityProof"}]')]);
    assert.deepEqual([codes(result), statuses(result)], [[], ['2 unprotected']]);
  });

  test('are unprotected where no log has their version', () => {
    const result = judge([WITNESSED.at(-1)!]);
    assert.deepEqual([codes(result), statuses(result)], [[], ['1 unprotected']]);
  });

  test('are unprotected where they are signed by no witness of the log', () => {
    const { versionId } = JSON.parse(WITNESSED[1]!) as { versionId: string };
    const proof = [dataIntegrityProof({ versionId }, true)];
    const result = judge([...WITNESSED, JSON.stringify({ versionId, proof })]);
    assert.deepEqual([codes(result), statuses(result)], [[], ['1 chained', '1 unprotected', '2 chained']]);
  });
});

describe('records of a protocol in the file of another chain', () => {
  test('are outside of it, with a proof or without', () => {
    for (const stray of [BARE_PROOF, WITNESSED.at(-1)!, WITNESSED[0]!, plcOperations(1)[0]!])
      assert.deepEqual(codes(judge(inserted(stray))), ['log.ndjson:6 unhashed-record'], stray);
  });

  test('do not stand for the records that they replaced', () => {
    const keyed = chainRecords('hmac-jcs', 10, 1);
    for (const strays of [Array.from({ length: 4 }, () => BARE_PROOF), plcOperations(4)]) {
      const result = judge([...keyed.slice(0, 6), ...strays], { keys: CHAIN_KEYS });
      assert.deepEqual(codes(result), ['log.ndjson:7 stripped-hash']);
      assert.deepEqual(statuses(result), ['4 unprotected', '6 chained']);
    }
  });

  test('are told where they are more than those of the chain', () => {
    const result = judge([...plcOperations(12), ...CHAIN.slice(0, 3)]);
    assert.deepEqual(codes(result), ['log.ndjson:13 second-genesis']);
  });

  test('change nothing in files of their own', () => {
    const result = new ChainRun().verify({ 'a.ndjson': CHAIN, 'b.ndjson': plcOperations(3) });
    assert.deepEqual([codes(result), statuses(result)], [[], ['10 chained', '3 chained']]);
  });
});

describe('an operation of did:plc with members of an event', () => {
  test('is none that the directory took', () => {
    const [operation] = plcOperations(1);
    const result = judge([JSON.stringify({ ...EVENT, ...JSON.parse(operation!) })]);
    assert.ok(codes(result).includes('log.ndjson:1 forbidden-operation'));
  });

  test('is unprotected where they stand beside it, signed by nobody', () => {
    const [wrapped] = PROTOCOL_MAKERS.plc!.chain(1, new Chance(7));
    const result = judge([JSON.stringify({ ...EVENT, ...JSON.parse(wrapped!) })]);
    assert.deepEqual([codes(result), statuses(result)], [[], ['1 unprotected']]);
  });
});
