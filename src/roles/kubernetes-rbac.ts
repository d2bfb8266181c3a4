/** Kubernetes RBAC manifests as a table of roles (https://kubernetes.io/docs/reference/access-authn-authz/rbac/). */
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import { matchesSelectors, readSelectors, type Selector } from './kubernetes-selector.ts';
import { MAX_GRANTS } from './role-shape.ts';
import { type Assignment, emptyTable, type Grant, type Role, type RoleTable } from './role-table.ts';

/** The name of the API group without a name, in actions. */
export const CORE_GROUP = 'core';

const ROLE_KINDS = ['Role', 'ClusterRole'];
const BINDING_KINDS = ['RoleBinding', 'ClusterRoleBinding'];

/** Whether a document is, or may hold, one of RBAC's objects. */
export function isRbac(reader: ShapeReader): boolean {
  const kind = reader.get('kind');
  const name = kind?.kind === 'text' ? kind.text : '';
  return (
    /^(?:Cluster)?Role(?:Binding)?(?:List)?$/.test(name) ||
    (name === 'List' && reader.get('items') !== undefined)
  );
}

type ReadRole = Role & {
  isCluster: boolean;
  labels: ReadonlyMap<string, string>;
  selectors: readonly Selector[];
  /** Of a dump, where the cluster has already put the aggregated rules in. */
  isLive: boolean;
};

type Binding = {
  namespace: string | undefined;
  roleName: string;
  subjects: Pick<Assignment, 'kind' | 'subject'>[];
};

export function readKubernetesRbac(file: string, documents: readonly ShapeReader[]): RoleTable {
  const roles: ReadRole[] = [];
  const bindings: Binding[] = [];
  let grants = 0;
  for (const object of documents.flatMap(objectsOf)) {
    const kind = object.text('kind') ?? '';
    if (ROLE_KINDS.includes(kind)) {
      const role = readRole(object, kind);
      grants += role.grants.length;
      if (grants > MAX_GRANTS) {
        object.problem(object.map, `the roles come to more than ${MAX_GRANTS} grants`);
        break;
      }
      roles.push(role);
    } else if (BINDING_KINDS.includes(kind)) {
      const binding = readBinding(object, kind);
      if (binding !== undefined) bindings.push(binding);
    }
  }
  const table = new TableBuilder(roles);
  for (const binding of bindings) table.bind(binding);
  return {
    ...emptyTable('kubernetes-rbac', file),
    roles: table.roles,
    assignments: table.assignments,
    everyone: ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'],
    openings: [
      {
        subject: 'system:node:*',
        action: '*',
        doubt: 'nodes are authorized by the node authorizer, beside RBAC',
      },
    ],
  };
}

/** A list holds its objects in `items`; those of `RoleList` and the like need not repeat their kind. */
function objectsOf(document: ShapeReader): ShapeReader[] {
  const kind = document.text('kind') ?? '';
  if (!/List$/.test(kind) || document.get('items') === undefined) return [document];
  const items = document.shapes('items');
  if (kind === 'List') return items.flatMap(objectsOf);
  const implied = kind.slice(0, -'List'.length);
  return items.map((item) => (item.get('kind') === undefined ? withKind(item, implied) : item));
}

function withKind(item: ShapeReader, kind: string): ShapeReader {
  const { line, column } = item.map;
  const entry = { key: 'kind', line, column, value: { kind: 'text' as const, text: kind, line, column } };
  return item.within({ ...item.map, entries: [entry, ...item.map.entries] });
}

function roleName(kind: string, namespace: string | undefined, name: string): string {
  return kind === 'Role' ? `Role ${namespace ?? 'default'}/${name}` : `ClusterRole ${name}`;
}

function readRole(object: ShapeReader, kind: string): ReadRole {
  const metadata = object.shape('metadata');
  const name = metadata?.text('name');
  if (name === undefined) object.problem(object.map, `a ${kind} needs "metadata.name"`);
  const namespace = kind === 'Role' ? (metadata?.text('namespace') ?? 'default') : undefined;
  const labels = metadata?.shape('labels');
  return {
    name: roleName(kind, namespace, name ?? ''),
    line: object.map.line,
    grants: object.shapes('rules').flatMap((rule) => readRule(rule, namespace)),
    isCluster: kind === 'ClusterRole',
    labels: new Map((labels?.map.entries ?? []).map(({ key }) => [key, labels?.text(key) ?? ''])),
    selectors: readSelectors(object.shape('aggregationRule')),
    isLive: metadata?.get('resourceVersion') !== undefined || metadata?.get('uid') !== undefined,
  };
}

/** One grant for each verb on each resource, so that the use of each can be told. */
function readRule(rule: ShapeReader, namespace: string | undefined): Grant[] {
  const verbs = rule.texts('verbs');
  const groups = rule.texts('apiGroups').map((group) => (group === '' ? CORE_GROUP : group));
  const names = rule.texts('resourceNames').filter((name) => name !== '' && isPlain(name));
  const scope = namespace ?? '*';
  const hasNames = rule.texts('resourceNames').length > 0;
  const resources = hasNames
    ? names.map((name) => `${scope}/${name}`)
    : [namespace === undefined ? '*' : `${scope}/*`];
  const grants: Grant[] = [];
  const size =
    verbs.length * (groups.length * rule.texts('resources').length + rule.texts('nonResourceURLs').length);
  if (size > MAX_GRANTS) {
    rule.problem(rule.map, `the rule comes to more than ${MAX_GRANTS} grants`);
    return [];
  }
  for (const verb of verbs.filter((each) => each === '*' || isPlain(each))) {
    for (const group of groups.filter((each) => each === '*' || isPlain(each)))
      for (const resource of rule.texts('resources').filter(isResourcePattern))
        grants.push({ effect: 'allow', action: `${verb} ${group} ${resource}`, resources });
    // A namespaced role grants no paths.
    if (namespace !== undefined) continue;
    for (const url of rule.texts('nonResourceURLs')) {
      const path = url === '*' ? '/*' : url;
      if (/^[^*?\s]*\*?$/.test(path))
        grants.push({ effect: 'allow', action: `${verb} ${path}`, resources: ['*'] });
    }
  }
  return grants;
}

/** Without what would be a wildcard or a separator for us and is a plain character for Kubernetes: that matches nothing there. */
function isPlain(text: string): boolean {
  return !/[*?\s]/.test(text);
}

/** `*`, `pods`, `pods/log`, or a subresource of every resource; `pods/*` is no pattern there. */
function isResourcePattern(text: string): boolean {
  return text === '*' || isPlain(text.startsWith('*/') ? text.slice(1) : text);
}

function readBinding(object: ShapeReader, kind: string): Binding | undefined {
  const metadata = object.shape('metadata');
  const reference = object.shape('roleRef');
  const name = reference?.text('name');
  const roleKind = reference?.text('kind') ?? 'ClusterRole';
  if (name === undefined) {
    object.problem(object.map, `a ${kind} needs "roleRef" with a "kind" and a "name"`);
    return undefined;
  }
  const namespace = kind === 'RoleBinding' ? (metadata?.text('namespace') ?? 'default') : undefined;
  const subjects = object.shapes('subjects').flatMap((subject) => readSubject(subject, namespace));
  return { namespace, roleName: roleName(roleKind, namespace, name), subjects };
}

function readSubject(subject: ShapeReader, namespace: string | undefined): Binding['subjects'] {
  const kind = subject.text('kind');
  const name = subject.text('name');
  if (name !== undefined && kind === 'User') return [{ kind: 'user', subject: name }];
  if (name !== undefined && kind === 'Group') return [{ kind: 'group', subject: name }];
  if (name !== undefined && kind === 'ServiceAccount') {
    const home = subject.text('namespace') ?? namespace ?? 'default';
    return [{ kind: 'user', subject: `system:serviceaccount:${home}:${name}` }];
  }
  const found = kind === undefined ? 'nothing' : quote(kind);
  subject.problem(
    subject.map,
    `a subject needs a "name" and a "kind" of User, Group or ServiceAccount, found ${found}`,
  );
  return [];
}

const EVERYTHING: Grant = { effect: 'allow', action: '*', resources: ['*'] };

/** Of the system itself: members of this group are not asked (and a role of the same power is put in at each start). */
const SUPERUSERS: Role = { name: 'system:masters', line: 0, grants: [EVERYTHING], implied: true };

class TableBuilder {
  readonly roles: Role[];
  readonly assignments: Assignment[] = [{ kind: 'group', subject: 'system:masters', role: 0 }];
  private readonly positions = new Map<string, number>();

  constructor(read: readonly ReadRole[]) {
    const resolved = read.map((role) => ({
      name: role.name,
      line: role.line,
      grants: aggregated(role, read, new Set()),
    }));
    this.roles = [SUPERUSERS, ...resolved];
    for (const [index, { name }] of this.roles.entries()) this.positions.set(name, index);
  }

  bind({ namespace, roleName: name, subjects }: Binding): void {
    const role = this.positions.get(name) ?? this.absent(name);
    for (const subject of subjects) {
      this.assignments.push({
        ...subject,
        role,
        ...(namespace !== undefined && { within: [`${namespace}/*`] }),
      });
    }
  }

  /** A role that a binding names and the files do not define. */
  private absent(name: string): number {
    const known = name === 'ClusterRole cluster-admin';
    const grant = known
      ? EVERYTHING
      : { ...EVERYTHING, doubt: `${quote(name)} is bound, and not in the file` };
    const position = this.roles.push({ name, line: 0, grants: [grant], implied: true }) - 1;
    this.positions.set(name, position);
    return position;
  }
}

/** The rules of a role and of those its selectors choose; what is written beside a selector is overwritten by the cluster. */
function aggregated(role: ReadRole, all: readonly ReadRole[], seen: Set<ReadRole>): readonly Grant[] {
  if (role.selectors.length === 0 || seen.has(role)) return role.grants;
  seen.add(role);
  const chosen = all.filter(
    (other) =>
      other !== role && other.isCluster && !seen.has(other) && matchesSelectors(role.selectors, other.labels),
  );
  const grants = [
    ...(role.isLive ? role.grants : []),
    ...chosen.flatMap((other) => aggregated(other, all, seen)),
  ];
  const once = new Map(grants.map((grant) => [JSON.stringify(grant), grant]));
  return [...once.values()];
}
