/** Whether the records of a file run forward in time: a mergeable fold over neighbours. What a scan keeps while it runs. */

/** Times as whole milliseconds and the nanoseconds beyond. */
export type RecordOrder = {
  firstMs: number;
  firstNanos: number;
  lastMs: number;
  lastNanos: number;
  /** Pairs of neighbours of which the second is later, and earlier. */
  forward: number;
  backward: number;
};

export function startRecordOrder(ms: number, nanos: number): RecordOrder {
  return { firstMs: ms, firstNanos: nanos, lastMs: ms, lastNanos: nanos, forward: 0, backward: 0 };
}

export function stepRecordOrder(order: RecordOrder, ms: number, nanos: number): void {
  const ahead = ms - order.lastMs || nanos - order.lastNanos;
  if (ahead > 0) order.forward++;
  else if (ahead < 0) order.backward++;
  order.lastMs = ms;
  order.lastNanos = nanos;
}

/** `right` began where `left` ended; may change and return `left`. */
export function mergeRecordOrders(left: RecordOrder | null, right: RecordOrder | null): RecordOrder | null {
  if (left === null || right === null) return left ?? right;
  stepRecordOrder(left, right.firstMs, right.firstNanos);
  left.forward += right.forward;
  left.backward += right.backward;
  left.lastMs = right.lastMs;
  left.lastNanos = right.lastNanos;
  return left;
}

/**
 * Whether the order of records says nothing of events of one instant: an export that lists the newest first, or one in no
 * order at all.
 */
export function runsBackward({ forward, backward }: RecordOrder): boolean {
  return backward > forward;
}
