/** Of files that are not there, those that a run would pass over were they there: by globs that are excluded. Without a look at the disk. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { FileSystemAdapter } from 'fast-glob';
import { disguise, undisguise } from './disguised-names.ts';

const require = createRequire(import.meta.url);

// Loaded at first use, as `discover` does: most runs exclude nothing.
let library: typeof import('fast-glob') | undefined;

/** `names`: with slashes; one that ends with a slash stands for whatever lies there. `paths` and `exclude`: as `discover` takes them. */
export function excludedNames(
  names: readonly string[],
  paths: readonly string[],
  exclude: readonly string[],
): Set<string> {
  const excluded = new Set(exclude.length === 0 ? [] : names);
  if (excluded.size === 0) return excluded;
  for (const [folder, own] of byFolder(names, new Set(paths.map((each) => path.resolve(each)))))
    for (const name of foundIn(folder, own, exclude)) excluded.delete(name);
  return excluded;
}

/** By the folders in which they would be found: those that were named; else globs are called from where the run started. */
function byFolder(names: readonly string[], named: ReadonlySet<string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const above = foldersAbove(path.resolve(name));
    const own = above.filter((folder) => named.has(folder));
    const start = above.find((folder) => folder === path.resolve('.')) ?? above.at(-1)!;
    for (const folder of own.length > 0 ? own : [start])
      found
        .set(folder, found.get(folder) ?? [])
        .get(folder)!
        .push(name);
  }
  return found;
}

/** From its own to the root. */
function foldersAbove(place: string): string[] {
  const folders: string[] = [];
  for (let at = place; path.dirname(at) !== at; at = path.dirname(at)) folders.push(path.dirname(at));
  return folders;
}

function foundIn(cwd: string, names: readonly string[], exclude: readonly string[]): string[] {
  library ??= require('fast-glob') as typeof import('fast-glob');
  const byPlace = new Map(names.map((name) => [path.resolve(name.endsWith('/') ? `${name}*` : name), name]));
  const fs = diskOf([...byPlace.keys()]);
  return library
    .sync('**/*', { cwd, ignore: [...exclude], dot: true, fs })
    .flatMap((found) => byPlace.get(path.resolve(cwd, undisguise(found))) ?? []);
}

/** A disk with these files alone, by their absolute names. */
function diskOf(files: readonly string[]): Partial<FileSystemAdapter> {
  const isFile = new Set(files);
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const above = foldersAbove(file);
    for (const [index, folder] of above.entries())
      folders.set(folder, (folders.get(folder) ?? new Set()).add(above[index - 1] ?? file));
  }
  const list = (folder: string) =>
    [...(folders.get(undisguise(folder)) ?? [])].map((place) => ({
      name: disguise(path.basename(place)),
      isFile: () => isFile.has(place),
      isDirectory: () => !isFile.has(place),
      isSymbolicLink: () => false,
    }));
  return { readdirSync: list } as unknown as Partial<FileSystemAdapter>;
}
