/**
 * The one sessionizer: check-outs and check-ins in time order become seats that are taken and given back.
 * Streams; it remembers only what is open, lingering or borrowed. One state machine, so one file of 800 lines.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import type { Place } from '../../model/place.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { LicenseUse } from './license-use.ts';
import { OrderedSet } from './ordered-set.ts';
import { UnequalSessions } from './unequal-sessions.ts';
import { UnpairedSeats } from './unpaired-seats.ts';

/** One event of a session, with what the sessionizer needs of it. */
export type SessionEvent = {
  at: Instant;
  /** What check-outs and check-ins have in common, behind its lengths. */
  key: string;
  /** Whether `key` is an id the log gave to the session: then a second check-out is a repeat. Else it is a second session. */
  named: boolean;
  /** Undefined for a check-in that names none: it ends every session of its key, and is no orphan when there is none. */
  feature: string | undefined;
  holder: string;
  /** Sessions of one share count once. Undefined: this one counts alone. */
  share: string | undefined;
  quantity: Amount;
  /** Whether the log states a quantity. A check-in that states none gives back the whole session. */
  stated: boolean;
  /** The log states a quantity that nobody can read: then `quantity` is the least it can be. */
  unreadable: boolean;
  /** A check-out for use away from the server, which ends by itself. */
  borrowed?: boolean;
  /** The part of the server that gave the seat; its restart ends the session, where the contract says so. */
  daemon?: string | undefined;
  /** The server that gave it, where there are several. */
  log?: string | undefined;
  host?: string | undefined;
  place: Place;
  identity: string;
};

/**
 * A taken seat, or several: `quantity` of them are taken now. `ends` is when they will be given back, once they linger, are
 * borrowed or can time out. `leaving`: of `quantity`, those that were checked in alone and linger.
 */
export type Session = SessionEvent & {
  returned: boolean;
  /** Borrowed, so in use until `ends` by contract, whatever the log lacks. */
  endsByContract: boolean;
  leaving: { quantity: Amount; parts: OrderedSet<Part> } | undefined;
  repeats: Amount;
  /** Of `repeats`, those that its check-in does not end: somebody else checked out under the same id. */
  foreign: Amount;
  /** When it was checked out again last, and the repeats that may go on although it timed out. */
  repeated: Instant | undefined;
  outliving: Amount;
  reopened: Instant | undefined;
  ends: Instant;
  /** The check-in, once there is one. */
  closed: Place | undefined;
  /** It shares its seats, and nobody knows how many of them check-ins gave back. */
  unpaired: UnpairedSeats | undefined;
  /** One of several of different quantities, of which a check-in that states none ended one. */
  unequal: UnequalSessions<Session> | undefined;
};

/** How many seats of it count in its share for certain. `quantity` may be more or less, for it pairs check-ins as they come. */
export function certainSeats({ unpaired, quantity }: Session): Amount {
  return unpaired === undefined ? quantity : unpaired.least;
}

/** Some seats of a session, checked in before the rest, that linger until `ends`. */
type Part = { session: Session; quantity: Amount; ends: Instant };

/** A session was checked out again at `at`; that times out at `ends`. */
type Again = { session: Session; at: Instant; ends: Instant };

/**
 * Why seats may be taken besides: a check-out repeats an open session, or is somebody else's under the same id; a check-in
 * gives back nobody knows how many, or seats of nobody knows which session.
 */
export type SeatDoubt = 'repeated' | 'reused' | 'amount' | 'unpaired';

/** What happens to the seats, in time order. */
export interface SeatSink {
  take(session: Session, at: Instant): void;
  release(session: Session, at: Instant): void;
  /** Seats are given back, whether they linger or not, or are checked out again while they do (then `by` is positive). */
  idle?(by: Amount, at: Instant): void;
  /** Called before the release of seats that nobody checked in: they are over by contract. */
  overdue?(session: Session, quantity: Amount): void;
  /** The session goes on with `by` seats more, or fewer; its quantity already says so. */
  change(session: Session, by: Amount, at: Instant): void;
  /** A check-in without a check-out: the session may have existed since the log began. It surely did just before `at`. */
  orphan(event: SessionEvent): void;
  /** Seats that may be taken besides, from `at` on, because of `event`; negative when the doubt ends. */
  doubt(quantity: Amount, at: Instant, event: SessionEvent, reason?: SeatDoubt): void;
  /** An upgrade states the new quantity alone, and what it was before is not known. */
  upgradeUnknown?(event: SessionEvent): void;
}

/** Tells each of them in turn. */
export function bothSinks(first: SeatSink, second: SeatSink): SeatSink {
  return {
    take(session, at) {
      first.take(session, at);
      second.take(session, at);
    },
    release(session, at) {
      first.release(session, at);
      second.release(session, at);
    },
    idle(by, at) {
      first.idle?.(by, at);
      second.idle?.(by, at);
    },
    overdue(session, quantity) {
      first.overdue?.(session, quantity);
      second.overdue?.(session, quantity);
    },
    change(session, by, at) {
      first.change(session, by, at);
      second.change(session, by, at);
    },
    orphan(event) {
      first.orphan(event);
      second.orphan(event);
    },
    doubt(quantity, at, event, reason) {
      first.doubt(quantity, at, event, reason);
      second.doubt(quantity, at, event, reason);
    },
    upgradeUnknown(event) {
      first.upgradeUnknown?.(event);
      second.upgradeUnknown?.(event);
    },
  };
}

export type SessionOptions = {
  /** Nanoseconds a seat stays taken after its check-in. */
  linger: bigint;
  /** Nanoseconds after which a session without a check-in is over. */
  timeout?: bigint;
  /** Nanoseconds after which a borrowed session is over, if it was not given back before. */
  borrow?: bigint;
  /** Whether a restart ends sessions. */
  restarts?: boolean;
};

/** `paired`: a check-in that fits none of them may have shrunk any. `unreadable`: nobody knows what some of them hold. */
type Mixture = 'unequal' | 'paired' | 'unreadable';

/** The sessions of one key by feature. */
type OpenSessions = Map<string, OrderedSet<Session>>;

export class Sessions {
  private readonly sink: SeatSink;
  private readonly options: SessionOptions;
  private readonly open = new Map<string, OpenSessions>();
  /** In order of `ends`, for all wait equally long. */
  private readonly lingering = new OrderedSet<Session>();
  private readonly lingeringSeats = new Map<string, OrderedSet<Session>>();
  private readonly waiting = new OrderedSet<Session>();
  private readonly borrowed = new OrderedSet<Session>();
  /** Borrowed sessions that ended by themselves and may still be given back, by seat. */
  private readonly expired = new Map<string, number>();
  /** Those that a restart ends, by log and daemon: nothing else may be looked at, for a hostile log restarts at every line. */
  private readonly byDaemon = new Map<string | undefined, Map<string | undefined, OrderedSet<Session>>>();
  private readonly leaving = new OrderedSet<Part>();
  private readonly repeated = new OrderedSet<Again>();
  /** Seats that may still be taken under the id of a session that was checked in, by seat. */
  private readonly foreign = new Map<string, Amount>();
  /** By seat. */
  private readonly unpaired = new Map<string, UnpairedSeats>();
  private readonly unequal = new Map<string, UnequalSessions<Session>>();
  /** Sessions without an id that do not all hold the same. */
  private readonly mixed = new Map<OrderedSet<Session>, Mixture>();

  constructor(options: SessionOptions, sink: SeatSink) {
    this.options = options;
    this.sink = sink;
  }

  /** What the event of this kind does to its session; refusals and assignments are of none. */
  follow(kind: LicenseUse['kind'], event: SessionEvent): void {
    if (kind === 'open') this.checkOut(event);
    else if (kind === 'close') this.checkIn(event);
    else if (kind === 'upgrade') this.upgrade(event);
    else if (kind === 'use') this.use(event);
  }

  checkOut(event: SessionEvent): void {
    this.advance(event.at);
    const repeated = event.named ? this.sessionsOf(event)?.last() : undefined;
    if (repeated !== undefined) {
      this.checkOutAgain(repeated, event);
      return;
    }
    const unpaired = this.unpairedOf(event);
    unpaired?.checkOut(event.quantity);
    if (!event.named && this.takeAgain(event)) return;
    const session = this.revive(event) ?? this.take(event, unpaired);
    if (unpaired !== undefined) {
      join(session, unpaired);
      this.tellUnpaired(unpaired, event);
    }
    const byFeature = getOrCreate(this.open, event.key, () => new Map<string, OrderedSet<Session>>());
    const sessions = getOrCreate(byFeature, event.feature ?? '', () => new OrderedSet<Session>());
    const before = sessions.last();
    sessions.add(session);
    if (!event.named) {
      if (session.unreadable || before?.unreadable) this.mixed.set(sessions, 'unreadable');
      else if (before !== undefined && heldBy(before) !== heldBy(session)) this.mix(sessions);
      this.joinUnequal(session);
    }
    if (this.isBorrowed(event)) {
      this.borrow(session, event.at);
      return;
    }
    if (this.options.restarts) {
      const ofLog = getOrCreate(this.byDaemon, session.log, () => new Map<string, OrderedSet<Session>>());
      getOrCreate(ofLog, session.daemon, () => new OrderedSet<Session>()).add(session);
    }
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
    this.forgetDaemon(session);
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
    let ended = 0;
    const ofLog = this.byDaemon.get(log);
    for (const name of daemon === undefined ? [...(ofLog?.keys() ?? [])] : [daemon]) {
      for (const session of [...(ofLog?.get(name) ?? [])]) {
        const held = heldBy(session);
        this.close(session, at);
        session.unpaired?.expire(held);
        this.sink.idle?.(-held, at);
        this.reduce(session, held, at);
        ended++;
      }
    }
    return ended;
  }

  checkIn(event: SessionEvent): void {
    this.advance(event.at);
    if (event.feature === undefined) {
      this.checkInAny(event);
      return;
    }
    let rest = event.quantity;
    if (this.checkInUnequal(event)) return;
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
   * any license server gives back seats of a session one by one. Of its own server; where that gave none, of any.
   */
  private endedBy(event: SessionEvent, quantity: Amount): Session | undefined {
    const sessions = this.sessionsOf(event);
    const last = sessions?.last();
    if (last === undefined || sessions!.size === 1) return last;
    const isOwn = ({ log }: Session) => event.log === undefined || log === event.log;
    const isExact = (session: Session) => !session.unreadable && heldBy(session) === quantity;
    // Where seats are not shared the pairing does not change their sum, and the latest is the one that lost check-ins leave proven.
    const isPaired = last.share !== undefined && !event.named && event.stated && !event.unreadable;
    const fits = isPaired ? isExact : () => true;
    if (isOwn(last) && fits(last)) return last;
    return sessions!.lastOf((each) => isOwn(each) && fits(each)) ?? sessions!.lastOf(isOwn) ?? last;
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
    if (before === undefined || before === 'unequal') this.mixed.set(sessions, how);
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
    const { unpaired, unequal } = session;
    if (unequal !== undefined) this.leaveUnequal(session, unequal, at);
    if (unpaired === undefined || --unpaired.members > 0) return;
    this.unpaired.delete(seatOf(session));
    if (unpaired.told > 0n && !unpaired.isExpired) this.sink.doubt(-unpaired.told, at, session);
  }

  /** A check-in that names no feature: of the one session of its key, or of all of them. */
  private checkInAny(event: SessionEvent): void {
    const open = [...(this.open.get(event.key)?.values() ?? [])].flatMap((sessions) => [...sessions]);
    const [only] = open;
    if (open.length === 1 && only!.feature !== undefined) {
      this.checkIn({ ...event, feature: only!.feature });
      return;
    }
    const held = open.reduce((sum, session) => sum + heldBy(session), 0n);
    if (event.stated && event.quantity < held)
      this.sink.doubt(held - event.quantity, event.at, event, 'amount');
    for (const session of open) this.end(session, event);
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
    if (event.unreadable || !event.stated) {
      if (session.unreadable) return;
      // The least that it can be.
      const less = heldBy(session) - ONE;
      if (less > 0n) {
        this.sink.idle?.(-less, event.at);
        this.reduce(session, less, event.at);
      }
      session.unreadable = true;
      this.sink.change(session, 0n, event.at);
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
    for (;;) {
      const lingered = this.lingering.first();
      const borrowed = this.borrowed.first();
      const next = sooner(sooner(lingered, this.waiting.first()), borrowed);
      // A part goes before the session that it is of.
      const part = this.leaving.first();
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
        this.stopLingering(next);
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
    for (const byFeature of this.open.values()) for (const sessions of byFeature.values()) yield* sessions;
  }

  private sessionsOf({ key, feature }: SessionEvent): OrderedSet<Session> | undefined {
    return this.open.get(key)?.get(feature ?? '');
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
    const { at, key, named, feature, holder, share, quantity, stated, unreadable, place, identity } = event;
    const { borrowed = false, daemon, log, host } = event;
    // Spelled out: a spread with further members takes 20 × longer (measured, Node 20).
    const session: Session = {
      at,
      key,
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
      identity,
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
    const byFeature = this.open.get(session.key)!;
    const sessions = byFeature.get(session.feature ?? '')!;
    sessions.delete(session);
    if (sessions.size === 0) {
      byFeature.delete(session.feature ?? '');
      this.mixed.delete(sessions);
    }
    if (byFeature.size === 0) this.open.delete(session.key);
    this.waiting.delete(session);
    this.borrowed.delete(session);
    this.forgetDaemon(session);
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

  private forgetDaemon(session: Session): void {
    if (!this.options.restarts) return;
    const ofLog = this.byDaemon.get(session.log);
    const sessions = ofLog?.get(session.daemon);
    if (sessions?.delete(session) && sessions.size === 0) ofLog!.delete(session.daemon);
    if (ofLog?.size === 0) this.byDaemon.delete(session.log);
  }

  private linger(session: Session, at: Instant): void {
    this.sink.idle?.(-heldBy(session), at);
    session.returned = true;
    session.ends = at + (this.options.linger > 0n ? this.options.linger : 1n);
    this.lingering.add(session);
    getOrCreate(this.lingeringSeats, seatOf(session), () => new OrderedSet<Session>()).add(session);
  }

  private stopLingering(session: Session): void {
    this.lingering.delete(session);
    const seat = seatOf(session);
    const seats = this.lingeringSeats.get(seat)!;
    seats.delete(session);
    if (seats.size === 0) this.lingeringSeats.delete(seat);
  }

  /** A check-out while the seat of the same key lingers takes that seat again. */
  private revive(event: SessionEvent): Session | undefined {
    if (this.lingeringSeats.size === 0) return undefined;
    const session = this.lingeringSeats.get(seatOf(event))?.last();
    if (session === undefined || session.unreadable || event.unreadable) return undefined;
    if (heldBy(session) !== event.quantity) return undefined;
    this.stopLingering(session);
    session.returned = false;
    session.daemon = event.daemon;
    session.log = event.log;
    session.endsByContract = false;
    session.closed = undefined;
    this.sink.idle?.(event.quantity, event.at);
    return session;
  }
}

function isBefore({ ends }: Again, other: { ends: Instant } | undefined): boolean {
  return other === undefined || ends < other.ends;
}

/** The one that ends first; of equal ones the first given. */
function sooner(left: Session | undefined, right: Session | undefined): Session | undefined {
  if (left === undefined) return right;
  return right !== undefined && right.ends < left.ends ? right : left;
}

/** Whether both under one id are of different people, hosts or servers: then they are hardly one seat. */
function isOther(session: Session, { holder, host, log }: SessionEvent): boolean {
  if (session.holder !== holder || session.log !== log) return true;
  return host !== undefined && session.host !== undefined && session.host !== host;
}

function join(session: Session, unpaired: UnpairedSeats): void {
  if (session.unpaired === unpaired) return;
  session.unpaired = unpaired;
  unpaired.members++;
}

/** Seats of the session that nobody checked in. */
function heldBy({ quantity, leaving }: Session): Amount {
  return leaving === undefined ? quantity : quantity - leaving.quantity;
}

/** Keys begin with their lengths, so nothing in a feature's name can make two seats one. */
function seatOf({ key, feature }: SessionEvent): string {
  return `${key}${feature ?? ''}`;
}
