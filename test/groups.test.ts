/** Every test file is run by `npm test`: in a group of its folder, or by the glob of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('.', import.meta.url));

test('every folder of tests is in one group, or named by the script', () => {
  const { scripts } = JSON.parse(readFileSync(join(TESTS, '..', 'package.json'), 'utf8'));
  const globbed = [...(scripts.test as string).matchAll(/test\/(\w+)\/\*\.test\.ts/g)].map(
    (match) => match[1]!,
  );
  const grouped = readdirSync(join(TESTS, 'groups')).flatMap((name) => {
    const [, folders = ''] =
      /importTests\(([^)]*)\)/.exec(readFileSync(join(TESTS, 'groups', name), 'utf8')) ?? [];
    return folders.split(',').map((folder) => folder.trim().replace(/'/g, ''));
  });
  const folders = readdirSync(TESTS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => readdirSync(join(TESTS, name)).some((file) => file.endsWith('.test.ts')));
  assert.deepEqual([...globbed, ...grouped].toSorted(), folders.toSorted());
});
