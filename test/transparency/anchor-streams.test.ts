/** Ranges of a chain are anchored where a checkpoint covers all of their records, and nowhere else. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Assurance, StreamRange, StreamSummary } from '../../src/model/report.ts';
import { anchorStreams } from '../../src/transparency/anchor-streams.ts';

const place = (file: string, line: number) => ({ file, line, offset: (line - 1) * 10, length: 9 });

function range(
  assurance: Assurance,
  from: [string, number],
  until: [string, number],
  records: number,
): StreamRange {
  return { assurance, records, from: place(...from), until: place(...until), reason: assurance };
}

function summary(stream: string, ...ranges: StreamRange[]): StreamSummary {
  const records = ranges.reduce((sum, { records }) => sum + records, 0);
  return { stream, profile: 'any', records, status: ranges[0]!.assurance, ranges, limits: [] };
}

const said = (streams: readonly StreamSummary[]) =>
  streams.map(({ status, ranges }) => [
    status,
    ...ranges.map(({ assurance, records }) => `${records} ${assurance}`),
  ]);

describe('anchorStreams()', () => {
  const chain = summary('chain', range('chained', ['a', 1], ['b', 5], 10));
  const sealedA = summary('a', range('anchored', ['a', 1], ['a', 5], 5));

  test('a range over files that the checkpoint covers whole is anchored', () => {
    const sealedB = summary('b', range('anchored', ['b', 1], ['b', 5], 5));
    assert.deepEqual(said(anchorStreams([chain], [sealedA, sealedB])), [['anchored', '10 anchored']]);
  });

  test('one that reaches into a file which was not held against it stays chained', () => {
    assert.deepEqual(said(anchorStreams([chain], [sealedA])), [['chained', '10 chained']]);
  });

  test('one with more records than the checkpoint covers in its files stays chained', () => {
    const sealedB = summary('b', range('anchored', ['b', 1], ['b', 4], 4));
    assert.deepEqual(said(anchorStreams([chain], [sealedA, sealedB])), [['chained', '10 chained']]);
  });

  test('one that goes on behind the checkpoint is cut there, and the stream is worth its weaker part', () => {
    const sealedB = summary(
      'b',
      range('anchored', ['b', 1], ['b', 2], 2),
      range('unprotected', ['b', 3], ['b', 5], 3),
    );
    assert.deepEqual(said(anchorStreams([chain], [sealedA, sealedB])), [
      ['chained', '5 anchored', '2 anchored', '3 chained'],
    ]);
  });

  test('what is broken stays broken, though it was sealed so', () => {
    const broken = summary('chain', range('broken', ['a', 1], ['a', 5], 5));
    assert.deepEqual(said(anchorStreams([broken], [sealedA])), [['broken', '5 broken']]);
  });
});
