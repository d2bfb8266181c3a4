/** The fold that a measure's sentence asks for. The most common ones need no buckets; all others go by cells. */
import type { Instant } from '../../base/instant.ts';
import { EARLIEST, LATEST } from '../../base/time-zone.ts';
import type { Coverage } from '../../model/relation.ts';
import type { Contract, License } from '../contract/contract.ts';
import { toZonedSegments } from '../contract/other-zone.ts';
import { clamp, type Segment, toSegments } from '../contract/periods.ts';
import { toLimits } from '../contract/quantities.ts';
import type { SeatSink } from '../use/seat-sink.ts';
import { AdjustedMeasure, isAdjusted, wholeAdjustment } from './adjust.ts';
import { AssignedMeasure } from './assigned-measure.ts';
import { toBucketPlan } from './bucket-plan.ts';
import { DatedMeasure } from './dated-measure.ts';
import { DistinctBuckets } from './distinct-buckets.ts';
import { DistinctMeasure } from './distinct-measure.ts';
import { DistinctRatio } from './distinct-ratio.ts';
import { LevelMeasure } from './level-measure.ts';
import type { MeasureFold } from './measure-fold.ts';
import { SampledMeasure } from './sampled-measure.ts';
import { SeatBuckets } from './seat-buckets.ts';
import { SeatMean } from './seat-mean.ts';
import { SeatsMeasure } from './seats-measure.ts';
import { SumBeyond } from './sum-beyond.ts';
import { SumBuckets } from './sum-buckets.ts';
import { SumMeasure } from './sum-measure.ts';

/** What the measure runs over. `first`: the time of the first use, where it has one. */
export function segmentsOf(
  contract: Contract,
  license: License,
  first: Instant | undefined,
  coverage: Coverage,
): Segment[] {
  const { measure } = license;
  const plan = {
    over: measure.over,
    anchor: measure.anchor,
    zone: contract.timezone,
    term: license.term,
    // Days of the grace without use would lower the mean, and the rank, of the term.
    isGraceApart: measure.take.kind !== 'max' && measure.take.kind !== 'sum',
    limits: toLimits(license),
  };
  const from = clamp(coverage?.from ?? first ?? EARLIEST);
  const cut = isPeakOfParts(license) ? toZonedSegments : toSegments;
  return cut(plan, from, clamp(coverage?.until ?? LATEST));
}

/**
 * Peaks of parts make the peak of the whole, whichever way the parts are put together; people, sums and buckets do not. Where
 * the contract allows overage, the time above the quantity would be one of parts.
 */
function isPeakOfParts({ measure: { count, each, take, versions }, overage, open }: License): boolean {
  const isPeak = count.what === 'seats' && each.kind === 'instant' && take.kind === 'max';
  return isPeak && versions === undefined && overage === undefined && open === undefined;
}

/** `watch` is told what sessions of seats do. */
export function startMeasure(
  contract: Contract,
  license: License,
  segments: readonly Segment[],
  coverage: Coverage,
  watch?: SeatSink,
): MeasureFold {
  const { measure } = license;
  if (measure.versions === undefined) return adjustedFold(contract, license, segments, coverage, watch);
  const versions = measure.versions.map((version, index) => {
    const dated = { ...license, measure: version.measure };
    return {
      from: version.from,
      unknown: version.unknown,
      // Each of them has the same sessions.
      fold: adjustedFold(contract, dated, segments, coverage, index === 0 ? watch : undefined),
    };
  });
  return new DatedMeasure(versions);
}

function adjustedFold(
  contract: Contract,
  license: License,
  segments: readonly Segment[],
  coverage: Coverage,
  watch: SeatSink | undefined,
): MeasureFold {
  const adjust = wholeAdjustment(license.measure);
  const toFold = (each: readonly Segment[]) => plainFold(contract, license, each, coverage, watch);
  return isAdjusted(adjust) ? new AdjustedMeasure(adjust, segments, toFold) : toFold(segments);
}

function plainFold(
  contract: Contract,
  license: License,
  segments: readonly Segment[],
  coverage: Coverage,
  watch: SeatSink | undefined,
): MeasureFold {
  const { count, each, take } = license.measure;
  const bucketPlan = () => toBucketPlan(contract, license, segments, coverage);
  const isByInstant = each.kind === 'snapshot' || (each.kind === 'instant' && take.kind !== 'max');
  switch (count.what) {
    case 'seats':
      if (each.kind !== 'instant') return new SeatBuckets(bucketPlan(), watch);
      if (take.kind === 'max') return new SeatsMeasure(license, segments, undefined, segments, watch);
      return new SeatMean(license, segments, watch);
    case 'distinct':
      if (count.per !== undefined) return new DistinctRatio(bucketPlan(), count.per);
      return each.kind === 'period'
        ? new DistinctMeasure(license, segments)
        : new DistinctBuckets(bucketPlan());
    case 'assigned':
      return new AssignedMeasure(bucketPlan(), isByInstant);
    case 'level':
      return new LevelMeasure(bucketPlan(), isByInstant);
    case 'sampled':
      return new SampledMeasure(bucketPlan());
    case 'sum':
    case 'events':
      if ('beyond' in count && count.beyond !== undefined)
        return new SumBeyond(bucketPlan(), count.beyond.share);
      if (take.kind === 'sum') return new SumMeasure(license.measure, segments);
      return new SumBuckets(bucketPlan());
  }
}
