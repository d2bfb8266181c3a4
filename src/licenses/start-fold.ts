/** The measure of a license, ready for its first event. */
import type { Instant } from '../base/instant.ts';
import { EARLIEST, LATEST } from '../base/time-zone.ts';
import type { Coverage } from '../model/relation.ts';
import type { Contract, License } from './contract.ts';
import { DistinctMeasure } from './distinct-measure.ts';
import type { MeasureFold } from './measure-fold.ts';
import { clamp, toSegments } from './periods.ts';
import { toLimits } from './quantities.ts';
import { SeatsMeasure } from './seats-measure.ts';
import type { SeatSink } from './sessions.ts';
import { SumMeasure } from './sum-measure.ts';

/** `first`: the time of the first event, where the log has no coverage. `watch` is told what sessions of seats do. */
export function startFold(
  contract: Contract,
  license: License,
  first: Instant | undefined,
  coverage: Coverage,
  watch?: SeatSink,
): MeasureFold {
  const from = clamp(coverage?.from ?? first ?? EARLIEST);
  const plan = {
    over: license.measure.over,
    zone: contract.timezone,
    term: license.term,
    limits: toLimits(license),
  };
  const segments = toSegments(plan, from, clamp(coverage?.until ?? LATEST));
  const { count } = license.measure;
  switch (count.what) {
    case 'seats':
      return new SeatsMeasure(license, segments, watch);
    case 'distinct':
      return new DistinctMeasure(license, count.key, segments);
    case 'sum':
    case 'events':
      return new SumMeasure(count.what, segments);
  }
}
