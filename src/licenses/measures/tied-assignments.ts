/**
 * Assignments and revocations of one instant. Within a file their order is that of the lines, where its records run forward in
 * time; else, and of two files, neither is the first, whatever the files are called.
 */
import { orderFile } from '../../model/order-file.ts';
import type { TimedUse } from '../use/license-use.ts';

export type Ordered = { use: TimedUse; isTied: boolean };

/**
 * Revocations that may come before an assignment or after it are tied and stand last. So are assignments that may come before
 * another kind in the same seat, or after it.
 */
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
  const [sure, tied] = [ordered.filter((each) => !each.isTied), ordered.filter((each) => each.isTied)];
  return [
    ...sure,
    ...tied.filter(({ use }) => use.kind === 'assign'),
    ...tied.filter(({ use }) => use.kind !== 'assign'),
  ];
}

function isTied(use: TimedUse, assigned: readonly TimedUse[] = []): boolean {
  const order = orderFile(use);
  return assigned.some(
    (each) =>
      orderFile(each) !== order &&
      isSame(each.feature, use.feature) &&
      isSame(each.seat, use.seat) &&
      (use.kind === 'revoke' ? isSame(each.group, use.group) : isRetyped(each, use)),
  );
}

function isRetyped(left: TimedUse, right: TimedUse): boolean {
  return left.seat !== undefined && left.seat === right.seat && left.group !== right.group;
}

function isSame(left: string | undefined, right: string | undefined): boolean {
  return left === undefined || right === undefined || left === right;
}
