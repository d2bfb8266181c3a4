/**
 * The one sessionizer: check-outs and check-ins in time order become seats that are taken and given back.
 * Streams; it remembers only what is open, lingering or borrowed. One state machine, so one file of 700 lines.
 */

import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { LicenseUse } from './license-use.ts';
import { LingeringSeats } from './lingering-seats.ts';
import { LongestPairings } from './longest-pairings.ts';
import { OpenSessions } from './open-sessions.ts';
import { OrderedSet } from './ordered-set.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, isOther, leastOf, type Part, type Session, type SessionEvent, seatOf } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { UnequalSessions } from './unequal-sessions.ts';
import { UnpairedSeats } from './unpaired-seats.ts';

/** A session was checked out again at `at`; that times out at `ends`. */
type Again = { session: Session; at: Instant; ends: Instant };

/**
 * `paired`: a check-in that fits none of them may have shrunk any. `unreadable`: nobody knows what some of them hold. `blurred`:
 * one of those, or another, was checked in.
 */
type Mixture = 'unequal' | 'paired' | 'unreadable' | 'blurred';

export class Sessions {
  private readonly sink: SeatSink;
  private readonly options: SessionOptions;
  private readonly open = new OpenSessions();
  private readonly lingering = new LingeringSeats();
  /** In order of `ends`, for all wait equally long. */
  private readonly waiting = new OrderedSet<Session>();
  private readonly borrowed = new OrderedSet<Session>();
  /** Borrowed sessions that ended by themselves and may still be given back, by seat. */
  private readonly expired = new Map<string, number>();
  private readonly leaving = new OrderedSet<Part>();
  private readonly repeated = new OrderedSet<Again>();
  /** Seats that may still be taken under the id of a session that was checked in, by seat. */
  private readonly foreign = new Map<string, Amount>();
  private readonly longest: LongestPairings;
  /** By seat. */
  private readonly unpaired = new Map<string, UnpairedSeats>();
  private readonly unequal = new Map<string, UnequalSessions<Session>>();
  /** Sessions without an id that do not all hold the same. */
  private readonly mixed = new Map<OrderedSet<Session>, Mixture>();
  /** Whether something may end by itself: by most contracts nothing ever does. */
  private canEnd: boolean;
  /** Slots that were given out, and those of them that are free again. */
  private slots = 0;
  private readonly freeSlots: number[] = [];

  constructor(options: SessionOptions, sink: SeatSink) {
    this.options = options;
    this.sink = sink;
    this.longest = new LongestPairings(options, sink);
    const { linger, timeout, borrow } = options;
    this.canEnd = linger > 0n || timeout !== undefined || borrow !== undefined;
  }

  /** What the event of this kind does to its session; refusals and assignments are of none. */
  follow(kind: LicenseUse['kind'], event: SessionEvent): void {
    if (kind === 'open') this.checkOut(event);
    else if (kind === 'close') this.checkIn(event);
    else if (kind === 'upgrade') this.upgrade(event);
    else if (kind === 'use') this.use(event);
  }

  checkOut(given: SessionEvent): void {
    this.advance(given.at);
    const event = this.isBlurred(given)
      ? { ...given, unreadable: true, quantity: leastOf(given.quantity) }
      : given;
    const repeated = event.named ? this.sessionsOf(event)?.last() : undefined;
    if (repeated !== undefined) {
      this.checkOutAgain(repeated, event);
      return;
    }
    const unpaired = this.unpairedOf(event);
    unpaired?.checkOut(event.quantity);
    const pairing = this.longest.checkOut(event, this.isBorrowed(event));
    if (!event.named && this.takeAgain(event)) return;
    const session = this.revive(event) ?? this.take(event, unpaired);
    session.pairing = pairing;
    if (unpaired !== undefined) {
      join(session, unpaired);
      this.tellUnpaired(unpaired, event);
    }
    const before = this.open.ofSeat(session)?.last();
    const sessions = this.open.add(session);
    if (!event.named) {
      if (session.unreadable || before?.unreadable) this.mix(sessions, 'unreadable');
      else if (before !== undefined && heldBy(before) !== heldBy(session)) this.mix(sessions);
      this.joinUnequal(session);
    }
    if (this.isBorrowed(event)) {
      this.borrow(session, event.at);
      return;
    }
    if (this.options.restarts) this.open.endsAtRestart(session);
    if (this.options.timeout === undefined) return;
    session.ends = event.at + this.options.timeout;
    this.waiting.add(session);
  }

  private checkOutAgain(session: Session, event: SessionEvent): void {
    const isBorrowed = this.isBorrowed(event);
    // A borrowed session that is checked out again ends by itself all the same, and what was checked out does not.
    const isForeign = isOther(session, event) || (session.endsByContract && !isBorrowed);
    const isLonger = isBorrowed && !isForeign;
    this.repeat(session, isLonger ? event.quantity - heldBy(session) : event.quantity, event, isForeign);
    if (isBorrowed) this.borrow(session, event.at);
    else {
      session.reopened = event.at;
      const { timeout } = this.options;
      if (timeout === undefined) return;
      session.repeated = event.at;
      this.repeated.add({ session, at: event.at, ends: event.at + timeout });
    }
  }

  /** A check-out of an open session may take `more` seats besides; nobody knows how many, where its quantity is unreadable. */
  private repeat(session: Session, more: Amount, event: SessionEvent, isForeign: boolean): void {
    if (event.unreadable && !session.unreadable) {
      session.unreadable = true;
      this.sink.change(session, 0n, event.at);
    }
    if (more <= 0n) return;
    session.repeats += more;
    if (isForeign) session.foreign += more;
    this.sink.doubt(more, event.at, event, isForeign ? 'reused' : 'repeated');
  }

  private isBorrowed({ borrowed }: SessionEvent): boolean {
    return borrowed === true && this.options.borrow !== undefined;
  }

  /** From now on it ends by itself, and no restart ends it: the client holds it without the server. */
  private borrow(session: Session, at: Instant): void {
    this.waiting.delete(session);
    this.borrowed.delete(session);
    this.open.forgetDaemon(session);
    session.endsByContract = true;
    session.ends = at + this.options.borrow!;
    this.borrowed.add(session);
  }

  /**
   * A server lost its sessions: all of them, or those that the daemon gave. Sessions that do not name their daemon stay
   * open when only one daemon restarts: it may be another's. So do those of another server's log, though the daemon has the
   * same name. Returns how many ended.
   */
  restart(at: Instant, daemon: string | undefined, log?: string): number {
    this.advance(at);
    const ended = this.open.endedBy(daemon, log);
    for (const session of ended) {
      const held = heldBy(session);
      this.close(session, at);
      session.unpaired?.expire(held);
      session.pairing?.restart(held);
      this.sink.idle?.(-held, at);
      this.reduce(session, held, at);
      if (session.pairing !== undefined) this.longest.tell(session.pairing, at, session);
    }
    return ended.length;
  }

  checkIn(event: SessionEvent): void {
    this.advance(event.at);
    if (event.feature === undefined) {
      this.checkInAny(event);
      return;
    }
    const isOrphan = !this.isOpen(event) && !this.expired.has(seatOf(event));
    const pairing = this.longest.checkIn(event, isOrphan);
    this.checkInSeat(event);
    if (pairing !== undefined) this.longest.tell(pairing, event.at, event);
  }

  private checkInSeat(event: SessionEvent): void {
    let rest = event.quantity;
    if (this.checkInBlurred(event) || this.checkInUnequal(event)) return;
    const unpaired = this.unpairedBy(event);
    if (unpaired !== undefined) {
      if (event.stated && !event.unreadable) unpaired.checkIn(rest);
      else unpaired.checkInUnknown();
      this.tellUnpaired(unpaired, event);
    }
    for (;;) {
      const session = this.endedBy(event, rest);
      if (session === undefined) {
        if (this.isLateReturn(event) || this.isForeignReturn(event)) return;
        this.orphan(rest === event.quantity ? event : { ...event, quantity: rest });
        return;
      }
      const held = heldBy(session);
      const isWhole = !event.stated || session.unreadable || session.reopened === event.at;
      if (event.unreadable && !isWhole) this.sink.doubt(held, event.at, event, 'amount');
      else if (!isWhole && rest < held) {
        this.giveBack(session, rest, event.at);
        if (!event.named) this.mix(this.sessionsOf(event)!);
        return;
      }
      rest -= held + session.repeats;
      // As many seats as all check-outs of the id took.
      if (event.stated && !event.unreadable && rest >= 0n) session.foreign = 0n;
      this.end(session, event);
      if (isWhole || event.unreadable || rest <= 0n) return;
    }
  }

  /**
   * Without an id, the latest: which of equal sessions ended makes no difference to their number, but if one check-in was lost,
   * only the latest is proven to have lasted until now. Where seats are shared, the latest that holds just so many, for hardly
   * any license server gives back seats of a session one by one. Of its own server and daemon; where those gave none, of any.
   */
  private endedBy(event: SessionEvent, quantity: Amount): Session | undefined {
    const sessions = this.sessionsOf(event);
    const last = sessions?.last();
    if (last === undefined || sessions!.size === 1) return last;
    const isOwn = ({ log, daemon }: Session) =>
      (event.log === undefined || log === event.log) &&
      (event.daemon === undefined || daemon === undefined || daemon === event.daemon);
    const isExact = (session: Session) => !session.unreadable && heldBy(session) === quantity;
    // Where seats are not shared the pairing does not change their sum, and the latest is the one that lost check-ins leave proven.
    const isPaired = last.share !== undefined && !event.named && event.stated && !event.unreadable;
    const fits = isPaired ? isExact : () => true;
    const hasTwoEnds = !event.named && this.borrowed.size > 0;
    if (!hasTwoEnds && isOwn(last) && fits(last)) return last;
    const latest = (holds: (session: Session) => boolean) => {
      if (!hasTwoEnds) return sessions!.lastOf(holds);
      const [borrowed, other] = [true, false].map((each) =>
        sessions!.lastOf((session) => session.endsByContract === each && holds(session)),
      );
      return this.longer(borrowed, other);
    };
    return latest((each) => isOwn(each) && fits(each)) ?? latest(isOwn) ?? last;
  }

  /** Which of a borrowed session and another one would prove use for longer, if it was not checked in. */
  private longer(borrowed: Session | undefined, other: Session | undefined): Session | undefined {
    if (borrowed === undefined || other === undefined) return borrowed ?? other;
    const { timeout, openIsInUse = false } = this.options;
    return (timeout === undefined ? openIsInUse : other.ends > borrowed.ends) ? other : borrowed;
  }

  /** The seats of whose sessions nobody knows which ones `event`, a check-in, ends. */
  private unpairedBy(event: SessionEvent): UnpairedSeats | undefined {
    const known = this.unpairedOf(event);
    const { named, stated, unreadable, quantity } = event;
    if (known !== undefined || named || !stated || unreadable) return known;
    const sessions = this.sessionsOf(event);
    if (sessions === undefined || sessions.size === 1) return undefined;
    const ended = this.endedBy(event, quantity)!;
    if (!ended.unreadable && heldBy(ended) === quantity) return undefined;
    if (ended.share === undefined) {
      this.mix(sessions, 'paired');
      return undefined;
    }
    const unpaired = new UnpairedSeats([...sessions].map(heldBy), this.options.linger > 0n);
    this.unpaired.set(seatOf(event), unpaired);
    for (const session of sessions) join(session, unpaired);
    return unpaired;
  }

  /** Whether `event` is a check-in of sessions that hold different quantities, and one that stated none came already or is this. */
  private checkInUnequal(event: SessionEvent): boolean {
    const sessions = event.named ? undefined : this.sessionsOf(event);
    if (sessions === undefined) return false;
    const isStated = event.stated && !event.unreadable;
    const unequal = this.unequalOf(sessions, event);
    if (unequal === undefined) return false;
    let dropped: Amount = 0n;
    for (const [session, counted] of [...unequal.settle(heldBy)]) {
      const less = session.returned ? 0n : heldBy(session) - counted;
      if (less > 0n) {
        dropped += less;
        if (session.pairing !== undefined) session.pairing.open -= less;
        this.sink.idle?.(-less, event.at);
        this.reduce(session, less, event.at);
      }
    }
    if (event.stated) unequal.isLoose = true;
    // As many seats as it may have given back.
    const most = isStated ? event.quantity : 0n;
    const isAll = event.unreadable || (unequal.isLoose && (!isStated || unequal.isShared));
    let ended: Amount = 0n;
    do {
      const first = sessions.first()!;
      dropped += heldBy(first);
      ended += heldBy(first);
      this.end(first, event);
    } while (sessions.size > 0 && (isAll || dropped < most));
    const apart = unequal.isShared && unequal.isLoose ? unequal.most : unequal.doubtful();
    const kept = unequal.isLoose ? unequal.told + dropped : 0n;
    this.tellUnequal(unequal, kept > apart ? kept : apart, event);
    if (ended < most) this.orphan({ ...event, quantity: most - ended });
    return true;
  }

  /** Of several sessions, of which nobody knows what some hold, it ended one: then nobody knows it of any that is left. */
  private checkInBlurred(event: SessionEvent): boolean {
    const sessions = event.named ? undefined : this.sessionsOf(event);
    if (sessions === undefined || sessions.size === 1) return false;
    const how = this.mixed.get(sessions);
    if (how !== 'unreadable' && how !== 'blurred') return false;
    if (how === 'unreadable') for (const session of sessions) this.blur(session, event.at);
    this.mixed.set(sessions, 'blurred');
    this.end(this.endedBy(event, event.quantity)!, event);
    return true;
  }

  private isBlurred(event: SessionEvent): boolean {
    if (event.named || this.mixed.size === 0) return false;
    const sessions = this.sessionsOf(event);
    return sessions !== undefined && this.mixed.get(sessions) === 'blurred';
  }

  /** It holds the least that it can. */
  private blur(session: Session, at: Instant): void {
    if (session.unreadable) return;
    const less = heldBy(session) - leastOf(heldBy(session));
    if (less > 0n) {
      if (session.pairing !== undefined) session.pairing.open -= less;
      this.sink.idle?.(-less, at);
      this.reduce(session, less, at);
    }
    session.unreadable = true;
    this.sink.change(session, 0n, at);
  }

  private unequalOf(
    sessions: OrderedSet<Session>,
    event: SessionEvent,
  ): UnequalSessions<Session> | undefined {
    if (this.unequal.size === 0 && event.stated) return undefined;
    const seat = seatOf(event);
    const known = this.unequal.get(seat);
    const how = this.mixed.get(sessions);
    const isUnequal = how === 'paired' || (how === 'unequal' && sessions.size > 1);
    if (known !== undefined || event.stated || !isUnequal || this.unpaired.has(seat)) return known;
    const unequal = new UnequalSessions<Session>(sessions.last()!.share !== undefined);
    unequal.isLoose = how === 'paired';
    this.unequal.set(seat, unequal);
    for (const session of sessions) this.joinUnequal(session);
    return unequal;
  }

  private mix(sessions: OrderedSet<Session>, how: Mixture = 'unequal'): void {
    const before = this.mixed.get(sessions);
    const isMore = how === 'unreadable' && before !== 'blurred';
    if (before === undefined || before === 'unequal' || isMore) this.mixed.set(sessions, how);
  }

  private joinUnequal(session: Session): void {
    const unequal = this.unequal.size === 0 ? undefined : this.unequal.get(seatOf(session));
    if (unequal === undefined || session.unequal === unequal) return;
    session.unequal = unequal;
    unequal.checkOut(session, heldBy(session));
  }

  private tellUnequal(unequal: UnequalSessions<Session>, doubtful: Amount, event: SessionEvent): void {
    const by = doubtful - unequal.told;
    if (by === 0n) return;
    unequal.told = doubtful;
    this.sink.doubt(by, event.at, event, 'unpaired');
  }

  private leaveUnequal(session: Session, unequal: UnequalSessions<Session>, at: Instant): void {
    unequal.members--;
    if (unequal.members === 0 && !unequal.isLoose) this.unequal.delete(seatOf(session));
    const doubtful = unequal.doubtful();
    if (!unequal.isLoose && doubtful < unequal.told) this.tellUnequal(unequal, doubtful, { ...session, at });
  }

  private unpairedOf(event: SessionEvent): UnpairedSeats | undefined {
    return this.unpaired.size === 0 || event.named ? undefined : this.unpaired.get(seatOf(event));
  }

  private tellUnpaired(unpaired: UnpairedSeats, event: SessionEvent): void {
    const by = unpaired.most - unpaired.least - unpaired.told;
    if (by === 0n) return;
    unpaired.told += by;
    this.sink.doubt(by, event.at, event, 'unpaired');
  }

  /** The seats of a session are free. With those of the last one it is known again what is taken. */
  private release(session: Session, at: Instant): void {
    this.sink.release(session, at);
    this.freeSlots.push(session.slot);
    const { unpaired, unequal } = session;
    if (unequal !== undefined) this.leaveUnequal(session, unequal, at);
    if (unpaired === undefined || --unpaired.members > 0) return;
    this.unpaired.delete(seatOf(session));
    if (unpaired.told > 0n && !unpaired.isExpired) this.sink.doubt(-unpaired.told, at, session);
  }

  /** A check-in that names no feature: of the one session of its key, or of all of them. */
  private checkInAny(event: SessionEvent): void {
    const open = this.open.ofKey(event);
    const [only] = open;
    if (open.length === 1 && only!.feature !== undefined) {
      this.checkIn({ ...event, feature: only!.feature });
      return;
    }
    const held = open.reduce((sum, session) => sum + heldBy(session), 0n);
    if (event.stated && event.quantity < held)
      this.sink.doubt(held - event.quantity, event.at, event, 'amount');
    for (const session of open) {
      if (session.pairing !== undefined)
        this.longest.checkInOf(session.pairing, heldBy(session), { ...session, at: event.at });
      this.end(session, event);
      if (session.pairing !== undefined) this.longest.tell(session.pairing, event.at, session);
    }
  }

  /** The session goes on with the quantity of `event`, more or fewer than before. */
  upgrade(event: SessionEvent): void {
    this.advance(event.at);
    const sessions = this.sessionsOf(event);
    const session = sessions?.last();
    if (sessions === undefined || session === undefined) {
      this.sink.upgradeUnknown?.(event);
      this.checkOut(event);
      return;
    }
    if (sessions.size > 1 || session.unpaired !== undefined) this.sink.upgradeUnknown?.(event);
    session.unpaired?.upgrade();
    this.upgradeLongest(session, event);
    if (event.unreadable || !event.stated) {
      this.blur(session, event.at);
      if (!session.named) this.mix(sessions, 'unreadable');
      return;
    }
    const more = event.quantity - heldBy(session);
    // Nothing lingers of it: nobody checked it in.
    if (more < 0n) {
      this.sink.idle?.(more, event.at);
      this.reduce(session, -more, event.at);
    } else if (more > 0n) {
      session.quantity += more;
      this.sink.change(session, more, event.at);
    }
  }

  /** Seats that it takes besides are those of the latest session, and those that it gives back of the first. */
  private upgradeLongest(session: Session, event: SessionEvent): void {
    const { pairing } = session;
    if (pairing === undefined) return;
    const quantity = event.unreadable || !event.stated ? ONE : event.quantity;
    const more = quantity - heldBy(session);
    pairing.open += more;
    if (more < 0n) pairing.checkIn(-more);
    else pairing.grow(more);
  }

  private isLateReturn(event: SessionEvent): boolean {
    if (this.expired.size === 0) return false;
    const seat = seatOf(event);
    const returns = this.expired.get(seat);
    if (returns === undefined) return false;
    if (returns > 1) this.expired.set(seat, returns - 1);
    else this.expired.delete(seat);
    return true;
  }

  private isForeignReturn(event: SessionEvent): boolean {
    if (this.foreign.size === 0) return false;
    const seat = seatOf(event);
    const taken = this.foreign.get(seat);
    if (taken === undefined) return false;
    const returned = event.quantity < taken ? event.quantity : taken;
    if (returned === taken) this.foreign.delete(seat);
    else this.foreign.set(seat, taken - returned);
    this.sink.doubt(-returned, event.at, event);
    return true;
  }

  /**
   * Use without duration: a seat for one nanosecond, or as long as it lingers. What the sessions of the key hold already is
   * of it.
   */
  use(event: SessionEvent): void {
    this.advance(event.at);
    const sessions = this.sessionsOf(event);
    if (sessions === undefined) {
      this.linger(this.revive(event) ?? this.take(event), event.at);
      return;
    }
    let more = event.quantity;
    for (const session of sessions) more -= heldBy(session);
    if (event.unreadable || more > 0n)
      this.linger(this.take({ ...event, share: undefined, quantity: more > 0n ? more : ONE }), event.at);
  }

  /** Ends what ends at or before `now`: sessions are half-open, and at one instant check-ins come before check-outs. */
  advance(now: Instant): void {
    while (this.canEnd) {
      const lingered = this.lingering.first();
      const borrowed = this.borrowed.first();
      const next = sooner(sooner(lingered, this.waiting.first()), borrowed);
      // A part goes before the session that it is of.
      const part = this.leaving.first();
      const taken = this.longest.first();
      // At one instant before the sessions: what ends with them is no doubt.
      if (taken !== undefined && taken.ends <= now && isFirst(taken, next) && isFirst(taken, part)) {
        this.longest.expire(taken);
        continue;
      }
      const again = this.repeated.first();
      if (again !== undefined && again.ends <= now && isBefore(again, next) && isBefore(again, part)) {
        this.stopOutliving(again);
        continue;
      }
      if (part !== undefined && part.ends <= now && (next === undefined || part.ends <= next.ends)) {
        this.stopLeaving(part);
        this.reduce(part.session, part.quantity, part.ends);
        continue;
      }
      if (next === undefined || next.ends > now) return;
      if (next === lingered) {
        this.lingering.delete(next);
        this.release(next, next.ends);
      } else {
        const held = heldBy(next);
        if (next !== borrowed) {
          next.outliving = next.repeats;
          next.repeats = 0n;
          next.foreign = 0n;
        }
        this.close(next, next.ends);
        if (next.unpaired !== undefined) {
          next.unpaired.isExpired = true;
          next.unpaired.expire(held);
        }
        if (next === borrowed) this.expired.set(seatOf(next), (this.expired.get(seatOf(next)) ?? 0) + 1);
        this.sink.overdue?.(next, held);
        this.reduce(next, held, next.ends);
        if (next.pairing !== undefined) this.longest.lapse(next.pairing, held, next.ends, next);
      }
    }
  }

  /** What was checked out again last has timed out. */
  private stopOutliving(again: Again): void {
    this.repeated.delete(again);
    const { session, at, ends } = again;
    if (session.repeated !== at || session.outliving === 0n) return;
    this.sink.doubt(-session.outliving, ends, session);
    session.outliving = 0n;
  }

  /** Those without a check-in so far. */
  *stillOpen(): Generator<Session> {
    yield* this.open;
  }

  /** Whether one that the event may end has no check-in. */
  isOpen(event: SessionEvent): boolean {
    return this.sessionsOf(event) !== undefined;
  }

  private sessionsOf(event: SessionEvent): OrderedSet<Session> | undefined {
    return this.open.ofSeat(event);
  }

  /** What is certain of it: it was in use just before its check-in, and lingers since. */
  private orphan(event: SessionEvent): void {
    this.sink.orphan(event);
    if (this.options.linger === 0n) return;
    const isUnpaired = !event.named && (this.unequal.has(seatOf(event)) || this.unpaired.has(seatOf(event)));
    // It may be of seats that linger already, or of none: a doubt, and nobody knows for how long.
    if (isUnpaired) this.sink.doubt(event.quantity, event.at, event, 'unpaired');
    else this.linger(this.take(event), event.at);
  }

  /** Some of a session's seats are checked in, and the rest is not. */
  private giveBack(session: Session, quantity: Amount, at: Instant): void {
    if (session.pairing !== undefined) session.pairing.open -= quantity;
    if (this.options.linger === 0n) this.reduce(session, quantity, at);
    else {
      const part: Part = { session, quantity, ends: at + this.options.linger };
      session.leaving ??= { quantity: 0n, parts: new OrderedSet() };
      session.leaving.quantity += quantity;
      session.leaving.parts.add(part);
      this.leaving.add(part);
      this.sink.idle?.(-quantity, at);
    }
  }

  /** It lingers no more: its time is over, or it is checked out again. */
  private stopLeaving(part: Part): void {
    const leaving = part.session.leaving!;
    leaving.quantity -= part.quantity;
    leaving.parts.delete(part);
    this.leaving.delete(part);
  }

  private reduce(session: Session, by: Amount, at: Instant): void {
    if (by === session.quantity) {
      this.release(session, at);
      return;
    }
    session.quantity -= by;
    this.sink.change(session, -by, at);
  }

  /** A check-out while as many seats of the same key linger, whose session is still open: they are its again. */
  private takeAgain(event: SessionEvent): boolean {
    if (this.leaving.size === 0) return false;
    const session = this.sessionsOf(event)?.last();
    const part = session?.leaving?.parts.last();
    if (part === undefined || event.unreadable || part.quantity !== event.quantity) return false;
    this.stopLeaving(part);
    this.sink.idle?.(event.quantity, event.at);
    return true;
  }

  private take(event: SessionEvent, unpaired?: UnpairedSeats): Session {
    const { at, key, named, feature, holder, share, quantity, stated, unreadable, place, origin } = event;
    const { borrowed = false, daemon, log, person, host } = event;
    // Spelled out: a spread with further members takes 20 × longer (measured, Node 20).
    const session: Session = {
      slot: this.freeSlots.pop() ?? this.slots++,
      at,
      key,
      person,
      named,
      feature,
      holder,
      share,
      quantity,
      stated,
      unreadable,
      borrowed,
      daemon,
      log,
      host,
      place,
      // Decoded, for a mark keeps the bytes of its neighbors in memory, and some sessions never end.
      origin: { identity: origin.identity },
      returned: false,
      endsByContract: false,
      leaving: undefined,
      repeats: 0n,
      foreign: 0n,
      repeated: undefined,
      outliving: 0n,
      reopened: undefined,
      ends: 0n,
      closed: undefined,
      unpaired: undefined,
      pairing: undefined,
      unequal: undefined,
    };
    if (unpaired !== undefined) join(session, unpaired);
    this.sink.take(session, event.at);
    return session;
  }

  private end(session: Session, { at, place }: SessionEvent): void {
    // Checked out again at this very instant: the check-in came first and belongs to the earlier check-out.
    if (session.reopened === at) {
      session.reopened = undefined;
      return;
    }
    session.closed = place;
    this.close(session, at);
    if (this.options.linger > 0n) this.linger(session, at);
    else this.release(session, at);
  }

  private close(session: Session, at: Instant): void {
    const left = this.open.delete(session);
    if (session.pairing !== undefined) session.pairing.open -= heldBy(session);
    if (left.size === 0 && this.mixed.size > 0) this.mixed.delete(left);
    this.waiting.delete(session);
    this.borrowed.delete(session);
    session.returned = true;
    const { repeats, foreign } = session;
    if (repeats !== foreign) this.sink.doubt(foreign - repeats, at, session);
    if (foreign > 0n) {
      const seat = seatOf(session);
      this.foreign.set(seat, (this.foreign.get(seat) ?? 0n) + foreign);
    }
    session.repeats = 0n;
    session.foreign = 0n;
  }

  private linger(session: Session, at: Instant): void {
    this.sink.idle?.(-heldBy(session), at);
    this.canEnd = true;
    session.returned = true;
    session.ends = at + (this.options.linger > 0n ? this.options.linger : 1n);
    this.lingering.add(session);
  }

  /** A check-out while the seat of the same key lingers takes that seat again. */
  private revive(event: SessionEvent): Session | undefined {
    const session = this.lingering.lastOf(event);
    if (session === undefined || session.unreadable || event.unreadable) return undefined;
    if (heldBy(session) !== event.quantity) return undefined;
    this.lingering.delete(session);
    session.returned = false;
    session.daemon = event.daemon;
    session.log = event.log;
    session.endsByContract = false;
    session.closed = undefined;
    this.sink.idle?.(event.quantity, event.at);
    return session;
  }
}

function isFirst({ ends }: { ends: Instant }, other: { ends: Instant } | undefined): boolean {
  return other === undefined || ends <= other.ends;
}

function isBefore({ ends }: Again, other: { ends: Instant } | undefined): boolean {
  return other === undefined || ends < other.ends;
}

/** The one that ends first; of equal ones the first given. */
function sooner(left: Session | undefined, right: Session | undefined): Session | undefined {
  if (left === undefined) return right;
  return right !== undefined && right.ends < left.ends ? right : left;
}

function join(session: Session, unpaired: UnpairedSeats): void {
  if (session.unpaired === unpaired) return;
  session.unpaired = unpaired;
  unpaired.members++;
}
