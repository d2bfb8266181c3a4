/**
 * `count sum(FIELD) beyond 10% of sum(FIELD2)`: of each bucket, what FIELD adds up to beyond that share of what FIELD2 adds up
 * to in it. One event says both.
 */
import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { LicenseUse, TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import { divideDown, divideUp } from './adjust.ts';
import type { BucketPlan } from './bucket-plan.ts';
import { type Bounds, combinedCells } from './cells.ts';
import type { MeasureFold, SegmentUse } from './measure-fold.ts';
import { explainBoth } from './statistic.ts';
import { SumBuckets } from './sum-buckets.ts';

export class SumBeyond implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly share: Amount;
  private readonly sums: SumBuckets;
  private readonly wholes: SumBuckets;

  constructor(plan: BucketPlan, share: Amount) {
    this.plan = plan;
    this.share = share;
    this.sums = new SumBuckets(plan);
    this.wholes = new SumBuckets(plan);
  }

  anytime(use: LicenseUse): void {
    this.sums.anytime(use);
    this.wholes.anytime(wholeOf(use));
  }

  cancel(use: LicenseUse): void {
    this.sums.cancel(use);
    this.wholes.cancel(use);
  }

  add(use: TimedUse): void {
    this.sums.add(use);
    this.wholes.add(wholeOf(use));
  }

  finish(until: Instant): SegmentUse[] {
    const cells = combinedCells(this.sums.cells(), this.wholes.cells(), (sum, whole) =>
      beyond(sum, whole, this.share),
    );
    return this.plan.conclude(cells, explainBoth(this.sums.explain, this.wholes.explain), until);
  }

  stillOpen(): Iterable<Session> {
    return [];
  }
}

function wholeOf<Use extends LicenseUse>(use: Use): Use {
  return { ...use, amount: use.whole, statesAmount: use.whole !== undefined };
}

/** The less the whole adds up to, the more lies beyond its share. */
function beyond(sum: Bounds, whole: Bounds, share: Amount): Bounds {
  const least = whole.lower > 0n ? divideDown(whole.lower * share, ONE) : 0n;
  const most = whole.upper === undefined ? undefined : divideUp(whole.upper * share, ONE);
  return {
    lower: most === undefined ? 0n : atLeastNothing(sum.lower - most),
    upper: sum.upper === undefined ? undefined : atLeastNothing(sum.upper - least),
  };
}

function atLeastNothing(amount: Amount): Amount {
  return amount > 0n ? amount : 0n;
}
