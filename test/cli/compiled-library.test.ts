/** The library as the build parses it says what a fresh reading says, and nothing of a file that has changed. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { compileLibrary } from '../../src/cli/compile-library.ts';
import {
  type CompiledLibrary,
  lookUp,
  parseCompiledJson,
  readCompiledLibrary,
  toCompiledJson,
} from '../../src/cli/compiled-library.ts';
import {
  LIBRARY,
  loadChains,
  loadClasses,
  loadRules,
  loadSources,
  SHIPPED_FOLDERS,
} from '../../src/cli/library.ts';
import { listFiles, YAML_NAME } from '../../src/cli/list-files.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import type { Problem } from '../../src/model/problem.ts';

const stored = parseCompiledJson(toCompiledJson(compileLibrary()));

/** JSON leaves out members that are undefined; nobody asks whether they are there. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutUndefined(member)]));
}

function shippedFiles(): { name: string; text: string }[] {
  const problems: Problem[] = [];
  const files = SHIPPED_FOLDERS.flatMap((folder) => listFiles(LIBRARY + folder, YAML_NAME, problems));
  assert.deepEqual(problems, []);
  return files.map((file) => ({
    name: path.relative(LIBRARY, file).split(path.sep).join('/'),
    text: fs.readFileSync(file, 'utf8'),
  }));
}

test('the compiled library has every file, and equals a fresh reading of it', () => {
  const problems: Problem[] = [];
  // From src/ nothing compiled is at hand: these read the YAML.
  const fresh = {
    sources: loadSources([], problems),
    chains: loadChains([], problems),
    rules: loadRules([], true, problems),
    classes: loadClasses(problems),
  };
  assert.deepEqual(problems, []);
  const found = shippedFiles().map(({ name, text }) => {
    const file = lookUp(stored, name, text);
    assert.ok(file !== undefined, name);
    return { name, ...file };
  });
  assert.ok(found.length > 30);
  assert.equal(found.length, Object.keys(stored).length);
  const mappings = found.flatMap((file) => ('mapping' in file ? [[file.mapping.name, file.mapping]] : []));
  const profiles = found.flatMap((file): [string, object][] => {
    if ('profile' in file) return [[file.profile.name, file.profile]];
    return 'protocol' in file ? [[file.protocol.name, file.protocol]] : [];
  });
  const documents = (folder: string) =>
    found.flatMap((file) => (file.name.startsWith(`${folder}/`) && 'rules' in file ? file.rules : []));
  assert.deepEqual(withoutUndefined(fresh.sources), Object.fromEntries(mappings));
  assert.deepEqual(withoutUndefined(fresh.chains), Object.fromEntries(profiles));
  assert.deepEqual(withoutUndefined(fresh.rules), withoutUndefined(linkRules(documents('policies')).ruleSet));
  const classes = linkRules(documents('classes')).ruleSet.rules;
  assert.deepEqual(
    withoutUndefined(fresh.classes),
    withoutUndefined(classes.map((rule) => ({ ...rule, speaks: false, counted: true }))),
  );
  assert.ok(
    fresh.rules.rules.some((rule) => rule.kind === 'correlation' && typeof rule.timespan === 'bigint'),
  );
});

test('lookUp() has nothing for a file that was edited, added or renamed', () => {
  for (const { name, text } of shippedFiles()) {
    assert.ok(lookUp(stored, name, text) !== undefined);
    assert.equal(lookUp(stored, name, `${text} `), undefined);
    assert.equal(lookUp(stored, name, text.replace('title', 'titel')), undefined);
    assert.equal(lookUp(stored, `${name}.yaml`, text), undefined);
  }
  assert.equal(lookUp(stored, 'constructor', ''), undefined);
});

test('readCompiledLibrary() is empty where the file is absent, broken, or older than the code', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compiled-library-'));
  try {
    const place = path.join(folder, 'library.json');
    const code = path.join(folder, 'code.js');
    fs.writeFileSync(code, '');
    const read = (): CompiledLibrary => readCompiledLibrary(place, code);
    assert.deepEqual(read(), {});
    fs.writeFileSync(place, toCompiledJson(stored));
    const later = new Date(Date.now() + 10_000);
    fs.utimesSync(place, later, later);
    assert.deepEqual(read(), stored);
    fs.utimesSync(code, later, later);
    assert.deepEqual(read(), stored, 'of one time, as packages are installed');
    const latest = new Date(Date.now() + 20_000);
    fs.utimesSync(code, latest, latest);
    assert.deepEqual(read(), {});
    fs.writeFileSync(place, '{"sources/okta.yaml": ');
    fs.utimesSync(place, latest, latest);
    assert.deepEqual(read(), {});
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
