/** One made record after another through both scanners, at every kind of place in the block; memory is watched meanwhile. */
import crypto from 'node:crypto';
import type { ScanKernel } from '../../src/base/scan-kernel.ts';
import { MadeJson, WANTED } from './made-json.ts';
import { TwinScan } from './twin-scan.ts';

const NEWLINE = Buffer.from('\n');
const LINE_ENDS = ['\n', '\n', ' \n', '\r\n', '\t \r\n', '', ' ', '}\n', ',\n', '\v\n'].map((end) =>
  Buffer.from(end),
);
const LINE_STARTS = ['', '', '', ' ', '\t ', '\r', '\n', '\ufeff'].map((start) => Buffer.from(start));
/** Bytes before and behind the block that nothing may write to: wanted keys, zeros that end every token. */
const GUARD_BYTES = 65536;

export class KernelFuzz {
  private readonly made: MadeJson;
  private readonly twins: TwinScan;
  private readonly kernel: ScanKernel;
  private readonly guard: string;
  records = 0;
  bytes = 0;

  constructor(kernel: ScanKernel, seed: number) {
    this.kernel = kernel;
    this.made = new MadeJson(seed);
    this.twins = new TwinScan(kernel, WANTED);
    this.guard = this.guardDigest();
  }

  /** How many of the records the kernel read itself. */
  get read(): number {
    return this.twins.read;
  }

  /** What is wrong with the next record, with the record; undefined when nothing is. */
  step(): string | undefined {
    const { made, kernel } = this;
    const { chance } = made;
    made.next();
    if (chance.below(5) < 3) made.mutate();
    const record = made.bytes.subarray(0, made.length);
    const isLine = chance.oneIn(2);
    const before = isLine ? chance.pick(LINE_STARTS) : NEWLINE.subarray(1);
    const behind = isLine ? chance.pick(LINE_ENDS) : NEWLINE.subarray(1);
    const length = before.length + record.length + behind.length;
    const start = this.place(length);
    before.copy(kernel.block, start);
    record.copy(kernel.block, start + before.length);
    behind.copy(kernel.block, start + before.length + record.length);
    // Now and then the end is told too early: what stands behind it must not be seen.
    const end = start + (chance.oneIn(8) ? chance.below(length + 1) : length);
    this.records++;
    this.bytes += record.length;
    const problem = isLine ? this.twins.lineDisagreement(start, end) : this.twins.disagreement(start, end);
    const intact =
      kernel.block.compare(
        record,
        0,
        record.length,
        start + before.length,
        start + before.length + record.length,
      ) === 0;
    if (problem === undefined && intact) return undefined;
    const text = kernel.block.toString('latin1', start, end);
    return `record ${this.records}: ${problem ?? 'the record was changed'} in ${JSON.stringify(text)}`;
  }

  /** What is wrong with the memory around the block. */
  memoryProblem(): string | undefined {
    return this.guardDigest() === this.guard ? undefined : 'something was written outside the block';
  }

  /** At the block's beginning, its very end, or over the remains of earlier records. */
  private place(length: number): number {
    const { chance } = this.made;
    const room = this.kernel.block.length - length;
    switch (chance.below(4)) {
      case 0:
        return room;
      case 1:
        return room - chance.below(40);
      case 2:
        return chance.below(4096);
      default:
        return chance.below(64);
    }
  }

  private guardDigest(): string {
    const { buffer, byteOffset, length } = this.kernel.block;
    const tries = new Uint8Array(buffer, byteOffset - 64 * GUARD_BYTES, 64 * GUARD_BYTES);
    const behind = new Uint8Array(buffer, byteOffset + length, GUARD_BYTES);
    return crypto.createHash('sha256').update(tries).update(behind).digest('hex');
  }
}
