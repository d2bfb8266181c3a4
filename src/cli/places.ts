/** Whether files lie in folders: a key in the archive that it signs, a list in the archive that it is held against. */
import fs from 'node:fs';
import path from 'node:path';

/** By the names alone; the folder itself is in it. */
export function isBelow(folder: string, file: string): boolean {
  const way = path.relative(path.resolve(folder), path.resolve(file));
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** By the names, or where links lead: whoever can write in the folder can write what a link out of it or into it names. */
export function liesWithin(folder: string, file: string): boolean {
  return isBelow(folder, file) || isBelow(followed(folder), followed(file));
}

/** Of what is not there yet, the place that it would have. */
function followed(place: string): string {
  try {
    return fs.realpathSync(place);
  } catch {
    const folder = path.dirname(path.resolve(place));
    return folder === path.resolve(place) ? folder : path.join(followed(folder), path.basename(place));
  }
}

/** Of a pattern, of a name below a file, and of whatever is no name of a file, false. */
export function isFile(place: string): boolean {
  try {
    return fs.statSync(place).isFile();
  } catch {
    return false;
  }
}

/** Of a pattern, of a name below a file, and of whatever is no name of a file, false. */
export function isFolder(place: string): boolean {
  try {
    return fs.statSync(place).isDirectory();
  } catch {
    return false;
  }
}
