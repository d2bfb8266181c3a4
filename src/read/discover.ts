/** From the paths a user names to the files of a run, in one order on every machine. */
import { type Dirent, stat as lookAt, lstat as lookAtLink, readdir } from 'node:fs';
import { lstat, open, opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileSystemAdapter } from 'fast-glob';
import { describeSystemCode, isSystemError } from '../base/system-error.ts';
import { compareText } from '../base/text-safety.ts';
import { disguise, undisguise } from './disguised-names.ts';

/** `-`: standard input. `skip`: why a file found in a folder is not read. `unsupported`: it may well hold logs, but we cannot read them. */
export type DiscoveredFile = {
  file: string;
  bytes: number;
  /** Whether it can be read a second time; pipes cannot. */
  regular: boolean;
  skip?: { reason: string; unsupported: boolean; code?: 'encrypted-input' | 'unreadable-input' };
  /**
   * Of a segment of an archive: the source that its manifest names, the digest of the stored bytes that were held to it,
   * and the identities of age that decrypt it, if it is encrypted. `salted`: its lines have salts, which are no part of
   * the records, and of some of them (first and last line of each run, from 1) fields were erased.
   */
  sealed?: {
    source: string | null;
    sha256: string;
    origin: SegmentOrigin;
    identities?: readonly string[];
    salted?: { erased: readonly (readonly [from: number, until: number])[] };
  };
};

/** The file whose lines a segment holds: its name, and its lines before these. `before`: the segment that ends with them, if it is there. */
export type SegmentOrigin = { name: string; skipped: number; before?: string };

export const STDIN = '-';

/**
 * Files in a folder that hold no records: documents, configuration, code, pictures. A file that is named is always read.
 * `notice.log` and `license.json` are logs (Zeek writes the first): of those names only the documents are left out.
 */
const NOT_LOGS =
  /(?:^|\/)(?:_?(?:licen[cs]e|notice|readme|copying|changelog|authors)(?:-(?:apache|bsd|mit|mpl)[^/.]*)?(?:\.txt)?|\.[^/]*)$|\.(?:md|markdown|rst|adoc|html?|css|ya?ml|toml|ini|cfg|conf|sh|py|js|ts|go|rs|png|jpe?g|gif|svg|ico|pdf|docx?|lock|pid|sarif)$/i;

/** A hidden file of such a name is a log as any other, packed or not. */
const LOG_ENDING = /\.(?:(?:nd)?json|jsonl|csv|tsv|log)(?:\.(?:gz|zst))?$/i;

/** Signed messages (ETSI EN 319 162), as X-Road logs them: a list of digests beside them vouches for them as they are. */
const SIGNED_CONTAINER = /\.(?:asic[es]|sc[es])$/i;
const NO_RECORDS = {
  reason: 'a container of signed messages, held to the list beside it if there is one',
  unsupported: false,
};

/** Files that may hold logs in a form this version does not read: their absence from the audit must be seen. */
const UNSUPPORTED: readonly { name: RegExp; reason: string }[] = [
  { name: /\.(?:zip|tar|tgz|tar\.(?:gz|zst|bz2|xz)|7z|rar)$/i, reason: 'an archive: unpack it first' },
  { name: /\.(?:bz2|xz|lz4|br|snappy)$/i, reason: 'a compression that is not read: use gzip or zstd' },
  {
    name: /\.(?:xlsx?|ods|parquet|avro|orc|evtx|pcap(?:ng)?|db|sqlite3?)$/i,
    reason: 'not JSON: export it as NDJSON first',
  },
];

export type Discovery = { files: DiscoveredFile[]; missing: string[]; empty: string[] };

/** Files named or found, sorted by code units, each once. `missing` are arguments that name nothing, `empty` folders without a file to read. */
export async function discover(paths: readonly string[], exclude: readonly string[]): Promise<Discovery> {
  const found = new Map<string, DiscoveredFile>();
  const missing: string[] = [];
  const empty: string[] = [];
  for (const argument of paths) {
    const files = await expand(argument, exclude);
    if (files === undefined) missing.push(argument);
    if (files?.length === 0) empty.push(argument);
    for (const file of files ?? []) {
      const key = file.file === STDIN ? STDIN : path.resolve(file.file);
      const known = found.get(key);
      found.set(key, known === undefined ? file : oneOf(known, file));
    }
  }
  return { files: [...found.values()].sort((a, b) => compareText(a.file, b.file)), missing, empty };
}

/**
 * Of two ways to one file, whichever was named first: a file that is named outright is read, whatever a folder would
 * say of it, and it is called by its relative name.
 */
function oneOf(left: DiscoveredFile, right: DiscoveredFile): DiscoveredFile {
  const order =
    Number(path.isAbsolute(left.file)) - Number(path.isAbsolute(right.file)) ||
    compareText(left.file, right.file);
  const { file, bytes, regular } = order <= 0 ? left : right;
  const skip = left.skip === undefined ? undefined : right.skip;
  return { file, bytes, regular, ...(skip && { skip }) };
}

let fastGlob: Promise<typeof import('fast-glob')> | undefined;

/** Loaded at first use, once: it takes 16 ms (measured), and files that are named by themselves need none of it. */
export function loadFastGlob(): Promise<typeof import('fast-glob')> {
  fastGlob ??= import('fast-glob').then((loaded) => loaded.default);
  return fastGlob;
}

async function expand(argument: string, exclude: readonly string[]): Promise<DiscoveredFile[] | undefined> {
  if (argument === STDIN) return [{ file: STDIN, bytes: 0, regular: false }];
  // Node throws at such a name before anybody asks the system.
  if (argument.includes('\0')) return undefined;
  const stats = await stat(argument).catch(() => lstat(argument).catch(() => undefined));
  if (stats?.isDirectory()) return listFolder(argument, exclude);
  if (stats !== undefined) return [toNamed(argument, stats)];
  const fastGlob = await loadFastGlob();
  if (!fastGlob.isDynamicPattern(argument)) return undefined;
  const { unread, fs } = watchedDisk();
  const matches = await fastGlob(argument, {
    ignore: [...exclude],
    onlyFiles: true,
    dot: true,
    // What cannot be looked at is told by `unread`, or is nothing that a pattern could match.
    suppressErrors: true,
    fs,
  });
  const named = matches
    .map(undisguise)
    .map(async (name) => toNamed(name, await stat(name).catch(() => undefined)));
  const files = [...(await Promise.all(named)), ...unread];
  return files.length === 0 ? undefined : files;
}

/** What the system says of names that lead nowhere, as patterns try them; anything else may hide a match. */
const NOWHERE = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'];

/**
 * The disk as a library of patterns sees it: names in disguise. `unread`: files and folders that a pattern led to and that could
 * not be looked at while `fs` was used.
 */
function watchedDisk(): { unread: DiscoveredFile[]; fs: Partial<FileSystemAdapter> } {
  const unread: DiscoveredFile[] = [];
  // The last argument of each is who is told, whatever the options before it.
  const watched =
    (look: typeof readdir | typeof lookAt | typeof lookAtLink) =>
    (place: string, ...rest: unknown[]) => {
      const done = rest.pop() as (error: NodeJS.ErrnoException | null, found: unknown) => void;
      const own = undisguise(place);
      const tell: typeof done = (error, found) => {
        if (error !== null && !NOWHERE.includes(error.code ?? ''))
          unread.push(toUnread(own, error.code ?? error.message));
        if (error === null && look === readdir)
          for (const entry of found as Dirent[]) entry.name = disguise(entry.name);
        done(error, found);
      };
      (look as (place: string, ...rest: unknown[]) => void)(own, ...rest, tell);
    };
  const fs = { readdir: watched(readdir), stat: watched(lookAt), lstat: watched(lookAtLink) };
  return { unread, fs: fs as Partial<FileSystemAdapter> };
}

function toUnread(place: string, code: string): DiscoveredFile {
  const file = toPortable(path.normalize(place));
  return { file, bytes: 0, regular: false, skip: refused(code) };
}

/** A file that is named outright is read, unless it can hold no record whatever it is called. */
function toNamed(name: string, stats: { size: number; isFile(): boolean } | undefined): DiscoveredFile {
  return {
    file: toPortable(path.normalize(name)),
    bytes: stats?.size ?? 0,
    regular: stats?.isFile() ?? false,
    ...(SIGNED_CONTAINER.test(name) && { skip: NO_RECORDS }),
  };
}

async function listFolder(folder: string, exclude: readonly string[]): Promise<DiscoveredFile[]> {
  const fastGlob = await loadFastGlob();
  const entries = await fastGlob('**/*', {
    cwd: folder,
    // What is in them, not they themselves: that they were passed over is told.
    ignore: [...TOOL_FOLDERS.map((name) => `**/${name}/*`), ...exclude],
    dot: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    // A folder that cannot be entered is listed by itself, as unread.
    suppressErrors: true,
    fs: watchedDisk().fs,
  });
  const files = await Promise.all(['.', ...entries.map(undisguise)].map((name) => toFile(folder, name)));
  return files.filter((file) => file !== undefined);
}

/** Of tools that keep thousands of files of their own below what they work on. */
export const TOOL_FOLDERS = ['.git', 'node_modules'];

const OF_A_TOOL = {
  reason: `a folder of a tool (${TOOL_FOLDERS.join(', ')}): name it to have it read`,
  unsupported: false,
};

function isOfTool(name: string): boolean {
  return name.split(/[/\\]/).some((part) => TOOL_FOLDERS.includes(part));
}

/** What a name in a folder stands for; undefined for a folder, whose files are listed themselves. */
async function toFile(folder: string, name: string): Promise<DiscoveredFile | undefined> {
  const place = path.join(folder, name);
  const file = toPortable(path.normalize(place));
  // The bytes of a folder or a link are none of a log.
  const unread = (skip: NonNullable<DiscoveredFile['skip']>) => ({ file, bytes: 0, regular: false, skip });
  try {
    const own = await lstat(place);
    const target = own.isSymbolicLink() ? await stat(place) : own;
    if (target.isDirectory()) {
      if (own.isSymbolicLink()) return unread(await linkedFolder(folder, place));
      if (name !== '.' && TOOL_FOLDERS.includes(path.basename(name))) return unread(OF_A_TOOL);
      return void (await openFolder(place));
    }
    // A log that is a link to a device was switched off.
    if (!target.isFile())
      return unread({
        reason: 'a pipe, socket or device: name it to have it read',
        unsupported: own.isSymbolicLink(),
      });
    const skip = await skipReason(name, place);
    return { file, bytes: target.size, regular: true, ...(skip && { skip }) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return unread(refused(error.code));
  }
}

async function linkedFolder(folder: string, place: string): Promise<NonNullable<DiscoveredFile['skip']>> {
  const inside = path.relative(await realpath(folder), await realpath(place));
  const isInside = !inside.startsWith('..') && !path.isAbsolute(inside) && !isOfTool(inside);
  const reason = isInside
    ? 'a link to a folder that is read by its own name'
    : 'a link to a folder: name it to have it read';
  return { reason, unsupported: !isInside };
}

/** Lists a little of it: the listing of all of it keeps to itself what it was refused. */
async function openFolder(place: string): Promise<void> {
  const folder = await opendir(place, { bufferSize: 1 });
  await folder.read();
  await folder.close();
}

function refused(code: string): NonNullable<DiscoveredFile['skip']> {
  return { reason: describeSystemCode(code), unsupported: true, code: 'unreadable-input' };
}

async function skipReason(name: string, place: string): Promise<DiscoveredFile['skip']> {
  if (SIGNED_CONTAINER.test(name)) return NO_RECORDS;
  const unsupported = UNSUPPORTED.find((kind) => kind.name.test(name));
  if (unsupported !== undefined) return { reason: unsupported.reason, unsupported: true };
  if (!isNoLogName(name)) return undefined;
  const beginning = OUR_OWN.test(name) ? '' : await beginningOf(place);
  if (JSON_BEGINNING.test(beginning)) return undefined;
  return { reason: 'no log by its name: name it to have it read', unsupported: false };
}

/** Of a file in a folder: it is read only if it holds JSON all the same. */
export function isNoLogName(name: string): boolean {
  return NOT_LOGS.test(name) && !LOG_ENDING.test(name);
}

/** Reports that lie beside the logs. */
const OUR_OWN = /\.sarif$/i;

/** A name can mislead: `audit.conf` or a hidden file that holds JSON is read all the same. */
const JSON_BEGINNING = /^\ufeff?\s*[{[]\s*["{[\]}]/;

/** Of what cannot be opened nobody knows whether it is a log: the system's refusal is for the caller to tell. */
async function beginningOf(place: string): Promise<string> {
  const handle = await open(place, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function toPortable(file: string): string {
  return path.sep === '/' ? file : file.split(path.sep).join('/');
}
