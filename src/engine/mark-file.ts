/** A run of marks in a file, read group by group; groups of other shares are passed over unread. */
import { LENGTH_BYTES, RunReader, spanOf } from '../read/temporary-runs.ts';
import { addWeight, isInShare, type Share, type Weights } from './mark-shares.ts';
import { hashOf } from './row-groups.ts';
import { get32, HEADER, NAME_AT, nameLengthOf, sizeBefore } from './row-marks.ts';

/** Some dozens of marks of a file: one that a relation keeps holds all of them in memory. */
const SLAB_BYTES = 4096;

/** A run in a file, which stands before a group or on one of its marks. */
export class FileRows {
  /** A copy of some of the reader's block, for that is overwritten: the mark at hand and what follows it. */
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  /** Where in the block the copy begins and ends, and which block it was. */
  private from = 0;
  private until = 0;
  private move = -1;
  name: Buffer = NOTHING;
  /** Of the name. */
  hash = 0;
  size = 0;
  readonly reader: RunReader;
  private readonly share: Share | undefined;
  private atHeader: boolean;

  constructor(reader: RunReader, share?: Share) {
    this.reader = reader;
    this.share = share;
    this.atHeader = reader.next();
  }

  /** Steps from the header to the marks; false when there is no further group. */
  startGroup(): boolean {
    const { reader, share } = this;
    for (; this.atHeader; this.atHeader = reader.next()) {
      const { bytes, start, end } = reader;
      if (bytes[start] !== HEADER) throw new Error('a file of marks does not begin with a group');
      const from = start + NAME_AT;
      const length = nameLengthOf(end - start);
      this.size = sizeBefore(bytes, end);
      this.hash = hashOf(bytes, from, length);
      if (isInShare(get32(bytes, from), this.hash, share)) {
        this.name = Buffer.from(bytes.subarray(from, from + length));
        this.atHeader = false;
        return true;
      }
      reader.skip(this.size);
    }
    return false;
  }

  /** Passes over the marks of the group that was just begun. */
  skipGroup(): void {
    this.reader.skip(this.size);
    this.atHeader = this.reader.next();
  }

  /** Steps to the next mark of the group. */
  next(): boolean {
    const { reader } = this;
    if (this.atHeader || !reader.next()) return false;
    this.atHeader = reader.bytes[reader.start] === HEADER;
    if (this.atHeader) return false;
    if (reader.after > this.until || reader.moves !== this.move) this.copy();
    this.start = reader.start - this.from;
    this.end = reader.end - this.from;
    return true;
  }

  /** The marks of the group, of which the first is at hand, counted no further than to `most`; `most` where that is not quickly told. */
  countTo(most: number): number {
    const { reader, size } = this;
    // The reader loses its row, of which there is a copy.
    return 1 + reader.countTo(most - 1, size - spanOf(reader.end - reader.start));
  }

  private copy(): void {
    const { bytes, start, after, filled, moves } = this.reader;
    // Of whole spans: the length before a row goes with it.
    this.from = start - LENGTH_BYTES;
    this.until = Math.max(after, Math.min(filled, this.from + SLAB_BYTES));
    this.move = moves;
    this.bytes = Buffer.allocUnsafeSlow(this.until - this.from);
    this.bytes.set(bytes.subarray(this.from, this.until));
  }

  close(): void {
    this.reader.close();
  }
}

/** How the marks of a file weigh, by its headers. */
export function weighFile(file: string): Weights {
  const weights: Weights = new Map();
  const rows = new FileRows(new RunReader({ file }));
  for (; rows.startGroup(); rows.skipGroup()) addWeight(weights, get32(rows.name, 0), rows.hash, rows.size);
  return weights;
}

const NOTHING = Buffer.alloc(0);
