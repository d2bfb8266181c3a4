/**
 * Small integers for value texts, equal exactly when kind and text are equal: a matcher judges each distinct value once.
 * Bounded: beyond the bound `idOf*` answers -1, and the caller judges the value anew each time.
 */

import { KIND } from '../base/found-values.ts';
import type { ScanKernel } from '../base/scan-kernel.ts';

/** Distinct values kept in one run; audit logs repeat themselves, so real runs stay far below (CloudTrail: some 10,000). */
const MAX_IDS = 1 << 20;
/** Longer values (policies, command lines) hardly repeat and would fill the arena. */
const MAX_BYTES = 256;
const MAX_ARENA = 32 * 1024 * 1024;
/** Looks at the table for one value: chance never needs so many, values made to collide do, and are then beyond the bound. */
const MAX_LOOKS = 512;

/** Decoded and computed texts of one kind whose ids are kept by text; the others are looked up by their bytes each time. */
const MAX_COMPUTED = 1 << 16;
/** Decoded texts that are kept, of at most 256 bytes each. */
const MAX_TEXTS = 1 << 16;

export class ValueIds {
  private table = new Int32Array(1 << 12);
  private hashes = new Int32Array(1 << 11);
  private starts = new Int32Array(1 << 11);
  private lengths = new Uint16Array(1 << 11);
  private kinds = new Uint8Array(1 << 11);
  private arena = new Uint8Array(1 << 16);
  private used = 0;
  private count = 0;
  /** By kind. */
  private readonly computed: Map<string, number>[] = [];
  readonly kernel: ScanKernel | undefined;
  /** Texts that were decoded, by id. */
  private readonly texts: string[] = [];
  private textCount = 0;
  /** Of what is not there: the most frequent answer of all. */
  readonly ofMissing: number;

  /** With a kernel ids are the kernel's. */
  constructor(kernel?: ScanKernel) {
    this.kernel = kernel;
    this.ofMissing = this.idOfText(KIND.missing, '');
  }

  /** Distinct values known so far. */
  get size(): number {
    return this.kernel?.ids ?? this.count;
  }

  /** The id of the value [start, end) of `bytes`: a string's content without escapes, or a scalar as written. */
  idOfBytes(kind: number, bytes: Uint8Array, start: number, end: number): number {
    if (this.kernel !== undefined) {
      return this.kernel.holds(bytes)
        ? this.kernel.intern(kind, start, end)
        : this.kernel.internBytes(kind, bytes, start, end);
    }
    if (end - start > MAX_BYTES) return -1;
    let hash = kind;
    for (let index = start; index < end; index++) hash = (Math.imul(hash, 31) + bytes[index]!) | 0;
    return this.find(hash, kind, bytes, start, end - start);
  }

  private find(plainHash: number, kind: number, bytes: Uint8Array, start: number, length: number): number {
    let hash = Math.imul(plainHash ^ (plainHash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 12;
    const mask = this.table.length - 1;
    let at = hash & mask;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const id = this.table[at]! - 1;
      if (id < 0) return this.add(hash, kind, bytes, start, length, at);
      if (this.hashes[id] === hash && this.kinds[id] === kind && this.isSame(id, bytes, start, length))
        return id;
      at = (at + 1) & mask;
    }
    return -1;
  }

  /** The id of a text that was decoded or computed by a mapping. */
  idOfText(kind: number, text: string): number {
    if (text.length > MAX_BYTES) return -1;
    let known = this.computed[kind];
    if (known === undefined) {
      known = new Map();
      this.computed[kind] = known;
    }
    const id = known.get(text);
    if (id !== undefined) return id;
    const bytes = toBytes(text);
    const newId = this.idOfBytes(kind, bytes, 0, bytes.length);
    if (known.size < MAX_COMPUTED) known.set(text, newId);
    return newId;
  }

  /** The text that `keepText` was given for an id. */
  textOf(id: number): string | undefined {
    return this.texts[id];
  }

  keepText(id: number, text: string): void {
    if (this.textCount === MAX_TEXTS) return;
    this.textCount++;
    this.texts[id] = text;
  }

  private isSame(id: number, bytes: Uint8Array, start: number, length: number): boolean {
    if (this.lengths[id] !== length) return false;
    const from = this.starts[id]!;
    for (let offset = 0; offset < length; offset++) {
      if (this.arena[from + offset] !== bytes[start + offset]) return false;
    }
    return true;
  }

  private add(
    hash: number,
    kind: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    at: number,
  ): number {
    if (this.count >= MAX_IDS || this.used + length > MAX_ARENA) return -1;
    const id = this.count++;
    if (id === this.hashes.length) this.grow();
    while (this.used + length > this.arena.length)
      this.arena = doubled(this.arena, new Uint8Array(this.arena.length * 2));
    for (let offset = 0; offset < length; offset++) this.arena[this.used + offset] = bytes[start + offset]!;
    this.hashes[id] = hash;
    this.kinds[id] = kind;
    this.starts[id] = this.used;
    this.lengths[id] = length;
    this.used += length;
    if (this.count * 2 > this.table.length) this.rehash();
    else this.table[at] = id + 1;
    return id;
  }

  private grow(): void {
    const size = this.hashes.length * 2;
    this.hashes = doubled(this.hashes, new Int32Array(size));
    this.starts = doubled(this.starts, new Int32Array(size));
    this.lengths = doubled(this.lengths, new Uint16Array(size));
    this.kinds = doubled(this.kinds, new Uint8Array(size));
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 2);
    const mask = this.table.length - 1;
    for (let id = 0; id < this.count; id++) {
      let at = this.hashes[id]! & mask;
      while (this.table[at] !== 0) at = (at + 1) & mask;
      this.table[at] = id + 1;
    }
  }
}

function doubled<T extends Int32Array | Uint16Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** UTF-8; lone surrogates, which it has no place for, as their own three bytes: no two texts share their bytes. */
function toBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text);
  const pieces = Array.from(text, (character) => {
    const unit = character.charCodeAt(0);
    if (character.length > 1 || unit < 0xd800 || unit > 0xdfff) return Buffer.from(character);
    return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
  });
  return Buffer.concat(pieces);
}
