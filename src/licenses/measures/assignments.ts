/** What somebody was assigned and what of it was revoked: one may have the license through several features, kinds and seats. */
import type { TimedUse } from '../use/license-use.ts';
import type { Assignment } from './assigned-worth.ts';

type Held = Assignment & { feature: string | undefined; seat: string | undefined };
export type Assignments = Map<string, Held | undefined>;

export function keyOf({ feature, group, seat }: TimedUse): string {
  return JSON.stringify([feature ?? null, group ?? null, seat ?? null]);
}

export function isHeld(features: Assignments): boolean {
  for (const held of features.values()) if (held !== undefined) return true;
  return false;
}

/** Other kinds that somebody holds in the seat that is assigned: that of the seat may have changed, or be one more. */
export function otherKinds(features: Assignments, { feature, group, seat }: TimedUse): string[] {
  if (seat === undefined) return [];
  return [...features].flatMap(([key, held]) => {
    const isOther = held?.seat === seat && held.feature === feature && held.kind !== group;
    return isOther ? [key] : [];
  });
}

export function loosen(features: Assignments, keys: readonly string[]): void {
  for (const key of keys) {
    const held = features.get(key);
    if (held !== undefined) features.set(key, { ...held, isCertain: false });
  }
}

/**
 * What a revocation ends: the assignment of its seat and kind; where it names none, that of the feature. Of several seats it
 * may have ended any. `isKnown`: the log has an assignment that it can be of, or the same revocation before.
 */
export function revokedBy(
  features: Assignments,
  use: TimedUse,
): { keys: string[]; isCertain: boolean; isKnown: boolean } {
  const key = keyOf(use);
  if (features.has(key)) return { keys: [key], isCertain: true, isKnown: true };
  const keys = matching(features, use);
  const seats = new Set(keys.map((each) => features.get(each)!.seat));
  return { keys, isCertain: seats.size <= 1, isKnown: keys.length > 0 };
}

/** What is held of that feature, kind and seat, as far as they are said. */
export function matching(features: Assignments, { feature, group, seat }: TimedUse): string[] {
  return [...features].flatMap(([key, held]) => {
    const isMeant =
      held !== undefined &&
      (feature === undefined || held.feature === feature) &&
      (group === undefined || held.kind === group) &&
      (seat === undefined || held.seat === undefined || held.seat === seat);
    return isMeant ? [key] : [];
  });
}
