/** `count seats each instant take mean`: seats on the average of a period, each as long as it was taken. */
import { earlier, type Instant, later } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import type { SeatSink } from '../use/seat-sink.ts';
import { divideUp } from './adjust.ts';
import type { SegmentUse, Witness } from './measure-fold.ts';
import { MeasureOverFold } from './measure-over-fold.ts';
import { SeatTime } from './seat-time.ts';
import { SeatsMeasure } from './seats-measure.ts';
import { decidingOf, useOfPeriod } from './statistic.ts';

export class SeatMean extends MeasureOverFold<SeatsMeasure> {
  private readonly segments: readonly Segment[];
  private readonly parts: Segment[];
  protected readonly fold: SeatsMeasure;

  constructor(license: License, segments: readonly Segment[], watch?: SeatSink) {
    super();
    this.segments = segments;
    this.parts = segments.map((segment) => inTerm(segment, license));
    this.fold = new SeatsMeasure(license, this.parts, new SeatTime(this.parts), segments, watch);
  }

  finish(until: Instant): SegmentUse[] {
    const uses = this.fold.finish(until);
    const means: SegmentUse[] = [];
    for (let first = 0; first < uses.length; ) {
      let end = first + 1;
      while (end < uses.length && uses[end]!.segment.period === uses[first]!.segment.period) end++;
      means.push(this.mean(first, uses.slice(first, end)));
      first = end;
    }
    return this.fold.withSelfCheck(means);
  }

  private mean(first: number, uses: readonly SegmentUse[]): SegmentUse {
    const length = uses.reduce((sum, { segment }) => sum + (segment.until - segment.from), 0n);
    const mean = (amounts: readonly (Amount | undefined)[]): Amount | undefined => {
      if (length === 0n) return 0n;
      if (amounts.includes(undefined)) return undefined;
      return divideUp(
        amounts.reduce<Amount>((sum, amount) => sum + amount!, 0n),
        length,
      );
    };
    const lower = mean(uses.map((use) => use.lower.amount))!;
    const upper = mean(uses.map((use) => use.upper.amount));
    const all = uses.map((_, index) => this.segments[first + index]!);
    const deciding = decidingOf(all, (index) => ({
      isInTerm: uses[index]!.segment.from < uses[index]!.segment.until,
      isUsed: uses[index]!.upper.amount !== 0n,
    }));
    const widest = uses.reduce((a, b) => (b.doubts.length > a.doubts.length ? b : a));
    const doubts: { reasons: string[]; places: readonly Witness[] } = {
      reasons: widest.doubts,
      places: widest.doubtful,
    };
    const explain = { witnessesAt: () => [], doubtsOf: () => doubts };
    return useOfPeriod({ explain }, deciding, { lower, upper, at: all[0]!.from });
  }
}

/** The part that lies in the term; empty at the segment's beginning where there is none. */
function inTerm(segment: Segment, { term }: License): Segment {
  if (term === undefined) return segment;
  const from = term.from === undefined ? segment.from : later(segment.from, term.from.instant);
  const until = earlier(segment.until, term.until.instant + term.grace);
  return from < until ? { ...segment, from, until } : { ...segment, until: segment.from };
}
