/** What the server's own figures add to a measure's bounds. */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Segment } from '../contract/periods.ts';
import { type CheckedSegment, type Disagreement, formatDisagreement } from '../self-check/self-check.ts';
import type { SegmentUse } from './measure-fold.ts';

/**
 * `uses` with how far the server's figures agree: in its segment, or in all segments of its period where that has one use.
 * Where check-outs are missing they may be anywhere in the segment: nothing bounds how many.
 */
export function withSelfCheck(
  uses: readonly SegmentUse[],
  segments: readonly Segment[],
  checks: readonly CheckedSegment[],
): SegmentUse[] {
  const bySegment = new Map(uses.map((use) => [use.segment, use]));
  const byPeriod = new Map(uses.map((use) => [use.segment.period, use]));
  const sums = new Map<SegmentUse, CheckedSegment>();
  for (const [index, { points, agree, open, lacking }] of checks.entries()) {
    const segment = segments[index]!;
    const use = bySegment.get(segment) ?? byPeriod.get(segment.period);
    if (points === 0 || use === undefined) continue;
    const sum = getOrCreate(sums, use, () => ({ points: 0, agree: 0, open: 0, lacking: undefined }));
    sum.points += points;
    sum.agree += agree;
    sum.open += open;
    sum.lacking ??= lacking;
  }
  return uses.map((use) => {
    const selfCheck = sums.get(use);
    if (selfCheck === undefined) return use;
    const { lacking } = selfCheck;
    if (lacking === undefined) return { ...use, selfCheck };
    const { alternatives: _, ...rest } = use;
    return {
      ...rest,
      selfCheck,
      upper: { ...use.upper, amount: undefined },
      doubts: [formatLacking(lacking), ...use.doubts],
      doubtful: [{ holder: lacking.feature, place: lacking.place }, ...use.doubtful],
    };
  });
}

/** `the license server counted 26 at 2026-03-02T08:00:00Z, the log shows 25: check-outs are missing` */
function formatLacking(lacking: Disagreement): string {
  return `${formatDisagreement(lacking)}: check-outs are missing`;
}
