/**
 * Bundles sources into one file: finding, reading and linking hundreds of modules takes longer than compiling them (a thread is
 * ready after 80 ms instead of 215, measured). What is imported late is run late; packages stay outside.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import { BUNDLE } from './compiled-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By name: the program, the threads that it starts, and a step of the build. */
const ENTRIES = {
  main: 'src/cli/main.ts',
  'scan-worker': 'src/engine/scan-worker.ts',
  'digest-worker': 'src/engine/digest-worker.ts',
  'seal-reader': 'src/cli/seal-reader.ts',
  'compile-library': 'src/cli/compile-library.ts',
};

/** Modules of their own beside the bundle, by name. `version` is there so as not to load it. */
const ALONE = { 'compiled-bundle': 'build/compiled-bundle.ts', version: 'src/cli/version.ts' };
const LOADER: keyof typeof ALONE = 'compiled-bundle';

const COMMON: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  packages: 'external',
  target: 'node20.19',
  logLevel: 'warning',
};

/**
 * Writes the bundle and a module for each entry, whose default export is what that exports, into `folder`, which lies in the
 * root of the package, for the bundle knows where that is (`src/base/package-file.ts`). What an earlier build left goes.
 */
export function bundle(entries: Readonly<Record<string, string>>, folder: string): void {
  // Another process may be starting from the folder: files are moved into it when all of them are written.
  const fresh = `${root}${folder}.${process.pid}`;
  const members = Object.entries(entries).map(([name, file]) => `'${name}': () => import('./${file}'),`);
  buildSync({
    ...COMMON,
    stdin: {
      contents: `export const entries = {\n${members.join('\n')}\n};`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: path.join(fresh, BUNDLE),
    format: 'cjs',
    define: { 'import.meta.url': 'importMetaUrl' },
    // A script has no `import()` without an experimental flag; `require` loads modules, too, from Node 20.19 on.
    supported: { 'dynamic-import': false },
    sourcemap: true,
    sourcesContent: false,
  });
  buildSync({
    ...COMMON,
    entryPoints: ALONE,
    outdir: fresh,
    format: 'esm',
  });
  for (const name of Object.keys(entries)) fs.writeFileSync(path.join(fresh, `${name}.js`), starter(name));
  const target = path.join(root, folder);
  fs.mkdirSync(target, { recursive: true });
  const written = fs.readdirSync(fresh);
  for (const name of written) fs.renameSync(path.join(fresh, name), path.join(target, name));
  fs.rmdirSync(fresh);
  const isOld = (name: string) => /\.c?js(?:\.map)?$/.test(name) && !written.includes(name);
  for (const name of fs.readdirSync(target)) if (isOld(name)) fs.rmSync(path.join(target, name));
}

function starter(name: string): string {
  return `import { CompiledBundle } from './${LOADER}.js';

export default await new CompiledBundle(new URL('.', import.meta.url)).enter('${name}');
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bundle(ENTRIES, 'dist');
