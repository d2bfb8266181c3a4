/** The inputs of a license's relation: what kinds of events it is made of. */
import type { Count, License } from '../contract/contract.ts';

/** What an event says of a license. A borrow is a check-out for use away from the server. */
type UseKind =
  | 'open'
  | 'close'
  | 'use'
  | 'borrow'
  | 'denied'
  | 'upgrade'
  | 'restart'
  | 'assign'
  | 'revoke'
  | 'cancel';

/** `featureless`: events that name no feature, so may be any license's. */
export type UseStep = { kind: UseKind; featureless: boolean };

const USES = ['open', 'close', 'use', 'borrow'] as const;

const GRANTS = ['assign', 'revoke'] as const;

/** What is summed up, read off or assigned has no sessions whose quantity could change. */
const OTHERS = {
  seats: ['denied', 'upgrade'],
  distinct: ['denied', 'upgrade'],
  assigned: ['denied'],
  level: ['denied'],
  sampled: ['denied'],
  // What a revocation states may have been added all the same.
  sum: ['denied', 'cancel', 'revoke'],
  events: ['denied', 'cancel'],
} as const satisfies Record<Count['what'], readonly UseKind[]>;

/**
 * The inputs of a license's relation, in this order. `coversAll`: it covers events that name no feature, too. A denial or an
 * upgrade that names none says nothing of any license.
 */
export function useSteps(license: License, coversAll: boolean): readonly UseStep[] {
  const { missingCheckin, reassign, measure } = license;
  const readsGrants = reassign !== undefined || measure.count.what === 'assigned';
  return [
    ...[...USES, ...OTHERS[measure.count.what]].map((kind) => ({ kind, featureless: false })),
    ...(coversAll ? [] : USES.map((kind) => ({ kind, featureless: true }))),
    ...(missingCheckin === 'close-at-restart' ? [{ kind: 'restart' as const, featureless: true }] : []),
    ...(readsGrants ? GRANTS.map((kind) => ({ kind, featureless: false })) : []),
    ...(readsGrants && !coversAll ? GRANTS.map((kind) => ({ kind, featureless: true })) : []),
  ];
}
