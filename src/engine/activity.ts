/** When each source spoke: events by the hour, folded as the scan goes. Days where hours would be too many, so that memory has a bound. */
import { formatInstant, NANOS_PER_MS } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import type { Silence, SourceActivity } from '../model/activity.ts';

type Bucket = { events: number; bytes: number; firstMs: number; lastMs: number };

/** Of one source. Plain data: it travels between threads and into `--state`. */
export type ActivityFold = {
  unit: Unit;
  /** By the number of hours or days since 1970. */
  buckets: Map<number, Bucket>;
  untimed: number;
  /** Events of days that were let go, for later ones were too many. */
  earlier: number;
};

/** By the name of a source, which is empty where nobody knows it. */
export type Activity = Record<string, ActivityFold>;

type Unit = SourceActivity['bucket'];

const LENGTH: Record<Unit, number> = { hour: 3_600_000, day: 86_400_000 };
const HOURS_PER_DAY = 24;

/** A hundred days of a source that never rests: 180 kB of a JSON report. */
export const MAX_HOURS = 2_400;
/**
 * 54 years. A log may claim any times; the latest days are kept, for those before them are the same whatever is merged
 * first: whoever has as many later days lets a day go, and so does the whole.
 */
export const MAX_DAYS = 20_000;

const MAX_SILENCES = 20;

export function startActivity(): ActivityFold {
  return { unit: 'hour', buckets: new Map(), untimed: 0, earlier: 0 };
}

/** Counts the events of one source into its fold. Logs are mostly in order: the bucket of the last event is at hand. */
export class ActivityCounter {
  private readonly fold: ActivityFold;
  private from = Number.NaN;
  private until = Number.NaN;
  private bucket: Bucket = { events: 0, bytes: 0, firstMs: 0, lastMs: 0 };

  constructor(fold: ActivityFold) {
    this.fold = fold;
  }

  /** `ms`: NaN for an event without a time. */
  add(ms: number, bytes: number): void {
    if (!(ms >= this.from && ms < this.until)) {
      if (Number.isNaN(ms)) {
        this.fold.untimed++;
        return;
      }
      this.turnTo(ms);
    }
    const { bucket } = this;
    bucket.events++;
    bucket.bytes += bytes;
    if (ms < bucket.firstMs) bucket.firstMs = ms;
    if (ms > bucket.lastMs) bucket.lastMs = ms;
  }

  private turnTo(ms: number): void {
    const { fold } = this;
    // Before the bucket is taken, so that it is not let go while events come into it.
    keepWithinBounds(fold, 2);
    const length = LENGTH[fold.unit];
    const at = Math.floor(ms / length);
    this.from = at * length;
    this.until = this.from + length;
    this.bucket = bucketAt(fold.buckets, at, ms);
  }
}

function bucketAt(buckets: Map<number, Bucket>, at: number, ms: number): Bucket {
  let bucket = buckets.get(at);
  if (bucket === undefined) {
    bucket = { events: 0, bytes: 0, firstMs: ms, lastMs: ms };
    buckets.set(at, bucket);
  }
  return bucket;
}

/** Changes and returns `left`. */
export function mergeActivity(left: Activity, right: Activity): Activity {
  for (const [source, fold] of Object.entries(right)) {
    const known = left[source];
    left[source] = known === undefined ? fold : mergeFolds(known, fold);
  }
  return left;
}

function mergeFolds(left: ActivityFold, right: ActivityFold): ActivityFold {
  if (left.unit !== right.unit) for (const fold of [left, right]) if (fold.unit === 'hour') toDays(fold);
  for (const [at, bucket] of right.buckets) addBucket(left.buckets, at, bucket);
  left.untimed += right.untimed;
  left.earlier += right.earlier;
  keepWithinBounds(left, 2);
  return left;
}

function addBucket(
  buckets: Map<number, Bucket>,
  at: number,
  { events, bytes, firstMs, lastMs }: Bucket,
): void {
  const known = bucketAt(buckets, at, firstMs);
  known.events += events;
  known.bytes += bytes;
  known.firstMs = Math.min(known.firstMs, firstMs);
  known.lastMs = Math.max(known.lastMs, lastMs);
}

function toDays(fold: ActivityFold): void {
  const days = new Map<number, Bucket>();
  for (const [hour, bucket] of fold.buckets) addBucket(days, Math.floor(hour / HOURS_PER_DAY), bucket);
  fold.unit = 'day';
  fold.buckets = days;
}

/** `slack`: days are let go when there are so many times more than are kept, for to sort them takes its time. */
function keepWithinBounds(fold: ActivityFold, slack: number): void {
  if (fold.unit === 'hour' && fold.buckets.size > MAX_HOURS) toDays(fold);
  if (fold.unit === 'hour' || fold.buckets.size <= MAX_DAYS * slack) return;
  const days = [...fold.buckets.keys()].sort((a, b) => b - a);
  for (const day of days.slice(MAX_DAYS)) {
    fold.earlier += fold.buckets.get(day)!.events;
    fold.buckets.delete(day);
  }
}

/** In the order of names, those of no mapping last. A source without one readable time has none to tell. */
export function summarizeActivity(activity: Activity): SourceActivity[] {
  const sources = Object.keys(activity).sort(
    (a, b) => Number(a === '') - Number(b === '') || compareText(a, b),
  );
  return sources.flatMap((source) => summarize(source === '' ? null : source, activity[source]!) ?? []);
}

function summarize(source: string | null, fold: ActivityFold): SourceActivity | undefined {
  keepWithinBounds(fold, 1);
  const { unit, untimed, earlier } = fold;
  const buckets = [...fold.buckets].sort(([a], [b]) => a - b);
  const first = buckets[0];
  if (first === undefined) return undefined;
  const lastMs = buckets.at(-1)![1].lastMs;
  const silences = silencesOf(
    buckets.map(([, bucket]) => bucket),
    LENGTH[unit],
  );
  return {
    source,
    from: formatMs(first[1].firstMs),
    until: formatMs(lastMs),
    untimed,
    ...(earlier > 0 && { earlier }),
    bucket: unit,
    buckets: buckets.map(([at, { events, bytes }]) => ({ at: formatMs(at * LENGTH[unit]), events, bytes })),
    silences,
  };
}

/** The longest between events of different buckets, in the order of time. */
function silencesOf(buckets: readonly Bucket[], length: number): Silence[] {
  return buckets
    .slice(1)
    .map(({ firstMs }, index) => ({ from: buckets[index]!.lastMs, until: firstMs }))
    .filter(({ from, until }) => until - from > length)
    .sort((a, b) => b.until - b.from - (a.until - a.from) || a.from - b.from)
    .slice(0, MAX_SILENCES)
    .sort((a, b) => a.from - b.from)
    .map(({ from, until }) => ({ from: formatMs(from), until: formatMs(until) }));
}

function formatMs(ms: number): string {
  return formatInstant(BigInt(ms) * NANOS_PER_MS);
}
