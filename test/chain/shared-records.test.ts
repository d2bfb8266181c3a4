/** Exports that overlap, records that are repeated and histories that part, in one file and over several. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { indexesOf } from '../../src/chain/chain-state.ts';
import { mergeSamples, startSample } from '../../src/chain/hash-index.ts';
import type { CheckResult } from '../../src/model/check.ts';
import { chainRecord, chainRecords, randomFrom, someRecord } from './chain-generator.ts';
import { CHAIN_KEYS, ChainRun, codes } from './chain-run.ts';

/** Chains with and without a key each have a run of their own: beside the key the others are downgraded. */
const keyless = new ChainRun();
const keyedRun = new ChainRun({ keys: CHAIN_KEYS });

function assertConserved({ streams = [] }: CheckResult, records: number): void {
  const ranges = streams.flatMap((stream) => stream.ranges);
  assert.equal(
    ranges.reduce((sum, range) => sum + range.records, 0),
    records,
  );
  assert.ok(ranges.every((range) => range.records > 0));
}

/** The first codes of some files, with the numbers of records that they stand for. */
function saidBy(files: Record<string, string[]>, run: ChainRun): string[] {
  const result = run.verify(files);
  assertConserved(result, Object.values(files).flat().length);
  const byPlace = new Map(
    result.findings.map((one) => [`${one.place.file}:${one.place.line} ${one.code}`, one]),
  );
  return codes(result).map((line) => `${line} ${byPlace.get(line)!.count ?? 1}`);
}

for (const profile of ['jcs', 'raw-line', 'hmac-jcs']) {
  const run = profile === 'hmac-jcs' ? keyedRun : keyless;
  const said = (files: Record<string, string[]>) => saidBy(files, run);
  const good = chainRecords(profile, 20, 5);
  const from = (first: number, last: number) => good.slice(first - 1, last);
  /** Other records that follow record `number`, made by a writer who knows the form. */
  const branch = (number: number, records: number) => {
    let { prev_hash: previous } = JSON.parse(good[number]!) as { prev_hash: string };
    return Array.from({ length: records }, (_, index) => {
      const { line, hash } = chainRecord(
        profile,
        someRecord(index, randomFrom(700 + index)),
        number + 1 + index,
        previous,
      );
      previous = hash;
      return line;
    });
  };

  describe(`records of a chain under ${profile}`, () => {
    test('that overlap with another export are repeated, and the chain goes on behind them', () => {
      const files = { 'a.ndjson': from(1, 4), 'b.ndjson': from(3, 6) };
      assert.deepEqual(said(files), ['b.ndjson:1 repeated-record 2']);
      const { findings, streams } = run.verify(files);
      assert.deepEqual(
        findings[0]!.related!.map(({ file, line }) => `${file}:${line}`),
        ['a.ndjson:3'],
      );
      assert.equal(streams![0]!.head, run.verify({ 'a.ndjson': from(1, 6) }).streams![0]!.head);
    });

    test('are repeated where one export lies wholly inside another, whichever comes first', () => {
      for (const [first, last] of [
        [3, 4],
        [2, 3],
        [4, 6],
      ] as const) {
        const records = last - first + 1;
        assert.deepEqual(said({ 'a.ndjson': from(1, 6), 'b.ndjson': from(first, last) }), [
          `b.ndjson:1 repeated-record ${records}`,
        ]);
        assert.deepEqual(said({ 'a.ndjson': from(first, last), 'b.ndjson': from(1, 6) }), [
          `b.ndjson:${first} repeated-record ${records}`,
        ]);
      }
    });

    test('are repeated where the later export comes first', () => {
      assert.deepEqual(said({ 'a.ndjson': from(3, 6), 'b.ndjson': from(1, 4) }), [
        'b.ndjson:3 repeated-record 2',
      ]);
    });

    test('are repeated once for each of many exports that overlap', () => {
      const files = Object.fromEntries(
        [1, 3, 5, 7, 9].map((first) => [`${first}.ndjson`, from(first, first + 5)]),
      );
      assert.deepEqual(
        said(files),
        [3, 5, 7, 9].map((first) => `${first}.ndjson:1 repeated-record 4`),
      );
    });

    test('are repeated within one file, one or several, gone on from or not', () => {
      assert.deepEqual(said({ 'a.ndjson': [...from(1, 4), ...from(2, 2), ...from(5, 7)] }), [
        'a.ndjson:5 repeated-record 1',
      ]);
      assert.deepEqual(said({ 'a.ndjson': [...from(1, 6), ...from(3, 4), ...from(7, 9)] }), [
        'a.ndjson:7 repeated-record 2',
      ]);
      assert.deepEqual(said({ 'a.ndjson': [...from(1, 4), ...from(3, 6)] }), [
        'a.ndjson:5 repeated-record 2',
      ]);
    });

    test('that are missing in one export and stand in another leave no gap', () => {
      assert.deepEqual(said({ 'a.ndjson': [...from(1, 3), ...from(5, 6)], 'b.ndjson': from(3, 8) }), [
        'b.ndjson:1 repeated-record 1',
        'b.ndjson:3 repeated-record 2',
      ]);
    });

    test('that are missing behind an overlap are a broken link', () => {
      assert.deepEqual(said({ 'a.ndjson': from(1, 4), 'b.ndjson': [...from(3, 4), ...from(6, 8)] }), [
        'b.ndjson:1 repeated-record 2',
        'b.ndjson:3 broken-link 1',
      ]);
    });

    test('that follow one inside the file again are a fork, which names where it branches', () => {
      const files = { 'a.ndjson': [...from(1, 6), ...branch(3, 3)] };
      assert.deepEqual(said(files), ['a.ndjson:7 forked-chain 1']);
      const { findings } = run.verify(files);
      assert.match(findings[0]!.message, /the record at "a.ndjson:3".* the first stands at "a.ndjson:4"/);
      assert.deepEqual(said({ 'a.ndjson': [...from(1, 6), ...branch(5, 1)] }), ['a.ndjson:7 forked-chain 1']);
    });

    test('that part from another export are a fork where they part, though they begin alike', () => {
      assert.deepEqual(said({ 'a.ndjson': from(1, 6), 'b.ndjson': [...from(1, 3), ...branch(3, 3)] }), [
        'b.ndjson:1 repeated-record 3',
        'b.ndjson:4 forked-chain 1',
      ]);
      assert.deepEqual(said({ 'a.ndjson': from(1, 6), 'b.ndjson': [...from(3, 4), ...branch(4, 3)] }), [
        'b.ndjson:1 repeated-record 2',
        'b.ndjson:3 forked-chain 1',
      ]);
    });

    test('that part behind an overlap are a fork of the record that two go on from', () => {
      const files = { a: from(1, 6), b: from(5, 8), c: [...from(5, 6), ...branch(6, 2)] };
      assert.deepEqual(said(files), ['b:1 repeated-record 2', 'c:1 repeated-record 2', 'c:3 forked-chain 1']);
    });

    test('of two exports of any stretches are repeated as often as they are shared', () => {
      const stretch = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }));
      fc.assert(
        fc.property(stretch, (ends) => {
          const [first, last] = ends.sort((one, other) => one - other);
          const { findings } = run.verify({ 'a.ndjson': from(1, 12), 'b.ndjson': from(first!, last!) });
          const repeated = findings.filter(({ code }) => code === 'repeated-record');
          const shared = Math.max(0, Math.min(12, last!) - first! + 1);
          assert.equal(
            repeated.reduce((sum, { count = 1 }) => sum + count, 0),
            shared,
          );
          const others = findings.filter(({ code }) => code !== 'repeated-record').map(({ code }) => code);
          assert.deepEqual(others, first! > 13 ? ['broken-link'] : []);
        }),
      );
    });
  });
}

describe('of a log too long to keep all links', () => {
  const good = chainRecords('jcs', 300, 5);
  /** As if the files were part of a log of some million records. */
  const sampled = (files: Record<string, readonly string[]>) => {
    const state = keyless.files(files);
    mergeSamples(state.sample, { ...startSample(), level: 3 }, indexesOf(state), []);
    return keyless.check.finish(state);
  };

  test('an overlap is still found, its place where the links show it', () => {
    const result = sampled({ 'a.ndjson': good.slice(0, 200), 'b.ndjson': good.slice(100) });
    assert.deepEqual(codes(result), ['b.ndjson:1 repeated-record']);
    assert.equal(result.findings[0]!.count, 100);
    assertConserved(result, 400);
  });

  test('what cannot be told is called a broken link, and that it cannot be told is said', () => {
    const short = sampled({ 'a.ndjson': good.slice(0, 102), 'b.ndjson': [good[40]!, ...good.slice(60)] });
    const broken = short.findings.find(({ code }) => code === 'broken-link');
    assert.match(broken!.message, /one link in 8 is kept/);
  });

  test('histories that part behind the kept links are a fork with a range of places', () => {
    let previous = (JSON.parse(good[150]!) as { prev_hash: string }).prev_hash;
    const other = Array.from({ length: 80 }, (_, index) => {
      const record = chainRecord('jcs', someRecord(index, randomFrom(index)), 151 + index, previous);
      previous = record.hash;
      return record.line;
    });
    const result = sampled({ 'a.ndjson': good, 'b.ndjson': [...good.slice(100, 150), ...other] });
    const fork = result.findings.find(({ code }) => code === 'forked-chain');
    assert.match(fork!.message, /known to be the same/);
    assertConserved(result, 430);
  });
});
