/**
 * A table of our own kind in which case, white space around a name and invisible characters do not count. Roles are compared
 * as they are written; whether the system that they are for does so too, no file tells. So what a request in another spelling
 * would meet is told: no spelling evades what is forbidden.
 */
import { personKey } from '../base/person-key.ts';
import type { AccessRequest, Decision } from './evaluator.ts';
import type { Grant, RoleTable } from './role-table.ts';

/** The table itself where it is its own twin, as most are. */
export function spellingTwin(table: RoleTable): RoleTable {
  let differs = false;
  const fold = (text: string): string => {
    const folded = personKey(text);
    differs ||= folded !== text;
    return folded;
  };
  const foldAll = (texts: readonly string[] | undefined) => texts?.map(fold);
  const toGrant = (grant: Grant): Grant => {
    const { action, exceptActions, resources, exceptResources } = grant;
    return {
      ...grant,
      action: fold(action),
      resources: resources.map(fold),
      ...(exceptActions && { exceptActions: exceptActions.map(fold) }),
      ...(exceptResources && { exceptResources: exceptResources.map(fold) }),
    };
  };
  const twin: RoleTable = {
    ...table,
    roles: table.roles.map((role) => ({ ...role, grants: role.grants.map(toGrant) })),
    assignments: table.assignments.map(({ subject, within, ...rest }) => ({
      ...rest,
      subject: fold(subject),
      ...(within && { within: foldAll(within)! }),
    })),
    members: table.members.map((member) => ({
      ...member,
      group: fold(member.group),
      user: fold(member.user),
    })),
    users: table.users.map(fold),
  };
  return differs ? twin : table;
}

/** The request itself where it is its own twin. */
export function twinRequest(request: AccessRequest): AccessRequest {
  const { subject, groups, action, resource } = request;
  const twin = {
    subject: personKey(subject),
    groups: groups.map(personKey),
    action: personKey(action),
    resource: resource === undefined ? undefined : personKey(resource),
  };
  const isSame =
    twin.subject === subject &&
    twin.action === action &&
    twin.resource === resource &&
    twin.groups.every((group, index) => group === groups[index]);
  return isSame ? request : twin;
}

const FORBIDDEN_OTHERWISE = 'the roles do not allow it where case and white space around a name do not count';
const ALLOWED_OTHERWISE = 'the roles allow it where case and white space around a name do not count';

/** What the table says, in the light of what its twin says. */
export function besideTwin(decision: Decision, twin: Decision): Decision {
  const { verdict, reasons } = decision;
  if (verdict === 'denied')
    return twin.verdict === 'allowed' && !decision.forbidden
      ? { ...decision, reasons: [ALLOWED_OTHERWISE] }
      : decision;
  const isEvaded = verdict === 'allowed' ? twin.verdict !== 'allowed' : twin.forbidden;
  if (!isEvaded) return decision;
  return { ...decision, verdict: 'undetermined', reasons: [...reasons, FORBIDDEN_OTHERWISE].sort() };
}
