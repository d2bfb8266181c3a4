/** Where the frames of a Zstandard stream end, and the checksums of their content (RFC 8878 §3.1.1). */

const FRAME_MAGIC = 0xfd2fb528;
/** §3.1.2: sixteen numbers, of frames that hold no content. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;
/** §3.1.1.1.1: by the two lowest bits of the descriptor, and by its two highest. */
const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];

type State = 'magic' | 'skippable' | 'descriptor' | 'block' | 'checksum';

/** Bytes that are gathered for each, at the most MAX_GATHERED. */
const GATHERED: Readonly<Record<State, number>> = {
  magic: 4,
  skippable: 4,
  descriptor: 1,
  block: 3,
  checksum: CHECKSUM_BYTES,
};

/** Follows the frames of a stream; of one that is damaged it says nothing, which is for the decoder to do. */
export class ZstdFrames {
  /** Whether the last bytes taken end a frame, and the checksum that it carries: the lower half of XXH64 of its content. */
  ended = false;
  checksum: number | undefined;
  /** Whether the frame under way, or the one that just ended, holds content. */
  hasContent = false;
  private state: State = 'magic';
  private readonly gathered = Buffer.alloc(4);
  private count = 0;
  private skip = 0;
  private isLast = false;
  private hasChecksum = false;

  /** Whether a frame began that has not ended. */
  get isWithin(): boolean {
    return this.state !== 'magic' || this.count > 0 || this.isLast || this.skip > 0;
  }

  /** Takes the bytes from `from` on, up to the end of a frame or of all. @returns the index behind them */
  take(bytes: Uint8Array, from: number): number {
    this.ended = false;
    let at = from;
    for (;;) {
      const passed = Math.min(this.skip, bytes.length - at);
      at += passed;
      this.skip -= passed;
      if (this.skip > 0) return at;
      if (this.count === 0 && this.state === 'block' && this.isLast) {
        if (this.hasChecksum) this.state = 'checksum';
        else return this.end(undefined, at);
      }
      if (this.count === 0 && this.state === 'magic' && this.isLast) return this.end(undefined, at);
      while (this.count < GATHERED[this.state] && at < bytes.length)
        this.gathered[this.count++] = bytes[at++]!;
      if (this.count < GATHERED[this.state]) return at;
      this.count = 0;
      if (this.state === 'checksum') return this.end(this.gathered.readUInt32LE(0), at);
      this.step();
    }
  }

  private end(checksum: number | undefined, at: number): number {
    this.ended = true;
    this.checksum = checksum;
    this.state = 'magic';
    this.isLast = false;
    return at;
  }

  /** What was gathered says what comes next. */
  private step(): void {
    const { gathered } = this;
    switch (this.state) {
      case 'magic': {
        const magic = gathered.readUInt32LE(0);
        if (magic === FRAME_MAGIC) this.state = 'descriptor';
        else if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) this.state = 'skippable';
        else this.skip = Number.POSITIVE_INFINITY;
        break;
      }
      case 'skippable':
        this.skip = gathered.readUInt32LE(0);
        this.state = 'magic';
        this.isLast = true;
        this.hasContent = false;
        break;
      case 'descriptor': {
        this.hasContent = true;
        const descriptor = gathered[0]!;
        const isSingle = (descriptor & 0x20) !== 0;
        const size = SIZE_BYTES[descriptor >>> 6]!;
        this.hasChecksum = (descriptor & 0x04) !== 0;
        this.skip =
          (isSingle ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3]! + (size === 0 && isSingle ? 1 : size);
        this.state = 'block';
        this.isLast = false;
        break;
      }
      default: {
        const header = gathered.readUIntLE(0, 3);
        this.isLast = (header & 1) === 1;
        this.skip = ((header >>> 1) & 3) === RLE_BLOCK ? 1 : header >>> 3;
      }
    }
  }
}
