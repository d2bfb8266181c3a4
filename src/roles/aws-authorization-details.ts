/** What `aws iam get-account-authorization-details` prints, as a table of roles: each policy is one, held by who it is attached to. */
import { compareText, quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import type { YamlNode } from '../base/yaml-tree.ts';
import { readPolicyDocument } from './aws-policy.ts';
import { RESOURCE_POLICY_SERVICES } from './aws-services.ts';
import { MAX_GRANTS } from './role-shape.ts';
import {
  type Assignment,
  emptyTable,
  type Grant,
  type Opening,
  type Role,
  type RoleTable,
} from './role-table.ts';

const LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'];

export function isAuthorizationDetails(reader: ShapeReader): boolean {
  return LISTS.some((key) => reader.get(key) !== undefined);
}

export function readAuthorizationDetails(file: string, documents: readonly ShapeReader[]): RoleTable {
  const builder = new DetailsBuilder();
  // Managed policies first: principals refer to them.
  for (const document of documents) for (const policy of document.shapes('Policies')) builder.managed(policy);
  for (const document of documents) {
    for (const group of document.shapes('GroupDetailList')) builder.group(group);
    for (const user of document.shapes('UserDetailList')) builder.user(user);
    for (const role of document.shapes('RoleDetailList')) builder.role(role);
  }
  builder.addRoots();
  return {
    ...emptyTable('aws-authorization-details', file),
    roles: builder.roles,
    assignments: builder.assignments,
    members: builder.members,
    users: builder.users,
    bounds: builder.bounds,
    openings: builder.openings(),
    foldsActions: true,
  };
}

class DetailsBuilder {
  readonly roles: Role[] = [];
  readonly assignments: Assignment[] = [];
  readonly members: { group: string; user: string }[] = [];
  readonly users: string[] = [];
  readonly bounds: { subject: string; doubt: string }[] = [];
  /** As the beginning of their ARNs: partitions have accounts of their own. */
  private readonly accounts = new Set<string>();
  /** Managed policies by ARN. */
  private readonly policies = new Map<string, number>();
  private grants = 0;

  managed(policy: ShapeReader): void {
    const arn = policy.text('Arn');
    if (arn === undefined) return void policy.problem(policy.map, 'a managed policy needs "Arn"');
    const versions = policy.shapes('PolicyVersionList');
    const version =
      versions.find((each) => each.boolean('IsDefaultVersion') === true) ??
      versions.find((each) => each.text('VersionId') === policy.text('DefaultVersionId'));
    const document = version?.get('Document');
    if (document === undefined) {
      return void policy.problem(
        policy.map,
        `the policy ${quote(arn)} needs a default version with its "Document"`,
      );
    }
    this.policies.set(arn, this.add(arn, policy, document));
  }

  user(user: ShapeReader): void {
    const arn = this.principal(user, 'user');
    if (arn === undefined) return;
    this.users.push(arn);
    for (const group of user.texts('GroupList')) this.members.push({ group, user: arn });
    this.attach(user, 'user', arn, 'UserPolicyList');
  }

  group(group: ShapeReader): void {
    const name = group.text('GroupName');
    if (name === undefined) return void group.problem(group.map, 'a group needs "GroupName"');
    this.attach(group, 'group', name, 'GroupPolicyList');
  }

  role(role: ShapeReader): void {
    const arn = this.principal(role, 'role');
    if (arn === undefined) return;
    this.users.push(arn);
    this.attach(role, 'user', arn, 'RolePolicyList');
  }

  /** The root user of each account may do everything; only service control policies limit it. */
  addRoots(): void {
    const role = this.roles.length;
    this.roles.push({ name: 'root user', line: 0, grants: [EVERYTHING], implied: true });
    for (const account of [...this.accounts].sort(compareText))
      this.assignments.push({ kind: 'user', subject: `${account}:root`, role });
  }

  openings(): Opening[] {
    const ours = [...this.accounts].map((account) => `${account}:*`);
    return [
      {
        exceptSubjects: ours,
        action: '*',
        doubt: 'the principal belongs to an account that the file does not describe',
      },
      ...RESOURCE_POLICY_SERVICES.map((service) => ({
        action: `${service}:*`,
        doubt: `a policy of the resource itself may allow it (${service}); the file holds none`,
      })),
    ];
  }

  private principal(reader: ShapeReader, kind: string): string | undefined {
    const arn = reader.text('Arn');
    const account = /^(arn:[^:]*:iam::\d{12}):/.exec(arn ?? '')?.[1];
    if (arn === undefined || account === undefined) {
      reader.problem(reader.map, `a ${kind} needs an "Arn" like arn:aws:iam::123456789012:${kind}/ann`);
      return undefined;
    }
    this.accounts.add(account);
    const boundary = reader.shape('PermissionsBoundary')?.text('PermissionsBoundaryArn');
    if (boundary !== undefined)
      this.bounds.push({ subject: arn, doubt: `the permissions boundary ${quote(boundary)} may forbid it` });
    return arn;
  }

  private attach(reader: ShapeReader, kind: Assignment['kind'], subject: string, inline: string): void {
    for (const policy of reader.shapes(inline)) {
      const document = policy.get('PolicyDocument');
      const name = `${subject} inline ${policy.text('PolicyName') ?? ''}`;
      if (document === undefined) policy.problem(policy.map, 'an inline policy needs "PolicyDocument"');
      else this.assignments.push({ kind, subject, role: this.add(name, policy, document) });
    }
    for (const attached of reader.shapes('AttachedManagedPolicies')) {
      const arn = attached.text('PolicyArn');
      if (arn === undefined) attached.problem(attached.map, 'an attached policy needs "PolicyArn"');
      else this.assignments.push({ kind, subject, role: this.policies.get(arn) ?? this.absent(arn) });
    }
  }

  private add(name: string, reader: ShapeReader, document: YamlNode): number {
    const grants = readPolicyDocument(reader, document);
    this.grants += grants.length;
    if (this.grants > MAX_GRANTS) {
      reader.problem(document, `the policies come to more than ${MAX_GRANTS} grants`);
      return this.roles.push({ name, line: document.line, grants: [] }) - 1;
    }
    return this.roles.push({ name, line: reader.map.line, grants }) - 1;
  }

  private absent(arn: string): number {
    const doubt = `the policy ${quote(arn)} is attached, and not in the file`;
    // It may allow as well as deny.
    const grants: Grant[] = [
      { ...EVERYTHING, doubt },
      { ...EVERYTHING, effect: 'deny', doubt },
    ];
    const position = this.roles.push({ name: arn, line: 0, grants, implied: true }) - 1;
    this.policies.set(arn, position);
    return position;
  }
}

const EVERYTHING: Grant = { effect: 'allow', action: '*', resources: ['*'] };
