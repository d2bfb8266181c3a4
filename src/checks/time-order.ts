/**
 * Whether the times of a file follow its record order: a mergeable fold over neighbours, constant size a file.
 * Neighbours, not the running maximum: one clock set a year ahead must not make every later record look late.
 */
import { type Instant, NANOS_PER_MS } from '../base/instant.ts';
import type { Event } from '../model/event.ts';
import { copyPlace, movePlace, type Place } from '../model/place.ts';

/** Whole milliseconds, rounded down, and the nanoseconds beyond them: compared without a bigint. */
type Timed = { ms: number; nanos: number; place: Place };

/** A record that is earlier than the timed record before it. */
type StepBack = { before: Timed; after: Timed };

export type TimeOrder = {
  first: Timed & { identity: string };
  /** Its place moves from record to record. */
  last: Timed;
  timed: number;
  forward: number;
  backward: number;
  /** The earliest and the largest step back. */
  firstStepBack: (StepBack & { identity: string }) | undefined;
  largestStepBack: StepBack | undefined;
};

export function startOrder(ms: number, nanos: number, event: Event): TimeOrder {
  const { place } = event;
  return {
    first: { ms, nanos, place, identity: event.identity },
    last: { ms, nanos, place: copyPlace(place) },
    timed: 1,
    forward: 0,
    backward: 0,
    firstStepBack: undefined,
    largestStepBack: undefined,
  };
}

export function stepOrder(order: TimeOrder, ms: number, nanos: number, event: Event): void {
  const { last } = order;
  order.timed++;
  const ahead = ms - last.ms || nanos - last.nanos;
  if (ahead > 0) order.forward++;
  else if (ahead < 0) {
    const before = { ms: last.ms, nanos: last.nanos, place: copyPlace(last.place) };
    const step = { before, after: { ms, nanos, place: event.place } };
    order.firstStepBack ??= { ...step, identity: event.identity };
    order.largestStepBack = larger(order.largestStepBack, step);
    order.backward++;
  }
  last.ms = ms;
  last.nanos = nanos;
  movePlace(last.place, event);
}

/** `right` began where `left` ended: the seam is one more pair of neighbours. */
export function mergeOrders(left: TimeOrder, right: TimeOrder): TimeOrder {
  const { ms, nanos, place, identity } = right.first;
  const ahead = ms - left.last.ms || nanos - left.last.nanos;
  if (ahead > 0) left.forward++;
  else if (ahead < 0) {
    const step = { before: left.last, after: { ms, nanos, place } };
    left.firstStepBack ??= { ...step, identity };
    left.largestStepBack = larger(left.largestStepBack, step);
    left.backward++;
  }
  left.firstStepBack ??= right.firstStepBack;
  if (right.largestStepBack !== undefined)
    left.largestStepBack = larger(left.largestStepBack, right.largestStepBack);
  left.timed += right.timed;
  left.forward += right.forward;
  left.backward += right.backward;
  left.last = right.last;
  return left;
}

/** Of equal steps the earlier, which is `known`. */
function larger(known: StepBack | undefined, step: StepBack): StepBack {
  if (known === undefined) return step;
  // From 2 ms on the milliseconds decide, whatever the nanoseconds: rounding cannot turn the sign.
  const longerMs = step.before.ms - step.after.ms - (known.before.ms - known.after.ms);
  const longerNanos = step.before.nanos - step.after.nanos - (known.before.nanos - known.after.nanos);
  return longerMs * 1e6 + longerNanos > 0 ? step : known;
}

export function instantOf({ ms, nanos }: Timed): Instant {
  return BigInt(ms) * NANOS_PER_MS + BigInt(nanos);
}

/** Exports of search interfaces list the newest record first: an order, not disorder. Two steps, for one may be a swap. */
export function isNewestFirst({ forward, backward }: TimeOrder): boolean {
  return forward === 0 && backward >= 2;
}
