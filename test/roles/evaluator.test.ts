/** Decisions over a table of roles: what is decided, what is left undetermined, and the twin that tries every grant. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AccessRequest, Evaluator } from '../../src/roles/evaluator.ts';
import {
  type Assignment,
  emptyTable,
  type Grant,
  type Role,
  type RoleTable,
  type Validity,
} from '../../src/roles/role-table.ts';
import { isFull, rounds } from '../support/rounds.ts';
import { decider, tableOf } from './made-tables.ts';

const TABLE = `
roles:
  clerk: [invoice.read, invoice.create]
  chief:
    allow:
      - {actions: ["invoice.*"], resources: ["/eu/*"], except-resources: ["/eu/secret/*"]}
      - {except-actions: ["invoice.*", "user.*"]}
    deny:
      - {actions: [invoice.delete], resources: [/eu/2025]}
  traveler:
    allow:
      - {actions: [room.book], when: "the trip is approved"}
  guard:
    allow: [door.open]
    deny:
      - {actions: [door.open], resources: [vault], when: "it is night"}
users:
  ann: [clerk]
  bob: {roles: [{role: chief, from: 2026-01-01, to: 2026-07-01}]}
  cid: {groups: [travelers]}
  dee: [{role: clerk, resources: ["/us/*"]}]
  eve: [guard]
groups:
  travelers: {roles: [traveler]}
  night: {members: [{user: cid, from: 2026-03-01}], roles: [guard]}
`;

describe('decide()', () => {
  const decide = decider(tableOf(TABLE));
  const verdict = (...request: Parameters<typeof decide>) => decide(...request).verdict;

  test('allows what a role of the user, or of one of its groups, grants', () => {
    assert.equal(verdict('ann', 'invoice.read', '/eu/1'), 'allowed');
    assert.equal(verdict('ann', 'invoice.delete', '/eu/1'), 'denied');
    assert.equal(verdict('fay', 'door.open', 'gate', { groups: ['night'] }), 'allowed');
    assert.equal(verdict('fay', 'door.open', 'gate'), 'denied');
  });

  test('tells a subject that the table does not know', () => {
    assert.equal(decide('fay', 'door.open', 'gate').known, false);
    assert.equal(decide('fay', 'door.open', 'gate', { groups: ['night'] }).known, true);
    assert.equal(decide('ann', 'door.open', 'gate').known, true);
  });

  test('lets a denial beat every grant', () => {
    assert.deepEqual(
      [verdict('bob', 'invoice.delete', '/eu/2025'), decide('bob', 'invoice.delete', '/eu/2025').forbidden],
      ['denied', true],
    );
    assert.equal(verdict('bob', 'invoice.delete', '/eu/2024'), 'allowed');
  });

  test('leaves out the exceptions of a grant', () => {
    assert.equal(verdict('bob', 'invoice.read', '/eu/secret/1'), 'denied');
    assert.equal(verdict('bob', 'user.create', '/eu/1'), 'denied');
    assert.equal(verdict('bob', 'report.read', '/us/1'), 'allowed');
  });

  test('holds dated roles to the time of the event: from included, to excluded', () => {
    const at = (time: string) => verdict('bob', 'report.read', '/x', { time });
    assert.equal(at('2025-12-31T23:59:59.999Z'), 'denied');
    assert.equal(at('2026-01-01T00:00:00Z'), 'allowed');
    assert.equal(at('2026-06-30T23:59:59.999Z'), 'allowed');
    assert.equal(at('2026-07-01T00:00:00Z'), 'denied');
    const { verdict: undated, reasons } = decide('bob', 'report.read', '/x', { time: '' });
    assert.deepEqual(
      [undated, reasons],
      ['undetermined', ['the event has no readable time, and the roles are dated']],
    );
    assert.equal(verdict('ann', 'invoice.read', '/x', { time: '' }), 'allowed');
  });

  test('holds dated members of groups to the time of the event', () => {
    assert.equal(verdict('cid', 'door.open', 'gate', { time: '2026-02-28T00:00:00Z' }), 'denied');
    assert.equal(verdict('cid', 'door.open', 'gate', { time: '2026-03-01T00:00:00Z' }), 'allowed');
  });

  test('leaves a conditional grant undetermined, and an allowed one under a conditional denial', () => {
    assert.deepEqual(decide('cid', 'room.book', 'r1').reasons, [
      'the roles say: when "the trip is approved"',
    ]);
    assert.equal(verdict('cid', 'room.book', 'r1'), 'undetermined');
    assert.equal(verdict('eve', 'door.open', 'vault'), 'undetermined');
    assert.equal(verdict('eve', 'door.open', 'gate'), 'allowed');
  });

  test('leaves it undetermined where the event does not tell the resource, unless the grant is for all', () => {
    assert.equal(verdict('dee', 'invoice.read', '/us/1'), 'allowed');
    assert.equal(verdict('dee', 'invoice.read', '/eu/1'), 'denied');
    assert.equal(verdict('dee', 'invoice.read', undefined), 'undetermined');
    assert.equal(verdict('ann', 'invoice.read', undefined), 'allowed');
  });

  test('does not match what is too long to be a name', () => {
    assert.equal(verdict('ann', 'invoice.read', 'x'.repeat(10_000)), 'undetermined');
  });
});

// To try every grant for every request would take 10^10 comparisons: many minutes.
test('decide() finds its grants among 100,000 of one role, and bears hostile text', () => {
  const grants: Grant[] = Array.from({ length: 100_000 }, (_, at) => ({
    effect: 'allow' as const,
    action: at % 2 === 0 ? 'file.read' : `file.read${at}`,
    resources: [`/folder/${at}`],
  }));
  grants.push({ effect: 'allow', action: '*a*a*a*a*a*b', resources: ['*'] });
  const table: RoleTable = {
    ...emptyTable('roles', 'roles.yaml'),
    roles: [{ name: 'reader', line: 1, grants }],
    assignments: [{ kind: 'user', subject: 'ann', role: 0 }],
  };
  const evaluator = new Evaluator(table);
  evaluator.decide({ subject: 'ann', groups: [], action: 'x', resource: 'y' }, 0n);
  let allowed = 0;
  for (let at = 0; at < 100_000; at++) {
    const request = { subject: 'ann', groups: [], action: 'file.read', resource: `/folder/${at}` };
    if (evaluator.decide(request, 0n).verdict === 'allowed') allowed++;
  }
  evaluator.decide({ subject: 'ann', groups: [], action: 'a'.repeat(8000), resource: 'y' }, 0n);
  assert.equal(allowed, 50_000);
});

/** The twin: every assignment, every grant, every pattern, by itself. */
function slowVerdict(
  table: RoleTable,
  { subject, groups, action, resource }: AccessRequest,
  time: bigint | undefined,
) {
  const match = (pattern: string, text: string) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(text);
  type Truth = boolean | undefined;
  const held = ({ from, to }: Validity): Truth => {
    if (from === undefined && to === undefined) return true;
    if (time === undefined) return undefined;
    return !(from !== undefined && time < from) && !(to !== undefined && time >= to);
  };
  const all = (...truths: Truth[]): Truth =>
    truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
  const any = (truths: Truth[]): Truth =>
    truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
  const on = (patterns: readonly string[]): Truth =>
    resource === undefined
      ? patterns.includes('*')
        ? true
        : undefined
      : patterns.some((each) => match(each, resource));
  const inGroup = (group: string): Truth =>
    groups.includes(group) ||
    any(table.members.map((each) => (each.group === group && each.user === subject ? held(each) : false)));
  const hits = (effect: string) =>
    any(
      table.assignments.map((assignment) => {
        const is = assignment.kind === 'user' ? assignment.subject === subject : inGroup(assignment.subject);
        const role = table.roles[assignment.role]!;
        return any(
          role.grants.map((grant) => {
            if (grant.effect !== effect || !match(grant.action, action)) return false;
            if (grant.exceptActions?.some((each) => match(each, action))) return false;
            const except: Truth =
              grant.exceptResources === undefined
                ? true
                : resource === undefined
                  ? undefined
                  : !grant.exceptResources.some((each) => match(each, resource));
            const certain = grant.doubt === undefined && assignment.doubt === undefined ? true : undefined;
            // Where the resource is not told, a narrow assignment is open whatever the pattern.
            const within: Truth =
              assignment.within === undefined
                ? true
                : resource === undefined
                  ? undefined
                  : on(assignment.within);
            return all(
              is,
              held(assignment),
              held(role),
              held(grant),
              within,
              on(grant.resources),
              except,
              certain,
            );
          }),
        );
      }),
    );
  const denied = hits('deny');
  const allowed = hits('allow');
  if (denied === true) return 'denied';
  if (allowed === true) return denied === undefined ? 'undetermined' : 'allowed';
  return allowed === undefined ? 'undetermined' : 'denied';
}

const instant = fc.option(fc.bigInt({ min: 0n, max: 4n }), { nil: undefined, freq: 2 });
const validity = fc
  .record({ from: instant, to: instant })
  .map(
    ({ from, to }): Validity => ({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) }),
  );
const doubt = fc.option(fc.constant('if it rains'), { nil: undefined, freq: 1 });
const actionPattern = fc.constantFrom('a.x', 'a.y', 'b.x', 'a.*', '*', '*.x');
const resourcePattern = fc.constantFrom('r1', 'r2', 'r*', '*', 's1');
const patterns = (each: fc.Arbitrary<string>) => fc.array(each, { minLength: 1, maxLength: 2 });
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined, freq: 1 });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

const grant = fc
  .tuple(
    fc.record({
      effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
      action: actionPattern,
      resources: patterns(resourcePattern),
      exceptActions: maybe(patterns(actionPattern)),
      exceptResources: maybe(patterns(resourcePattern)),
      doubt,
    }),
    validity,
  )
  .map(([own, dated]) => defined({ ...own, ...dated }) as Grant);
const role = fc
  .tuple(fc.array(grant, { maxLength: 3 }), validity)
  .map(([grants, dated]): Role => ({ name: 'role', line: 1, grants, ...dated }));
const subjects = fc.constantFrom('ann', 'bob');
const groupNames = fc.constantFrom('g1', 'g2');
const tables: fc.Arbitrary<RoleTable> = fc
  .tuple(
    fc.array(role, { minLength: 1, maxLength: 3 }),
    fc.array(
      fc.tuple(
        fc.oneof(
          fc.record({ kind: fc.constant('user' as const), subject: subjects }),
          fc.record({ kind: fc.constant('group' as const), subject: groupNames }),
        ),
        fc.nat(2),
        maybe(patterns(resourcePattern)),
        doubt,
        validity,
      ),
      { maxLength: 4 },
    ),
    fc.array(fc.tuple(groupNames, subjects, validity), { maxLength: 2 }),
  )
  .map(([roles, assignments, members]) => ({
    ...emptyTable('roles', 'roles.yaml'),
    roles,
    assignments: assignments.map(
      ([who, at, within, why, dated]) =>
        defined({ ...who, role: at % roles.length, within, doubt: why, ...dated }) as Assignment,
    ),
    members: members.map(([group, user, dated]) => ({ group, user, ...dated })),
  }));
const requests = fc.record({
  subject: fc.constantFrom('ann', 'bob', 'cid'),
  groups: fc.uniqueArray(groupNames, { maxLength: 2 }),
  action: fc.constantFrom('a.x', 'a.y', 'b.x', 'b.y'),
  resource: maybe(fc.constantFrom('r1', 'r2', 's1')),
});
const times = maybe(fc.bigInt({ min: 0n, max: 5n }));

test('decide() says what trying every grant says, on made tables', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      tables,
      fc.array(fc.tuple(requests, times), { minLength: 1, maxLength: 6 }),
      (table, asked) => {
        const evaluator = new Evaluator(table);
        // Asked twice: what is remembered is the same.
        for (const [request, time] of [...asked, ...asked]) {
          const { verdict } = evaluator.decide(request, time);
          seen.add(verdict);
          assert.equal(verdict, slowVerdict(table, request, time));
        }
      },
    ),
    { numRuns: rounds(400, 10_000) },
  );
  // A thousand tables may hold no grant that applies for sure; ten thousand do.
  if (isFull) assert.deepEqual([...seen].sort(), ['allowed', 'denied', 'undetermined']);
});
