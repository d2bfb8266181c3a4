/** The tiled log of transparency-dev/tessera's tests: its signatures, its roots and its tiles; and keys as its author published them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { TiledLog } from '../../src/store/tiled-log.ts';
import { parseCheckpoint } from '../../src/transparency/checkpoint.ts';
import { appendLeaf, rootOf, startRange } from '../../src/transparency/compact-range.ts';
import { parseVerifierKey } from '../../src/transparency/note-key.ts';
import { NoteFault, parseNote, verifyNote } from '../../src/transparency/signed-note.ts';
import { entriesPath, tilePath } from '../../src/transparency/tiles.ts';
import { leafHash } from '../../src/transparency/tree-hash.ts';
import { verifyConsistency, verifyInclusion } from '../../src/transparency/verify-proof.ts';
import { sharedData } from '../support/shared-data.ts';

const folder = sharedData('hashchain-tessera/testdata/log');
const absent = { skip: folder === undefined && 'sample data absent' };
const key = parseVerifierKey(
  'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
);

/** Records of a bundle, each behind its length in two bytes. */
function readEntries(width: number): Buffer[] {
  const bundle = readFileSync(join(folder!, entriesPath({ index: 0, width })));
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

describe('the log of tessera', absent, () => {
  const names =
    folder === undefined ? [] : readdirSync(folder).filter((name) => name.startsWith('checkpoint'));
  const open = (name: string) => {
    const bytes = readFileSync(join(folder!, name));
    const note = parseNote(bytes);
    return { bytes, note, checkpoint: parseCheckpoint(note.text) };
  };

  test('has 17 checkpoints that its key signed, with the roots of its 15 entries', () => {
    assert.equal(names.length, 17);
    const range = startRange();
    const roots = [
      rootOf(range),
      ...readEntries(15).map((entry) => rootOf(appendLeaf(range, leafHash(entry)))),
    ];
    for (const name of names) {
      const { note, checkpoint } = open(name);
      assert.deepEqual(verifyNote(note, [key]), [{ key }], name);
      assert.equal(checkpoint.origin, 'example.com/log/testdata');
      assert.deepEqual(Buffer.from(checkpoint.root), Buffer.from(roots[Number(checkpoint.size)]!), name);
    }
  });

  test('has no checkpoint left when any byte of it is changed', () => {
    const { bytes } = open('checkpoint');
    for (const at of bytes.keys())
      for (const bit of [1, 0x20]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= bit;
        let signed: unknown[] = [];
        try {
          signed = verifyNote(parseNote(changed), [key]);
        } catch (error) {
          assert.ok(error instanceof NoteFault, `byte ${at}: ${error}`);
        }
        assert.deepEqual(signed, [], `byte ${at}`);
      }
  });

  test('has the tiles of its entries, and proofs of every leaf and between all checkpoints', () => {
    const log = new TiledLog(folder!);
    assert.equal(log.size, 15);
    assert.ok(log.fitsCheckpoint());
    const entries = readEntries(15);
    for (const [at, entry] of entries.entries()) {
      const leaf = leafHash(entry);
      assert.deepEqual(Buffer.from(log.leaf(at)), leaf);
      assert.equal(verifyInclusion(BigInt(at), 15n, leaf, log.root, log.inclusionProof(at)), undefined);
    }
    const points = names.map((name) => open(name).checkpoint);
    for (const old of points)
      for (const { size, root } of points.filter((one) => one.size >= old.size)) {
        const proof = log.consistencyProof(Number(old.size), Number(size));
        assert.equal(verifyConsistency(old.size, size, old.root, root, proof), undefined);
      }
  });

  test('keeps the partial tiles of its past under the paths of the standard', () => {
    for (let width = 1; width <= 15; width += 1) {
      const tile = readFileSync(join(folder!, tilePath({ level: 0, index: 0, width })));
      assert.deepEqual(tile, Buffer.concat(readEntries(width).map(leafHash)));
    }
  });
});
