/** Where the sample data of other projects lies; it is no part of the repository, and tests on it are skipped without it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** The absolute path of a folder of the sample data, or undefined when it is absent. */
export function sharedData(folder: string): string | undefined {
  const path = `${ROOT}/${folder}`;
  return existsSync(path) ? path : undefined;
}
