/** The merge law of the chain check on spoiled chains: any cuts, any grouping, states cloned on the way. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MAX_STREAMS } from '../../src/chain/chain-state.ts';
import type { CheckResult } from '../../src/model/check.ts';
import { compareFindings } from '../../src/model/finding.ts';
import { rounds } from '../support/rounds.ts';
import { chainRecords } from './chain-generator.ts';
import { CHAIN_KEYS, ChainRun } from './chain-run.ts';

const GOOD = {
  jcs: chainRecords('jcs', 60, 1),
  other: chainRecords('jcs', 60, 2),
  hmac: chainRecords('hmac-jcs', 60, 3),
  line: chainRecords('raw-line', 60, 4),
  eu: chainRecords('python-json', 60, 5, { stream: 'eu' }),
  us: chainRecords('jcs', 60, 6, { stream: 'us' }),
};

const BARE = ['{"level":"debug"}', '{"level":"info"}', '[]'];

const piece = fc.record({
  chain: fc.constantFrom<keyof typeof GOOD>('jcs', 'jcs', 'jcs', 'other', 'hmac', 'line', 'line', 'eu', 'us'),
  from: fc.nat(59),
  length: fc.integer({ min: 1, max: 12 }),
  spoil: fc.constantFrom('none', 'none', 'alter', 'rewrite', 'strip', 'genesis', 'bare'),
});

function linesOf({
  chain,
  from,
  length,
  spoil,
}: {
  chain: keyof typeof GOOD;
  from: number;
  length: number;
  spoil: string;
}): string[] {
  const lines = GOOD[chain].slice(from, from + length);
  if (spoil === 'alter')
    return lines.map((line, index) => (index % 3 === 0 ? line.replace('invoice/', 'x/') : line));
  // Altered records in a row, which are one finding.
  if (spoil === 'rewrite')
    return lines.map((line) => line.replace('invoice/', 'x/').replace('"actor"', '"user"'));
  if (spoil === 'strip')
    return lines.map((line, index) => (index % 3 === 1 ? line.replace('"hash"', '"h"') : line));
  if (spoil === 'genesis') return lines.with(0, lines[0]!.replace(/("prev_hash": ?)"\w+"/, '$1null'));
  // One, two and three in a row: a cut between two of them must not part them.
  if (spoil === 'bare') return lines.flatMap((line, index) => [...BARE.slice(index % 3), line]);
  return lines;
}

const log = fc.array(fc.array(piece, { maxLength: 5 }), { minLength: 1, maxLength: 3 });

/** Workers are separate: each has compiled for itself and has its own hints. */
const keys = CHAIN_KEYS;
const workers = [new ChainRun({ keys }), new ChainRun({ keys }), new ChainRun({ keys })] as const;

function sorted({ findings, streams, notices }: CheckResult): unknown {
  return { findings: findings.toSorted(compareFindings), streams, notices };
}

type Line = { line: string; file: string; fileIndex: number; ordinal: number };

function foldLines(run: ChainRun, lines: readonly Line[]) {
  const state = run.check.start();
  for (const { line, ...at } of lines) run.fold(state, [line], at);
  return structuredClone(state);
}

describe('the chain state', () => {
  test('of parts, merged in any order, is the state of the whole', () => {
    const cuts = fc.array(fc.nat(), { minLength: 2, maxLength: 6 });
    const property = fc.property(log, cuts, fc.nat(5), (files, cut, seam) => {
      const lines = files.flatMap((pieces, fileIndex) =>
        pieces.flatMap(linesOf).map((line, ordinal) => ({ line, file: `f${fileIndex}`, fileIndex, ordinal })),
      );
      const ends = [...cut.map((at) => at % (lines.length + 1)).sort((a, b) => a - b), lines.length];
      const parts = () =>
        ends.map((end, index) =>
          foldLines(workers[index % workers.length]!, lines.slice(ends[index - 1] ?? 0, end)),
        );
      const { merge, finish } = workers[0].check;
      const mergeInOrder = (states: ReturnType<typeof parts>) => states.reduce((a, b) => merge(a, b));
      const whole = foldLines(workers[2], lines);
      assert.deepEqual(mergeInOrder(parts()), whole);
      const grouped = parts();
      const at = 1 + (seam % (grouped.length - 1));
      const right = merge(mergeInOrder(grouped.slice(0, at)), mergeInOrder(grouped.slice(at)));
      assert.deepEqual(right, whole);
      const result = finish(right);
      assert.deepEqual(sorted(result), sorted(finish(whole)));
      const records = result.streams!.reduce((sum, stream) => sum + stream.records, 0);
      assert.equal(records, lines.length, 'every record belongs to one stream');
      for (const stream of result.streams!) {
        assert.equal(
          stream.ranges.reduce((sum, range) => sum + range.records, 0),
          stream.records,
        );
        assert.ok(
          stream.ranges.every((range) => range.records > 0),
          'an empty range',
        );
      }
    });
    fc.assert(property, { numRuns: rounds(40, 150) });
  });

  test('with more breaks than are kept is the same too', () => {
    const run = new ChainRun({ chain: 'jcs' });
    const lines = chainRecords('jcs', 3300, 7)
      .filter((_, index) => index % 3 !== 1)
      .map((line, index) => (index % 2 === 0 ? line.replace('invoice/', 'x/') : line))
      .map((line, ordinal) => ({ line, file: 'a', fileIndex: 0, ordinal }));
    const whole = foldLines(run, lines);
    for (const cut of [1, 700, 1501, 2170]) {
      const [left, right] = [foldLines(run, lines.slice(0, cut)), foldLines(run, lines.slice(cut))];
      assert.deepEqual(run.check.merge(left, right), whole, `cut at ${cut}`);
    }
  });

  test('with more stretches without a chain than are kept is the same too', () => {
    const run = new ChainRun({ chain: 'jcs' });
    const lines = chainRecords('jcs', 140, 7)
      .flatMap((line, index) => [...BARE.slice(index % 3), line])
      .map((line, ordinal) => ({ line, file: 'a', fileIndex: 0, ordinal }));
    const whole = foldLines(run, lines);
    assert.deepEqual(
      Object.values(whole.bare).map(({ files }) => [files[0]!.stretches.length, files[0]!.dropped]),
      [[100, 80]],
    );
    const step = rounds(11, 1);
    for (let cut = 0; cut <= lines.length; cut += step) {
      const [left, right] = [foldLines(run, lines.slice(0, cut)), foldLines(run, lines.slice(cut))];
      assert.deepEqual(run.check.merge(left, right), whole, `cut at ${cut}`);
    }
  });

  test('with more streams than are followed gives the same answer, and says that some were not', () => {
    const lines = Array.from({ length: MAX_STREAMS + 1500 }, (_, ordinal) => ({
      line: `{"chain_id":"${(ordinal * 7919) % (MAX_STREAMS + 900)}","hash":"a","prev_hash":"b"}`,
      file: 'a',
      fileIndex: 0,
      ordinal: ordinal + 20,
    }));
    const answer = (cuts: number[]) => {
      const run = new ChainRun({ chain: 'joined-fields' });
      const parts = [...cuts, lines.length].map((end, index) =>
        foldLines(run, lines.slice(cuts[index - 1] ?? 0, end)),
      );
      const { findings, streams } = run.check.finish(
        parts.reduce((left, right) => run.check.merge(left, right)),
      );
      return {
        findings: findings.toSorted(compareFindings),
        streams: streams!.map(({ stream, records }) => `${stream} ${records}`).sort(),
      };
    };
    const whole = answer([]);
    assert.equal(whole.findings.filter(({ code }) => code === 'too-many-streams').length, 1);
    assert.deepEqual(answer([5000, 15_000]), whole);
  });
});
