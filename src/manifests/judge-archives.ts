/** X-Road archives, held against each other: each follows the one it names, and holds no message that it does not list. */
import { quote } from '../base/text-safety.ts';
import type { KnownFile } from '../model/seal.ts';
import type { Issue } from './issues.ts';
import { lastDigest } from './linking-info.ts';
import { baseName, folderOf, type LinkingInfo } from './manifest.ts';

/** `sha256`: of the linkinginfo itself, which tells a second copy of an archive from another archive. */
export type Archive = { file: string; sha256: string | null; info: LinkingInfo };

/** `after`: the archive it follows, which is not here. */
export type ArchiveJudgement = { isBroken: boolean; after?: string };

export function judgeArchives(archives: readonly Archive[]): { judged: ArchiveJudgement[]; issues: Issue[] } {
  const issues: Issue[] = [];
  const byLast = new Map(archives.map((archive) => [lastDigest(archive.info), archive]));
  const byName = new Map(archives.map((archive) => [nameOf(archive.file), archive]));
  const followers = new Map<string, Archive>();
  const oldest = archives.map(({ file }) => timeOf(nameOf(file))).reduce(earlier, undefined);
  const judged = archives.map((archive): ArchiveJudgement => {
    const { file, info } = archive;
    if (info.previous === null) return { isBroken: false };
    const { digest, archive: before } = info.previous;
    const broken = (message: string, related: string): ArchiveJudgement => {
      const identity = nameOf(file);
      issues.push({
        code: 'broken-archive-link',
        file,
        manifest: file,
        message,
        identity,
        related: [related],
      });
      return { isBroken: true };
    };
    const other = followers.get(digest);
    followers.set(digest, other ?? archive);
    if (other !== undefined && other.sha256 !== archive.sha256)
      return broken(
        `it follows ${quote(before)}, and so does the archive in ${quote(folderOf(other.file))}`,
        other.file,
      );
    if (byLast.has(digest)) return { isBroken: false };
    const named = byName.get(withoutSuffix(before));
    if (named !== undefined)
      return broken(
        `it begins with ${digest.slice(0, 16)}… as the end of ${quote(before)}, which ends with ${lastDigest(named.info).slice(0, 16)}…`,
        named.file,
      );
    const time = timeOf(before);
    if (time !== undefined && oldest !== undefined && time > oldest)
      issues.push({
        code: 'missing-archive',
        file,
        manifest: file,
        message: `it follows ${quote(before)}, which is not here, though older archives are`,
        identity: before,
      });
    return { isBroken: false, after: before };
  });
  return { judged, issues };
}

/**
 * Messages that no list names, files of the kinds that archives list: beside a linkinginfo, or in a folder that lost its own.
 * `listed`: names of files that some list names.
 */
export function judgeUnlisted(
  archives: readonly Archive[],
  listed: ReadonlySet<string>,
  files: readonly KnownFile[],
): Issue[] {
  if (archives.length === 0) return [];
  const byFolder = new Map(archives.map((archive) => [folderOf(archive.file), archive]));
  const kinds = new Set(archives.flatMap(({ info }) => info.entries.map(({ name }) => suffixOf(name))));
  const messages = files.filter(
    ({ file }) => (kinds.has(suffixOf(file)) || CONTAINER.test(file)) && !listed.has(file),
  );
  return messages.flatMap(({ file }): Issue[] => {
    const archive = byFolder.get(folderOf(file));
    const isContainer = CONTAINER.test(file);
    if (archive === undefined && !isContainer) return [];
    const name = quote(baseName(file));
    const message =
      archive === undefined
        ? `${name} is a message without an archive: there is no linkinginfo in its folder`
        : `${name} lies in the folder of an archive whose linkinginfo does not list it`;
    const manifest = archive?.file ?? folderOf(file);
    return [{ code: 'unlisted-archive-file', file, manifest, message, identity: baseName(file) }];
  });
}

const CONTAINER = /\.asic[es]$/i;

/** An archive is unpacked into a folder of its name. */
function nameOf(file: string): string {
  return withoutSuffix(baseName(folderOf(file).slice(0, -1)));
}

function withoutSuffix(archive: string): string {
  return archive.replace(/\.zip$/, '');
}

function suffixOf(file: string): string {
  return /\.[^./]*$/.exec(file)?.[0].toLowerCase() ?? '';
}

/** `mlog-20260302080000-20260302090000-Ab3.zip`: the times of its first and last message, the first of them. */
function timeOf(archive: string): string | undefined {
  return /(?<!\d)\d{14}(?!\d)/.exec(archive)?.[0];
}

function earlier(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left < right ? left : right;
}
