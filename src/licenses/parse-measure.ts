/**
 * Measure sentences: count WHAT each BUCKET take STATISTIC over PERIOD. The whole grammar is known; what this version
 * cannot compute is refused by name, so that no contract is judged by another measure than it states.
 */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { isAuditField } from '../model/event.ts';
import type { FieldRef } from '../model/mark.ts';
import type { Count, Measure, PeriodKind } from './contract.ts';

/** `column` counts characters into the sentence, from 0. */
type MeasureProblem = (column: number, message: string) => undefined;

type Word = { text: string; column: number };

const COUNTS = ['seats', 'distinct', 'assigned', 'sum', 'events', 'level'];
const BUCKETS = /^(?:instant|event|minute|15min|hour|day|period|[1-9]\d*d)$/;
const BUCKET_NAMES = ['instant', 'event', 'minute', '15min', 'hour', 'day', '28d', 'period'];
const STATISTICS = ['max', 'p95', 'p99', 'drop-top', 'mean', 'sum', 'last'];
const PERIODS = ['month', 'quarter', 'term', 'rolling'];

/** What each count can be combined with; the first is meant when the clause is left out. */
const SUPPORTED: Record<Count['what'], { each: string[]; take: string[] }> = {
  seats: { each: ['instant'], take: ['max'] },
  distinct: { each: ['period'], take: ['max', 'last'] },
  sum: { each: ['period', 'event'], take: ['sum'] },
  events: { each: ['period', 'event'], take: ['sum'] },
};

export function parseMeasure(name: string, sentence: string, problem: MeasureProblem): Measure | undefined {
  const words = [...sentence.matchAll(/\S+/g)].map(
    (match): Word => ({ text: match[0], column: match.index }),
  );
  const end = sentence.length;
  let at = 0;
  const next = (): Word | undefined => words[at++];
  const refuse = (word: Word | undefined, expected: string, names: readonly string[] = []) => {
    const found =
      word === undefined ? 'the end of the measure' : `${quote(word.text)}${didYouMean(word.text, names)}`;
    return problem(word?.column ?? end, `expected ${expected}, found ${found}`);
  };
  const first = next();
  if (first?.text !== 'count') return refuse(first, '"count" at the start of a measure', ['count']);
  const count = parseCount(next, refuse, problem);
  if (count === undefined) return undefined;
  const clause = (word: string): boolean => {
    const present = words[at]?.text === word;
    if (present) at++;
    return present;
  };
  if (clause('each')) {
    const bucket = next();
    if (bucket === undefined || !BUCKETS.test(bucket.text))
      return refuse(bucket, `a bucket (${BUCKET_NAMES.join(', ')})`, BUCKET_NAMES);
    if (!isSupported(SUPPORTED[count.what].each, 'each', bucket, count, problem)) return undefined;
  }
  if (clause('take')) {
    const statistic = next();
    if (statistic === undefined || !STATISTICS.includes(statistic.text)) {
      return refuse(statistic, `a statistic (${STATISTICS.join(', ')})`, STATISTICS);
    }
    if (!isSupported(SUPPORTED[count.what].take, 'take', statistic, count, problem)) return undefined;
  }
  const over = next();
  if (over?.text !== 'over') return refuse(over, '"each", "take" or "over"', ['each', 'take', 'over']);
  const period = next();
  if (period === undefined || !PERIODS.includes(period.text))
    return refuse(period, `a period (${PERIODS.join(', ')})`, PERIODS);
  if (period.text === 'rolling') return problem(period.column, '"over rolling" is not supported yet');
  const rest = next();
  if (rest?.text === 'anchored') return problem(rest.column, '"anchored" is not supported yet');
  if (rest !== undefined) return refuse(rest, 'the end of the measure');
  return { name, sentence, count, over: period.text as PeriodKind };
}

type Refuse = (word: Word | undefined, expected: string, names?: readonly string[]) => undefined;

function parseCount(
  next: () => Word | undefined,
  refuse: Refuse,
  problem: MeasureProblem,
): Count | undefined {
  const what = next();
  if (what?.text === 'seats' || what?.text === 'events') return { what: what.text };
  if (what?.text === 'distinct') {
    const key = next();
    if (key?.text === 'person' || key?.text === 'host') return { what: 'distinct', key: key.text };
    return refuse(key, 'person or host after "distinct"', ['person', 'host']);
  }
  if (what?.text === 'assigned' || /^level\(.*\)$/.test(what?.text ?? '')) {
    return problem(what!.column, `${quote(`count ${what!.text}`)} is not supported yet`);
  }
  const field = /^sum\(([^()\s]+)\)$/.exec(what?.text ?? '')?.[1];
  if (field !== undefined) return { what: 'sum', field: toFieldRef(field) };
  return refuse(what, 'what to count (seats, distinct person, distinct host, sum(FIELD), events)', COUNTS);
}

/** A canonical field where the name is one, else a field of the record. */
export function toFieldRef(name: string): FieldRef {
  return isAuditField(name) ? { taxonomy: 'audit', name } : { taxonomy: 'raw', name };
}

function isSupported(
  supported: string[],
  clause: string,
  word: Word,
  { what }: Count,
  problem: MeasureProblem,
): boolean {
  if (supported.includes(word.text)) return true;
  const allowed = supported.map((each) => quote(`${clause} ${each}`)).join(' or ');
  problem(
    word.column,
    `${quote(`${clause} ${word.text}`)} is not supported yet for ${quote(what)}, expected ${allowed}`,
  );
  return false;
}
