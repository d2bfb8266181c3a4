/**
 * Closed windows in time over the marks of one group: sliding ones, judged at each mark, and complete ones, judged at their end.
 * Linear in the marks; the memory is that of one window.
 */
import type { Instant } from '../base/instant.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import type { Coverage } from '../model/relation.ts';
import { type Episode, extendEpisode, openEpisode } from './episode.ts';

export type TimedMark = Mark & { time: Instant };

/** What a window holds, as one number. `remove` undoes `add`. */
export interface Measure {
  add(mark: Mark): void;
  remove(mark: Mark): void;
  value(): number;
}

/** At each mark, the window that ends there: |t2 − t1| ≤ timespan. A silence longer than `timespan` ends an episode. */
export function* slidingEpisodes(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  measure: Measure,
  reached: (value: number) => boolean,
): Generator<Episode> {
  const window = new MarkQueue();
  let open: Episode | undefined;
  for (const mark of marks) {
    window.push(mark);
    measure.add(mark);
    while (mark.time - window.front().time > timespan) measure.remove(window.shift());
    const value = measure.value();
    if (open !== undefined && mark.time - open.last.time! > timespan) {
      yield open;
      open = undefined;
    }
    if (!reached(value)) {
      if (open !== undefined) yield open;
      open = undefined;
    } else if (open === undefined) {
      open = openEpisode(window.front(), value);
      for (const earlier of window.rest()) extendEpisode(open, earlier);
    } else {
      extendEpisode(open, mark);
      open.peak = Math.max(open.peak, value);
    }
  }
  if (open !== undefined) yield open;
}

type WindowEpisode = Episode & { verdict: Verdict; peak: number };

/**
 * Windows one after another, each beginning at the first mark after the one before. Its figure is final only where
 * the log covers it, and covers a timespan before it: else the window might have begun earlier, with more in it.
 */
export function* completeEpisodes(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  makeMeasure: () => Measure,
  reached: (value: number) => boolean,
  coverage: Coverage,
): Generator<WindowEpisode> {
  let open: WindowEpisode | undefined;
  for (const window of partition(marks, timespan, makeMeasure)) {
    const { episode, value } = window;
    const start = episode.first.time!;
    const covered =
      coverage !== undefined && start - timespan >= coverage.from && start + timespan <= coverage.until;
    const verdict = !reached(value) ? 'satisfied' : covered ? 'violation' : 'undetermined';
    if (open !== undefined && (open.verdict !== verdict || start - open.last.time! > timespan)) {
      yield open;
      open = undefined;
    }
    if (verdict === 'satisfied') continue;
    if (open === undefined) open = { ...episode, verdict, peak: value };
    else join(open, episode, value);
  }
  if (open !== undefined) yield open;
}

function join(open: WindowEpisode, next: Episode, value: number): void {
  const count = open.count + next.count;
  extendEpisode(open, next.first);
  open.count = count;
  open.last = next.last;
  open.peak = Math.max(open.peak, value);
}

function* partition(
  marks: Iterable<TimedMark>,
  timespan: bigint,
  makeMeasure: () => Measure,
): Generator<{ episode: Episode; value: number }> {
  let episode: Episode | undefined;
  let measure = makeMeasure();
  for (const mark of marks) {
    if (episode !== undefined && mark.time - episode.first.time! > timespan) {
      yield { episode, value: measure.value() };
      episode = undefined;
      measure = makeMeasure();
    }
    measure.add(mark);
    if (episode === undefined) episode = openEpisode(mark);
    else extendEpisode(episode, mark);
  }
  if (episode !== undefined) yield { episode, value: measure.value() };
}

/** First in, first out, without moving the rest at each step. */
class MarkQueue {
  private items: TimedMark[] = [];
  private head = 0;

  push(mark: TimedMark): void {
    this.items.push(mark);
  }

  front(): TimedMark {
    return this.items[this.head]!;
  }

  shift(): TimedMark {
    const mark = this.items[this.head++]!;
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return mark;
  }

  /** All but the front. */
  *rest(): Generator<TimedMark> {
    for (let index = this.head + 1; index < this.items.length; index++) yield this.items[index]!;
  }
}
