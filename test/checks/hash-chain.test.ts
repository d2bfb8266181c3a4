/** Every way to spoil a chain is found at the right record, under every shipped profile. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashChain } from '../../src/checks/hash-chain.ts';
import type { CheckResult } from '../../src/model/check.ts';
import { ProblemsError } from '../../src/model/problem.ts';
import {
  type ChainOptions,
  chainRecord,
  chainRecords,
  GENERATED_PROFILES,
  randomFrom,
  someRecord,
} from '../chain/chain-generator.ts';
import { CHAIN_KEYS, ChainRun, chainRequest, codes } from '../chain/chain-run.ts';
import { SHIPPED_CHAINS } from '../chain/shipped-chains.ts';
import { rounds } from '../support/rounds.ts';

const N = 1000;
/** 200 places for every profile with FULL=1; else 100 for one with own hashes and one without, and 10 for the rest. */
const THOROUGH = ['jcs', 'raw-line'];
const placesFor = (profile: string) => rounds(THOROUGH.includes(profile) ? 100 : 10, 200);
/** Records from the spoiled one on that are looked at: a cut tail is not found, so cutting it changes nothing. */
const WINDOW = 11;

function assertConserved({ streams = [] }: CheckResult, records: number): void {
  let sum = 0;
  for (const stream of streams) {
    assert.equal(
      stream.ranges.reduce((total, range) => total + range.records, 0),
      stream.records,
      'ranges do not add up to the stream',
    );
    sum += stream.records;
  }
  assert.equal(sum, records, 'streams do not add up to the log');
}

/** A changed value in each part of the record that some profile hashes; the hashes stay. */
function altered(line: string): string {
  const changed = line.replace(/invoice\//, 'invoice/9').replace(/("amount"\s*:\s*)/, '$19');
  assert.notEqual(changed, line);
  return changed;
}

type Spoiled = { lines: string[]; expected: string[] };
type Spoil = (
  lines: readonly string[],
  at: number,
  profile: string,
  random: (below: number) => number,
) => Spoiled;

const at = (index: number, code: string) => `log.ndjson:${index + 1} ${code}`;

const SPOILS: Record<string, Spoil> = {
  'an altered record': (lines, p) => ({
    lines: lines.with(p, altered(lines[p]!)),
    expected: [at(p, 'altered-record')],
  }),
  'a deleted record': (lines, p) => ({ lines: lines.toSpliced(p, 1), expected: [at(p, 'broken-link')] }),
  'several deleted records': (lines, p, _, random) => ({
    lines: lines.toSpliced(p, 1 + random(4)),
    expected: [at(p, 'broken-link')],
  }),
  'an inserted foreign record': (lines, p, profile, random) => {
    const foreign = chainRecords(profile, 8, random(1e9), { genesis: 'ab'.repeat(32) });
    return { lines: lines.toSpliced(p, 0, foreign[3]!), expected: [at(p, 'inserted-record')] };
  },
  'an inserted record that was hashed onto the one before': (lines, p, profile, random) => {
    const { prev_hash: previous } = JSON.parse(lines[p]!) as { prev_hash: string };
    const { line } = chainRecord(profile, someRecord(p, random), p + 1, previous);
    return { lines: lines.toSpliced(p, 0, line), expected: [at(p, 'inserted-record')] };
  },
  'two records in the wrong order': (lines, p) => ({
    lines: lines.toSpliced(p, 2, lines[p + 1]!, lines[p]!),
    expected: [at(p, 'reordered-record')],
  }),
  'a record moved down': (lines, p) => ({
    lines: lines.toSpliced(p, 4, lines[p + 1]!, lines[p + 2]!, lines[p + 3]!, lines[p]!),
    expected: [at(p + 3, 'reordered-record')],
  }),
  'a repeated record': (lines, p) => ({
    lines: lines.toSpliced(p, 0, lines[p]!),
    expected: [at(p + 1, 'repeated-record')],
  }),
  'records of another chain between two': (lines, p, profile, random) => {
    const foreign = chainRecords(profile, 8, random(1e9)).slice(1, 3 + random(4));
    return { lines: lines.toSpliced(p, 0, ...foreign), expected: [at(p, 'inserted-record')] };
  },
  'records of another chain in place of its own': (lines, p, profile, random) => {
    const foreign = chainRecords(profile, 8, random(1e9)).slice(1, 5);
    return {
      lines: lines.toSpliced(p, 4, ...foreign),
      expected: [at(p, 'broken-link'), at(p + 4, 'broken-link')],
    };
  },
  'a stripped record': (lines, p) => ({
    lines: lines.with(p, lines[p]!.replace(/"(hash|prev_hash)"(\s*:\s*)"\w+"/g, '"x_$1"$2null')),
    expected: [at(p, 'stripped-hash')],
  }),
};

for (const profile of GENERATED_PROFILES) {
  describe(`a chain under ${profile}`, () => {
    const lines = chainRecords(profile, N, 11);
    const forced = new ChainRun({ chain: profile });
    const { check } = forced;
    const places = placesFor(profile);

    test('passes when it is whole, and is recognized', () => {
      const keys = profile === 'hmac-jcs' ? CHAIN_KEYS : {};
      const result = new ChainRun({ keys }).verify({ 'log.ndjson': lines });
      assert.deepEqual(codes(result), []);
      assert.equal(result.streams?.length, 1);
      const [stream] = result.streams;
      assert.equal(stream?.profile, profile);
      // Without own hashes none vouches for the last record.
      const isOwnless = profile === 'raw-line' || profile === 'jcs-line';
      assert.equal(stream?.status, isOwnless ? 'unverifiable' : 'chained');
      assert.equal(stream?.head?.length, 64);
      assert.deepEqual(
        stream?.ranges.map(({ records }) => records),
        isOwnless ? [N - 1, 1] : [N],
      );
    });

    test('does not show a cut tail, and says so', () => {
      const { findings, streams } = forced.verify({ 'log.ndjson': lines.slice(0, 700) });
      assert.deepEqual(findings, []);
      assert.ok(streams![0]!.limits.some((limit) => limit.includes('cut off at the end')));
    });

    test(`shows a cut head wherever it is cut`, () => {
      const random = randomFrom(3);
      for (let round = 0; round < places; round++) {
        const p = 1 + random(N - 20);
        const result = forced.verify({ 'log.ndjson': lines.slice(p, p + 10) });
        assert.deepEqual(codes(result), [at(0, 'missing-genesis')], `cut before ${p}`);
      }
    });

    // The state before every record, so that a spoiled log need not be read from its beginning each time.
    const prefixes = [check.start()];
    for (const [ordinal, line] of lines.entries()) {
      const where = { file: 'log.ndjson', fileIndex: 0, ordinal };
      prefixes.push(forced.fold(structuredClone(prefixes.at(-1)!), [line], where));
    }

    for (const [name, spoil] of Object.entries(SPOILS)) {
      test(`shows ${name} at the right record, ${places} times`, () => {
        const random = randomFrom(name.length * 1009 + profile.length);
        for (let round = 0; round < places; round++) {
          const p = 2 + random(N - 20);
          const { lines: spoiled, expected } = spoil(lines, p, profile, random);
          const where = { file: 'log.ndjson', fileIndex: 0, ordinal: p };
          const state = forced.fold(structuredClone(prefixes[p]!), spoiled.slice(p, p + WINDOW), where);
          const result = check.finish(state);
          assert.deepEqual(codes(result), expected, `at ${p}`);
          assertConserved(result, p + WINDOW);
        }
      });
    }
  });
}

const run = new ChainRun();
const jcs = (n: number, options: ChainOptions = {}, seed = 5) => chainRecords('jcs', n, seed, options);

describe('detection', () => {
  test('is not switched off by altering the first records', () => {
    const lines = jcs(60).map((line, index) => (index < 25 ? altered(line) : line));
    const { findings, streams } = run.verify({ 'a.ndjson': lines });
    assert.deepEqual(codes({ findings }), ['a.ndjson:1 altered-record']);
    assert.equal(findings[0]?.count, 25);
    assert.equal(streams?.[0]?.status, 'broken');
  });

  test('tries the names that chains use', () => {
    for (const names of [
      ['previous_hash', 'entry_hash'],
      ['prevHash', 'hash'],
      ['previousHash', 'entryHash'],
    ] as const) {
      const { findings, streams } = run.verify({ 'a.ndjson': jcs(5, { names }) });
      assert.deepEqual(findings, []);
      assert.equal(streams?.[0]?.profile, 'jcs');
    }
  });

  test('accepts every shipped way to begin', () => {
    for (const genesis of [null, '', 'GENESIS', '0'])
      assert.deepEqual(run.verify({ 'a.ndjson': jcs(5, { genesis }) }).findings, []);
  });

  test('says that a chain is claimed when links hold and nothing recomputes', () => {
    const lines = jcs(50).map(altered);
    const { findings, streams } = run.verify({ 'a.ndjson': lines });
    assert.deepEqual(codes({ findings }), ['a.ndjson:1 chain-not-recomputable']);
    assert.match(findings[0]!.message, /serializer drift, not tampering/);
    assert.equal(streams?.[0]?.status, 'unverifiable');
    assert.equal(streams?.[0]?.profile, 'unknown');
  });

  test('says that fields named like a chain are none when neither links nor hashes hold', () => {
    const lines = [1, 2, 3].map((n) =>
      JSON.stringify({ id: n, hash: `${n}`.repeat(64), prev_hash: `${n + 4}`.repeat(64) }),
    );
    const { findings, streams } = run.verify({ 'a.ndjson': lines });
    assert.deepEqual(codes({ findings }), ['a.ndjson:1 unknown-chain']);
    assert.equal(streams?.[0]?.status, 'unverifiable');
  });

  test('reports a log without a chain as unprotected, once a source', () => {
    const lines = ['{"action":"login","hash":"not a chain"}', '{"action":"logout"}', '[]', '7'];
    const result = run.verify({ 'a.ndjson': lines, 'b.ndjson': lines });
    assert.deepEqual(result.findings, []);
    assert.equal(result.streams?.length, 1);
    assert.equal(result.streams[0]?.profile, null);
    assert.equal(result.streams[0]?.status, 'unprotected');
    assert.equal(result.notices?.length, 1);
    assertConserved(result, 8);
  });

  test('finds fault when the profile that was asked for is nowhere', () => {
    const { findings } = new ChainRun({ chain: 'jcs' }).verify({
      'a.ndjson': ['{"action":"login"}', '{"action":"logout"}'],
    });
    assert.deepEqual(codes({ findings }), ['a.ndjson:1 missing-chain']);
  });

  test('does not take records under other field names for part of the log', () => {
    const other = jcs(3, { names: ['previous_hash', 'entry_hash'] }, 8);
    const { findings } = run.verify({ 'a.ndjson': jcs(30).toSpliced(12, 0, ...other) });
    assert.deepEqual(codes({ findings }), ['a.ndjson:13 second-genesis']);
  });

  test('refuses a profile that does not exist', () => {
    assert.throws(() => hashChain.create(chainRequest({ chain: 'jsc' })), ProblemsError);
  });
});

describe('keyed chains', () => {
  const lines = chainRecords('hmac-jcs', 30, 9);
  const keyed = new ChainRun({ keys: CHAIN_KEYS });

  test('are unverifiable without the key, and the key is named', () => {
    const { findings, streams } = new ChainRun({ keys: {}, chain: 'hmac-jcs' }).verify({ 'a.ndjson': lines });
    assert.deepEqual(codes({ findings }), ['a.ndjson:1 missing-key']);
    assert.match(findings[0]!.message, /"chain" was not given/);
    assert.equal(streams?.[0]?.status, 'unverifiable');
  });

  test('are not taken for sound when they are detected without the key', () => {
    const { findings } = new ChainRun({ keys: {} }).verify({ 'a.ndjson': lines });
    assert.deepEqual(codes({ findings }), ['a.ndjson:1 chain-not-recomputable']);
    assert.match(findings[0]!.message, /key "chain" was not given/);
  });

  test('do not accept records that were hashed anew without the key', () => {
    const { prev_hash: previous } = JSON.parse(lines[20]!) as { prev_hash: string };
    let last = previous;
    const forged = Array.from({ length: 10 }, (_, index) => {
      const record = chainRecord('jcs', someRecord(index, randomFrom(1)), 21 + index, last);
      last = record.hash;
      return record.line;
    });
    const { findings, streams } = keyed.verify({ 'a.ndjson': [...lines.slice(0, 20), ...forged] });
    assert.deepEqual(codes({ findings }), ['a.ndjson:21 downgraded-record']);
    assert.deepEqual(
      streams?.[0]?.ranges.map(({ assurance, records }) => [assurance, records]),
      [
        ['chained', 20],
        ['broken', 10],
      ],
    );
  });

  test('rewritten as a whole without the key are downgraded, where the key is given and none uses it', () => {
    const forged = chainRecords('jcs', 30, 9);
    assert.deepEqual(codes(keyed.verify({ 'a.ndjson': forged })), ['a.ndjson:1 downgraded-record']);
    assert.deepEqual(codes(new ChainRun().verify({ 'a.ndjson': forged })), []);
  });

  test('do not vouch for a stream beside them that is hashed without the key', () => {
    const beside = chainRecords('jcs', 30, 3, { stream: 'us' });
    const { findings } = keyed.verify({ 'a.ndjson': lines, 'b.ndjson': beside });
    assert.deepEqual(codes({ findings }), ['b.ndjson:1 downgraded-record']);
  });
});

describe('a record put into a field of another', () => {
  const lines = chainRecords('linked-record', 30, 9);
  const { prev_hash, hash, ...payload } = JSON.parse(lines[20]!) as Record<string, unknown>;
  const dressed = JSON.stringify({ actor: 'mallory', action: 'payment.approve', payload, prev_hash, hash });

  test('keeps its hash under a profile that hashes only this field, and is not taken for sound', () => {
    const { findings, streams } = run.verify({ 'a.ndjson': lines.with(20, dressed) });
    assert.deepEqual(codes({ findings }), ['a.ndjson:21 narrowed-record']);
    assert.deepEqual(
      streams?.[0]?.ranges.map(({ assurance, records }) => [assurance, records]),
      [
        ['chained', 29],
        ['broken', 1],
      ],
    );
  });

  test('shows where it is the first of its stream too', () => {
    const first = JSON.parse(lines[0]!) as Record<string, unknown>;
    const { prev_hash: previous, hash: own, ...content } = first;
    const changed = JSON.stringify({ actor: 'mallory', payload: content, prev_hash: previous, hash: own });
    const { findings } = run.verify({ 'a.ndjson': lines.with(0, changed) });
    assert.deepEqual(codes({ findings }), ['a.ndjson:1 narrowed-record']);
  });
});

describe('streams and files', () => {
  const lines = jcs(90);
  const thirds = [lines.slice(0, 30), lines.slice(30, 60), lines.slice(60)] as const;

  test('are told apart by the field that names them', () => {
    const [one, two] = [jcs(40, { stream: 'eu' }, 1), jcs(40, { stream: 'us' }, 2)];
    const mixed = one.flatMap((line, index) => [line, two[index]!]);
    const result = run.verify({ 'a.ndjson': mixed });
    assert.deepEqual(result.findings, []);
    assert.deepEqual(result.streams?.map(({ stream }) => stream).sort(), ['chain_id=eu', 'chain_id=us']);
    const { findings } = run.verify({ 'a.ndjson': mixed.toSpliced(21, 1) });
    assert.deepEqual(codes({ findings }), ['a.ndjson:23 broken-link']);
    assert.equal(findings[0]?.subject, 'chain_id=us');
  });

  test('that are interleaved without a field that tells them apart are one finding, and never sound', () => {
    const [ann, bob] = [jcs(9), jcs(7, {}, 6)];
    const log = [...'aabbbaabaabbabaa'].map((writer) => (writer === 'a' ? ann : bob).shift()!);
    const result = run.verify({ 'log.ndjson': log });
    assert.deepEqual(codes(result), ['log.ndjson:3 inserted-record']);
    const [finding] = result.findings;
    assert.equal(finding!.count, 7);
    assert.match(
      finding!.message,
      /2 chains of 9 and 7 records are interleaved, which begin at "log.ndjson:1" and "log.ndjson:3": .* "stream"/,
    );
    assert.equal(result.streams![0]!.status, 'broken');
    assertConserved(result, 16);
    // One record less of either is told as what it is.
    for (const at of [3, 6]) assert.ok(codes(run.verify({ 'log.ndjson': log.toSpliced(at, 1) })).length > 1);
    // Without its beginning a chain may be somebody's insertions.
    const beheaded = run.verify({ 'log.ndjson': log.toSpliced(2, 1) });
    assert.ok(codes(beheaded).filter((code) => code.endsWith('inserted-record')).length > 1);
  });

  test('continue over files, whatever the order of their names', () => {
    for (const [a, b, c] of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ] as const) {
      const result = run.verify({ 'a.ndjson': thirds[a]!, 'b.ndjson': thirds[b]!, 'c.ndjson': thirds[c]! });
      assert.deepEqual(codes(result), [], `${a}${b}${c}`);
      assertConserved(result, 90);
    }
  });

  test('show a missing file at the first record after it', () => {
    assert.deepEqual(codes(run.verify({ 'a.ndjson': thirds[0], 'c.ndjson': thirds[2] })), [
      'c.ndjson:1 broken-link',
    ]);
  });

  test('say once that a file was given twice', () => {
    const result = run.verify({ 'a.ndjson': lines, 'b.ndjson': lines });
    assert.deepEqual(codes(result), ['b.ndjson:1 repeated-record']);
    assert.equal(result.findings[0]?.count, 90);
    assertConserved(result, 180);
  });

  test('say once that a later export holds an earlier one', () => {
    const result = run.verify({ 'a.ndjson': lines.slice(0, 50), 'b.ndjson': lines });
    assert.deepEqual(codes(result), ['b.ndjson:1 repeated-record']);
  });

  test('begin anew in each file only if the profile allows it', () => {
    const files = { 'a.ndjson': jcs(10, {}, 1), 'b.ndjson': jcs(10, {}, 2) };
    assert.deepEqual(codes(run.verify(files)), ['b.ndjson:1 second-genesis']);
    const daily = { ...(SHIPPED_CHAINS.jcs as object), restart: 'per-file' };
    const allowed = new ChainRun({ chains: { daily } });
    assert.deepEqual(codes(allowed.verify(files)), []);
    const within = { 'a.ndjson': [...files['a.ndjson'], ...files['b.ndjson']] };
    assert.deepEqual(codes(allowed.verify(within)), ['a.ndjson:11 second-genesis']);
  });

  test('do not lose a file whose hashes were all stripped', () => {
    const bare = thirds[1].map((line) => line.replace(/"(prev_)?hash"/g, '"x$1"'));
    const named = new ChainRun();
    const { findings } = named.verify({ 'a.ndjson': thirds[0], 'b.ndjson': bare, 'c.ndjson': thirds[2] });
    assert.deepEqual(codes({ findings }), ['c.ndjson:1 broken-link']);
  });
});

describe('one alteration', () => {
  const lines = jcs(60);
  const spoil = (p: number, change: (record: Record<string, unknown>) => void) => {
    const record = JSON.parse(lines[p]!) as Record<string, unknown>;
    change(record);
    return codes(run.verify({ 'a.ndjson': lines.with(p, JSON.stringify(record)) }));
  };

  test('of the own hash gives one finding', () => {
    assert.deepEqual(
      spoil(30, (record) => (record.hash = 'f'.repeat(64))),
      ['a.ndjson:31 altered-record'],
    );
  });

  test('of the previous hash gives one finding', () => {
    assert.deepEqual(
      spoil(30, (record) => (record.prev_hash = 'f'.repeat(64))),
      ['a.ndjson:31 altered-record'],
    );
  });

  test('of everything in a record gives one finding', () => {
    const change = (record: Record<string, unknown>) =>
      Object.assign(record, { hash: 'e'.repeat(64), prev_hash: 'f'.repeat(64), actor: 'mallory' });
    assert.deepEqual(spoil(30, change), ['a.ndjson:31 altered-record']);
  });

  test('that makes a record begin a chain gives one finding', () => {
    assert.deepEqual(
      spoil(30, (record) => (record.prev_hash = null)),
      ['a.ndjson:31 altered-record'],
    );
  });

  test('that strips the own hash gives one finding', () => {
    assert.deepEqual(
      spoil(30, (record) => delete record.hash),
      ['a.ndjson:31 stripped-hash'],
    );
  });

  test('that strips the previous hash gives one finding', () => {
    assert.deepEqual(
      spoil(30, (record) => delete record.prev_hash),
      ['a.ndjson:31 stripped-hash'],
    );
  });

  test('of the last record is found', () => {
    assert.deepEqual(
      spoil(59, (record) => delete record.hash),
      ['a.ndjson:60 stripped-hash'],
    );
    assert.deepEqual(
      spoil(59, (record) => (record.actor = 'mallory')),
      ['a.ndjson:60 altered-record'],
    );
  });

  test('with a new hash is a broken link, as nothing was removed', () => {
    const { prev_hash: previous } = JSON.parse(lines[30]!) as { prev_hash: string };
    const { line } = chainRecord('jcs', someRecord(1, randomFrom(8)), 31, previous);
    const { findings } = run.verify({ 'a.ndjson': lines.with(30, line) });
    assert.deepEqual(codes({ findings }), ['a.ndjson:32 broken-link']);
    assert.match(findings[0]!.message, /no number is missing/);
  });

  test('that doubles a key is found, though readers take the last', () => {
    const line = lines[30]!.replace('{', '{"actor":"mallory",');
    assert.deepEqual(codes(run.verify({ 'a.ndjson': lines.with(30, line) })), [
      'a.ndjson:31 not-canonicalizable',
    ]);
  });

  test('is not covered by a claim of the very reason why the record has no hash', () => {
    const forge = (line: string, claim: string) =>
      line.replace('{', '{"actor":"mallory",').replace(/("hash": ?)"\w+"/, `$1"${claim}"`);
    // The alphabet of no encoding has the mark, so the name of the reason in the code is what a forger would try.
    for (const claim of ['!a key stands twice', '!', '']) {
      const rest: string[] = [];
      for (let index = 31, previous = claim; index < 60; index++) {
        const { line, hash } = chainRecord('jcs', someRecord(index, randomFrom(index)), index + 1, previous);
        rest.push(line);
        previous = hash;
      }
      const forged = [...lines.slice(0, 30), forge(lines[30]!, claim), ...rest];
      const found = codes(run.verify({ 'a.ndjson': forged }));
      assert.ok(found.includes('a.ndjson:31 not-canonicalizable'), `${claim}: ${found.join(', ')}`);
    }
  });

  test('is told apart from records that a chained log holds without hashes', () => {
    const mixed = lines.flatMap((line, index) => (index % 9 === 4 ? [line, '{"level":"debug"}'] : [line]));
    const { findings } = run.verify({ 'a.ndjson': mixed });
    assert.deepEqual(codes({ findings }), ['a.ndjson:6 unhashed-record']);
    assert.equal(findings[0]?.count, 7);
  });
});

describe('bounds', () => {
  test('keep a thousand breaks, count the rest, and tie out', () => {
    const lines = jcs(6200).filter((_, index) => index % 3 !== 1);
    const result = run.verify({ 'a.ndjson': lines });
    const broken = result.findings.filter(({ code }) => code === 'broken-link');
    assert.equal(broken.length, 1000);
    assert.equal(result.findings.find(({ code }) => code === 'too-many-breaks')?.count, 1066);
    assertConserved(result, lines.length);
  });

  test('keep a thousand stretches of altered records, and tie out', () => {
    const lines = jcs(3000).map((line, index) => (index % 2 === 1 ? altered(line) : line));
    const result = run.verify({ 'a.ndjson': lines });
    assert.equal(result.findings.filter(({ code }) => code === 'altered-record').length, 1000);
    assert.equal(result.findings.find(({ code }) => code === 'too-many-breaks')?.count, 500);
    assertConserved(result, lines.length);
  });

  test('survive links forged into a ring', () => {
    const hash = (digit: string) => digit.repeat(64);
    const lines = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
      ['b', 'a'],
    ].map(([previous, own]) => JSON.stringify({ prev_hash: hash(previous!), hash: hash(own!) }));
    const result = run.verify({ 'a.ndjson': [...jcs(5), ...lines] });
    assert.ok(result.findings.length > 0);
    assertConserved(result, 9);
  });
});

describe('the numbers of a stream', () => {
  const strict = { ...(SHIPPED_CHAINS.jcs as object), sequence: { field: 'seq', start: 1 } };
  const skipping = (skip: number, first = 1) => {
    let previous: string | null = null;
    return Array.from({ length: 20 }, (_, index) => {
      const number = first + index + (index >= 10 ? skip : 0);
      const record = chainRecord('jcs', someRecord(index, randomFrom(index)), number, previous);
      previous = record.hash;
      return record.line;
    });
  };

  test('may not skip where the profile forbids it, although the links hold', () => {
    const numbered = new ChainRun({ chains: { strict } });
    assert.deepEqual(codes(numbered.verify({ 'a.ndjson': skipping(0) })), []);
    assert.deepEqual(codes(numbered.verify({ 'a.ndjson': skipping(2) })), ['a.ndjson:11 sequence-gap']);
    assert.deepEqual(codes(numbered.verify({ 'a.ndjson': skipping(0, 5) })), ['a.ndjson:1 sequence-gap']);
    const [head, rest] = [skipping(2).slice(0, 10), skipping(2).slice(10)];
    assert.deepEqual(codes(numbered.verify({ 'a.ndjson': head, 'b.ndjson': rest })), [
      'b.ndjson:1 sequence-gap',
    ]);
  });

  test('may skip where it allows it', () => {
    assert.deepEqual(codes(run.verify({ 'a.ndjson': skipping(2) })), []);
  });
});
