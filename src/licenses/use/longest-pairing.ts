/**
 * The seats of one user, host and feature, none of whose sessions has an id, if each check-in ended the session that would have
 * ended first by contract. No other pairing of check-outs and check-ins keeps more of them taken for longer, so what it has
 * beyond the sessionizer's own pairing is a doubt. Amortized constant time for each event. One pairing, so one file of 310 lines.
 */
import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { Late } from './late.ts';
import { heldBy, type Session, type SessionEvent } from './session.ts';

/** Seats that one check-out took. `ends` undefined: nothing but a check-in or a restart ends them. */
export type Taken = {
  pairing: LongestPairing;
  event: SessionEvent;
  ends: Instant | undefined;
  quantity: Amount;
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
  /** Seats that are open at most. */
  total: Amount = 0n;
  private latest: Taken | undefined;
  /** The least that one session holds, and the most that one check-out took. */
  private smallest: Amount | undefined;
  greatest: Amount = 0n;
  /** All quantities are multiples of it; 0 where some are fractions. */
  private unit: Amount = ONE;
  /** Not fewer than are open. */
  private sessions = 0;
  /** Of seats that end by themselves, those that go on if they are what a check-in gave back, and not seats without an end. */
  private endless: Amount = 0n;
  private readonly queues: Record<EndClass, TakenQueue> = {
    never: new TakenQueue(),
    timeout: new TakenQueue(),
    borrow: new TakenQueue(),
  };
  /** Seats whose time was over without a check-in, which may come yet: while others are open, it may be taken for theirs. */
  lapsed: Amount = 0n;
  /** Of those, what timed out, and went on if the check-in is theirs; a borrowed seat is over by contract. */
  private readonly late = new TakenQueue<Late>();
  /** Seats in `late`. */
  waiting: Amount = 0n;
  /** The most that one session had of them. */
  private largest: Amount = 0n;
  /**
   * From a check-in on that may have ended any of several sessions, until none is open: those since the last check-in. The others
   * are withdrawn.
   */
  fresh: Session[] | undefined;
  /** The largest of these. */
  certain: Amount = 0n;
  /** Of all sessions, where it is one: then they count once, with the largest. */
  share: string | undefined;
  /** Whether all that it may have are of one share: of what timed out, others may go on than the sessions that are open. */
  isOfOneShare = true;
  /** Whether seats of it linger. */
  lingers = false;
  /** Whether all are of one daemon, whose restart ends them. */
  private daemon: { name: string | undefined; log: string | undefined } | undefined;
  private isOfOneDaemon = true;
  private isOfOneLog = true;
  /** A restart ends what has no end of its own, so a check-in of such seats may turn out to be the better pairing. */
  private readonly restarts: boolean;

  constructor(restarts: boolean) {
    this.restarts = restarts;
  }

  get isShared(): boolean {
    return this.share !== undefined;
  }

  /** A session of those that are certain. */
  keep(session: Session): void {
    const held = heldBy(session);
    if (held > this.certain) this.certain = held;
  }

  /** Open sessions whose check-ins may have shrunk any of more. */
  adopt(sessions: readonly Session[], isShrunk: boolean): void {
    for (const session of sessions) {
      const quantity = heldBy(session);
      this.checkOut({ ...session, quantity }, undefined, 'never');
      this.open += quantity;
      // With what lingers of it.
      if (session.quantity > this.greatest) this.greatest = session.quantity;
      session.pairing = this;
    }
    if (!isShrunk) return;
    for (const { quantity } of sessions) this.greatest += quantity;
    this.smallest = this.unit;
    this.sessions = Number.MAX_SAFE_INTEGER;
  }

  /** Whether a check-in may be of seats that are not open as the sessionizer pairs them. */
  get isOpen(): boolean {
    return this.total > this.open || this.lapsed > 0n;
  }

  /** Whether every session holds just so many as the check-in gives back. */
  isEven(quantity: Amount | undefined): boolean {
    return this.smallest === this.greatest && (quantity === undefined || quantity === this.greatest);
  }

  get isIdle(): boolean {
    // Where nobody knows which are open, and none can be, what the sessionizer still holds to be open is over as well.
    const isEmpty = this.total === 0n && (this.open === 0n || this.fresh !== undefined);
    return isEmpty && !(this.isShared && this.lingers);
  }

  get isOver(): boolean {
    return this.isIdle && this.fresh === undefined && this.told === 0n && this.lapsed === 0n;
  }

  private get largestPossible(): Amount {
    return this.lingers || this.total > this.greatest ? this.greatest : this.total;
  }

  get doubtful(): Amount {
    if (this.fresh !== undefined && this.isShared) return this.largestPossible - this.certain;
    return this.total > this.open ? this.total - this.open : 0n;
  }

  checkOut(event: SessionEvent, ends: Instant | undefined, of: EndClass): Taken {
    const { quantity } = event;
    const taken: Taken = { pairing: this, event, ends, quantity };
    this.queues[of].add(taken);
    if (this.latest !== undefined && this.latest.event.share !== event.share) this.isOfOneShare = false;
    this.latest = taken;
    this.total += quantity;
    this.sessions++;
    this.daemon ??= { name: event.daemon, log: event.log };
    if (this.daemon.name !== event.daemon || this.daemon.log !== event.log) this.isOfOneDaemon = false;
    if (this.daemon.log !== event.log) this.isOfOneLog = false;
    if (quantity % ONE !== 0n) this.unit = 0n;
    if (this.smallest === undefined || quantity < this.smallest) this.smallest = quantity;
    if (quantity > this.greatest) this.greatest = quantity;
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

  /** `quantity` undefined: of one whole session, nobody knows which. Returns what may have gone on until now, `most` of it at once. */
  checkIn(quantity: Amount | undefined): { wentOn: Late[]; most: Amount } {
    const most = quantity ?? this.largest;
    const wentOn = this.takeLate(most);
    this.giveBack(quantity);
    return { wentOn, most };
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
    // It may have shrunk a session that held more.
    if (quantity !== undefined && (quantity !== this.smallest || quantity !== this.greatest))
      this.smallest = this.unit;
    const rest = quantity ?? this.smallest ?? 0n;
    const late = this.lapsed < rest ? this.lapsed : rest;
    this.lapsed -= late;
    this.takeBack(rest - late);
    if (quantity !== undefined || late > 0n) return;
    this.sessions--;
    this.takeBack(this.total - BigInt(this.sessions < 0 ? 0 : this.sessions) * this.greatest);
  }

  private takeBack(quantity: Amount): void {
    let rest = quantity;
    while (rest > 0n) {
      const [timed, never] = [this.firstToEnd(), this.queues.never.first()];
      const taken = timed === undefined || (this.restarts && never !== undefined) ? never : timed;
      if (taken === undefined) return;
      const part = taken.quantity < rest ? taken.quantity : rest;
      taken.quantity -= part;
      this.total -= part;
      rest -= part;
      if (taken === never && timed !== undefined) this.endless += part;
    }
  }

  /** As the sessionizer pairs them, so many ended without a check-in. Returns what may have gone on. */
  lapse(quantity: Amount, event: SessionEvent, isBorrowed: boolean): Late | undefined {
    this.lapsed += quantity;
    return isBorrowed ? undefined : this.wait({ event, quantity });
  }

  /** Its time is over. */
  expire(taken: Taken): void {
    const endless = this.endless < taken.quantity ? this.endless : taken.quantity;
    this.endless -= endless;
    this.total -= taken.quantity;
    taken.quantity = 0n;
    if (endless > 0n) this.checkOut({ ...taken.event, quantity: endless }, undefined, 'never');
  }

  /** A restart ended so many seats that had no end of their own. */
  restart(quantity: Amount): void {
    // It may have ended others than the sessionizer thinks.
    if (this.fresh !== undefined && !this.isOfOneDaemon) return;
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

  /** Whether a restart of the daemon, or of all that write the log, ends all seats that have no end of their own. */
  isEndedBy(daemon: string | undefined, log: string | undefined): boolean {
    if (this.daemon === undefined || this.daemon.log !== log) return false;
    return daemon === undefined ? this.isOfOneLog : this.isOfOneDaemon && this.daemon.name === daemon;
  }

  /** Those that have no end of their own are over, whichever they are. */
  endUntimed(): void {
    this.endless = 0n;
    this.empty(this.queues.never);
  }

  /** All of them are over. */
  end(): void {
    this.endless = 0n;
    for (const queue of Object.values(this.queues)) this.empty(queue);
  }

  private empty(queue: TakenQueue): void {
    for (let taken = queue.first(); taken !== undefined; taken = queue.first()) {
      this.total -= taken.quantity;
      taken.quantity = 0n;
    }
  }

  get latestEvent(): SessionEvent | undefined {
    return this.latest?.event;
  }

  private firstToEnd(): Taken | undefined {
    const [timeout, borrow] = [this.queues.timeout.first(), this.queues.borrow.first()];
    if (timeout === undefined || borrow === undefined) return timeout ?? borrow;
    return borrow.ends! < timeout.ends! ? borrow : timeout;
  }
}
