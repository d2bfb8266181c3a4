/** Google Cloud audit entries as requests that IAM decides: `authorizationInfo` names permission, resource and answer. */
import { isPlainObject } from '../base/plain-value.ts';
import { ALL_AUTHENTICATED, ALL_USERS, PERHAPS_IN_A_GROUP } from './gcp-iam.ts';
import {
  type AccessReader,
  type LoggedAccess,
  type LoggedRequest,
  rawFields,
  rawList,
  readList,
} from './logged-access.ts';

export const gcpAccess: AccessReader = {
  logsource: { product: 'gcp', service: 'gcp.audit' },
  fields: [
    ...rawFields(
      'protoPayload.authenticationInfo.principalEmail',
      'protoPayload.authenticationInfo.principalSubject',
    ),
    ...rawFields('protoPayload.status.code'),
    rawList('protoPayload.authorizationInfo'),
  ],
  read: readEvent,
  // Reading is logged only where data access logs are on.
  sibling: () => undefined,
  neverShown: () => undefined,
};

const DENIAL_DOUBT = 'a deny policy, an organization policy or VPC Service Controls may have refused';

/** Names that policies use too. Buckets stand under `projects/_`, service accounts under `projects/-`, projects under numbers. */
const COMPARABLE = /^(?:projects\/(?!\d+(?:\/|$))[a-z][^/]*(?:\/|$)|organizations\/|folders\/|\/\/)/;

function readEvent([email, principal, code, infos]: readonly (string | undefined)[]): LoggedAccess {
  const asked = readList(infos).map((info): unknown => JSON.parse(info));
  // GKE writes the permissions of Kubernetes, which its own roles decide.
  if (asked.some((info) => isPlainObject(info) && String(info.permission).startsWith('io.k8s.')))
    return { requests: [], skip: 'roles of Kubernetes decide, which are in no IAM policy' };
  if (asked.length === 0) return { requests: [], skip: 'the entry names no permission (authorizationInfo)' };
  const subject = subjectOf(email, principal);
  if (subject === undefined) return { requests: [], skip: 'the entry names no principal' };
  const groups = groupsOf(subject);
  return {
    requests: asked.flatMap((info): LoggedRequest[] => {
      if (!isPlainObject(info) || typeof info.permission !== 'string') return [];
      const shown = typeof info.resource === 'string' && info.resource !== '' ? info.resource : undefined;
      const resource = shown !== undefined && COMPARABLE.test(shown) ? shown : undefined;
      return [
        {
          subject,
          groups,
          action: info.permission,
          resource,
          ...(resource === undefined && shown !== undefined && { shownResource: shown }),
          ...decisionOf(info.granted, code),
        },
      ];
    }),
  };
}

function subjectOf(email: string | undefined, principal: string | undefined): string | undefined {
  if (email !== undefined && email !== '') {
    const kind = email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user';
    // Addresses do not distinguish case; the table has them folded as well.
    return `${kind}:${email}`.toLowerCase();
  }
  return principal === undefined || principal === '' ? undefined : principal.toLowerCase();
}

function groupsOf(subject: string): string[] {
  const domain = /^user:[^@]*@(.+)$/.exec(subject)?.[1];
  const everyone = [ALL_USERS, ALL_AUTHENTICATED, PERHAPS_IN_A_GROUP];
  return domain === undefined ? everyone : [...everyone, `domain:${domain}`];
}

/** `granted` is left out where it is false, as in all JSON of protocol buffers; then the status must agree. */
function decisionOf(
  granted: unknown,
  code: string | undefined,
): Pick<LoggedRequest, 'recorded' | 'denialDoubt'> {
  if (granted === true) return { recorded: 'allowed' };
  const refused = code === '7' || code === '16';
  return refused || granted === false
    ? { recorded: 'denied', denialDoubt: DENIAL_DOUBT }
    : { recorded: undefined };
}
