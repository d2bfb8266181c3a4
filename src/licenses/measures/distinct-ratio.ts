/** `count distinct KEY per person`: how many different ones of KEY come to each person, or host, on the average of a bucket. */
import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { LicenseUse, ServerRestart, TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import { divideDown, divideUp } from './adjust.ts';
import type { BucketPlan } from './bucket-plan.ts';
import { type Bounds, combinedCells } from './cells.ts';
import { DistinctBuckets } from './distinct-buckets.ts';
import type { MeasureFold, SegmentUse } from './measure-fold.ts';
import { explainBoth } from './statistic.ts';

export class DistinctRatio implements MeasureFold {
  private readonly plan: BucketPlan;
  private readonly per: 'person' | 'host';
  private readonly counted: DistinctBuckets;
  private readonly divisors: DistinctBuckets;

  constructor(plan: BucketPlan, per: 'person' | 'host') {
    this.plan = plan;
    this.per = per;
    this.counted = new DistinctBuckets(plan);
    this.divisors = new DistinctBuckets(plan);
  }

  anytime(use: LicenseUse): void {
    this.counted.anytime(use);
    this.divisors.anytime({ ...use, counted: use[this.per] });
  }

  add(use: TimedUse): void {
    this.counted.add(use);
    this.divisors.add(this.ofDivisor(use));
  }

  renamed(use: TimedUse): void {
    this.counted.renamed(use);
    this.divisors.renamed(this.ofDivisor(use));
  }

  restart(restart: ServerRestart): void {
    this.counted.restart(restart);
    this.divisors.restart(restart);
  }

  finish(until: Instant): SegmentUse[] {
    const cells = combinedCells(this.counted.cells(until), this.divisors.cells(until), ratio);
    return this.plan.conclude(cells, explainBoth(this.counted.explain, this.divisors.explain), until);
  }

  stillOpen(): Iterable<Session> {
    return this.counted.stillOpen();
  }

  private ofDivisor(use: TimedUse): TimedUse {
    return { ...use, counted: use[this.per] };
  }
}

/** Bounds are rounded apart, so that they hold. Where there may be nobody to divide by, nothing bounds it. */
function ratio(counted: Bounds, divisor: Bounds): Bounds {
  const most: Amount | undefined = divisor.upper === 0n ? ONE : divisor.upper;
  const lower = most === undefined ? 0n : divideDown(counted.lower * ONE, most);
  if (counted.upper === 0n) return { lower, upper: 0n };
  const isBounded = counted.upper !== undefined && divisor.lower > 0n;
  return { lower, upper: isBounded ? divideUp(counted.upper! * ONE, divisor.lower) : undefined };
}
