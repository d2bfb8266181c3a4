/**
 * The last step of `npm run build`: compiles the library of rules, then does what most runs do and keeps what V8 compiled for it
 * (`build/compiled-bundle.ts`).
 */
import '../bin/flags.js';
import { fileURLToPath } from 'node:url';
import { CompiledBundle } from './compiled-bundle.ts';

const demo = fileURLToPath(new URL('../fixtures/demo', import.meta.url));

/** Functions that do not run here are compiled when they are called first. */
const RUNS = [
  ['verify', '--config', `${demo}/audit-check.yaml`],
  ['verify', '--config', `${demo}/audit-check.yaml`, '--format', 'json'],
];

const bundle = new CompiledBundle(new URL('../dist/', import.meta.url));
const library = (await bundle.enter('compile-library')) as typeof import('../src/cli/compile-library.ts');
library.writeLibrary();

const { main } = (await bundle.enter('main')) as typeof import('../src/cli/main.ts');
process.stdout.write = (_chunk: unknown, ...rest: unknown[]) => {
  const done = rest.at(-1);
  if (typeof done === 'function') process.nextTick(done);
  return true;
};
for (const run of RUNS) {
  await main(['node', 'audit-check', ...run, '--jobs', '1']);
  // Findings are what the demo is for.
  if (process.exitCode !== 1) throw new Error(`audit-check ${run.join(' ')} ended with ${process.exitCode}`);
}
process.exitCode = 0;
bundle.keepCompiled();
