/**
 * A fold over the access that a log shows: each request is held to the table of roles and to the decision the log records.
 * What log text controls is bounded: beyond the bounds requests are counted, and no longer told apart.
 */
import { formatInstant, type Instant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import type { Place } from '../model/place.ts';
import type { Covered } from '../model/relation.ts';
import { tellPlace } from '../model/told-places.ts';
import {
  type AccessEntry,
  type AccessKind,
  type AccessSummary,
  compareEntries,
  noCounts,
  type RoleSummary,
  type SubjectSummary,
} from './access-summary.ts';
import { conclude } from './access-verdict.ts';
import { DutyLedger } from './duty-ledger.ts';
import { type Decision, Evaluator } from './evaluator.ts';
import { GrantLedger } from './grant-ledger.ts';
import { type AccessReader, type LoggedRequest, readAccess } from './logged-access.ts';
import type { Assignment, RoleTable, Validity } from './role-table.ts';
import { textKey } from './text-key.ts';

/** Where and when an event was seen. */
export type Sighting = { time: Instant | undefined; place: Place };

/** Entries that name their resource; half as many again may stand for the rest of a subject's action. */
const MAX_ENTRIES = 30_000;
const MAX_SUBJECTS = 100_000;
/** Grants that are remembered as used, over all subjects. */
const MAX_USED = 2_000_000;
const MAX_GROUPS = 100;

type SubjectState = {
  known: boolean;
  used: Set<number>;
  groups: Set<string>;
  allowed: number;
  counts: Record<AccessKind, number>;
};

export class AccessLedger {
  private readonly table: RoleTable;
  private readonly reader: AccessReader;
  private readonly evaluator: Evaluator;
  private readonly grants: GrantLedger;
  private readonly duties: DutyLedger;
  private readonly entries = new Map<string, AccessEntry>();
  private readonly subjects = new Map<string, SubjectState>();
  private readonly skipped = new Map<string, { count: number; place: Place; isOpen: boolean }>();
  private readonly counts = noCounts();
  private records = 0;
  private last: Place | undefined;
  private events = 0;
  private requests = 0;
  private allowed = 0;
  private used = 0;
  private untold = 0;

  constructor(table: RoleTable, reader: AccessReader) {
    this.table = table;
    this.reader = reader;
    this.evaluator = new Evaluator(table);
    this.grants = new GrantLedger(table, reader, this.evaluator.firstGrant.at(-1)!);
    this.duties = new DutyLedger(table);
  }

  /** `values` as the reader's fields want them. */
  add(values: readonly (string | undefined)[], sighting: Sighting): void {
    this.events++;
    // Events come in the order of their places, where their times are one: those of one record follow each other.
    const { file, offset } = sighting.place;
    if (this.last?.file !== file || this.last.offset !== offset) this.records++;
    this.last = sighting.place;
    const { requests, skip, isOpen = false } = readAccess(this.reader, values);
    if (skip !== undefined) {
      const skipped = this.skipped.get(skip);
      if (skipped === undefined) this.skipped.set(skip, { count: 1, place: sighting.place, isOpen });
      else skipped.count++;
    }
    for (const request of requests) this.judge(request, sighting);
  }

  private judge(request: LoggedRequest, sighting: Sighting): void {
    const decision = this.evaluator.decide(request, sighting.time);
    const { recorded, subject, action } = request;
    this.requests++;
    this.grants.see(action);
    const state = this.subject(request, decision);
    if (recorded === 'allowed' || (recorded === undefined && request.failed !== true))
      this.duties.add(subject, action, request.resource, {
        place: sighting.place,
        sure: recorded === 'allowed',
      });
    const { kind, reasons = [] } = conclude(request, decision);
    if (recorded !== 'denied' && decision.verdict !== 'denied') {
      this.grants.use(decision.grants);
      if (decision.verdict !== 'allowed') this.grants.mayUse([...decision.grants, ...decision.maybe]);
      for (const grant of state === undefined ? [] : decision.grants) {
        if (this.used >= MAX_USED || state!.used.has(grant)) continue;
        state!.used.add(grant);
        this.used++;
      }
    }
    if (kind === 'allowed') {
      this.allowed++;
      if (state !== undefined) state.allowed++;
      return;
    }
    this.counts[kind]++;
    if (state === undefined) this.untold++;
    else state.counts[kind]++;
    this.enter(kind, request, decision, reasons, sighting);
  }

  private subject({ subject, groups }: LoggedRequest, { known }: Decision): SubjectState | undefined {
    let state = this.subjects.get(subject);
    if (state === undefined) {
      if (this.subjects.size >= MAX_SUBJECTS) return undefined;
      state = { known, used: new Set(), groups: new Set(), allowed: 0, counts: noCounts() };
      this.subjects.set(subject, state);
    }
    state.known ||= known;
    for (const group of groups) {
      if (state.groups.size >= MAX_GROUPS) break;
      state.groups.add(group);
    }
    return state;
  }

  private enter(
    kind: AccessKind,
    request: LoggedRequest,
    { forbidden }: Decision,
    reasons: readonly string[],
    { time, place }: Sighting,
  ): void {
    const { subject, action, shownResource, resource = shownResource } = request;
    // Of somebody unknown each kind of deed is told once: the account is what matters, and whoever accepted one accepted no other.
    const isUnknown = kind === 'unknown-subject';
    const key = isUnknown
      ? textKey(kind, subject, action)
      : textKey(kind, subject, action, resource, ...reasons);
    let entry = this.entries.get(key);
    if (entry === undefined) {
      const isFull = this.entries.size >= MAX_ENTRIES;
      const shared = textKey('more', kind, subject, action);
      if (isFull) entry = this.entries.get(shared);
      if (entry === undefined) {
        if (this.entries.size >= MAX_ENTRIES * 1.5) {
          this.untold++;
          return;
        }
        const detail = isFull
          ? { more: true as const, reasons: [] }
          : { ...(resource !== undefined && { resource }), reasons };
        entry = { kind, subject, action, ...detail, forbidden, count: 0, place, related: [] };
        if (time !== undefined) entry.first = time;
        this.entries.set(isFull ? shared : key, entry);
      }
    }
    if (isUnknown && entry.more !== true && entry.resource !== resource) entry.several = true;
    if (entry.count > 0) tellPlace(entry.place, entry.related, place);
    entry.count++;
    if (time !== undefined) entry.last = time;
  }

  /** `coverage`: the stretch of time of which the log tells; what held at another time is left out. */
  summary(coverage: Covered | undefined): AccessSummary {
    const { roles } = this.table;
    const inForce = ({ from, to }: Validity) =>
      coverage === undefined ||
      ((from === undefined || from <= coverage.until) && (to === undefined || to > coverage.from));
    const assignments = this.table.assignments.filter((each) => inForce(each) && inForce(roles[each.role]!));
    return {
      records: this.records,
      events: this.events,
      requests: this.requests,
      allowed: this.allowed,
      counts: this.counts,
      entries: [...this.entries.values()].sort(compareEntries),
      roles: this.roleSummaries(assignments, inForce, gapOf(coverage)),
      subjects: this.subjectSummaries(assignments, this.table.members.filter(inForce)),
      conflicts: this.duties.summary(),
      skipped: [...this.skipped]
        .map(([reason, skipped]) => ({ reason, ...skipped }))
        .sort((left, right) => compareText(left.reason, right.reason)),
      untold: this.untold + this.duties.untold,
    };
  }

  private roleSummaries(
    assignments: readonly Assignment[],
    inForce: (validity: Validity) => boolean,
    gap: string | undefined,
  ): RoleSummary[] {
    const holders = new Map<number, Set<string>>();
    for (const { role, kind, subject } of assignments) {
      const known = holders.get(role);
      if (known === undefined) holders.set(role, new Set([`${kind}:${subject}`]));
      else known.add(`${kind}:${subject}`);
    }
    return this.table.roles.map(({ name, line, grants, implied }, at) => {
      const first = this.evaluator.firstGrant[at]!;
      const summaries = grants.flatMap(({ effect, action, resources, ...validity }, index) =>
        effect === 'deny' || !inForce(validity)
          ? []
          : [{ action, resources, ...this.grants.judge(first + index, action, gap) }],
      );
      const events = summaries.reduce((sum, each) => sum + each.events, 0);
      return {
        role: name,
        line,
        implied: implied === true,
        holders: holders.get(at)?.size ?? 0,
        events,
        grants: summaries,
      };
    });
  }

  private subjectSummaries(
    assignments: readonly Assignment[],
    members: RoleTable['members'],
  ): SubjectSummary[] {
    const rolesOf = new Map<string, Set<number>>();
    for (const { kind, subject, role } of assignments) {
      const key = `${kind}:${subject}`;
      const roles = rolesOf.get(key);
      if (roles === undefined) rolesOf.set(key, new Set([role]));
      else roles.add(role);
    }
    const groupsOf = new Map<string, string[]>();
    for (const { group, user } of members) {
      const groups = groupsOf.get(user);
      if (groups === undefined) groupsOf.set(user, [group]);
      else groups.push(group);
    }
    const ofTable = this.table.assignments.flatMap(({ kind, subject }) => (kind === 'user' ? [subject] : []));
    const names = new Set([...this.table.users, ...groupsOf.keys(), ...ofTable, ...this.subjects.keys()]);
    const grantsIn = (role: number) =>
      this.table.roles[role]!.grants.filter(({ effect }) => effect === 'allow').length;
    return [...names].sort(compareText).map((subject) => {
      const state = this.subjects.get(subject);
      const groups = new Set([...(groupsOf.get(subject) ?? []), ...(state?.groups ?? [])]);
      const held = new Set(rolesOf.get(`user:${subject}`));
      for (const group of groups) for (const role of rolesOf.get(`group:${group}`) ?? []) held.add(role);
      return {
        subject,
        known: state?.known ?? true,
        roles: [...held].map((role) => this.table.roles[role]!.name).sort(compareText),
        granted: [...held].reduce((sum, role) => sum + grantsIn(role), 0),
        used: state?.used.size ?? 0,
        allowed: state?.allowed ?? 0,
        counts: state?.counts ?? noCounts(),
      };
    });
  }
}

/** Why silence of the log proves nothing. */
export function gapOf(coverage: Covered | undefined): string | undefined {
  if (coverage === undefined)
    return 'the log covers no time: no event has a readable one, or all lie in the future';
  const [hole] = coverage.holes ?? [];
  if (hole === undefined) return undefined;
  return `the log holds nothing between ${formatInstant(hole.from - 1n)} and ${formatInstant(hole.until + 1n)}, as if a file were missing`;
}
