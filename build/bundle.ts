/**
 * Bundles sources into a few files: finding, reading and linking hundreds of modules takes longer than compiling them (a
 * thread is ready after 80 ms instead of 215, measured). What is imported late stays a file of its own; packages stay outside.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By the name of their bundle: the program, the threads that it starts, and the last step of the build. */
const ENTRIES = {
  main: 'src/cli/main.ts',
  'scan-worker': 'src/engine/scan-worker.ts',
  'seal-reader': 'src/cli/seal-reader.ts',
  'compile-library': 'src/cli/compile-library.ts',
};

/**
 * Writes a bundle for each entry, and what they share, into `folder`, which lies in the root of the package, for bundles
 * know where that is (`src/base/package-file.ts`). Bundles of an earlier build go.
 */
export function bundle(entries: Readonly<Record<string, string>>, folder: string): void {
  // Another process may be starting from the folder: files are moved into it when all of them are written.
  const fresh = `${root}${folder}.${process.pid}`;
  buildSync({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  const target = path.join(root, folder);
  fs.mkdirSync(target, { recursive: true });
  const written = fs.readdirSync(fresh);
  for (const name of written) fs.renameSync(path.join(fresh, name), path.join(target, name));
  fs.rmdirSync(fresh);
  const isOld = (name: string) => /\.js(?:\.map)?$/.test(name) && !written.includes(name);
  for (const name of fs.readdirSync(target)) if (isOld(name)) fs.rmSync(path.join(target, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bundle(ENTRIES, 'dist');
