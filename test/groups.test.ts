/** Every test file is run by `npm test`: those of folders in a group, those beside the folders in one too or alone. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ALONE } from './support/alone.ts';

const TESTS = fileURLToPath(new URL('.', import.meta.url));

/** What decides how much a test tries. */
const ROUNDS = join(TESTS, 'support', 'rounds.ts');

test('every folder of tests is in one group', () => {
  const grouped = readdirSync(join(TESTS, 'groups')).flatMap((name) => {
    const [, folders = ''] =
      /importTests\(([^)]*)\)/.exec(readFileSync(join(TESTS, 'groups', name), 'utf8')) ?? [];
    return folders.split(',').map((folder) => folder.trim().replace(/'/g, ''));
  });
  const folders = readdirSync(TESTS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'groups')
    .map(({ name }) => name)
    .filter((name) => readdirSync(join(TESTS, name)).some((file) => file.endsWith('.test.ts')));
  assert.deepEqual(grouped.toSorted(), ['.', ...folders].toSorted());
  for (const name of ALONE) assert.ok(existsSync(join(TESTS, name)), name);
});

test('every file that tries less in the gate is run by a script that tries all', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(TESTS, '..', 'package.json'), 'utf8'),
  );
  const whole = Object.values(scripts)
    .filter((script) => script.startsWith('FULL=1 '))
    .flatMap((script) => script.split(' '))
    .filter((word) => word.endsWith('.test.ts'))
    .map(patternOf);
  const lesser = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && reaches(join(TESTS, name), ROUNDS))
    .map((name) => `test/${name}`);
  assert.ok(lesser.length > 0);
  assert.deepEqual(
    lesser.filter((name) => !whole.some((pattern) => pattern.test(name))),
    [],
  );
});

/** The files that a shell takes a word for: `*` is any name, or a part of one. */
function patternOf(word: string): RegExp {
  const parts = word.split('*').map((part) => part.replace(/[.\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}

/** Whether a test imports a file of the tests, by itself or through what it imports. */
function reaches(file: string, target: string, seen = new Set<string>()): boolean {
  if (file === target) return true;
  if (seen.has(file)) return false;
  seen.add(file);
  return [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']*\.ts)'/g)]
    .map(([, path = '']) => join(dirname(file), path))
    .some((path) => path.startsWith(TESTS) && existsSync(path) && reaches(path, target, seen));
}
