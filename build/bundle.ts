/**
 * Bundles `src/` into `dist/`: a few files instead of six hundred, because finding, reading and linking a module takes longer
 * than compiling it (a thread is ready after 80 ms of 215, measured). What is imported late stays a file of its own; packages
 * stay outside.
 */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = `${root}dist`;

/** By the name of their bundle: the program, the threads that it starts, and the last step of the build. */
const ENTRIES = {
  main: 'src/cli/main.ts',
  'scan-worker': 'src/engine/scan-worker.ts',
  'seal-reader': 'src/cli/seal-reader.ts',
  'compile-library': 'src/cli/compile-library.ts',
};

// Bundles carry digests in their names: those of an earlier build would stay.
fs.rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ENTRIES,
  // All in one folder, as `base/package-file.ts` has it.
  outdir,
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
