/** First and last time of some events, without bigints: what a scan keeps while it runs. */
import { type Instant, NANOS_PER_MS } from '../base/instant.ts';
import type { Stretch } from '../model/relation.ts';

/** As whole milliseconds and the nanoseconds beyond. */
export type TimeSpan = { fromMs: number; fromNanos: number; untilMs: number; untilNanos: number };

/** Makes `span` hold the time too; NaN changes nothing. */
export function stretchSpan(span: TimeSpan, ms: number, nanos: number): void {
  if (ms < span.fromMs || (ms === span.fromMs && nanos < span.fromNanos)) {
    span.fromMs = ms;
    span.fromNanos = nanos;
  }
  if (ms > span.untilMs || (ms === span.untilMs && nanos > span.untilNanos)) {
    span.untilMs = ms;
    span.untilNanos = nanos;
  }
}

/** What holds both; one of them may change. */
export function joinSpans(left: TimeSpan | null, right: TimeSpan | null): TimeSpan | null {
  if (left === null || right === null) return left ?? right;
  stretchSpan(left, right.fromMs, right.fromNanos);
  stretchSpan(left, right.untilMs, right.untilNanos);
  return left;
}

export function spanStretch({ fromMs, fromNanos, untilMs, untilNanos }: TimeSpan): Stretch {
  const toInstant = (ms: number, nanos: number): Instant => BigInt(ms) * NANOS_PER_MS + BigInt(nanos);
  return { from: toInstant(fromMs, fromNanos), until: toInstant(untilMs, untilNanos) };
}
