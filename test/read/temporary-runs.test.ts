/** Runs on disk: one folder for all threads, that only the user may enter and that is gone afterwards. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { RunReader, readWords, spanOf, TemporaryRuns } from '../../src/read/temporary-runs.ts';

/** A worker does not inherit the loader that lets this process import TypeScript. */
const LOADER = import.meta.resolve('tsx/esm/api');
const MODULE = new URL('../../src/read/temporary-runs.ts', import.meta.url).href;

function toRun(rows: readonly string[]): Uint8Array<ArrayBuffer> {
  const spans = rows.map((row) => {
    const span = Buffer.alloc(spanOf(row.length));
    span.writeUInt32BE(row.length);
    span.write(row, 4);
    return span;
  });
  return Uint8Array.from(Buffer.concat(spans));
}

function rowsOf(reader: RunReader): string[] {
  const rows: string[] = [];
  while (reader.next()) rows.push(reader.bytes.toString('latin1', reader.start, reader.end));
  return rows;
}

/** Writes one row into a file of the folder, in a thread of its own. @returns the file's name */
function writeElsewhere(folder: string, row: string): Promise<string> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.loader)
      .then(({ register }) => register())
      .then(() => import(workerData.module))
      .then(({ TemporaryRuns }) => {
        const runs = new TemporaryRuns(workerData.folder);
        parentPort.postMessage(runs.write([workerData.run]));
        runs.dispose();
      });`;
  const workerData = { loader: LOADER, module: MODULE, folder, run: toRun([row]) };
  return new Promise((resolve, reject) => {
    new Worker(code, { eval: true, workerData }).once('message', resolve).once('error', reject);
  });
}

test('threads write into one folder, which the one that made it removes', async () => {
  const runs = new TemporaryRuns();
  const { folder } = runs;
  assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
  const own = runs.write([toRun(['ann'])]);
  const files = [own, ...(await Promise.all(['bob', 'cid'].map((row) => writeElsewhere(folder, row))))];
  assert.equal(new Set(files).size, 3);
  assert.deepEqual(
    files.flatMap((file) => rowsOf(new RunReader({ file }))),
    ['ann', 'bob', 'cid'],
  );
  assert.ok(files.every((file) => (fs.statSync(file).mode & 0o777) === 0o600));
  runs.dispose();
  assert.equal(fs.existsSync(folder), false);
});

test('nothing is made before something is written', () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-home-'));
  const { TMPDIR } = process.env;
  process.env.TMPDIR = home;
  try {
    const runs = new TemporaryRuns();
    assert.deepEqual(fs.readdirSync(home), []);
    runs.write([toRun(['ann'])]);
    assert.equal(fs.readdirSync(home).length, 1);
    runs.dispose();
    assert.deepEqual(fs.readdirSync(home), []);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    fs.rmdirSync(home);
  }
});

test('a run reads the same from memory and from a file, whatever the lengths of its rows', () => {
  const rows = Array.from({ length: 300 }, (_, index) => 'x'.repeat(index % 50 === 49 ? 200_000 : index * 3));
  const runs = new TemporaryRuns();
  const bytes = toRun(rows);
  const file = runs.write([bytes.subarray(0, 1000), bytes.subarray(1000)]);
  assert.deepEqual(rowsOf(new RunReader({ bytes })), rows);
  assert.deepEqual(rowsOf(new RunReader({ file })), rows);
  const cut = runs.write([bytes.subarray(0, bytes.length - 4)]);
  assert.throws(() => rowsOf(new RunReader({ file: cut })), /ends inside a row/);
  runs.dispose();
});

test('readWords() gives whole rows, and refuses a file that ends inside one', () => {
  const words = Uint32Array.from({ length: 7 * 30_000 }, (_, index) => index);
  const runs = new TemporaryRuns();
  const file = runs.write([new Uint8Array(words.buffer)]);
  const read: number[] = [];
  for (const block of readWords(file, 7)) {
    assert.equal(block.length % 7, 0);
    for (const word of block) read.push(word);
  }
  assert.deepEqual(Uint32Array.from(read), words);
  runs.write([Buffer.alloc(4)], file);
  assert.throws(() => [...readWords(file, 7)], /ends inside a row/);
  runs.dispose();
});

test('a folder that cannot be written to is a refusal of the machine, with the folder and what to do', () => {
  const missing = path.join(os.tmpdir(), 'audit-check-missing');
  const runs = new TemporaryRuns(missing);
  assert.throws(() => runs.write([toRun(['ann'])]), {
    name: 'MachineRefusal',
    message: /cannot be written to .*audit-check-missing: ENOENT: no such file or directory; set TMPDIR/,
  });
});
