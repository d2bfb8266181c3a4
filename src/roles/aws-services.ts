/**
 * Where the names of CloudTrail and of IAM part: services, actions with other names, actions that take several permissions,
 * and actions that CloudTrail does not show (AWS service authorization reference; CloudTrail user guide, data events).
 */

/** IAM's prefix where the event source begins with another word. */
const SERVICE_PREFIXES: Readonly<Record<string, string>> = {
  monitoring: 'cloudwatch',
  email: 'ses',
  tagging: 'tag',
  'entitlement.marketplace': 'aws-marketplace',
  'metering-marketplace': 'aws-marketplace',
  'models.lex': 'lex',
  'runtime.lex': 'lex',
  'streams.dynamodb': 'dynamodb',
  'application-insights': 'applicationinsights',
  'api.sagemaker': 'sagemaker',
  'runtime.sagemaker': 'sagemaker',
  'authorizationservice.amazonaws.com': 'verifiedpermissions',
};

/** Services in which a policy of the resource alone can allow a principal of the same account. */
export const RESOURCE_POLICY_SERVICES = [
  'acm-pca',
  'backup',
  'codeartifact',
  'codebuild',
  'dynamodb',
  'ecr',
  'elasticfilesystem',
  'es',
  'events',
  'execute-api',
  'glacier',
  'glue',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'mediastore',
  's3',
  's3express',
  'schemas',
  'secretsmanager',
  'serverlessrepo',
  'ses',
  'signer',
  'sns',
  'sqs',
  'sts',
  'vpc-lattice',
] as const;

/** Events whose permission has another name, or that take several. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
  's3:ListObjects': ['s3:ListBucket'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:HeadBucket': ['s3:ListBucket'],
  's3:HeadObject': ['s3:GetObject'],
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  's3:ListParts': ['s3:ListMultipartUploadParts'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:UploadPart': ['s3:PutObject'],
  's3:UploadPartCopy': ['s3:GetObject', 's3:PutObject'],
  's3:CreateMultipartUpload': ['s3:PutObject'],
  's3:CompleteMultipartUpload': ['s3:PutObject'],
  's3:DeleteObjects': ['s3:DeleteObject'],
  's3:GetBucketCors': ['s3:GetBucketCORS'],
  's3:PutBucketCors': ['s3:PutBucketCORS'],
  's3:DeleteBucketCors': ['s3:PutBucketCORS'],
  's3:GetBucketEncryption': ['s3:GetEncryptionConfiguration'],
  's3:PutBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3:DeleteBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3:GetBucketLifecycle': ['s3:GetLifecycleConfiguration'],
  's3:GetBucketLifecycleConfiguration': ['s3:GetLifecycleConfiguration'],
  's3:PutBucketLifecycle': ['s3:PutLifecycleConfiguration'],
  's3:PutBucketLifecycleConfiguration': ['s3:PutLifecycleConfiguration'],
  's3:DeleteBucketLifecycle': ['s3:PutLifecycleConfiguration'],
  's3:GetBucketReplication': ['s3:GetReplicationConfiguration'],
  's3:PutBucketReplication': ['s3:PutReplicationConfiguration'],
  's3:DeleteBucketReplication': ['s3:PutReplicationConfiguration'],
  's3:GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  's3:PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:DeletePublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:DeleteBucketTagging': ['s3:PutBucketTagging'],
  's3:DeleteBucketWebsite': ['s3:DeleteBucketWebsite'],
  's3:GetBucketNotificationConfiguration': ['s3:GetBucketNotification'],
  's3:PutBucketNotificationConfiguration': ['s3:PutBucketNotification'],
  's3:GetBucketAccelerateConfiguration': ['s3:GetAccelerateConfiguration'],
  's3:PutBucketAccelerateConfiguration': ['s3:PutAccelerateConfiguration'],
  's3:GetObjectLockConfiguration': ['s3:GetBucketObjectLockConfiguration'],
  's3:PutObjectLockConfiguration': ['s3:PutBucketObjectLockConfiguration'],
  'lambda:Invoke': ['lambda:InvokeFunction'],
  'lambda:InvokeAsync': ['lambda:InvokeFunction'],
};

/** Calls whose permission depends on what they carry (a PartiQL statement). */
const UNCLEAR = new Set([
  'dynamodb:ExecuteStatement',
  'dynamodb:ExecuteTransaction',
  'dynamodb:BatchExecuteStatement',
]);

/** Events that need no permission. */
const NO_PERMISSION = new Set([
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
]);

/** `Invoke20150331`, `GetFunction20150331v2`, `CreateDistribution2020_05_31`: the API's version is no part of the action. */
const VERSION = /(?:20\d{6}(?:v\d+)?|20\d\d_\d\d_\d\d)$/;

/** IAM's actions for an event; none where it needs no permission; undefined where the event tells none. */
export function toIamActions(eventSource: string, eventName: string): readonly string[] | undefined {
  const source = /^([a-z0-9.-]+)\.amazonaws\.com$/.exec(eventSource)?.[1];
  if (source === undefined || source === 'signin' || !/^[A-Za-z0-9_]+$/.test(eventName)) return undefined;
  const prefix = SERVICE_PREFIXES[source] ?? source;
  const action = `${prefix}:${eventName.replace(VERSION, '')}`;
  if (UNCLEAR.has(action)) return undefined;
  if (NO_PERMISSION.has(action)) return [];
  return Object.hasOwn(PERMISSIONS, action) ? PERMISSIONS[action] : [action];
}

/** Data events: a trail shows them only where it was asked to, so that only their own presence proves anything. */
const DATA_EVENTS: Readonly<Record<string, RegExp>> = {
  s3: /^(?:get|put|delete|restore|abort|list|replicate|select|bypass)(?:object|multipart|governance|.*version)/,
  lambda: /^invoke/,
  dynamodb:
    /^(?:get|put|update|delete|query|scan|batch|condition|partiql|transact)(?!.*table|.*backup|.*limits)/,
  sns: /^publish/,
  sqs: /^(?:send|receive|delete|change)message/,
  kinesis: /^(?:get|put|subscribe)(?:record|shard)/,
  'cognito-sync': /./,
};

/** Permissions that no event bears the name of: checked within another call, or by services that do not report to CloudTrail. */
const NEVER_SHOWN: readonly [RegExp, string][] = [
  [/^iam:passrole$/, 'CloudTrail shows no event of iam:PassRole: it is checked within other calls'],
  [/^(?:ec2messages|ssmmessages):/, 'CloudTrail shows no events of this service'],
  [
    /^(?:xray:put|cloudwatch:putmetricdata|logs:(?:putlogevents|filterlogevents|getlogevents))/,
    'CloudTrail shows this action only as a data event, if at all',
  ],
  [
    /^(?:rds-db|execute-api|iot:(?:publish|subscribe|receive|connect)|elasticfilesystem:client)/,
    'CloudTrail shows no event of this action',
  ],
];

export function neverShownByCloudTrail(action: string): string | undefined {
  const folded = action.toLowerCase();
  return NEVER_SHOWN.find(([pattern]) => pattern.test(folded))?.[1];
}

/** Management events of a service come together: one of them shows that the trail has the others too. */
export function cloudTrailSibling(action: string): string | undefined {
  const [service = '', name = ''] = action.toLowerCase().split(':', 2);
  // A wildcard may stand for data events alone.
  if (/[*?]/.test(service) || DATA_EVENTS[service]?.test(name) === true) return undefined;
  return service;
}
