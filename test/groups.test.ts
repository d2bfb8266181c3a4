/** Every test file is run by `npm test`: those of folders in a group, those beside the folders in one too or alone. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ALONE } from './support/alone.ts';

const TESTS = fileURLToPath(new URL('.', import.meta.url));

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

test('every file that tries less in the gate is named by the script that tries all', () => {
  const { scripts } = JSON.parse(readFileSync(join(TESTS, '..', 'package.json'), 'utf8'));
  const named = (scripts['test:full'] as string).split(' ');
  const lesser = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && /\brounds\(/.test(readFileSync(join(TESTS, name), 'utf8')))
    .filter((name) => name !== 'groups.test.ts' && !named.includes(`test/${dirname(name)}/*.test.ts`));
  for (const name of lesser) assert.ok(named.includes(`test/${name}`), name);
});
