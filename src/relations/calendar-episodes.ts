/** Windows of the calendar over the marks of one group: judged as marks arrive, or when they are over. */
import type { Instant } from '../base/instant.ts';
import type { Place } from '../model/place.ts';
import type { Stretch } from '../model/relation.ts';
import type { CalendarWindow } from './calendar.ts';
import { type Episode, extendEpisode, openEpisode } from './episode.ts';
import { compareFigures, type Figure } from './figure.ts';
import { endOf, type TimedMark } from './mark-window.ts';
import type { Telling } from './told-values.ts';
import {
  type JudgeFigure,
  join,
  type Measure,
  peakOf,
  raise,
  type WindowEpisode,
  type WindowVerdict,
} from './windows.ts';

export type CalendarJudging = {
  windowAt: (instant: Instant) => CalendarWindow;
  makeMeasure: () => Measure;
  judge: JudgeFigure;
  telling: Telling | undefined;
  /** Judged at each instant with a mark, with what the window holds until then; else once, when the window is over. */
  asTheyArrive: boolean;
  /** The figure of a window without marks, where it is to be judged; and what the log covers: others are passed over. */
  ofNothing: Figure | undefined;
  covered: Stretch | undefined;
  /**
   * Given where the group is known without a mark, for there is but one: the windows before the first mark are judged as well.
   * Where none comes at all, that is told here.
   */
  place: Place | undefined;
};

/**
 * The windows of a calendar from that of the first mark on, or from the beginning of the log; `marks` come in the order they end,
 * and each is in the window in which it ends.
 */
export function* calendarEpisodes(
  marks: Iterable<TimedMark>,
  judging: CalendarJudging,
): Generator<WindowEpisode> {
  const { windowAt } = judging;
  const episodes = new CalendarEpisodes(judging);
  for (const mark of marks) {
    const window = windowAt(endOf(mark));
    yield* episodes.moveTo(window, mark);
    episodes.add(mark);
  }
  yield* episodes.finish();
}

class CalendarEpisodes {
  private readonly judging: CalendarJudging;
  private measure: Measure;
  private window: CalendarWindow | undefined;
  private episode: Episode | undefined;
  /** The mark that was added last, while the instant it ends at is not judged. */
  private last: TimedMark | undefined;
  /** Where a silence is told: the last mark before it. */
  private anchor: TimedMark | undefined;
  /** Of the window at hand: the worst that was said, and the figure. */
  private found: { verdict: Exclude<WindowVerdict, 'satisfied'>; peak: Figure; judged: Instant } | undefined;
  private open: WindowEpisode | undefined;
  /** Until when the windows follow without one that is satisfied. */
  private openUntil: Instant | undefined;

  constructor(judging: CalendarJudging) {
    this.judging = judging;
    this.measure = judging.makeMeasure();
  }

  add(mark: TimedMark): void {
    this.measure.add(mark);
    if (this.episode === undefined) this.episode = openEpisode(mark, this.judging.telling);
    else extendEpisode(this.episode, mark);
    this.last = mark;
    this.anchor = mark;
  }

  /** Before a mark of `window` is added. */
  *moveTo(window: CalendarWindow, mark: TimedMark): Generator<WindowEpisode> {
    const { last } = this;
    if (this.window === undefined) yield* this.silenceBefore(window.from, mark);
    else if (window.from !== this.window.from) {
      yield* this.close();
      yield* this.silence(this.window.until, window.from, this.anchor!);
    } else if (last !== undefined && this.judging.asTheyArrive && endOf(mark) > endOf(last))
      this.judgeNow(endOf(last));
    this.window = window;
  }

  *finish(): Generator<WindowEpisode> {
    const { window } = this;
    const { covered, place } = this.judging;
    if (window !== undefined) {
      yield* this.close();
      if (covered !== undefined && covered.until > window.until)
        yield* this.silence(window.until, covered.until + 1n, this.anchor!);
    } else if (covered !== undefined && place !== undefined)
      yield* this.silenceBefore(covered.until + 1n, { place, identity: '' });
    if (this.open !== undefined) yield this.open;
  }

  /** From the beginning of the log until `end`, told where a mark is. */
  private *silenceBefore(
    end: Instant,
    { place, identity }: Pick<TimedMark, 'place' | 'identity'>,
  ): Generator<WindowEpisode> {
    const { covered, windowAt } = this.judging;
    if (this.judging.place === undefined || covered === undefined || covered.from >= end) return;
    const window = windowAt(covered.from);
    const from = covered.from === window.from ? window.from : window.until;
    const beginning = { step: 0, time: from, subject: undefined, values: [] };
    yield* this.silence(from, end, { ...beginning, place, identity, isOfEventOf: () => false });
  }

  private judgeNow(judged: Instant): void {
    const certain = this.measure.value();
    const repeated = this.measure.withRepeats?.();
    const { from, until } = this.window!;
    const verdict = this.judging.judge(certain, judged, from, until - 1n, this.last!, repeated);
    if (verdict === 'satisfied') return;
    const figure = peakOf(verdict, certain, repeated);
    const { found } = this;
    if (found === undefined || (found.verdict !== verdict && verdict === 'violation'))
      this.found = { verdict, peak: figure, judged };
    else if (found.verdict === verdict && compareFigures(figure, found.peak) > 0)
      Object.assign(found, { peak: figure, judged });
  }

  private *close(): Generator<WindowEpisode> {
    const { window, episode } = this;
    this.judgeNow(this.judging.asTheyArrive ? endOf(this.last!) : window!.from);
    const { found } = this;
    this.found = undefined;
    this.episode = undefined;
    this.last = undefined;
    this.measure = this.judging.makeMeasure();
    const follows =
      this.open !== undefined && this.openUntil === window!.from && this.open.verdict === found?.verdict;
    if (!follows && this.open !== undefined) {
      yield this.open;
      this.open = undefined;
    }
    if (found === undefined) return;
    if (!this.judging.asTheyArrive) episode!.end = window!.until - 1n;
    this.openUntil = window!.until;
    if (this.open === undefined) this.open = { episode: episode!, ...found };
    else join(this.open, episode!, found.peak, found.judged);
  }

  /** The windows without a mark from `since` on that end before `end`: all say the same, so they are judged as one. */
  private *silence(since: Instant, end: Instant, anchor: TimedMark): Generator<WindowEpisode> {
    const { ofNothing, judge, covered, windowAt } = this.judging;
    if (ofNothing === undefined || covered === undefined) return;
    let from = since;
    if (covered.from > from && covered.from < end) {
      const window = windowAt(covered.from);
      from = covered.from === window.from ? window.from : window.until;
    }
    const next = windowAt(covered.until + 1n < end ? covered.until + 1n : end).from;
    if (covered.from > from || from >= next) return;
    const verdict = judge(ofNothing, from, from, next - 1n, anchor);
    if (this.open !== undefined && (this.openUntil !== from || this.open.verdict !== verdict)) {
      yield this.open;
      this.open = undefined;
    }
    if (verdict === 'satisfied') return;
    this.openUntil = next;
    this.open ??= {
      episode: { ...openEpisode(anchor, this.judging.telling), count: 0 },
      verdict,
      peak: ofNothing,
      judged: from,
    };
    this.open.episode.end = next - 1n;
    raise(this.open, ofNothing, from);
  }
}
