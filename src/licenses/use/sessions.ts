/**
 * The one sessionizer: check-outs and check-ins in time order become seats that are taken and given back.
 * Streams; it remembers only what is open, lingering or borrowed. Each idea of it is a room of its own, and here they meet.
 */
import type { Instant } from '../../base/instant.ts';
import { CheckInChoice } from './check-in-choice.ts';
import { CheckIns } from './check-ins.ts';
import { CheckOuts } from './check-outs.ts';
import type { LicenseUse } from './license-use.ts';
import { LingeringCheckIns } from './lingering-check-ins.ts';
import { LingeringSeats } from './lingering-seats.ts';
import { LingeringTakenUp } from './lingering-taken-up.ts';
import { LongestPairings } from './longest-pairings.ts';
import { LooseSeats } from './loose-seats.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, type Session, type SessionEvent } from './session.ts';
import { SessionMemory } from './session-memory.ts';
import type { SessionOptions } from './session-options.ts';
import { TakenSeats } from './taken-seats.ts';

export class Sessions {
  private readonly sink: SeatSink;
  private readonly memory: SessionMemory;
  private readonly seats: TakenSeats;
  private readonly lingering = new LingeringSeats();
  private readonly longest: LongestPairings;
  private readonly loose: LooseSeats;
  private readonly lingeringCheckIns: LingeringCheckIns;
  private readonly checkOuts: CheckOuts;
  private readonly checkIns: CheckIns;
  /** By most contracts nothing ever ends by itself. */
  private readonly canTimeOut: boolean;

  constructor(options: SessionOptions, sink: SeatSink) {
    const { lingering } = this;
    const memory = new SessionMemory(options, sink);
    const seats = new TakenSeats(sink);
    const longest = new LongestPairings(options, sink, lingering);
    const loose = new LooseSeats(options, sink, memory, longest, seats);
    const lingers = new LingeringCheckIns(options.linger, sink, lingering, longest, loose, seats);
    const takenUp = new LingeringTakenUp(options, sink, memory, lingering, longest, loose, seats);
    const choice = new CheckInChoice(options, memory, longest);
    this.sink = sink;
    this.memory = memory;
    this.seats = seats;
    this.longest = longest;
    this.loose = loose;
    this.lingeringCheckIns = lingers;
    this.checkOuts = new CheckOuts(options, sink, memory, longest, loose, lingers, takenUp, seats);
    this.checkIns = new CheckIns(options, sink, memory, longest, choice, loose, lingers, seats);
    this.canTimeOut = options.timeout !== undefined || options.borrow !== undefined;
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
    this.checkOuts.checkOut(event);
  }

  checkIn(event: SessionEvent): void {
    this.advance(event.at);
    if (event.feature === undefined) this.checkIns.checkInAny(event);
    else this.checkIns.checkIn(event);
  }

  upgrade(event: SessionEvent): void {
    this.advance(event.at);
    this.checkOuts.upgrade(event);
  }

  use(event: SessionEvent): void {
    this.advance(event.at);
    this.checkOuts.use(event);
  }

  /**
   * A server lost its sessions: all of them, or those that the daemon gave. Sessions that do not name their daemon stay
   * open when only one daemon restarts: it may be another's. So do those of another server's log, though the daemon has the
   * same name. Returns how many ended.
   */
  restart(at: Instant, daemon: string | undefined, log?: string): number {
    this.advance(at);
    const ended = this.memory.open.endedBy(daemon, log);
    for (const session of ended) {
      const held = heldBy(session);
      this.sink.lose?.(session);
      this.memory.close(session, at);
      session.pairing?.restart(held);
      this.sink.idle?.(-held, at);
      this.seats.reduce(session, held, at);
      if (session.pairing !== undefined) this.longest.tell(session.pairing, at, session);
    }
    for (const pairing of this.longest.restart(daemon, log))
      this.loose.tell(pairing, at, pairing.latestEvent!);
    return ended.length;
  }

  /** Ends what ends at or before `now`: sessions are half-open, and at one instant check-ins come before check-outs. */
  advance(now: Instant): void {
    while (this.canTimeOut || !this.lingering.isEmpty) {
      const lingered = this.lingering.first();
      const session = this.memory.timed.first();
      const taken = this.longest.first();
      // At one instant before the sessions: what ends with them is no doubt.
      if (taken !== undefined && taken.ends <= now && isFirst(taken, session) && isFirst(taken, lingered)) {
        this.longest.expire(taken);
        continue;
      }
      const again = this.memory.repeated.first();
      if (again !== undefined && again.ends <= now && isBefore(again, session) && isBefore(again, lingered)) {
        this.memory.repeated.stop(again);
        continue;
      }
      if (lingered !== undefined && lingered.ends <= now && isFirst(lingered, session)) {
        this.lingeringCheckIns.stop(lingered);
        continue;
      }
      if (session === undefined || session.ends > now) return;
      this.expire(session);
    }
  }

  private expire(session: Session): void {
    const held = heldBy(session);
    const { ends, pairing, endsByContract } = session;
    if (!endsByContract) {
      this.sink.lose?.(session);
      this.memory.repeated.outlive(session);
    }
    this.memory.close(session, ends);
    if (endsByContract) this.memory.timed.expire(session);
    this.sink.overdue?.(session, held);
    this.seats.reduce(session, held, ends);
    if (pairing !== undefined) this.longest.lapse(pairing, held, ends, session);
  }

  /** Those without a check-in so far. */
  *stillOpen(): Generator<Session> {
    yield* this.memory.open;
  }

  /** Whether one that the event may end has no check-in. */
  isOpen(event: SessionEvent): boolean {
    return this.memory.open.ofSeat(event) !== undefined;
  }
}

type Ending = { ends: Instant };

function isFirst({ ends }: Ending, other: Ending | undefined): boolean {
  return other === undefined || ends <= other.ends;
}

function isBefore({ ends }: Ending, other: Ending | undefined): boolean {
  return other === undefined || ends < other.ends;
}
