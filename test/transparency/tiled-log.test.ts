/** Logs on disk: the tiles of the standard at every size, proofs out of them, crashes, locks, and files somebody touched. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { TiledLog } from '../../src/store/tiled-log.ts';
import { StoreFault } from '../../src/store/tiled-log-files.ts';
import { TiledLogWriter } from '../../src/store/tiled-log-writer.ts';
import { formatCheckpoint } from '../../src/transparency/checkpoint.ts';
import { generateKey, parseSignerKey } from '../../src/transparency/note-key.ts';
import { signNote } from '../../src/transparency/signed-note.ts';
import { verifyConsistency, verifyInclusion } from '../../src/transparency/verify-proof.ts';
import { rounds } from '../support/rounds.ts';
import { madeLeaves, twinLeaf, twinRoot } from './merkle-twin.ts';

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-tiles-'));
after(() => fs.rmSync(base, { recursive: true }));
const newFolder = () => path.join(fs.mkdtempSync(path.join(base, 'log-')), 'log');

const signer = parseSignerKey(generateKey('logs.example/ann', Buffer.alloc(32, 1)).signer);
const sign = (size: number, root: Uint8Array) =>
  signNote(formatCheckpoint({ origin: 'logs.example/ann', size, root }), [signer]);

const MOST = 70_000;
const leaves = madeLeaves(MOST);

/** Appends up to each size in turn, with a checkpoint at each. */
async function build(folder: string, ...sizes: number[]): Promise<void> {
  for (const size of sizes) {
    const writer = new TiledLogWriter(folder);
    writer.append(Buffer.concat(leaves.slice(writer.size, size)));
    await writer.commit(sign);
    await writer.close();
  }
}

const filesOf = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile())
    .sort();

describe('a tiled log', () => {
  test('is the same whatever the batches, at sizes around the edges of tiles', async () => {
    // Writing a tile for each 256 leaves is what takes long: one large log in the gate.
    const large = [65_537, 65_535, 65_536, 66_000].slice(0, rounds(1, 4));
    for (const size of [0, 1, 255, 256, 257, 511, 512, ...large]) {
      const [once, often] = [newFolder(), newFolder()];
      await build(once, size);
      await build(often, Math.min(3, size), Math.floor(size / 2), Math.floor(size / 2), size);
      const log = new TiledLog(once);
      assert.deepEqual(Buffer.from(log.root), twinRoot(leaves.slice(0, size)), `size ${size}`);
      assert.ok(log.fitsCheckpoint());
      assert.deepEqual(filesOf(often), filesOf(once), `size ${size}`);
      for (const name of filesOf(once))
        assert.deepEqual(
          fs.readFileSync(path.join(often, name)),
          fs.readFileSync(path.join(once, name)),
          name,
        );
    }
  });

  test('holds the tiles of the standard and nothing else', async () => {
    const folder = newFolder();
    await build(folder, 600);
    assert.deepEqual(filesOf(folder), [
      'checkpoint',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
    ]);
  });

  test('proves leaves and its own past', async () => {
    const folder = newFolder();
    const size = 66_001;
    await build(folder, size);
    const log = new TiledLog(folder);
    for (const at of [0, 1, 255, 256, 65_535, 65_536, 66_000]) {
      const proof = log.inclusionProof(at);
      assert.equal(verifyInclusion(BigInt(at), BigInt(size), leaves[at]!, log.root, proof), undefined);
    }
    for (const old of [0, 1, 255, 256, 300, 65_536, 65_999, size]) {
      const root = twinRoot(leaves.slice(0, old));
      assert.deepEqual(Buffer.from(log.rootAt(old)), root);
      const proof = log.consistencyProof(old);
      assert.equal(verifyConsistency(BigInt(old), BigInt(size), root, log.root, proof), undefined);
    }
    const read = Buffer.concat([...log.leaves(250, 1000)]);
    assert.deepEqual(read, Buffer.concat(leaves.slice(250, 1000)));
  });

  test('is that of the last checkpoint when the process dies after tiles were written, and goes on from there', async () => {
    const folder = newFolder();
    await build(folder, 300);
    const before = new TiledLog(folder).note;
    const writer = new TiledLogWriter(folder);
    writer.append(
      Buffer.concat(Array.from({ length: 900 }, (_, at) => twinLeaf(Buffer.from(`other ${at}`)))),
    );
    await writer.close();
    assert.ok(fs.existsSync(path.join(folder, 'tile/0/003')), 'tiles beyond the checkpoint are on the disk');
    assert.equal(new TiledLog(folder).note, before);
    assert.ok(new TiledLog(folder).fitsCheckpoint());
    await build(folder, 1500);
    assert.deepEqual(Buffer.from(new TiledLog(folder).root), twinRoot(leaves.slice(0, 1500)));
    assert.ok(new TiledLog(folder).fitsCheckpoint());
  });

  test('with a tile that was altered, cut or deleted is appended to no more', async () => {
    for (const name of ['tile/0/002.p/88', 'tile/1/000.p/2']) {
      const harm: ((file: string) => void)[] = [
        (file) => fs.rmSync(file),
        (file) => fs.truncateSync(file, 31),
        (file) => {
          const bytes = fs.readFileSync(file);
          bytes[40]! ^= 1;
          fs.writeFileSync(file, bytes);
        },
      ];
      for (const spoil of harm) {
        const folder = newFolder();
        await build(folder, 600);
        spoil(path.join(folder, name));
        assert.throws(() => new TiledLogWriter(folder), StoreFault);
        assert.deepEqual(
          filesOf(folder).filter((file) => file.startsWith('lock')),
          [],
          'the lock is given back',
        );
      }
    }
  });

  test('shows an altered byte of a tile, each seventh in the gate, in the proofs that need it', async () => {
    const folder = newFolder();
    await build(folder, 300);
    const file = path.join(folder, 'tile/0/001.p/44');
    const good = fs.readFileSync(file);
    // Steps of seven bytes meet every leaf and every bit.
    const stride = rounds(7, 1);
    for (let at = 0; at < good.length; at += stride) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1 << (at % 8);
      fs.writeFileSync(file, bad);
      const log = new TiledLog(folder);
      const proof = log.inclusionProof(299);
      assert.ok(!log.fitsCheckpoint(), `byte ${at}`);
      const isOwnLeaf = Math.floor(at / 32) === 43;
      const fault = verifyInclusion(299n, 300n, leaves[299]!, log.root, proof);
      assert.equal(fault === undefined, isOwnLeaf, `byte ${at}`);
    }
  });
});

describe('the lock of a log', () => {
  test('keeps a second writer out, and is gone with the first', async () => {
    const folder = newFolder();
    const writer = new TiledLogWriter(folder);
    assert.throws(() => new TiledLogWriter(folder), /another process writes here/);
    await writer.close();
    await new TiledLogWriter(folder).close();
  });

  test('of a process that is dead is taken over; of one that lives, or of another machine, it is not', async () => {
    const folder = newFolder();
    fs.mkdirSync(folder);
    const file = path.join(folder, 'lock');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const lock = (host: string, id: number, start: string) =>
      fs.writeFileSync(file, `${JSON.stringify({ host, pid: id, start, serial: 1 })}\n`);
    lock(os.hostname(), pid, '1');
    await new TiledLogWriter(folder).close();
    assert.ok(!fs.existsSync(file));
    lock('elsewhere.example', pid, '1');
    assert.throws(() => new TiledLogWriter(folder), /another process/);
    lock(os.hostname(), process.ppid, '');
    assert.throws(() => new TiledLogWriter(folder), /another process/);
    fs.writeFileSync(file, 'not ours');
    assert.throws(() => new TiledLogWriter(folder), /another process/);
    if (process.platform !== 'linux') return;
    // The number of a process that died may belong to another by now.
    lock(os.hostname(), process.ppid, '1');
    await new TiledLogWriter(folder).close();
  });

  test('of a process that ended and that nobody asked after is taken over', {
    skip: process.platform !== 'linux',
  }, async () => {
    // Whoever waits for the first sleeps instead, before that one ends: a shell would ask after it.
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [output] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(output.toString());
      const statOf = () => {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      };
      while (statOf()[0] !== 'Z') await setTimeout(5);
      const folder = newFolder();
      fs.mkdirSync(folder, { recursive: true });
      const holder = { host: os.hostname(), pid, start: statOf()[19], serial: 1 };
      fs.writeFileSync(path.join(folder, 'lock'), `${JSON.stringify(holder)}\n`);
      await new TiledLogWriter(folder).close();
    } finally {
      parent.kill();
    }
  });

  test('clears away what was left of taking it by processes that are dead, and nothing of others', async () => {
    const folder = newFolder();
    fs.mkdirSync(folder);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    for (const name of [`lock.${pid}.1`, `lock.${pid}.2.old`, `lock.${process.ppid}.1`, 'lock.notes'])
      fs.writeFileSync(path.join(folder, name), '');
    await new TiledLogWriter(folder).close();
    const left = fs.readdirSync(folder).filter((name) => name.startsWith('lock'));
    assert.deepEqual(left.sort(), [`lock.${process.ppid}.1`, 'lock.notes'].sort());
  });

  test('that was lost lets no checkpoint through', async () => {
    const folder = newFolder();
    const writer = new TiledLogWriter(folder);
    writer.append(leaves[0]!);
    fs.rmSync(path.join(folder, 'lock'));
    await assert.rejects(writer.commit(sign), /took the lock/);
    await writer.close();
    assert.ok(!fs.existsSync(path.join(folder, 'checkpoint')));
  });
});
