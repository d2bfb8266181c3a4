/** The AWS calls of the generated CloudTrail log: how often each is made, and what its request and answer look like. */
import { pick, type Random, token, uuid } from './random.ts';

type Json = Record<string, unknown>;
type Context = { account: string; region: string; random: Random };
type Body = { request?: Json; response?: Json; resources?: Json[]; additional?: Json };

export type Call = {
  source: string;
  name: string;
  /** Parts of the sum over all calls. */
  share: number;
  reads: boolean;
  build: (context: Context) => Body;
  /** A data event: about an object, not about the account. */
  data?: boolean;
  /** The service has one region. */
  global?: boolean;
  type?: string;
};

const BUCKETS = [
  'invoices',
  'audit-logs',
  'media',
  'datalake-raw',
  'datalake-curated',
  'backups',
  'web-assets',
];

const instance = (random: Random) => `i-0${token(random, 16)}`;
const bucket = (random: Random) => `acme-${pick(random, BUCKETS)}-${random(20)}`;
const items = (values: Json[]) => ({ items: values });

function onObject({ random, account, region }: Context, more: Json = {}): Body {
  const bucketName = bucket(random);
  const key = `year=2026/month=0${1 + random(9)}/day=${10 + random(18)}/part-${token(random, 12)}.parquet`;
  return {
    request: { bucketName, key, Host: `${bucketName}.s3.${region}.amazonaws.com`, ...more },
    response: { 'x-amz-server-side-encryption': 'AES256', 'x-amz-version-id': token(random, 32) },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucketName}/${key}` },
      { accountId: account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucketName}` },
    ],
    additional: {
      SignatureVersion: 'SigV4',
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: random(2) * random(1_000_000),
      bytesTransferredOut: random(10_000_000),
      AuthenticationMethod: 'AuthHeader',
      'x-amz-id-2': token(random, 24),
    },
  };
}

function onBucket({ random }: Context, more: Json = {}): Body {
  return { request: { bucketName: bucket(random), Host: 's3.amazonaws.com', ...more } };
}

function onKey({ random, account, region }: Context): Body {
  const keyId = `arn:aws:kms:${region}:${account}:key/${uuid(random)}`;
  return {
    request: {
      keyId,
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${bucket(random)}` },
    },
    resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: keyId }],
  };
}

function onRole({ random, account }: Context): Body {
  const roleArn = `arn:aws:iam::${account}:role/${pick(random, ['deploy', 'data-pipeline', 'eks-node'])}`;
  return {
    request: { roleArn, roleSessionName: `session-${random(10_000)}`, durationSeconds: 3600 },
    response: {
      credentials: {
        accessKeyId: `ASIA${token(random, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
        sessionToken: token(random, 60),
        expiration: 'Jan 1, 2026, 1:00:00 PM',
      },
      assumedRoleUser: { assumedRoleId: `AROA${token(random, 17)}:session`, arn: `${roleArn}/session` },
    },
    resources: [{ accountId: account, type: 'AWS::IAM::Role', ARN: roleArn }],
  };
}

function onInstances({ random }: Context): Body {
  const ids = Array.from({ length: 1 + random(3) }, () => ({ instanceId: instance(random) }));
  const filters = [{ name: 'tag:Environment', valueSet: items([{ value: pick(random, ['prod', 'test']) }]) }];
  return { request: { instancesSet: items(ids), filterSet: items(filters) } };
}

function onNewInstance({ random, region }: Context): Body {
  const tags = [
    { key: 'Name', value: `worker-${random(1000)}` },
    { key: 'Environment', value: 'prod' },
  ];
  return {
    request: {
      instancesSet: items([{ imageId: `ami-0${token(random, 16)}`, minCount: 1, maxCount: 1 }]),
      instanceType: pick(random, ['t3.medium', 'm6i.large', 'c7g.xlarge']),
      blockDeviceMapping: {},
      tagSpecificationSet: items([{ resourceType: 'instance', tags }]),
      clientToken: uuid(random),
    },
    response: {
      requestId: uuid(random),
      reservationId: `r-0${token(random, 16)}`,
      instancesSet: items([
        { instanceId: instance(random), placement: { availabilityZone: `${region}a` }, ebsOptimized: false },
      ]),
    },
  };
}

function onSecurityGroup({ random }: Context): Body {
  const permission = {
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    ipRanges: items([{ cidrIp: `10.${random(256)}.0.0/16`, description: 'from the office' }]),
    ipv6Ranges: {},
    prefixListIds: {},
  };
  return {
    request: { groupId: `sg-0${token(random, 16)}`, ipPermissions: items([permission]) },
    response: { requestId: uuid(random), _return: true },
  };
}

function onUser({ random, account }: Context): Body {
  const userName = `user${String(random(300)).padStart(3, '0')}`;
  return {
    request: { userName, policyArn: `arn:aws:iam::${account}:policy/team-${random(40)}` },
    response: { user: { userName, path: '/', arn: `arn:aws:iam::${account}:user/${userName}` } },
  };
}

function onSignIn({ random }: Context): Body {
  const response = { ConsoleLogin: random(20) === 0 ? 'Failure' : 'Success' };
  const additional = {
    LoginTo: 'https://console.aws.amazon.com/console/home',
    MobileVersion: 'No',
    MFAUsed: 'Yes',
  };
  return { response, additional };
}

function onLogEvents({ random }: Context): Body {
  const logGroupName = `/aws/lambda/${pick(random, ['resize', 'invoice', 'notify'])}`;
  return { request: { logGroupName, logStreamName: `2026/01/01/[$LATEST]${token(random, 32)}` } };
}

const S3 = 's3.amazonaws.com';
const EC2 = 'ec2.amazonaws.com';
const IAM = 'iam.amazonaws.com';
const KMS = 'kms.amazonaws.com';
const LOGS = 'logs.amazonaws.com';

function call(
  source: string,
  name: string,
  share: number,
  build: Call['build'],
  more: Partial<Call> = {},
): Call {
  const reads = /^(Get|List|Describe|Head|Decrypt|Assume)/.test(name);
  return { source, name, share, build, reads, ...more };
}

export const CALLS: readonly Call[] = [
  call(S3, 'GetObject', 180, onObject, { data: true }),
  call(S3, 'PutObject', 90, onObject, { data: true }),
  call(S3, 'HeadObject', 60, onObject, { data: true }),
  call(S3, 'DeleteObject', 12, onObject, { data: true }),
  call(S3, 'ListObjects', 40, (context) => onBucket(context, { 'list-type': '2', prefix: 'year=2026/' }), {
    data: true,
  }),
  call(S3, 'GetBucketAcl', 40, (context) => onBucket(context, { acl: '' })),
  call(S3, 'PutBucketPolicy', 2, (context) =>
    onBucket(context, {
      bucketPolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Principal: { AWS: '*' } }],
      },
    }),
  ),
  call(S3, 'CreateBucket', 2, (context) => onBucket(context)),
  call(KMS, 'Decrypt', 120, onKey),
  call(KMS, 'GenerateDataKey', 60, onKey, { reads: true }),
  call(KMS, 'DisableKey', 1, onKey),
  // Answered, though it reads: the answer holds the credentials.
  call('sts.amazonaws.com', 'AssumeRole', 120, onRole, { reads: false }),
  call('sts.amazonaws.com', 'GetCallerIdentity', 20, () => ({})),
  call(EC2, 'DescribeInstances', 90, onInstances),
  call(EC2, 'DescribeNetworkInterfaces', 30, onInstances),
  call(EC2, 'RunInstances', 10, onNewInstance),
  call(EC2, 'TerminateInstances', 8, onInstances),
  call(EC2, 'AuthorizeSecurityGroupIngress', 3, onSecurityGroup),
  call(IAM, 'ListAttachedUserPolicies', 20, onUser, { global: true }),
  call(IAM, 'AttachUserPolicy', 2, onUser, { global: true }),
  call(IAM, 'CreateUser', 2, onUser, { global: true }),
  call(IAM, 'CreateAccessKey', 2, onUser, { global: true }),
  call(LOGS, 'CreateLogStream', 40, onLogEvents),
  call(LOGS, 'DescribeLogGroups', 20, onLogEvents),
  call('signin.amazonaws.com', 'ConsoleLogin', 6, onSignIn, { global: true, type: 'AwsConsoleSignIn' }),
];
