/** A bundle runs from what was compiled of it, and from its source wherever that is of another bundle, damaged or absent. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { BUNDLE, COMPILED, CompiledBundle } from '../build/compiled-bundle.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-bundle-'));
after(() => fs.rmSync(folder, { recursive: true }));

const file = path.join(folder, BUNDLE);
const compiled = path.join(folder, COMPILED);
const url = pathToFileURL(`${folder}/`);

/** As long for each answer of three letters. */
function write(answer: string): void {
  fs.writeFileSync(
    file,
    `module.exports = { entries: { ask: async () => ({ answer: '${answer}', place: importMetaUrl }) } };`,
  );
}

async function ask(runtime?: string) {
  const bundle = new CompiledBundle(url, runtime);
  const said = (await bundle.enter('ask')) as { answer: string; place: string };
  return { bundle, ...said };
}

test('runs without anything compiled, and knows its place', async () => {
  write('one');
  const { answer, place, bundle } = await ask();
  assert.equal(answer, 'one');
  assert.equal(place, pathToFileURL(file).href);
  assert.equal(bundle.isCompiled, false);
});

test('runs from what was compiled', async () => {
  const { bundle } = await ask();
  bundle.keepCompiled();
  assert.deepEqual(fs.readdirSync(folder).sort(), [BUNDLE, COMPILED].sort());
  const again = await ask();
  assert.equal(again.answer, 'one');
  assert.equal(again.bundle.isCompiled, true);
});

test('what another build of Node compiled does not run', async () => {
  const { answer, bundle } = await ask('v20.19.0 11.3.244.8-node.26 linux x64 98000000');
  assert.equal(answer, 'one');
  assert.equal(bundle.isCompiled, false);
});

test('what an older bundle of the same length was compiled to does not run', async () => {
  write('two');
  const { answer, bundle } = await ask();
  assert.equal(answer, 'two');
  assert.equal(bundle.isCompiled, false);
});

test('a damaged byte, or an empty file, is as good as nothing', async () => {
  const { bundle } = await ask();
  bundle.keepCompiled();
  const whole = fs.readFileSync(compiled);
  for (const at of [0, 31, 32, whole.length >> 1, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    fs.writeFileSync(compiled, damaged);
    const said = await ask();
    assert.deepEqual([said.answer, said.bundle.isCompiled], ['two', false], `byte ${at}`);
  }
  fs.writeFileSync(compiled, '');
  assert.equal((await ask()).bundle.isCompiled, false);
});
