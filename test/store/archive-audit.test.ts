/** Every attack on an archive is named, and what is left of it is told; an archive nobody touched is silent. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { sha256Hex } from '../../src/base/digest.ts';
import { readHoldings } from '../../src/store/archive-holdings.ts';
import { parseControl } from '../../src/store/archive-records.ts';
import { createSealer } from '../../src/store/archive-sealer.ts';
import {
  addLines,
  assuranceOf,
  codesOf,
  judgeBy,
  KEYS,
  lines,
  makeArchive,
  OTHER_KEYS,
  openArchive,
  temporaryFolder,
  verdictOf,
} from '../support/made-archive.ts';

const folder = temporaryFolder('archive');
after(() => fs.rmSync(folder, { recursive: true }));

let made = 0;
const newPlace = () => path.join(folder, String(made++));

const FILES = {
  'app.log': lines(1, 'ann', 'bob', 'cid'),
  'db.log': lines(2, 'ann', 'eve'),
  'web.log': lines(3, 'bob'),
};

async function sound(): Promise<string> {
  const archive = newPlace();
  await makeArchive(archive, FILES);
  return archive;
}

const segment = (archive: string, number: number) =>
  path.join(archive, 'segments', `${String(number).padStart(8, '0')}.ndjson.zst`);

async function rewrite(file: string, change: (content: string) => string): Promise<void> {
  const { decodedBlocks } = await import('../../src/read/open.ts');
  const blocks: Uint8Array[] = [];
  for await (const block of decodedBlocks(file)) blocks.push(block);
  const sealer = await createSealer([]);
  replace(file, await sealer(Buffer.from(change(Buffer.concat(blocks).toString()))));
}

function replace(file: string, bytes: Uint8Array | string): void {
  fs.rmSync(file);
  fs.writeFileSync(file, bytes);
}

describe('auditArchive()', () => {
  test('is silent on an archive nobody touched, and anchors every record', async () => {
    const archive = await sound();
    assert.deepEqual(await codesOf(archive), []);
    assert.deepEqual(await assuranceOf(archive), { anchored: 6 });
    const { files, result } = await verdictOf(archive);
    assert.equal(result.incomplete, undefined);
    assert.deepEqual(
      files.map(({ sealed }) => sealed?.source),
      ['audit', 'audit', 'audit'],
    );
  });

  test('leaves read-only files behind', async () => {
    const archive = await sound();
    for (const name of fs.readdirSync(path.join(archive, 'segments')))
      assert.equal(fs.statSync(path.join(archive, 'segments', name)).mode & 0o777, 0o444);
  });

  test('counts the records of a segment that are altered, lost or added', async () => {
    const countOf = async (change: (archive: string) => void | Promise<void>) => {
      const archive = await sound();
      await change(archive);
      const [finding] = (await verdictOf(archive)).result.findings;
      assert.equal(finding!.code, 'altered-segment');
      return finding!.count ?? 1;
    };
    const lines = (change: (lines: string[]) => string[]) => (archive: string) =>
      rewrite(segment(archive, 1), (text) => change(text.split(/(?<=\n)/).filter(Boolean)).join(''));
    assert.equal(await countOf(lines((all) => all.slice(0, 1))), 2);
    assert.equal(await countOf(lines(([first]) => [first!.replace('ann', 'eve')])), 3);
    assert.equal(await countOf(lines((all) => [...all, ...all])), 3);
    assert.equal(await countOf((archive) => replace(segment(archive, 1), 'no frame')), 3);
  });

  const twice: [code: string, attack: (archive: string, name: string) => void | Promise<void>][] = [
    [
      'altered-segment',
      (archive, name) => rewrite(segment(archive, 1), (text) => text.replace(/bob|eve|mal/, name)),
    ],
    ['planted-segment', (archive, name) => fs.writeFileSync(segment(archive, 4), name)],
    [
      'altered-control-record',
      (archive, name) => {
        const file = path.join(archive, 'control', '00000001.ndjson');
        const text = fs.readFileSync(file, 'utf8');
        replace(file, text.replace(/"source":"\w+"/, `"source":"${name}"`));
      },
    ],
  ];
  for (const [code, attack] of twice)
    test(`finds another ${code} where what was found is altered once more`, async () => {
      const archive = await sound();
      const printOf = async (name: string) => {
        await attack(archive, name);
        return (await verdictOf(archive)).result.findings.find((finding) => finding.code === code)!
          .fingerprint;
      };
      const known = await printOf('eve');
      assert.equal(await printOf('eve'), known);
      assert.notEqual(await printOf('mal'), known);
    });

  const attacks: [
    what: string,
    code: string,
    attack: (archive: string) => void | Promise<void>,
    left: object,
  ][] = [
    [
      'an edited record',
      'altered-segment',
      (archive) => rewrite(segment(archive, 1), (text) => text.replace('bob', 'eve')),
      { anchored: 5, broken: 1 },
    ],
    [
      'a record cut from the end of a segment',
      'altered-segment',
      (archive) => rewrite(segment(archive, 1), (text) => text.slice(0, text.lastIndexOf('{'))),
      { anchored: 5, broken: 1 },
    ],
    [
      'a record added to a segment',
      'altered-segment',
      (archive) => rewrite(segment(archive, 3), (text) => text + text),
      { anchored: 6, broken: 1 },
    ],
    [
      'a segment file that is cut short',
      'altered-segment',
      (archive) => {
        const bytes = fs.readFileSync(segment(archive, 1));
        replace(segment(archive, 1), bytes.subarray(0, bytes.length - 9));
      },
      { anchored: 3, broken: 3 },
    ],
    [
      'a missing segment',
      'missing-segment',
      (archive) => fs.rmSync(segment(archive, 2)),
      { anchored: 4, broken: 2 },
    ],
    [
      'a planted segment',
      'planted-segment',
      (archive) => fs.copyFileSync(segment(archive, 2), segment(archive, 4)),
      { anchored: 6 },
    ],
    [
      'a segment that was compressed again',
      'rewritten-segment',
      async (archive) => {
        const bytes = fs.readFileSync(segment(archive, 2));
        // A frame that decodes to nothing (RFC 8878: skippable).
        replace(segment(archive, 2), Buffer.concat([bytes, Buffer.from('502a4d1800000000', 'hex')]));
      },
      { anchored: 6 },
    ],
    [
      'an altered tile',
      'altered-tile',
      (archive) => {
        const tile = path.join(archive, 'log', 'tile', '0', '000.p', '10');
        const bytes = fs.readFileSync(tile);
        bytes[40]! ^= 1;
        replace(tile, bytes);
      },
      { broken: 6 },
    ],
    [
      'a manifest that says another source',
      'altered-control-record',
      (archive) => {
        const file = path.join(archive, 'control', '00000001.ndjson');
        replace(file, fs.readFileSync(file, 'utf8').replace('"source":"audit"', '"source":"okta"'));
      },
      { anchored: 3 },
    ],
    [
      'a control file that is gone',
      'missing-control-record',
      (archive) => fs.rmSync(path.join(archive, 'control', '00000001.ndjson')),
      {},
    ],
    [
      'a marker that is gone',
      'damaged-archive',
      (archive) => fs.rmSync(path.join(archive, 'archive.json')),
      {},
    ],
    [
      'a checkpoint that is gone',
      'damaged-archive',
      (archive) => fs.rmSync(path.join(archive, 'log', 'checkpoint')),
      {},
    ],
    [
      'a checkpoint of another size',
      'forged-checkpoint',
      (archive) => {
        const file = path.join(archive, 'log', 'checkpoint');
        replace(file, fs.readFileSync(file, 'utf8').replace('\n10\n', '\n9\n'));
      },
      {},
    ],
  ];
  for (const [what, code, attack, left] of attacks)
    test(`names ${what}: ${code}`, async () => {
      const archive = await sound();
      await attack(archive);
      const codes = await codesOf(archive);
      assert.ok(codes.includes(code), `found ${codes}`);
      assert.deepEqual(await assuranceOf(archive), left);
    });

  test('is incomplete wherever manifests do not tell all segments', async () => {
    const control = (archive: string) => path.join(archive, 'control', '00000001.ndjson');
    const changes: ((archive: string) => void)[] = [
      (archive) =>
        replace(control(archive), fs.readFileSync(control(archive), 'utf8').replace('app.log', 'x.log')),
      (archive) => replace(control(archive), 'no batch\n'),
      (archive) => fs.rmSync(control(archive)),
    ];
    for (const change of changes) {
      const archive = await sound();
      change(archive);
      const { result } = await verdictOf(archive);
      assert.match(result.incomplete!, /^control records are missing or altered: /);
    }
  });

  test('does not wait for a named pipe, and says what cannot be read', async () => {
    for (const name of [
      'segments/00000001.ndjson.zst',
      'control/00000001.ndjson',
      'archive.json',
      'log/checkpoint',
    ]) {
      const archive = await sound();
      fs.rmSync(path.join(archive, name));
      execFileSync('mkfifo', [path.join(archive, name)]);
      assert.notDeepEqual(await codesOf(archive), [], name);
    }
    const archive = await sound();
    fs.rmSync(path.join(archive, 'segments'), { recursive: true });
    fs.writeFileSync(path.join(archive, 'segments'), '');
    const { result } = await verdictOf(archive);
    assert.equal(result.incomplete, 'it cannot be read: ENOTDIR');
  });

  test('names segments that were swapped', async () => {
    const archive = await sound();
    const [one, two] = [segment(archive, 1), segment(archive, 2)];
    const bytes = [fs.readFileSync(one), fs.readFileSync(two)];
    replace(one, bytes[1]!);
    replace(two, bytes[0]!);
    const { result } = await verdictOf(archive);
    assert.deepEqual(
      result.findings.map(({ message }) => message.split(';')[0]),
      [
        'expected segment 1, found the bytes of segment 2',
        'expected segment 2, found the bytes of segment 1',
      ],
    );
  });

  test('names an archive that was made anew with another key', async () => {
    const archive = newPlace();
    const writer = await openArchive(archive, [], OTHER_KEYS);
    await addLines(writer, 'app.log', lines(1, 'eve'));
    await writer.commit();
    await writer.close();
    assert.deepEqual(await codesOf(archive), ['forged-checkpoint']);
    assert.deepEqual(await codesOf(archive, { judge: judgeBy(OTHER_KEYS.verifier) }), []);
  });

  test('says unverifiable without a verifier key, and finds damage all the same', async () => {
    const archive = await sound();
    const { result } = await verdictOf(archive, { judge: judgeBy() });
    assert.deepEqual(
      result.findings.map(({ code, message }) => [code, message]),
      [['unverified-checkpoint', 'unverifiable: no verifier key given']],
    );
    assert.equal(result.incomplete, 'unverifiable: no verifier key given');
    assert.deepEqual(
      new Set(result.streams?.flatMap(({ ranges }) => ranges.map(({ assurance }) => assurance))),
      new Set(['unverifiable']),
    );
    await rewrite(segment(archive, 1), (text) => text.replace('bob', 'eve'));
    assert.deepEqual(await codesOf(archive, { judge: judgeBy() }), [
      'altered-segment',
      'unverified-checkpoint',
    ]);
  });

  test('names a cut tail, an older copy and a rewrite by a checkpoint that was kept elsewhere', async () => {
    const archive = await sound();
    const older = newPlace();
    fs.cpSync(archive, older, { recursive: true });
    const writer = await openArchive(archive);
    await addLines(writer, 'new.log', lines(9, 'ann', 'bob'));
    await writer.commit();
    await writer.close();
    const kept = (place: string) => ({
      retained: [
        { file: 'kept/checkpoint', note: fs.readFileSync(path.join(place, 'log', 'checkpoint'), 'utf8') },
      ],
    });
    assert.deepEqual(await codesOf(archive, kept(older)), []);
    assert.deepEqual(await codesOf(archive, kept(archive)), []);
    assert.deepEqual(await codesOf(older), []);
    assert.deepEqual(await codesOf(older, kept(archive)), ['rolled-back-archive']);
    const insider = newPlace();
    await makeArchive(insider, {
      ...FILES,
      'app.log': lines(1, 'ann', 'bob', 'dan'),
      'new.log': lines(9, 'ann'),
    });
    assert.deepEqual(await codesOf(insider), []);
    assert.deepEqual(await codesOf(insider, kept(older)), ['rolled-back-archive']);
  });

  test('names an older checkpoint in an archive that went on', async () => {
    const archive = await sound();
    const checkpoint = path.join(archive, 'log', 'checkpoint');
    const before = fs.readFileSync(checkpoint);
    const writer = await openArchive(archive);
    await addLines(writer, 'new.log', lines(9, 'ann', 'bob'));
    await writer.commit();
    await writer.close();
    replace(checkpoint, before);
    assert.ok((await codesOf(archive)).includes('rolled-back-archive'));
  });

  test('names a signed manifest of a later generation that leaves records out, whatever checkpoint was kept', async () => {
    const archive = await sound();
    const kept = {
      file: 'kept/checkpoint',
      note: fs.readFileSync(path.join(archive, 'log', 'checkpoint'), 'utf8'),
    };
    const control = fs.readFileSync(path.join(archive, 'control', '00000001.ndjson'), 'utf8').split('\n');
    const manifest = control.map((line) => parseControl(line)).find((record) => record?.type === 'segment')!;
    assert.ok(manifest.type === 'segment');
    await rewrite(segment(archive, 1), (text) => text.slice(0, text.indexOf('\n') + 1));
    const bytes = fs.readFileSync(segment(archive, 1));
    const file = '00000001.g2.ndjson.zst';
    fs.renameSync(segment(archive, 1), path.join(archive, 'segments', file));
    const stored = { bytes: bytes.length, sha256: sha256Hex(bytes) };
    const writer = await openArchive(archive);
    writer.declare({ ...manifest, generation: 2, file, records: 1, stored });
    await writer.commit();
    await writer.close();
    const codes = await codesOf(archive, { retained: [kept] });
    assert.ok(codes.includes('contradicting-manifest'), `found ${codes}`);
    const holdings = readHoldings(archive, judgeBy(KEYS.verifier));
    assert.ok(
      holdings.findings.some(({ code }) => code === 'contradicting-manifest'),
      'retention deletes nothing from what verify does not accept',
    );
    assert.equal(holdings.incomplete, 'manifests contradict each other');
  });

  test('names records of a batch that no signed manifest names', async () => {
    const archive = newPlace();
    const writer = await openArchive(archive);
    await addLines(writer, 'app.log', lines(1, 'ann', 'bob'));
    await addLines(writer, 'db.log', lines(2, 'eve'));
    // As an insider would: the leaves are appended, the manifest is another.
    const { batch } = writer as unknown as { batch: { segments: { record: { segment: number } }[] } };
    batch.segments[1]!.record.segment = 1;
    await writer.commit();
    await writer.close();
    const codes = await codesOf(archive);
    assert.ok(codes.includes('contradicting-manifest'), `found ${codes}`);
  });

  test('takes segments that a signed pruning record names for deleted', async () => {
    const archive = await sound();
    const writer = await openArchive(archive);
    const digest = { bytes: 1, sha256: '0'.repeat(64) };
    const pruned = {
      segment: 1,
      firstLeaf: 0,
      records: 3,
      content: digest,
      stored: digest,
      maximum: '90 days',
    };
    writer.declare({
      type: 'pruning',
      segments: [pruned],
      reason: 'past its maximum age',
      by: 'ann',
      at: '2026-07-01T08:00:00Z',
      policySha256: digest.sha256,
    });
    await writer.commit();
    await writer.close();
    fs.rmSync(segment(archive, 1));
    const { result } = await verdictOf(archive);
    assert.deepEqual(result.findings, []);
    assert.match(result.notices![0]!.message, /^front pruned, declared: 3 records in 1 segment /);
    assert.deepEqual(await assuranceOf(archive), { erased: 3, anchored: 3 });
  });
});
