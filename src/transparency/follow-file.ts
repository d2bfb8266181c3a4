/**
 * Holds the records of a file, as they are read, to the leaves that were sealed of it: what is as it was, what is new,
 * and where they part. Memory is bounded by a window, however long the file is.
 */
import crypto from 'node:crypto';
import { HEAD_BYTES, leavesOfStream, type SealedStream } from './inventory.ts';
import { HASH_BYTES } from './tree-hash.ts';

/** Records that two sides may be apart and are still brought together: an insertion or deletion of so many is named as such. */
const WINDOW = 256;

/** How often in one file a record is sought in all that was sealed of it, which reads all its tiles. */
const MAX_SEARCHES = 32;

/** Where a record stands in the decoded file; `line` from 1, `offset` and `length` in bytes. */
export type Spot = { line: number; offset: number; length: number };

export type LeafBatch = {
  count: number;
  /** `count` hashes, one after the other. */
  hashes: Uint8Array;
  lines: Float64Array;
  offsets: Float64Array;
  lengths: Float64Array;
};

export type PieceKind =
  /** As sealed. */
  | 'sealed'
  /** Behind all that was sealed of the file. */
  | 'new'
  /** As many records as were sealed there, and others. */
  | 'altered'
  /** Records where none was sealed, before a stream as well. */
  | 'inserted'
  /** Sealed, and not there; `from` and `until` are those of the record behind the gap. */
  | 'missing'
  /** From here on nothing is as sealed. */
  | 'rewritten';

export type Piece = {
  kind: PieceKind;
  records: number;
  stream?: SealedStream;
  /** Number of its first record in the stream. */
  at: number;
  from: Spot;
  until: Spot;
  /** SHA-256 over the leaves that were found, of records that are not as sealed: others in their place are another breach. */
  content?: string;
};

/** The leaves of the log, which somebody has held to a signed root. */
export type SealedLeaves = { leaves(begin: number, end: number): Iterable<Uint8Array> };

export type FollowedFile = {
  pieces: Piece[];
  records: number;
  /** By number: how many records of the stream were passed, found or not. Those behind were not seen at all. */
  reached: Map<number, number>;
};

export const NOWHERE: Spot = { line: 1, offset: 0, length: 0 };

export class FileFollower {
  private readonly sealed: SealedLeaves;
  /** By hexadecimal first leaf: streams that no file begins with, for a file that others were appended to. */
  private readonly continuations: ReadonlyMap<string, readonly SealedStream[]>;
  private readonly onNew: ((hashes: Uint8Array) => void) | undefined;
  private readonly pieces: Piece[] = [];
  /** Over the leaves of the last piece, where it is not as sealed. */
  private content: crypto.Hash | undefined;
  private readonly reached = new Map<number, number>();
  private stream: SealedStream | undefined;
  /** Records of the stream that lie behind. */
  private at = 0;
  private expected: ExpectedLeaves | undefined;
  private isRewritten = false;
  private searches = 0;
  private records = 0;
  /** Records that were read and not judged. */
  private hashes: Buffer = Buffer.alloc(0);
  private spots: Spot[] = [];
  private last: Spot = NOWHERE;

  /** `stream`: what the file begins with. `onNew` is given the hashes of records behind all that was sealed, in order. */
  constructor(
    sealed: SealedLeaves,
    stream: SealedStream | undefined,
    continuations: ReadonlyMap<string, readonly SealedStream[]>,
    onNew?: (hashes: Uint8Array) => void,
  ) {
    this.sealed = sealed;
    this.continuations = continuations;
    this.onNew = onNew;
    this.enter(stream);
  }

  add(batch: LeafBatch): void {
    this.records += batch.count;
    const own = batch.hashes.subarray(0, batch.count * HASH_BYTES);
    const spotAt = (index: number): Spot => ({
      line: batch.lines[index]!,
      offset: batch.offsets[index]!,
      length: batch.lengths[index]!,
    });
    // Nearly all of nearly all files: nothing waits, and the whole batch is as sealed, or the whole batch is new.
    if (this.spots.length === 0 && batch.count > 0) {
      const passed = this.passWhole(own, batch.count, spotAt);
      if (passed === batch.count) return;
      this.wait(own.subarray(passed * HASH_BYTES), batch.count - passed, (index) => spotAt(index + passed));
    } else this.wait(own, batch.count, spotAt);
    this.judge(false);
  }

  finish(): FollowedFile {
    this.judge(true);
    this.closePiece();
    if (this.stream !== undefined) this.reached.set(this.stream.number, this.at);
    return { pieces: withoutNewBefore(this.pieces), records: this.records, reached: this.reached };
  }

  /** How many records from the front of the batch could be judged without a look at those behind. */
  private passWhole(hashes: Uint8Array, count: number, spotAt: (index: number) => Spot): number {
    let passed = 0;
    while (passed < count) {
      if (this.isRewritten) {
        const rest = hashes.subarray(passed * HASH_BYTES, count * HASH_BYTES);
        this.note('rewritten', count - passed, spotAt(passed), spotAt(count - 1), rest);
        return count;
      }
      if (this.expected === undefined) {
        const rest = hashes.subarray(passed * HASH_BYTES);
        const fresh = this.beforeContinuation(rest, count - passed);
        if (fresh === 0) return passed;
        this.noteNew(rest, fresh, spotAt(passed), spotAt(passed + fresh - 1));
        passed += fresh;
        continue;
      }
      const equal = this.expected.commonPrefix(hashes.subarray(passed * HASH_BYTES));
      if (equal === 0) return passed;
      this.advance('sealed', equal, spotAt(passed), spotAt(passed + equal - 1));
      passed += equal;
    }
    return passed;
  }

  /** How many records stand before the first that begins another stream. */
  private beforeContinuation(hashes: Uint8Array, count: number): number {
    if (this.continuations.size === 0) return count;
    for (let index = 0; index < count; index += 1)
      if (this.continuations.has(firstKey(hashes, index * HASH_BYTES))) return index;
    return count;
  }

  private wait(hashes: Uint8Array, count: number, spotAt: (index: number) => Spot): void {
    this.hashes = Buffer.concat([this.hashes, hashes]);
    for (let index = 0; index < count; index += 1) this.spots.push(spotAt(index));
  }

  /** Judges what waits; all of it at the end, else as long as a window lies behind it. */
  private judge(isFinal: boolean): void {
    let done = 0;
    while (done < this.spots.length) {
      const spotAt = (index: number) => this.spots[done + index]!;
      const rest = this.hashes.subarray(done * HASH_BYTES);
      const left = this.spots.length - done;
      const whole = this.passWhole(rest, left, spotAt);
      if (whole > 0) {
        done += whole;
        continue;
      }
      if (!isFinal && left <= WINDOW) break;
      if (this.expected === undefined) {
        done += this.oneBeyond(rest, spotAt(0));
        continue;
      }
      done += this.part(rest, left, spotAt);
    }
    this.hashes = Buffer.from(this.hashes.subarray(done * HASH_BYTES));
    this.spots = this.spots.slice(done);
  }

  /** A record behind all that was sealed of the file: new, unless another stream begins with it. */
  private oneBeyond(rest: Buffer, spot: Spot): number {
    const next = this.continuationAt(rest);
    if (next !== undefined) {
      this.enter(next);
      return 0;
    }
    this.noteNew(rest.subarray(0, HASH_BYTES), 1, spot, spot);
    return 1;
  }

  /** Logs may share their first records: all that is known of the head has to agree, and the most of those behind. */
  private continuationAt(rest: Buffer): SealedStream | undefined {
    const agree = (this.continuations.get(firstKey(rest, 0)) ?? []).filter(
      ({ number, head }) => !this.reached.has(number) && head.startsWith(headOfHashes(rest, head)),
    );
    if (agree.length < 2) return agree[0];
    const own = rest.subarray(0, WINDOW * HASH_BYTES);
    let most = 0;
    let next: SealedStream | undefined;
    for (const stream of agree) {
      const expected = new ExpectedLeaves(this.sealed, stream).window(WINDOW);
      let same = 0;
      while (same < own.length && isEqualAt(expected, own, same)) same += HASH_BYTES;
      if (same <= most) continue;
      most = same;
      next = stream;
    }
    return next;
  }

  /** The two sides differ: the nearest place where they meet again says what happened. Returns records of the file passed. */
  private part(rest: Buffer, left: number, spotAt: (index: number) => Spot): number {
    const ahead = this.expected!.window(WINDOW);
    const places = new Map<string, number>();
    for (let index = ahead.length / HASH_BYTES - 1; index >= 0; index -= 1)
      places.set(ahead.toString('latin1', index * HASH_BYTES, (index + 1) * HASH_BYTES), index);
    let best: { own: number; sealed: number } | undefined;
    for (let own = 0; own < Math.min(left, WINDOW); own += 1) {
      const sealed = places.get(rest.toString('latin1', own * HASH_BYTES, (own + 1) * HASH_BYTES));
      if (sealed === undefined || (best !== undefined && best.own + best.sealed <= own + sealed)) continue;
      best = { own, sealed };
    }
    if (best === undefined) return this.noMeeting(rest, left, spotAt);
    const { own, sealed } = best;
    const altered = Math.min(own, sealed);
    const found = (begin: number, end: number) => rest.subarray(begin * HASH_BYTES, end * HASH_BYTES);
    if (altered > 0) this.advance('altered', altered, spotAt(0), spotAt(altered - 1), found(0, altered));
    if (own > altered)
      this.note('inserted', own - altered, spotAt(altered), spotAt(own - 1), found(altered, own));
    if (sealed > altered) this.advance('missing', sealed - altered, spotAt(own), spotAt(own));
    return own;
  }

  /** Within the window nothing is as sealed: much was removed, or the last records were altered, or this is another log. */
  private noMeeting(rest: Buffer, left: number, spotAt: (index: number) => Spot): number {
    const ahead = this.searches < MAX_SEARCHES ? this.seek(rest.subarray(0, HASH_BYTES)) : -1;
    if (ahead > 0) {
      this.advance('missing', ahead, spotAt(0), spotAt(0));
      return 0;
    }
    const sealedLeft = this.stream!.count - this.at;
    if (left <= WINDOW && sealedLeft <= WINDOW) {
      const altered = Math.min(left, sealedLeft);
      const found = rest.subarray(0, altered * HASH_BYTES);
      this.advance('altered', altered, spotAt(0), spotAt(altered - 1), found);
      return altered;
    }
    this.isRewritten = true;
    this.note('rewritten', left, spotAt(0), spotAt(left - 1), rest.subarray(0, left * HASH_BYTES));
    return left;
  }

  /** How many sealed records lie between here and the one with this leaf; -1 where it is not ahead. */
  private seek(leaf: Uint8Array): number {
    this.searches += 1;
    let passed = 0;
    for (const { begin, end } of leavesOfStream(this.stream!, this.at, this.stream!.count))
      for (const hashes of this.sealed.leaves(begin, end)) {
        const chunk = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length);
        for (let at = chunk.indexOf(leaf); at >= 0; at = chunk.indexOf(leaf, at + 1))
          if (at % HASH_BYTES === 0) return passed + at / HASH_BYTES;
        passed += hashes.length / HASH_BYTES;
      }
    return -1;
  }

  private advance(kind: PieceKind, records: number, from: Spot, until: Spot, found?: Uint8Array): void {
    this.note(kind, records, from, until, found);
    this.at += records;
    if (kind !== 'sealed') this.expected!.skip(records);
    if (this.at === this.stream!.count) this.leave();
  }

  private enter(stream: SealedStream | undefined): void {
    this.stream = stream;
    this.at = 0;
    this.expected = stream && new ExpectedLeaves(this.sealed, stream);
  }

  private leave(): void {
    this.reached.set(this.stream!.number, this.at);
    this.stream = undefined;
    this.expected = undefined;
  }

  private noteNew(hashes: Uint8Array, records: number, from: Spot, until: Spot): void {
    const found = hashes.subarray(0, records * HASH_BYTES);
    this.onNew?.(found);
    this.note('new', records, from, until, found);
  }

  /** `found`: the leaves of records that are not as sealed. */
  private note(kind: PieceKind, records: number, from: Spot, until: Spot, found?: Uint8Array): void {
    const last = this.pieces.at(-1);
    this.last = until;
    if (last !== undefined && last.kind === kind && last.stream === this.stream && kind !== 'missing') {
      last.records += records;
      last.until = this.last;
      if (found !== undefined) this.content?.update(found);
      return;
    }
    this.closePiece();
    const { stream, at } = this;
    this.pieces.push({ kind, records, ...(stream && { stream }), at, from, until: this.last });
    this.content = found && crypto.createHash('sha256').update(found);
  }

  private closePiece(): void {
    if (this.content !== undefined) this.pieces.at(-1)!.content = this.content.digest('hex');
    this.content = undefined;
  }
}

/** A log grows at its end: what stands before something that was sealed is not new, whatever it was put in front of. */
function withoutNewBefore(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece, index) => {
    if (piece.kind !== 'new') return piece;
    const next = pieces.slice(index + 1).find(({ stream }) => stream !== undefined);
    return next === undefined ? piece : { ...piece, kind: 'inserted', stream: next.stream!, at: next.at };
  });
}

/** The leaves of one stream, from where the follower stands. */
class ExpectedLeaves {
  private readonly chunks: Iterator<Uint8Array>;
  private chunk: Uint8Array = new Uint8Array(0);

  constructor(sealed: SealedLeaves, stream: SealedStream) {
    this.chunks = (function* () {
      for (const { begin, end } of leavesOfStream(stream, 0, stream.count)) yield* sealed.leaves(begin, end);
    })();
  }

  /** Passes the leaves that are equal to the leading ones of `hashes`; returns how many, 0 only where the first differs. */
  commonPrefix(hashes: Uint8Array): number {
    if (this.chunk.length === 0) this.chunk = this.next() ?? this.chunk;
    const most = Math.min(this.chunk.length, hashes.length);
    let length = most;
    if (Buffer.compare(this.chunk.subarray(0, most), hashes.subarray(0, most)) !== 0) {
      length = 0;
      while (isEqualAt(this.chunk, hashes, length)) length += HASH_BYTES;
    }
    this.chunk = this.chunk.subarray(length);
    return length / HASH_BYTES;
  }

  /** The leaves ahead, at most `count`, without passing them. */
  window(count: number): Buffer {
    while (this.chunk.length < count * HASH_BYTES) {
      const more = this.next();
      if (more === undefined) break;
      this.chunk = Buffer.concat([this.chunk, more]);
    }
    return Buffer.from(this.chunk.subarray(0, count * HASH_BYTES));
  }

  skip(count: number): void {
    for (let left = count * HASH_BYTES; left > 0; ) {
      if (this.chunk.length === 0) this.chunk = this.next() ?? this.chunk;
      const length = Math.min(left, this.chunk.length);
      if (length === 0) return;
      this.chunk = this.chunk.subarray(length);
      left -= length;
    }
  }

  private next(): Uint8Array | undefined {
    const { done, value } = this.chunks.next();
    return done === true ? undefined : value;
  }
}

/** As the head of a stream begins. */
function firstKey(hashes: Uint8Array, at: number): string {
  return Buffer.from(hashes.buffer, hashes.byteOffset + at, HEAD_BYTES).toString('hex');
}

/** Of as many leaves as there are in `head`, or as many as there are. */
function headOfHashes(hashes: Uint8Array, head: string): string {
  let text = '';
  for (let at = 0; at < hashes.length && text.length < head.length; at += HASH_BYTES)
    text += firstKey(hashes, at);
  return text;
}

function isEqualAt(left: Uint8Array, right: Uint8Array, at: number): boolean {
  return Buffer.compare(left.subarray(at, at + HASH_BYTES), right.subarray(at, at + HASH_BYTES)) === 0;
}
