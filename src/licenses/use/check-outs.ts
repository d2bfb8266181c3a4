/** Check-outs, use without duration, and upgrades: each takes seats, or says how many an open session has. */
import { type Amount, ONE } from '../contract/amount.ts';
import type { LingeringCheckIns } from './lingering-check-ins.ts';
import type { LingeringTakenUp } from './lingering-taken-up.ts';
import type { LongestPairings } from './longest-pairings.ts';
import type { LooseSeats } from './loose-seats.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, isOther, isStated, leastOf, type Session, type SessionEvent } from './session.ts';
import type { SessionMemory } from './session-memory.ts';
import type { SessionOptions } from './session-options.ts';
import type { TakenSeats } from './taken-seats.ts';
import { isTied, noteChange, settle, upgradeTied } from './tied-changes.ts';

export class CheckOuts {
  private readonly options: SessionOptions;
  private readonly sink: SeatSink;
  private readonly memory: SessionMemory;
  private readonly longest: LongestPairings;
  private readonly loose: LooseSeats;
  private readonly lingering: LingeringCheckIns;
  private readonly takenUp: LingeringTakenUp;
  private readonly seats: TakenSeats;

  constructor(
    options: SessionOptions,
    sink: SeatSink,
    memory: SessionMemory,
    longest: LongestPairings,
    loose: LooseSeats,
    lingering: LingeringCheckIns,
    takenUp: LingeringTakenUp,
    seats: TakenSeats,
  ) {
    this.options = options;
    this.sink = sink;
    this.memory = memory;
    this.longest = longest;
    this.loose = loose;
    this.lingering = lingering;
    this.takenUp = takenUp;
    this.seats = seats;
  }

  checkOut(given: SessionEvent): void {
    const { open, timed, quantities, several } = this.memory;
    const known = open.ofSeat(given);
    const isBlurred = !given.named && known !== undefined && quantities.isBlurred(known);
    const event = isBlurred ? { ...given, unreadable: true, quantity: leastOf(given.quantity) } : given;
    if (event.named && known !== undefined) {
      this.checkOutAgain(known.last()!, event);
      return;
    }
    this.loose.checkOut(event);
    this.takenUp.loosen(event);
    const isBorrowed = timed.isBorrowed(event);
    const pairing = this.longest.checkOut(event, isBorrowed);
    const again = this.takenUp.takeUp(event, pairing);
    if (again?.returned === false) return;
    const session = again === undefined ? this.seats.take(event) : revive(again, event);
    session.pairing = pairing;
    if (pairing?.fresh !== undefined) {
      pairing.fresh.push(session);
      pairing.keep(session);
      this.longest.tell(pairing, event.at, event);
    }
    const before = open.ofSeat(session)?.last();
    const sessions = open.add(session);
    several.checkOut(sessions, before, session);
    if (!event.named) quantities.checkOut(sessions, before, session, this.options.linger > 0n);
    if (isBorrowed) {
      this.memory.borrow(session, event.at);
      return;
    }
    if (this.options.restarts) open.endsAtRestart(session);
    timed.wait(session, event.at);
  }

  private checkOutAgain(session: Session, event: SessionEvent): void {
    const { timed, repeated } = this.memory;
    const isBorrowed = timed.isBorrowed(event);
    // A borrowed session that is checked out again ends by itself all the same, and what was checked out does not.
    const isForeign = isOther(session, event) || (session.endsByContract && !isBorrowed);
    const isLonger = isBorrowed && !isForeign;
    repeated.add(session, isLonger ? event.quantity - heldBy(session) : event.quantity, event, isForeign);
    if (isBorrowed) this.memory.borrow(session, event.at);
    else repeated.reopen(session, event.at);
  }

  /**
   * Use without duration: a seat for one nanosecond, or as long as it lingers. What the sessions of the key hold already is
   * of it.
   */
  use(event: SessionEvent): void {
    const sessions = this.memory.open.ofSeat(event);
    let held: Amount = 0n;
    if (sessions !== undefined) for (const session of sessions) held += heldBy(session);
    const more = event.quantity > held ? event.quantity - held : event.unreadable ? ONE : 0n;
    const pairing = this.longest.of(event);
    if (this.options.linger > 0n && pairing !== undefined) {
      const isMore = pairing.total > held;
      const isLess = pairing.open < held;
      if (isMore || isLess) {
        // It may be of sessions that the sessionizer ended, so that nothing of it lingers, or these did not last.
        const most = isLess ? event.quantity - pairing.open : more;
        if (most > 0n) this.lingering.addPossible(event, most, 'any');
        return;
      }
    }
    if (sessions !== undefined) {
      if (more > 0n)
        this.lingering.add(this.seats.take({ ...event, share: undefined, quantity: more }), event.at);
      return;
    }
    const again = this.takenUp.takeUp(event, pairing);
    if (again?.returned === false) return;
    this.lingering.add(again === undefined ? this.seats.take(event) : revive(again, event), event.at);
  }

  /** The session goes on with the quantity of `event`, more or fewer than before. */
  upgrade(event: SessionEvent): void {
    const sessions = this.memory.open.ofSeat(event);
    const session = sessions?.last();
    // It may have been that of a session that a check-in of this instant ended.
    const isOfEnded = this.memory.checkIns.isTied(event);
    if (sessions === undefined || session === undefined) {
      if (isOfEnded && isStated(event)) {
        this.memory.repeated.addBeside(event, event.quantity, 'changed');
        return;
      }
      this.sink.upgradeUnknown?.(event);
      this.checkOut(event);
      return;
    }
    if (sessions.size > 1 || session.withdrawn || isOfEnded) this.sink.upgradeUnknown?.(event);
    const isOfNoOrder = isOfEnded || isTied(session, event);
    const isOfUpgrades = !isOfEnded && isOfNoOrder && session.changed?.isPart === false;
    if (isOfUpgrades && isStated(event) && session.named && !session.unreadable) {
      upgradeTied(session, event, this.sink, this.seats);
      return;
    }
    this.upgradeLongest(session, event);
    settle(session, event, this.sink);
    if (!isStated(event) || isOfNoOrder) {
      this.seats.blur(session, event.at);
      if (!session.named) this.memory.quantities.mix(sessions, 'unreadable');
      return;
    }
    noteChange(session, event, { besides: 0n, isPart: false });
    const more = event.quantity - heldBy(session);
    // Nothing lingers of it: nobody checked it in.
    if (more < 0n) {
      this.sink.idle?.(more, event.at);
      this.seats.reduce(session, -more, event.at);
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
}

function revive(session: Session, event: SessionEvent): Session {
  session.returned = false;
  session.daemon = event.daemon;
  session.log = event.log;
  session.endsByContract = false;
  session.closed = undefined;
  return session;
}
