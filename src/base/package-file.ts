/** Files that come with the package, from wherever the code runs: a source under `src/`, or a bundle in `dist/`. */

/** Sources lie two folders deep, bundles one. */
const ROOT = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../', import.meta.url);

/** Where the file or folder at `path`, from the root of the package, lies; a folder ends in a slash. */
export function packageFile(path: string): URL {
  return new URL(path, ROOT);
}
