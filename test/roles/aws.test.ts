/** IAM policies as grants, CloudTrail events as IAM requests, and a real trail against account details made for it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { AccessLedger } from '../../src/roles/access-ledger.ts';
import { awsAccess } from '../../src/roles/aws-access.ts';
import { cloudTrailSibling, neverShownByCloudTrail, toIamActions } from '../../src/roles/aws-services.ts';
import { sharedData } from '../support/shared-data.ts';
import { valuesOf } from './access-values.ts';
import { decider, problemsOf, tableOf } from './made-tables.ts';

const ANN = 'arn:aws:iam::123456789012:user/ann';

/** A policy variable. */
const USERNAME = `$${'{aws:username}'}`;

function details(statements: readonly object[], more: object = {}): string {
  const PolicyDocument = { Version: '2012-10-17', Statement: statements };
  const user = { UserName: 'ann', Arn: ANN, UserPolicyList: [{ PolicyName: 'p', PolicyDocument }], ...more };
  return JSON.stringify({ UserDetailList: [user] });
}

describe('readAuthorizationDetails()', () => {
  test('grants by Action and NotAction, Resource and NotResource, with wildcards, case ignored in actions alone', () => {
    const decide = decider(
      tableOf(
        details([
          { Effect: 'Allow', Action: 'EC2:Describe*', Resource: '*' },
          { Effect: 'Allow', NotAction: ['ec2:*', 'iam:*'], Resource: 'arn:aws:rds:*:*:db:Test-?' },
          { Effect: 'Allow', Action: 'iam:GetUser', NotResource: ['arn:aws:iam::123456789012:user/root*'] },
        ]),
      ),
    );
    const verdict = (action: string, resource?: string) => decide(ANN, action, resource).verdict;
    assert.equal(verdict('ec2:describeInstances', undefined), 'allowed');
    assert.equal(verdict('ec2:RunInstances', 'x'), 'denied');
    assert.equal(verdict('rds:DeleteDBInstance', 'arn:aws:rds:eu-west-1:1:db:Test-1'), 'allowed');
    assert.equal(verdict('rds:DeleteDBInstance', 'arn:aws:rds:eu-west-1:1:db:test-1'), 'denied');
    assert.equal(verdict('rds:DeleteDBInstance', undefined), 'undetermined');
    assert.equal(verdict('iam:GetUser', 'arn:aws:iam::123456789012:user/bob'), 'allowed');
    assert.equal(verdict('iam:GetUser', 'arn:aws:iam::123456789012:user/root1'), 'denied');
  });

  test('lets Deny beat Allow, and leaves conditions and policy variables undetermined', () => {
    const decide = decider(
      tableOf(
        details([
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'iam:DeleteUser', Resource: '*' },
          {
            Effect: 'Deny',
            Action: 'iam:CreateUser',
            Resource: '*',
            Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
          },
          {
            Effect: 'Deny',
            Action: 'iam:CreateAccessKey',
            NotResource: `arn:aws:iam::*:user/${USERNAME}`,
          },
        ]),
      ),
    );
    assert.equal(decide(ANN, 'iam:DeleteUser').verdict, 'denied');
    assert.deepEqual(decide(ANN, 'iam:CreateUser').reasons, [
      'a condition decides ("aws:MultiFactorAuthPresent")',
    ]);
    assert.deepEqual(decide(ANN, 'iam:CreateAccessKey', `${ANN}x`).reasons, [
      `a policy variable decides ("${USERNAME}")`,
    ]);
    assert.equal(decide(ANN, 'iam:GetUser').verdict, 'allowed');
  });

  test('leaves what a permissions boundary may forbid undetermined, and what nothing allows denied', () => {
    const boundary = {
      PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/b' },
    };
    const decide = decider(
      tableOf(details([{ Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' }], boundary)),
    );
    assert.match(decide(ANN, 'iam:GetUser').reasons[0]!, /permissions boundary .*policy\/b/);
    assert.equal(decide(ANN, 'iam:DeleteUser').verdict, 'denied');
  });

  test('leaves undetermined what a policy of the resource may allow, and who belongs to another account', () => {
    const decide = decider(tableOf(details([])));
    assert.match(
      decide(ANN, 's3:GetObject', 'arn:aws:s3:::b/k').reasons[0]!,
      /policy of the resource itself/,
    );
    assert.equal(decide(ANN, 'ec2:RunInstances').verdict, 'denied');
    const foreign = decide('arn:aws:iam::999999999999:role/x', 'ec2:RunInstances');
    assert.deepEqual([foreign.verdict, foreign.known], ['undetermined', true]);
    assert.equal(decide('arn:aws:iam::123456789012:user/eve', 'ec2:RunInstances').known, false);
    assert.equal(decide('arn:aws:iam::123456789012:root', 'iam:DeleteUser').verdict, 'allowed');
  });

  test('takes the default version of managed policies, of users, groups and roles, percent-encoded or not', () => {
    const text = readFileSync(new URL('data/account-details.json', import.meta.url), 'utf8');
    const decide = decider(tableOf(text));
    const user = (name: string) => `arn:aws:iam::123837392027:user/${name}`;
    assert.equal(decide(user('bert-jan'), 'ec2:RunInstances').verdict, 'allowed');
    assert.equal(decide(user('bert-jan'), 'rds:CreateDBSnapshot').verdict, 'denied');
    assert.equal(decide(user('bert-jan'), 'ssm:DeleteParameter', 'x').forbidden, true);
    const role = 'arn:aws:iam::123837392027:role/stratus-red-team-ec2-get-password-data-role';
    assert.equal(decide(role, 'ec2:GetPasswordData').verdict, 'allowed');
  });

  test('says what is attached and not in the file, and what is no policy', () => {
    const attached = { AttachedManagedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/X' }] };
    assert.match(
      decider(tableOf(details([], attached)))(ANN, 'ec2:RunInstances').reasons[0]!,
      /policy\/X" is attached, and not in the file/,
    );
    assert.match(
      problemsOf(details([{ Effect: 'allow', Action: '*', Resource: '*' }]))[0]!,
      /"Effect" of Allow or Deny, found "allow"/,
    );
    assert.match(
      problemsOf(details([{ Effect: 'Allow', Resource: '*' }]))[0]!,
      /needs "Action" or "NotAction"/,
    );
  });
});

test('toIamActions() maps events to the permissions they take', () => {
  const cases: [source: string, name: string, expected: readonly string[] | undefined][] = [
    ['s3', 'CopyObject', ['s3:GetObject', 's3:PutObject']],
    ['s3', 'ListObjectsV2', ['s3:ListBucket']],
    ['s3', 'HeadObject', ['s3:GetObject']],
    ['s3', 'ListBuckets', ['s3:ListAllMyBuckets']],
    ['lambda', 'UpdateFunctionCode20150331v2', ['lambda:UpdateFunctionCode']],
    ['lambda', 'ListFunctions20150331', ['lambda:ListFunctions']],
    ['lambda', 'Invoke', ['lambda:InvokeFunction']],
    ['cloudfront', 'CreateDistribution2020_05_31', ['cloudfront:CreateDistribution']],
    ['monitoring', 'PutMetricAlarm', ['cloudwatch:PutMetricAlarm']],
    ['email', 'SendEmail', ['ses:SendEmail']],
    ['iam', 'CreateUser', ['iam:CreateUser']],
    ['sts', 'GetCallerIdentity', []],
    ['signin', 'ConsoleLogin', undefined],
    ['dynamodb', 'ExecuteStatement', undefined],
    ['iam', 'Create User', undefined],
  ];
  for (const [source, name, expected] of cases)
    assert.deepEqual(toIamActions(`${source}.amazonaws.com`, name), expected, name);
});

test('what CloudTrail does not show is not called unused', () => {
  assert.match(neverShownByCloudTrail('iam:PassRole')!, /checked within other calls/);
  assert.equal(neverShownByCloudTrail('iam:CreateUser'), undefined);
  assert.equal(cloudTrailSibling('iam:CreateUser'), 'iam');
  assert.equal(cloudTrailSibling('s3:GetObject'), undefined);
  assert.equal(cloudTrailSibling('dynamodb:PutItem'), undefined);
  assert.equal(cloudTrailSibling('dynamodb:UpdateTable'), 'dynamodb');
});

describe('awsAccess', () => {
  const event = {
    eventVersion: '1.08',
    eventType: 'AwsApiCall',
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    userIdentity: { type: 'IAMUser', arn: ANN },
    requestParameters: { bucketName: 'b', key: 'k/x' },
  };
  const read = (changes: object) =>
    awsAccess.read(valuesOf(awsAccess, 'cloudtrail', { ...event, ...changes }));
  const first = (changes: object) => read(changes).requests[0]!;

  test('reads bucket and key, and both sides of a copy', () => {
    assert.deepEqual(first({}), {
      subject: ANN,
      groups: [],
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::b/k/x',
      recorded: 'allowed',
    });
    assert.equal(first({ eventName: 'ListObjectsV2' }).resource, 'arn:aws:s3:::b');
    const requestParameters = { bucketName: 'b', key: 'k', 'x-amz-copy-source': '/from/here?versionId=1' };
    assert.deepEqual(
      read({ eventName: 'CopyObject', requestParameters }).requests.map(({ action, resource }) => [
        action,
        resource,
      ]),
      [
        ['s3:GetObject', 'arn:aws:s3:::from/here'],
        ['s3:PutObject', 'arn:aws:s3:::b/k'],
      ],
    );
  });

  test('takes one ARN for the resource, and leaves several open', () => {
    const kms = { eventSource: 'kms.amazonaws.com', eventName: 'Decrypt' };
    assert.equal(
      first({ ...kms, resources: [{ ARN: 'arn:aws:kms:x:1:key/1' }] }).resource,
      'arn:aws:kms:x:1:key/1',
    );
    assert.equal(first({ ...kms, resources: [{ ARN: 'a' }, { ARN: 'b' }] }).resource, undefined);
  });

  test('finds the role behind a session, and says who is not judged', () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/session';
    assert.equal(
      first({ userIdentity: { type: 'AssumedRole', arn } }).subject,
      'arn:aws:iam::123456789012:role/deployer',
    );
    const issuer = { sessionIssuer: { arn: 'arn:aws:iam::123456789012:role/path/deployer' } };
    assert.equal(
      first({ userIdentity: { type: 'AssumedRole', arn, sessionContext: issuer } }).subject,
      'arn:aws:iam::123456789012:role/path/deployer',
    );
    assert.match(
      read({ userIdentity: { type: 'AWSService', invokedBy: 'x' } }).skip!,
      /service acted for itself/,
    );
    assert.match(read({ userIdentity: { type: 'FederatedUser', arn } }).skip!, /session policy/);
    assert.match(read({ eventType: 'AwsConsoleSignIn' }).skip!, /no call/);
    const isOpen = (record: object) => read(record).isOpen === true;
    assert.deepEqual(
      [
        isOpen({ userIdentity: { type: 'AWSService', invokedBy: 'x' } }),
        isOpen({ eventType: 'AwsConsoleSignIn' }),
        isOpen({ userIdentity: { type: 'FederatedUser', arn }, errorCode: 'AccessDenied' }),
        isOpen({ userIdentity: { type: 'FederatedUser', arn } }),
        isOpen({ userIdentity: { type: 'AWSAccount' } }),
      ],
      [false, false, false, true, true],
    );
  });

  test('takes a refusal for one of the roles only where the event says so', () => {
    const said = (errorCode?: string, errorMessage?: string, eventName = 'GetObject') => {
      const { recorded, denialDoubt } = first({ eventName, errorCode, errorMessage });
      return [recorded, denialDoubt === undefined ? '' : denialDoubt.split(' ').slice(0, 4).join(' ')];
    };
    assert.deepEqual(said(), ['allowed', '']);
    assert.deepEqual(said('ThrottlingException'), [undefined, '']);
    assert.deepEqual(said('AccessDenied'), ['denied', 'a service control policy,']);
    assert.deepEqual(
      said('AccessDenied', 'because no identity-based policy allows the s3:GetObject action'),
      ['denied', ''],
    );
    assert.deepEqual(said('AccessDenied', 'with an explicit deny in a service control policy'), [
      'denied',
      'a service control policy',
    ]);
    assert.deepEqual(said('Client.UnauthorizedOperation', 'because no session policy allows it'), [
      'denied',
      'the session policy refused,',
    ]);
    // One of the two permissions was refused, and nobody says which.
    assert.deepEqual(said('AccessDenied', '', 'CopyObject'), [undefined, '']);
  });
});

const trail = sharedData('aws-stratus-invictus/CloudTrail');

test('a real trail ties out against account details', {
  skip: trail === undefined && 'no sample data',
}, () => {
  const table = tableOf(readFileSync(new URL('data/account-details.json', import.meta.url), 'utf8'));
  const ledger = new AccessLedger(table, awsAccess);
  for (const file of readdirSync(trail!).sort()) {
    const { Records } = JSON.parse(readFileSync(`${trail}/${file}`, 'utf8')) as { Records: object[] };
    for (const [index, record] of Records.entries()) {
      const place = { file, line: 1, offset: index, length: 1 };
      ledger.add(valuesOf(awsAccess, 'cloudtrail', record), { time: 0n, place });
    }
  }
  const { events, requests, allowed, counts, skipped, roles } = ledger.summary({
    from: 0n,
    until: 2n ** 62n,
  });
  assert.deepEqual([events, requests, allowed], [628, 595, 421]);
  assert.deepEqual(counts, {
    outside: 57,
    'unknown-subject': 5,
    denied: 18,
    disagreement: 6,
    undetermined: 88,
  });
  assert.equal(
    skipped.reduce((sum, { count }) => sum + count, 0),
    33,
  );
  const engineering = roles.find(({ role }) => role.endsWith('policy/engineering'))!;
  assert.deepEqual(
    engineering.grants.map(({ action, use }) => [action, use]),
    [
      ['*', 'used'],
      ['iam:Get*', 'used'],
      ['iam:List*', 'used'],
      ['iam:PassRole', 'undetermined'],
      ['ec2:TerminateInstances', 'unused'],
      ['iam:CreateAccessKey', 'unused'],
    ],
  );
});
