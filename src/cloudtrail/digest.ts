/**
 * One CloudTrail digest file as plain data: what it says of itself, of its predecessor and of the log files of its hour.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
import { parseTimestamp, wholeMs } from '../base/instant.ts';
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';
import { count, quote } from '../base/text-safety.ts';
import { type DigestName, parseDigestName } from './object-names.ts';

export type ListedFile = { object: string; hash: string; hashAlgorithm: string };

export type PreviousDigest = { object: string; hash: string; hashAlgorithm: string };

export type Digest = DigestName & {
  /** Milliseconds since 1970, as `end`. */
  start: number;
  /** As written: it is signed so. */
  endText: string;
  bucket: string;
  object: string;
  fingerprint: string;
  signatureAlgorithm: string;
  /** Undefined for the first digest after logging began. */
  previous: PreviousDigest | undefined;
  /** Hex; undefined where the digest has null there. */
  previousSignature: string | undefined;
  files: ListedFile[];
};

/** The members by which a digest is known whatever its file is called. */
const MARKS = ['awsAccountId', 'digestStartTime', 'digestEndTime', 'digestS3Object', 'logFiles'];

/** S3 keys have at most 1,024 bytes, a signature of RSA-4096 1,024 hex digits. */
const MAX_TEXT = 4096;

export function isDigest(document: JsonValue): boolean {
  return document instanceof JsonObject && MARKS.every((key) => document.get(key) !== undefined);
}

/** What is wrong in words, where the document is no digest that can be worked with. */
export function parseDigest(document: JsonObject): Digest | string {
  const problems: string[] = [];
  const members = new Members(document, '', problems);
  const endText = members.text('digestEndTime');
  const object = members.text('digestS3Object');
  const start = members.time('digestStartTime');
  const end = members.time('digestEndTime');
  const digest = {
    start,
    endText,
    bucket: members.text('digestS3Bucket'),
    object,
    fingerprint: members.text('digestPublicKeyFingerprint'),
    signatureAlgorithm: members.text('digestSignatureAlgorithm'),
    previous: toPrevious(members),
    previousSignature: members.optional('previousDigestSignature'),
    files: toFiles(document.get('logFiles'), problems),
  };
  const account = members.text('awsAccountId');
  const name = parseDigestName(object);
  if (problems.length === 0) {
    if (name === undefined) problems.push(`digestS3Object ${quote(object)} is no name of a digest`);
    else if (name.account !== account)
      problems.push(`expected the awsAccountId of its name, ${name.account}, found ${quote(account)}`);
    else if (name.end !== end)
      problems.push(`expected the digestEndTime of its name, found ${quote(endText)}`);
    else if (start >= end) problems.push('expected digestStartTime before digestEndTime');
  }
  if (problems.length > 0 || name === undefined) return summarize(problems);
  return { ...name, ...digest };
}

function summarize(problems: readonly string[]): string {
  const shown = problems.slice(0, 3).join('; ');
  return problems.length > 3 ? `${shown}; and ${count(problems.length - 3, 'more', 'more')}` : shown;
}

function toPrevious(members: Members): PreviousDigest | undefined {
  const object = members.optional('previousDigestS3Object');
  const hash = members.optional('previousDigestHashValue');
  const hashAlgorithm = members.optional('previousDigestHashAlgorithm');
  if (object === undefined) return undefined;
  return { object, hash: (hash ?? '').toLowerCase(), hashAlgorithm: hashAlgorithm ?? '' };
}

function toFiles(value: JsonValue | undefined, problems: string[]): ListedFile[] {
  if (!(value instanceof JsonArray)) {
    problems.push('expected a list "logFiles"');
    return [];
  }
  return value.elements.flatMap((element, index): ListedFile[] => {
    if (!(element instanceof JsonObject)) {
      problems.push(`expected an object at logFiles[${index}]`);
      return [];
    }
    const members = new Members(element, `logFiles[${index}].`, problems);
    return [
      {
        object: members.text('s3Object'),
        hash: members.text('hashValue').toLowerCase(),
        hashAlgorithm: members.text('hashAlgorithm'),
      },
    ];
  });
}

/** Reads members as what they must be, and says what they are instead. */
class Members {
  private readonly object: JsonObject;
  private readonly prefix: string;
  private readonly problems: string[];

  constructor(object: JsonObject, prefix: string, problems: string[]) {
    this.object = object;
    this.prefix = prefix;
    this.problems = problems;
    // One parser would read the first of two, another the second.
    for (const key of object.duplicateKeys()) problems.push(`${quote(prefix + key)} stands there twice`);
  }

  text(key: string): string {
    const value = this.object.get(key);
    if (typeof value === 'string' && value.length <= MAX_TEXT) return value;
    this.problems.push(`expected a text ${quote(this.prefix + key)}`);
    return '';
  }

  optional(key: string): string | undefined {
    const value = this.object.get(key);
    return value === null || value === undefined ? undefined : this.text(key);
  }

  time(key: string): number {
    const value = this.object.get(key);
    const parsed = typeof value === 'string' ? parseTimestamp(value) : undefined;
    if (parsed !== undefined && parsed.problem === undefined) return wholeMs(parsed.instant);
    this.problems.push(`expected a time ${quote(this.prefix + key)}`);
    return Number.NaN;
  }
}
