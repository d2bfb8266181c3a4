/**
 * Measure sentences: count WHAT each BUCKET take STATISTIC over PERIOD, then minimum, factor and rounding. What has no
 * meaning together is refused by name, so that no contract is judged by another measure than it states.
 */
import { nearestName } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { isAuditField } from '../../model/event.ts';
import type { FieldRef } from '../../model/mark.ts';
import { ONE, parseAmount } from '../contract/amount.ts';
import type { Bucket, Count, CountKey, Measure, PeriodKind, Statistic } from '../contract/contract.ts';
import { combinationProblem, defaultsOf } from '../contract/measure-combinations.ts';
import { parseAdjustment, parseMinimum } from './parse-adjustment.ts';
import { type MeasureProblem, SentenceWords, type Word } from './sentence-words.ts';

const COUNTS = ['seats', 'distinct', 'assigned', 'sum', 'events', 'level', 'sampled'];
const BUCKET_NAMES = ['instant', 'event', 'minute', '15min', 'hour', 'day', '28d', 'period'];
const STATISTICS = ['max', 'p95', 'p99', 'drop-top', 'mean', 'sum', 'last'];
const PERIODS = ['month', 'quarter', 'term', 'rolling'];
const KEYS = ['person', 'host'];

/** Windows of more days hold more than any contract asks for, and a hostile one would fill the memory. */
const MAX_DAYS = 1_000;

export function parseMeasure(name: string, sentence: string, problem: MeasureProblem): Measure | undefined {
  return new MeasureParser(new SentenceWords(sentence, problem)).parse(name);
}

/** A canonical field where the name is one, else a field of the record. */
export function toFieldRef(name: string): FieldRef {
  return isAuditField(name) ? { taxonomy: 'audit', name } : { taxonomy: 'raw', name };
}

class MeasureParser {
  private readonly words: SentenceWords;

  constructor(words: SentenceWords) {
    this.words = words;
  }

  parse(name: string): Measure | undefined {
    const start = this.words.next();
    if (start?.text !== 'count')
      return this.words.refuse(start, '"count" at the start of a measure', ['count']);
    const count = this.count();
    if (count === undefined) return undefined;
    const eachAt = this.words.placeOf('each');
    const bucket = this.words.clause('each') ? this.bucket() : defaultsOf(count).each;
    if (bucket === undefined) return undefined;
    const eachAtLeast = this.words.clause('at') ? parseMinimum(this.words) : undefined;
    if (eachAtLeast === null) return undefined;
    const takeAt = this.words.placeOf('take');
    const take = this.words.clause('take') ? this.statistic() : defaultsOf(count, bucket).take;
    if (take === null) return undefined;
    const over = this.words.next();
    if (over?.text !== 'over')
      return this.words.refuse(over, '"each", "take" or "over"', ['each', 'take', 'over']);
    const period = this.period();
    if (period === undefined) return undefined;
    const adjust = parseAdjustment(this.words, count);
    if (adjust === undefined) return undefined;
    const each = period.days === undefined ? bucket : ({ kind: 'rolling', days: period.days } as const);
    const statistic = period.days === undefined ? take : ({ kind: 'max' } as const);
    const refused = combinationProblem(
      { count, bucket, take, rolling: period.days !== undefined, eachAtLeast, adjust },
      { each: eachAt, take: takeAt, over: period.word, end: { column: this.words.sentence.length } },
    );
    if (refused !== undefined) return this.words.problem(refused.column, refused.message);
    const { over: kind, anchor } = period;
    return {
      name,
      sentence: this.words.sentence,
      count,
      each,
      ...(eachAtLeast !== undefined && { eachAtLeast }),
      take: statistic!,
      over: kind,
      anchor,
      adjust,
    };
  }

  private count(): Count | undefined {
    const what = this.words.next();
    if (what?.text === 'seats' || what?.text === 'events') return { what: what.text };
    if (what?.text === 'distinct' || what?.text === 'assigned') return this.keyed(what.text);
    const [, kind, name] = /^(sum|level|sampled)\(([^()\s]+)\)$/.exec(what?.text ?? '') ?? [];
    if (name === undefined) {
      return this.words.refuse(
        what,
        'what to count (seats, distinct KEY, assigned KEY, sum(FIELD), events, level(FIELD), sampled(FIELD))',
        COUNTS,
      );
    }
    const field = { what: kind as 'sum' | 'level' | 'sampled', field: toFieldRef(name) };
    if (field.what === 'sum' && this.words.clause('beyond')) return this.beyond(field.field);
    const by = this.by();
    return by === null ? undefined : { ...field, ...by };
  }

  /** After `distinct` or `assigned`: of whom, and what becomes of each. */
  private keyed(what: 'distinct' | 'assigned'): Count | undefined {
    const key = this.words.next();
    // A field of such a name would be taken for a slip of the pen, and a slip for a field.
    const isSlip =
      key !== undefined && KEYS.every((each) => each !== key.text) && nearestName(key.text, KEYS);
    if (key === undefined || isClause(key.text) || isSlip)
      return this.words.refuse(key, `person, host or a field after "${what}"`, KEYS);
    const count = { key: toKey(key.text) };
    if (this.words.clause('so')) {
      const far = this.words.next();
      return far?.text === 'far'
        ? { what, ...count, soFar: true }
        : this.words.refuse(far, '"far" after "so"', ['far']);
    }
    if (what === 'assigned') {
      const by = this.by();
      return by === null ? undefined : { what, ...count, ...by };
    }
    if (!this.words.clause('per')) return { what, ...count };
    const other = this.words.next();
    const per = (['person', 'host'] as const).find((each) => each === other?.text);
    return per === undefined
      ? this.words.refuse(other, 'person or host after "per"', KEYS)
      : { what, ...count, per };
  }

  /** Null after a problem. */
  private by(): { by?: FieldRef } | null {
    if (!this.words.clause('by')) return {};
    const by = this.words.next();
    if (by !== undefined && !isClause(by.text)) return { by: toFieldRef(by.text) };
    this.words.refuse(by, 'a field after "by"');
    return null;
  }

  /** After `beyond`: `10% of sum(FIELD)`. */
  private beyond(field: FieldRef): Count | undefined {
    const share = this.words.next();
    const digits = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(share?.text ?? '')?.[1];
    if (digits === undefined) return this.words.refuse(share, 'a percentage such as 10% after "beyond"');
    const of = this.words.next();
    if (of?.text !== 'of') return this.words.refuse(of, '"of" after the percentage', ['of']);
    const whole = this.words.next();
    const [, name] = /^sum\(([^()\s]+)\)$/.exec(whole?.text ?? '') ?? [];
    if (name === undefined) return this.words.refuse(whole, 'sum(FIELD) after "of"');
    return { what: 'sum', field, beyond: { share: parseAmount(digits)! / 100n, field: toFieldRef(name) } };
  }

  private bucket(): Bucket | undefined {
    const word = this.words.next();
    const days = /^([1-9]\d*)d$/.exec(word?.text ?? '')?.[1];
    if (days !== undefined) return this.days(word!, days) && { kind: 'rolling', days: Number(days) };
    const kind = BUCKET_NAMES.find((name) => name === word?.text) as Bucket['kind'] | undefined;
    if (kind === undefined || kind === 'rolling' || kind === 'snapshot') {
      return this.words.refuse(word, `a bucket (${BUCKET_NAMES.join(', ')})`, BUCKET_NAMES);
    }
    return kind === 'day' ? this.snapshot() : { kind };
  }

  /** `each day at 23:50` */
  private snapshot(): Bucket | undefined {
    const [at, time] = this.words.coming;
    if (at?.text !== 'at' || time === undefined || time.text === 'least') return { kind: 'day' };
    this.words.next();
    this.words.next();
    const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(time.text) ?? [];
    if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60) {
      return { kind: 'snapshot', minute: Number(hour) * 60 + Number(minute) };
    }
    return this.words.refuse(time, 'a time of day such as 23:50, or "least", after "at"', ['least']);
  }

  private days(word: Word, days: string): true | undefined {
    if (Number(days) <= MAX_DAYS) return true;
    return this.words.problem(word.column, `expected at most ${MAX_DAYS} days, found ${quote(word.text)}`);
  }

  /** Null after a problem. */
  private statistic(): Statistic | null {
    const word = this.words.next();
    switch (word?.text) {
      case 'max':
      case 'mean':
      case 'sum':
      case 'last':
        return { kind: word.text };
      case 'p95':
      case 'p99':
        return { kind: 'percentile', percent: BigInt(word.text.slice(1)) * ONE };
      case 'drop-top': {
        const share = this.words.next();
        const digits = /^(\d{1,2}(?:\.\d{1,6})?)%$/.exec(share?.text ?? '')?.[1];
        if (digits !== undefined) return { kind: 'drop-top', percent: parseAmount(digits)! };
        this.words.refuse(share, 'a percentage below 100 such as 1% after "drop-top"');
        return null;
      }
      default:
        this.words.refuse(word, `a statistic (${STATISTICS.join(', ')})`, STATISTICS);
        return null;
    }
  }

  private period(): { word: Word; over: PeriodKind; anchor: number; days?: number } | undefined {
    const word = this.words.next();
    switch (word?.text) {
      case 'quarter':
      case 'term':
        return { word, over: word.text, anchor: 1 };
      case 'month': {
        if (!this.words.clause('anchored')) return { word, over: 'month', anchor: 1 };
        const day = this.words.next();
        const anchor = /^\d{1,2}$/.test(day?.text ?? '') ? Number(day!.text) : 0;
        if (anchor >= 1 && anchor <= 31) return { word, over: 'month', anchor };
        return this.words.refuse(day, 'a day from 1 to 31 after "anchored"');
      }
      case 'rolling': {
        const length = this.words.next();
        const days = /^([1-9]\d*)d$/.exec(length?.text ?? '')?.[1];
        if (days === undefined)
          return this.words.refuse(length, 'a number of days such as 30d after "rolling"');
        return this.days(length!, days) && { word, over: 'month', anchor: 1, days: Number(days) };
      }
      default:
        return this.words.refuse(word, `a period (${PERIODS.join(', ')})`, PERIODS);
    }
  }
}

function isClause(word: string): boolean {
  return ['each', 'take', 'over', 'by', 'at', 'times', 'round', 'so', 'per', 'beyond'].includes(word);
}

function toKey(word: string): CountKey {
  return word === 'person' || word === 'host' ? word : toFieldRef(word);
}
