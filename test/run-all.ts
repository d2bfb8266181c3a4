/**
 * Runs all test files, or those that are named, two at a time, the longest first: two lanes end together. The flags of this
 * process are those of each file's. Collecting garbage on one thread saves a tenth of the processor's time; a function is
 * optimized after five times the usual work, for most run for moments: that saves a sixth (measured).
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { ALONE } from './support/alone.ts';

const TESTS = fileURLToPath(new URL('.', import.meta.url));

/** Those that take more than ten seconds of a processor, in this order (measured). */
const LONGEST = [
  'groups/commands',
  'groups/seals',
  'groups/reports',
  'groups/archives',
  'groups/licenses',
  'groups/scans',
  'groups/real-logs',
  'groups/checks',
  'groups/chains',
  'groups/browser',
].map((name) => path.join(TESTS, `${name}.test.ts`));

const groups = readdirSync(path.join(TESTS, 'groups'))
  .filter((name) => name.endsWith('.test.ts'))
  .toSorted()
  .map((name) => path.join(TESTS, 'groups', name));
const alone = ALONE.map((name) => path.join(TESTS, name));

const named = process.argv.slice(2).map((name) => path.resolve(name));
const files = named.length > 0 ? named : [...new Set([...LONGEST, ...alone, ...groups])];

run({ files, concurrency: 2 })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
