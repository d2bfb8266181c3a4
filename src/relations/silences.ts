/** Stretches in which one group had no event, longer than the rule allows. */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import type { Covered, Stretch } from '../model/relation.ts';
import { tellPlace } from '../model/told-places.ts';
import { coveredParts } from './coverage.ts';
import { overlap } from './expected-groups.ts';

/** `mark` is the event before it, or the one after it where there is none before. */
export type Silence = Stretch & { mark: Mark };

/** Those of one verdict: the longest, how many, where the others are, and from the begin of the first to the end of the last. */
export type Silences = {
  longest: Silence;
  count: number;
  related: Place[];
  span: Stretch;
  /** Where one of them goes on to the end of the log, though nothing says that the group is to last: when it begins. */
  ended?: Instant;
};

export type SilenceOptions = {
  /** Nanoseconds; as long as this may a group be silent. */
  timespan: bigint;
  /** When the group is expected to speak; without it the time since its first event counts. */
  periods: readonly Stretch[] | undefined;
  /** A table says who is expected: who is not in it may end when they like. */
  mayEnd: boolean;
  /** What the log shows of the group. */
  covered: Covered | undefined;
};

export class SilenceFold {
  private readonly options: SilenceOptions;
  /** Events without a readable time: each may have broken a silence. */
  untimed = 0;
  private last: { end: Instant; mark: Mark } | undefined;
  private some: Mark | undefined;
  private violations: Silences | undefined;
  private doubts: Silences | undefined;

  constructor(options: SilenceOptions) {
    this.options = options;
  }

  /** In their order: those without a time come first. */
  take(mark: Mark): void {
    this.some ??= mark;
    const { time, until: end = time } = mark;
    if (time === undefined || end === undefined) {
      this.untimed++;
      return;
    }
    const { periods, covered } = this.options;
    if (this.last !== undefined) this.look({ from: this.last.end, until: time, mark: this.last.mark });
    else if (periods !== undefined && covered !== undefined)
      this.look({ from: covered.from, until: time, mark });
    if (this.last === undefined || end >= this.last.end) this.last = { end, mark };
  }

  finish(): { violations: Silences | undefined; doubts: Silences | undefined } {
    const { periods, covered, mayEnd } = this.options;
    if (periods === undefined && !mayEnd && covered !== undefined) this.lookAtEnd(covered.until);
    if (periods !== undefined && covered !== undefined && this.some !== undefined) {
      const { end: from, mark } = this.last ?? { end: covered.from, mark: this.some };
      this.look({ from, until: covered.until, mark });
    }
    return { violations: this.violations, doubts: this.doubts };
  }

  /** It was retired, or it fell silent: the log shows no more than that it spoke, and does not any longer. */
  private lookAtEnd(until: Instant): void {
    if (this.last === undefined) return;
    const { end: from, mark } = this.last;
    if (until - from <= this.options.timespan) return;
    this.doubts = add(this.doubts, { from, until, mark });
    this.doubts.ended = from;
  }

  private look(silence: Silence): void {
    const { timespan, periods, covered } = this.options;
    if (silence.until - silence.from <= timespan) return;
    const parts =
      periods === undefined ? [silence] : periods.flatMap((period) => overlap(silence, period) ?? []);
    for (const { from, until } of parts) {
      if (until - from <= timespan) continue;
      const part = { from, until, mark: silence.mark };
      // However the untimed events lie in it, one of the pieces is longer than the timespan.
      const least = timespan * BigInt(this.untimed + 1);
      const proven = coveredParts(part, covered).some((seen) => lengthOf(seen) > least);
      if (proven) this.violations = add(this.violations, part);
      else this.doubts = add(this.doubts, part);
    }
  }
}

function lengthOf(stretch: Stretch): bigint {
  return stretch.until - stretch.from;
}

function add(known: Silences | undefined, silence: Silence): Silences {
  const { from, until } = silence;
  if (known === undefined) return { longest: silence, count: 1, related: [], span: { from, until } };
  known.count++;
  if (from < known.span.from) known.span.from = from;
  if (until > known.span.until) known.span.until = until;
  const isLonger = lengthOf(silence) > lengthOf(known.longest);
  const other = isLonger ? known.longest : silence;
  if (isLonger) known.longest = silence;
  tellPlace(known.longest.mark.place, known.related, other.mark.place);
  return known;
}
