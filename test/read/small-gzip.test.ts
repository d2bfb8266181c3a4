/** Small gzip files decoded at once: in sound and in damaged ones the same is found as by the stream, to the byte. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { parseJsonAt } from '../../src/base/json.ts';
import { DEFAULT_LIMITS } from '../../src/model/request.ts';
import { readInput } from '../../src/read/open.ts';
import { RecordReader } from '../../src/read/records.ts';
import { decodeSmallGzip } from '../../src/read/small-gzip.ts';
import { rounds } from '../support/rounds.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'small-gzip-'));
after(() => rmSync(folder, { recursive: true }));

/** Everything that is said of the stored bytes; `smallBytes` 0: by the stream. */
async function read(stored: Uint8Array, smallBytes: number | undefined, decodedBytes: number) {
  const file = path.join(folder, 'log.gz');
  writeFileSync(file, stored);
  const heard: unknown[] = [];
  let told = 0;
  const reader = new RecordReader(
    {
      begin: (documents) => {
        heard.push(documents);
        return undefined;
      },
      scan: (bytes, start, end) => parseJsonAt(bytes, start, end).end,
      record: (...place) => heard.push(place),
      malformed: (stretch) => heard.push(stretch),
    },
    { recordLimit: DEFAULT_LIMITS.recordBytes },
  );
  const onBytes = (bytes: number) => {
    told += bytes;
  };
  const limits = { ...DEFAULT_LIMITS, decodedBytes };
  const outcome = await readInput(file, reader, limits, onBytes, { smallBytes });
  return { heard, told, outcome };
}

/** A member with the optional parts of its header. */
function member(
  text: string,
  level: number,
  parts: { extra?: string; name?: string; checksum?: boolean },
): Buffer {
  const { extra, name, checksum = false } = parts;
  const plain = zlib.gzipSync(text, { level });
  const header = Buffer.from(plain.subarray(0, 10));
  header[3] = (checksum ? 2 : 0) | (extra === undefined ? 0 : 4) | (name === undefined ? 0 : 8);
  const extraBytes = Buffer.from(extra ?? '');
  return Buffer.concat([
    header,
    ...(extra === undefined ? [] : [Buffer.from([extraBytes.length, 0]), extraBytes]),
    ...(name === undefined ? [] : [Buffer.from(`${name}\0`)]),
    ...(checksum ? [Buffer.from([1, 2])] : []),
    plain.subarray(10),
  ]);
}

const lines = fc
  .array(fc.record({ time: fc.constant('2026-03-02T08:00:00Z'), actor: fc.string({ maxLength: 20 }) }), {
    maxLength: 30,
  })
  .map((records) => records.map((record) => `${JSON.stringify(record)}\n`).join(''));
const text = fc.oneof(lines, fc.constant(''), fc.constant('{"a":1}\n'.repeat(9_000)), fc.string());
const parts = fc.record(
  {
    extra: fc.string({ unit: 'binary-ascii', maxLength: 9 }),
    name: fc.constantFrom('a.log', '', 'b.log', 'c', 'd', 'n'.repeat(2000)),
    checksum: fc.boolean(),
  },
  { requiredKeys: [] },
);
const sound = fc
  .array(fc.tuple(text, fc.constantFrom(0, 1, 9), parts), { minLength: 1, maxLength: 4 })
  .map((members) => Buffer.concat(members.map((each) => member(...each))));
/** Where, from 0 to 1, and what happens there. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  /** Half of them where headers and trailers are. */
  fromEnd: fc.boolean(),
  kind: fc.constantFrom('none', 'none', 'cut', 'flip', 'insert', 'append', 'zeros'),
  byte: fc.nat(255),
});

function damaged(
  stored: Buffer,
  { at, fromEnd, kind, byte }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): Buffer {
  const reach = fromEnd ? Math.min(20, stored.length) : stored.length;
  const index = stored.length - Math.ceil(at * reach);
  switch (kind) {
    case 'cut':
      return stored.subarray(0, index);
    case 'flip': {
      const copy = Buffer.from(stored);
      if (index < copy.length) copy[index]! ^= byte;
      return copy;
    }
    case 'insert':
      return Buffer.concat([stored.subarray(0, index), Buffer.from([byte]), stored.subarray(index)]);
    case 'append':
      return Buffer.concat([stored, Buffer.alloc(1 + (byte % 12), byte)]);
    case 'zeros':
      return Buffer.concat([stored, Buffer.alloc(byte)]);
    default:
      return stored;
  }
}

test('sound or damaged, a small file reads the same at once as by the stream', async () => {
  const numRuns = rounds(100, 200);
  let atOnce = 0;
  let problems = 0;
  const limit = fc.constantFrom(...Array.from({ length: 6 }, () => DEFAULT_LIMITS.decodedBytes), 60_000, 100);
  await fc.assert(
    fc.asyncProperty(sound, damage, limit, async (whole, how, decodedBytes) => {
      const stored = damaged(whole, how);
      const byStream = await read(stored, 0, decodedBytes);
      assert.deepEqual(await read(stored, undefined, decodedBytes), byStream);
      if (decodeSmallGzip(stored, decodedBytes) !== undefined) {
        atOnce++;
        assert.equal(byStream.outcome.problem, undefined);
      }
      if (byStream.outcome.problem !== undefined) problems++;
    }),
    { numRuns },
  );
  // Both roads were taken, neither of them by chance only.
  assert.ok(
    atOnce > numRuns / 40 && problems > numRuns / 40,
    `${atOnce} at once, ${problems} with a problem`,
  );
});

test('a member that says nothing is sound, and so are two in a row', () => {
  const empty = zlib.gzipSync('');
  assert.equal(Buffer.concat(decodeSmallGzip(Buffer.concat([empty, empty]), 10)!).length, 0);
  assert.equal(decodeSmallGzip(Buffer.alloc(0), 10), undefined);
});

test('what grows beyond its bound is left to the stream, whatever size its trailer names', () => {
  const bomb = zlib.gzipSync(Buffer.alloc(16 * 1024 * 1024));
  assert.ok(bomb.length < 20_000);
  assert.equal(decodeSmallGzip(bomb, Number.MAX_SAFE_INTEGER), undefined);
  bomb.writeUInt32LE(5, bomb.length - 4);
  assert.equal(decodeSmallGzip(bomb, Number.MAX_SAFE_INTEGER), undefined);
  const exact = zlib.gzipSync('x'.repeat(1000));
  assert.equal(decodeSmallGzip(exact, 1000)?.[0]?.length, 1000);
  assert.equal(decodeSmallGzip(exact, 999), undefined);
});
