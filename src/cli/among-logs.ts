/** Places that a run writes to among the logs that it reads: the next run would take them for logs. Known before they are there. */
import path from 'node:path';
import { quote } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';
import { STDIN } from '../read/discover.ts';
import { wouldFind } from '../read/would-find.ts';
import { isFile } from './places.ts';

/** Of `places` (files), those that `discover` would find by these paths, were they there. */
export async function findAmongLogs(
  { paths, exclude }: { paths: readonly string[]; exclude: readonly string[] },
  places: readonly string[],
): Promise<ReadonlySet<string>> {
  // In a file nothing is found but itself.
  const searched = paths.filter((place) => place !== STDIN && !isFile(place));
  if (searched.length === 0 || places.length === 0) return new Set();
  const files = places.map((place) => path.resolve(place));
  const found = await wouldFind(searched, exclude, files);
  return new Set(places.filter((_, index) => found.has(files[index]!)));
}

/** Of the folder that an option names. */
export function lyingAmongLogs(option: string, folder: string): Problem {
  const message = `the folder ${quote(folder)} lies among the logs: expected a place of its own`;
  return { file: option, line: 0, column: 0, message };
}
