/** The reading thread hands on what the reader of its own thread does, in order, and faults of either side end both. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LeafReader } from '../../src/cli/seal-leaves.ts';
import { LeafThread } from '../../src/cli/seal-thread.ts';
import { DEFAULT_LIMITS } from '../../src/model/request.ts';
import type { LeafBatch } from '../../src/transparency/follow-file.ts';
import { HASH_BYTES, leafHash } from '../../src/transparency/tree-hash.ts';

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-thread-'));
const framing = { sources: {}, limits: DEFAULT_LIMITS };
const thread = new LeafThread(framing, new URL('../support/leaf-reader.mjs', import.meta.url));
after(async () => {
  await thread.close();
  fs.rmSync(base, { recursive: true });
});

const lines = Array.from({ length: 100_000 }, (_, at) => `{"id":"e${at}","actor":"ann"}`);
const plain = path.join(base, 'app.ndjson');
fs.writeFileSync(plain, `${lines.join('\n')}\nnot a record\n`);
const packed = path.join(base, 'app.ndjson.gz');
fs.writeFileSync(packed, gzipSync(`${lines.join('\n')}\n`));

function collector() {
  const hashes: Buffer[] = [];
  const numbers: number[] = [];
  const onBatch = (batch: LeafBatch) => {
    hashes.push(Buffer.from(batch.hashes.subarray(0, batch.count * HASH_BYTES)));
    numbers.push(...batch.lines.subarray(0, batch.count));
  };
  return { onBatch, all: () => ({ hashes: Buffer.concat(hashes), numbers }) };
}

describe('LeafThread', () => {
  test('gives the leaves of the records, as the reader in its own thread does', async () => {
    const expected = Buffer.concat(lines.map((line) => leafHash(Buffer.from(line))));
    const reader = new LeafReader(framing);
    for (const file of [plain, packed, path.join(base, 'none')])
      for (const digest of [true, false]) {
        const [own, other] = [collector(), collector()];
        const read = await reader.read(file, own.onBatch, digest);
        assert.deepEqual(await thread.read(file, other.onBatch, digest), read);
        assert.deepEqual(other.all(), own.all());
        if (file.endsWith('none')) assert.match(read.problem!, /cannot be read: ENOENT/);
        else assert.deepEqual(own.all().hashes, expected);
        assert.equal(read.malformed, file === plain ? 1 : 0);
        assert.equal(read.sha256 !== null, (digest || file === packed) && !file.endsWith('none'));
      }
  });

  test('fails where who takes the leaves fails', async () => {
    const other = new LeafThread(framing, new URL('../support/leaf-reader.mjs', import.meta.url));
    const fail = () => {
      throw new Error('enough');
    };
    await assert.rejects(other.read(plain, fail, false), /enough/);
    await other.close();
  });
});
