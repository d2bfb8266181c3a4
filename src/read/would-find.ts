/** Of files that may be gone, which a run would have found by the paths that it was given, were they there. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileSystemAdapter } from 'fast-glob';
import { loadFastGlob, TOOL_FOLDERS } from './discover.ts';
import { disguise, undisguise } from './disguised-names.ts';

/** As `discover` would find them: named outright, in a folder that is there, or by a pattern. `files` and what is returned are absolute. */
export async function wouldFind(
  paths: readonly string[],
  exclude: readonly string[],
  files: readonly string[],
): Promise<Set<string>> {
  const fastGlob = await loadFastGlob();
  const found = new Set<string>();
  const fs = diskOf(files);
  const ofTools = TOOL_FOLDERS.map((name) => `**/${name}/*`);
  for (const argument of paths) {
    const named = path.resolve(argument);
    if (files.includes(named)) found.add(named);
    const stats = await stat(argument).catch(() => undefined);
    const isFolder = stats?.isDirectory() === true;
    if (!isFolder && (stats !== undefined || !fastGlob.isDynamicPattern(argument))) continue;
    const pattern = isFolder ? '**/*' : argument;
    const cwd = isFolder ? named : path.resolve('.');
    const ignore = [...(isFolder ? ofTools : []), ...exclude];
    const matches = await fastGlob(pattern, { cwd, ignore, dot: true, suppressErrors: true, fs });
    for (const match of matches) found.add(path.resolve(cwd, undisguise(match)));
  }
  return found;
}

/** A disk with these files alone, for a library of patterns to look at. */
function diskOf(files: readonly string[]): Partial<FileSystemAdapter> {
  const folders = new Map<string, Set<string>>();
  for (const file of files)
    for (let at = file; path.dirname(at) !== at; at = path.dirname(at)) {
      const folder = path.dirname(at);
      folders.set(folder, (folders.get(folder) ?? new Set()).add(path.basename(at)));
    }
  const isFile = new Set(files);
  const entryOf = (place: string) => ({
    name: disguise(path.basename(place)),
    isFile: () => isFile.has(place),
    isDirectory: () => !isFile.has(place),
    isSymbolicLink: () => false,
  });
  type Tell = (error: NodeJS.ErrnoException | null, found?: unknown) => void;
  const answer =
    (found: (place: string) => unknown) =>
    (name: string, ...rest: unknown[]) => {
      const answered = found(path.resolve(undisguise(name)));
      const nowhere = Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
      (rest.pop() as Tell)(answered === undefined ? nowhere : null, answered);
    };
  const look = answer((place) =>
    isFile.has(place) || folders.has(place) ? (entryOf(place) as unknown as Stats) : undefined,
  );
  const list = answer((place) =>
    [...(folders.get(place) ?? [])].map((name) => entryOf(path.join(place, name))),
  );
  return { stat: look, lstat: look, readdir: list } as unknown as Partial<FileSystemAdapter>;
}
