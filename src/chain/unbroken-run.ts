/** The fast road of the fold: a record that follows the last one of its stream and recomputes as that one did. */
import type { Event } from '../model/event.ts';
import type { ChainState, EdgeRecord, StreamName } from './chain-state.ts';
import { keepLink } from './hash-index.ts';
import type { BoundLayout } from './layout.ts';
import { isHash } from './record-hash.ts';
import { type FileRun, goOn, isNext, type LinkRule, type Segment, type StreamState } from './segment.ts';
import { isAtHead, isSampled } from './tried-records.ts';

/**
 * Remembers where the last record stands instead of looking it up, and asks nothing whose answer is known when a record
 * follows. Whatever is otherwise takes the slow road, with the same answer.
 */
export class UnbrokenRun {
  private readonly bound: BoundLayout;
  private readonly step: number | null;
  private readonly nameOf: (event: Event) => StreamName;
  /** As long as the state holds this object, so do the ones below. */
  private last: EdgeRecord = { fileIndex: -1, bare: false };
  private name!: StreamName;
  private stream!: StreamState;
  private run!: FileRun;
  private tail!: Segment;

  constructor(bound: BoundLayout, { step }: LinkRule, nameOf: (event: Event) => StreamName) {
    this.bound = bound;
    this.step = step;
    this.nameOf = nameOf;
  }

  /** The record that was appended last is the last one of this stream. */
  remember(state: ChainState, name: StreamName, stream: StreamState): void {
    const run = stream.runs[stream.runs.length - 1]!;
    const tail = run.segments[run.segments.length - 1]!;
    if (state.last === null || tail.lastAltered) return;
    this.last = state.last;
    this.name = name;
    this.stream = stream;
    this.run = run;
    this.tail = tail;
  }

  /** Appends the record, if it is one of those; else nothing has happened. */
  append(state: ChainState, event: Event): boolean {
    if (event.erased === true) return false;
    const { bound, last, tail } = this;
    if (state.last !== last || event.fileIndex !== last.fileIndex || tail.lastAltered) return false;
    // A record without a chain may have begun another file since.
    if (event.fileIndex !== this.run.fileIndex) return false;
    const before = tail.last[0]!;
    if (!event.equals(bound.previousSlot, before) || this.nameOf(event) !== this.name) return false;
    if (isAtHead(event) || bound.isGenesis(event, before) || !bound.isOwn(event)) return false;
    const sequence = bound.sequence(event);
    if (this.step !== null && !isNext(tail, this.step, sequence)) return false;
    const own = bound.guess(event, before, before.length);
    if (!isHash(own) || isSampled(own) || !event.equals(bound.ownSlot, own)) return false;
    const { stream } = this;
    bound.countFit(stream, bound.likely, event);
    goOn(stream, this.run, tail, event);
    tail.last[0] = own;
    tail.lastPrevious = before;
    tail.lastSequence = sequence;
    last.bare = false;
    keepLink(state.sample, stream.index, before, stream.records - 1, event);
    return true;
  }
}
