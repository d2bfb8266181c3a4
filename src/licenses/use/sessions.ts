/**
 * The one sessionizer: check-outs and check-ins in time order become seats that are taken and given back.
 * Streams; it remembers only what is open, lingering or borrowed. One state machine, so one file of 940 lines.
 */

import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import { HeldQuantities } from './held-quantities.ts';
import type { LicenseUse } from './license-use.ts';
import { type GivenBack, type Lingering, LingeringSeats, type OfSeat } from './lingering-seats.ts';
import type { LongestPairing } from './longest-pairing.ts';
import { LongestPairings } from './longest-pairings.ts';
import { OpenSessions } from './open-sessions.ts';
import { OrderedSet } from './ordered-set.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, isOther, leastOf, type Session, type SessionEvent, seatOf } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { SeveralShares } from './several-shares.ts';

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
  private readonly repeated = new OrderedSet<Again>();
  /** Seats that may still be taken under the id of a session that was checked in, by seat. */
  private readonly foreign = new Map<string, Amount>();
  private readonly longest: LongestPairings;
  /** How the check-in at hand gives back seats, and how many of them linger. */
  private givenBack: GivenBack = 'sure';
  private lingered: Amount = 0n;
  /** Whether the check-in at hand may be of a session that is over as the sessionizer pairs them. */
  private isOther = false;
  /** Where seats linger: what sessions without an id hold that do not all hold the same. */
  private readonly quantities = new Map<OrderedSet<Session>, HeldQuantities>();
  /** Sessions without an id that do not all hold the same. */
  private readonly mixed = new Map<OrderedSet<Session>, Mixture>();
  private readonly several = new SeveralShares();
  /** Whether something may end by itself: by most contracts nothing ever does. */
  private canEnd: boolean;
  /** Whether a session may end without a check-in. */
  private readonly isEnding: boolean;
  /** Whether a session is in use until something ends it, and needs no check-in to prove that. */
  private readonly isProvenAlike: boolean;
  /** Slots that were given out, and those of them that are free again. */
  private slots = 0;
  private readonly freeSlots: number[] = [];

  constructor(options: SessionOptions, sink: SeatSink) {
    this.options = options;
    this.sink = sink;
    this.longest = new LongestPairings(options, sink, this.lingering);
    const { linger, timeout, borrow, restarts = false } = options;
    this.canEnd = linger > 0n || timeout !== undefined || borrow !== undefined;
    this.isProvenAlike = timeout !== undefined || options.openIsInUse === true;
    this.isEnding = restarts || timeout !== undefined || borrow !== undefined;
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
    this.loosenShares(event);
    this.loosenLingering(event);
    const pairing = this.longest.checkOut(event, this.isBorrowed(event));
    const again = this.takeUp(event, pairing);
    if (again?.returned === false) return;
    const session = again === undefined ? this.take(event) : this.revive(again, event);
    session.pairing = pairing;
    if (pairing?.fresh !== undefined) {
      pairing.fresh.push(session);
      pairing.keep(session);
      this.longest.tell(pairing, event.at, event);
    }
    const before = this.open.ofSeat(session)?.last();
    const sessions = this.open.add(session);
    if (!event.named) {
      if (before !== undefined) this.several.checkOut(sessions, before, session);
      if (session.unreadable || before?.unreadable) this.mix(sessions, 'unreadable');
      else if (before !== undefined && heldBy(before) !== heldBy(session)) this.mix(sessions);
      if (this.options.linger > 0n && session.share === undefined && this.mixed.has(sessions))
        this.noteQuantity(sessions, heldBy(session));
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

  private noteQuantity(sessions: OrderedSet<Session>, quantity: Amount): void {
    const known = this.quantities.get(sessions);
    if (known !== undefined) known.checkOut(quantity);
    else this.quantities.set(sessions, new HeldQuantities([...sessions].map(heldBy)));
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
      session.pairing?.restart(held);
      this.sink.idle?.(-held, at);
      this.reduce(session, held, at);
      if (session.pairing !== undefined) this.longest.tell(session.pairing, at, session);
    }
    for (const pairing of this.longest.restart(daemon, log)) {
      const event = { ...pairing.latestEvent!, at };
      this.longest.tell(pairing, at, event);
      if (pairing.fresh !== undefined && pairing.isIdle) this.tighten(pairing, event);
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
    const before = this.longest.of(event);
    const { fresh, lapsed = 0n, isOpen = false, total = 0n } = before ?? {};
    const isLoose = fresh !== undefined;
    const isAll = isLoose && lapsed === 0n && isStated(event) && event.quantity >= total;
    this.isOther = isOpen || this.options.borrow !== undefined;
    this.givenBack = this.givenBackBy(event);
    const isEven = before?.isEven(isStated(event) ? event.quantity : undefined);
    if (isLoose || (isOpen && !isEven)) this.givenBack = 'any';
    if (!isLoose && this.isAmbiguous(event)) {
      const sessions = this.sessionsOf(event)!;
      this.loosen(event, sessions);
    }
    const pairing = this.longest.checkIn(event, isOrphan);
    if (!event.named) this.several.checkIn(this.sessionsOf(event));
    // What lingers is not certain either: it may be taken up by whatever comes.
    if (pairing?.fresh !== undefined && (!isAll || this.options.linger > 0n))
      this.withdraw(pairing, event.at);
    this.lingered = 0n;
    this.checkInSeat(event);
    if (this.givenBack === 'exact') this.lingerAsOne(event);
    else if (pairing !== undefined || this.isOther) this.lingerMore(pairing, event);
    this.givenBack = 'sure';
    this.isOther = false;
    if (pairing === undefined) return;
    this.longest.tell(pairing, event.at, event);
    if (pairing.fresh !== undefined && pairing.isIdle) this.tighten(pairing, event);
  }

  /** Of what is open of its seat. */
  private givenBackBy(event: SessionEvent): GivenBack {
    const sessions = event.named ? undefined : this.sessionsOf(event);
    if (sessions === undefined) return 'sure';
    const how = this.mixed.get(sessions);
    const known = this.quantities.get(sessions);
    const isReadable = how !== 'unreadable' && how !== 'blurred';
    if (known !== undefined && isReadable && isStated(event))
      return known.checkIn(event.quantity) ? 'exact' : 'any';
    if (!isReadable || how === 'paired') return 'any';
    if (!isStated(event)) return how === undefined || sessions.size === 1 ? 'sure' : 'any';
    const held = heldBy(this.endedBy(event, event.quantity)!);
    if (sessions.size === 1) return event.quantity <= held ? 'sure' : 'any';
    return held === event.quantity && how === undefined ? 'sure' : 'any';
  }

  /** Whether `event` is a check-in of any of several sessions, and it makes a difference which. */
  private isAmbiguous(event: SessionEvent): boolean {
    const sessions = event.named ? undefined : this.sessionsOf(event);
    if (sessions === undefined) return false;
    const how = this.mixed.get(sessions);
    if (how === 'unreadable' || how === 'blurred') return false;
    if (how === 'paired' && !isStated(event)) return true;
    if (this.hasOtherEnds(event, sessions)) return true;
    if (sessions.size === 1) return false;
    if (this.several.isRepeated(sessions)) return true;
    if (!isStated(event)) return how !== undefined || event.unreadable;
    const ended = this.endedBy(event, event.quantity)!;
    const isExact = !ended.unreadable && heldBy(ended) === event.quantity;
    if (ended.share !== undefined) return !isExact && !holdsAtMost(sessions, event.quantity);
    if (!isExact || how !== undefined) this.mix(sessions, 'paired');
    return false;
  }

  /** Whether borrowed seats are among them, or may yet be given back, and what would prove the others for longer is not known yet. */
  private hasOtherEnds(event: SessionEvent, sessions: OrderedSet<Session>): boolean {
    const { linger, borrow } = this.options;
    const { isProvenAlike } = this;
    if ((this.longest.of(event)?.lapsed ?? 0n) > 0n) {
      // Of as many shares as sessions each counts, whichever of them it is.
      const isShared = sessions.last()!.share !== undefined && !this.several.isDistinct(sessions);
      if (!isProvenAlike || isShared) return true;
      if (linger > 0n && (borrow !== undefined || !isStated(event))) return true;
    }
    if (borrow === undefined || isProvenAlike) return false;
    if (this.borrowed.size === 0 || sessions.size === 1) return false;
    const has = (isBorrowed: boolean) =>
      sessions.lastOf(({ endsByContract }) => endsByContract === isBorrowed) !== undefined;
    return has(true) && (has(false) || sessions.size > 100);
  }

  /** A check-in may have ended any of them: from now on none of them is certain, and nothing proves that they were. */
  private withdraw(pairing: LongestPairing, at: Instant): void {
    for (const session of pairing.fresh!) {
      if (session.returned || session.withdrawn) continue;
      pairing.open -= heldBy(session);
      this.withdrawOne(session, at, pairing);
    }
    pairing.fresh = [];
    pairing.certain = 0n;
  }

  /**
   * Which of several shares a check-in left made no difference to how many they are, until one of them is checked out again: it
   * may be a further one or not.
   */
  private loosenShares(event: SessionEvent): void {
    const sessions = event.named ? undefined : this.sessionsOf(event);
    if (sessions === undefined || !this.several.isGuess(sessions, event)) return;
    if (this.longest.of(event)?.fresh !== undefined) return;
    this.withdraw(this.loosen(event, sessions), event.at);
  }

  private loosen(event: SessionEvent, sessions: OrderedSet<Session>): LongestPairing {
    // A check-in may name another share than its check-out.
    const share = this.several.has(sessions) ? undefined : sessions.last()!.share;
    return this.longest.loosen(event, sessions, share, this.mixed.get(sessions) === 'paired');
  }

  private withdrawOne(session: Session, at: Instant, { isShared }: LongestPairing): void {
    session.withdrawn = true;
    this.sink.withdraw(session, at, this.isProvenAlike);
    // What lingers of it counts alone all the same, until `stopLingering` ends the doubt.
    const lingers = session.returned ? session.quantity : session.leaving;
    session.isApart = session.share === undefined || !isShared;
    if (session.isApart && lingers > 0n) this.sink.doubt(lingers, at, session, 'lingering');
  }

  /** What may linger of a check-in, beyond what lingers of the sessions that the sessionizer ended by it. */
  private lingerMore(pairing: LongestPairing | undefined, event: SessionEvent): void {
    if (this.options.linger === 0n || event.named) return;
    const isLoose = pairing?.fresh !== undefined && pairing.isShared;
    const most = isStated(event) ? event.quantity : (pairing?.greatest ?? ONE);
    if (isLoose && most > pairing.greatest) pairing.greatest = most;
    if (isLoose || most > this.lingered) this.mayLinger(event, isLoose ? 0n : most - this.lingered);
  }

  private mayLinger(event: SessionEvent, most: Amount, how: GivenBack = 'any'): void {
    const session = toSession({ ...event, share: undefined }, -1);
    session.withdrawn = true;
    if (most > 0n) this.sink.doubt(most, event.at, event, 'lingering');
    const ends = event.at + this.options.linger;
    this.lingering.add({ session, isPart: false, ends, held: 0n, most, isApparent: false }, how);
  }

  /** As the sessionizer pairs them they may be of several sessions. */
  private lingerAsOne(event: SessionEvent): void {
    if (this.options.linger === 0n) return;
    this.sink.doubt(-this.lingered, event.at, event);
    this.mayLinger(event, event.quantity, 'exact');
  }

  /** Nothing of it is in use in any case: what the sessionizer still holds to be open is not. */
  private tighten(pairing: LongestPairing, event: SessionEvent): void {
    // They leave the set that is walked through.
    for (const session of [...(this.sessionsOf(event) ?? [])]) {
      const held = heldBy(session);
      this.close(session, event.at);
      this.reduce(session, held, event.at);
    }
    pairing.fresh = undefined;
    this.longest.tell(pairing, event.at, event);
  }

  private checkInSeat(event: SessionEvent): void {
    let rest = event.quantity;
    if (this.checkInBlurred(event)) return;
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
    const isPaired = last.share !== undefined && !event.named && isStated(event);
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
      if (session.pairing !== undefined && !session.withdrawn) session.pairing.open -= less;
      this.sink.idle?.(-less, at);
      this.reduce(session, less, at);
    }
    session.unreadable = true;
    this.sink.change(session, 0n, at);
  }

  private mix(sessions: OrderedSet<Session>, how: Mixture = 'unequal'): void {
    const before = this.mixed.get(sessions);
    const isMore = how === 'unreadable' && before !== 'blurred';
    if (before === undefined || before === 'unequal' || isMore) this.mixed.set(sessions, how);
  }

  private release(session: Session, at: Instant): void {
    this.sink.release(session, at);
    this.freeSlots.push(session.slot);
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
    const ofPairings = new Map<LongestPairing, { session: Session; besides: Amount }>();
    for (const session of open) {
      const { pairing, named } = session;
      if (!named && this.mixed.has(this.sessionsOf(session)!)) this.givenBack = 'any';
      if (pairing !== undefined) ofPairings.set(pairing, { session, besides: pairing.total - pairing.open });
    }
    for (const session of open) {
      if (session.pairing !== undefined)
        this.longest.checkInOf(session.pairing, heldBy(session), { ...session, at: event.at });
      this.end(session, event);
      if (session.pairing !== undefined) this.longest.tell(session.pairing, event.at, session);
    }
    this.givenBack = 'sure';
    for (const [pairing, { session, besides }] of ofPairings)
      this.endAll(pairing, besides, { ...session, at: event.at });
  }

  /** Of a seat, whatever the sessionizer held to be open; `besides`: what may have been open beyond that, and lingers as well. */
  private endAll(pairing: LongestPairing, besides: Amount, event: SessionEvent): void {
    pairing.end();
    if (this.options.linger > 0n && besides > 0n)
      this.mayLinger(event, pairing.fresh !== undefined && pairing.isShared ? 0n : besides);
    this.longest.tell(pairing, event.at, event);
    if (pairing.fresh !== undefined && pairing.isIdle) this.tighten(pairing, event);
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
    if (sessions.size > 1 || session.withdrawn) this.sink.upgradeUnknown?.(event);
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
    if (!session.withdrawn) pairing.open += more;
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
      const again = this.takeUp(event, this.longest.of(event));
      if (again?.returned === false) return;
      this.linger(again === undefined ? this.take(event) : this.revive(again, event), event.at);
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
      const next = sooner(this.waiting.first(), borrowed);
      const taken = this.longest.first();
      // At one instant before the sessions: what ends with them is no doubt.
      if (taken !== undefined && taken.ends <= now && isFirst(taken, next) && isFirst(taken, lingered)) {
        this.longest.expire(taken);
        continue;
      }
      const again = this.repeated.first();
      if (again !== undefined && again.ends <= now && isBefore(again, next) && isBefore(again, lingered)) {
        this.stopOutliving(again);
        continue;
      }
      if (lingered !== undefined && lingered.ends <= now && isFirst(lingered, next)) {
        this.stopLingering(lingered);
        continue;
      }
      if (next === undefined || next.ends > now) return;
      const held = heldBy(next);
      if (next !== borrowed) {
        next.outliving = next.repeats;
        next.repeats = 0n;
        next.foreign = 0n;
      }
      this.close(next, next.ends);
      if (next === borrowed) this.expired.set(seatOf(next), (this.expired.get(seatOf(next)) ?? 0) + 1);
      this.sink.overdue?.(next, held);
      this.reduce(next, held, next.ends);
      if (next.pairing !== undefined) this.longest.lapse(next.pairing, held, next.ends, next);
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
    // Of a borrowed seat that was over it may be, which lingers no more, or of several sessions of a share.
    if (event.named || !this.isOther || (event.share === undefined && this.options.borrow === undefined))
      this.linger(this.take(event), event.at);
  }

  /** Some of a session's seats are checked in, and the rest is not. */
  private giveBack(session: Session, quantity: Amount, at: Instant): void {
    const { linger } = this.options;
    if (session.pairing !== undefined && !session.withdrawn) session.pairing.open -= quantity;
    if (linger === 0n) this.reduce(session, quantity, at);
    else {
      session.leaving += quantity;
      this.addLingering({
        session,
        isPart: true,
        ends: at + linger,
        held: quantity,
        most: quantity,
        isApparent: false,
      });
      this.sink.idle?.(-quantity, at);
    }
  }

  private addLingering(lingering: Lingering): void {
    const { session, held } = lingering;
    // What lingers of those that are withdrawn is told by the check-in, and it lingers as one where that is of one session.
    if (session.withdrawn || this.givenBack === 'exact') lingering.most = 0n;
    lingering.isApparent = this.givenBack === 'exact';
    if (session.withdrawn) {
      this.lingering.add(lingering, 'any');
      return;
    }
    if (session.share === undefined) this.lingered += held;
    else if (held > this.lingered) this.lingered = held;
    this.lingering.add(lingering, this.givenBack);
  }

  /** Its time is over. */
  private stopLingering(lingering: Lingering): void {
    const { session, isPart, ends, held, most } = lingering;
    this.lingering.delete(lingering);
    if (isPart) session.leaving -= held;
    if (held > 0n) this.reduce(session, held, ends);
    const isApart = session.share === undefined || session.named || session.isApart;
    const doubtful = !isApart ? 0n : session.withdrawn ? most : most - held;
    if (doubtful !== 0n) this.sink.doubt(-doubtful, ends, session, 'lingering');
    const pairing = this.longest.of(session);
    if (pairing?.fresh === undefined) return;
    this.longest.tell(pairing, ends, session);
    if (pairing.isIdle) this.tighten(pairing, { ...session, at: ends });
  }

  private reduce(session: Session, by: Amount, at: Instant): void {
    if (by === session.quantity) {
      this.release(session, at);
      return;
    }
    session.quantity -= by;
    this.sink.change(session, -by, at);
  }

  /**
   * A check-out while seats of the same key linger takes them up where just so many do; returns their session, still open where
   * these are a part of it. Where it may take up others, or some of them, fewer are certain, and more may linger.
   */
  private takeUp(event: SessionEvent, pairing: LongestPairing | undefined): Session | undefined {
    const ofSeat = this.lingering.of(event);
    if (ofSeat === undefined) return undefined;
    let last = ofSeat.held.last();
    for (; last?.session.withdrawn; last = ofSeat.held.last()) ofSeat.held.delete(last);
    const { held, possible, isSure, quantity } = ofSeat;
    const isUnreadable = event.unreadable || (last?.session.unreadable ?? false);
    if (event.share !== undefined && !event.named) {
      if (pairing?.fresh !== undefined || isUnreadable) return undefined;
      return last?.held === event.quantity ? this.takeBack(last, event) : undefined;
    }
    const isKnown = (isSure || event.named) && !isUnreadable;
    const isOne = held.size === 1 && possible.size === 1 && last === possible.first();
    if (isKnown && (event.named || isOne))
      return last?.held === event.quantity ? this.takeBack(last, event) : undefined;
    if (isKnown && quantity !== undefined) {
      if (quantity !== event.quantity) return undefined;
      // Of equal ones it may be any: for certain those linger that are over first, and perhaps those that are last.
      const first = possible.first();
      if (first !== undefined) this.lingering.rule(first);
      if (last !== undefined) return this.takeBack(last, event, first);
      this.sink.doubt(-event.quantity, event.at, event, 'lingering');
      return undefined;
    }
    ofSeat.isSure = false;
    this.takeAny(ofSeat, event);
    return undefined;
  }

  /** Where nobody knows which seats of its share `event`, a check-out, takes up, nor for how long the others linger. */
  private loosenLingering(event: SessionEvent): void {
    if (event.named || event.share === undefined) return;
    const ofSeat = this.lingering.of(event);
    if (ofSeat === undefined || ofSeat.held.size === 0) return;
    const { held, isSure, quantity, parts, size } = ofSeat;
    const loose = this.longest.of(event);
    if (loose?.fresh === undefined) {
      // Where nothing ends but by a check-in, it makes no difference which of equal ones is taken up.
      if (this.isEnding ? size === 1 && parts === 0 : size === 1) return;
      if (!this.isEnding && isSure && parts === 0 && quantity === event.quantity) return;
    }
    const sessions = this.sessionsOf(event);
    const share = sessions !== undefined && this.several.has(sessions) ? undefined : event.share;
    const pairing =
      loose?.fresh === undefined ? this.longest.loosen(event, sessions ?? [], share, false) : loose;
    for (let last = held.last(); last !== undefined; last = held.last()) {
      const { session } = last;
      held.delete(last);
      pairing.greatest = session.quantity > pairing.greatest ? session.quantity : pairing.greatest;
      if (session.withdrawn) continue;
      if (!session.returned) pairing.open -= heldBy(session);
      this.withdrawOne(session, event.at, pairing);
    }
    pairing.certain = 0n;
    for (const session of pairing.fresh!) if (!session.withdrawn && !session.returned) pairing.keep(session);
  }

  /** What is counted as two sessions may be one. */
  private blend(event: SessionEvent): void {
    const sessions = event.named ? undefined : this.sessionsOf(event);
    if (sessions === undefined) return;
    this.mix(sessions, 'paired');
    this.quantities.get(sessions)?.forget();
  }

  private takeBack(lingering: Lingering, event: SessionEvent, ruledOut = lingering): Session | undefined {
    const { session, isPart } = lingering;
    if (ruledOut === lingering) this.lingering.rule(lingering);
    if (isPart) session.leaving -= event.quantity;
    this.lingering.take(lingering, event.quantity);
    if (isPart && (session.returned || this.isEnding || ruledOut !== lingering)) {
      // The rest of it was given back, or may end earlier, or is of another: they are counted as a session of their own.
      this.blend(event);
      this.reduce(session, event.quantity, event.at);
      return undefined;
    }
    const sessions = isPart && !event.named ? this.sessionsOf(event) : undefined;
    if (sessions !== undefined) this.quantities.get(sessions)?.forget();
    this.sink.idle?.(event.quantity, event.at);
    return session;
  }

  /**
   * It may take up as many as it takes, and then none lingers that was given back last; or none of them, unless just so many were
   * given back at once: then those, perhaps the first of such.
   */
  private takeAny({ held, possible, isExact }: OfSeat, event: SessionEvent): void {
    const { at, quantity } = event;
    const exact =
      isExact && !event.unreadable ? possible.firstOf(({ most }) => most === quantity) : undefined;
    if (exact !== undefined) {
      this.sink.doubt(-quantity, at, event, 'lingering');
      this.lingering.rule(exact);
    }
    let rest = quantity;
    for (let last = held.last(); last !== undefined && rest > 0n; last = held.last()) {
      const { session, isPart } = last;
      const by = last.held < rest ? last.held : rest;
      rest -= by;
      if (isPart) session.leaving -= by;
      if (isPart && !last.isApparent) this.blend(event);
      this.lingering.take(last, by);
      this.reduce(session, by, at);
      this.sink.doubt(by, at, session, 'lingering');
    }
  }

  private take(event: SessionEvent): Session {
    const session = toSession(event, this.freeSlots.pop() ?? this.slots++);
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
    if (session.pairing !== undefined && !session.withdrawn) {
      session.pairing.open -= heldBy(session);
      session.pairing.certain = 0n;
    }
    if (left.size === 0) this.several.delete(left);
    if (left.size === 0 && this.mixed.size > 0) {
      this.mixed.delete(left);
      this.quantities.delete(left);
    }
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
    const held = heldBy(session);
    this.sink.idle?.(-held, at);
    this.canEnd = true;
    session.returned = true;
    session.ends = at + (this.options.linger > 0n ? this.options.linger : 1n);
    this.addLingering({ session, isPart: false, ends: session.ends, held, most: held, isApparent: false });
  }

  private revive(session: Session, event: SessionEvent): Session {
    session.returned = false;
    session.daemon = event.daemon;
    session.log = event.log;
    session.endsByContract = false;
    session.closed = undefined;
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

function isStated({ stated, unreadable }: SessionEvent): boolean {
  return stated && !unreadable;
}

/** Walked once: what holds more is loosened, and what does not is over. */
function holdsAtMost(sessions: Iterable<Session>, quantity: Amount): boolean {
  let held: Amount = 0n;
  for (const session of sessions) {
    held += heldBy(session);
    if (held > quantity) return false;
  }
  return true;
}

function toSession(event: SessionEvent, slot: number): Session {
  const { at, key, named, feature, holder, share, quantity, stated, unreadable, place, origin } = event;
  const { borrowed = false, daemon, log, person, host } = event;
  // Spelled out: a spread with further members takes 20 × longer (measured, Node 20).
  return {
    slot,
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
    leaving: 0n,
    repeats: 0n,
    foreign: 0n,
    repeated: undefined,
    outliving: 0n,
    reopened: undefined,
    ends: 0n,
    closed: undefined,
    pairing: undefined,
    withdrawn: false,
    isApart: false,
  };
}
