/** The page on contracts: its examples are contracts without a mistake, and its tables name every key there is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEFAULT_EVENTS, DEFAULT_FIELDS } from '../../src/licenses/contract/defaults.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { LICENSE_FINDINGS } from '../../src/licenses/verdict/license-findings.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PAGE = read('docs/license-contract.md');

test('the examples are contracts without a mistake', () => {
  const examples = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  assert.ok(examples.length > 0);
  for (const example of examples) assert.deepEqual(parseContract('page', example).problems, []);
});

/** Names of properties anywhere in the schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' && !Array.isArray(schema)
      ? [...Object.keys(value as object), ...Object.values(value as object).flatMap(keysOf)]
      : keysOf(value),
  );
}

test('the tables name every key of the schema, every event and every field', () => {
  const schema = JSON.parse(read('rules/schemas/licenses.schema.json')) as unknown;
  const keys = new Set([...keysOf(schema), ...Object.keys(DEFAULT_EVENTS), ...Object.keys(DEFAULT_FIELDS)]);
  const tables = PAGE.split('\n')
    .filter((line) => line.startsWith('|'))
    .join('\n');
  const missing = [...keys].filter((key) => !new RegExp(`\`${key}[\`:]`).test(tables));
  assert.deepEqual(missing, []);
});

test('the example shows every key that a license may have', () => {
  const schema = JSON.parse(read('rules/schemas/licenses.schema.json')) as {
    $defs: { license: { properties: object } };
  };
  const keys = Object.keys(schema.$defs.license.properties).filter(
    (key) => !['unlimited', 'term'].includes(key),
  );
  for (const key of keys) assert.match(PAGE, new RegExp(`^ +(- )?${key}:`, 'm'), key);
});

test('a default that the page names is the default', () => {
  for (const [key, globs] of Object.entries(DEFAULT_EVENTS)) {
    const row = new RegExp(`^\\| \`${key}\` +\\| (.*?) +\\|`, 'm').exec(PAGE);
    assert.equal(row?.[1], globs.map((glob) => `\`${glob}\``).join(', '), key);
  }
});

test('codes on the page are codes that licenses speak', () => {
  const codes = new Set<string>(LICENSE_FINDINGS.map(({ code }) => code));
  for (const code of [
    'unlicensed-use',
    'reserved-seats-used',
    'overage-used',
    'reassigned-too-soon',
    'too-many-devices',
    'devices-at-once',
    'country-not-licensed',
    'late-use',
    'evidence-missing',
    'evidence-not-kept',
    'use-before-start',
    'use-after-expiry',
  ]) {
    assert.ok(codes.has(code) && PAGE.includes(`\`${code}\``), code);
  }
});
