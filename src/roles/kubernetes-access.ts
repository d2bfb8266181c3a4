/** Kubernetes audit events as requests that RBAC decides (https://kubernetes.io/docs/reference/access-authn-authz/authorization/). */
import { CORE_GROUP } from './kubernetes-rbac.ts';
import {
  type AccessReader,
  cannotBeJudged,
  type LoggedAccess,
  type LoggedRequest,
  notAsked,
  rawFields,
  rawList,
  readList,
} from './logged-access.ts';

export const kubernetesAccess: AccessReader = {
  logsource: { product: 'kubernetes', service: 'audit' },
  fields: [
    ...rawFields(
      'user.username',
      'impersonatedUser.username',
      'verb',
      'requestURI',
      'stage',
      'responseStatus.code',
    ),
    ...rawFields('responseStatus.message', 'annotations.authorization\\.k8s\\.io/decision'),
    ...rawFields('objectRef.resource', 'objectRef.subresource', 'objectRef.apiGroup', 'objectRef.apiVersion'),
    ...rawFields('objectRef.namespace', 'objectRef.name'),
    rawList('user.groups'),
    rawList('impersonatedUser.groups'),
  ],
  read: readEvent,
  // What is left out of the log is the choice of the audit policy, by verb and resource.
  sibling: () => undefined,
  neverShown: () => undefined,
};

const NOT_ASKED = { requests: [] };

function readEvent(values: readonly (string | undefined)[]): LoggedAccess {
  const [user, impersonated, verb, uri, stage, code, message = '', annotation] = values;
  const [resource, subresource, apiGroup, apiVersion, namespace = '', name = '', groups, theirGroups] =
    values.slice(8);
  // The answer comes in a later event of the same request.
  if (stage === 'RequestReceived') return NOT_ASKED;
  if (code === '401') return notAsked('the user was not authenticated (401)');
  const decision = decisionOf(code, message, annotation);
  const isRefused = decision.recorded === 'denied';
  if (user === undefined || verb === undefined)
    return cannotBeJudged('the event names no user or no verb', isRefused);
  const who = { subject: user, groups: groupsOf(user, groups) };
  const refused = refusedImpersonation(message);
  if (refused !== undefined) return { requests: [{ ...who, ...refused, recorded: 'denied' }] };
  const path = uri?.split('?', 1)[0];
  const asked = resource === undefined ? path : resource;
  if (asked === undefined || /\s/.test(`${verb}${asked}${subresource ?? ''}${apiGroup ?? ''}`))
    return cannotBeJudged('the event names neither a resource nor a path that can be read', isRefused);
  const group = apiGroup ?? groupOf(apiVersion);
  // The name of what is created stands in the event, but was not asked for: it is in the body of the request.
  const nameless = (verb === 'create' && subresource === undefined) || verb === 'deletecollection';
  const request = {
    action:
      resource === undefined
        ? `${verb} ${path}`
        : `${verb} ${group} ${resource}${subresource === undefined ? '' : `/${subresource}`}`,
    resource: resource === undefined ? '/' : `${namespace}/${nameless ? '' : name}`,
    ...decision,
  };
  if (impersonated === undefined) return { requests: [{ ...who, ...request }] };
  const as = { subject: impersonated, groups: groupsOf(impersonated, theirGroups) };
  return {
    requests: [
      { ...who, ...impersonation(impersonated) },
      { ...as, ...request },
    ],
  };
}

/** Events of v1alpha1 have the group in `apiVersion`. */
function groupOf(apiVersion: string | undefined): string {
  return apiVersion?.includes('/') ? apiVersion.split('/', 1)[0]! : CORE_GROUP;
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Those that the system gives, where the log was written without them. */
function groupsOf(user: string, listed: string | undefined): string[] {
  const groups = readList(listed);
  if (groups.length > 0) return groups;
  if (user === 'system:anonymous') return ['system:unauthenticated'];
  const account = SERVICE_ACCOUNT.exec(user);
  return [
    'system:authenticated',
    ...(account === null ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`]),
  ];
}

/** Asked of whoever acts as another. Which of the groups were asked for, the event does not tell. */
function impersonation(as: string): Pick<LoggedRequest, 'action' | 'resource' | 'recorded'> {
  const account = SERVICE_ACCOUNT.exec(as);
  const [kind, resource] =
    account === null ? ['users', `/${as}`] : ['serviceaccounts', `${account[1]}/${account[2]}`];
  return { action: `impersonate ${CORE_GROUP} ${kind}`, resource, recorded: 'allowed' };
}

/** `users "bob" is forbidden: User "ann" cannot impersonate resource "users" …`: the request itself was never looked at. */
function refusedImpersonation(message: string): Pick<LoggedRequest, 'action' | 'resource'> | undefined {
  if (!message.includes('cannot impersonate')) return undefined;
  const named = /^(users|groups|serviceaccounts) "([^"]*)" is forbidden/.exec(message);
  return {
    action: `impersonate ${CORE_GROUP} ${named?.[1] ?? 'users'}`,
    resource: named === null ? undefined : `/${named[2]}`,
  };
}

const MAYBE_ADMISSION = 'the answer 403 may come from admission, which the log does not tell';

/** Admission answers 403 too; the annotation is the authorizer's own word, its message the next best. */
function decisionOf(
  code: string | undefined,
  message: string,
  annotation: string | undefined,
): Pick<LoggedRequest, 'recorded' | 'denialDoubt'> {
  if (annotation === 'allow') return { recorded: 'allowed' };
  if (annotation === 'forbid') return { recorded: 'denied' };
  if (code === '403') {
    const byAuthorizer = message.includes('User "') && message.includes('" cannot ');
    if (byAuthorizer) return { recorded: 'denied' };
    return { recorded: message === '' ? 'denied' : undefined, denialDoubt: MAYBE_ADMISSION };
  }
  // Answered by what lies behind the authorizer; 429 and 5xx may be answered before it.
  return { recorded: /^(?:[123]\d\d|4(?!29)\d\d)$/.test(code ?? '') ? 'allowed' : undefined };
}
