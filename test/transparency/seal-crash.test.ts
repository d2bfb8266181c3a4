/**
 * Kill -9 while a log is sealed: what was acknowledged stays, what is there verifies, and the next run goes on.
 * `FULL=1`: the campaign of 300 kills; else a handful.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { TiledLog } from '../../src/store/tiled-log.ts';
import { readInventory } from '../../src/store/tiled-log-inventory.ts';
import { appendLeaf, type CompactRange, rootOf, startRange } from '../../src/transparency/compact-range.ts';
import { generateKey, parseVerifierKey } from '../../src/transparency/note-key.ts';
import { parseNote, verifyNote } from '../../src/transparency/signed-note.ts';
import { leafHash } from '../../src/transparency/tree-hash.ts';
import { commandWords } from '../support/command-line.ts';
import { rounds } from '../support/rounds.ts';

const KILLS = rounds(3, 300);
/** Before each run so many are appended: some twenty tiles. */
const RECORDS = 5000;

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-crash-'));
after(() => fs.rmSync(base, { recursive: true }));

const { signer, verifier } = generateKey('logs.example/crash', Buffer.alloc(32, 6));
const key = parseVerifierKey(verifier);
const sealed = path.join(base, 'sealed');
const log = path.join(base, 'app.ndjson');
fs.writeFileSync(path.join(base, 'seal.key'), `${signer}\n`, { mode: 0o600 });

/**
 * Runs `seal`, killed `delay` ms after it took the lock unless it ends before. Returns the checkpoint that it printed,
 * its acknowledgement, and how long it held the lock.
 */
async function seal(
  delay = Number.POSITIVE_INFINITY,
): Promise<{ printed: string; killed: boolean; took: number }> {
  const argv = [
    'seal',
    '--no-config',
    'app.ndjson',
    '--into',
    'sealed',
    '--key',
    'seal.key',
    '--publish',
    'stdout',
  ];
  const before = readLock();
  const child = spawn(process.execPath, commandWords(argv), { cwd: base, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let said = '';
  child.stdout.on('data', (data: Buffer) => (printed += data));
  child.stderr.on('data', (data: Buffer) => (said += data));
  let locked = 0;
  const watch = setInterval(() => {
    const lock = readLock();
    if (locked === 0 && lock !== undefined && lock !== before) locked = performance.now();
    if (locked > 0 && performance.now() - locked >= delay) child.kill('SIGKILL');
  }, 1);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearInterval(watch);
  if (signal === null) assert.equal(code, 0, said);
  return { printed, killed: signal === 'SIGKILL', took: performance.now() - locked };
}

function readLock(): string | undefined {
  try {
    return fs.readFileSync(path.join(sealed, 'lock'), 'utf8');
  } catch {
    return undefined;
  }
}

/** Size of the log on the disk, after everything about it was verified against the records themselves. */
function verified(leaves: readonly Uint8Array[]): number {
  if (!fs.existsSync(path.join(sealed, 'checkpoint'))) return 0;
  const tiled = new TiledLog(sealed);
  assert.equal(verifyNote(parseNote(Buffer.from(tiled.note)), [key]).length, 1);
  const range = leaves.slice(0, tiled.size).reduce<CompactRange>(appendLeaf, startRange());
  assert.deepEqual(
    Buffer.from(tiled.root),
    Buffer.from(rootOf(range)),
    'the root is that of the first records',
  );
  assert.deepEqual(
    Buffer.concat([...tiled.leaves(0, tiled.size)]),
    Buffer.concat(leaves.slice(0, tiled.size)),
  );
  assert.ok(tiled.fitsCheckpoint());
  assert.equal(
    readInventory(sealed, tiled, [key])?.size,
    tiled.size,
    'the inventory belongs to the checkpoint',
  );
  return tiled.size;
}

test(`${KILLS} kills at random instants lose nothing that was acknowledged, and leave a log that verifies`, async () => {
  const leaves: Uint8Array[] = [];
  const grow = (records: number) => {
    const lines = Array.from({ length: records }, (_, at) => `{"id":"e${leaves.length + at}","actor":"ann"}`);
    for (const line of lines) leaves.push(leafHash(Buffer.from(line)));
    fs.appendFileSync(log, `${lines.join('\n')}\n`);
  };
  grow(RECORDS);
  // How long a run writes on this machine: kills fall from its first moment to a little beyond its end.
  let { took: span } = await seal();
  let acknowledged = verified(leaves);
  assert.equal(acknowledged, RECORDS);
  let kills = 0;
  for (let round = 0; kills < KILLS; round += 1) {
    assert.ok(round < 20 * KILLS, 'hardly any run was killed');
    grow(KILLS > 10 && leaves.length > 100_000 ? RECORDS / 10 : RECORDS);
    // The golden ratio spreads the instants evenly, however many there are.
    const { printed, killed, took } = await seal(((round * 0.618034) % 1) * span);
    const size = verified(leaves);
    assert.ok(size >= acknowledged, `${acknowledged} records were acknowledged, ${size} are there`);
    if (printed.endsWith('=\n')) assert.equal(size, leaves.length, 'what was printed is there');
    acknowledged = size;
    // A busy machine makes the first run longer than those to come.
    if (killed) kills += 1;
    else span = Math.min(span, took);
  }
  await seal();
  assert.equal(verified(leaves), leaves.length);
  assert.deepEqual(fs.readdirSync(sealed).sort(), ['checkpoint', `inventory.${leaves.length}`, 'tile']);
});
