/** What a log shows of the use of roles, as plain data: what both the relation `permitted` and `audit-check access` tell. */
import type { Instant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import type { Place } from '../model/place.ts';

/**
 * `outside`: allowed in the log, and not by the roles. `unknown-subject`: the same, of somebody the roles do not know.
 * `denied`: refused in the log, and not allowed by the roles for sure. `disagreement`: refused in the log, allowed by the
 * roles. `undetermined`: file or log cannot tell.
 */
export const ACCESS_KINDS = ['outside', 'unknown-subject', 'denied', 'disagreement', 'undetermined'] as const;
export type AccessKind = (typeof ACCESS_KINDS)[number];

/** Requests of one subject for one action on one resource that came out alike; of an unknown subject on whichever resources. */
export type AccessEntry = {
  kind: AccessKind;
  subject: string;
  action: string;
  /** Undefined: the log does not tell it, or (`more`) the entry stands for resources beyond those told apart. */
  resource?: string;
  more?: true;
  /** Of an unknown subject: `resource` is that of the first, and there were others. */
  several?: true;
  /** Why it is undetermined, what else may explain a disagreement, or what else is to be said; sorted. */
  reasons: readonly string[];
  /** Whether a grant of the roles forbids it, rather than none allowing it. */
  forbidden: boolean;
  count: number;
  first?: Instant;
  last?: Instant;
  place: Place;
  related: Place[];
};

/** `undetermined`: the log would not show the use, or a grant may have been used. */
export type GrantUse = 'used' | 'unused' | 'undetermined';

export type GrantSummary = {
  action: string;
  resources: readonly string[];
  use: GrantUse;
  reason?: string;
  events: number;
};

export type RoleSummary = {
  role: string;
  line: number;
  implied: boolean;
  /** Users and groups that the role is assigned to. */
  holders: number;
  /** Requests that its grants allowed. */
  events: number;
  grants: readonly GrantSummary[];
};

export type SubjectSummary = {
  subject: string;
  known: boolean;
  roles: readonly string[];
  /** Grants of its roles, and how many of them it used. */
  granted: number;
  used: number;
  /** Requests by what came out. */
  allowed: number;
  counts: Readonly<Record<AccessKind, number>>;
};

export type ConflictSummary = {
  name: string;
  subject: string;
  resource?: string;
  /** The first deed on each side that was carried out; `as`: the name it was done under, where that is another spelling. */
  deeds: readonly { side: string; action: string; place: Place; count: number; as?: string }[];
  /** Why it is undetermined, where it is. */
  reason?: string;
};

export type AccessSummary = {
  /** A record whose values stand for one event each has several. */
  records: number;
  events: number;
  requests: number;
  allowed: number;
  counts: Readonly<Record<AccessKind, number>>;
  entries: readonly AccessEntry[];
  roles: readonly RoleSummary[];
  /** Those of the table and those of the log, by name. */
  subjects: readonly SubjectSummary[];
  conflicts: readonly ConflictSummary[];
  /**
   * Events that were not held to the roles, by reason; the place is that of the first. `isOpen`: not because they are about
   * no access of these roles, but because the events do not tell.
   */
  skipped: readonly { reason: string; count: number; place: Place; isOpen: boolean }[];
  /** Requests whose subject or entry was too many to be kept apart; they are in the counts alone. */
  untold: number;
};

export function noCounts(): Record<AccessKind, number> {
  return Object.fromEntries(ACCESS_KINDS.map((kind) => [kind, 0])) as Record<AccessKind, number>;
}

/** The one order of entries: by kind, then by whom, what, where and why. */
export function compareEntries(left: AccessEntry, right: AccessEntry): number {
  return (
    ACCESS_KINDS.indexOf(left.kind) - ACCESS_KINDS.indexOf(right.kind) ||
    compareText(left.subject, right.subject) ||
    compareText(left.action, right.action) ||
    compareText(left.resource ?? '', right.resource ?? '') ||
    compareText(left.reasons.join('; '), right.reasons.join('; '))
  );
}
