/**
 * IAM policies of Google Cloud as a table of roles: what `gcloud projects get-iam-policy` and `gcloud asset
 * search-all-iam-policies` print, and definitions of roles (`gcloud iam roles describe`, or a list of them).
 */
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import { type Assignment, emptyTable, type Grant, type Role, type RoleTable } from './role-table.ts';

/** Everybody is in these, whoever asks: see `gcp-access.ts`. */
export const ALL_USERS = 'allUsers';
export const ALL_AUTHENTICATED = 'allAuthenticatedUsers';
/** Whoever may be in a Google group: the policy names the group, and not its members. */
export const PERHAPS_IN_A_GROUP = 'perhaps in a group';

export function isGcpIam(reader: ShapeReader): boolean {
  return ['bindings', 'includedPermissions', 'policy'].some((key) => reader.get(key) !== undefined);
}

/** `groups`: those whose members are told elsewhere, as the policies name them. */
export function readGcpIam(
  file: string,
  documents: readonly ShapeReader[],
  groups: ReadonlySet<string>,
): RoleTable {
  const builder = new PolicyBuilder(groups);
  for (const document of documents)
    if (document.get('bindings') === undefined && document.get('policy') === undefined)
      builder.define(document);
  let isWhole = false;
  for (const document of documents) {
    const resource = document.text('resource');
    if (document.get('policy') !== undefined) {
      const policy = document.shape('policy');
      if (policy !== undefined) builder.policy(policy, resource);
      isWhole ||= /\/organizations\/\d+$/.test(resource ?? '');
    } else if (document.get('bindings') !== undefined) builder.policy(document, resource);
  }
  const doubt =
    'a policy of the organization, of a folder or of the resource may grant it; the file does not hold them all';
  return {
    ...emptyTable('gcp-iam', file),
    roles: builder.roles,
    assignments: builder.assignments,
    everyone: [ALL_USERS, ALL_AUTHENTICATED, PERHAPS_IN_A_GROUP],
    openings: isWhole ? [] : [{ action: '*', doubt }],
  };
}

class PolicyBuilder {
  readonly roles: Role[] = [];
  readonly assignments: Assignment[] = [];
  private readonly positions = new Map<string, number>();
  private readonly groups: ReadonlySet<string>;

  constructor(groups: ReadonlySet<string>) {
    this.groups = groups;
  }

  define(role: ShapeReader): void {
    const name = role.text('name');
    if (name === undefined) return void role.problem(role.map, 'a role needs a "name" like roles/viewer');
    const grants = role
      .texts('includedPermissions')
      .map((action): Grant => ({ effect: 'allow', action, resources: ['*'] }));
    if (this.positions.has(name))
      return void role.problem(role.map, `the role ${quote(name)} is defined twice`);
    const isDeleted = role.boolean('deleted') === true;
    this.positions.set(
      name,
      this.roles.push({ name, line: role.map.line, grants: isDeleted ? [] : grants }) - 1,
    );
  }

  policy(policy: ShapeReader, resource: string | undefined): void {
    const within = resource === undefined ? undefined : scopeOf(resource);
    for (const binding of policy.shapes('bindings')) {
      const name = binding.text('role');
      if (name === undefined) {
        binding.problem(binding.map, 'a binding needs a "role"');
        continue;
      }
      const role = this.positions.get(name) ?? this.undefinedRole(name);
      const condition = binding.shape('condition');
      const title = condition?.text('title') ?? condition?.text('expression');
      const doubt = condition === undefined ? undefined : `an IAM condition decides (${quote(title ?? '')})`;
      for (const member of binding.texts('members')) {
        const held = this.groups.has(member) ? { kind: 'group' as const, subject: member } : holderOf(member);
        if (held === undefined) continue;
        const doubts = [doubt, 'doubt' in held ? held.doubt : undefined].filter((each) => each !== undefined);
        this.assignments.push({
          kind: held.kind,
          subject: held.subject,
          role,
          ...(within !== undefined && { within }),
          ...(doubts.length > 0 && { doubt: doubts.join('; ') }),
        });
      }
    }
  }

  private undefinedRole(name: string): number {
    const doubt = `no file defines the permissions of ${quote(name)}`;
    const grants: Grant[] = [{ effect: 'allow', action: '*', resources: ['*'], doubt }];
    const position = this.roles.push({ name, line: 0, grants, implied: true }) - 1;
    this.positions.set(name, position);
    return position;
  }
}

type Holder = Pick<Assignment, 'kind' | 'subject' | 'doubt'>;

/** https://cloud.google.com/iam/docs/principal-identifiers; undefined for who is deleted. */
function holderOf(member: string): Holder | undefined {
  const [kind = ''] = member.split(':', 1);
  if (member === ALL_USERS || member === ALL_AUTHENTICATED) return { kind: 'group', subject: member };
  if (kind === 'user' || kind === 'serviceAccount' || kind === 'principal')
    return { kind: 'user', subject: member.toLowerCase() };
  if (kind === 'domain') return { kind: 'group', subject: member.toLowerCase() };
  if (kind === 'deleted') return undefined;
  return {
    kind: 'group',
    subject: PERHAPS_IN_A_GROUP,
    doubt: `the file does not tell who is in ${quote(member)}`,
  };
}

/** A policy of a project holds for what lies in it; one of a folder or organization for more than names tell. */
function scopeOf(resource: string): string[] | undefined {
  const project = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/([^/]+)$/.exec(resource)?.[1];
  if (project !== undefined)
    return [
      `projects/${project}`,
      `projects/${project}/*`,
      `*/projects/${project}`,
      `*/projects/${project}/*`,
    ];
  if (/^\/\/cloudresourcemanager\.googleapis\.com\/(?:folders|organizations)\//.test(resource))
    return undefined;
  const name = resource.replace(/^\/\/[^/]+\//, '');
  return [name, `${name}/*`, resource, `${resource}/*`];
}
