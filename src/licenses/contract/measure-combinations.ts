/** Which buckets and statistics have a meaning for what is counted, and which are meant when a clause is left out. */
import { quote } from '../../base/text-safety.ts';
import type { Amount } from './amount.ts';
import type { Adjustment, Bucket, Count, Statistic } from './contract.ts';

const RANKED = ['max', 'p95', 'p99', 'drop-top', 'mean', 'last'] as const;
const ALL = [...RANKED, 'sum'] as const;
type StatisticWord = (typeof ALL)[number];

/** Buckets of the clock (minute to day) are alike; `28d` stands for windows of any length. */
const BUCKET_CLASSES = {
  instant: 'instant',
  event: 'event',
  minute: 'clock',
  '15min': 'clock',
  hour: 'clock',
  day: 'clock',
  rolling: 'rolling',
  snapshot: 'snapshot',
  period: 'period',
} as const satisfies Record<Bucket['kind'], string>;
type BucketClass = (typeof BUCKET_CLASSES)[Bucket['kind']];

const CLASS_WORDS: Record<BucketClass, string> = {
  instant: '"each instant"',
  event: '"each event"',
  clock: '"each minute", "each 15min", "each hour", "each day"',
  rolling: '"each 28d"',
  snapshot: '"each day at 23:50"',
  period: '"each period"',
};

/**
 * The first bucket and the first statistic are meant when the clause is left out; without a statistic of its own
 * (undefined first), it must be stated. A percentile of instants, or their sum, would hang on how finely time is cut.
 */
const STATE = { instant: ['max', 'mean', 'last'], clock: ALL } as const;
const COMBINATIONS: Record<Count['what'], Partial<Record<BucketClass, readonly StatisticWord[]>>> = {
  seats: { instant: ['max', 'mean'], clock: ALL },
  assigned: { ...STATE, snapshot: ALL },
  level: { ...STATE, snapshot: ALL },
  sampled: { clock: ALL },
  distinct: { period: ['max', 'last'], clock: ALL, rolling: RANKED },
  sum: { period: ['sum'], event: ['sum'], clock: ALL, rolling: RANKED },
  events: { period: ['sum'], event: ['sum'], clock: ALL, rolling: RANKED },
};

/** What is meant where the sentence does not say it. `take` is undefined where the sentence must. */
export function defaultsOf(
  { what }: Count,
  bucket?: Bucket,
): { each: Bucket | undefined; take: Statistic | undefined } {
  const allowed = COMBINATIONS[what];
  const [first] = Object.keys(allowed) as BucketClass[];
  const each =
    first === 'clock' ? ({ kind: 'day' } as const) : ({ kind: first as 'instant' | 'period' } as const);
  const statistics = allowed[BUCKET_CLASSES[(bucket ?? each).kind]];
  const isOpen = (what === 'sum' || what === 'events') && statistics?.[0] === 'max';
  const kind = statistics?.[0] as 'max' | 'sum' | undefined;
  return { each, take: isOpen || kind === undefined ? undefined : { kind } };
}

function statisticWord(take: Statistic): StatisticWord {
  if (take.kind !== 'percentile') return take.kind;
  return take.percent.toString().startsWith('95') ? 'p95' : 'p99';
}

export function bucketWord(bucket: Bucket): string {
  if (bucket.kind === 'rolling') return `${bucket.days}d`;
  if (bucket.kind !== 'snapshot') return bucket.kind;
  const [hour, minute] = [Math.floor(bucket.minute / 60), bucket.minute % 60];
  return `day at ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

type Sentence = {
  count: Count;
  bucket: Bucket;
  take: Statistic | undefined;
  rolling: boolean;
  eachAtLeast: Amount | undefined;
  adjust: Adjustment;
};
type Columns = Record<'each' | 'take' | 'over', { column: number } | undefined> & { end: { column: number } };

/** A clause of WHAT that has a meaning for some buckets only. */
function clauseOfBuckets(count: Count): { name: string; classes: readonly BucketClass[] } | undefined {
  if ('soFar' in count) return { name: 'so far', classes: ['clock'] };
  if ('beyond' in count) return { name: 'beyond', classes: ['clock'] };
  return 'per' in count ? { name: 'per', classes: ['clock', 'rolling'] } : undefined;
}

/** Why the clauses of a sentence do not go together, and where. */
export function combinationProblem(
  { count, bucket, take, rolling, eachAtLeast, adjust }: Sentence,
  at: Columns,
): { column: number; message: string } | undefined {
  const refuse = (place: { column: number } | undefined, message: string) => ({
    column: (place ?? at.end).column,
    message,
  });
  const allowed = COMBINATIONS[count.what];
  const statistics = allowed[BUCKET_CLASSES[bucket.kind]];
  if (statistics === undefined) {
    const words = (Object.keys(allowed) as BucketClass[]).map((each) => CLASS_WORDS[each]).join(' or ');
    return refuse(
      at.each,
      `${quote(`each ${bucketWord(bucket)}`)} has no meaning for ${quote(count.what)}, expected ${words}`,
    );
  }
  const words = statistics.map((each) => quote(`take ${each}`)).join(' or ');
  if (take === undefined) {
    return refuse(at.take, `expected ${words} after ${quote(`each ${bucketWord(bucket)}`)}, found none`);
  }
  if (!statistics.includes(statisticWord(take))) {
    return refuse(
      at.take,
      `${quote(`take ${statisticWord(take)}`)} has no meaning for ${quote(count.what)} each ${bucketWord(bucket)}, expected ${words}`,
    );
  }
  if (rolling && (bucket.kind !== 'period' || take.kind === 'last')) {
    return refuse(
      at.over,
      '"over rolling" counts whole windows of distinct keys, sums or events, expected no "each" and "take" beside it',
    );
  }
  if (eachAtLeast !== undefined && !(count.what === 'sum' && bucket.kind === 'event')) {
    return refuse(
      at.each,
      '"at least" before "take" is for "count sum(FIELD) each event", expected it at the end of the measure',
    );
  }
  const clause = clauseOfBuckets(count);
  if (clause !== undefined && !clause.classes.includes(BUCKET_CLASSES[bucket.kind])) {
    const words = clause.classes.map((each) => CLASS_WORDS[each]).join(' or ');
    return refuse(
      at.each,
      `${quote(`each ${bucketWord(bucket)}`)} has no meaning for ${quote(clause.name)}, expected ${words}`,
    );
  }
  if ('by' in count && count.by !== undefined) {
    if (adjust.factors === undefined)
      return refuse(at.end, '"by" groups what is multiplied, expected "times" with a factor for each value');
    if ((count.what === 'sum' || count.what === 'assigned') && adjust.round !== undefined)
      return refuse(
        at.end,
        `"round" would hang on ${count.what === 'sum' ? 'the period for "count sum(FIELD) by"' : 'each person for "count assigned KEY by"'}, expected it for levels only`,
      );
    if (adjust.atLeast !== undefined)
      return refuse(at.end, '"at least" has no meaning for each value of "by", expected none');
  }
  return undefined;
}
