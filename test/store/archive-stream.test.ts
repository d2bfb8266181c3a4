/** Lines that were collected before are known again, however the file is called now; all others are added, each once. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { placesOf, readControlFiles } from '../../src/store/archive-folder.ts';
import type { SegmentRecord } from '../../src/store/archive-records.ts';
import { StreamCollector } from '../../src/store/archive-stream.ts';
import {
  addLines,
  codesOf,
  contentOf,
  lines,
  openArchive,
  temporaryFolder,
} from '../support/made-archive.ts';
import { rounds } from '../support/rounds.ts';

const folder = temporaryFolder('stream');
after(() => fs.rmSync(folder, { recursive: true }));

let made = 0;
const newPlace = () => path.join(folder, String(made++));

/** Collects each version in a run of its own; what was added by each, and what the archive holds then. */
async function collectAll(...versions: [name: string, records: string[]][]) {
  const archive = newPlace();
  const added: number[] = [];
  let rewritten = false;
  for (const [name, records] of versions) {
    const writer = await openArchive(archive);
    const end = await addLines(writer, name, records);
    assert.equal(end.kind, 'collected');
    if (end.kind === 'collected') {
      added.push(end.records);
      rewritten = end.rewritten;
    }
    await writer.commit();
    await writer.close();
  }
  assert.deepEqual(await codesOf(archive), []);
  return { added, rewritten, content: await contentOf(archive) };
}

function segmentsIn(archive: string): SegmentRecord[] {
  const records = readControlFiles(placesOf(archive).control).flatMap(({ parsed }) => parsed);
  return records.filter((record) => record?.type === 'segment');
}

describe('StreamCollector', () => {
  const log = lines(1, 'ann', 'bob', 'cid', 'dan', 'eve');

  test('adds nothing of a file that was collected', async () => {
    const { added, content, rewritten } = await collectAll(['app.log', log], ['app.log', log]);
    assert.deepEqual(added, [5, 0]);
    assert.deepEqual(content, log);
    assert.equal(rewritten, false);
  });

  test('adds what is new of a file that has grown, renamed or not', async () => {
    const { added, content } = await collectAll(
      ['app.log', log.slice(0, 2)],
      ['app.log', log.slice(0, 3)],
      ['app.log.1', log],
      ['app.log', lines(2, 'ann')],
    );
    assert.deepEqual(added, [2, 1, 2, 1]);
    assert.deepEqual(content, [...log, ...lines(2, 'ann')]);
  });

  test('takes a file that was rewritten for another one, and says so', async () => {
    const changed = log.with(1, log[1]!.replace('bob', 'eve'));
    const { added, content, rewritten } = await collectAll(['app.log', log], ['app.log', changed]);
    assert.deepEqual(added, [5, 5]);
    assert.deepEqual(content, [...log, ...changed]);
    assert.equal(rewritten, true);
  });

  test('does not take a file for rewritten of which a part is committed before its end', async () => {
    const archive = newPlace();
    const writer = await openArchive(archive);
    const options = { name: 'app.log', class: 'default', rereadable: true, segmentBytes: 1 };
    const stream = new StreamCollector(writer, writer.known, options);
    for (const record of log) {
      stream.line(Buffer.from(record), Number.NaN, Number.NaN);
      await stream.drain();
      await writer.commit();
    }
    assert.deepEqual(await stream.end(), { kind: 'collected', records: 5, known: 0, rewritten: false });
    await writer.close();
    assert.deepEqual(await contentOf(archive), log);
  });

  test('takes a file that lost its end for rewritten', async () => {
    const { rewritten } = await collectAll(['app.log', log], ['app.log', log.slice(0, 3)]);
    assert.equal(rewritten, true);
  });

  test('tells two files apart that begin alike', async () => {
    const other = [log[0]!, ...lines(2, 'bob', 'cid')];
    const { added } = await collectAll(['a.log', log], ['b.log', other], ['a.log', log], ['b.log', other]);
    assert.deepEqual(added, [5, 3, 0, 0]);
  });

  test('does as the plain twin says, for any sequence of files, sizes of segments and streams', async () => {
    // Few distinct lines and short files: most begin alike.
    const file = fc.array(fc.constantFrom('a', 'b'), { maxLength: 7 });
    const version = fc.record({
      file,
      rereadable: fc.boolean(),
      segmentBytes: fc.constantFrom(1, 150, 10_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 6 }), async (versions) => {
        const archive = newPlace();
        const points: string[][] = [];
        const expected: string[] = [];
        for (const { file: letters, rereadable, segmentBytes } of versions) {
          const records = letters.map((letter) => lines(1, letter)[0]!);
          const known = points
            .filter((point) => point.every((record, index) => records[index] === record))
            .reduce((most, point) => Math.max(most, point.length), 0);
          expected.push(...records.slice(known));
          const writer = await openArchive(archive);
          const first = writer.nextSegment;
          await addLines(writer, 'log', records, { rereadable, segmentBytes });
          await writer.commit();
          // Each segment's end is a point, so the twin asks the archive where it cut.
          let end = known;
          for (const { segment, records: amount } of segmentsIn(archive)) {
            if (segment < first) continue;
            end += amount;
            points.push(records.slice(0, end));
          }
          assert.equal(end, records.length);
          await writer.close();
        }
        if (expected.length === 0) return;
        assert.deepEqual(await contentOf(archive), expected);
        assert.deepEqual(await codesOf(archive), []);
      }),
      { numRuns: rounds(15, 200) },
    );
  });
});
