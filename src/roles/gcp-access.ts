/** Google Cloud audit entries as requests that IAM decides: `authorizationInfo` names permission, resource and answer. */
import { isPlainObject } from '../base/plain-value.ts';
import { ALL_AUTHENTICATED, ALL_USERS, PERHAPS_IN_A_GROUP } from './gcp-iam.ts';
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

export const gcpAccess: AccessReader = {
  logsource: { product: 'gcp', service: 'gcp.audit' },
  fields: [
    ...rawFields(
      'protoPayload.authenticationInfo.principalEmail',
      'protoPayload.authenticationInfo.principalSubject',
    ),
    ...rawFields('protoPayload.status.code', 'operation.first', 'operation.last'),
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

const NO_PERMISSION = 'the entry names no permission (authorizationInfo)';

function readEvent(values: readonly (string | undefined)[]): LoggedAccess {
  const [email, principal, code, isFirst, isLast, infos] = values;
  const isRefused = REFUSED_CODES.has(code ?? '');
  const listed = readList(infos).map((info): unknown => JSON.parse(info));
  const asked = listed.filter(
    (info) => isPlainObject(info) && typeof info.permission === 'string',
  ) as Asked[];
  const subject = subjectOf(email, principal);
  if (listed.length === 0) {
    // Of a long operation the first entry has the permissions.
    if (isLast === 'true' && isFirst !== 'true') return notAsked('the entry tells the end of an operation');
    if (subject === undefined) return notAsked('the entry names neither a principal nor a permission');
    return cannotBeJudged(NO_PERMISSION, isRefused);
  }
  if (asked.length < listed.length) return cannotBeJudged(NO_PERMISSION, isRefused);
  // GKE writes the permissions of Kubernetes, which its own roles decide.
  const ofIam = asked.filter(({ permission }) => !permission.startsWith('io.k8s.'));
  if (ofIam.length === 0) return notAsked('roles of Kubernetes decide, which are in no IAM policy');
  if (subject === undefined) return cannotBeJudged('the entry names no principal', isRefused);
  const groups = groupsOf(subject);
  return {
    requests: ofIam.map((info): LoggedRequest => {
      const shown = typeof info.resource === 'string' && info.resource !== '' ? info.resource : undefined;
      const resource = shown !== undefined && COMPARABLE.test(shown) ? shown : undefined;
      return {
        subject,
        groups,
        action: info.permission,
        resource,
        ...(resource === undefined && shown !== undefined && { shownResource: shown }),
        ...decisionOf(info.granted, code),
      };
    }),
  };
}

type Asked = { permission: string; resource?: unknown; granted?: unknown };

/** PERMISSION_DENIED and UNAUTHENTICATED (google.rpc.Code). */
const REFUSED_CODES: ReadonlySet<string> = new Set(['7', '16']);

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
  return REFUSED_CODES.has(code ?? '') || granted === false
    ? { recorded: 'denied', denialDoubt: DENIAL_DOUBT }
    : { recorded: undefined };
}
