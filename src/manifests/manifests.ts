/** Lists of digests beside the files they vouch for, as a kind of seals: SHA256SUMS and their like, X-Road's linkinginfo. */
import { compareText, count, quote } from '../base/text-safety.ts';
import { type StreamRange, type StreamSummary, weakestOf } from '../model/report.ts';
import type { KnownFile, SealFile, SealResult, StoredDigest, TextSealKind } from '../model/seal.ts';
import { isBesideFile, isChecksumListName, isOfFolder, parseChecksumList } from './checksum-list.ts';
import { MANIFEST_FINDINGS, MANIFESTS } from './finding-kinds.ts';
import { type Issue, toFindings, wholeFile } from './issues.ts';
import { type Archive, judgeArchives, judgeUnlisted } from './judge-archives.ts';
import { type JudgedEntry, judgeEntries } from './judge-entries.ts';
import { isLinkingInfoName, lastDigest, parseLinkingInfo } from './linking-info.ts';
import {
  type ChecksumList,
  folderOf,
  heldFiles,
  isOfWindows,
  type LinkingInfo,
  listedFiles,
  type Manifest,
} from './manifest.ts';

export const manifests: TextSealKind = {
  form: 'text',
  name: MANIFESTS,
  title: 'Lists of digests: SHA256SUMS and their like, linkinginfo of X-Road archives',
  findings: MANIFEST_FINDINGS,
  isNamed: (file) => isLinkingInfoName(file) || isChecksumListName(file),
  isExpected: () => false,
  parse,
  doubtOf,
  wants,
  judge: (_, seals, files) => judge(seals, files),
};

function parse(file: string, text: string | undefined): Manifest {
  if (text === undefined)
    return { form: 'malformed', problem: 'expected lines of UTF-8 text within the limit of a record' };
  if (isLinkingInfoName(file)) return parseLinkingInfo(text);
  const list = parseChecksumList(file, text);
  if (list.entries.length > 0) return list;
  return { form: 'malformed', problem: 'expected lines of a digest and a name, found none' };
}

/** A line that is none may have been that of any log; a list of one file is of no other. */
function doubtOf({ file, part }: Pick<SealFile, 'file' | 'part'>, log: string): string | undefined {
  const isOfOne = !isLinkingInfoName(file) && !isOfFolder(file);
  return isOfOne && !isBesideFile(file, log) ? undefined : faultOf(part as Manifest);
}

function* wants(seals: readonly SealFile[]): Iterable<StoredDigest> {
  for (const { file: manifest, part } of seals) {
    const list = part as Manifest;
    if (list.form === 'malformed') continue;
    for (const { name, algorithm } of list.entries)
      for (const file of listedFiles(manifest, name, isOfWindows(list))) yield { file, algorithm };
  }
}

function judge(seals: readonly SealFile[], files: readonly KnownFile[]): SealResult {
  const issues: Issue[] = [];
  const streams: StreamSummary[] = [];
  const byName = new Map(files.map((file) => [file.file, file]));
  let vouched = 0;
  const archives: Archive[] = seals.flatMap(({ file, sha256, part }) =>
    (part as Manifest).form === 'linkinginfo' ? [{ file, sha256, info: part as LinkingInfo }] : [],
  );
  const links = judgeArchives(archives);
  const listed = listedBy(seals, (file) => byName.has(file));
  const unlisted = judgeUnlisted(archives, listed, files);
  for (const { file, part } of seals) {
    const list = part as Manifest;
    issues.push(...sayMalformed(file, list));
    if (list.form === 'malformed') continue;
    const { entries, issues: said } = judgeEntries(file, list, byName);
    issues.push(...said);
    const ranges = toRanges(entries);
    const at = archives.findIndex((archive) => archive.file === file);
    const limits = at < 0 ? limitsOfList(list as ChecksumList) : [...ARCHIVE_LIMITS];
    if (at >= 0) {
      const own = unlisted.filter(({ manifest }) => manifest === file);
      vouched += entries.filter(({ held }) => held).length;
      const { isBroken, after } = links.judged[at]!;
      if (isBroken) ranges.unshift(emptyRange(file, 'the archive does not follow the one that it names'));
      if (own.length > 0) ranges.push(toUnlisted(own.map((issue) => issue.file)));
      if (after !== undefined) limits.push(`it follows ${quote(after)}, which is not here`);
    }
    const besides = isOfFolder(file) ? logsBelow(file, files).filter((log) => !listed.has(log)) : [];
    if (besides.length > 0) ranges.push(toUnlisted(besides));
    streams.push({
      stream: file,
      profile: at < 0 ? 'checksum-list' : 'linkinginfo',
      records: 0,
      status: weakestOf(ranges),
      ranges,
      ...(at >= 0 && { head: lastDigest(archives[at]!.info) }),
      limits,
    });
  }
  issues.push(...links.issues, ...unlisted);
  return { findings: toFindings(issues), streams, speaksFor: [], vouched };
}

/** The files that lists name. */
function listedBy(seals: readonly SealFile[], has: (file: string) => boolean): Set<string> {
  const listed = seals.flatMap(({ file: manifest, part }) => {
    const list = part as Manifest;
    if (list.form === 'malformed') return [];
    return list.entries.flatMap(({ name }) => heldFiles(manifest, name, isOfWindows(list), has));
  });
  return new Set(listed.filter((file) => file !== undefined));
}

/** Files with records in the folder of a list and below: those that it does not name may have been put there since. */
function logsBelow(list: string, files: readonly KnownFile[]): string[] {
  const folder = folderOf(list);
  return files.flatMap(({ file, records }) => (records > 0 && file.startsWith(folder) ? [file] : []));
}

const ARCHIVE_LIMITS = [
  'whoever can write all archives can make their digests anew: compare the last with the database of the security server',
  'archives cut off at the end leave no trace, and signatures in the messages are not checked here',
];

function limitsOfList({ signed }: ChecksumList): string[] {
  const unsigned =
    'whoever can write the files can write the list beside them: keep it, or its digest, elsewhere';
  return [signed ? 'the OpenPGP signature of the list is not checked here: use "gpg --verify"' : unsigned];
}

function sayMalformed(file: string, list: Manifest): Issue[] {
  const message = faultOf(list);
  if (message === undefined) return [];
  return [{ code: 'malformed-manifest', file, manifest: file, message, identity: '' }];
}

/** What of it is no list; undefined where all of it is. */
function faultOf(list: Manifest): string | undefined {
  if (list.form === 'malformed') return list.problem;
  const [first] = list.faults;
  return (
    first &&
    `expected a digest and a name in line ${first.line}, found ${quote(first.text)} (${count(list.faults.length, 'such line')})`
  );
}

/** Neighbors with one assurance for one reason are one range. */
function toRanges(entries: readonly JudgedEntry[]): StreamRange[] {
  const ranges: StreamRange[] = [];
  for (const { file, assurance, reason } of entries) {
    const last = ranges.at(-1);
    if (last?.assurance === assurance && last.reason === reason) {
      last.files!++;
      last.until = wholeFile(file);
    } else {
      const place = wholeFile(file);
      ranges.push({
        assurance,
        records: 0,
        files: 1,
        from: place,
        until: place,
        ...(reason !== undefined && { reason }),
      });
    }
  }
  return ranges;
}

function emptyRange(file: string, reason: string): StreamRange {
  return { assurance: 'broken', records: 0, files: 0, from: wholeFile(file), until: wholeFile(file), reason };
}

function toUnlisted(files: readonly string[]): StreamRange {
  const names = [...files].sort(compareText);
  const [from, until] = [wholeFile(names[0]!), wholeFile(names.at(-1)!)];
  const reason = 'no list of digests names them';
  return { assurance: 'unprotected', records: 0, files: names.length, from, until, reason };
}
