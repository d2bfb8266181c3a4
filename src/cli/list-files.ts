/** The files of one kind below a place that a user names: rules, mappings, packs; links among them are followed to files. */
import fs from 'node:fs';
import path from 'node:path';
import { isSystemError } from '../base/system-error.ts';
import { compareText } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';

export const YAML_NAME = /\.ya?ml$/i;

/** The files of a folder and its subfolders that match `name`, each once, sorted; the file itself where `place` is one. */
export function listFiles(place: string, name: RegExp, problems: Problem[]): string[] {
  const problem = (file: string, message: string) => problems.push({ file, line: 0, column: 0, message });
  const stats = statOf(place);
  if (stats === undefined) {
    problem(place, 'there is no such file or folder');
    return [];
  }
  if (!stats.isDirectory()) return [place];
  const files: string[] = [];
  const links: string[] = [];
  // Folder by folder: asked for all at once, newer versions of Node go through links too.
  const folders = [place];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder, problem)) {
      const file = path.join(folder, entry.name);
      if (entry.isSymbolicLink()) links.push(file);
      else if (entry.isDirectory()) folders.push(file);
      else if (entry.isFile() && name.test(entry.name)) files.push(file);
    }
  }
  if (links.length > 0) addLinked(links.sort(compareText), place, name, files, problem);
  return files.sort(compareText);
}

/** None of a folder that cannot be read, which is a problem. */
function entriesOf(folder: string, problem: (file: string, message: string) => void): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    problem(folder, `cannot be read: ${error.code}`);
    return [];
  }
}

function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch {
    return undefined;
  }
}

/** Folders are mounted with links in them. A file that is linked from beside itself stays one file. */
function addLinked(
  links: readonly string[],
  place: string,
  name: RegExp,
  files: string[],
  problem: (file: string, message: string) => void,
): void {
  const known = new Set(files.map((file) => fs.realpathSync(file)));
  const inside = `${fs.realpathSync(place)}${path.sep}`;
  for (const link of links) {
    const stats = statOf(link);
    if (stats === undefined) {
      if (name.test(link)) problem(link, 'it is a link that leads nowhere');
      continue;
    }
    const real = fs.realpathSync(link);
    if (stats.isDirectory()) {
      if (!`${real}${path.sep}`.startsWith(inside))
        problem(link, 'it is a link to another folder, which is not followed: name that folder itself');
    } else if (stats.isFile() && name.test(link) && !known.has(real)) {
      known.add(real);
      files.push(link);
    }
  }
}
