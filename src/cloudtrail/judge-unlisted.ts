/** Log files that no digest lists: planted among those of a digest's time, or outside of what the digests cover. */
import { wholeMs } from '../base/instant.ts';
import { compareText, count, quote } from '../base/text-safety.ts';
import type { KnownFile } from '../model/seal.ts';
import type { Digest } from './digest.ts';
import type { Issue } from './issues.ts';
import type { Hole } from './judge-chain.ts';
import type { ListedFiles } from './listed-files.ts';
import { baseName, parseLogName, quoteKey } from './object-names.ts';
import { showTime } from './times.ts';

/** What the digests of one stream cover. */
export type CoveredStream = { stream: string; digests: readonly Digest[]; holes: readonly Hole[] };

/** A log file without a seal, and whose it is: of a stream, or of an account and region without one. */
export type Unsealed = { file: KnownFile; stream: string | undefined; owner: string };

/** CloudTrail's own kind of log; what a trail of another kind delivers has no digests that list it here. */
const SOURCE = 'cloudtrail';

/**
 * The time in a log file's name is that of its making; the digest that lists it may be that of the next hour. Delivery
 * takes 5 minutes on average (CloudTrail User Guide), 15 at the most as it was documented before.
 */
const DELIVERY_MS = 15 * 60_000;

export function judgeUnlisted(
  files: readonly KnownFile[],
  listed: ListedFiles,
  streams: readonly CoveredStream[],
): { unsealed: Unsealed[]; issues: Issue[] } {
  const unsealed: Unsealed[] = [];
  const issues: Issue[] = [];
  const uncovered = new Map<string, { files: KnownFile[]; why: string; owner: string }>();
  for (const file of files) {
    if (listed.accounted.has(file) || file.status === 'skipped') continue;
    const name = parseLogName(file.file);
    if (name === undefined && file.source !== SOURCE) continue;
    const owner = name === undefined ? 'CloudTrail' : `${name.account} ${name.region}`;
    const copied = listed.contentOf(file);
    if (copied !== undefined) {
      issues.push(toCopy(file, copied.object, owner));
      unsealed.push({ file, stream: undefined, owner });
      continue;
    }
    const own =
      name === undefined ? streams : streams.filter(({ digests }) => isOf(digests[0]!, file.file, name));
    const time = name?.time ?? (file.span === undefined ? undefined : wholeMs(file.span.from));
    const covering = time === undefined ? undefined : own.find((stream) => covers(stream, time));
    unsealed.push({ file, stream: (covering ?? own[0])?.stream, owner });
    if (covering !== undefined) {
      issues.push(toPlanted(file, owner, name === undefined));
      continue;
    }
    const why =
      own.length === 0 ? `no digest of ${quote(owner)} is here` : 'no digest that is here covers their time';
    const key = JSON.stringify([owner, why]);
    const known = uncovered.get(key);
    if (known === undefined) uncovered.set(key, { files: [file], why, owner });
    else known.files.push(file);
  }
  for (const { files: those, why, owner } of uncovered.values()) issues.push(toUncovered(those, why, owner));
  return { unsealed, issues };
}

function isOf(
  digest: Digest,
  file: string,
  { account, region }: { account: string; region: string },
): boolean {
  return digest.account === account && digest.region === region && sharesRoot(file, digest.object);
}

/** Trails of an organization deliver beside those of an account: `AWSLogs/o-1/account` and `AWSLogs/account`. */
function sharesRoot(file: string, object: string): boolean {
  const root = rootOf(file, '/CloudTrail/');
  const wanted = rootOf(object, '/CloudTrail-Digest/');
  return root === undefined || wanted === undefined || root === wanted;
}

function rootOf(place: string, folder: string): string | undefined {
  const from = `/${place}`.lastIndexOf('/AWSLogs/');
  const until = place.lastIndexOf(folder);
  return from < 0 || until < from ? undefined : place.slice(from, until);
}

function covers({ digests, holes }: CoveredStream, time: number): boolean {
  if (time < digests[0]!.start || time > digests.at(-1)!.end - DELIVERY_MS) return false;
  // Holes are in order and apart: only the last that begins before can hold it.
  let low = 0;
  let high = holes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holes[middle]!.from - DELIVERY_MS <= time) low = middle + 1;
    else high = middle;
  }
  return low === 0 || time > holes[low - 1]!.until;
}

function least(times: readonly number[]): number {
  return times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
}

function toPlanted(file: KnownFile, owner: string, isUnnamed: boolean): Issue {
  const message = isUnnamed
    ? `it holds CloudTrail events of a time that digests cover, and none lists it (${count(file.records, 'record')})`
    : `no digest lists ${quoteKey(baseName(file.file))}, and the digests of its time are here (${count(file.records, 'record')})`;
  return {
    code: 'unlisted-file',
    file: file.file,
    message,
    subject: owner,
    identity: baseName(file.file),
    // An export of another kind (the event history, Athena) may lie beside the log files.
    ...(isUnnamed && { severity: 'high' as const, verdict: 'undetermined' as const }),
  };
}

function toCopy(file: KnownFile, object: string, owner: string): Issue {
  const message = `it is a copy of ${quoteKey(baseName(object))}, which is at its place`;
  return { code: 'moved-file', file: file.file, message, subject: owner, identity: file.file };
}

function toUncovered(files: readonly KnownFile[], why: string, owner: string): Issue {
  const sorted = [...files].sort((left, right) => compareText(left.file, right.file));
  const first = sorted[0]!;
  const times = files.flatMap(({ file }) => parseLogName(file)?.time ?? []);
  const period =
    times.length === 0
      ? ''
      : `, from ${showTime(least(times))} to ${showTime(-least(times.map((time) => -time)))}`;
  const records = files.reduce((sum, file) => sum + file.records, 0);
  return {
    code: 'unsealed-file',
    file: first.file,
    related: sorted.slice(1).map(({ file }) => file),
    message: `${count(files.length, 'log file')} with ${count(records, 'record')}${period}: ${why}`,
    subject: owner,
    identity: why,
    count: files.length,
  };
}
