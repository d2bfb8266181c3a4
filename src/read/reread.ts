/** Records read a second time by their places: only those few whose ids repeat need it, so nothing is kept for it. */
import fs from 'node:fs';
import type { Compression } from './compressed.ts';
import { decodedBlocks, type LineFilter } from './open.ts';

/** Offsets and lengths in the decoded stream. */
export type Stretch = { offset: number; length: number };

/**
 * The bytes of each stretch, in ascending order of offsets; undefined for one that the file no longer holds.
 * Stretches must not overlap, which records never do. `identities`: of age, for a file that is encrypted;
 * `lines`: as it was read the first time.
 */
export async function* reread(
  file: string,
  compression: Compression,
  stretches: Iterable<Stretch>,
  identities?: readonly string[],
  lines?: LineFilter,
): AsyncGenerator<Uint8Array | undefined> {
  if (compression === 'none') yield* rereadPlain(file, stretches);
  else yield* rereadDecoded(decodedBlocks(file, identities, lines), stretches);
}

/** Synchronous: a copied log file means a read for each of its records, and a promise each would take longer than the read. */
function* rereadPlain(file: string, stretches: Iterable<Stretch>): Generator<Uint8Array | undefined> {
  const descriptor = fs.openSync(file, 'r');
  try {
    for (const { offset, length } of stretches) {
      const bytes = Buffer.alloc(length);
      yield fs.readSync(descriptor, bytes, 0, length, offset) === length ? bytes : undefined;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

async function* rereadDecoded(
  blocks: AsyncGenerator<Uint8Array, unknown>,
  stretches: Iterable<Stretch>,
): AsyncGenerator<Uint8Array | undefined> {
  let window: Uint8Array = new Uint8Array(0);
  let from = 0;
  try {
    for (const { offset, length } of stretches) {
      for (;;) {
        const dropped = Math.min(Math.max(offset - from, 0), window.length);
        window = window.subarray(dropped);
        from += dropped;
        if (from === offset && window.length >= length) break;
        const next = await blocks.next();
        if (next.done === true) break;
        window = window.length === 0 ? next.value : Buffer.concat([window, next.value]);
      }
      yield from === offset && window.length >= length ? window.subarray(0, length) : undefined;
    }
  } finally {
    await blocks.return(undefined);
  }
}
