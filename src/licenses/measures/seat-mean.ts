/** `count seats each instant take mean`: seats on the average of a period, each as long as it was taken. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import type { SelfCheckResult } from '../self-check/self-check.ts';
import type { LicenseUse, ServerRestart, TimedUse } from '../use/license-use.ts';
import type { SeatSink, Session } from '../use/sessions.ts';
import { divideUp } from './adjust.ts';
import { earlier, later } from './cells.ts';
import type { MeasureFold, SegmentUse, Witness } from './measure-fold.ts';
import { SeatTime } from './seat-time.ts';
import { SeatsMeasure } from './seats-measure.ts';
import { useOfPeriod, withUse } from './statistic.ts';

export class SeatMean implements MeasureFold {
  private readonly segments: readonly Segment[];
  private readonly parts: Segment[];
  private readonly fold: SeatsMeasure;

  constructor(license: License, segments: readonly Segment[], watch?: SeatSink) {
    this.segments = segments;
    this.parts = segments.map((segment) => inTerm(segment, license));
    this.fold = new SeatsMeasure(license, this.parts, new SeatTime(this.parts), segments, watch);
  }

  anytime(use: LicenseUse): void {
    this.fold.anytime(use);
  }

  add(use: TimedUse): void {
    this.fold.add(use);
  }

  uncounted(use: TimedUse): void {
    this.fold.uncounted(use);
  }

  selfCheck(): SelfCheckResult {
    return this.fold.selfCheck();
  }

  restart(restart: ServerRestart): void {
    this.fold.restart(restart);
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

  stillOpen(): Iterable<Session> {
    return this.fold.stillOpen();
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
    const used = uses.flatMap((use, index) =>
      use.upper.amount === 0n ? [] : [this.segments[first + index]!],
    );
    const all = uses.map((_, index) => this.segments[first + index]!);
    const widest = uses.reduce((a, b) => (b.doubts.length > a.doubts.length ? b : a));
    const doubts: { reasons: string[]; places: readonly Witness[] } = {
      reasons: widest.doubts,
      places: widest.doubtful,
    };
    const explain = { witnessesAt: () => [], doubtsOf: () => doubts };
    return useOfPeriod({ explain }, withUse(all, used), { lower, upper, at: all[0]!.from });
  }
}

/** The part that lies in the term; empty at the segment's beginning where there is none. */
function inTerm(segment: Segment, { term }: License): Segment {
  if (term === undefined) return segment;
  const from = term.from === undefined ? segment.from : later(segment.from, term.from.instant);
  const until = earlier(segment.until, term.until.instant + term.grace);
  return from < until ? { ...segment, from, until } : { ...segment, until: segment.from };
}
