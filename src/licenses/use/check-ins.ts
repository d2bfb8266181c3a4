/** Check-ins: each ends the session it is of, or a part of it, or is an orphan; what it leaves in doubt is told. */
import type { Amount } from '../contract/amount.ts';
import type { CheckInChoice } from './check-in-choice.ts';
import type { LingeringCheckIns } from './lingering-check-ins.ts';
import type { LongestPairing } from './longest-pairing.ts';
import type { LongestPairings } from './longest-pairings.ts';
import type { LooseSeats } from './loose-seats.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, isStated, type Session, type SessionEvent } from './session.ts';
import type { SessionMemory } from './session-memory.ts';
import type { SessionOptions } from './session-options.ts';
import type { TakenSeats } from './taken-seats.ts';
import { isTied, noteChange } from './tied-changes.ts';

export class CheckIns {
  private readonly options: SessionOptions;
  private readonly sink: SeatSink;
  private readonly memory: SessionMemory;
  private readonly longest: LongestPairings;
  private readonly choice: CheckInChoice;
  private readonly loose: LooseSeats;
  private readonly lingering: LingeringCheckIns;
  private readonly seats: TakenSeats;

  constructor(
    options: SessionOptions,
    sink: SeatSink,
    memory: SessionMemory,
    longest: LongestPairings,
    choice: CheckInChoice,
    loose: LooseSeats,
    lingering: LingeringCheckIns,
    seats: TakenSeats,
  ) {
    this.options = options;
    this.sink = sink;
    this.memory = memory;
    this.longest = longest;
    this.choice = choice;
    this.loose = loose;
    this.lingering = lingering;
    this.seats = seats;
  }

  checkIn(event: SessionEvent): void {
    const { open, timed, several } = this.memory;
    const isOrphan = open.ofSeat(event) === undefined && !timed.hasExpired(event);
    const before = this.longest.of(event);
    const { fresh, lapsed = 0n, isOpen = false, total = 0n } = before ?? {};
    const isLoose = fresh !== undefined;
    const isAll = isLoose && lapsed === 0n && isStated(event) && event.quantity >= total;
    const isOther = isOpen || this.options.borrow !== undefined;
    const sure = this.choice.givenBackBy(event);
    const isEven = before?.isEven(isStated(event) ? event.quantity : undefined);
    const givenBack = isLoose || (isOpen && !isEven) ? 'any' : sure;
    if (!isLoose && this.choice.isAmbiguous(event)) this.loose.loosen(event, open.ofSeat(event)!);
    const pairing = this.longest.checkIn(event, isOrphan);
    if (!event.named) several.checkIn(open.ofSeat(event));
    // What lingers is not certain either: it may be taken up by whatever comes.
    if (pairing?.fresh !== undefined && (!isAll || this.options.linger > 0n))
      this.loose.withdraw(pairing, event.at);
    this.lingering.begin(givenBack);
    this.checkInSeat(event, isOther);
    this.lingering.finish(pairing, event, isOther);
    if (pairing !== undefined) this.loose.tell(pairing, event.at, event);
  }

  private checkInSeat(event: SessionEvent, isOther: boolean): void {
    if (this.checkInBlurred(event)) return;
    const { open, timed, repeated, quantities } = this.memory;
    let rest = event.quantity;
    for (;;) {
      const session = this.choice.endedBy(event, rest);
      if (session === undefined) {
        if (timed.giveBack(event) || repeated.giveBack(event)) return;
        this.orphan(rest === event.quantity ? event : { ...event, quantity: rest }, isOther);
        return;
      }
      const held = heldBy(session);
      const isWhole = !event.stated || session.unreadable || session.reopened === event.at;
      if (event.unreadable && !isWhole) this.sink.doubt(held, event.at, event, 'amount');
      else if (!isWhole && rest < held) {
        this.endPart(session, rest, event);
        if (!event.named) quantities.mix(open.ofSeat(event)!, 'unequal');
        return;
      }
      rest -= held + session.repeats;
      // As many seats as all check-outs of the id took.
      if (event.stated && !event.unreadable && rest >= 0n) session.foreign = 0n;
      this.end(session, event);
      if (isWhole || event.unreadable || rest <= 0n) return;
    }
  }

  /** Of several sessions, of which nobody knows what some hold, it ended one: then nobody knows it of any that is left. */
  private checkInBlurred(event: SessionEvent): boolean {
    const sessions = this.memory.unnamedOf(event);
    if (sessions === undefined || sessions.size === 1) return false;
    const how = this.memory.quantities.mixtureOf(sessions);
    if (how !== 'unreadable' && how !== 'blurred') return false;
    if (how === 'unreadable') for (const session of sessions) this.seats.blur(session, event.at);
    this.memory.quantities.mix(sessions, 'blurred');
    this.end(this.choice.endedBy(event, event.quantity)!, event);
    return true;
  }

  /** One that names no feature: of the one session of its key, or of all of them. */
  checkInAny(event: SessionEvent): void {
    const open = this.memory.open.ofKey(event);
    const [only] = open;
    const closed = this.longest
      .ofKey(event)
      .filter((pairing) => open.every((each) => each.pairing !== pairing));
    if (open.length === 1 && only!.feature !== undefined && closed.length === 0) {
      this.checkIn({ ...event, feature: only!.feature });
      return;
    }
    const held = open.reduce((sum, session) => sum + heldBy(session), 0n);
    if (event.stated && event.quantity < held)
      this.sink.doubt(held - event.quantity, event.at, event, 'amount');
    const ofPairings = new Map<LongestPairing, { session: Session; besides: Amount }>();
    for (const session of open) {
      const { pairing } = session;
      const sessions = this.memory.unnamedOf(session);
      if (sessions !== undefined && this.memory.quantities.mixtureOf(sessions) !== undefined)
        this.lingering.begin('any');
      if (pairing !== undefined) ofPairings.set(pairing, { session, besides: pairing.total - pairing.open });
    }
    for (const session of open) {
      if (session.pairing !== undefined)
        this.longest.checkInOf(session.pairing, heldBy(session), { ...session, at: event.at });
      this.end(session, event);
      if (session.pairing !== undefined) this.longest.tell(session.pairing, event.at, session);
    }
    this.lingering.begin('sure');
    for (const [pairing, { session, besides }] of ofPairings)
      this.endAll(pairing, besides, { ...session, at: event.at });
    // The check-ins before may have been of others than the sessionizer ended.
    for (const pairing of closed)
      this.endAll(pairing, pairing.total, { ...pairing.latestEvent!, at: event.at });
  }

  /** Of a seat, whatever the sessionizer held to be open; `besides`: what may have been open beyond that, and lingers as well. */
  private endAll(pairing: LongestPairing, besides: Amount, event: SessionEvent): void {
    pairing.end();
    if (this.options.linger > 0n && besides > 0n) {
      const isOneShare = pairing.fresh !== undefined && pairing.isShared;
      this.lingering.addPossible(event, isOneShare ? 0n : besides, 'any');
    }
    this.loose.tell(pairing, event.at, event);
  }

  /** What is certain of it: it was in use just before its check-in, and lingers since. */
  private orphan(event: SessionEvent, isOther: boolean): void {
    this.sink.orphan(event);
    if (this.options.linger === 0n) return;
    // Of a borrowed seat that was over it may be, which lingers no more, or of several sessions of a share.
    if (event.named || !isOther || (event.share === undefined && this.options.borrow === undefined))
      this.lingering.add(this.seats.take(event), event.at);
  }

  private end(session: Session, event: SessionEvent): void {
    const { at, place } = event;
    // Checked out again at this very instant: the check-in came first and belongs to the earlier check-out.
    if (session.reopened === at) {
      session.reopened = undefined;
      return;
    }
    const isOfNoOrder = session.changed?.isPart === false && isTied(session, event);
    const most = heldBy(session) + (session.changed?.besides ?? 0n);
    this.sink.returned?.(session, event);
    session.closed = place;
    this.memory.close(session, at);
    this.memory.checkIns.note(event, session);
    if (this.options.linger > 0n) this.lingering.add(session, at);
    else this.seats.release(session, at);
    // The upgrade of this instant may have come behind it, and have been of another one.
    if (isOfNoOrder && session.unreadable) this.sink.upgradeUnknown?.(event);
    else if (isOfNoOrder) this.memory.repeated.addBeside({ ...session, at }, most, 'changed');
  }

  /** Some of a session's seats are checked in, and the rest is not. */
  private endPart(session: Session, quantity: Amount, event: SessionEvent): void {
    const { at } = event;
    const isOfNoOrder = session.changed?.isPart === false && isTied(session, event);
    noteChange(session, event, { besides: session.changed?.besides ?? 0n, isPart: true });
    if (session.pairing !== undefined && !session.withdrawn) session.pairing.open -= quantity;
    if (this.options.linger === 0n) this.seats.reduce(session, quantity, at);
    else this.lingering.addPart(session, quantity, at);
    // What an upgrade of this instant said may have been before it or after it.
    if (isOfNoOrder) this.seats.blur(session, at);
  }
}
