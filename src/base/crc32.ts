/** CRC-32 as in gzip (RFC 1952 §8). Node has `zlib.crc32` only from 20.15 on. */

const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** Continues `previous` over `bytes`; unsigned 32 bits. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let value = ~previous;
  for (let index = 0; index < bytes.length; index++) {
    value = (value >>> 8) ^ TABLE[(value ^ bytes[index]!) & 0xff]!;
  }
  return ~value >>> 0;
}
