/**
 * Small sound gzip files (RFC 1952), decoded at once: a stream for each took as long as scanning what it held (measured).
 * Whatever is unusual, however slightly, is left to the stream, which finds the words for it.
 */
import zlib from 'node:zlib';
import { crc32 } from './crc32.ts';

/** A larger file is worth its stream. */
export const SMALL_STORED_BYTES = 1024 * 1024;
/** Decoded bytes are held until the last member proved sound. */
const SMALL_DECODED_BYTES = 8 * 1024 * 1024;
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** Of a name or comment; longer ones are allowed, and unheard of. */
const TEXT_BYTES = 1024;
/** The least that Node takes for a piece of output. */
const LEAST_OUTPUT_BYTES = 64;

/** The decoded members of a whole file; undefined where anything is wrong with it, or more than `most` bytes are in it. */
export function decodeSmallGzip(stored: Uint8Array, most: number): Uint8Array[] | undefined {
  const members: Uint8Array[] = [];
  let room = Math.min(most, SMALL_DECODED_BYTES);
  for (let at = 0; at < stored.length; ) {
    const from = headerEnd(stored, at);
    const inflated = from === undefined ? undefined : inflate(stored.subarray(from), room);
    if (inflated === undefined) return undefined;
    const { decoded, used } = inflated;
    const trailer = from! + used;
    if (!isSound(decoded, stored, trailer)) return undefined;
    members.push(decoded);
    room -= decoded.length;
    at = trailer + TRAILER_BYTES;
  }
  return members.length === 0 ? undefined : members;
}

/** Where the compressed bytes of the member at `at` begin. */
function headerEnd(stored: Uint8Array, at: number): number | undefined {
  if (stored[at] !== 0x1f || stored[at + 1] !== 0x8b || stored[at + 2] !== 8) return undefined;
  const flags = stored[at + 3]!;
  let end = at + HEADER_BYTES;
  if (flags & 4) end += 2 + stored[end]! + stored[end + 1]! * 256;
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const length = stored.subarray(end, end + TEXT_BYTES).indexOf(0);
    if (length < 0) return undefined;
    end += length + 1;
  }
  if (flags & 2) end += 2;
  // Not a number where the extra field lies beyond the end.
  return end < stored.length ? end : undefined;
}

/** `used`: how many of the bytes belong to the member. */
function inflate(stored: Uint8Array, most: number): { decoded: Uint8Array; used: number } | undefined {
  // The last member's size, by its trailer, and one byte more: Node then knows in one step that it has everything.
  const size = readUint32(stored, stored.length - 4);
  const chunkSize = Math.max(LEAST_OUTPUT_BYTES, Math.min(size, most) + 1);
  try {
    const options = { chunkSize, maxOutputLength: most + 1, info: true };
    // With `info` it is not a buffer that comes back; the types do not know.
    const { buffer, engine } = zlib.inflateRawSync(stored, options) as unknown as {
      buffer: Buffer;
      engine: zlib.InflateRaw;
    };
    return buffer.length > most ? undefined : { decoded: buffer, used: engine.bytesWritten };
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return undefined;
    throw error;
  }
}

/** Whether the trailer that begins at `at` says what `decoded` is. */
function isSound(decoded: Uint8Array, stored: Uint8Array, at: number): boolean {
  if (at + TRAILER_BYTES > stored.length) return false;
  return readUint32(stored, at) === crc32(decoded) && readUint32(stored, at + 4) === decoded.length;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return at < 0 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}
