/**
 * CloudTrail buckets made by the hour: log files, digests in AWS's exact form (minified JSON with escaped slashes, RSA-2048
 * signatures over AWS's string), metadata of the newest digest, and the list of public keys. Tests only.
 */
import crypto from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

export type Signer = { privateKey: crypto.KeyObject; pkcs1: Buffer; fingerprint: string };

/** A key like those of AWS: RSA with 2,048 bits. */
export function makeSigner(): Signer {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pkcs1 = publicKey.export({ format: 'der', type: 'pkcs1' });
  return { privateKey, pkcs1, fingerprint: crypto.createHash('md5').update(pkcs1).digest('hex') };
}

export type TrailPlan = {
  accounts: readonly string[];
  regions: readonly string[];
  hours: number;
  /** Milliseconds since 1970; the first digest begins then. */
  start?: number;
  trail?: string;
  /** Before the account in every key: `o-abc123/`. */
  organization?: string;
  isQuiet?: (hour: number) => boolean;
  signer: Signer;
};

export type MadeFile = { key: string; file: string; text: string };

export type MadeDigest = MadeFile & {
  /** `account/region` */
  stream: string;
  hour: number;
  signature: string;
  logs: MadeFile[];
};

export type MadeTrail = {
  folder: string;
  keysFile: string;
  /** By `account/region`, each in order of time. */
  streams: Map<string, MadeDigest[]>;
};

const BUCKET = 'example-trail-logs';
const HOUR_MS = 3_600_000;
export const TRAIL_START = Date.UTC(2026, 2, 1);

/** Writes below `folder`, and the keys into `keys.json` beside it. */
export function makeTrail(folder: string, plan: TrailPlan): MadeTrail {
  const streams = new Map<string, MadeDigest[]>();
  for (const account of plan.accounts) {
    for (const region of plan.regions)
      streams.set(`${account}/${region}`, makeStream(folder, plan, account, region));
  }
  const keysFile = path.join(path.dirname(folder), `${path.basename(folder)}-keys.json`);
  writeFileSync(keysFile, keyList([plan.signer]));
  return { folder, keysFile, streams };
}

export function keyList(
  signers: readonly Signer[],
  from = '2026-01-01T00:00:00+00:00',
  until = '2027-01-01T00:00:00+00:00',
): string {
  const entries = signers.map(({ pkcs1, fingerprint }) => ({
    Value: pkcs1.toString('base64'),
    ValidityStartTime: from,
    ValidityEndTime: until,
    Fingerprint: fingerprint,
  }));
  return JSON.stringify({ PublicKeyList: entries }, null, 4);
}

function makeStream(folder: string, plan: TrailPlan, account: string, region: string): MadeDigest[] {
  const { hours, start = TRAIL_START, isQuiet = () => false, organization = '' } = plan;
  const root = `AWSLogs/${organization}${account}`;
  const digests: MadeDigest[] = [];
  for (let hour = 0; hour < hours; hour++) {
    const from = start + hour * HOUR_MS;
    const logs = isQuiet(hour) ? [] : makeLogs(folder, root, account, region, from, hour);
    digests.push(
      makeDigest(folder, root, plan, { account, region, from, hour, logs, previous: digests.at(-1) }),
    );
  }
  const newest = digests.at(-1);
  if (newest !== undefined) writeMetadata(newest);
  return digests;
}

/** As `aws s3api head-object` prints it. */
export function writeMetadata({ file, signature }: MadeDigest, changed: Record<string, string> = {}): string {
  const place = `${file}.metadata.json`;
  const Metadata = { signature, 'signature-algorithm': 'SHA256withRSA', ...changed };
  writeFileSync(
    place,
    JSON.stringify(
      { AcceptRanges: 'bytes', ContentType: 'application/json', ContentEncoding: 'gzip', Metadata },
      null,
      4,
    ),
  );
  return place;
}

function makeLogs(
  folder: string,
  root: string,
  account: string,
  region: string,
  from: number,
  hour: number,
): MadeFile[] {
  const amount = 1 + (hour % 2);
  return Array.from({ length: amount }, (_, index) => {
    const time = from + (10 + index * 25) * 60_000;
    const id = crypto.createHash('sha256').update(`${account}${region}${time}`).digest('base64url');
    const unique = id.replace(/[^A-Za-z0-9]/g, 'x').slice(0, 16);
    const key = `${root}/CloudTrail/${region}/${dayOf(time)}/${account}_CloudTrail_${region}_${compact(time).slice(0, 13)}Z_${unique}.json.gz`;
    const text = JSON.stringify({ Records: [makeEvent(account, region, time - 120_000, unique)] });
    return { key, file: writePacked(folder, key, text), text };
  });
}

export function makeEvent(
  account: string,
  region: string,
  time: number,
  unique: string,
): Record<string, unknown> {
  return {
    eventVersion: '1.08',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEANN',
      arn: `arn:aws:iam::${account}:user/ann`,
      accountId: account,
      userName: 'ann',
    },
    eventTime: new Date(time).toISOString().replace('.000', ''),
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    awsRegion: region,
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.15.0',
    requestParameters: { instancesSet: {} },
    responseElements: null,
    requestID: `r-${unique}`,
    eventID: `e-${unique}`,
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
}

type DigestPlan = {
  account: string;
  region: string;
  from: number;
  hour: number;
  logs: MadeFile[];
  previous: MadeDigest | undefined;
};

function makeDigest(
  folder: string,
  root: string,
  { signer, trail = 'main-trail' }: TrailPlan,
  { account, region, from, hour, logs, previous }: DigestPlan,
): MadeDigest {
  const end = from + HOUR_MS;
  const key = `${root}/CloudTrail-Digest/${region}/${dayOf(end)}/${account}_CloudTrail-Digest_${region}_${trail}_${region}_${compact(end)}.json.gz`;
  const content = {
    awsAccountId: account,
    digestStartTime: iso(from),
    digestEndTime: iso(end),
    digestS3Bucket: BUCKET,
    digestS3Object: key,
    digestPublicKeyFingerprint: signer.fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: logs.length > 0 ? iso(end - 60_000) : null,
    oldestEventTime: logs.length > 0 ? iso(from) : null,
    previousDigestS3Bucket: previous === undefined ? null : BUCKET,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous === undefined ? null : sha256(previous.text),
    previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
    previousDigestSignature: previous?.signature ?? null,
    logFiles: logs.map((log) => ({
      s3Bucket: BUCKET,
      s3Object: log.key,
      hashValue: sha256(log.text),
      hashAlgorithm: 'SHA-256',
      newestEventTime: iso(end - 60_000),
      oldestEventTime: iso(from),
    })),
  };
  const text = toJavaJson(content);
  const signature = sign(text, signer);
  return {
    key,
    file: writePacked(folder, key, text),
    text,
    stream: `${account}/${region}`,
    hour,
    signature,
    logs,
  };
}

/** AWS writes digests with a Java library that escapes slashes. */
export function toJavaJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('/', '\\/');
}

/** The signature over a digest's text, in hex: written out here, so that it does not share mistakes with what it tests. */
export function sign(text: string, { privateKey }: Signer): string {
  const { digestEndTime, digestS3Bucket, digestS3Object, previousDigestSignature } = JSON.parse(text);
  const lines = [
    digestEndTime,
    `${digestS3Bucket}/${digestS3Object}`,
    sha256(text),
    previousDigestSignature === null ? 'null' : previousDigestSignature,
  ];
  return crypto.sign('sha256', Buffer.from(lines.join('\n')), privateKey).toString('hex');
}

export function sha256(text: string): string {
  return crypto.createHash('sha256').update(text).digest('hex');
}

export function writePacked(folder: string, key: string, text: string): string {
  const file = path.join(folder, key);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(text));
  return file;
}

function iso(time: number): string {
  return new Date(time).toISOString().replace('.000', '');
}

/** `20260301T040000Z` */
function compact(time: number): string {
  return iso(time).replace(/[-:]/g, '');
}

function dayOf(time: number): string {
  return iso(time).slice(0, 10).replaceAll('-', '/');
}
