/** CloudTrail events as requests that IAM decides. */

import { cloudTrailSibling, neverShownByCloudTrail, toIamActions } from './aws-services.ts';
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

export const awsAccess: AccessReader = {
  logsource: { product: 'aws', service: 'cloudtrail' },
  fields: [
    ...rawFields('userIdentity.type', 'userIdentity.arn', 'userIdentity.sessionContext.sessionIssuer.arn'),
    ...rawFields('eventType', 'eventSource', 'eventName', 'errorCode', 'errorMessage', 'recipientAccountId'),
    ...rawFields(
      'requestParameters.bucketName',
      'requestParameters.key',
      'requestParameters.x-amz-copy-source',
    ),
    rawList('resources.ARN'),
    ...rawFields('requestParameters.roleArn', 'requestParameters.policyArn'),
  ],
  read: readEvent,
  sibling: cloudTrailSibling,
  neverShown: neverShownByCloudTrail,
};

const NO_CALL = 'the event is no call that an IAM action stands for (sign-in, service event)';
const NO_ACTION =
  'the event is a call that no one IAM action stands for (PartiQL, a service of no known name)';

function readEvent(values: readonly (string | undefined)[]): LoggedAccess {
  const [type, arn, issuer, eventType, source, name, errorCode, errorMessage = ''] = values;
  const isRefused = DENIED.test(errorCode ?? '');
  if (source === undefined || name === undefined)
    return cannotBeJudged('the event names no action', isRefused);
  const isCall = eventType === undefined || eventType === 'AwsApiCall';
  if (!isCall || source === 'signin.amazonaws.com') return notAsked(NO_CALL);
  if (type === 'AWSService')
    return notAsked('an AWS service acted for itself, which no policy of the file covers');
  const actions = toIamActions(source, name);
  if (actions === undefined) return cannotBeJudged(NO_ACTION, isRefused);
  if (actions.length === 0) return notAsked('the call needs no permission');
  const subject = subjectOf(type, arn, issuer);
  if (subject === undefined) return cannotBeJudged(nobodyOf(type), isRefused);
  const decision = decisionOf(errorCode, errorMessage, actions.length);
  const requests = actions.map(
    (action): LoggedRequest => ({
      subject,
      groups: [],
      action,
      resource: resourceOf(action, name, values),
      ...decision,
    }),
  );
  return { requests };
}

/** The principal that policies are attached to; a session's is the role that was assumed. */
function subjectOf(
  type: string | undefined,
  arn: string | undefined,
  issuer: string | undefined,
): string | undefined {
  if (type === 'IAMUser' || type === 'Root') return arn;
  if (type !== 'AssumedRole') return undefined;
  if (issuer !== undefined) return issuer;
  const session = /^arn:([^:]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn ?? '');
  return session === null ? undefined : `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
}

/** Who it is that acted, where the policies of the file do not tell what they may do. */
function nobodyOf(type: string | undefined): string {
  if (type === 'AWSAccount') return 'a principal of another account acted';
  if (type === 'FederatedUser') return 'a federated session acted, whose session policy no log tells';
  return 'the event does not tell which user or role acted';
}

/** As policies name it; undefined where the event leaves parts of the name out. */
function resourceOf(
  action: string,
  name: string,
  values: readonly (string | undefined)[],
): string | undefined {
  const [bucket, key, copied, arns, roleArn, policyArn] = values.slice(9);
  if (action.startsWith('s3:')) {
    if (name === 'DeleteObjects') return undefined;
    const isSource = action === 's3:GetObject' && name !== 'GetObject' && name !== 'HeadObject';
    if (isSource)
      return copied === undefined ? undefined : `arn:aws:s3:::${copied.replace(/^\//, '').split('?', 1)[0]}`;
    if (action === 's3:ListAllMyBuckets') return '*';
    if (bucket === undefined) return undefined;
    return /Object|MultipartUploadParts/.test(action) && !/BucketObjectLock/.test(action)
      ? key && `arn:aws:s3:::${bucket}/${key}`
      : `arn:aws:s3:::${bucket}`;
  }
  if (action === 'sts:AssumeRole') return roleArn;
  if (
    action.startsWith('iam:') &&
    policyArn !== undefined &&
    /Policy(?:Version)?s?$/.test(action) &&
    !/Attach|Detach/.test(action)
  )
    return policyArn;
  const listed = [...new Set(readList(arns))];
  return listed.length === 1 ? listed[0] : undefined;
}

const DENIED =
  /AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden|UnauthorizedException|UnauthorizedAccess/;

/** Since 2021 the message says which kind of policy refused: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const REFUSERS: readonly [phrase: string, doubt: string][] = [
  ['service control policy', 'a service control policy refused, as the event says'],
  ['resource control policy', 'a resource control policy refused, as the event says'],
  ['session policy', 'the session policy refused, as the event says'],
  ['permissions boundary', 'the permissions boundary refused, as the event says'],
  ['VPC endpoint policy', 'the policy of a VPC endpoint refused, as the event says'],
  ['resource-based policy', 'the policy of the resource refused, as the event says'],
];

const UNKNOWN_REFUSER =
  'a service control policy, session policy, permissions boundary or policy of the resource may have refused';

function decisionOf(
  errorCode: string | undefined,
  errorMessage: string,
  permissions: number,
): Pick<LoggedRequest, 'recorded' | 'denialDoubt'> {
  if (errorCode === undefined || errorCode === '') return { recorded: 'allowed' };
  // Other errors (throttling, bad parameters) do not tell; of several permissions one was refused, and nobody says which.
  if (!DENIED.test(errorCode) || permissions > 1) return { recorded: undefined };
  if (errorMessage.includes('identity-based policy')) return { recorded: 'denied' };
  const refuser = REFUSERS.find(([phrase]) => errorMessage.includes(phrase));
  return { recorded: 'denied', denialDoubt: refuser?.[1] ?? UNKNOWN_REFUSER };
}
