/** The longest pairing of every seat whose sessions end by contract and have no id; what it is beyond the sessionizer's own is told. */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { LingeringSeats } from './lingering-seats.ts';
import { LongestPairing, type Taken, TakenQueue } from './longest-pairing.ts';
import type { SeatSink } from './seat-sink.ts';
import { keyOf, type Session, type SessionEvent, seatOf } from './session.ts';
import type { SessionOptions } from './session-options.ts';

export class LongestPairings {
  private readonly options: SessionOptions;
  private readonly sink: SeatSink;
  private readonly lingering: LingeringSeats;
  private readonly bySeat = new Map<string, LongestPairing>();
  /** Whatever their features. */
  private readonly byKey = new Map<string, Set<LongestPairing>>();
  /** Those with seats that a restart may end, by log; those of one daemon by daemon too. Walked once for each check-out. */
  private readonly byLog = new Map<string | undefined, Set<LongestPairing>>();
  private readonly byDaemon = new Map<string | undefined, Map<string | undefined, Set<LongestPairing>>>();
  /** What check-outs took, in order of `ends` each. */
  private readonly timingOut = new TakenQueue();
  private readonly borrowed = new TakenQueue();

  constructor(options: SessionOptions, sink: SeatSink, lingering: LingeringSeats) {
    this.options = options;
    this.sink = sink;
    this.lingering = lingering;
  }

  /** Undefined where no session ends by contract and it is known which ones ended, or each has an id. */
  checkOut(event: SessionEvent, isBorrowed: boolean): LongestPairing | undefined {
    const { timeout, borrow, restarts = false } = this.options;
    if (event.named) return undefined;
    const pairing =
      timeout === undefined && borrow === undefined ? this.of(event) : (this.of(event) ?? this.begin(event));
    if (pairing === undefined) return undefined;
    if (pairing.fresh !== undefined && event.share !== pairing.share) pairing.share = undefined;
    pairing.open += event.quantity;
    if (restarts) this.endsAtRestart(pairing, event);
    if (isBorrowed) this.borrowed.add(pairing.checkOut(event, event.at + borrow!, 'borrow'));
    else if (timeout === undefined) pairing.checkOut(event, undefined, 'never');
    else this.timingOut.add(pairing.checkOut(event, event.at + timeout, 'timeout'));
    return pairing;
  }

  of(event: SessionEvent): LongestPairing | undefined {
    return event.named || this.bySeat.size === 0 ? undefined : this.bySeat.get(seatOf(event));
  }

  private begin(event: SessionEvent): LongestPairing {
    const pairing = new LongestPairing(this.options.restarts ?? false);
    this.bySeat.set(seatOf(event), pairing);
    getOrCreate(this.byKey, keyOf(event), () => new Set()).add(pairing);
    return pairing;
  }

  /** Of all features of the key, those that may have seats open, though the sessionizer may hold none of them to be. */
  ofKey(event: SessionEvent): LongestPairing[] {
    const pairings = event.named || this.byKey.size === 0 ? undefined : this.byKey.get(keyOf(event));
    return pairings === undefined ? [] : [...pairings].filter(({ total }) => total > 0n);
  }

  /** From now on nobody knows which of the sessions of the seat of `event` end; `isShrunk`: nor how many there are. `share`: of all of them. */
  loosen(
    event: SessionEvent,
    sessions: Iterable<Session>,
    share: string | undefined,
    isShrunk: boolean,
  ): LongestPairing {
    const known = this.of(event);
    const pairing = known ?? this.begin(event);
    pairing.fresh = [...sessions];
    for (const session of pairing.fresh) pairing.keep(session);
    pairing.share = pairing.isOfOneShare ? share : undefined;
    if (known === undefined) {
      pairing.adopt(pairing.fresh, isShrunk);
      if (this.options.restarts) for (const session of pairing.fresh) this.endsAtRestart(pairing, session);
    }
    return pairing;
  }

  private endsAtRestart(pairing: LongestPairing, { daemon, log }: SessionEvent): void {
    getOrCreate(this.byLog, log, () => new Set<LongestPairing>()).add(pairing);
    const ofLog = getOrCreate(this.byDaemon, log, () => new Map<string | undefined, Set<LongestPairing>>());
    getOrCreate(ofLog, daemon, () => new Set<LongestPairing>()).add(pairing);
  }

  /** After the sessionizer ended its own. Returns those of which nothing is left that has no end of its own; `tell` follows. */
  restart(daemon: string | undefined, log: string | undefined): LongestPairing[] {
    const named = daemon !== undefined;
    const walked = named ? this.byDaemon.get(log)?.get(daemon) : this.byLog.get(log);
    if (walked === undefined) return [];
    const ended = [...walked].filter((pairing) => pairing.isEndedBy(daemon, log));
    if (named) this.byDaemon.get(log)!.delete(daemon);
    else {
      this.byLog.delete(log);
      this.byDaemon.delete(log);
    }
    for (const pairing of ended) pairing.endUntimed();
    return ended;
  }

  private forget(pairing: LongestPairing): void {
    const { daemon, log } = pairing.latestEvent ?? {};
    this.byLog.get(log)?.delete(pairing);
    this.byDaemon.get(log)?.get(daemon)?.delete(pairing);
  }

  /** Before the sessionizer ends a session by it; `tell` follows. `isOrphan`: it will be told to be one, as old as the log. */
  checkIn(event: SessionEvent, isOrphan: boolean): LongestPairing | undefined {
    const pairing = this.of(event);
    if (pairing !== undefined)
      this.checkInOf(pairing, event.stated ? event.quantity : undefined, event, isOrphan);
    return pairing;
  }

  checkInOf(
    pairing: LongestPairing,
    quantity: Amount | undefined,
    event: SessionEvent,
    isOrphan = false,
  ): void {
    const waited = pairing.waiting;
    const { wentOn, most } = pairing.checkIn(quantity);
    if (wentOn.length === 0) return;
    const told = waited - pairing.waiting;
    // An orphan was in use since the log began, with as many seats as it states or one: no more of it went on besides.
    if (!isOrphan || (quantity === undefined && most > event.quantity))
      for (const late of wentOn) this.sink.wentOn?.(late, event.at, event);
    const still = pairing.stillLate(wentOn, told);
    if (still !== undefined) this.sink.mayGoOn?.(still, event.at);
  }

  /** After what the sessionizer did; `pairing` is that of the event's seat. */
  tell(pairing: LongestPairing, at: Instant, event: SessionEvent): void {
    const isLoose = pairing.fresh !== undefined;
    if (isLoose) pairing.lingers = this.lingering.of(event) !== undefined;
    const by = pairing.doubtful - pairing.told;
    pairing.told += by;
    if (by !== 0n) this.sink.doubt(by, at, event, isLoose ? 'unpaired' : 'outliving');
    const seat = seatOf(event);
    if (!pairing.isOver || this.bySeat.get(seat) !== pairing) return;
    this.bySeat.delete(seat);
    const ofKey = this.byKey.get(keyOf(event))!;
    ofKey.delete(pairing);
    if (ofKey.size === 0) this.byKey.delete(keyOf(event));
    if (this.byLog.size > 0) this.forget(pairing);
  }

  /** A session of so many seats is over without a check-in. */
  lapse(pairing: LongestPairing, held: Amount, at: Instant, event: Session): void {
    const late = pairing.lapse(held, event, event.endsByContract);
    if (late !== undefined) this.sink.mayGoOn?.(late, at);
    this.tell(pairing, at, event);
  }

  /** What ends next. */
  first(): (Taken & { ends: Instant }) | undefined {
    const [timeout, borrow] = [this.timingOut.first(), this.borrowed.first()] as (
      | (Taken & { ends: Instant })
      | undefined
    )[];
    if (timeout === undefined || borrow === undefined) return timeout ?? borrow;
    return borrow.ends < timeout.ends ? borrow : timeout;
  }

  expire(taken: Taken & { ends: Instant }): void {
    taken.pairing.expire(taken);
    this.tell(taken.pairing, taken.ends, taken.event);
  }
}
