/** Records that name more people or things than one record can be taken apart for. */
import { count } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { MAX_RELATED } from '../../model/relation.ts';
import type { SegmentUse } from './measure-fold.ts';

/** `takesAway`: it may have ended use. */
export type Unlisted = { place: Place; takesAway: boolean };

/** What such records add, or take away, nobody knows. */
export function withUnlisted(segments: SegmentUse[], unlisted: readonly Unlisted[]): SegmentUse[] {
  if (unlisted.length === 0) return segments;
  const doubt = `${count(unlisted.length, 'event names', 'events name')} too many people or things to tell them apart`;
  const witnesses = unlisted.slice(0, MAX_RELATED).map(({ place }) => ({ holder: '', place }));
  const takesAway = unlisted.some((each) => each.takesAway);
  return segments.map((use) => ({
    ...use,
    lower: takesAway ? { ...use.lower, amount: 0n } : use.lower,
    upper: { ...use.upper, amount: undefined },
    doubts: [...use.doubts, doubt],
    doubtful: [...use.doubtful, ...witnesses],
  }));
}
