/** Archives among what `verify` is to audit: held to their logs, and their segments put in the place of their files. */
import path from 'node:path';
import { groupBy } from '../base/group-by.ts';
import { compareText, count, quote } from '../base/text-safety.ts';
import type { CheckResult } from '../model/check.ts';
import type { Problem } from '../model/problem.ts';
import type { Notice } from '../model/report.ts';
import { type DiscoveredFile, STDIN } from '../read/discover.ts';
import type { ArchiveKeys } from '../store/archive-audit.ts';
import { looksLikeArchive, MARKER, originOf, readMarker } from '../store/archive-folder.ts';
import { isPartOfArchive } from '../store/archive-parts.ts';
import { isBelow, liesWithin } from './places.ts';
import type { CheckpointOptions, GivenCheckpoint } from './verify-checkpoint.ts';
import type { KeyUse } from './verify-trust.ts';
import { readText } from './yaml-file.ts';

export type ArchiveOptions = { identity?: string[]; view?: string };

/** `folders`, each with its parts; `files`: all that is no part of one, wherever it lies. */
export type FoundArchives = { folders: string[]; files: DiscoveredFile[] };

/** An archive is named, or lies in a folder that is. */
export function findArchives(paths: readonly string[], files: readonly DiscoveredFile[]): FoundArchives {
  const candidates = [
    ...paths.filter((place) => place !== STDIN).map((place) => path.normalize(place)),
    ...files.filter(({ file }) => path.basename(file) === MARKER).map(({ file }) => path.dirname(file)),
  ];
  const folders = new Map<string, string>();
  for (const folder of candidates) {
    const shown = folder.length > 1 ? folder.replace(/[\\/]$/, '') : folder;
    if (looksLikeArchive(shown)) folders.set(path.resolve(shown), shown);
  }
  const roots = [...folders.keys()];
  return {
    folders: [...folders.values()].sort(compareText),
    files: files.filter(({ file }) => file === STDIN || !roots.some((folder) => isPartOf(folder, file))),
  };
}

/** A log that lies beside the parts of an archive, as where the archive was put upon it, stays one. */
function isPartOf(folder: string, file: string): boolean {
  return (
    isBelow(folder, file) &&
    isPartOfArchive(path.relative(folder, path.resolve(file)).split(path.sep).join('/'))
  );
}

export async function holdArchives(
  { folders, files }: FoundArchives,
  keys: ArchiveKeys | undefined,
): Promise<{ files: DiscoveredFile[]; evidence: CheckResult[] }> {
  const held = { files: [...files], evidence: [] as CheckResult[] };
  if (keys === undefined) return held;
  const { auditArchive } = await import('../store/archive-audit.ts');
  for (const folder of folders) {
    const origin = originOf(folder);
    const retained = keys.retained.filter(({ note }) => nameOf(note) === origin);
    const verdict = await auditArchive(folder, { ...keys, retained });
    held.files.push(...verdict.files);
    held.evidence.push(verdict.result);
  }
  const notices = [...repeatedArchives(folders), ...folders.flatMap((folder) => strangersIn(folder, files))];
  held.evidence.push({ findings: [], notices });
  return held;
}

/** `files`: those that are no part of an archive. */
function strangersIn(folder: string, files: readonly DiscoveredFile[]): Notice[] {
  const strange = files.filter(({ file }) => file !== STDIN && isBelow(folder, file));
  if (strange.length === 0) return [];
  const more = strange.length === 1 ? '' : ` and ${count(strange.length - 1, 'more file')}`;
  const message = `${quote(strange[0]!.file)}${more} in the archive ${quote(folder)} ${strange.length === 1 ? 'is' : 'are'} no part of it: nothing of the archive vouches for what is there`;
  return [{ code: 'no-part-of-archive', message }];
}

/** Of one log, so that one is the other, or was: who audits both audits one of them twice. */
function repeatedArchives(folders: readonly string[]): Notice[] {
  const named = folders.flatMap((folder) => {
    const origin = originOf(folder);
    return origin === undefined ? [] : [{ folder, origin }];
  });
  return [...groupBy(named, ({ origin }) => origin)].flatMap(([origin, same]) =>
    same.length === 1
      ? []
      : [
          {
            code: 'repeated-archive',
            message: `${same.map(({ folder }) => quote(folder)).join(' and ')} are the same archive, of the log ${quote(origin)}: find out which is the copy, and who put it there`,
          },
        ],
  );
}

/** `others`: checkpoints of no archive here, which are for the other files; undefined where there are none. */
export type ReadKeys = { keys: ArchiveKeys | undefined; others: GivenCheckpoint[] | undefined };

export async function readArchiveKeys(
  options: ArchiveOptions & CheckpointOptions,
  { folders }: FoundArchives,
  problems: Problem[],
  use: KeyUse,
): Promise<ReadKeys> {
  const wrong = (file: string, message: string) => void problems.push({ file, line: 0, column: 0, message });
  const { checkpoint = [], verifierKey = [], policy, identity = [], view } = options;
  if (view !== undefined && !folders.some((folder) => viewOf(folder) === view))
    wrong('--view', `expected a view for the role ${quote(view)} among what is audited, found none`);
  const given = await readCheckpoints(options.checkpoint, problems);
  if (folders.length === 0) {
    if (identity.length > 0) wrong('--identity', 'there is no archive among the files to audit');
    return { keys: undefined, others: given };
  }
  for (const file of [...verifierKey, ...(policy === undefined ? [] : [policy]), ...checkpoint])
    if (file !== STDIN && folders.some((folder) => liesWithin(folder, file)))
      wrong(
        file,
        'it lies in the archive that it is to vouch for: whoever replaces the one replaces the other',
      );
  const origins = new Set(folders.map(originOf));
  const retained = given?.filter(({ note }) => origins.has(nameOf(note))) ?? [];
  const others = given?.filter(({ note }) => !origins.has(nameOf(note))) ?? [];
  const identities = identity.flatMap((file) => readIdentities(file, problems));
  const keys = { judge: await readJudge(options, problems, use), identities, retained, view };
  return { keys, others: others.length > 0 ? others : undefined };
}

/** All at once: standard input can be read a single time, and a folder may hold checkpoints of several logs. */
async function readCheckpoints(names: readonly string[] | undefined, problems: Problem[]) {
  if (names === undefined) return undefined;
  const { readGiven } = await import('./verify-checkpoint.ts');
  return names.flatMap((name) => readGiven(name, problems));
}

/** The log that a checkpoint says to be of. */
function nameOf(note: string): string {
  return note.slice(0, note.indexOf('\n'));
}

function viewOf(folder: string): string | undefined {
  const marker = readMarker(folder);
  return marker === undefined || marker === 'unreadable' ? undefined : marker.view?.role;
}

async function readJudge(
  options: CheckpointOptions,
  problems: Problem[],
  use: KeyUse,
): Promise<ArchiveKeys['judge']> {
  const { judgeArchiveCheckpoint, readTrust } = await import('./verify-trust.ts');
  const trust = readTrust(options, problems, use);
  return (note) => judgeArchiveCheckpoint(note, trust);
}

/** As `age -i`: identities one a line, `#` before a comment. */
export function readIdentities(file: string, problems: Problem[]): string[] {
  const lines = readText(file, problems)
    ?.split('\n')
    .map((line) => line.trim());
  if (lines === undefined) return [];
  const isWanted = (line: string) => line !== '' && !line.startsWith('#');
  // Bech32, as age writes it; the line is not repeated, for it may be a secret in another form.
  const isIdentity = (line: string) => /^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(line);
  const wrong = lines.findIndex((line) => isWanted(line) && !isIdentity(line));
  const found = lines.some(isWanted) ? 'something else' : 'none';
  if (wrong < 0 && found !== 'none') return lines.filter(isWanted);
  const message = `expected an age identity "AGE-SECRET-KEY-1…", found ${found}`;
  problems.push({ file, line: Math.max(wrong, 0) + 1, column: 1, message });
  return [];
}
