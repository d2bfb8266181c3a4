/**
 * Assignments and revocations of one instant. Within a file their order is that of the lines; of two files neither is the first,
 * whatever the files are called.
 */
import type { TimedUse } from '../use/license-use.ts';

export type Ordered = { use: TimedUse; isTied: boolean };

/** Revocations that may come before an assignment of another file, or after it, are tied and stand last. */
export function inOrder(uses: readonly TimedUse[]): Ordered[] {
  if (uses.length === 1) return [{ use: uses[0]!, isTied: false }];
  const assigned = new Map<string, TimedUse[]>();
  for (const use of uses) {
    const { kind, counted } = use;
    if (kind !== 'assign' || counted === undefined) continue;
    const known = assigned.get(counted);
    if (known === undefined) assigned.set(counted, [use]);
    else known.push(use);
  }
  const ordered = uses.map((use) => ({ use, isTied: isTied(use, assigned.get(use.counted ?? '')) }));
  return [...ordered.filter((each) => !each.isTied), ...ordered.filter((each) => each.isTied)];
}

function isTied(revoked: TimedUse, assigned: readonly TimedUse[] = []): boolean {
  if (revoked.kind !== 'revoke') return false;
  return assigned.some(
    (each) =>
      each.place.file !== revoked.place.file &&
      isSame(each.feature, revoked.feature) &&
      isSame(each.group, revoked.group) &&
      isSame(each.seat, revoked.seat),
  );
}

function isSame(left: string | undefined, right: string | undefined): boolean {
  return left === undefined || right === undefined || left === right;
}
