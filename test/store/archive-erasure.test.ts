/** What was erased is gone and told; every other way to take a value away, add one or bring one back is found. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { parseJsonText } from '../../src/base/json.ts';
import { eraseFields } from '../../src/redaction/erase-fields.ts';
import { parseSalted } from '../../src/redaction/salted-record.ts';
import { storedSegments } from '../../src/store/archive-erasure.ts';
import { Tombstones } from '../../src/store/archive-tombstones.ts';
import { assuranceOf, codesOf, lines, temporaryFolder, verdictOf } from '../support/made-archive.ts';
import {
  ERASURE,
  erasePerson,
  everyByte,
  makeSalted,
  openSalted,
  rewriteLines,
  segmentOf,
} from '../support/made-salted-archive.ts';

const folder = temporaryFolder('erasure');
after(() => fs.rmSync(folder, { recursive: true }));

let made = 0;
const FILES = { 'app.log': lines(1, 'ann', 'bob', 'ann', 'cid'), 'db.log': lines(2, 'bob', 'eve') };

async function salted(files: Record<string, string[]> = FILES): Promise<string> {
  const archive = path.join(folder, String(made++));
  await makeSalted(archive, files);
  return archive;
}

async function erased(): Promise<string> {
  const archive = await salted();
  await erasePerson(archive, 'ann');
  return archive;
}

const FIRST = '00000001';
const FIRST_ANEW = '00000001.g2';

const eraseActor = (line: string): string =>
  eraseFields(parseSalted(parseJsonText(line)), ({ pointer }) => pointer === '/actor').line;

describe('a salted archive', () => {
  test('verifies like any other', async () => {
    const archive = await salted();
    assert.deepEqual(await codesOf(archive), []);
    assert.deepEqual(await assuranceOf(archive), { anchored: 6 });
  });

  test('keeps the bytes of each record beside its salts', async () => {
    const spaced = '{"time": "2026-03-01T08:00:00Z", "id":"1", "actor":"\\u0061nn" }';
    const archive = await salted({ 'app.log': [spaced] });
    const [file] = (await verdictOf(archive)).files;
    assert.ok((await everyByte(archive)).includes(spaced.slice(0, -1)));
    assert.deepEqual(file!.sealed?.salted, { erased: [] });
  });
});

describe('eraseFromArchive()', () => {
  test('takes a person out of every byte, and the archive verifies, ERASED exactly there', async () => {
    const archive = await salted();
    assert.match(await everyByte(archive), /ann/);
    const sum = await erasePerson(archive, 'ann');
    assert.deepEqual(sum, { segments: 1, records: 2, fields: 2, searched: 6, linked: [], size: 12 });
    assert.doesNotMatch(await everyByte(archive), /ann/);
    assert.deepEqual(await codesOf(archive), []);
    const { result } = await verdictOf(archive);
    const ranges = result.streams![0]!.ranges.map(({ assurance, from, records }) => [
      path.basename(from.file).slice(0, 11),
      from.line,
      records,
      assurance,
    ]);
    assert.deepEqual(ranges, [
      ['00000001.g2', 1, 1, 'erased'],
      ['00000001.g2', 2, 1, 'anchored'],
      ['00000001.g2', 3, 1, 'erased'],
      ['00000001.g2', 4, 3, 'anchored'],
    ]);
    assert.equal(
      result.streams![0]!.ranges[0]!.reason,
      '2026-04-01T00:00:00Z by "privacy office", reason "case 1"',
    );
  });

  test('leaves segments without the person as they are, and a second time finds nothing', async () => {
    const archive = await erased();
    assert.deepEqual(
      storedSegments(archive).map(({ segment }) => segment.generation),
      [2, 1],
    );
    const { records, size } = await erasePerson(archive, 'ann');
    assert.deepEqual({ records, size }, { records: 0, size: undefined });
  });

  test('erases from the same record again, for another person', async () => {
    const archive = await erased();
    await erasePerson(archive, 'd1-0');
    assert.deepEqual(await codesOf(archive), []);
    assert.deepEqual(await assuranceOf(archive), { anchored: 4, erased: 2 });
    const reason = (await verdictOf(archive)).result.streams![0]!.ranges[0]!.reason;
    assert.equal(reason, '2026-04-01T00:00:00Z by "privacy office", reason "case 1"');
    assert.deepEqual(fs.readdirSync(path.join(archive, 'segments')), [
      '00000001.g3.ndjson.zst',
      '00000002.ndjson.zst',
    ]);
  });

  test('erases lines that are kept whole: malformed ones, keys that stand twice, bytes that are no text', async () => {
    const archive = await salted({
      'app.log': ['{"actor":"ann', '{"a":"\\u0061nn","a":2}', '["ann"]', '{"actor":"bob"}'],
    });
    const { records } = await erasePerson(archive, 'ann');
    assert.equal(records, 3);
    assert.doesNotMatch(await everyByte(archive), /ann|u0061/);
    assert.deepEqual(await assuranceOf(archive), { anchored: 1, erased: 3 });
  });
});

const attacks: [
  what: string,
  codes: string[],
  attack: (archive: string) => void | Promise<void>,
  left: Record<string, number>,
][] = [
  [
    'a value erased without a tombstone',
    ['erased-without-tombstone'],
    (archive) => rewriteLines(segmentOf(archive, FIRST_ANEW), (all) => all.with(1, eraseActor(all[1]!))),
    { anchored: 3, broken: 1, erased: 2 },
  ],
  [
    'more erased than the tombstone names',
    ['erased-without-tombstone'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) =>
        all.with(
          0,
          eraseFields(parseSalted(parseJsonText(all[0]!)), ({ pointer }) => pointer === '/action').line,
        ),
      ),
    { anchored: 4, broken: 1, erased: 1 },
  ],
  [
    'a field without a salt',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) =>
        all.with(1, all[1]!.replace('{', '{"role":"admin",')),
      ),
    { anchored: 3, broken: 1, erased: 2 },
  ],
  [
    'a field with a salt of its own',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) =>
        all.with(
          1,
          all[1]!
            .replace('{', '{"role":"admin",')
            .replace('"salts":{', '"salts":{"/role":"BBBBBBBBBBBBBBBBBBBBBB",'),
        ),
      ),
    { anchored: 3, broken: 1, erased: 2 },
  ],
  [
    'the salts of two records swapped',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, '00000002'), (all) => {
        const [left, right] = all.map((line) => line.split(',"_salted"'));
        return [`${left![0]},"_salted"${right![1]}`, `${right![0]},"_salted"${left![1]}`];
      }),
    { anchored: 2, broken: 2, erased: 2 },
  ],
  [
    'an erased value put back with a wrong salt',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) =>
        all.with(
          0,
          all[0]!
            .replace('{', '{"actor":"ann",')
            .replace('"salts":{', '"salts":{"/actor":"BBBBBBBBBBBBBBBBBBBBBB",')
            .replace(/,"erased":\[[^\]]*\]/, ''),
        ),
      ),
    { anchored: 4, broken: 1, erased: 1 },
  ],
  [
    'an edited value',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) => all.with(3, all[3]!.replace('cid', 'eve'))),
    { anchored: 3, broken: 1, erased: 2 },
  ],
  [
    'salts before the fields, which would show the audit an empty record',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) => {
        const [record, held] = all[1]!.split(',"_salted"');
        return all.with(1, `{"_salted"${held!.slice(0, -1)},${record!.slice(1)}}`);
      }),
    { anchored: 3, broken: 1, erased: 2 },
  ],
  [
    'salts spelled in another way',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) =>
        all.with(1, all[1]!.replace('"_salted":', '"_salted": ')),
      ),
    { anchored: 3, broken: 1, erased: 2 },
  ],
  [
    'a record without its salts',
    ['altered-segment'],
    (archive) =>
      rewriteLines(segmentOf(archive, FIRST_ANEW), (all) =>
        all.with(1, `${all[1]!.split(',"_salted"')[0]}}`),
      ),
    { anchored: 3, broken: 1, erased: 2 },
  ],
  [
    'the earlier file put back beside the new one',
    ['unfinished-erasure'],
    (archive) => fs.copyFileSync(segmentOf(archive, FIRST_ANEW), segmentOf(archive, FIRST)),
    { anchored: 4, erased: 2 },
  ],
];

describe('auditArchive() of a redacted archive names', () => {
  for (const [what, codes, attack, left] of attacks)
    test(what, async () => {
      const archive = await erased();
      await attack(archive);
      assert.deepEqual(await codesOf(archive), codes);
      assert.deepEqual(await assuranceOf(archive), left);
    });

  test('the fault of a record, in its words', async () => {
    const archive = await erased();
    await rewriteLines(segmentOf(archive, FIRST_ANEW), (all) =>
      all.with(1, all[1]!.replace('{', '{"role":"admin",')),
    );
    const { result } = await verdictOf(archive);
    const words = /"\/role" has no salt: nothing vouches for it/;
    assert.match(result.findings[0]!.message, words);
    assert.ok(
      result.streams![0]!.ranges.some(
        ({ assurance, reason }) => assurance === 'broken' && words.test(reason!),
      ),
    );
  });

  test('a tombstone that somebody wrote without the key', async () => {
    const archive = await salted();
    await rewriteLines(segmentOf(archive, FIRST), (all) => all.with(0, eraseActor(all[0]!)));
    const control = path.join(archive, 'control', '00000001.ndjson');
    const text = fs.readFileSync(control, 'utf8');
    fs.chmodSync(control, 0o644);
    const forged = { type: 'tombstone', segment: 1, erased: [], ...ERASURE };
    fs.writeFileSync(control, `${text}${JSON.stringify(forged)}\n`);
    assert.deepEqual(await codesOf(archive), ['altered-control-record', 'erased-without-tombstone']);
  });

  test('control records that were dropped with their tombstone', async () => {
    const archive = await erased();
    fs.rmSync(path.join(archive, 'control', '00000002.ndjson'));
    const codes = await codesOf(archive);
    assert.ok(codes.includes('missing-control-record'), codes.join());
    assert.ok(((await assuranceOf(archive)).broken ?? 0) >= 4);
  });

  test('an erasure that goes by the tombstone of another leaf', async () => {
    const archive = await erased();
    // The digest that leaf 0 lost, in the place of the one that leaf 1 is to lose.
    await rewriteLines(segmentOf(archive, FIRST_ANEW), (all) => {
      const [digest] = parseSalted(parseJsonText(all[0]!)).erased;
      const gone = eraseActor(all[1]!);
      return all.with(1, gone.replace(/"erased":\["[^"]*"\]/, `"erased":["${digest}"]`));
    });
    assert.deepEqual(await codesOf(archive), ['altered-segment']);
    const tombstones = new Tombstones([
      { type: 'tombstone', segment: 1, erased: [{ leaf: 0, digests: ['a', 'b'] }], ...ERASURE },
    ]);
    assert.notEqual(tombstones.reasonOf(0, ['a']), undefined);
    assert.equal(tombstones.reasonOf(1, ['a']), undefined);
    assert.equal(tombstones.reasonOf(0, ['a', 'c']), undefined);
  });
});

test('auditArchive() names a record kept as one text that is made to look like one of fields', async () => {
  const archive = await salted({ 'app.log': ['["ann"]', '{"actor":"bob"}'] });
  await rewriteLines(segmentOf(archive, FIRST), (all) => all.with(0, all[0]!.replace('{', '{ ')));
  assert.deepEqual(await codesOf(archive), ['altered-segment']);
  assert.deepEqual(await assuranceOf(archive), { anchored: 1, broken: 1 });
});

describe('ArchiveWriter', () => {
  test('keeps salted and plain records apart', async () => {
    const archive = await salted();
    const { openArchive } = await import('../support/made-archive.ts');
    await assert.doesNotReject(async () => (await openArchive(archive)).close());
    const writer = await openSalted(archive);
    await writer.close();
    fs.rmSync(path.join(archive, 'archive.json'));
    fs.writeFileSync(
      path.join(archive, 'archive.json'),
      '{"format":"audit-check/archive/v1","origin":"archive.example/log","encryption":"none"}\n',
    );
    await assert.rejects(openSalted(archive), /its records are not salted/);
  });
});
