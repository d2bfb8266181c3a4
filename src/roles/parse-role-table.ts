/**
 * Our own table of roles: `roles` to actions and resources, `users` and `groups` to roles, `conflicts` between duties.
 *
 *     roles:  {clerk: [invoice.read, "invoice.create"], manager: {allow: [{actions: ["invoice.*"], resources: ["/eu/*"]}]}}
 *     users:  {ann: [clerk], bob: {roles: [{role: manager, from: 2026-01-01}]}}
 *     groups: {finance: {members: [cid], roles: [clerk]}}
 *     conflicts: [{name: pay alone, between: {create: [invoice.create], approve: [invoice.approve]}}]
 */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, type ShapeReader, scalarText } from '../base/yaml-shape.ts';
import type { YamlEntry, YamlNode } from '../base/yaml-tree.ts';
import { readConflicts } from './conflicts.ts';
import { readPatterns, readValidity, refuseUnknownKeys } from './role-shape.ts';
import {
  type Assignment,
  emptyTable,
  type Grant,
  type Role,
  type RoleTable,
  type Validity,
} from './role-table.ts';

/** The keys of a table that is written inline. */
export const TABLE_KEYS = ['roles', 'users', 'groups', 'conflicts'] as const;

const ROLE_KEYS = ['allow', 'deny', 'from', 'to'];
const GRANT_KEYS = ['actions', 'except-actions', 'resources', 'except-resources', 'when', 'from', 'to'];
const HOLDER_KEYS = ['roles', 'groups', 'from', 'to'];
const GROUP_KEYS = ['members', 'roles', 'from', 'to'];

/** Reads the members of the map under `reader`; mistakes are told there. Keys beside TABLE_KEYS are left to the caller. */
export function parseRoleTable(file: string, reader: ShapeReader): RoleTable {
  const roles = entriesOf(reader, 'roles').map((entry) => readRole(reader, entry));
  const parser = new HolderParser(reader, roles);
  for (const entry of entriesOf(reader, 'users')) parser.user(entry);
  for (const entry of entriesOf(reader, 'groups')) parser.group(entry);
  if (reader.get('roles') === undefined) reader.problem(reader.map, 'a table of roles needs "roles"');
  return {
    ...emptyTable('roles', file, reader.map.line),
    roles,
    assignments: parser.assignments,
    members: parser.members,
    users: parser.users,
    conflicts: readConflicts(reader),
  };
}

/** The members of `groups` alone, of a document that goes along with roles of another format. */
export function readMembers(reader: ShapeReader): RoleTable['members'] {
  const parser = new HolderParser(reader, []);
  for (const entry of entriesOf(reader, 'groups')) parser.group(entry);
  return parser.members;
}

function entriesOf(reader: ShapeReader, key: string): readonly YamlEntry[] {
  return reader.shape(key)?.map.entries ?? [];
}

/** A role is a list of actions, or a map with `allow` and `deny`. */
function readRole(outer: ShapeReader, { key: name, value, line }: YamlEntry): Role {
  if (value.kind !== 'map') return { name, line, grants: readGrants(outer, value, 'allow') };
  const reader = outer.within(value);
  refuseUnknownKeys(reader, ROLE_KEYS);
  const grants = (['allow', 'deny'] as const).flatMap((effect) => {
    const node = reader.get(effect);
    return node === undefined ? [] : readGrants(reader, node, effect);
  });
  return { name, line, grants, ...readValidity(reader) };
}

/** Items are actions, or maps. Each action becomes a grant of its own, so that its use can be told. */
function readGrants(outer: ShapeReader, node: YamlNode, effect: Grant['effect']): Grant[] {
  if (node.kind === 'null') return [];
  return (node.kind === 'list' ? node.items : [node]).flatMap((item): Grant[] => {
    const action = scalarText(item);
    if (action !== undefined) return [{ effect, action, resources: ['*'] }];
    if (item.kind !== 'map') {
      outer.problem(item, `a grant must be an action or a map with "actions", found ${describe(item)}`);
      return [];
    }
    return readGrant(outer.within(item), effect);
  });
}

function readGrant(reader: ShapeReader, effect: Grant['effect']): Grant[] {
  refuseUnknownKeys(reader, GRANT_KEYS);
  const exceptActions = readPatterns(reader, 'except-actions');
  const exceptResources = readPatterns(reader, 'except-resources');
  const actions = readPatterns(reader, 'actions');
  if (actions === undefined && exceptActions === undefined)
    reader.problem(reader.map, 'a grant needs "actions" or "except-actions"');
  const resources = readPatterns(reader, 'resources') ?? ['*'];
  const when = reader.text('when');
  // Without its words a condition would be none.
  if (reader.get('when')?.kind === 'null')
    reader.problem(
      reader.get('when')!,
      '"when" must say the condition, found nothing: leave the key out where there is none',
    );
  const shared = {
    effect,
    resources,
    ...(exceptActions && { exceptActions }),
    ...(exceptResources && { exceptResources }),
    ...(when !== undefined && { doubt: `the roles say: when ${quote(when)}` }),
    ...readValidity(reader),
  };
  return (actions ?? ['*']).map((action) => ({ ...shared, action }));
}

class HolderParser {
  readonly assignments: Assignment[] = [];
  readonly members: (Validity & { group: string; user: string })[] = [];
  readonly users: string[] = [];
  private readonly reader: ShapeReader;
  private readonly positions: ReadonlyMap<string, number>;

  constructor(reader: ShapeReader, roles: readonly Role[]) {
    this.reader = reader;
    this.positions = new Map(roles.map(({ name }, index) => [name, index]));
  }

  user({ key, value }: YamlEntry): void {
    this.users.push(key);
    if (value.kind !== 'map') return void this.roles('user', key, value, {}, this.reader);
    const reader = this.reader.within(value);
    refuseUnknownKeys(reader, HOLDER_KEYS);
    const validity = readValidity(reader);
    for (const group of reader.texts('groups')) this.members.push({ group, user: key, ...validity });
    this.roles('user', key, reader.get('roles'), validity, reader);
  }

  group({ key, value }: YamlEntry): void {
    if (value.kind !== 'map') return void this.roles('group', key, value, {}, this.reader);
    const reader = this.reader.within(value);
    refuseUnknownKeys(reader, GROUP_KEYS);
    const validity = readValidity(reader);
    this.roles('group', key, reader.get('roles'), validity, reader);
    const members = reader.get('members');
    for (const item of members === undefined ? [] : members.kind === 'list' ? members.items : [members]) {
      const user = scalarText(item);
      if (user !== undefined) this.members.push({ group: key, user });
      else if (item.kind === 'map') {
        const member = reader.within(item);
        refuseUnknownKeys(member, ['user', 'from', 'to']);
        const name = member.text('user');
        if (name === undefined) member.problem(item, 'a member needs "user"');
        else this.members.push({ group: key, user: name, ...readValidity(member) });
      } else reader.problem(item, `"members" must hold names, found ${describe(item)}`);
    }
  }

  /** Items are names of roles, or `{role, resources, from, to}`. */
  private roles(
    kind: Assignment['kind'],
    subject: string,
    node: YamlNode | undefined,
    validity: Validity,
    reader: ShapeReader,
  ): void {
    if (node === undefined || node.kind === 'null') return;
    for (const item of node.kind === 'list' ? node.items : [node]) {
      const name = scalarText(item);
      if (name !== undefined) this.assign({ kind, subject, ...validity }, name, item, reader);
      else if (item.kind === 'map') {
        const own = reader.within(item);
        refuseUnknownKeys(own, ['role', 'resources', 'from', 'to']);
        const role = own.text('role');
        const within = readPatterns(own, 'resources');
        const dated = { ...validity, ...readValidity(own) };
        if (role === undefined) own.problem(item, 'an assignment needs "role"');
        else this.assign({ kind, subject, ...(within && { within }), ...dated }, role, own.get('role')!, own);
      } else reader.problem(item, `"roles" must hold names of roles, found ${describe(item)}`);
    }
  }

  private assign(
    assignment: Omit<Assignment, 'role'>,
    name: string,
    node: YamlNode,
    reader: ShapeReader,
  ): void {
    const role = this.positions.get(name);
    if (role !== undefined) this.assignments.push({ ...assignment, role });
    else reader.problem(node, `no role is called ${quote(name)}${didYouMean(name, this.positions.keys())}`);
  }
}
