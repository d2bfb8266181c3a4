/**
 * Closed windows in time over the marks of one group: sliding ones, judged at each instant that has a mark, complete ones,
 * judged at their end, and those of the calendar. The memory is that of one window.
 */
import type { Instant } from '../base/instant.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import type { Stretch } from '../model/relation.ts';
import type { CalendarWindow } from './calendar.ts';
import { type Episode, extendEpisode, openEpisode } from './episode.ts';
import { compareFigures, type Figure } from './figure.ts';
import { endOf, MarkWindow, type TimedMark } from './mark-window.ts';

/** What a window holds, as one figure. `remove` undoes `add`. */
export interface Measure {
  add(mark: Mark): void;
  remove(mark: Mark): void;
  /** Of at least one mark, unless `ofNothing` says that none has a figure too. */
  value(): Figure;
}

/** Satisfied positions of one group in a row. `judged`: when the peak was reached, which decides the limit in force. */
export type WindowEpisode = { episode: Episode; verdict: Verdict; peak: Figure; judged: Instant };

/** What the figure of a window [from, until] says; asked once for each, in the order they end. `judged` is the time of its limit. */
export type JudgeFigure = (
  figure: Figure,
  judged: Instant,
  from: Instant,
  until: Instant,
  mark: Mark,
) => Verdict;

/**
 * At each instant with a mark, the window that ends there: it holds the marks with t2 − t1 ≤ timespan. A silence longer than
 * `timespan` ends an episode. `marks` come in the order they end.
 */
export function* slidingEpisodes(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  measure: Measure,
  judge: JudgeFigure,
): Generator<WindowEpisode> {
  const sliding = new SlidingWindow(timespan, measure, judge);
  for (const mark of marks) {
    const closed = sliding.isLater(mark) ? sliding.settle() : undefined;
    if (closed !== undefined) yield closed;
    sliding.add(mark);
  }
  const closed = sliding.settle();
  if (closed !== undefined) yield closed;
  if (sliding.open !== undefined) yield sliding.open;
}

class SlidingWindow {
  open: WindowEpisode | undefined;
  private readonly timespan: bigint;
  private readonly measure: Measure;
  private readonly judge: JudgeFigure;
  private readonly window = new MarkWindow();
  /** The marks that end at the last instant. */
  private instant: TimedMark | undefined;
  private tied: TimedMark[] | undefined;
  private end: Instant = 0n;

  constructor(timespan: bigint, measure: Measure, judge: JudgeFigure) {
    this.timespan = timespan;
    this.measure = measure;
    this.judge = judge;
  }

  isLater(mark: TimedMark): boolean {
    return this.instant !== undefined && endOf(mark) > this.end;
  }

  add(mark: TimedMark): void {
    if (this.instant === undefined) {
      this.instant = mark;
      this.end = endOf(mark);
    } else if (this.tied === undefined) this.tied = [mark];
    else this.tied.push(mark);
    this.window.push(mark);
    this.measure.add(mark);
  }

  /** Judges the window that ends at the last instant. @returns the episode that ended before it */
  settle(): WindowEpisode | undefined {
    const { timespan, window, measure, instant: mark, open } = this;
    if (mark === undefined) return undefined;
    const { end } = this;
    for (let each = window.earliest(); end - each!.time > timespan; each = window.earliest())
      measure.remove(window.dropEarliest()!);
    const figure = measure.value();
    const verdict = this.judge(figure, end, end - timespan, end, mark);
    const far = open !== undefined && end - endOf(open.episode.last as TimedMark) > timespan;
    const closed = open !== undefined && (far || open.verdict !== verdict) ? open : undefined;
    if (closed !== undefined) this.open = undefined;
    if (verdict !== 'satisfied') this.extend(figure, verdict);
    this.instant = undefined;
    this.tied = undefined;
    return closed;
  }

  private extend(figure: Figure, verdict: Verdict): void {
    const { window, end } = this;
    const instant = [this.instant!, ...(this.tied ?? [])];
    if (this.open === undefined) {
      const [first, ...rest] = window.inOrder();
      const episode = openEpisode(first!);
      for (const later of rest) extendEpisode(episode, later);
      // Of an interval that begins first and ends last, too.
      episode.last = instant.at(-1)!;
      this.open = { episode, verdict, peak: figure, judged: end };
    } else {
      for (const each of instant) extendEpisode(this.open.episode, each);
      raise(this.open, figure, end);
    }
  }
}

function raise(open: WindowEpisode, figure: Figure, judged: Instant): void {
  if (compareFigures(figure, open.peak) <= 0) return;
  open.peak = figure;
  open.judged = judged;
}

/**
 * Windows one after another, each beginning at the first mark after the one before; `marks` come in the order they begin.
 * A mark that ends after its window is in none.
 */
export function* completeEpisodes(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  makeMeasure: () => Measure,
  judge: JudgeFigure,
): Generator<WindowEpisode> {
  let open: WindowEpisode | undefined;
  for (const { episode, value } of partition(marks, timespan, makeMeasure)) {
    const start = episode.first.time!;
    const verdict = judge(value, start, start, start + timespan, episode.first);
    if (open !== undefined && (open.verdict !== verdict || start - open.episode.last.time! > timespan)) {
      yield open;
      open = undefined;
    }
    if (verdict === 'satisfied') continue;
    if (open === undefined) open = { episode, verdict, peak: value, judged: start };
    else join(open, episode, value, start);
  }
  if (open !== undefined) yield open;
}

function join(open: WindowEpisode, next: Episode, value: Figure, judged: Instant): void {
  const { episode } = open;
  const count = episode.count + next.count;
  extendEpisode(episode, next.first);
  episode.count = count;
  episode.last = next.last;
  raise(open, value, judged);
}

function* partition(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  makeMeasure: () => Measure,
): Generator<{ episode: Episode; value: Figure }> {
  let episode: Episode | undefined;
  let measure = makeMeasure();
  for (const mark of marks) {
    if (episode !== undefined && mark.time - episode.first.time! > timespan) {
      yield { episode, value: measure.value() };
      episode = undefined;
      measure = makeMeasure();
    }
    if (episode !== undefined && endOf(mark) - episode.first.time! > timespan) continue;
    measure.add(mark);
    if (episode === undefined) episode = openEpisode(mark);
    else extendEpisode(episode, mark);
  }
  if (episode !== undefined) yield { episode, value: measure.value() };
}

export type CalendarJudging = {
  windowAt: (instant: Instant) => CalendarWindow;
  makeMeasure: () => Measure;
  judge: JudgeFigure;
  /** Judged at each instant with a mark, with what the window holds until then; else once, when the window is over. */
  asTheyArrive: boolean;
  /** The figure of a window without marks, where it is to be judged; and what the log covers: others are passed over. */
  ofNothing: Figure | undefined;
  covered: Stretch | undefined;
};

/** The windows of a calendar from that of the first mark on; `marks` come in the order they end. One that lies in two windows is in none. */
export function* calendarEpisodes(
  marks: Iterable<TimedMark>,
  judging: CalendarJudging,
): Generator<WindowEpisode> {
  const { windowAt } = judging;
  const episodes = new CalendarEpisodes(judging);
  for (const mark of marks) {
    const window = windowAt(mark.time);
    if (endOf(mark) >= window.until) continue;
    yield* episodes.moveTo(window, endOf(mark));
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
  private found: { verdict: Verdict; peak: Figure; judged: Instant } | undefined;
  private open: WindowEpisode | undefined;
  /** Until when the windows follow without one that is satisfied. */
  private openUntil: Instant | undefined;

  constructor(judging: CalendarJudging) {
    this.judging = judging;
    this.measure = judging.makeMeasure();
  }

  add(mark: TimedMark): void {
    this.measure.add(mark);
    if (this.episode === undefined) this.episode = openEpisode(mark);
    else extendEpisode(this.episode, mark);
    this.last = mark;
    this.anchor = mark;
  }

  /** Before a mark of `window` that ends at `end` is added. */
  *moveTo(window: CalendarWindow, end: Instant): Generator<WindowEpisode> {
    const { last } = this;
    if (this.window === undefined) this.window = window;
    else if (window.from !== this.window.from) {
      yield* this.close();
      yield* this.silence(window.from);
      this.window = window;
    } else if (last !== undefined && this.judging.asTheyArrive && end > endOf(last))
      this.judgeNow(endOf(last));
  }

  *finish(): Generator<WindowEpisode> {
    if (this.window !== undefined) {
      yield* this.close();
      const { covered } = this.judging;
      if (covered !== undefined && covered.until > this.window.until) yield* this.silence(covered.until + 1n);
    }
    if (this.open !== undefined) yield this.open;
  }

  private judgeNow(judged: Instant): void {
    const figure = this.measure.value();
    const { from, until } = this.window!;
    const verdict = this.judging.judge(figure, judged, from, until - 1n, this.last!);
    if (verdict === 'satisfied') return;
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
    this.openUntil = window!.until;
    if (this.open === undefined) this.open = { episode: episode!, ...found };
    else join(this.open, episode!, found.peak, found.judged);
  }

  /** The windows without a mark after the one at hand that end before `end`: all say the same, so they are judged as one. */
  private *silence(end: Instant): Generator<WindowEpisode> {
    const { ofNothing, judge, covered, windowAt } = this.judging;
    if (ofNothing === undefined || covered === undefined) return;
    let from = this.window!.until;
    if (covered.from > from && covered.from < end) {
      const window = windowAt(covered.from);
      from = covered.from === window.from ? window.from : window.until;
    }
    const next = windowAt(covered.until + 1n < end ? covered.until + 1n : end).from;
    if (covered.from > from || from >= next) return;
    const anchor = this.anchor!;
    const verdict = judge(ofNothing, from, from, next - 1n, anchor);
    if (this.open !== undefined && (this.openUntil !== from || this.open.verdict !== verdict)) {
      yield this.open;
      this.open = undefined;
    }
    if (verdict === 'satisfied') return;
    this.openUntil = next;
    this.open ??= { episode: { ...openEpisode(anchor), count: 0 }, verdict, peak: ofNothing, judged: from };
    raise(this.open, ofNothing, from);
  }
}
