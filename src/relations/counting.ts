/** What a correlation counts in its windows, in the words of each type. */
import type { Mark } from '../model/mark.ts';
import type { CalendarUnit, Correlation } from '../model/rule.ts';
import type { Figure } from './figure.ts';
import type { Measure } from './windows.ts';

export type Counting = {
  code: string;
  /** How many of a mark's first values belong to the counted tuple. */
  width: number;
  makeMeasure(): Measure;
  /** Whether a mark that is the same again changes the figure. */
  takesSeconds?: boolean;
  /** Whether it meets what a correlation found each time that this came true. */
  takesEach?: boolean;
  /** Whether the mark counts at all. */
  counts(mark: Mark): boolean;
  /** `3 events`, `an average of 2.5 in "ms"`. */
  describe(figure: Figure): string;
  /** An event that comes through several rules counts once for each kind of step; without it once for each counted field. */
  kindOf?(step: number): string;
  /**
   * `by-one`: a mark adds 1 at most, so many are needed to reach a figure. `only-up`: what the log does not show could only
   * add. `any-way`: it could also take away, so that a window is certain only where the log covers it.
   */
  moves: 'by-one' | 'only-up' | 'any-way';
  /** The figure of a window that holds one mark only; given where windows with more may exceed what each has. */
  alone?(mark: Mark): Figure;
  /** The most that marks whose time is unknown could make of `best`: the largest figure of any window, or of any mark `alone`. */
  atMost(best: Figure | undefined, untimed: readonly Mark[]): Figure;
  /** Says of a mark that does not count why it leaves the figure in doubt; undefined where it does not. */
  doubt?(mark: Mark): boolean;
  doubts?: string;
  /** The limit is the type's own, so the message does not repeat it. */
  isImplied?: boolean;
  /** The keys of the correlation that only this relation has. */
  keys?: readonly string[];
};

type Calendar = { unit: CalendarUnit; zone: string };

/** What stays the same for every group. */
export type Judging = {
  rule: Correlation;
  timespan: bigint;
  calendar: Calendar | undefined;
  grows: boolean;
  counting: Counting;
  /** By step: an event counts once for each. */
  kinds: readonly string[];
};
