/** Who may do what, as plain data: the one form that every kind of role file is read into. */
import type { Instant } from '../base/instant.ts';

/** `roles`: our own YAML. */
export const ROLE_FORMATS = ['roles', 'kubernetes-rbac', 'aws-authorization-details', 'gcp-iam'] as const;
export type RoleFormat = (typeof ROLE_FORMATS)[number];

/** By the time of the event: `from` included, `to` excluded. */
export type Validity = { from?: Instant; to?: Instant };

/**
 * Actions on resources, both as patterns in which `*` stands for any run of characters and `?` for one. Kubernetes writes
 * an action as `VERB GROUP RESOURCE/SUBRESOURCE` (`core` for the group without a name) or `VERB /PATH`, and a resource as
 * `NAMESPACE/NAME`, empty where there is none.
 */
export type Grant = Validity & {
  effect: 'allow' | 'deny';
  action: string;
  /** Actions that `action` does not stand for. */
  exceptActions?: readonly string[];
  resources: readonly string[];
  exceptResources?: readonly string[];
  /** Why nobody can tell from the file and the log whether the grant holds: a condition. */
  doubt?: string;
};

export type Role = Validity & {
  name: string;
  line: number;
  grants: readonly Grant[];
  /** Of the system itself, in no file: nobody is told that it is unused. */
  implied?: true;
};

/** A user or the members of a group hold a role, on the resources `within`. */
export type Assignment = Validity & {
  kind: 'user' | 'group';
  subject: string;
  /** Position in `roles`. */
  role: number;
  within?: readonly string[];
  doubt?: string;
};

/** One subject must not do what stands on two sides. */
export type Conflict = {
  name: string;
  line: number;
  sides: readonly { name: string; actions: readonly string[] }[];
  /** Whether it takes the same resource on both sides. */
  per: 'subject' | 'resource';
};

/**
 * What a grant that is not found does not prove: a policy elsewhere may allow it. Patterns as in `Grant`; with
 * `exceptSubjects` it is about everybody who matches none of them.
 */
export type Opening = { subject?: string; exceptSubjects?: readonly string[]; action: string; doubt: string };

export type RoleTable = {
  format: RoleFormat;
  file: string;
  line: number;
  roles: readonly Role[];
  assignments: readonly Assignment[];
  /** Group to user. */
  members: readonly (Validity & { group: string; user: string })[];
  /** Users the file names, whether or not they hold a role. */
  users: readonly string[];
  /** Groups that everybody is in: they make nobody known. */
  everyone: readonly string[];
  /** What limits a user beyond its roles and cannot be decided: a permissions boundary. */
  bounds: readonly { subject: string; doubt: string }[];
  openings: readonly Opening[];
  conflicts: readonly Conflict[];
  /** Whether case does not count in actions. */
  foldsActions: boolean;
};

export function emptyTable(format: RoleFormat, file: string, line = 1): RoleTable {
  return {
    format,
    file,
    line,
    roles: [],
    assignments: [],
    members: [],
    users: [],
    everyone: [],
    bounds: [],
    openings: [],
    conflicts: [],
    foldsActions: false,
  };
}
