/** From the paths a user names to the files of a run, in one order on every machine. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { compareText } from '../base/text-safety.ts';

/** `-`: standard input. `skip`: why a file found in a folder is not read. `unsupported`: it may well hold logs, but we cannot read them. */
export type DiscoveredFile = { file: string; bytes: number; skip?: { reason: string; unsupported: boolean } };

export const STDIN = '-';

/**
 * Files in a folder that hold no records: documents, configuration, code, pictures. A file that is named is always read.
 * `notice.log` and `license.json` are logs (Zeek writes the first): of those names only the documents are left out.
 */
const NOT_LOGS =
  /(?:^|\/)(?:_?(?:licen[cs]e|notice|readme|copying|changelog|authors)(?:-(?:apache|bsd|mit|mpl)[^/.]*)?(?:\.txt)?|\.[^/]*)$|\.(?:md|markdown|rst|adoc|html?|css|ya?ml|toml|ini|cfg|conf|sh|py|js|ts|go|rs|png|jpe?g|gif|svg|ico|pdf|docx?|lock|pid|sarif)$/i;

/** Files that may hold logs in a form this version does not read: their absence from the audit must be seen. */
const UNSUPPORTED: readonly { name: RegExp; reason: string }[] = [
  { name: /\.(?:zip|tar|tgz|tar\.(?:gz|zst|bz2|xz)|7z|rar)$/i, reason: 'an archive: unpack it first' },
  { name: /\.(?:bz2|xz|lz4|br|snappy)$/i, reason: 'a compression that is not read: use gzip or zstd' },
  {
    name: /\.(?:csv|tsv|xlsx?|ods|parquet|avro|orc|evtx|pcap(?:ng)?|db|sqlite3?)$/i,
    reason: 'not JSON: export it as NDJSON first',
  },
];

export type Discovery = { files: DiscoveredFile[]; missing: string[] };

/** Files named or found, sorted by code units, each once. `missing` are arguments that name nothing. */
export async function discover(paths: readonly string[], exclude: readonly string[]): Promise<Discovery> {
  const found = new Map<string, DiscoveredFile>();
  const missing: string[] = [];
  for (const argument of paths) {
    const files = await expand(argument, exclude);
    if (files === undefined) missing.push(argument);
    for (const file of files ?? []) {
      const key = file.file === STDIN ? STDIN : path.resolve(file.file);
      const known = found.get(key);
      found.set(key, known === undefined ? file : oneOf(known, file));
    }
  }
  return { files: [...found.values()].sort((a, b) => compareText(a.file, b.file)), missing };
}

/**
 * Of two ways to one file, whichever was named first: a file that is named outright is read, whatever a folder would
 * say of it, and it is called by its relative name.
 */
function oneOf(left: DiscoveredFile, right: DiscoveredFile): DiscoveredFile {
  const order =
    Number(path.isAbsolute(left.file)) - Number(path.isAbsolute(right.file)) ||
    compareText(left.file, right.file);
  const { file, bytes } = order <= 0 ? left : right;
  const skip = left.skip === undefined ? undefined : right.skip;
  return { file, bytes, ...(skip && { skip }) };
}

async function expand(argument: string, exclude: readonly string[]): Promise<DiscoveredFile[] | undefined> {
  if (argument === STDIN) return [{ file: STDIN, bytes: 0 }];
  const stats = await lstat(argument).catch(() => undefined);
  const followed = stats?.isSymbolicLink() ? await lstat(path.join(argument, '.')).catch(() => stats) : stats;
  if (followed?.isDirectory()) return listFolder(argument, exclude);
  if (stats !== undefined) return [{ file: toPortable(path.normalize(argument)), bytes: stats.size }];
  if (!fastGlob.isDynamicPattern(argument)) return undefined;
  const matches = await fastGlob(argument, { ignore: [...exclude], stats: true, onlyFiles: true, dot: true });
  if (matches.length === 0) return undefined;
  return matches.map((entry) => ({
    file: toPortable(path.normalize(entry.path)),
    bytes: entry.stats?.size ?? 0,
  }));
}

async function listFolder(folder: string, exclude: readonly string[]): Promise<DiscoveredFile[]> {
  const entries = await fastGlob('**/*', {
    cwd: folder,
    ignore: ['**/.git/**', '**/node_modules/**', ...exclude],
    dot: true,
    stats: true,
    onlyFiles: false,
    followSymbolicLinks: false,
  });
  return entries
    .filter((entry) => !entry.dirent.isDirectory())
    .map((entry) => {
      const file = toPortable(path.normalize(path.join(folder, entry.path)));
      const skip = skipReason(entry.path, entry.dirent.isFile());
      return { file, bytes: entry.stats?.size ?? 0, ...(skip && { skip }) };
    });
}

function skipReason(name: string, isFile: boolean): DiscoveredFile['skip'] {
  const unsupported = UNSUPPORTED.find((kind) => kind.name.test(name));
  if (unsupported !== undefined) return { reason: unsupported.reason, unsupported: true };
  if (!isFile)
    return { reason: 'a symbolic link or special file: name it to have it read', unsupported: false };
  if (NOT_LOGS.test(name))
    return { reason: 'no log by its name: name it to have it read', unsupported: false };
  return undefined;
}

function toPortable(file: string): string {
  return path.sep === '/' ? file : file.split(path.sep).join('/');
}
