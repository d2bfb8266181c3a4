/**
 * The peak of overlapping sessions per segment of time, as a lower and an upper bound with witnesses, in one pass.
 * Memory: what is open, and one summary per segment.
 *
 * A session without a check-in is a doubt: it counts from below only at the instant of its check-out. Which sessions
 * those are is known at the end only. So the open ones form a list in order of their check-outs, each with the highest
 * count between its check-out and the next; a check-in hands that to the session before. What is left at the end are
 * the doubts, and the counts from which they must be subtracted. One invariant, so one file of 540 lines.
 */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { Late } from '../use/late.ts';
import { OrderedSet } from '../use/ordered-set.ts';
import type { SeatSink } from '../use/seat-sink.ts';
import type { Session, SessionEvent } from '../use/session.ts';
import { PossiblePeaks } from './possible-peaks.ts';

/** Names and places are for people to look up; the count tells the rest. */
export const MAX_WITNESSES = 50;

/** A count, the first instant that had it, and up to MAX_WITNESSES of the sessions that made it, the latest first. */
export type Peak = { amount: Amount; at: Instant; witnesses: SessionEvent[] };

export type SegmentPeak = {
  /** What the log proves. Witnesses only above `proofAbove`. */
  lower: Peak;
  /** What is possible, if every doubt was in use. */
  upper: Peak;
  /** The highest count if check-outs came before check-ins of the same instant. */
  tied: Amount;
  /** Sessions without a check-in, and check-ins without a check-out, that weigh on the segment. */
  neverReturned: number;
  orphans: number;
  /** The first MAX_NAMED_DOUBTS of each. */
  doubtful: SessionEvent[];
};

const MAX_NAMED_DOUBTS = 10;

/** `proofAbove`: the limit; counts beyond it must name their witnesses. */
export type PeakSegment = {
  from: Instant;
  proofAbove: Amount | undefined;
  /** There are so many segments that names are kept of nothing but proof. */
  isOneOfMany?: true;
};

/**
 * Seats that a session took, or several sessions of one share. What they took later, because of a larger session or an upgrade
 * in place, is a holding of its own in `rises`, without sessions: each seat is proven from when it was taken until it was
 * given back, whatever becomes of the others.
 */
type Holding = {
  sessions: OrderedSet<Session>;
  /** The largest of the sessions, for people to look up. */
  shown: Session;
  quantity: Amount;
  /** With all rises. */
  level: Amount;
  since: Instant;
  stretch: Stretch;
  opening: Highest | undefined;
  proven: boolean;
  rises: Holding[] | undefined;
};

/** Who held the seats at the time: a share is later shown by another of its sessions. */
type Shown = { holding: Holding; session: Session; isProven?: boolean };

/** `sure`: with all that was withdrawn before it came to be: what the stretches up to its own have withdrawn is to be subtracted. */
type Highest = { amount: Amount; sure: Amount; at: Instant; witnesses: readonly Shown[] };

/** From one check-out to the next of what is still open; without a holding, from the start of a segment. */
type Stretch = {
  holding: Holding | undefined;
  segment: SegmentState;
  highest: Highest | undefined;
  /** Seats taken here that nothing proves any more: not in use for certain in what was counted since. */
  withdrawn: Amount;
  previous: Stretch | undefined;
  next: Stretch | undefined;
};

type SegmentState = PeakSegment & {
  tied: Amount;
  orphansBefore: number;
  namedOrphans: number;
};

/**
 * What stays the same for `duration`: how many seats are taken, and how many more there may be, relative to the orphans
 * of the whole log. Called in order of time.
 */
type OnStay = (segment: number, taken: Amount, doubtful: Amount, duration: bigint) => void;

/** Over the whole log: seats of sessions that never returned, and of those that began before it. */
export type OpenEnds = { neverReturned: Amount; orphaned: Amount };

const NOBODY: readonly Shown[] = [];

export class PeakTracker implements SeatSink {
  private readonly planned: readonly PeakSegment[];
  private readonly states: SegmentState[] = [];
  private readonly head: Stretch;
  private tail: Stretch;
  /** By share; those of sessions that count alone by their slots, for nearly all do, and an array needs no look-up. */
  private readonly shared = new Map<string, Holding>();
  private readonly alone: (Holding | undefined)[] = [];
  /** How many they are. */
  private holders = 0;
  private now: Instant;
  private count: Amount = 0n;
  private countBefore: Amount = 0n;
  private taken: Amount = 0n;
  private doubtful: Amount = 0n;
  private orphaned: Amount = 0n;
  private orphans = 0;
  private readonly orphanEvents: SessionEvent[] = [];
  private opened: Holding[] = [];
  /** Of the seats that are held since this instant, those that were checked out before. */
  private heldBefore: Amount = 0n;
  private settled = false;
  private readonly onStay: OnStay | undefined;
  /** Seats that may be taken besides, relative to the orphans as they are. */
  private besides: Amount = 0n;
  /** By all stretches; and ever, unless whatever was not given back is in use. */
  private withdrawn: Amount = 0n;
  private everWithdrawn: Amount = 0n;
  /** Relative to the orphans of later instants, which raise every earlier count alike. */
  private readonly possible = new PossiblePeaks<Highest>();

  /** In order of time, and more may be added as long as they begin later than what was told; what comes before the first belongs to it. */
  constructor(segments: readonly PeakSegment[], onStay?: OnStay) {
    this.planned = segments;
    this.onStay = onStay;
    this.now = segments[0]!.from;
    this.head = this.startSegment(undefined);
    this.tail = this.head;
  }

  take(session: Session, at: Instant): void {
    this.reach(at);
    this.taken += session.quantity;
    const holding = this.holdingOf(session);
    if (holding === undefined) this.keep(this.hold(new OrderedSet(session), session, at));
    else {
      holding.sessions.add(session);
      if (session.quantity > holding.level) this.fit(holding, session, at);
    }
  }

  release(session: Session, at: Instant): void {
    this.reach(at);
    if (session.withdrawn) return;
    const holding = this.holdingOf(session)!;
    holding.sessions.delete(session);
    if (holding.sessions.size === 0) {
      this.drop(holding);
      if (holding.rises !== undefined) for (const rise of holding.rises) this.drop(rise);
      this.forget(session);
      return;
    }
    const largest = largestOf(holding);
    if (holding.shown === session) holding.shown = largest;
    this.fit(holding, largest, at);
  }

  change(session: Session, by: Amount, at: Instant): void {
    this.reach(at);
    if (session.withdrawn) return;
    if (by > 0n) this.taken += by;
    const holding = this.holdingOf(session)!;
    const isLargest = session.share === undefined || session.quantity >= holding.level;
    this.fit(holding, isLargest ? session : largestOf(holding), at);
  }

  /** What other sessions of its share hold is proven from now on alone: until now it may have been theirs or not. */
  withdraw(session: Session, at: Instant, wasInUse: boolean): void {
    this.reach(at);
    const holding = this.holdingOf(session)!;
    // What ends by contract, or was checked in, was in use until now in any case.
    const isOver = session.share === undefined && (session.endsByContract || session.returned);
    const isSure = wasInUse || isOver;
    holding.sessions.delete(session);
    for (const each of [holding, ...(holding.rises ?? [])]) {
      // What was taken at this very instant is in no count yet.
      if (each.since < at && !isSure) {
        this.keepOpening(each);
        each.stretch.withdrawn += each.quantity;
        this.withdrawn += each.quantity;
        this.everWithdrawn += each.quantity;
      }
      this.drop(each);
      each.proven = isSure;
    }
    this.forget(session);
    if (holding.sessions.size === 0) return;
    const opened = [...this.opened];
    const others = this.hold(holding.sessions, largestOf(holding), at);
    this.keep(others);
    // They were checked out before, so that no check-out of this instant proves them.
    this.opened = opened;
    this.heldBefore += others.quantity;
  }

  /** It was in use when it was checked out, whatever nobody knows of it since: that is a count of those before it. */
  private keepOpening({ opening, stretch, since }: Holding): void {
    const previous = stretch.previous!;
    if (opening === undefined) return;
    const sure = opening.sure - stretch.withdrawn;
    if (previous.highest !== undefined && previous.highest.sure >= sure) return;
    const witnesses = opening.witnesses.map((shown) =>
      shown.holding.since === since ? { ...shown, isProven: true } : shown,
    );
    previous.highest = { ...opening, sure, witnesses };
  }

  private forget({ share, slot }: Session): void {
    this.holders--;
    if (share === undefined) this.alone[slot] = undefined;
    else this.shared.delete(share);
  }

  private holdingOf({ share, slot }: Session): Holding | undefined {
    return share === undefined ? this.alone[slot] : this.shared.get(share);
  }

  private keep(holding: Holding): void {
    const { share, slot } = holding.shown;
    this.holders++;
    if (share !== undefined) this.shared.set(share, holding);
    else {
      // Without holes the array stays an array.
      while (this.alone.length < slot) this.alone.push(undefined);
      this.alone[slot] = holding;
    }
  }

  private *holdings(): Generator<Holding> {
    yield* this.shared.values();
    for (const holding of this.alone) if (holding !== undefined) yield holding;
  }

  /** The holding has as many seats as its largest session. */
  private fit(holding: Holding, largest: Session, at: Instant): void {
    const seats = largest.quantity;
    const more = seats - holding.level;
    if (more > 0n) {
      holding.rises ??= [];
      holding.rises.push(this.hold(new OrderedSet(), largest, at, more));
      holding.shown = largest;
    } else if (more < 0n) this.shrink(holding, -more);
    holding.level = seats;
  }

  /** The seats that came last go first. */
  private shrink(holding: Holding, by: Amount): void {
    let rest = by;
    for (let last = holding.rises?.at(-1); last !== undefined; last = holding.rises?.at(-1)) {
      if (last.quantity > rest) {
        this.reduce(last, rest);
        return;
      }
      rest -= last.quantity;
      this.drop(last);
      holding.rises!.pop();
    }
    this.reduce(holding, rest);
  }

  /** What was given back was taken until now. Of the rest nothing is proven by that: it stays the doubt it was. */
  private reduce(holding: Holding, by: Amount): void {
    holding.quantity -= by;
    this.count -= by;
  }

  orphan(event: SessionEvent): void {
    this.reach(event.at);
    this.orphaned += event.quantity;
    this.weighDoubts();
    this.orphans++;
    const { segment } = this.tail;
    if (segment.namedOrphans++ < MAX_NAMED_DOUBTS) this.orphanEvents.push(event);
  }

  doubt(quantity: Amount, at: Instant): void {
    this.reach(at);
    this.doubtful += quantity;
    this.weighDoubts();
  }

  mayGoOn(late: Late, at: Instant): void {
    this.reach(at);
    this.possible.mayGoOn(late);
    this.weighDoubts();
  }

  wentOn(late: Late, at: Instant): void {
    this.reach(at);
    this.possible.wentOn(late);
    this.weighDoubts();
  }

  private weighDoubts(): void {
    this.besides = this.doubtful - this.orphaned + this.possible.pending;
  }

  /** `missingIsInUse`: a session without a check-in is no doubt. `anytime`: seats that may be taken at any instant. */
  finish(until: Instant, missingIsInUse: boolean, anytime: Amount): SegmentPeak[] {
    this.reach(until);
    this.settle();
    const possible = this.possible.finish();
    const bounds = this.states.map((state, index) => this.toUpperBound(state, possible[index]!, anytime));
    for (const holding of this.holdings()) {
      holding.proven =
        missingIsInUse ||
        [...holding.sessions].every(({ returned, endsByContract }) => returned || endsByContract);
      for (const rise of holding.rises ?? []) rise.proven = holding.proven;
    }
    this.boundFromBelow(bounds, missingIsInUse);
    if (missingIsInUse) this.everWithdrawn = 0n;
    return bounds;
  }

  /** After `finish`. */
  openEnds(): OpenEnds {
    const doubts = [...this.holdings()].filter(({ proven }) => !proven);
    const neverReturned = doubts.reduce((sum, { level }) => sum + level, this.everWithdrawn);
    return { neverReturned, orphaned: this.orphaned };
  }

  private toUpperBound(
    state: SegmentState,
    { highest, amount }: { highest: Highest | undefined; amount: Amount },
    anytime: Amount,
  ): SegmentPeak {
    const { at, witnesses } = highest ?? { at: state.from, witnesses: NOBODY };
    return {
      lower: { amount: 0n, at: state.from, witnesses: [] },
      upper: {
        amount: amount + this.orphaned + anytime,
        at,
        witnesses: witnesses.map(({ session }) => session),
      },
      tied: state.tied,
      neverReturned: 0,
      orphans: this.orphans - state.orphansBefore,
      doubtful: this.orphansSince(state.from),
    };
  }

  private orphansSince(from: Instant): SessionEvent[] {
    let [low, high] = [0, this.orphanEvents.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.orphanEvents[middle]!.at < from) low = middle + 1;
      else high = middle;
    }
    return this.orphanEvents.slice(low, low + MAX_NAMED_DOUBTS);
  }

  /** Walks what is still open: from each count the doubts that began before it are subtracted. */
  private boundFromBelow(bounds: SegmentPeak[], missingIsInUse: boolean): void {
    const named: SessionEvent[] = [];
    let index = -1;
    let doubts = { amount: 0n, sessions: 0 };
    // What was withdrawn was in use if whatever was not given back is.
    const certain = (highest: Highest | undefined) =>
      highest && { ...highest, amount: missingIsInUse ? highest.amount : highest.sure - doubts.amount };
    for (let stretch: Stretch | undefined = this.head; stretch !== undefined; stretch = stretch.next) {
      const { holding, highest } = stretch;
      if (holding === undefined) index++;
      const bound = bounds[index]!;
      doubts.amount += stretch.withdrawn;
      if (holding !== undefined && !holding.proven) {
        // All of one instant were in use at it. The first of them proves that: the others are not yet among the doubts.
        const isProven = (each: Holding) => each.proven || each.since === holding.since;
        raise(bound.lower, certain(holding.opening), isProven);
        if (named.length < MAX_NAMED_DOUBTS) named.push(holding.shown);
        doubts = {
          amount: doubts.amount + holding.quantity,
          sessions: doubts.sessions + holding.sessions.size,
        };
      }
      raise(bound.lower, certain(highest), (each) => each.proven);
      bound.neverReturned = doubts.sessions;
      // The next stretch of this segment may add to `named`, the next segment may not.
      if (stretch.next?.holding === undefined) bound.doubtful.unshift(...named);
    }
  }

  private hold(
    sessions: OrderedSet<Session>,
    shown: Session,
    at: Instant,
    quantity: Amount = shown.quantity,
  ): Holding {
    const stretch: Stretch = {
      holding: undefined,
      segment: this.tail.segment,
      highest: undefined,
      withdrawn: 0n,
      previous: this.tail,
      next: undefined,
    };
    const holding: Holding = {
      sessions,
      shown,
      quantity,
      level: quantity,
      since: at,
      stretch,
      opening: undefined,
      proven: false,
      rises: undefined,
    };
    stretch.holding = holding;
    this.tail.next = stretch;
    this.tail = stretch;
    this.count += quantity;
    this.opened.push(holding);
    return holding;
  }

  private drop(holding: Holding): void {
    const { previous, next, highest, withdrawn } = holding.stretch;
    holding.proven = true;
    this.count -= holding.quantity;
    if (highest !== undefined) {
      const sure = highest.sure - withdrawn;
      if (previous!.highest === undefined || previous!.highest.sure < sure)
        previous!.highest = withdrawn === 0n ? highest : { ...highest, sure };
    }
    previous!.next = next;
    if (next === undefined) {
      this.tail = previous!;
      this.withdrawn -= withdrawn;
    } else {
      next.previous = previous;
      next.withdrawn += withdrawn;
    }
    // Witnesses outlive their stretch: without this each would keep all that ever came before it in memory.
    holding.stretch.previous = undefined;
    holding.stretch.next = undefined;
    holding.stretch.highest = undefined;
    holding.opening = undefined;
  }

  private reach(at: Instant): void {
    for (;;) {
      const next = this.planned[this.states.length];
      if (next === undefined || next.from > at) break;
      this.leaveTo(next.from);
      this.tail = this.startSegment(this.tail);
    }
    if (at > this.now) this.leaveTo(at);
    this.settled = false;
  }

  private startSegment(previous: Stretch | undefined): Stretch {
    const segment: SegmentState = {
      ...this.planned[this.states.length]!,
      tied: 0n,
      orphansBefore: this.orphans,
      namedOrphans: 0,
    };
    this.states.push(segment);
    this.possible.startSegment();
    const [holding, highest, next] = [undefined, undefined, undefined];
    const stretch: Stretch = { holding, segment, highest, withdrawn: 0n, previous, next };
    if (previous !== undefined) previous.next = stretch;
    this.settled = false;
    return stretch;
  }

  private leaveTo(at: Instant): void {
    this.settle();
    if (at > this.now)
      this.onStay?.(this.states.length - 1, this.count, this.doubtful - this.orphaned, at - this.now);
    if (at > this.now) this.heldBefore = 0n;
    this.now = at;
  }

  /** Judges an instant when everything that happened at it is known: sessions are half-open. */
  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    const { tail, count } = this;
    const { segment } = tail;
    const proof = segment.proofAbove !== undefined && count > segment.proofAbove;
    const isHighest = tail.highest === undefined || count + this.withdrawn > tail.highest.sure;
    if (isHighest || this.opened.length > 0) {
      const here = this.here(count, proof);
      if (isHighest) tail.highest = here;
      const { heldBefore } = this;
      const opening = heldBefore === 0n ? here : { ...here, sure: here.sure - heldBefore };
      for (const holding of this.opened) holding.opening = opening;
      if (this.opened.length > 0) this.opened = [];
    }
    const possible = this.besides === 0n ? count : count + this.besides;
    if (this.possible.isBeyond(possible))
      this.possible.reach(this.here(possible, segment.isOneOfMany !== true));
    const tied = this.taken === 0n ? this.countBefore : this.countBefore + this.taken;
    if (tied > segment.tied) segment.tied = tied;
    this.countBefore = this.count;
    this.taken = 0n;
  }

  private here(amount: Amount, withNames: boolean): Highest {
    const witnesses = withNames ? this.latestHoldings() : NOBODY;
    return { amount, sure: amount + this.withdrawn, at: this.now, witnesses };
  }

  private latestHoldings(): Shown[] {
    const latest: Shown[] = [];
    for (let stretch: Stretch | undefined = this.tail; stretch !== undefined; stretch = stretch.previous) {
      const { holding } = stretch;
      if (holding !== undefined && holding.sessions.size > 0)
        latest.push({ holding, session: holding.shown });
      if (latest.length === Math.min(MAX_WITNESSES, this.holders)) break;
    }
    return latest;
  }
}

/** Those that are as large as any was are mostly the first to be met. */
function largestOf({ sessions, level }: Holding): Session {
  let largest: Session | undefined;
  for (const session of sessions) {
    if (largest === undefined || session.quantity > largest.quantity) largest = session;
    if (largest.quantity === level) break;
  }
  return largest!;
}

function raise(lower: Peak, highest: Highest | undefined, isProven: (holding: Holding) => boolean): void {
  if (highest === undefined || highest.amount <= lower.amount) return;
  lower.amount = highest.amount;
  lower.at = highest.at;
  lower.witnesses = highest.witnesses
    .filter((shown) => shown.isProven || isProven(shown.holding))
    .map(({ session }) => session);
}
