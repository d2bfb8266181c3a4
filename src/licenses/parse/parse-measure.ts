/**
 * Measure sentences: count WHAT each BUCKET take STATISTIC over PERIOD, then minimum, factor and rounding. What has no
 * meaning together is refused by name, so that no contract is judged by another measure than it states.
 */
import { didYouMean, nearestName } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { isAuditField } from '../../model/event.ts';
import type { FieldRef } from '../../model/mark.ts';
import { type Amount, ONE, parseAmount } from '../contract/amount.ts';
import type {
  Adjustment,
  Bucket,
  Count,
  CountKey,
  Measure,
  PeriodKind,
  Statistic,
} from '../contract/contract.ts';
import { combinationProblem, defaultsOf } from '../contract/measure-combinations.ts';

/** `column` counts characters into the sentence, from 0. */
export type MeasureProblem = (column: number, message: string) => undefined;

type Word = { text: string; column: number };

const COUNTS = ['seats', 'distinct', 'assigned', 'sum', 'events', 'level', 'sampled'];
const BUCKET_NAMES = ['instant', 'event', 'minute', '15min', 'hour', 'day', '28d', 'period'];
const STATISTICS = ['max', 'p95', 'p99', 'drop-top', 'mean', 'sum', 'last'];
const PERIODS = ['month', 'quarter', 'term', 'rolling'];
const KEYS = ['person', 'host'];
const ROUNDINGS = ['up', 'down', 'half'] as const;

/** Windows of more days hold more than any contract asks for, and a hostile one would fill the memory. */
const MAX_DAYS = 1_000;

export function parseMeasure(name: string, sentence: string, problem: MeasureProblem): Measure | undefined {
  return new MeasureParser(sentence, problem).parse(name);
}

/** A canonical field where the name is one, else a field of the record. */
export function toFieldRef(name: string): FieldRef {
  return isAuditField(name) ? { taxonomy: 'audit', name } : { taxonomy: 'raw', name };
}

class MeasureParser {
  private readonly sentence: string;
  private readonly problem: MeasureProblem;
  private readonly words: Word[];
  private at = 0;

  constructor(sentence: string, problem: MeasureProblem) {
    this.sentence = sentence;
    this.problem = problem;
    this.words = [...sentence.matchAll(/\S+/g)].map(
      (match): Word => ({ text: match[0], column: match.index }),
    );
  }

  parse(name: string): Measure | undefined {
    const start = this.next();
    if (start?.text !== 'count') return this.refuse(start, '"count" at the start of a measure', ['count']);
    const count = this.count();
    if (count === undefined) return undefined;
    const eachAt = this.placeOf('each');
    const bucket = this.clause('each') ? this.bucket() : defaultsOf(count).each;
    if (bucket === undefined) return undefined;
    const eachAtLeast = this.clause('at') ? this.minimum() : undefined;
    if (eachAtLeast === null) return undefined;
    const takeAt = this.placeOf('take');
    const take = this.clause('take') ? this.statistic() : defaultsOf(count, bucket).take;
    if (take === null) return undefined;
    const over = this.next();
    if (over?.text !== 'over') return this.refuse(over, '"each", "take" or "over"', ['each', 'take', 'over']);
    const period = this.period();
    if (period === undefined) return undefined;
    const adjust = this.adjustment(count);
    if (adjust === undefined) return undefined;
    const each = period.days === undefined ? bucket : ({ kind: 'rolling', days: period.days } as const);
    const statistic = period.days === undefined ? take : ({ kind: 'max' } as const);
    const refused = combinationProblem(
      { count, bucket, take, rolling: period.days !== undefined, eachAtLeast, adjust },
      { each: eachAt, take: takeAt, over: period.word, end: { column: this.sentence.length } },
    );
    if (refused !== undefined) return this.problem(refused.column, refused.message);
    const { over: kind, anchor } = period;
    return {
      name,
      sentence: this.sentence,
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
    const what = this.next();
    if (what?.text === 'seats' || what?.text === 'events') return { what: what.text };
    if (what?.text === 'distinct' || what?.text === 'assigned') {
      const key = this.next();
      // A field of such a name would be taken for a slip of the pen, and a slip for a field.
      const isSlip =
        key !== undefined && KEYS.every((each) => each !== key.text) && nearestName(key.text, KEYS);
      if (key === undefined || isClause(key.text) || isSlip) {
        return this.refuse(key, `person, host or a field after "${what.text}"`, KEYS);
      }
      return { what: what.text, key: toKey(key.text) };
    }
    const [, kind, name] = /^(sum|level|sampled)\(([^()\s]+)\)$/.exec(what?.text ?? '') ?? [];
    if (name === undefined) {
      return this.refuse(
        what,
        'what to count (seats, distinct KEY, assigned KEY, sum(FIELD), events, level(FIELD), sampled(FIELD))',
        COUNTS,
      );
    }
    const field = { what: kind as 'sum' | 'level' | 'sampled', field: toFieldRef(name) };
    if (!this.clause('by')) return field;
    const by = this.next();
    if (by === undefined || isClause(by.text)) return this.refuse(by, 'a field after "by"');
    return { ...field, by: toFieldRef(by.text) };
  }

  private bucket(): Bucket | undefined {
    const word = this.next();
    const days = /^([1-9]\d*)d$/.exec(word?.text ?? '')?.[1];
    if (days !== undefined) return this.days(word!, days) && { kind: 'rolling', days: Number(days) };
    const kind = BUCKET_NAMES.find((name) => name === word?.text) as Bucket['kind'] | undefined;
    if (kind === undefined || kind === 'rolling' || kind === 'snapshot') {
      return this.refuse(word, `a bucket (${BUCKET_NAMES.join(', ')})`, BUCKET_NAMES);
    }
    return kind === 'day' ? this.snapshot() : { kind };
  }

  /** `each day at 23:50` */
  private snapshot(): Bucket | undefined {
    const time = this.words[this.at + 1];
    if (this.words[this.at]?.text !== 'at' || time === undefined || time.text === 'least')
      return { kind: 'day' };
    this.at += 2;
    const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(time.text) ?? [];
    if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60) {
      return { kind: 'snapshot', minute: Number(hour) * 60 + Number(minute) };
    }
    return this.refuse(time, 'a time of day such as 23:50, or "least", after "at"', ['least']);
  }

  private days(word: Word, days: string): true | undefined {
    if (Number(days) <= MAX_DAYS) return true;
    return this.problem(word.column, `expected at most ${MAX_DAYS} days, found ${quote(word.text)}`);
  }

  /** Null after a problem. */
  private statistic(): Statistic | null {
    const word = this.next();
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
        const share = this.next();
        const digits = /^(\d{1,2}(?:\.\d{1,6})?)%$/.exec(share?.text ?? '')?.[1];
        if (digits !== undefined) return { kind: 'drop-top', percent: parseAmount(digits)! };
        this.refuse(share, 'a percentage below 100 such as 1% after "drop-top"');
        return null;
      }
      default:
        this.refuse(word, `a statistic (${STATISTICS.join(', ')})`, STATISTICS);
        return null;
    }
  }

  private period(): { word: Word; over: PeriodKind; anchor: number; days?: number } | undefined {
    const word = this.next();
    switch (word?.text) {
      case 'quarter':
      case 'term':
        return { word, over: word.text, anchor: 1 };
      case 'month': {
        if (!this.clause('anchored')) return { word, over: 'month', anchor: 1 };
        const day = this.next();
        const anchor = /^\d{1,2}$/.test(day?.text ?? '') ? Number(day!.text) : 0;
        if (anchor >= 1 && anchor <= 31) return { word, over: 'month', anchor };
        return this.refuse(day, 'a day from 1 to 31 after "anchored"');
      }
      case 'rolling': {
        const length = this.next();
        const days = /^([1-9]\d*)d$/.exec(length?.text ?? '')?.[1];
        if (days === undefined) return this.refuse(length, 'a number of days such as 30d after "rolling"');
        return this.days(length!, days) && { word, over: 'month', anchor: 1, days: Number(days) };
      }
      default:
        return this.refuse(word, `a period (${PERIODS.join(', ')})`, PERIODS);
    }
  }

  /** Minimum, factor, rounding: each may be left out, and nothing may follow. */
  private adjustment(count: Count): Adjustment | undefined {
    const adjust: Adjustment = {};
    if (this.clause('at')) {
      const minimum = this.minimum();
      if (minimum === null) return undefined;
      adjust.atLeast = minimum;
    }
    if (this.clause('times')) {
      const factors = this.factors(count);
      if (factors === undefined) return undefined;
      adjust.factors = factors;
    }
    if (this.clause('round')) {
      const word = this.next();
      const round = ROUNDINGS.find((each) => each === word?.text);
      if (round === undefined) return this.refuse(word, 'up, down or half after "round"', ROUNDINGS);
      adjust.round = round;
    }
    const rest = this.next();
    if (rest === undefined) return adjust;
    return this.refuse(rest, '"at least", "times", "round" in this order, or the end of the measure', [
      'anchored',
      'times',
      'round',
    ]);
  }

  /** Null after a problem. */
  private minimum(): Amount | null {
    const least = this.next();
    if (least?.text !== 'least') {
      this.refuse(least, '"least" after "at"', ['least']);
      return null;
    }
    return this.number('a number after "at least"') ?? null;
  }

  private number(expected: string): Amount | undefined {
    const word = this.next();
    const amount = /^\d{1,15}(?:\.\d{1,12})?$/.test(word?.text ?? '') ? parseAmount(word!.text) : undefined;
    return amount ?? this.refuse(word, expected);
  }

  private factors(count: Count): Adjustment['factors'] | undefined {
    const by = 'by' in count ? count.by : undefined;
    const factors: NonNullable<Adjustment['factors']> = [];
    for (;;) {
      const factor = this.number('a number such as 0.5 after "times"');
      if (factor === undefined) return undefined;
      if (!this.clause('for')) {
        factors.push({ factor, pattern: '*' });
        return factors;
      }
      const word = this.words[this.at - 1]!;
      if (by === undefined) {
        return this.problem(
          word.column,
          '"for" chooses factors by a field, expected "by FIELD" after what is counted',
        );
      }
      const pattern = this.next();
      if (pattern === undefined) return this.refuse(pattern, 'a value or pattern after "for"');
      factors.push({ factor, pattern: pattern.text.replace(/,$/, '') });
      if (!pattern.text.endsWith(',')) return factors;
    }
  }

  private next(): Word | undefined {
    return this.words[this.at++];
  }

  /** Where a clause has its value, or where it would stand. */
  private placeOf(clause: string): Word | undefined {
    return this.words[this.words[this.at]?.text === clause ? this.at + 1 : this.at];
  }

  private clause(word: string): boolean {
    const present = this.words[this.at]?.text === word;
    if (present) this.at++;
    return present;
  }

  private refuse(word: Word | undefined, expected: string, names: readonly string[] = []): undefined {
    const found =
      word === undefined ? 'the end of the measure' : `${quote(word.text)}${didYouMean(word.text, names)}`;
    return this.problem(word?.column ?? this.sentence.length, `expected ${expected}, found ${found}`);
  }
}

function isClause(word: string): boolean {
  return ['each', 'take', 'over', 'by', 'at', 'times', 'round'].includes(word);
}

function toKey(word: string): CountKey {
  return word === 'person' || word === 'host' ? word : toFieldRef(word);
}
