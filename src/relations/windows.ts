/**
 * Closed windows in time over the marks of one group: sliding ones, judged at each instant that has a mark, complete ones,
 * judged at their end. The memory is that of one window.
 */
import type { Instant } from '../base/instant.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import type { Occurrence } from '../model/relation.ts';
import { tellPlaces } from '../model/told-places.ts';
import { type Episode, extendEpisode, openEpisode } from './episode.ts';
import { compareFigures, type Figure } from './figure.ts';
import { endOf, MarkWindow, type TimedMark } from './mark-window.ts';
import type { Occurrences } from './occurrences.ts';
import type { Telling } from './told-values.ts';

/** What a window holds, as one figure. `remove` undoes `add`. */
export interface Measure {
  add(mark: Mark): void;
  remove(mark: Mark): void;
  /** Of at least one mark, unless `ofNothing` says that none has a figure too. */
  value(): Figure;
  /** If every record that repeats another were an event of its own; undefined where the window holds none, or it is no matter. */
  withRepeats?(): Figure | undefined;
}

/** Of a window whose verdict depends on whether records that repeat others are events of their own. */
export type WindowVerdict = Verdict | 'if-repeats-count' | 'unless-repeats-count';

/** Satisfied positions of one group in a row. `judged`: when the peak was reached, which decides the limit in force. */
export type WindowEpisode = {
  episode: Episode;
  verdict: WindowVerdict;
  peak: Figure;
  judged: Instant;
  occurrences?: readonly Occurrence[];
};

/**
 * What the figure of a window [from, until] says; asked once for each, in the order they end. `judged` is the time of its limit,
 * `repeated` the figure with repeats.
 */
export type JudgeFigure = (
  figure: Figure,
  judged: Instant,
  from: Instant,
  until: Instant,
  mark: Mark,
  repeated?: Figure,
) => WindowVerdict;

/**
 * At each instant with a mark, the window that ends there: it holds the marks with t2 − t1 ≤ timespan. A silence longer than
 * `timespan` ends an episode. `marks` come in the order they end. `occurrences`: given where they are asked for.
 */
export function* slidingEpisodes(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  measure: Measure,
  judge: JudgeFigure,
  occurrences?: Occurrences,
  telling?: Telling,
): Generator<WindowEpisode> {
  const sliding = new SlidingWindow(timespan, measure, judge, occurrences, telling);
  for (const mark of marks) {
    const closed = sliding.isLater(mark) ? sliding.settle() : undefined;
    if (closed !== undefined) yield closed;
    sliding.add(mark);
  }
  const closed = sliding.settle();
  if (closed !== undefined) yield closed;
  const last = sliding.close();
  if (last !== undefined) yield last;
}

class SlidingWindow {
  private open: WindowEpisode | undefined;
  private readonly timespan: bigint;
  private readonly measure: Measure;
  private readonly judge: JudgeFigure;
  private readonly occurrences: Occurrences | undefined;
  private readonly telling: Telling | undefined;
  private readonly window = new MarkWindow();
  /** The marks that end at the last instant. */
  private instant: TimedMark | undefined;
  private tied: TimedMark[] | undefined;
  private end: Instant = 0n;

  constructor(
    timespan: bigint,
    measure: Measure,
    judge: JudgeFigure,
    occurrences: Occurrences | undefined,
    telling: Telling | undefined,
  ) {
    this.timespan = timespan;
    this.measure = measure;
    this.judge = judge;
    this.occurrences = occurrences;
    this.telling = telling;
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
    this.occurrences?.add(mark);
  }

  /** Judges the window that ends at the last instant. @returns the episode that ended before it */
  settle(): WindowEpisode | undefined {
    const { timespan, window, measure, instant: mark, open } = this;
    if (mark === undefined) return undefined;
    const { end } = this;
    for (let each = window.earliest(); end - each!.time > timespan; each = window.earliest())
      measure.remove(window.dropEarliest()!);
    this.occurrences?.leave(end - timespan);
    const figure = measure.value();
    const repeated = measure.withRepeats?.();
    const verdict = this.judge(figure, end, end - timespan, end, mark, repeated);
    const far = open !== undefined && end - endOf(open.episode.last as TimedMark) > timespan;
    const closed = far || open?.verdict !== verdict ? this.close() : undefined;
    if (verdict !== 'satisfied') {
      this.extend(peakOf(verdict, figure, repeated), verdict);
      this.occurrences?.note(mark, end);
    }
    this.instant = undefined;
    this.tied = undefined;
    return closed;
  }

  /** Ends the episode at hand. */
  close(): WindowEpisode | undefined {
    const { open, occurrences } = this;
    this.open = undefined;
    return open && occurrences ? { ...open, occurrences: occurrences.take() } : open;
  }

  private extend(figure: Figure, verdict: WindowVerdict): void {
    const { window, end } = this;
    const instant = [this.instant!, ...(this.tied ?? [])];
    if (this.open === undefined) {
      const [first, ...rest] = window.inOrder();
      const episode = openEpisode(first!, this.telling);
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

/** The figure that the verdict is about. */
export function peakOf(verdict: WindowVerdict, figure: Figure, repeated: Figure | undefined): Figure {
  return verdict === 'if-repeats-count' ? repeated! : figure;
}

export function raise(open: WindowEpisode, figure: Figure, judged: Instant): void {
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
  telling?: Telling,
): Generator<WindowEpisode> {
  let open: WindowEpisode | undefined;
  for (const { episode, figure, repeated } of partition(marks, timespan, makeMeasure, telling)) {
    const start = episode.first.time!;
    const verdict = judge(figure, start, start, start + timespan, episode.first, repeated);
    if (open !== undefined && (open.verdict !== verdict || start - open.episode.last.time! > timespan)) {
      yield open;
      open = undefined;
    }
    if (verdict === 'satisfied') continue;
    episode.end = start + timespan;
    const peak = peakOf(verdict, figure, repeated);
    if (open === undefined) open = { episode, verdict, peak, judged: start };
    else join(open, episode, peak, start);
  }
  if (open !== undefined) yield open;
}

export function join(open: WindowEpisode, next: Episode, value: Figure, judged: Instant): void {
  const { episode } = open;
  const count = episode.count + next.count;
  const repeats = episode.repeats + next.repeats;
  extendEpisode(episode, next.first);
  if (next.told !== undefined) episode.told?.join(next.told);
  tellPlaces(episode.first.place, episode.related, next.related);
  episode.count = count;
  episode.repeats = repeats;
  episode.last = next.last;
  if (next.end !== undefined) episode.end = next.end;
  raise(open, value, judged);
}

function* partition(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  makeMeasure: () => Measure,
  telling: Telling | undefined,
): Generator<{ episode: Episode; figure: Figure; repeated: Figure | undefined }> {
  let episode: Episode | undefined;
  let measure = makeMeasure();
  for (const mark of marks) {
    if (episode !== undefined && mark.time - episode.first.time! > timespan) {
      yield { episode, figure: measure.value(), repeated: measure.withRepeats?.() };
      episode = undefined;
      measure = makeMeasure();
    }
    if (episode !== undefined && endOf(mark) - episode.first.time! > timespan) continue;
    measure.add(mark);
    if (episode === undefined) episode = openEpisode(mark, telling);
    else extendEpisode(episode, mark);
  }
  if (episode !== undefined) yield { episode, figure: measure.value(), repeated: measure.withRepeats?.() };
}
