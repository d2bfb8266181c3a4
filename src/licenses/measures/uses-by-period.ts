/** The uses of a license period by period; what lies outside every period is left out. */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Period } from '../contract/periods.ts';
import type { SegmentUse } from './measure-fold.ts';

export function usesByPeriod(uses: readonly SegmentUse[]): Map<Period, SegmentUse[]> {
  const periods = new Map<Period, SegmentUse[]>();
  for (const use of uses) {
    const { period } = use.segment;
    if (period !== undefined) getOrCreate(periods, period, () => []).push(use);
  }
  return periods;
}
