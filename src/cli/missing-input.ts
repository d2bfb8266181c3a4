/** What is said of an argument that names nothing to read, with what to look at. */
import type { Problem } from '../model/problem.ts';

/** Of one part of a path, on every file system in use. */
const MAX_NAME_BYTES = 255;

export function missingInput(file: string): Problem {
  return { file, line: 0, column: 0, message: `there is no such file, folder or match: ${whatToDo(file)}` };
}

function whatToDo(file: string): string {
  if (file.includes('\0')) return 'no name holds a character NUL: write it without';
  const longest = Math.max(...file.split(/[/\\]/).map((part) => Buffer.byteLength(part)));
  if (longest > MAX_NAME_BYTES)
    return `no name has more than ${MAX_NAME_BYTES} bytes, and one of these has ${longest}: shorten it`;
  if (/[*?[\]{}()!]/.test(file))
    return 'look into the folder that the pattern begins with, and quote the pattern if the shell changed it';
  return 'check the name, and the folder that it is looked for from';
}
