/** What `npm pack` would publish: everything that a run and its pages need, and nothing else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Bytes of the packed package. */
const MAX_SIZE = 5_000_000;

const BUILT = [
  'dist/main.js',
  'dist/scan-worker.js',
  'dist/digest-worker.js',
  'dist/bundle.cjs',
  'dist/bundle.compiled',
  'dist/kernel.wasm',
  'dist/library.json',
];

describe('the package', () => {
  const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(stdout || `[{"error": ${JSON.stringify(stderr)}}]`) as {
    size: number;
    files: { path: string }[];
  }[];
  const names = new Set(packed!.files.map(({ path }) => path));

  test('has what a run needs, and stays small', () => {
    for (const name of BUILT) assert.ok(names.has(name), name);
    for (const name of [
      'bin/audit-check.js',
      'rules/report-v1.schema.json',
      'LICENSE',
      'README.md',
      'package.json',
    ])
      assert.ok(names.has(name), name);
    assert.ok(packed!.size < MAX_SIZE, `${packed!.size} bytes`);
  });

  test('has no sources, tests, benches, or data of others', () => {
    const rooms = new Set([...names].map((name) => name.split('/')[0]!));
    const allowed = [
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'docs',
      'fixtures',
      'integrations',
      'package.json',
      'rules',
    ];
    assert.deepEqual([...rooms].sort(), allowed);
    const fixtures = [...names].filter((name) => name.startsWith('fixtures/'));
    assert.ok(fixtures.every((name) => name.startsWith('fixtures/demo/')));
  });

  test('holds every page and file that the README links to', () => {
    const links = readFileSync(`${ROOT}README.md`, 'utf8').matchAll(/\]\(([^)#:]+)\)/g);
    for (const [, link] of links) {
      const folder = `${link!.replace(/\/$/, '')}/`;
      assert.ok(names.has(link!) || [...names].some((name) => name.startsWith(folder)), link);
    }
  });

  test('gives a reason for every package that it depends on', () => {
    const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const { dependencies = {}, devDependencies = {}, why = {} } = manifest;
    const used = Object.keys({ ...dependencies, ...devDependencies }).sort();
    assert.deepEqual(Object.keys(why).sort(), used);
  });
});
