/** Archives among what `verify` is to audit: held to their logs, and their segments put in the place of their files. */
import path from 'node:path';
import { compareText } from '../base/text-safety.ts';
import type { CheckResult } from '../model/check.ts';
import type { Problem } from '../model/problem.ts';
import { type DiscoveredFile, STDIN } from '../read/discover.ts';
import { type ArchiveKeys, auditArchive } from '../store/archive-audit.ts';
import { looksLikeArchive, MARKER } from '../store/archive-folder.ts';
import { KeyFault, parseVerifierKey, type VerifierKey } from '../transparency/note-key.ts';
import { readText } from './yaml-file.ts';

export type ArchiveOptions = { verifierKey?: string[]; identity?: string[]; checkpoint?: string[] };

/** `folders` with what lies in them; `files`: all the others. */
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
  const isWithin = (file: string) =>
    file !== STDIN && [...folders.keys()].some((folder) => path.resolve(file).startsWith(folder + path.sep));
  return {
    folders: [...folders.values()].sort(compareText),
    files: folders.size === 0 ? [...files] : files.filter(({ file }) => !isWithin(file)),
  };
}

export async function holdArchives(
  { folders, files }: FoundArchives,
  keys: ArchiveKeys,
): Promise<{ files: DiscoveredFile[]; evidence: CheckResult[] }> {
  const held = { files: [...files], evidence: [] as CheckResult[] };
  for (const folder of folders) {
    const verdict = await auditArchive(folder, keys);
    held.files.push(...verdict.files);
    held.evidence.push(verdict.result);
  }
  return held;
}

/** Keys that are named where there is no archive would make its absence look like a clean one. */
export function readArchiveKeys(
  options: ArchiveOptions,
  { folders }: FoundArchives,
  problems: Problem[],
): ArchiveKeys {
  const given = Object.entries({
    '--verifier-key': options.verifierKey,
    '--identity': options.identity,
    '--checkpoint': options.checkpoint,
  }).filter(([, value]) => value !== undefined);
  if (folders.length === 0)
    for (const [flag] of given) {
      const message = 'there is no archive among the files to audit';
      problems.push({ file: flag, line: 0, column: 0, message });
    }
  return {
    verifiers: (options.verifierKey ?? []).flatMap((place) => readVerifier(place, folders, problems)),
    identities: (options.identity ?? []).flatMap((file) => readIdentities(file, problems)),
    retained: (options.checkpoint ?? []).flatMap((file) => {
      const note = readText(file, problems);
      return note === undefined ? [] : [{ file, note }];
    }),
  };
}

const ENVIRONMENT = 'env:';

/** A file, or `env:NAME` for a variable of the environment. */
function readVerifier(place: string, folders: readonly string[], problems: Problem[]): VerifierKey[] {
  const wrong = (message: string) => {
    problems.push({ file: place, line: 0, column: 0, message });
    return [];
  };
  const isVariable = place.startsWith(ENVIRONMENT);
  if (
    !isVariable &&
    folders.some((folder) => path.resolve(place).startsWith(path.resolve(folder) + path.sep))
  )
    return wrong(
      'it lies in the archive that it is to vouch for: whoever replaces the one replaces the other',
    );
  const text = isVariable ? process.env[place.slice(ENVIRONMENT.length)] : readText(place, problems);
  if (text === undefined) return isVariable ? wrong('there is no such variable in the environment') : [];
  try {
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(parseVerifierKey);
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    return wrong(error.message);
  }
}

/** As `age -i`: identities one a line, `#` before a comment. */
function readIdentities(file: string, problems: Problem[]): string[] {
  const text = readText(file, problems);
  if (text === undefined) return [];
  const lines = text.split('\n').map((line) => line.trim());
  const wanted = lines.filter((line) => line !== '' && !line.startsWith('#'));
  // Bech32, as age writes it; the line is not repeated, for it may be a secret in another form.
  const wrong = lines.findIndex(
    (line) => wanted.includes(line) && !/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(line),
  );
  const say = (line: number, message: string) => problems.push({ file, line, column: 1, message });
  if (wanted.length === 0) say(1, 'expected an age identity "AGE-SECRET-KEY-1…", found none');
  else if (wrong >= 0) say(wrong + 1, 'expected an age identity "AGE-SECRET-KEY-1…", found something else');
  else return wanted;
  return [];
}
