/** A view lacks what its role may not see and nothing else, verifies against the signed tree, and never passes for the archive. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { compileWithout } from '../../src/redaction/redaction-policy.ts';
import { createSealer } from '../../src/store/archive-sealer.ts';
import { writeView } from '../../src/store/archive-view.ts';
import { ArchiveRefusal } from '../../src/store/archive-writer.ts';
import { codesOf, lines, temporaryFolder, verdictOf } from '../support/made-archive.ts';
import {
  erasePerson,
  everyByte,
  makeSalted,
  openSalted,
  rewriteLines,
  segmentOf,
} from '../support/made-salted-archive.ts';

const folder = temporaryFolder('view');
after(() => fs.rmSync(folder, { recursive: true }));

let made = 0;

async function viewOf(...without: string[]) {
  const archive = path.join(folder, `archive-${made}`);
  const view = path.join(folder, `view-${made++}`);
  await makeSalted(archive, { 'app.log': lines(1, 'ann', 'bob'), 'db.log': lines(2, 'cid') });
  await erasePerson(archive, 'd1-0');
  const marker = { role: 'developer', without, at: '2026-04-02T00:00:00Z' };
  const keys = { identities: [], sealer: await createSealer([]) };
  const sum = await writeView(archive, view, marker, compileWithout(without), keys);
  return { archive, view, sum };
}

const asView = { view: 'developer' };

describe('writeView()', () => {
  test('withholds the fields from every byte, and the view verifies as one', async () => {
    const { archive, view, sum } = await viewOf('actor', 'target');
    assert.deepEqual(sum, { segments: 2, records: 3, withheld: 3, fields: 6 });
    const bytes = await everyByte(view);
    for (const value of ['ann', 'bob', 'cid', '"/a"']) assert.ok(!bytes.includes(value), value);
    assert.ok(bytes.includes('"outcome":"success"'));
    const { result } = await verdictOf(view, asView);
    assert.deepEqual(result.findings, []);
    assert.deepEqual(
      result.notices!.map(({ message }) => message),
      ['view of role "developer": fields withheld ("actor", "target")'],
    );
    const [stream] = result.streams!;
    assert.deepEqual(
      stream!.ranges.map(({ assurance, records, reason }) => [assurance, records, reason]),
      [['erased', 3, 'view of role "developer": fields withheld']],
    );
    assert.deepEqual(await codesOf(archive), []);
  });

  test('tells what was erased from the archive from what is withheld', async () => {
    const { view } = await viewOf('*.email');
    const { result } = await verdictOf(view, asView);
    assert.deepEqual(
      result.streams![0]!.ranges.map(({ assurance, records }) => [assurance, records]),
      [
        ['erased', 1],
        ['anchored', 2],
      ],
    );
  });

  test('of a role that sees everything holds the stored bytes of the archive', async () => {
    const { archive, view } = await viewOf();
    for (const name of fs.readdirSync(path.join(archive, 'segments')))
      assert.deepEqual(
        fs.readFileSync(path.join(view, 'segments', name)),
        fs.readFileSync(path.join(archive, 'segments', name)),
      );
  });

  test('is read-only, and nothing is collected into it', async () => {
    const { view } = await viewOf('actor');
    for (const entry of fs.readdirSync(view, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        assert.equal(fs.statSync(path.join(entry.parentPath, entry.name)).mode & 0o222, 0, entry.name);
    await assert.rejects(
      openSalted(view),
      (error) => error instanceof ArchiveRefusal && /a view for the role/.test(error.message),
    );
  });
});

describe('auditArchive() of a view names', () => {
  test('one that was not asked for: it may stand in the place of the archive', async () => {
    const { view } = await viewOf('actor');
    assert.deepEqual(await codesOf(view), ['withheld-fields']);
    assert.deepEqual(await codesOf(view, { view: 'legal' }), ['withheld-fields']);
  });

  test('one that passes itself off as the archive', async () => {
    const { view } = await viewOf('actor');
    const marker = path.join(view, 'archive.json');
    const { view: _, ...rest } = JSON.parse(fs.readFileSync(marker, 'utf8'));
    fs.rmSync(marker);
    fs.writeFileSync(marker, JSON.stringify(rest));
    assert.deepEqual(await codesOf(view), ['erased-without-tombstone', 'erased-without-tombstone']);
  });

  test('an edit', async () => {
    const { view } = await viewOf('actor');
    await rewriteLines(segmentOf(view, '00000002'), (all) =>
      all.map((line) => line.replace('success', 'failure')),
    );
    assert.deepEqual(await codesOf(view, asView), ['altered-segment']);
  });

  test('a record that was cut off, and a field that was added', async () => {
    const { view } = await viewOf('actor');
    await rewriteLines(segmentOf(view, '00000001.g2'), (all) => all.slice(1));
    await rewriteLines(segmentOf(view, '00000002'), (all) =>
      all.map((line) => line.replace('{', '{"actor":"eve",')),
    );
    assert.deepEqual(await codesOf(view, asView), ['altered-segment', 'altered-segment']);
  });
});
