/** A report joins the ranges of a chain that are alike, and none with one that something outside of the log speaks for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { joinFileRanges } from '../../src/model/joined-ranges.ts';
import {
  ARCHIVE_PROFILE,
  type Assurance,
  countAssurance,
  type StreamRange,
  type StreamSummary,
} from '../../src/model/report.ts';

function range(assurance: Assurance, file: string, records: number): StreamRange {
  const place = { file, line: 1, offset: 0, length: 9 };
  return { assurance, records, from: place, until: place };
}

function stream(profile: string, name: string, ...ranges: StreamRange[]): StreamSummary {
  const records = ranges.reduce((sum, each) => sum + each.records, 0);
  return { stream: name, profile, records, status: 'chained', ranges, limits: [] };
}

const joined = (...streams: StreamSummary[]) =>
  joinFileRanges(streams)[0]!.ranges.map(
    ({ from, until, records }) => `${from.file} ${until.file} ${records}`,
  );

describe('joinFileRanges()', () => {
  for (const assurance of ['chained', 'unverifiable', 'unprotected'] as const)
    test(`joins those of neighboring files that are ${assurance}`, () => {
      const chain = stream(
        'jcs',
        'a',
        range(assurance, 'a', 2),
        range(assurance, 'b', 3),
        range('broken', 'c', 1),
      );
      assert.deepEqual(joined(chain), ['a b 5', 'c c 1']);
    });

  test('joins none with what an archive or a sealed log accounts for', () => {
    const chain = stream('jcs', 'a', range('chained', 'a', 2), range('chained', 'x/segments/1', 3));
    const archive = stream(ARCHIVE_PROFILE, 'x', range('anchored', 'x/segments/1', 3));
    assert.deepEqual(joined(chain, archive), ['a a 2', 'x/segments/1 x/segments/1 3']);
    assert.deepEqual(countAssurance(joinFileRanges([chain, archive])), { anchored: 3, chained: 2 });
    const sealed = stream('sealed: log.example/app', 'x/segments/1', range('unprotected', 'x/segments/1', 3));
    assert.deepEqual(countAssurance(joinFileRanges([chain, sealed])), { chained: 5 });
  });
});
