/** How long seats were taken: in each segment the sum of quantity × nanoseconds, from below and above. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { earlier, type Instant, later } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import { indexAt } from '../contract/index-at.ts';
import type { Late } from '../use/late.ts';
import { OrderedSet } from '../use/ordered-set.ts';
import type { Session, SessionEvent } from '../use/session.ts';
import type { Stretch } from './bucket-clock.ts';
import type { SegmentPeak } from './peak.ts';
import type { SeatTracker } from './seats-measure.ts';

/** Sessions of one share, counted with the quantity of the largest, which it has had since `since`. */
type Holding = { sessions: OrderedSet<Session>; largest: Session; quantity: Amount; since: Instant };

type Taken = Stretch & { quantity: Amount };

const MAX_NAMED_DOUBTS = 10;

export class SeatTime implements SeatTracker {
  private readonly segments: readonly Stretch[];
  private readonly holdings = new Map<Session | string, Holding>();
  /** What a session that has not returned stood for while it was the largest of its share. */
  private readonly unproven = new Map<Session, Taken[]>();
  /** What nothing proves any more, unless whatever was not given back is in use. */
  private readonly withdrawn: Taken[] = [];
  private readonly areas: { taken: Amount; doubtful: Amount }[];
  private index = 0;
  private now: Instant;
  private count: Amount = 0n;
  private doubtful: Amount = 0n;
  private readonly orphans: SessionEvent[] = [];
  /** Of sessions whose time was over: since when, and what a check-in may say to have gone on. */
  private readonly pending = new Map<Late, Taken>();
  private readonly confirmed: Taken[] = [];

  /** In order of time, not overlapping. */
  constructor(segments: readonly Stretch[]) {
    this.segments = segments;
    this.areas = segments.map(() => ({ taken: 0n, doubtful: 0n }));
    this.now = segments[0]?.from ?? 0n;
  }

  take(session: Session, at: Instant): void {
    this.reach(at);
    const key = session.share ?? session;
    const holding = this.holdings.get(key);
    if (holding === undefined) {
      const { quantity } = session;
      this.holdings.set(key, { sessions: new OrderedSet(session), largest: session, quantity, since: at });
      this.count += quantity;
      return;
    }
    holding.sessions.add(session);
    if (session.quantity > holding.quantity) this.replace(holding, session, at);
  }

  release(session: Session, at: Instant): void {
    this.reach(at);
    if (session.withdrawn) return;
    this.leave(session, at);
    this.unproven.delete(session);
  }

  withdraw(session: Session, at: Instant): void {
    this.reach(at);
    this.leave(session, at);
    for (const taken of this.unproven.get(session) ?? []) this.withdrawn.push(taken);
    this.unproven.delete(session);
  }

  private leave(session: Session, at: Instant): void {
    const key = session.share ?? session;
    const holding = this.holdings.get(key)!;
    holding.sessions.delete(session);
    const { largest, since, quantity } = holding;
    if (holding.sessions.size === 0) {
      if (!session.returned && !session.endsByContract)
        this.keep(session, { from: since, until: at, quantity });
      this.count -= quantity;
      this.holdings.delete(key);
    } else if (session === largest) this.replace(holding, largestOf(holding), at);
  }

  change(session: Session, _: Amount, at: Instant): void {
    this.reach(at);
    if (session.withdrawn) return;
    const holding = this.holdings.get(session.share ?? session)!;
    if (session === holding.largest) this.replace(holding, largestOf(holding), at);
    else if (session.quantity > holding.quantity) this.replace(holding, session, at);
  }

  orphan(event: SessionEvent): void {
    this.reach(event.at);
    this.orphans.push(event);
  }

  doubt(quantity: Amount, at: Instant): void {
    this.reach(at);
    this.doubtful += quantity;
  }

  mayGoOn(late: Late, at: Instant): void {
    this.pending.set(late, { from: at, until: at, quantity: late.quantity });
  }

  wentOn(late: Late, until: Instant): void {
    const taken = this.pending.get(late);
    if (taken === undefined) return;
    this.pending.delete(late);
    this.confirmed.push({ ...taken, until });
  }

  finish(until: Instant, missingIsInUse: boolean, anytime: Amount): SegmentPeak[] {
    this.reach(until);
    const lower = this.areas.map(({ taken }) => taken);
    this.reach(this.segments.at(-1)?.until ?? until);
    const upper = this.areas.map(({ taken, doubtful }) => taken + doubtful);
    const open = [...this.holdings.values()].filter(
      ({ largest }) => !largest.returned && !largest.endsByContract,
    );
    if (!missingIsInUse) {
      for (const { largest, since, quantity } of open) this.keep(largest, { from: since, until, quantity });
      this.spread([...this.withdrawn, ...[...this.unproven.values()].flat()], lower, -1n);
    }
    const from = this.segments[0]?.from ?? until;
    const before = this.orphans.map(({ at, quantity }) => ({ from, until: at, quantity }));
    this.spread([...before, ...this.confirmed], upper, 1n);
    return this.segments.map((segment, index) => {
      const unreturned = missingIsInUse ? [] : open.filter(({ since }) => since < segment.until);
      const orphans = this.orphans.filter(({ at }) => at >= segment.from);
      const doubtful = [...unreturned.map(({ largest }) => largest), ...orphans];
      const at = segment.from;
      const possible = upper[index]! + anytime * (segment.until - segment.from);
      return {
        lower: { amount: lower[index]!, at, witnesses: [] },
        upper: { amount: possible, at, witnesses: [] },
        tied: 0n,
        neverReturned: unreturned.length,
        orphans: orphans.length,
        doubtful: doubtful.slice(0, MAX_NAMED_DOUBTS),
      };
    });
  }

  private replace(holding: Holding, largest: Session, at: Instant): void {
    const { largest: before, quantity, since } = holding;
    // What was given back of it is proven until now.
    const left = before.withdrawn ? quantity : before.quantity;
    const unproven = left < quantity ? left : quantity;
    if (!before.returned && !before.endsByContract)
      this.keep(before, { from: since, until: at, quantity: unproven });
    holding.largest = largest;
    holding.quantity = largest.quantity;
    this.count += holding.quantity - quantity;
    holding.since = at;
  }

  private keep(session: Session, taken: Taken): void {
    getOrCreate(this.unproven, session, (): Taken[] => []).push(taken);
  }

  private reach(at: Instant): void {
    while (this.now < at && this.index < this.segments.length) {
      const { from, until } = this.segments[this.index]!;
      const end = earlier(at, until);
      const length = end - later(this.now, from);
      const area = this.areas[this.index]!;
      if (length > 0n) {
        area.taken += this.count * length;
        area.doubtful += this.doubtful * length;
      }
      this.now = end;
      if (end === until) this.index++;
    }
  }

  /** Adds each stretch to the segments it lies in: those that it covers whole by one step up and one down. */
  private spread(stretches: readonly Taken[], sums: Amount[], sign: 1n | -1n): void {
    const whole: Amount[] = this.segments.map(() => 0n);
    for (const { from, until, quantity } of stretches) {
      if (until <= from) continue;
      const [first, last] = [indexAt(this.segments, from), indexAt(this.segments, until - 1n)];
      for (const index of new Set([first, last])) {
        const segment = this.segments[index]!;
        const length = earlier(until, segment.until) - later(from, segment.from);
        if (length > 0n) sums[index]! += sign * quantity * length;
      }
      if (last - first < 2) continue;
      whole[first + 1]! += quantity;
      whole[last]! -= quantity;
    }
    let covering: Amount = 0n;
    for (const [index, { from, until }] of this.segments.entries()) {
      covering += whole[index]!;
      sums[index]! += sign * covering * (until - from);
    }
  }
}

function largestOf({ sessions }: Holding): Session {
  return [...sessions].reduce((a, b) => (b.quantity > a.quantity ? b : a));
}
