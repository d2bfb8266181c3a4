/**
 * The scanner kernel: WebAssembly with SIMD, built from `assembly/` by `build/kernel.ts`, behind `base/scan-kernel.ts`.
 * Design and figures: docs/why/kernel.md.
 *
 * Over 250 lines: a third of them name what the module exports.
 */
import fs from 'node:fs';
import { type Checksum, plainChecksum } from '../../base/checksum.ts';
import { FoundValues } from '../../base/found-values.ts';
import { packageFile } from '../../base/package-file.ts';
import type { KernelTrie, ScanKernel } from '../../base/scan-kernel.ts';
import { UNUSUAL } from '../../base/scan-kernel.ts';
import { isCanonicalNumber } from '../../base/slot-scanner.ts';

/** Of the build, for sources too, which only tests and benches run. */
export const KERNEL_FILE: URL = packageFile('dist/kernel.wasm');

/** Names of `assembly/layout.ts`, exported so that both sides have one truth. */
type Layout = Record<
  | 'ASIDE'
  | 'ASIDE_BYTES'
  | 'BLOCK'
  | 'BLOCK_BYTES'
  | 'CANONICAL'
  | 'CHECKSUM_HIGH'
  | 'CHECKSUM_LOW'
  | 'COUNTS'
  | 'DOUBT_COUNT'
  | 'DOUBTS'
  | 'ELEMENTS'
  | 'ENDS'
  | 'HASH_FIRST'
  | 'HASH_SECOND'
  | 'HEADS'
  | 'ID_COUNT'
  | 'IDS'
  | 'KEY_STARTS'
  | 'KINDS'
  | 'LISTS'
  | 'MAX_ID_BYTES'
  | 'MAX_SLOTS'
  | 'MAX_VALUES'
  | 'MEMORY_PAGES'
  | 'NANOS'
  | 'NEXT'
  | 'RANKS'
  | 'RECORD_END'
  | 'RECORD_START'
  | 'SCRATCH'
  | 'SCRATCH_BYTES'
  | 'SHAPE'
  | 'STAMPS'
  | 'STARTS'
  | 'TAILS'
  | 'TEXT_BYTES'
  | 'WANTS_ID',
  WebAssembly.Global
>;

type Exports = Layout & {
  memory: WebAssembly.Memory;
  newTrie(): number;
  rootOf(trie: number): number;
  slotsOf(trie: number): number;
  childFor(node: number, length: number): number;
  endSlot(node: number, slot: number, rank: number): number;
  scan(trie: number, start: number, end: number, stamp: number): number;
  scanLine(trie: number, start: number, end: number, stamp: number): number;
  countNewlines(start: number, end: number): number;
  checksum(start: number, end: number, low: number, high: number): void;
  intern(kind: number, start: number, end: number): number;
  internScratch(kind: number, length: number): number;
  plainInstant(start: number, end: number): number;
  hash(first: number, second: number, start: number, end: number): void;
  equalsText(start: number, length: number): number;
  keepText(start: number, length: number): void;
  copyWithout(start: number, end: number, from: number, until: number): number;
};

/** Compiled once a thread: a run has two kernels at times, tests have hundreds. */
let compiled: WebAssembly.Module | undefined;

/** The kernel of this thread is made from `module` from now on; from the file where there is none. Tests only. */
export function useKernelModule(module: WebAssembly.Module | undefined): void {
  compiled = module;
}

/**
 * A kernel for this thread; undefined where the processor has no SIMD or there is no room for its 125 MB of addresses
 * (memory that nothing is written to stays the system's).
 * @throws where the file is missing: the package is broken then
 */
export function loadKernel(): ScanKernel | undefined {
  try {
    compiled ??= new WebAssembly.Module(fs.readFileSync(KERNEL_FILE));
    const { exports } = new WebAssembly.Instance(compiled);
    return new WasmKernel(exports as unknown as Exports);
  } catch (error) {
    // No SIMD; or address space that is not granted (`ulimit -v`, containers that count it).
    if (error instanceof WebAssembly.CompileError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `latin1Slice` is what `toString` ends in, without its checks. */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

/** Views of the scratch region by length: making one for each record took four times as long as the copy (measured). */
const MAX_VIEWS = 4096;

class WasmKernel implements ScanKernel {
  readonly block: Buffer;
  readonly reach: Latin1Buffer;
  readonly asideStart: number;
  private readonly exports: Exports;
  private readonly header: Int32Array;
  private readonly scratch: Buffer;
  private readonly views = new Array<Uint8Array | undefined>(MAX_VIEWS).fill(undefined);
  private readonly textBytes: number;
  private readonly maxIdBytes: number;
  private readonly nanosAt: number;
  private readonly checkLowAt: number;
  private readonly checkHighAt: number;
  private readonly idCountAt: number;
  private readonly firstAt: number;
  private readonly secondAt: number;
  /** What `equalsText` found equal last; TEXT holds its bytes. */
  private kept = '';
  // Bound once: each look into the exports costs as much as a short call.
  private readonly internSpan: Exports['intern'];
  private readonly instant: Exports['plainInstant'];
  private readonly hashSpan: Exports['hash'];
  private readonly equalsSpan: Exports['equalsText'];
  private readonly keep: Exports['keepText'];
  private readonly copy: Exports['copyWithout'];

  constructor(exports: Exports) {
    const { buffer } = exports.memory;
    this.exports = exports;
    this.header = new Int32Array(buffer);
    const { BLOCK, BLOCK_BYTES, ASIDE, ASIDE_BYTES } = exports;
    this.block = Buffer.from(buffer, BLOCK.value, BLOCK_BYTES.value);
    this.asideStart = ASIDE.value - BLOCK.value;
    this.reach = Buffer.from(buffer, BLOCK.value, this.asideStart + ASIDE_BYTES.value) as Latin1Buffer;
    this.scratch = Buffer.from(buffer, exports.SCRATCH.value, exports.SCRATCH_BYTES.value);
    this.textBytes = exports.TEXT_BYTES.value;
    this.maxIdBytes = exports.MAX_ID_BYTES.value;
    this.nanosAt = exports.NANOS.value >> 2;
    this.checkLowAt = exports.CHECKSUM_LOW.value >> 2;
    this.checkHighAt = exports.CHECKSUM_HIGH.value >> 2;
    this.idCountAt = exports.ID_COUNT.value >> 2;
    this.firstAt = exports.HASH_FIRST.value >> 2;
    this.secondAt = exports.HASH_SECOND.value >> 2;
    this.internSpan = exports.intern;
    this.instant = exports.plainInstant;
    this.hashSpan = exports.hash;
    this.equalsSpan = exports.equalsText;
    this.keep = exports.keepText;
    this.copy = exports.copyWithout;
  }

  holds(bytes: Uint8Array): boolean {
    return bytes === this.block || bytes === this.reach;
  }

  newTrie(): KernelTrie | undefined {
    const trie = this.exports.newTrie();
    return trie === 0 ? undefined : new WasmTrie(this.exports, this.scratch, this.reach, trie);
  }

  countNewlines(bytes: Buffer): number {
    const start = bytes.byteOffset - this.block.byteOffset;
    return this.exports.countNewlines(start, start + bytes.length);
  }

  readonly checksum: Checksum = (bytes, before) => {
    if (bytes.buffer !== this.block.buffer) return plainChecksum(bytes, before);
    const start = bytes.byteOffset - this.block.byteOffset;
    this.exports.checksum(start, start + bytes.length, before | 0, Math.floor(before / 2 ** 32));
    return this.header[this.checkHighAt]! * 2 ** 32 + (this.header[this.checkLowAt]! >>> 0);
  };

  get ids(): number {
    return this.header[this.idCountAt]!;
  }

  intern(kind: number, start: number, end: number): number {
    return this.internSpan(kind, start, end);
  }

  internBytes(kind: number, bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > this.maxIdBytes) return -1;
    for (let offset = 0; offset < length; offset++) this.scratch[offset] = bytes[start + offset]!;
    return this.exports.internScratch(kind, length);
  }

  plainInstant(start: number, end: number): number {
    return this.instant(start, end);
  }

  get nanos(): number {
    return this.header[this.nanosAt]!;
  }

  hash(key: Uint32Array, start: number, end: number): void {
    this.hashSpan(key[0]!, key[1]!, start, end);
    key[0] = this.header[this.firstAt]!;
    key[1] = this.header[this.secondAt]!;
  }

  equalsText(text: string, start: number): boolean {
    const { length } = text;
    if (text === this.kept) return this.equalsSpan(start, length) !== 0;
    // Writing a text into the memory would take longer than reading one from it (measured), and could cut characters.
    const isEqual = this.reach.latin1Slice(start, start + length) === text;
    if (isEqual && length <= this.textBytes) {
      this.keep(start, length);
      this.kept = text;
    }
    return isEqual;
  }

  copyWithout(start: number, end: number, from: number, until: number): Uint8Array {
    const length = this.copy(start, end, from, until);
    if (length >= MAX_VIEWS) return this.scratch.subarray(0, length);
    const known = this.views[length];
    if (known !== undefined) return known;
    const view = this.scratch.subarray(0, length);
    this.views[length] = view;
    return view;
  }
}

class WasmTrie implements KernelTrie {
  readonly found: FoundValues;
  private readonly trie: number;
  private readonly wanted: Int32Array;
  private readonly exports: Exports;
  private readonly scratch: Buffer;
  private readonly reach: Buffer;
  private readonly header: Int32Array;
  private readonly doubtsAt: number;
  private readonly canonicalAt: number;
  private readonly shapeAt: number;
  private readonly doubtCountAt: number;
  private readonly recordStartAt: number;
  private readonly recordEndAt: number;
  private readonly scanSpan: Exports['scan'];
  private readonly scanOneLine: Exports['scanLine'];
  private isFull = false;

  constructor(exports: Exports, scratch: Buffer, reach: Buffer, trie: number) {
    const { buffer } = exports.memory;
    const values = (at: WebAssembly.Global) => new Int32Array(buffer, at.value, exports.MAX_VALUES.value);
    const slots = (at: WebAssembly.Global) =>
      new Int32Array(buffer, exports.slotsOf(trie) + at.value, exports.MAX_SLOTS.value);
    this.found = new FoundValues({
      starts: values(exports.STARTS),
      ends: values(exports.ENDS),
      keyStarts: values(exports.KEY_STARTS),
      next: values(exports.NEXT),
      lists: values(exports.LISTS),
      elements: values(exports.ELEMENTS),
      kinds: new Uint8Array(buffer, exports.KINDS.value, exports.MAX_VALUES.value),
      ids: values(exports.IDS),
      heads: slots(exports.HEADS),
      tails: slots(exports.TAILS),
      ranks: slots(exports.RANKS),
      counts: slots(exports.COUNTS),
      stamps: slots(exports.STAMPS),
    });
    this.wanted = slots(exports.WANTS_ID);
    this.trie = trie;
    this.exports = exports;
    this.scratch = scratch;
    this.reach = reach;
    this.header = new Int32Array(buffer);
    this.doubtsAt = exports.DOUBTS.value >> 2;
    this.canonicalAt = exports.CANONICAL.value >> 2;
    this.shapeAt = exports.SHAPE.value >> 2;
    this.doubtCountAt = exports.DOUBT_COUNT.value >> 2;
    this.recordStartAt = exports.RECORD_START.value >> 2;
    this.recordEndAt = exports.RECORD_END.value >> 2;
    this.scanSpan = exports.scan;
    this.scanOneLine = exports.scanLine;
  }

  add(slot: number, readings: readonly (readonly string[])[]): void {
    for (const [rank, keys] of readings.entries()) {
      let node = this.exports.rootOf(this.trie);
      for (const key of keys) {
        const bytes = Buffer.from(key);
        bytes.copy(this.scratch);
        node = node === 0 ? 0 : this.exports.childFor(node, bytes.length);
      }
      if (node === 0 || this.exports.endSlot(node, slot, rank) === 0) this.isFull = true;
    }
  }

  wantId(slot: number): void {
    this.wanted[slot] = 1;
  }

  scan(start: number, end: number): number {
    if (this.isFull) return UNUSUAL;
    const after = this.scanSpan(this.trie, start, end, this.found.advance());
    if (after >= 0) this.conclude();
    return after;
  }

  scanLine(start: number, end: number): number {
    if (this.isFull) return UNUSUAL;
    const newline = this.scanOneLine(this.trie, start, end, this.found.advance());
    if (newline >= 0) this.conclude();
    return newline;
  }

  get recordStart(): number {
    return this.header[this.recordStartAt]!;
  }

  get recordEnd(): number {
    return this.header[this.recordEndAt]!;
  }

  private conclude(): void {
    this.found.canonical = this.header[this.canonicalAt] !== 0;
    this.found.shape = this.header[this.shapeAt]!;
    if (this.header[this.doubtCountAt] !== 0) this.judgeDoubts();
  }

  /** The numbers whose form only ECMAScript can judge. */
  private judgeDoubts(): void {
    const count = this.header[this.doubtCountAt]!;
    const { doubtsAt, header } = this;
    for (let at = doubtsAt; this.found.canonical && at < doubtsAt + count * 2; at += 2) {
      this.found.canonical = isCanonicalNumber(this.reach, header[at]!, header[at + 1]!);
    }
  }
}
