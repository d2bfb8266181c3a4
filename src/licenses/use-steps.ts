/** The inputs of a license's relation: what kinds of events it is made of. */
import type { License } from './contract.ts';

/** What an event says of a license. A borrow is a check-out for use away from the server; a denial that names no feature says nothing. */
type UseKind = 'open' | 'close' | 'use' | 'borrow' | 'denied' | 'restart' | 'assign' | 'revoke';

/** `featureless`: events that name no feature, so may be any license's. */
export type UseStep = { kind: UseKind; featureless: boolean };

const USES = ['open', 'close', 'use', 'borrow'] as const;

const GRANTS = ['assign', 'revoke'] as const;

/** The inputs of a license's relation, in this order. `coversAll`: it covers events that name no feature, too. */
export function useSteps(license: License, coversAll: boolean): readonly UseStep[] {
  const { missingCheckin, reassign, measure } = license;
  const countsGrants = measure.count.what === 'assigned';
  return [
    ...USES.map((kind) => ({ kind, featureless: false })),
    { kind: 'denied', featureless: false },
    ...(coversAll ? [] : USES.map((kind) => ({ kind, featureless: true }))),
    ...(missingCheckin === 'close-at-restart' ? [{ kind: 'restart' as const, featureless: true }] : []),
    ...(reassign === undefined && !countsGrants ? [] : GRANTS.map((kind) => ({ kind, featureless: false }))),
    ...(countsGrants && !coversAll ? GRANTS.map((kind) => ({ kind, featureless: true })) : []),
  ];
}
