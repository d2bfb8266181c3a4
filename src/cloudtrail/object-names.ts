/**
 * The names that CloudTrail gives its objects, and how a local copy of a bucket is matched with them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */

import { escapeControls } from '../base/text-safety.ts';

/** `account_CloudTrail-Digest_region_trail_homeRegion_time[_backfill].json[.gz]`; a trail's name may hold underscores. */
const DIGEST_NAME =
  /^(\d{12})_CloudTrail-Digest_([a-z0-9-]{1,40})_([A-Za-z0-9._-]{1,140})_([a-z0-9-]{1,40})_(\d{8}T\d{6}Z)(_backfill)?\.json(?:\.gz)?$/;
/** `account_CloudTrail_region_time_unique.json[.gz]` */
const LOG_NAME = /^(\d{12})_CloudTrail_([a-z0-9-]{1,40})_(\d{8}T\d{4}Z)_[A-Za-z0-9]{1,64}\.json(?:\.gz)?$/;
const COMPACT_TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?Z$/;

/** S3 keys have at most 1,024 bytes. */
const MAX_KEY = 1024;
const MAX_SHOWN = 320;

export const METADATA_SUFFIX = '.metadata.json';

/** Times in milliseconds since 1970. */
export type DigestName = {
  account: string;
  region: string;
  trail: string;
  homeRegion: string;
  end: number;
  backfill: boolean;
};

export type LogName = { account: string; region: string; time: number };

/** `place`: a path or a key; undefined where the name is none that CloudTrail gives. */
export function parseDigestName(place: string): DigestName | undefined {
  const match = DIGEST_NAME.exec(baseName(place));
  const end = match === null ? undefined : parseCompactTime(match[5]!);
  if (match === null || end === undefined) return undefined;
  const [, account, region, trail, homeRegion, , backfill] = match;
  return {
    account: account!,
    region: region!,
    trail: trail!,
    homeRegion: homeRegion!,
    end,
    backfill: backfill !== undefined,
  };
}

export function parseLogName(place: string): LogName | undefined {
  const match = LOG_NAME.exec(baseName(place));
  const time = match === null ? undefined : parseCompactTime(match[3]!);
  if (match === null || time === undefined) return undefined;
  return { account: match[1]!, region: match[2]!, time };
}

/** Digests of one stream form a chain; backfill digests one of their own. */
export function streamOf({ account, region, trail, homeRegion, backfill }: DigestName): string {
  const home = homeRegion === region ? '' : ` (home ${homeRegion})`;
  return `${account} ${region} ${trail}${home}${backfill ? ' (backfill)' : ''}`;
}

export function baseName(place: string): string {
  return place.slice(place.lastIndexOf('/') + 1);
}

/** The name under which a file is known whether it was decompressed or not. */
export function plainName(place: string): string {
  return baseName(place).replace(/\.gz$/, '');
}

/** A key or path in a message: longer than other values, and cut at its beginning, for it is their ends that differ. */
export function quoteKey(place: string): string {
  const shown = place.length <= MAX_SHOWN ? place : `…${place.slice(1 - MAX_SHOWN).toWellFormed()}`;
  return `"${escapeControls(shown).replaceAll('"', '\\"')}"`;
}

/** Whether a word means nothing to a shell. */
export function isPlainWord(text: string): boolean {
  return /^[A-Za-z0-9._/-]+$/.test(text) && text.length <= MAX_KEY;
}

/**
 * Whether a file lies where its key says. A copy of the bucket has the key at the end of its path, however much of the
 * prefix before `AWSLogs/` it kept; a file in a folder of another layout (all in one) is at its place by its name alone.
 */
export function isAtItsPlace(file: string, key: string): boolean {
  const wanted = tailOf(key);
  const found = tailOf(file);
  if (found === undefined || wanted === undefined) return plainName(file) === plainName(key);
  return found.replace(/\.gz$/, '') === wanted.replace(/\.gz$/, '');
}

/** From the last `AWSLogs/` on. */
function tailOf(place: string): string | undefined {
  const at = `/${place}`.lastIndexOf('/AWSLogs/');
  return at < 0 ? undefined : place.slice(at);
}

function parseCompactTime(text: string): number | undefined {
  const match = COMPACT_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0'] = match;
  const time = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second);
  const date = new Date(time);
  const isDay = date.getUTCMonth() === +month! - 1 && date.getUTCDate() === +day!;
  const isReal = isDay && +hour! < 24 && +minute! < 60;
  return isReal ? time : undefined;
}
