/** The fast road of the fold against the slow one, which every record takes whose state is a fresh clone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { rounds } from '../support/rounds.ts';
import { chainRecord, chainRecords, randomFrom, someRecord } from './chain-generator.ts';
import { CHAIN_KEYS, ChainRun } from './chain-run.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

/** Behind the head of the file, where all records take the slow road. */
const BEHIND_HEAD = 100;

const CHAINS = [
  chainRecords('jcs', 30, 1),
  chainRecords('hmac-jcs', 30, 2),
  chainRecords('python-json', 30, 3, { stream: 'eu' }),
  chainRecords('jcs', 30, 4, { stream: 'us' }),
  chainRecords('raw-line', 30, 5),
  chainRecords('jcs', 30, 6, { names: ['previousHash', 'hash'] }),
  chainRecords('linked-record', 30, 7),
];

type Piece = {
  chain: string[];
  from: number;
  length: number;
  worker: number;
  file: boolean;
  spoil: (line: string) => string;
  at: number;
};

const piece: fc.Arbitrary<Piece> = fc.record({
  chain: fc.constantFrom(...CHAINS),
  from: fc.nat(20),
  length: fc.integer({ min: 1, max: 9 }),
  worker: fc.nat(1),
  file: fc.boolean(),
  spoil: fc.constantFrom(
    (line: string) => line,
    (line: string) => line,
    (line: string) => line.replace('invoice/', 'x/'),
    (line: string) => line.replace('{', '{"actor":"mallory",'),
    (line: string) => line.replace(/("prev_hash": ?)"\w+"/, '$1null'),
    (line: string) => line.replace('"hash"', '"h"'),
    (line: string) => line.replace(/("seq": ?)(\d+)/, '$1"$2"'),
    () => '{"level":"info"}',
  ),
  at: fc.nat(8),
});

type Line = { line: string; worker: number; file: string; fileIndex: number; ordinal: number };

function toLines(pieces: readonly Piece[]): Line[] {
  let fileIndex = 0;
  return pieces.flatMap(({ chain, from, length, worker, file, spoil, at }, number) => {
    if (file) fileIndex++;
    return chain.slice(from, from + length).map((line, index) => ({
      line: index === at ? spoil(line) : line,
      worker,
      file: `f${fileIndex}`,
      fileIndex,
      ordinal: BEHIND_HEAD + number * 10 + index,
    }));
  });
}

/** Folds each record into a clone of the state before: what a step remembers of that is of no use. */
function foldSlowly(run: ChainRun, lines: readonly Line[]) {
  return lines.reduce(
    (state, { line, ...at }) => run.fold(structuredClone(state), [line], at),
    run.check.start(),
  );
}

describe('an unbroken run', () => {
  const keys = CHAIN_KEYS;
  const workers = [new ChainRun({ keys }), new ChainRun({ keys })] as const;
  const [fast, slow] = workers;

  test('leaves the same state as the slow road, whatever stands between its records', () => {
    const property = fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
      const lines = toLines(pieces);
      const state = fast.check.start();
      // Two of them that append to one state pass nothing by that the other did.
      for (const { line, worker, ...at } of lines) workers[worker]!.fold(state, [line], at);
      assert.deepEqual(state, foldSlowly(slow, lines));
    });
    fc.assert(property, { numRuns: rounds(120, 500) });
  });

  test('ends with its file, though a record without a chain begins the next one', () => {
    const chain = CHAINS[0]!;
    const lines = [
      ...chain.slice(1, 4).map((line) => ({ line, fileIndex: 0 })),
      { line: '{"level":"info"}', fileIndex: 1 },
      { line: chain[4]!, fileIndex: 1 },
    ].map((each, index) => ({
      ...each,
      worker: 0,
      file: `f${each.fileIndex}`,
      ordinal: BEHIND_HEAD + index,
    }));
    const state = fast.check.start();
    for (const { line, worker, ...at } of lines) workers[worker]!.fold(state, [line], at);
    assert.deepEqual(state, foldSlowly(slow, lines));
  });

  test('passes no break by that another worker found', () => {
    const [mine, theirs] = [CHAINS[0]!, CHAINS[5]!.map((line) => line.replace('previousHash', 'prev_hash'))];
    const lines = [...mine.slice(0, 3), ...theirs.slice(0, 3), ...mine.slice(3, 6)].map((line, index) => ({
      line,
      worker: index >= 3 && index < 6 ? 1 : 0,
      file: 'a',
      fileIndex: 0,
      ordinal: BEHIND_HEAD + index,
    }));
    const state = fast.check.start();
    for (const { line, worker, ...at } of lines) workers[worker]!.fold(state, [line], at);
    assert.deepEqual(state, foldSlowly(slow, lines));
  });

  test('goes on behind a state that was merged into this one', () => {
    const lines = CHAINS[0]!;
    const whole = fast.check.start();
    fast.fold(whole, lines, { file: 'a', fileIndex: 0, ordinal: BEHIND_HEAD });
    for (let cut = 1; cut < lines.length - 1; cut++) {
      const [left, right] = [fast.check.start(), fast.check.start()];
      fast.fold(left, lines.slice(0, cut), { file: 'a', fileIndex: 0, ordinal: BEHIND_HEAD });
      fast.fold(right, lines.slice(cut, cut + 1), { file: 'a', fileIndex: 0, ordinal: BEHIND_HEAD + cut });
      const merged = fast.check.merge(left, right);
      const rest = { file: 'a', fileIndex: 0, ordinal: BEHIND_HEAD + cut + 1 };
      assert.deepEqual(fast.fold(merged, lines.slice(cut + 1), rest), whole, `cut at ${cut}`);
    }
  });

  test('is left by a record that names another stream, or none', () => {
    const [first, second] = [
      chainRecord('jcs', someRecord(1, randomFrom(1)), 1, null, { stream: 'eu' }),
      chainRecord('jcs', someRecord(2, randomFrom(2)), 2, null, { stream: 'eu' }),
    ];
    for (const stream of ['us', undefined]) {
      const options = stream === undefined ? {} : { stream };
      const { line } = chainRecord('jcs', someRecord(3, randomFrom(3)), 3, second.hash, options);
      const run = new ChainRun();
      const state = run.check.start();
      const at = { file: 'a', fileIndex: 0, ordinal: BEHIND_HEAD };
      run.fold(state, [first.line, second.line, line], at);
      assert.deepEqual(
        Object.values(state.streams).map(({ values, records }) => [values, records]),
        [
          [['eu'], 2],
          [stream === undefined ? [] : [stream], 1],
        ],
      );
    }
  });

  test('is left by a number that is not due, and keeps the place before it', () => {
    let previous = '0'.repeat(64);
    const lines = [1, 2, 3, 5, 6, 7].map((number) => {
      const { line, hash } = chainRecord('jcs', someRecord(number, randomFrom(number)), number, previous);
      previous = hash;
      return line;
    });
    const run = new ChainRun({
      chains: { strict: { ...(SHIPPED_CHAINS.jcs as object), sequence: { field: 'seq' } } },
    });
    const state = run.fold(run.check.start(), lines, { file: 'a', fileIndex: 0, ordinal: BEHIND_HEAD });
    const [stream] = Object.values(state.streams);
    assert.equal(stream!.runs[0]!.segments[0]!.records, 6);
    const found = stream!.gaps.map((gap) => [gap.before.line, gap.place.line, gap.expected, gap.found]);
    assert.deepEqual(found, [[BEHIND_HEAD + 3, BEHIND_HEAD + 4, 4, 5]]);
  });

  test('is left by a record that follows what a profile says to be a genesis', () => {
    const lines = CHAINS[0]!;
    const { hash: literal } = JSON.parse(lines[4]!) as { hash: string };
    const jcs = SHIPPED_CHAINS.jcs as object;
    const run = new ChainRun({ chains: { anchored: { ...jcs, genesis: [{ literal }] } } });
    const state = run.fold(run.check.start(), lines, { file: 'a', fileIndex: 0, ordinal: BEHIND_HEAD });
    const [stream] = Object.values(state.streams);
    assert.deepEqual(
      stream!.runs[0]!.segments.map(({ records, genesis }) => [records, genesis]),
      [
        [5, false],
        [25, true],
      ],
    );
  });
});
