/**
 * A redaction that is killed (kill -9) before any touch of the disk leaves an archive that verifies, and the next one
 * finishes it. Every touch with FULL=1; some of them in the ordinary run.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { bundled } from '../support/bundled.ts';
import { assuranceOf, codesOf, KEYS, lines, temporaryFolder } from '../support/made-archive.ts';
import { erasePerson, everyByte, makeSalted } from '../support/made-salted-archive.ts';
import { isFull } from '../support/rounds.ts';

const folder = temporaryFolder('erasure-crash');
after(() => fs.rmSync(folder, { recursive: true }));
const key = path.join(folder, 'archive.key');
const list = path.join(folder, 'list.txt');
fs.writeFileSync(key, `${KEYS.signer}\n`);
fs.writeFileSync(list, 'annika\n');

function redact(archive: string, dieAt: number) {
  const { signal, stdout, stderr } = spawnSync(
    process.execPath,
    [bundled('redact-child'), archive, key, list, String(dieAt)],
    { encoding: 'utf8' },
  );
  const touches = Number(/touches (\d+)/.exec(stdout)?.[1] ?? Number.NaN);
  assert.ok(signal === 'SIGKILL' || touches > 0, stderr);
  return { killed: signal === 'SIGKILL', touches };
}

async function made(name: string): Promise<string> {
  const archive = path.join(folder, name);
  await makeSalted(archive, {
    'app.log': lines(1, 'annika', 'robert'),
    'db.log': lines(2, 'cidney', 'annika'),
  });
  return archive;
}

test('redact --person killed at any touch verifies, or says what is unfinished, and is finished by the next', async () => {
  const { touches } = redact(await made('whole'), 0);
  const step = isFull ? 1 : Math.ceil(touches / 4);
  const seen = new Set<string>();
  for (let dieAt = touches; dieAt > 0; dieAt -= step) {
    const archive = await made(String(dieAt));
    assert.ok(redact(archive, dieAt).killed);
    const codes = new Set(await codesOf(archive));
    codes.delete('unfinished-erasure');
    assert.deepEqual([...codes], [], `killed at ${dieAt} of ${touches}`);
    const { erased = 0, anchored } = await assuranceOf(archive);
    assert.equal(erased + anchored!, 4);
    seen.add(`${erased}`);
    await erasePerson(archive, 'annika');
    assert.deepEqual(await codesOf(archive), [], `finished after ${dieAt} of ${touches}`);
    assert.deepEqual(await assuranceOf(archive), { anchored: 2, erased: 2 });
    assert.doesNotMatch(await everyByte(archive), /annika/, `killed at ${dieAt} of ${touches}`);
    fs.rmSync(archive, { recursive: true });
  }
  assert.deepEqual([...seen].sort(), ['0', '2'], 'kills before and after the commit');
});
