/**
 * Whether the times of a file follow its record order: a mergeable fold over neighbours, constant size a file.
 * Neighbours, not the running maximum: one clock set a year ahead must not make every later record look late.
 */
import type { Instant } from '../base/instant.ts';
import type { Event } from '../model/event.ts';
import type { Place } from '../model/place.ts';

type Timed = { time: Instant; place: Place };

/** A record that is earlier than the timed record before it. */
type StepBack = { nanos: bigint; before: Timed; after: Timed };

export type TimeOrder = {
  first: Timed & { identity: string };
  last: Timed;
  timed: number;
  forward: number;
  backward: number;
  /** The earliest and the largest step back. */
  firstStepBack: (StepBack & { identity: string }) | undefined;
  largestStepBack: StepBack | undefined;
};

export function startOrder(time: Instant, event: Event): TimeOrder {
  const first = { time, place: event.place, identity: event.identity };
  return {
    first,
    last: { time, place: first.place },
    timed: 1,
    forward: 0,
    backward: 0,
    firstStepBack: undefined,
    largestStepBack: undefined,
  };
}

export function stepOrder(order: TimeOrder, time: Instant, event: Event): void {
  const { place } = event;
  order.timed++;
  if (time > order.last.time) order.forward++;
  else if (time < order.last.time) {
    const step = { nanos: order.last.time - time, before: order.last, after: { time, place } };
    order.firstStepBack ??= { ...step, identity: event.identity };
    order.largestStepBack = larger(order.largestStepBack, step);
    order.backward++;
  }
  order.last = { time, place };
}

/** `right` began where `left` ended: the seam is one more pair of neighbours. */
export function mergeOrders(left: TimeOrder, right: TimeOrder): TimeOrder {
  const { first } = right;
  if (first.time > left.last.time) left.forward++;
  else if (first.time < left.last.time) {
    const after = { time: first.time, place: first.place };
    const step = { nanos: left.last.time - first.time, before: left.last, after };
    left.firstStepBack ??= { ...step, identity: first.identity };
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
  return known === undefined || step.nanos > known.nanos ? step : known;
}

/** Exports of search interfaces list the newest record first: an order, not disorder. Two steps, for one may be a swap. */
export function isNewestFirst({ forward, backward }: TimeOrder): boolean {
  return forward === 0 && backward >= 2;
}
