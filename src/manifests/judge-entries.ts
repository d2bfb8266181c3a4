/** The entries of one list, each held against the file it names: intact, altered, missing, or not to be told. */
import { quote } from '../base/text-safety.ts';
import type { Assurance } from '../model/report.ts';
import type { KnownFile } from '../model/seal.ts';
import type { Issue } from './issues.ts';
import { linkStep } from './linking-info.ts';
import {
  baseName,
  type ChecksumList,
  type Entry,
  FORGEABLE,
  heldFiles,
  isOfWindows,
  type LinkingInfo,
} from './manifest.ts';

/** `file`: where it shows. `held`: whether the file was there to be compared. */
export type JudgedEntry = { file: string; assurance: Assurance; reason?: string; held: boolean };

export function judgeEntries(
  manifest: string,
  list: ChecksumList | LinkingInfo,
  files: ReadonlyMap<string, KnownFile>,
): { entries: JudgedEntry[]; issues: Issue[] } {
  const issues: Issue[] = [];
  let before = list.form === 'linkinginfo' ? (list.previous?.digest ?? '') : '';
  const entries = list.entries.flatMap((entry): JudgedEntry[] => {
    const say = (code: Issue['code'], file: string, message: string, found?: string) =>
      issues.push({ code, file, manifest, message, identity: entry.name, ...(found && { found }) });
    const expected = (own: string) =>
      list.form === 'linkinginfo' ? linkStep(entry.algorithm, before, own) : own;
    const paths = heldFiles(manifest, entry.name, isOfWindows(list), (file) => files.has(file));
    const judged = paths.map((path) => judgeEntry(manifest, entry, path, files, expected, say, list.form));
    before = entry.digest;
    return judged;
  });
  const weak = list.entries.filter(({ algorithm }) => FORGEABLE.has(algorithm));
  if (weak.length > 0)
    issues.push({
      code: 'weak-manifest-digest',
      file: manifest,
      manifest,
      message: `expected digests by SHA-256 or longer, found ${weak[0]!.algorithm.toUpperCase()} in line ${weak[0]!.line}`,
      identity: '',
    });
  return { entries, issues };
}

function judgeEntry(
  manifest: string,
  { name, digest, algorithm, line }: Entry,
  path: string | undefined,
  files: ReadonlyMap<string, KnownFile>,
  toDigest: (own: string) => string,
  say: (code: Issue['code'], file: string, message: string, found?: string) => void,
  form: 'checksums' | 'linkinginfo',
): JudgedEntry {
  const by = `${quote(baseName(manifest))} (line ${line})`;
  const file = path === undefined ? undefined : files.get(path);
  if (path === undefined) {
    say(
      'unchecked-listed-file',
      manifest,
      `${quote(name)} lies outside of the folder of ${by}, which lists it`,
    );
    return { file: manifest, assurance: 'unverifiable', reason: NOT_COMPARED, held: false };
  }
  if (file === undefined) {
    say(
      'missing-listed-file',
      manifest,
      `${quote(name)}, which ${by} lists, is not among the files of this run`,
    );
    return { file: manifest, assurance: 'broken', reason: 'listed files are missing', held: false };
  }
  const own = file.stored?.[algorithm];
  if (own === undefined) {
    const why = file.reason === undefined ? '' : `: ${file.reason}`;
    say('unchecked-listed-file', file.file, `it could not be held to the digest in ${by}${why}`);
    return { file: file.file, assurance: 'unverifiable', reason: NOT_COMPARED, held: false };
  }
  const found = toDigest(own);
  if (found !== digest) {
    const what = form === 'linkinginfo' ? 'its content and the line before give' : 'its content gives';
    say(
      'altered-listed-file',
      file.file,
      `${by} lists ${short(digest)} by ${algorithm}, and ${what} ${short(found)}`,
      found,
    );
    return { file: file.file, assurance: 'broken', reason: 'files differ from the list', held: true };
  }
  if (FORGEABLE.has(algorithm))
    return { file: file.file, assurance: 'unverifiable', reason: 'MD5 and SHA-1 can be forged', held: true };
  return { file: file.file, assurance: 'chained', held: true };
}

const NOT_COMPARED = 'listed files could not be compared';

function short(digest: string): string {
  return `${digest.slice(0, 16)}…`;
}
