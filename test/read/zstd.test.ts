/** Zstandard streams: the checksums of frames are verified, however the bytes come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import xxhash from 'xxhash-wasm';
import { detectCompression } from '../../src/read/compressed.ts';
import { readZstd } from '../../src/read/zstd.ts';
import { toStoredZstd } from '../support/stored-zstd.ts';

const { h64Raw } = await xxhash();

/** As `zstd` wrote three lines of `{"id":"e1","actor":"alice","action":"read"}`. */
const WRITTEN = Buffer.from(
  'KLUv/QRYhQEAZAJ7ImlkIjoiZTEiLCJhY3RvciI6ImFsaWNlaW9uIjoicmVhZCJ9CgIA9dT8zTDHyg9fVw==',
  'base64',
);

function checksumOf(content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Number(h64Raw(content) & 0xffffffffn));
  return bytes;
}

/** With the flag of a checksum (RFC 8878 §3.1.1.1.1.4) and the checksum. */
function withChecksum(content: Uint8Array, checksum = checksumOf(content)): Buffer {
  const frame = toStoredZstd(content);
  frame[4]! |= 0x04;
  return Buffer.concat([frame, checksum]);
}

const SKIPPABLE = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

async function read(bytes: Uint8Array, size = bytes.length): Promise<{ content: Buffer; problem?: string }> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const reader = readZstd(pieces());
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.next();
    if (!done) parts.push(value);
    else return { content: Buffer.concat(parts), ...(value && { problem: value.message }) };
  }
}

const DAMAGED = 'the compressed data is damaged: its content does not have its checksum';

test('frames of any number, with checksums or without, between such as hold nothing, are read however they are cut', async () => {
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((content) => ({ content, bytes: withChecksum(content) })),
    fc.uint8Array({ maxLength: 300 }).map((content) => ({ content, bytes: toStoredZstd(content) })),
    fc.constant({ content: new Uint8Array(0), bytes: SKIPPABLE }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      async (all, size) => {
        const content = Buffer.concat(all.map((each) => each.content));
        assert.deepEqual(await read(Buffer.concat(all.map(({ bytes }) => bytes)), size), { content });
      },
    ),
    { numRuns: 60 },
  );
});

test('one wrong bit in what is stored, or in a checksum, is damage; the frames before it are read', async () => {
  const first = withChecksum(Buffer.from('first\n'));
  const content = Buffer.from('{"actor":"alice"}\n');
  const altered = withChecksum(Buffer.from('{"actor":"mallo"}\n'), checksumOf(content));
  for (const bad of [altered, withChecksum(content, Buffer.from('0000'))]) {
    const bytes = Buffer.concat([first, bad, first]);
    for (const size of [1, 7, bytes.length]) {
      const { content: decoded, problem } = await read(bytes, size);
      assert.equal(problem, DAMAGED);
      assert.match(decoded.toString(), /^first\n/);
    }
  }
});

test('what the reference implementation wrote is read, and with a checksum of another content refused', async () => {
  const { content, problem } = await read(WRITTEN);
  assert.equal(problem, undefined);
  assert.equal(content.toString(), '{"id":"e1","actor":"alice","action":"read"}\n'.repeat(3));
  const other = Buffer.from(WRITTEN);
  other[other.length - 1]! ^= 1;
  assert.equal((await read(other)).problem, DAMAGED);
});

test('a block of one byte many times has a length of its own', async () => {
  // Window of 1 KiB, one last block of type RLE: 1,000 times "a".
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00]);
  const block = Buffer.alloc(3);
  block.writeUIntLE((1_000 << 3) | (1 << 1) | 1, 0, 3);
  const content = Buffer.alloc(1_000, 'a');
  const bytes = Buffer.concat([header, block, Buffer.from('a'), checksumOf(content)]);
  for (const size of [1, 4, bytes.length]) assert.deepEqual(await read(bytes, size), { content });
});

test('a stream that begins with a frame without content is known', () => {
  assert.equal(detectCompression(SKIPPABLE), 'zstd');
  assert.equal(detectCompression(toStoredZstd(Buffer.from('a'))), 'zstd');
  assert.equal(detectCompression(Buffer.from('S*M\x19')), 'none');
});
