/**
 * Whether a table of roles allows a request: allowed, denied, or undetermined and why.
 * Longer than 250 lines: one walk from the subject to its grants, and what is remembered on the way.
 */
import type { Instant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import { PatternIndex } from './pattern-index.ts';
import { foldAction, indexOf, RoleIndex } from './role-index.ts';
import type { Assignment, RoleTable, Validity } from './role-table.ts';
import { besideTwin, spellingTwin, twinRequest } from './spelling-twin.ts';
import { textKey } from './text-key.ts';

/** `groups`: those the log names; the table may know more. `resource` undefined: the log does not tell it. */
export type AccessRequest = {
  subject: string;
  groups: readonly string[];
  action: string;
  resource: string | undefined;
};

export type Decision = {
  verdict: 'allowed' | 'denied' | 'undetermined';
  /** Why it is undetermined, or what else is to be said of a denial; each reason once, sorted. */
  reasons: readonly string[];
  /** Numbers of the grants that allow it, and of those that may. */
  grants: readonly number[];
  maybe: readonly number[];
  /** Whether a grant forbids it, rather than none allowing it. */
  forbidden: boolean;
  /** Whether the table knows the subject. */
  known: boolean;
};

/** A request longer than this is not matched: log text decides its length. Names of AWS have at most 2,048 characters. */
const MAX_LENGTH = 8192;
/** Decisions and subjects that are remembered; beyond, all are forgotten. */
const MAX_REMEMBERED = 30_000;
const MAX_SUBJECTS = 10_000;

type View = {
  assignments: readonly { assignment: Assignment; within: PatternIndex<true> | undefined }[];
  bounds: readonly string[];
  known: boolean;
};

type CompiledOpening = {
  doubt: string;
  subjects: PatternIndex<true> | undefined;
  except: PatternIndex<true> | undefined;
};

export class Evaluator {
  readonly table: RoleTable;
  /** The number of the first grant of each role; at the end the number of all grants. */
  readonly firstGrant: readonly number[];
  private readonly indexes: (RoleIndex | undefined)[] = [];
  private readonly assignments: ReadonlyMap<string, readonly Assignment[]>;
  private readonly memberships: ReadonlyMap<string, RoleTable['members']>;
  private readonly users: ReadonlySet<string>;
  private readonly everyone: ReadonlySet<string>;
  private readonly openings = new PatternIndex<CompiledOpening>();
  /** Instants at which something begins or ends to hold, ascending: between two of them answers stay the same. */
  private readonly turns: readonly Instant[];
  private readonly views = new Map<string, View>();
  private readonly decisions = new Map<string, Decision>();
  /** Of `spellingTwin`; this one where the table is its own twin. */
  private twin: Evaluator | undefined;

  constructor(table: RoleTable) {
    this.table = table;
    const firstGrant = [0];
    for (const { grants } of table.roles) firstGrant.push(firstGrant.at(-1)! + grants.length);
    this.firstGrant = firstGrant;
    this.assignments = groupBy(table.assignments, ({ kind, subject }) => `${kind}:${subject}`);
    this.memberships = groupBy(table.members, ({ user }) => user);
    this.users = new Set([...table.users, ...table.members.map(({ user }) => user)]);
    this.everyone = new Set(table.everyone);
    for (const opening of table.openings) {
      const { subject, exceptSubjects, doubt, action } = opening;
      this.openings.add(foldAction(table, action), {
        doubt,
        subjects: subject === undefined ? undefined : indexOf([subject]),
        except: exceptSubjects && indexOf(exceptSubjects),
      });
    }
    this.turns = turnsOf(table);
  }

  /** `time` undefined: the event has none that can be read. */
  decide(request: AccessRequest, time: Instant | undefined): Decision {
    const segment = this.segmentOf(time);
    const { subject, groups, action, resource } = request;
    const key = textKey(String(segment), subject, action, resource, ...groups);
    let decision = this.decisions.get(key);
    if (decision === undefined) {
      decision = this.judgeSpelling(request, time);
      if (this.decisions.size >= MAX_REMEMBERED) this.decisions.clear();
      // A hostile text is not kept.
      if (key.length <= MAX_LENGTH) this.decisions.set(key, decision);
    }
    return decision;
  }

  /** The position of a role by the number of one of its grants. */
  roleOf(grant: number): number {
    let low = 0;
    let high = this.table.roles.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.firstGrant[middle]! <= grant) low = middle;
      else high = middle;
    }
    // Roles without grants share their first number with the next one.
    while (this.firstGrant[low + 1]! <= grant) low++;
    return low;
  }

  private judgeSpelling(request: AccessRequest, time: Instant | undefined): Decision {
    const decision = this.judge(request, time);
    if (this.table.format !== 'roles') return decision;
    if (this.twin === undefined) {
      const table = spellingTwin(this.table);
      this.twin = table === this.table ? this : new Evaluator(table);
    }
    const asked = twinRequest(request);
    if (this.twin === this && asked === request) return decision;
    return besideTwin(decision, this.twin.judge(asked, time));
  }

  private judge(request: AccessRequest, time: Instant | undefined): Decision {
    const { subject, groups, resource } = request;
    if (Math.max(subject.length, request.action.length, resource?.length ?? 0) > MAX_LENGTH)
      return undecided('the event names something too long to be judged');
    const action = foldAction(this.table, request.action);
    const view = this.view(subject, groups, time);
    const found = new Found();
    for (const { assignment, within } of view.assignments) {
      const { role: at } = assignment;
      const role = this.table.roles[at]!;
      const held = [holds(assignment, time), holds(role, time)];
      if (held.includes('no')) continue;
      let outer = held.includes('unknown') ? [NO_TIME] : [];
      if (assignment.doubt !== undefined) outer.push(assignment.doubt);
      if (within !== undefined) {
        if (resource === undefined) outer = [...outer, NO_RESOURCE];
        else if (!within.has(resource)) continue;
      }
      this.index(at).visit(action, resource, ({ number, grant }, known) => {
        const valid = holds(grant, time);
        if (valid === 'no') return;
        const doubts = [...outer];
        if (valid === 'unknown') doubts.push(NO_TIME);
        if (!known) doubts.push(NO_RESOURCE);
        if (grant.doubt !== undefined) doubts.push(grant.doubt);
        found.add(number, grant.effect, doubts);
      });
    }
    return this.conclude(found, view, subject, action);
  }

  /** Deny beats allow; a doubtful deny leaves an allow in doubt; what no policy of the file allows may stand elsewhere. */
  private conclude(found: Found, view: View, subject: string, action: string): Decision {
    const { grants, maybe } = found;
    const elsewhere: string[] = [];
    let { known } = view;
    this.openings.visit(action, ({ subjects, except, doubt }) => {
      if (subjects?.has(subject) === false || except?.has(subject) === true) return;
      elsewhere.push(doubt);
      // Of another account or authorizer: this table need not know them.
      known ||= subjects !== undefined || except !== undefined;
    });
    const of = (verdict: Decision['verdict'], reasons: readonly string[] = [], forbidden = false) => ({
      verdict,
      reasons: [...new Set(reasons)].sort(compareText),
      grants,
      maybe,
      forbidden,
      known,
    });
    if (found.denied) return of('denied', [], true);
    if (grants.length > 0) {
      const doubts = [...found.denyDoubts, ...view.bounds];
      return doubts.length === 0 ? of('allowed') : of('undetermined', doubts);
    }
    const doubts = [...found.allowDoubts, ...elsewhere];
    return doubts.length === 0
      ? of('denied')
      : of('undetermined', [...doubts, ...found.denyDoubts, ...(maybe.length > 0 ? view.bounds : [])]);
  }

  private index(role: number): RoleIndex {
    this.indexes[role] ??= new RoleIndex(this.table, this.table.roles[role]!, this.firstGrant[role]!);
    return this.indexes[role];
  }

  private view(subject: string, groups: readonly string[], time: Instant | undefined): View {
    const key = textKey(String(this.segmentOf(time)), subject, ...groups);
    let view = this.views.get(key);
    if (view === undefined) {
      view = this.look(subject, groups, time);
      if (this.views.size >= MAX_SUBJECTS) this.views.clear();
      if (key.length <= MAX_LENGTH) this.views.set(key, view);
    }
    return view;
  }

  private look(subject: string, groups: readonly string[], time: Instant | undefined): View {
    const own = this.assignments.get(`user:${subject}`) ?? [];
    const held: Assignment[] = [...own];
    let known = this.users.has(subject) || own.length > 0;
    const all = new Map<string, 'yes' | 'unknown'>(groups.map((group) => [group, 'yes']));
    for (const member of this.memberships.get(subject) ?? []) {
      const valid = holds(member, time);
      if (valid !== 'no' && all.get(member.group) !== 'yes') all.set(member.group, valid);
    }
    for (const [group, valid] of all) {
      const theirs = this.assignments.get(`group:${group}`) ?? [];
      if (theirs.length > 0 && !this.everyone.has(group)) known = true;
      held.push(...(valid === 'yes' ? theirs : theirs.map((each) => ({ ...each, doubt: NO_TIME }))));
    }
    return {
      assignments: held.map((assignment) => ({
        assignment,
        within: assignment.within && indexOf(assignment.within),
      })),
      bounds: this.table.bounds.filter((bound) => bound.subject === subject).map(({ doubt }) => doubt),
      known,
    };
  }

  /** -1 without a time. */
  private segmentOf(time: Instant | undefined): number {
    if (time === undefined) return -1;
    const { turns } = this;
    let low = 0;
    let high = turns.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (turns[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const NO_TIME = 'the event has no readable time, and the roles are dated';
const NO_RESOURCE = 'the event does not tell the resource as the roles name it';

class Found {
  readonly grants: number[] = [];
  readonly maybe: number[] = [];
  denied = false;
  readonly allowDoubts: string[] = [];
  readonly denyDoubts: string[] = [];

  add(number: number, effect: 'allow' | 'deny', doubts: readonly string[]): void {
    if (effect === 'deny') {
      if (doubts.length === 0) this.denied = true;
      else this.denyDoubts.push(...doubts);
    } else if (doubts.length === 0) this.grants.push(number);
    else {
      this.maybe.push(number);
      this.allowDoubts.push(...doubts);
    }
  }
}

function undecided(reason: string): Decision {
  return { verdict: 'undetermined', reasons: [reason], grants: [], maybe: [], forbidden: false, known: true };
}

function holds({ from, to }: Validity, time: Instant | undefined): 'yes' | 'no' | 'unknown' {
  if (from === undefined && to === undefined) return 'yes';
  if (time === undefined) return 'unknown';
  return (from === undefined || from <= time) && (to === undefined || time < to) ? 'yes' : 'no';
}

function turnsOf({ roles, assignments, members }: RoleTable): Instant[] {
  const turns = new Set<Instant>();
  const add = ({ from, to }: Validity) => {
    if (from !== undefined) turns.add(from);
    if (to !== undefined) turns.add(to);
  };
  for (const role of roles) {
    add(role);
    role.grants.forEach(add);
  }
  assignments.forEach(add);
  members.forEach(add);
  return [...turns].sort((left, right) => (left < right ? -1 : 1));
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
