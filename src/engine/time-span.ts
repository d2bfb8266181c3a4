/** First and last time of some events, without bigints: what a scan keeps while it runs. */
import { type Instant, NANOS_PER_MS } from '../base/instant.ts';
import type { LostTime } from '../base/lost-time.ts';
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

/** A server whose clock is right loses no more; of a log that was made to lose days every night the rest counts as lost. */
const MAX_LOST = 1000;

export function lostStretches(all: readonly LostTime[]): Stretch[] {
  const [first, last] = [all[MAX_LOST], all.at(-1)];
  const lost = first === undefined ? all : [...all.slice(0, MAX_LOST), { ...last!, fromMs: first.fromMs }];
  return lost.map(({ fromMs, untilMs }) => ({
    from: BigInt(fromMs) * NANOS_PER_MS,
    until: BigInt(untilMs) * NANOS_PER_MS,
  }));
}

export function spanStretch({ fromMs, fromNanos, untilMs, untilNanos }: TimeSpan): Stretch {
  const toInstant = (ms: number, nanos: number): Instant => BigInt(ms) * NANOS_PER_MS + BigInt(nanos);
  return { from: toInstant(fromMs, fromNanos), until: toInstant(untilMs, untilNanos) };
}
