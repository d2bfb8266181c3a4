/** Check-outs while seats of the same key linger: they take these up where just so many linger, and nobody may know which. */
import type { Lingering, LingeringSeats, OfSeat } from './lingering-seats.ts';
import type { LongestPairing } from './longest-pairing.ts';
import type { LongestPairings } from './longest-pairings.ts';
import type { LooseSeats } from './loose-seats.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, type Session, type SessionEvent } from './session.ts';
import type { SessionMemory } from './session-memory.ts';
import { isEnding, type SessionOptions } from './session-options.ts';
import type { TakenSeats } from './taken-seats.ts';

export class LingeringTakenUp {
  private readonly isEnding: boolean;
  private readonly sink: SeatSink;
  private readonly memory: SessionMemory;
  private readonly lingering: LingeringSeats;
  private readonly longest: LongestPairings;
  private readonly loose: LooseSeats;
  private readonly seats: TakenSeats;

  constructor(
    options: SessionOptions,
    sink: SeatSink,
    memory: SessionMemory,
    lingering: LingeringSeats,
    longest: LongestPairings,
    loose: LooseSeats,
    seats: TakenSeats,
  ) {
    this.isEnding = isEnding(options);
    this.sink = sink;
    this.memory = memory;
    this.lingering = lingering;
    this.longest = longest;
    this.loose = loose;
    this.seats = seats;
  }

  /** Where nobody knows which seats of its share `event`, a check-out, takes up, nor for how long the others linger. */
  loosen(event: SessionEvent): void {
    if (event.named || event.share === undefined) return;
    const ofSeat = this.lingering.of(event);
    if (ofSeat === undefined || ofSeat.held.size === 0) return;
    const { held, isSure, quantity, parts, size } = ofSeat;
    const known = this.longest.of(event);
    if (known?.fresh === undefined) {
      // Where nothing ends but by a check-in, it makes no difference which of equal ones is taken up.
      if (this.isEnding ? size === 1 && parts === 0 : size === 1) return;
      if (!this.isEnding && isSure && parts === 0 && quantity === event.quantity) return;
    }
    const sessions = this.memory.unnamedOf(event);
    const share = sessions !== undefined && this.memory.several.has(sessions) ? undefined : event.share;
    const pairing =
      known?.fresh === undefined ? this.longest.loosen(event, sessions ?? [], share, false) : known;
    for (let last = held.last(); last !== undefined; last = held.last()) {
      const { session } = last;
      held.delete(last);
      pairing.greatest = session.quantity > pairing.greatest ? session.quantity : pairing.greatest;
      if (session.withdrawn) continue;
      if (!session.returned) pairing.open -= heldBy(session);
      this.loose.withdrawOne(session, event.at, pairing);
    }
    pairing.certain = 0n;
    for (const session of pairing.fresh!) if (!session.withdrawn && !session.returned) pairing.keep(session);
  }

  /**
   * Takes up what lingers, where just so many do; returns their session, still open where these are a part of it. Where it may take
   * up others, or some of them, fewer are certain, and more may linger.
   */
  takeUp(event: SessionEvent, pairing: LongestPairing | undefined): Session | undefined {
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

  private takeBack(lingering: Lingering, event: SessionEvent, ruledOut = lingering): Session | undefined {
    const { session, isPart } = lingering;
    if (ruledOut === lingering) this.lingering.rule(lingering);
    if (isPart) session.leaving -= event.quantity;
    this.lingering.take(lingering, event.quantity);
    const sessions = isPart ? this.memory.unnamedOf(event) : undefined;
    if (isPart && (session.returned || this.isEnding || ruledOut !== lingering)) {
      // The rest of it was given back, or may end earlier, or is of another: they are counted as a session of their own.
      if (sessions !== undefined) this.memory.quantities.blend(sessions);
      this.seats.reduce(session, event.quantity, event.at);
      return undefined;
    }
    if (sessions !== undefined) this.memory.quantities.forget(sessions);
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
      const sessions = isPart && !last.isApparent ? this.memory.unnamedOf(event) : undefined;
      if (sessions !== undefined) this.memory.quantities.blend(sessions);
      this.lingering.take(last, by);
      this.seats.reduce(session, by, at);
      this.sink.doubt(by, at, session, 'lingering');
    }
  }
}
