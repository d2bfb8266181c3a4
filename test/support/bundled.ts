/**
 * Programs and threads that tests start, as bundles: a process that starts from the sources takes four seconds of processor
 * time, from a bundle less than one (measured on a slow machine). The library is compiled beside them, as by `npm run build`:
 * parsing it takes 0.4 s of each process (measured). `npm test` makes them first; a single test file, when they are old.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../../build/bundle.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = '.bundle';

const ENTRIES = {
  main: 'src/cli/main.ts',
  'scan-worker': 'src/engine/scan-worker.ts',
  'digest-worker': 'src/engine/digest-worker.ts',
  'compile-library': 'src/cli/compile-library.ts',
  'command-driver': 'test/support/command-driver.ts',
  'collect-child': 'test/support/collect-child.ts',
  'redact-child': 'test/support/redact-child.ts',
  'retention-child': 'test/support/retention-child.ts',
};

let isFresh = false;

/** The path of a bundle that is no older than the sources. */
export function bundled(name: keyof typeof ENTRIES): string {
  const file = path.join(ROOT, FOLDER, `${name}.js`);
  isFresh ||= fs.existsSync(file) && fs.statSync(file).mtimeMs > newest(['src', 'test/support', 'build']);
  if (!isFresh) {
    bundle(ENTRIES, FOLDER);
    const library = JSON.stringify(pathToFileURL(path.join(ROOT, FOLDER, 'compile-library.js')).href);
    const script = `const { default: library } = await import(${library}); library.writeLibrary();`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  }
  isFresh = true;
  return file;
}

function newest(folders: readonly string[]): number {
  const files = folders.flatMap((folder) => {
    const place = path.join(ROOT, folder);
    return fs.readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => path.join(place, name));
  });
  return files.reduce((latest, file) => Math.max(latest, fs.statSync(file).mtimeMs), 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bundled('main');
