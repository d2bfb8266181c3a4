/**
 * The marks of one group on their way through windows and a threshold: what is found, and what is in doubt. Every doubt asks for
 * the same rule, threshold and coverage, so one file of over 250 lines.
 */
import type { Instant } from '../base/instant.ts';
import { count } from '../base/text-safety.ts';
import { EARLIEST, LATEST } from '../base/time-zone.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import type { Coverage, Covered, Occurrence } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
import { calendarWindows } from './calendar.ts';
import { calendarEpisodes } from './calendar-episodes.ts';
import type { Judging } from './counting.ts';
import { coverageOfAll, isWithin } from './coverage.ts';
import { type Episode, extendEpisode, isSameEvent, openEpisode } from './episode.ts';
import { compareFigures, type Figure } from './figure.ts';
import { EndOrder, endOf, isTimed, type TimedMark } from './mark-window.ts';
import { Occurrences } from './occurrences.ts';
import { fallsTrue, type Threshold } from './threshold.ts';
import type { Telling } from './told-values.ts';
import {
  completeEpisodes,
  type JudgeFigure,
  slidingEpisodes,
  type WindowEpisode,
  type WindowVerdict,
} from './windows.ts';

/** `peak` undefined: no figure could be held against a limit. */
export type Judged = {
  episode: Episode;
  verdict: Verdict;
  note: string;
  peak: Figure | undefined;
  expected: string | undefined;
  judged: Instant | undefined;
  occurrences?: readonly Occurrence[];
  /** No event of the group has a readable time. */
  isUntimed?: true;
};

/** The marks of one group on their way through the windows. */
export class GroupJudging {
  private readonly judging: Judging;
  private readonly threshold: Threshold;
  private readonly telling: Telling | undefined;
  private readonly covered: Covered | undefined;
  private readonly untimed: Mark[] = [];
  private readonly doubtful: Mark[] = [];
  private best: Figure | undefined;
  /** The marks whose windows no row of a table has a limit for, and how many such windows there are. */
  private limitless: Episode | undefined;
  private limitlessCount = 0;
  private hasTimed = false;
  /** Marks without the field that is counted: the first, and how many. */
  lacking: { first: Mark; count: number } | undefined;

  /** `telling`: what is told of each mark, where the sentence tells values of the log. */
  constructor(judging: Judging, threshold: Threshold, coverage: Coverage, telling: Telling | undefined) {
    this.judging = judging;
    this.threshold = threshold;
    this.telling = telling;
    this.covered = coverageOfAll(coverage, judging.rule.rules.keys());
  }

  *judge(marks: Iterable<Mark>): Generator<Judged> {
    const { grows, counting } = this.judging;
    let found = false;
    for (const { episode, verdict, peak, judged, occurrences } of this.episodes(marks)) {
      found = true;
      const certain =
        verdict === 'violation' && (this.isHarmless() || (grows && counting.moves !== 'any-way'));
      yield {
        episode,
        verdict: certain ? 'violation' : 'undetermined',
        note: certain ? '' : `${doubtOf(verdict, episode)}${this.note()}`,
        peak,
        expected: this.threshold.expected(judged),
        judged,
        ...(occurrences && { occurrences }),
      };
    }
    if (!found) yield* this.doubts();
    if (this.limitless !== undefined) {
      const episode = { ...this.limitless, count: this.limitlessCount };
      const note = ', no row of the table is in force for it at the time';
      yield {
        episode,
        verdict: 'undetermined',
        note,
        peak: undefined,
        expected: undefined,
        judged: undefined,
      };
    }
  }

  private episodes(marks: Iterable<Mark>): Iterable<WindowEpisode> {
    const { timespan, calendar, grows, counting } = this.judging;
    const inOrder = calendar === undefined && !grows ? undefined : new EndOrder();
    const timed = this.timed(marks, inOrder);
    const { makeMeasure } = counting;
    if (calendar !== undefined) {
      const windowAt = calendarWindows(calendar.unit, calendar.zone);
      return calendarEpisodes(timed, {
        windowAt,
        makeMeasure,
        judge: this.judgeFigure,
        telling: this.telling,
        asTheyArrive: grows,
        ofNothing: !grows && counting.moves !== 'any-way' ? makeMeasure().value() : undefined,
        covered: this.covered && { from: clamped(this.covered.from), until: clamped(this.covered.until) },
        place: this.judging.rule.groupNames.length === 0 ? rulePlace(this.judging.rule) : undefined,
      });
    }
    return grows
      ? slidingEpisodes(timed, timespan, makeMeasure(), this.judgeFigure, this.newOccurrences(), this.telling)
      : completeEpisodes(timed, timespan, makeMeasure, this.judgeFigure, this.telling);
  }

  /** Where somebody asks for them, and more of what a window holds is never less. */
  private newOccurrences(): Occurrences | undefined {
    const { rule, counting } = this.judging;
    if (rule.isStep !== true || counting.moves === 'any-way') return undefined;
    return new Occurrences(counting.makeMeasure(), (figure, at) => this.threshold.holds(figure, at) === true);
  }

  private readonly judgeFigure: JudgeFigure = (figure, judged, start, until, mark, repeated) => {
    const { grows, counting, calendar, timespan } = this.judging;
    if (counting.alone === undefined) {
      this.noteBest(figure);
      if (repeated !== undefined) this.noteBest(repeated);
    }
    const holds = this.threshold.holds(figure, judged);
    if (holds === undefined) {
      if (this.limitless === undefined) this.limitless = openEpisode(mark, this.telling);
      else extendEpisode(this.limitless, mark);
      this.limitlessCount++;
    }
    if (repeated !== undefined && holds !== undefined && this.threshold.holds(repeated, judged) !== holds)
      return holds ? 'unless-repeats-count' : 'if-repeats-count';
    if (!holds) return 'satisfied';
    if (grows && counting.moves !== 'any-way') return 'violation';
    // A window that is complete might have begun earlier, with more in it, unless the log covers a timespan before it.
    const from = grows || calendar !== undefined ? start : start - timespan;
    return isWithin({ from, until }, this.covered) ? 'violation' : 'undetermined';
  };

  private noteBest(figure: Figure): void {
    const { best } = this;
    if (best === undefined || compareFigures(figure, best) > 0) this.best = figure;
  }

  /** In the order they begin, or that of their ends. Marks without a time come first and are kept apart. */
  private *timed(marks: Iterable<Mark>, order: EndOrder | undefined): Generator<TimedMark> {
    const { counting, calendar, timespan, kinds } = this.judging;
    let previous: Mark | undefined;
    const isOneKind = kinds.every((kind) => kind === kinds[0]);
    let met: string[] = [];
    for (const mark of marks) {
      if (!counting.counts(mark)) {
        if (mark.isSecond === true) continue;
        if (counting.doubt?.(mark)) this.doubtful.push(mark);
        else this.lacking = { first: this.lacking?.first ?? mark, count: (this.lacking?.count ?? 0) + 1 };
        continue;
      }
      const kind = kinds[mark.step]!;
      if (previous === undefined || !isSameEvent(previous, mark)) {
        if (!isOneKind) met = [kind];
      } else if (mark.step !== previous.step || counting.width === 0) {
        if (isOneKind || met.includes(kind)) continue;
        met.push(kind);
      }
      previous = mark;
      if (counting.alone !== undefined) this.noteBest(counting.alone(mark));
      this.hasTimed ||= isTimed(mark);
      if (!isTimed(mark) || (calendar !== undefined && !isInCalendar(mark))) this.untimed.push(mark);
      else if (mark.until === undefined && (order === undefined || order.isIdle)) yield mark;
      else if (calendar !== undefined || endOf(mark) - mark.time <= timespan) {
        if (order === undefined) yield mark;
        else {
          yield* order.release(mark.time);
          order.add(mark);
        }
      }
    }
    if (order !== undefined) yield* order.release();
  }

  private isHarmless(): boolean {
    return this.untimed.length === 0 && this.doubtful.length === 0;
  }

  /** Nothing was found; what could not be placed or read might change that. */
  private *doubts(): Generator<Judged> {
    const { untimed, doubtful, threshold, best } = this;
    const { grows, counting } = this.judging;
    const [first, ...rest] = [...untimed, ...doubtful];
    if (first === undefined) return;
    const peak = counting.atMost(best, untimed);
    const judged = first.time ?? 0n;
    const mightHold = grows
      ? threshold.holds(peak, judged) !== false
      : !(counting.moves === 'by-one' && fallsTrue(this.judging.rule));
    if (doubtful.length === 0 && !mightHold) return;
    const episode = openEpisode(first, this.telling);
    for (const each of rest) extendEpisode(episode, each);
    yield {
      episode,
      verdict: 'undetermined',
      note: this.note(),
      peak,
      expected: threshold.expected(judged),
      judged: undefined,
      ...(!this.hasTimed && doubtful.length === 0 && { isUntimed: true }),
    };
  }

  private note(): string {
    const { untimed, doubtful, judging } = this;
    const untimedNote =
      untimed.length === 0 ? '' : `, counting ${count(untimed.length, 'event')} whose time cannot be read`;
    const doubtNote =
      doubtful.length === 0 ? '' : `, without ${count(doubtful.length, 'event')} ${judging.counting.doubts}`;
    return `${untimedNote}${doubtNote}`;
  }
}

function doubtOf(verdict: WindowVerdict, { repeats }: Episode): string {
  const equal = count(
    repeats,
    'equal record is an event of its own',
    'equal records are events of their own',
  );
  if (verdict === 'if-repeats-count') return `, if ${equal}`;
  if (verdict === 'unless-repeats-count') return `, unless ${equal}`;
  return verdict === 'undetermined' ? ', the window reaches beyond the log' : '';
}

function rulePlace({ file, line }: Correlation): Place {
  return { file, line, offset: 0, length: 0 };
}

function isInCalendar(mark: TimedMark): boolean {
  return mark.time >= EARLIEST && endOf(mark) < LATEST;
}

function clamped(instant: Instant): Instant {
  return instant < EARLIEST ? EARLIEST : instant >= LATEST - 1n ? LATEST - 2n : instant;
}
