/**
 * The seats of one user, host and feature, none of whose sessions has an id, if each check-in ended the session that would have
 * ended first by contract. No other pairing of check-outs and check-ins keeps more of them taken for longer, so what it has
 * beyond the sessionizer's own pairing is a doubt. Amortized constant time for each event.
 */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { Late } from './late.ts';
import type { SessionEvent } from './session.ts';

/** Seats that one check-out took. `ends` undefined: nothing but a check-in or a restart ends them. */
export type Taken = {
  pairing: LongestPairing;
  event: SessionEvent;
  ends: Instant | undefined;
  quantity: Amount;
  /** Of `quantity`, what goes on without end if these are what a check-in gave back, and not seats that have none. */
  endless: Amount;
};

/** Why seats end without a check-in; in each of these, those that were taken first end first. */
export type EndClass = 'never' | 'timeout' | 'borrow';

/** In order of `ends`; what was given back is passed over. */
export class TakenQueue<Item extends { quantity: Amount } = Taken> {
  private items: Item[] = [];
  private head = 0;

  add(taken: Item): void {
    this.items.push(taken);
  }

  first(): Item | undefined {
    while (this.head < this.items.length && this.items[this.head]!.quantity === 0n) this.head++;
    if (this.head > 32 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return this.items[this.head];
  }
}

export class LongestPairing {
  /** Seats that are open as the sessionizer pairs them. */
  open: Amount = 0n;
  /** What was told as a doubt. */
  told: Amount = 0n;
  private total: Amount = 0n;
  private latest: Taken | undefined;
  /** The least that one check-out took. */
  private smallest: Amount | undefined;
  private readonly queues: Record<EndClass, TakenQueue> = {
    never: new TakenQueue(),
    timeout: new TakenQueue(),
    borrow: new TakenQueue(),
  };
  /** Seats whose time was over without a check-in, which may come yet: while others are open, it may be taken for theirs. */
  private lapsed: Amount = 0n;
  /** Of those, what timed out, and went on if the check-in is theirs; a borrowed seat is over by contract. */
  private readonly late = new TakenQueue<Late>();
  /** Seats in `late`. */
  waiting: Amount = 0n;
  /** The most that one session had of them. */
  private largest: Amount = 0n;
  /** A restart ends what has no end of its own, so a check-in of such seats may turn out to be the better pairing. */
  private readonly restarts: boolean;

  constructor(restarts: boolean) {
    this.restarts = restarts;
  }

  get isOver(): boolean {
    return this.total === 0n && this.open === 0n && this.told === 0n && this.lapsed === 0n;
  }

  get doubtful(): Amount {
    return this.total > this.open ? this.total - this.open : 0n;
  }

  checkOut(event: SessionEvent, ends: Instant | undefined, of: EndClass): Taken {
    const { quantity } = event;
    const taken: Taken = { pairing: this, event, ends, quantity, endless: 0n };
    this.queues[of].add(taken);
    this.latest = taken;
    this.total += quantity;
    if (this.smallest === undefined || quantity < this.smallest) this.smallest = quantity;
    return taken;
  }

  /** A session takes so many seats besides, for as long as the latest of them at most. */
  grow(quantity: Amount): void {
    const { latest } = this;
    if (latest === undefined || quantity === 0n) return;
    // It may be used up already, while others that end later are not.
    const taken = latest.quantity > 0n ? latest : (this.queues.never.first() ?? this.firstToEnd());
    if (taken === undefined) return;
    taken.quantity += quantity;
    this.total += quantity;
  }

  /** `quantity` undefined: of one whole session, nobody knows which. Returns what may have gone on until now. */
  checkIn(quantity: Amount | undefined): Late[] {
    const wentOn = this.takeLate(quantity ?? this.largest);
    this.giveBack(quantity);
    return wentOn;
  }

  /** Of `told` seats that were told to have gone on until now, those that may be of another check-in: they may go on from now. */
  stillLate(wentOn: readonly Late[], told: Amount): Late | undefined {
    const rest = this.lapsed - this.waiting;
    const quantity = rest < told ? rest : told;
    return quantity > 0n ? this.wait({ event: wentOn.at(-1)!.event, quantity }) : undefined;
  }

  /** In the order in which their time was over: any other would have gone on for less. */
  private takeLate(quantity: Amount): Late[] {
    const taken: Late[] = [];
    for (let rest = quantity; rest > 0n; ) {
      const late = this.late.first();
      if (late === undefined) break;
      taken.push(late);
      rest -= late.quantity;
      this.waiting -= late.quantity;
      late.quantity = 0n;
    }
    return taken;
  }

  private wait(late: Late): Late {
    this.late.add(late);
    this.waiting += late.quantity;
    if (late.quantity > this.largest) this.largest = late.quantity;
    return late;
  }

  private giveBack(quantity: Amount | undefined): void {
    let rest = quantity ?? this.smallest ?? 0n;
    const late = this.lapsed < rest ? this.lapsed : rest;
    this.lapsed -= late;
    rest -= late;
    while (rest > 0n) {
      const [timed, never] = [this.firstToEnd(), this.queues.never.first()];
      const taken = timed === undefined || (this.restarts && never !== undefined) ? never : timed;
      if (taken === undefined) return;
      const part = taken.quantity < rest ? taken.quantity : rest;
      taken.quantity -= part;
      this.total -= part;
      rest -= part;
      if (taken === never && timed !== undefined) timed.endless += part;
    }
  }

  /** As the sessionizer pairs them, so many ended without a check-in. Returns what may have gone on. */
  lapse(quantity: Amount, event: SessionEvent, isBorrowed: boolean): Late | undefined {
    this.lapsed += quantity;
    return isBorrowed ? undefined : this.wait({ event, quantity });
  }

  /** Its time is over. */
  expire(taken: Taken): void {
    const endless = taken.endless < taken.quantity ? taken.endless : taken.quantity;
    this.total -= taken.quantity;
    taken.quantity = 0n;
    if (endless > 0n) this.checkOut({ ...taken.event, quantity: endless }, undefined, 'never');
  }

  /** A restart ended so many seats that had no end of their own. */
  restart(quantity: Amount): void {
    let rest = quantity;
    for (
      let taken = this.queues.never.first();
      taken !== undefined && rest > 0n;
      taken = this.queues.never.first()
    ) {
      const part = taken.quantity < rest ? taken.quantity : rest;
      taken.quantity -= part;
      this.total -= part;
      rest -= part;
    }
  }

  private firstToEnd(): Taken | undefined {
    const [timeout, borrow] = [this.queues.timeout.first(), this.queues.borrow.first()];
    if (timeout === undefined || borrow === undefined) return timeout ?? borrow;
    return borrow.ends! < timeout.ends! ? borrow : timeout;
  }
}
