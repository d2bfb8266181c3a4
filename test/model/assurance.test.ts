/** Shares of assurance: every record once, whatever vouches for it beside its chain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Assurance, countAssurance, type StreamSummary } from '../../src/model/report.ts';

function stream(
  profile: string | null,
  file: string,
  ...ranges: [assurance: Assurance, records: number][]
): StreamSummary {
  const place = { file, line: 1, offset: 0, length: 0 };
  return {
    stream: file,
    profile,
    records: ranges.reduce((sum, [, records]) => sum + records, 0),
    status: 'chained',
    ranges: ranges.map(([assurance, records]) => ({ assurance, records, from: place, until: place })),
    limits: [],
  };
}

test('countAssurance() adds up the records of streams that lie apart', () => {
  const counts = countAssurance([
    stream('jcs', 'logs/a', ['chained', 14], ['broken', 1]),
    stream(null, 'logs/b', ['unprotected', 6]),
  ]);
  assert.deepEqual(counts, { chained: 14, broken: 1, unprotected: 6 });
});

test('countAssurance() counts a chained record of an archive or a sealed log once', () => {
  const archived = countAssurance([
    stream('jcs', 'archive/segments/1.zst', ['chained', 14], ['broken', 1]),
    stream('archive', 'archive/segments/1.zst', ['anchored', 21]),
  ]);
  assert.deepEqual(archived, { anchored: 20, broken: 1 });
  const sealed = countAssurance([
    stream('jcs', 'logs/a', ['chained', 15]),
    stream('jcs', 'logs/b', ['chained', 4]),
    stream('sealed: log.example/app', 'logs/a', ['anchored', 12], ['unprotected', 3]),
  ]);
  assert.deepEqual(sealed, { chained: 4, anchored: 12, unprotected: 3 });
});

test('countAssurance() keeps what is broken in an archive that nobody vouches for', () => {
  const counts = countAssurance([
    stream('jcs', 'archive/segments/1.zst', ['chained', 14], ['broken', 1]),
    stream('archive', 'archive/segments/1.zst', ['unverifiable', 15]),
  ]);
  assert.deepEqual(
    counts,
    { unverifiable: 14, broken: 1 },
    'who could rewrite the archive could rewrite the chain',
  );
});
