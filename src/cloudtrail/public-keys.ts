/**
 * The keys that CloudTrail signs digests with: what `aws cloudtrail list-public-keys` prints.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
 */
import crypto from 'node:crypto';
import { parseTimestamp, wholeMs } from '../base/instant.ts';
import { JsonArray, JsonNumber, JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';
import { quote } from '../base/text-safety.ts';

/** Plain data. Times in milliseconds since 1970. */
export type PublicKey = { fingerprint: string; pkcs1Base64: string; from: number; until: number };

/** Nothing but what the command prints: a list of keys holds no events, and what holds events is read as a log. */
export function isKeyList(document: JsonValue): boolean {
  return (
    document instanceof JsonObject &&
    document.members.every(
      ({ key, value }) =>
        (key === 'PublicKeyList' && value instanceof JsonArray && value.elements.every(isListedKey)) ||
        (key === 'NextToken' && !isCollection(value)),
    ) &&
    document.get('PublicKeyList') !== undefined
  );
}

const KEY_MEMBERS = ['Value', 'Fingerprint', 'ValidityStartTime', 'ValidityEndTime'];

function isListedKey(value: JsonValue): boolean {
  return (
    value instanceof JsonObject &&
    value.get('Fingerprint') !== undefined &&
    value.members.every((member) => KEY_MEMBERS.includes(member.key) && !isCollection(member.value))
  );
}

function isCollection(value: JsonValue): boolean {
  return value instanceof JsonArray || value instanceof JsonObject;
}

/** `wrong` is told everything that is wrong with the list. */
export function parsePublicKeys(bytes: Uint8Array, wrong: (message: string) => void): PublicKey[] {
  let document: JsonValue;
  try {
    document = parseJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    wrong(`is no JSON: expected ${error.expected}, found ${error.found} at byte ${error.at}`);
    return [];
  }
  const list = document instanceof JsonObject ? document.get('PublicKeyList') : document;
  if (!(list instanceof JsonArray)) {
    wrong('expected what "aws cloudtrail list-public-keys" prints, found no "PublicKeyList"');
    return [];
  }
  if (list.elements.length === 0)
    wrong('holds no key: list those of the time of your digests with --start-time and --end-time');
  return list.elements.flatMap((entry, index) => {
    const key = toKey(entry, (message) => wrong(`PublicKeyList[${index}]: ${message}`));
    return key === undefined ? [] : [key];
  });
}

function toKey(entry: JsonValue, wrong: (message: string) => void): PublicKey | undefined {
  if (!(entry instanceof JsonObject)) {
    wrong('expected an object');
    return undefined;
  }
  const value = entry.get('Value');
  const fingerprint = entry.get('Fingerprint');
  const from = toTime(entry.get('ValidityStartTime'));
  const until = toTime(entry.get('ValidityEndTime'));
  if (typeof value !== 'string' || typeof fingerprint !== 'string') {
    wrong('expected the texts "Value" and "Fingerprint"');
    return undefined;
  }
  if (from === undefined || until === undefined) {
    wrong('expected the times "ValidityStartTime" and "ValidityEndTime"');
    return undefined;
  }
  const der = Buffer.from(value, 'base64');
  const own = fingerprintOf(der);
  if (own !== fingerprint.toLowerCase()) {
    wrong(`the key's fingerprint is ${own}, expected the one named beside it, ${quote(fingerprint)}`);
    return undefined;
  }
  if (toKeyObject(value) === undefined) {
    wrong('"Value" is no RSA public key (base64 of PKCS#1 DER)');
    return undefined;
  }
  return { fingerprint: own, pkcs1Base64: value, from, until };
}

/** MD5 of the PKCS#1 DER: a name, nothing rests on it. */
export function fingerprintOf(der: Uint8Array): string {
  return crypto.createHash('md5').update(der).digest('hex');
}

export function toKeyObject(pkcs1Base64: string): crypto.KeyObject | undefined {
  try {
    return crypto.createPublicKey({ key: Buffer.from(pkcs1Base64, 'base64'), format: 'der', type: 'pkcs1' });
  } catch {
    return undefined;
  }
}

/** Version 1 of the command prints seconds since 1970, version 2 ISO 8601. */
function toTime(value: JsonValue | undefined): number | undefined {
  const text = value instanceof JsonNumber ? value.lexeme : value;
  if (typeof text !== 'string') return undefined;
  const parsed = parseTimestamp(text.replace(/^(-?\d+\.\d{9})\d+$/, '$1'));
  return parsed.problem === undefined ? wholeMs(parsed.instant) : undefined;
}
