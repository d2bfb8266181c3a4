/**
 * Whether the use that we reconstruct is the use that the license server saw: its own counter beside each event, and its
 * capacity whenever it refuses for want of seats. docs/license-self-check.md tells what follows from a disagreement.
 * The judgement and its witnesses share one state, so one file of 320 lines.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import { formatInstant, type Instant } from '../../base/instant.ts';
import type { Place } from '../../model/place.ts';
import { type Amount, formatAmount, ONE } from '../contract/amount.ts';
import { keyOf, type Session, type SessionEvent } from '../use/session.ts';
import { FeatureSeats } from './feature-seats.ts';
import { type Capacity, inferCapacity, isShownBy, type Refusals } from './inferred-capacity.ts';

/**
 * Points at which the server's figure is known. `agree`: ours is the same; `open`: what the log leaves open makes up for the
 * difference. The rest disagrees.
 */
export type CheckedPoints = { points: number; agree: number; open: number };

/** `lacking`: the first point at which the server counted more than the log can show. */
export type CheckedSegment = CheckedPoints & { lacking: Disagreement | undefined };

export type Disagreement = {
  at: Instant;
  feature: string;
  kind: 'counter' | 'denial';
  /** What the server counted, or the capacity at which it refuses. */
  server: Amount;
  ours: Amount;
  place: Place;
};

export type SelfCheckResult = {
  /** One for each segment of the contract. */
  segments: CheckedSegment[];
  /** The first MAX_TOLD of all. */
  disagreements: Disagreement[];
  capacities: (Capacity & { feature: string })[];
};

const MAX_TOLD = 5;

/** Differences that are remembered until the end, when the log tells what it left open; more than these are taken as unexplained. */
const MAX_REMEMBERED = 10_000;

/** A client that is refused asks again, some for hours: within this time of its last attempt it is the same request. */
const RETRY_WITHIN = 300_000_000_000n;
const MAX_RETRYING = 10_000;

const ANY: Amount = 10n ** 60n;

/** Points one after another that differ alike. */
type Difference = {
  segment: number;
  feature: FeatureSeats;
  /** Server minus ours. */
  by: Amount;
  /** Of check-ins without a check-out before; those after may make up for what is lacking. */
  orphaned: Amount;
  number: number;
  first: Disagreement;
};

type RefusalRun = Refusals & {
  segment: number;
  slack: Amount;
  orphaned: Amount;
  unreadable: boolean;
  place: Place;
};

export class SelfCheck {
  private readonly features = new Map<string, FeatureSeats>();
  private readonly refusals = new Map<string, RefusalRun[]>();
  private readonly attempts = new Map<string, { at: Instant; use: Amount }>();
  private readonly segments: CheckedSegment[] = [];
  private readonly differences: Difference[] = [];
  private latestName: string | undefined;
  private latest: FeatureSeats | undefined;
  private readonly told: Disagreement[] = [];
  /** Check-outs of no named feature: they may be of any. */
  private loose: Amount = 0n;

  take(session: Session): void {
    this.of(session).take(session);
  }

  release(session: Session): void {
    this.of(session).release(session);
  }

  withdraw(session: Session): void {
    this.of(session).withdraw(session);
  }

  /** Over by contract: the server may go on to count it. */
  overdue(session: Session, quantity: Amount): void {
    this.of(session).slack += quantity;
  }

  /** What an upgrade came from is not known: before, any figure may be right, and after it any that is higher. */
  upgradeUnknown(event: SessionEvent): void {
    this.of(event).orphaned += ANY;
    this.of(event).unreadable++;
  }

  change(session: Session, by: Amount): void {
    this.of(session).change(session, by);
  }

  orphan(event: SessionEvent): void {
    this.of(event).orphaned += event.quantity;
  }

  /** Of a check-in of nobody knows how many seats, once all events are known. */
  orphanUnknown(event: SessionEvent): void {
    this.of(event).orphaned += ANY;
  }

  /** Seats that may be taken from `event` on; where it names no feature, of any. */
  doubt(quantity: Amount, event: SessionEvent): void {
    if (event.feature === undefined) this.loose += quantity;
    else this.of(event).slack += quantity;
  }

  /** The server's counter as an event states it, after that event. `segment`: the place of its time in the contract. */
  counter(event: SessionEvent, server: Amount, segment: number): void {
    const feature = this.of(event);
    const { slack, plain, shared, orphaned } = feature;
    const at = this.checked(segment);
    at.points++;
    if (server === plain || server === shared) at.agree++;
    else if ((server > shared && server <= plain + slack + this.loose) || isUnbounded(feature, server))
      at.open++;
    else {
      const ours = server > plain ? plain : shared;
      const by = server > plain ? server - plain - slack - this.loose : server - shared;
      this.differ(segment, feature, by, orphaned, 1, {
        at: event.at,
        feature: event.feature ?? '',
        kind: 'counter',
        server,
        ours,
        place: event.place,
      });
    }
  }

  /** A refusal for want of seats. `known`: the capacity, where the record states it, else the contract's quantity. */
  denial(event: SessionEvent, known: Amount | undefined, segment: number): void {
    const feature = this.of(event);
    const { plain, shared, slack, orphaned, unreadable } = feature;
    const key = JSON.stringify([event.feature, keyOf(event)]);
    const attempt = this.attempts.get(key);
    if (this.attempts.size >= MAX_RETRYING) this.attempts.clear();
    this.attempts.set(key, { at: event.at, use: plain });
    if (attempt !== undefined && attempt.use === plain && event.at - attempt.at <= RETRY_WITHIN) return;
    const runs = getOrCreate(this.refusals, event.feature ?? '', () => []);
    const last = runs.at(-1);
    const most = event.unreadable ? shared : shared + event.quantity - ONE;
    const apart = plain - shared;
    const isSame =
      last !== undefined &&
      last.least === shared &&
      last.most === most &&
      last.apart === apart &&
      last.known === known &&
      last.segment === segment;
    if (isSame) {
      last.number++;
      last.last = event.at;
      if (slack + this.loose < last.slack) last.slack = slack + this.loose;
      last.orphaned = orphaned;
      return;
    }
    const run: RefusalRun = {
      least: shared,
      most,
      apart,
      known,
      number: 1,
      first: event.at,
      last: event.at,
      segment,
      slack: slack + this.loose,
      orphaned,
      unreadable: unreadable > 0,
      place: event.place,
    };
    if (runs.length < MAX_REMEMBERED) runs.push(run);
    else this.judgeRefusal(event.feature ?? '', run, known);
  }

  /** `open`: sessions without a check-in. `segments`: how many there are. */
  finish(open: Iterable<Session>, segments: number): SelfCheckResult {
    const capacities = this.judgeRefusals();
    const neverReturned = new Map<FeatureSeats, OpenSeats>();
    for (const session of open)
      getOrCreate(neverReturned, this.of(session), () => new OpenSeats()).add(session);
    for (const difference of this.differences) {
      const { feature, by, orphaned, first } = difference;
      const slack =
        by > 0n ? feature.orphaned - orphaned : (neverReturned.get(feature)?.startedBy(first.at) ?? 0n);
      if ((by > 0n ? by : -by) <= slack) this.checked(difference.segment).open += difference.number;
      else this.tell(difference);
    }
    this.told.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    return {
      segments: Array.from({ length: segments }, (_, index) => this.checked(index)),
      disagreements: this.told.slice(0, MAX_TOLD),
      capacities,
    };
  }

  private judgeRefusals(): SelfCheckResult['capacities'] {
    return [...this.refusals].flatMap(([name, runs]) => {
      const { expected, capacities } = inferCapacity(runs);
      for (const [index, run] of runs.entries()) this.judgeRefusal(name, run, expected[index]);
      return capacities.map((capacity) => ({ ...capacity, feature: name }));
    });
  }

  private judgeRefusal(name: string, run: RefusalRun, expected: Amount | undefined): void {
    // Nothing is known of the capacity, and too few refusals show it.
    if (expected === undefined) return;
    const { segment, least, number, slack, orphaned, first: at, place } = run;
    const most = run.most + run.apart;
    const checked = this.checked(segment);
    checked.points += number;
    const feature = this.features.get(name)!;
    if (isShownBy(run, expected)) checked.agree += number;
    else if (expected > most && (run.unreadable || expected - most <= slack)) checked.open += number;
    else {
      const by = expected > most ? expected - most - slack : expected - least;
      this.differ(segment, feature, by, orphaned, number, {
        at,
        feature: name,
        kind: 'denial',
        server: expected,
        ours: least,
        place,
      });
    }
  }

  private differ(
    segment: number,
    feature: FeatureSeats,
    by: Amount,
    orphaned: Amount,
    number: number,
    first: Disagreement,
  ): void {
    const last = this.differences.at(-1);
    const isSame =
      last !== undefined &&
      last.segment === segment &&
      last.feature === feature &&
      last.by === by &&
      last.orphaned === orphaned;
    if (isSame) last.number += number;
    else if (this.differences.length < MAX_REMEMBERED) {
      this.differences.push({ segment, feature, by, orphaned, number, first });
    } else this.tell({ segment, feature, by, orphaned, number, first });
  }

  private tell({ segment, by, first }: Difference): void {
    const checked = this.checked(segment);
    if (by > 0n && (checked.lacking === undefined || first.at < checked.lacking.at)) checked.lacking = first;
    if (this.told.length < MAX_REMEMBERED) this.told.push(first);
  }

  private of({ feature }: { feature: string | undefined }): FeatureSeats {
    const name = feature ?? '';
    // Mostly the same as the last time.
    if (name !== this.latestName) {
      this.latestName = name;
      this.latest = getOrCreate(this.features, name, () => new FeatureSeats());
    }
    return this.latest!;
  }

  private checked(segment: number): CheckedSegment {
    while (this.segments.length <= segment)
      this.segments.push({ points: 0, agree: 0, open: 0, lacking: undefined });
    return this.segments[segment]!;
  }
}

export function formatDisagreement({ at, kind, server, ours }: Disagreement): string {
  const seen =
    kind === 'counter'
      ? `the license server counted ${formatAmount(server)}`
      : `the license server, which has ${formatAmount(server)}, refused for want of seats`;
  return `${seen} at ${formatInstant(at)}, the log shows ${formatAmount(ours)}`;
}

function isUnbounded({ unreadable, plain }: FeatureSeats, server: Amount): boolean {
  return unreadable > 0 && server > plain;
}

/** Seats without a check-in, by when they were taken. */
class OpenSeats {
  private readonly sessions: Session[] = [];
  private sums: Amount[] | undefined;

  add(session: Session): void {
    this.sessions.push(session);
  }

  startedBy(at: Instant): Amount {
    this.sums ??= this.sum();
    let [low, high] = [0, this.sessions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sessions[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    return this.sums[low]!;
  }

  private sum(): Amount[] {
    this.sessions.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const sums = [0n];
    for (const { quantity } of this.sessions) sums.push(sums.at(-1)! + quantity);
    return sums;
  }
}
