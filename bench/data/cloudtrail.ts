/**
 * Deterministic AWS CloudTrail events, about 1.5 kB each, in the shape that AWS documents:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import fs from 'node:fs';
import path from 'node:path';
import { CALLS, type Call } from './cloudtrail-calls.ts';
import { createRandom, pick, type Random, token, uuid } from './random.ts';
import { writeLines } from './write-set.ts';

/** Of the first event; five events a second on average. CloudTrail tells whole seconds. */
const START_MS = Date.UTC(2026, 0, 1);
const MAX_STEP_MS = 400;
const ACCOUNTS = ['111122223333', '444455556666', '777788889999', '123456789012'];
const REGIONS = ['us-east-1', 'us-east-1', 'us-east-1', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'];
const ROLES = ['deploy', 'ci-runner', 'read-only', 'data-pipeline', 'eks-node', 'support', 'billing-export'];
const AGENTS = [
  'aws-sdk-go-v2/1.24.1 os/linux lang/go#1.21.6 md/GOOS#linux md/GOARCH#amd64 api/s3#1.48.1',
  'Boto3/1.34.14 md/Botocore#1.34.14 ua/2.0 os/linux#5.10.205-195.807.amzn2.x86_64 md/arch#x86_64 lang/python#3.11.7 md/pyimpl#CPython cfg/retry-mode#standard Botocore/1.34.14',
  'APN/1.0 HashiCorp/1.0 Terraform/1.6.6 (+https://www.terraform.io) terraform-provider-aws/5.31.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.24.0',
  'aws-cli/2.15.8 Python/3.11.6 Linux/6.1.66-91.160.amzn2023.x86_64 exe/x86_64.amzn.2023 prompt/off command/s3.cp',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
];
/** How a refused call is told, by what it says after the caller. */
const REFUSALS: readonly [code: string, words: string][] = [
  ['AccessDenied', 'is not authorized to perform this action because no identity-based policy allows it'],
  ['Client.UnauthorizedOperation', 'You are not authorized to perform this operation'],
  ['ThrottlingException', 'Rate exceeded'],
  ['ResourceNotFoundException', 'The specified resource does not exist'],
  ['ValidationException', 'The request is not valid'],
];
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const TOTAL_SHARE = CALLS.reduce((sum, { share }) => sum + share, 0);

type Json = Record<string, unknown>;

/** Writes the events one a line, unless the file is there. Returns its path. */
export function writeCloudtrail(cache: string, amount: number): string {
  const file = path.join(cache, `cloudtrail-${amount}.ndjson`);
  if (!fs.existsSync(file)) writeLines(file, cloudtrailEvents(amount));
  return file;
}

/** Writes the same events as CloudTrail delivers them: `{"Records": […]}`, `perFile` in a file, on one line. */
export function writeCloudtrailArrays(
  cache: string,
  amount: number,
  perFile: number,
): { folder: string; bytes: number } {
  const folder = path.join(cache, `cloudtrail-${amount}-arrays-of-${perFile}`);
  if (!fs.existsSync(folder)) {
    const temporary = `${folder}.${process.pid}.tmp`;
    fs.mkdirSync(temporary, { recursive: true });
    let records: string[] = [];
    let files = 0;
    const write = () => {
      const name = `trail-${String(files++).padStart(5, '0')}.json`;
      fs.writeFileSync(path.join(temporary, name), `{"Records":[${records.join(',')}]}`);
      records = [];
    };
    for (const event of cloudtrailEvents(amount)) {
      records.push(event);
      if (records.length === perFile) write();
    }
    if (records.length > 0) write();
    fs.renameSync(temporary, folder);
  }
  const sizes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  return { folder, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function* cloudtrailEvents(amount: number): Generator<string> {
  const random = createRandom(2);
  let time = START_MS;
  for (let index = 0; index < amount; index++) {
    time += random(MAX_STEP_MS);
    yield JSON.stringify(toEvent(time, random));
  }
}

function toEvent(time: number, random: Random): Json {
  const call = chooseCall(random(TOTAL_SHARE));
  const account = pick(random, ACCOUNTS);
  const region = call.global ? 'us-east-1' : pick(random, REGIONS);
  const context = { account, region, random };
  const { identity, address, agent } = toCaller(call, account, time, random);
  const refused = random(33) === 0 ? pick(random, REFUSALS) : undefined;
  const { request, response, resources, additional } = call.build(context);
  const [service] = call.source.split('.');
  return {
    eventVersion: pick(random, ['1.08', '1.09', '1.09', '1.10']),
    userIdentity: identity,
    eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`,
    eventSource: call.source,
    eventName: call.name,
    awsRegion: region,
    sourceIPAddress: address,
    userAgent: agent,
    ...(refused !== undefined && { errorCode: refused[0], errorMessage: refused[1] }),
    requestParameters: request ?? null,
    responseElements: refused !== undefined || call.reads ? null : (response ?? null),
    ...(additional !== undefined && { additionalEventData: additional }),
    requestID: uuid(random),
    eventID: uuid(random),
    readOnly: call.reads,
    ...(resources !== undefined && { resources }),
    eventType: call.type ?? 'AwsApiCall',
    managementEvent: !call.data,
    recipientAccountId: account,
    ...(random(12) === 0 && { sharedEventID: uuid(random) }),
    ...(random(9) === 0 && { vpcEndpointId: `vpce-${token(random, 17)}` }),
    eventCategory: call.data ? 'Data' : 'Management',
    ...(!address.endsWith('.amazonaws.com') && {
      tlsDetails: {
        tlsVersion: random(4) === 0 ? 'TLSv1.2' : 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: `${service}.${region}.amazonaws.com`,
      },
    }),
  };
}

function chooseCall(draw: number): Call {
  let under = 0;
  for (const call of CALLS) {
    under += call.share;
    if (draw < under) return call;
  }
  throw new Error(`no call has the share ${draw}`);
}

/** Who called, in the forms of userIdentity, most of them roles. */
function toCaller(
  call: Call,
  account: string,
  time: number,
  random: Random,
): { identity: Json; address: string; agent: string } {
  const address = `${pick(random, [10, 54, 203])}.${random(256)}.${random(256)}.${random(256)}`;
  const agent = pick(random, AGENTS);
  const draw = call.type === 'AwsConsoleSignIn' ? 60 + random(25) : random(100);
  if (draw < 60) return { identity: toRole(account, time, random), address, agent };
  if (draw < 82) {
    const userName = `user${String(random(300)).padStart(3, '0')}`;
    const identity = {
      type: 'IAMUser',
      principalId: `AIDA${fixed(account, userName)}`,
      arn: `arn:aws:iam::${account}:user/${userName}`,
      accountId: account,
      accessKeyId: `AKIA${fixed(account, userName)}`,
      userName,
    };
    return { identity, address, agent };
  }
  // Rare, as it should be.
  if (draw === 82 && random(200) === 0) {
    const arn = `arn:aws:iam::${account}:root`;
    return { identity: { type: 'Root', principalId: account, arn, accountId: account }, address, agent };
  }
  if (draw < 94) {
    const invokedBy = pick(random, ['autoscaling', 'cloudtrail', 'config', 'lambda', 'ecs-tasks']);
    const name = `${invokedBy}.amazonaws.com`;
    return { identity: { type: 'AWSService', invokedBy: name }, address: name, agent: name };
  }
  if (draw < 97) {
    const identity = {
      type: 'AWSAccount',
      principalId: `AROA${token(random, 17, UPPER)}`,
      accountId: '999900001111',
    };
    return { identity, address, agent };
  }
  const email = `person${random(400)}@example.com`;
  const identity = {
    type: 'SAMLUser',
    principalId: `${fixed(account, 'saml')}:${email}`,
    userName: email,
    identityProvider: 'https://idp.example.com/saml2',
  };
  return { identity, address, agent };
}

function toRole(account: string, time: number, random: Random): Json {
  const role = pick(random, ROLES);
  const session =
    role === 'ci-runner' ? `run-${random(500)}` : `i-0${fixed(account, `${role}${random(64)}`)}`;
  const id = `AROA${fixed(account, role)}`;
  // A session lasts an hour here: its key and its beginning stay the same that long.
  const begun = time - (time % 3_600_000);
  return {
    type: 'AssumedRole',
    principalId: `${id}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    accessKeyId: `ASIA${fixed(account, `${role}${begun}`)}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: id,
        arn: `arn:aws:iam::${account}:role/${role}`,
        accountId: account,
        userName: role,
      },
      attributes: {
        creationDate: `${new Date(begun).toISOString().slice(0, 19)}Z`,
        mfaAuthenticated: role === 'support' ? 'true' : 'false',
      },
      ...(role === 'eks-node' && { ec2RoleDelivery: '2.0' }),
    },
  };
}

/** Sixteen characters that are the same for the same account and name, as an identifier's are. */
function fixed(account: string, name: string): string {
  let seed = 0;
  for (const character of account + name) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) | 0;
  return token(createRandom(seed), 16, UPPER);
}
