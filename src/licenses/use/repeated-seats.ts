/**
 * Seats of check-outs that repeat another record byte for byte, without an id that proves them one: they may have been taken
 * besides, for as long as such a session lasts at most. Constant time for each event, amortized.
 */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { type SessionEvent, seatOf } from './session.ts';
import type { SessionOptions } from './session-options.ts';

/** `quantity` is 0 once they were given back. */
type Held = { event: SessionEvent; quantity: Amount };
type Ending = { held: Held; ends: Instant };

export class RepeatedSeats {
  private readonly options: SessionOptions;
  private readonly tell: (by: Amount, at: Instant, event: SessionEvent) => void;
  private readonly bySeat = new Map<string, Held[]>();
  /** By what ends them: within each, in order of `ends`. */
  private readonly timingOut = new EndQueue();
  private readonly borrowed = new EndQueue();
  private readonly lingering = new EndQueue();

  constructor(options: SessionOptions, tell: (by: Amount, at: Instant, event: SessionEvent) => void) {
    this.options = options;
    this.tell = tell;
  }

  checkOut(event: SessionEvent): void {
    const held = this.hold(event);
    const { timeout, borrow } = this.options;
    if (event.borrowed && borrow !== undefined) this.borrowed.add({ held, ends: event.at + borrow });
    else {
      getOrCreate(this.bySeat, seatOf(event), () => []).push(held);
      if (timeout !== undefined) this.timingOut.add({ held, ends: event.at + timeout });
    }
  }

  /** Use without duration. */
  use(event: SessionEvent): void {
    this.linger(this.hold(event), event.at);
  }

  /** Whether it was of one of these, the latest. */
  checkIn(event: SessionEvent): boolean {
    const seat = seatOf(event);
    const open = this.bySeat.get(seat);
    let last = open?.pop();
    while (last?.quantity === 0n) last = open?.pop();
    if (open?.length === 0) this.bySeat.delete(seat);
    if (last === undefined) return false;
    this.linger(last, event.at);
    return true;
  }

  /** All sessions are over, but borrowed ones. */
  restart(at: Instant): void {
    for (const open of this.bySeat.values()) for (const held of open) this.end(held, at);
    this.bySeat.clear();
  }

  /** `before` is told each time at which seats are over, so that what ends until then comes first. */
  advance(now: Instant, before: (at: Instant) => void): void {
    while (this.isWaiting) {
      let next: EndQueue | undefined;
      for (const queue of [this.lingering, this.timingOut, this.borrowed]) {
        const ends = queue.first()?.ends;
        if (ends !== undefined && ends <= now && (next === undefined || ends < next.first()!.ends))
          next = queue;
      }
      if (next === undefined) return;
      const { held, ends } = next.take()!;
      before(ends);
      this.end(held, ends);
    }
  }

  private get isWaiting(): boolean {
    return this.lingering.size > 0 || this.timingOut.size > 0 || this.borrowed.size > 0;
  }

  private hold(event: SessionEvent): Held {
    this.tell(event.quantity, event.at, event);
    return { event, quantity: event.quantity };
  }

  private linger(held: Held, at: Instant): void {
    // They end by this alone, whatever else they wait for.
    const { linger } = this.options;
    const rest = { ...held };
    held.quantity = 0n;
    this.lingering.add({ held: rest, ends: at + (linger > 0n ? linger : 1n) });
  }

  private end(held: Held, at: Instant): void {
    if (held.quantity > 0n) this.tell(-held.quantity, at, held.event);
    held.quantity = 0n;
  }
}

/** First in, first out; what was given back is passed over. */
class EndQueue {
  private items: Ending[] = [];
  private head = 0;

  /** Those that were given back may be among them. */
  get size(): number {
    return this.items.length - this.head;
  }

  add(item: Ending): void {
    this.items.push(item);
  }

  first(): Ending | undefined {
    while (this.items[this.head]?.held.quantity === 0n) this.head++;
    if (this.head > 32 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return this.items[this.head];
  }

  take(): Ending | undefined {
    const item = this.first();
    if (item !== undefined) this.head++;
    return item;
  }
}
