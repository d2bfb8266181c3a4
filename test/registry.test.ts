/** The lists of the house equal their folders, and every finding has its words. `UPDATE=1` writes the lists. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CheckDefinition } from '../src/model/check.ts';
import { type FindingKind, SEVERITIES } from '../src/model/finding.ts';
import { findMembers, LISTS, newIndex, readIndex, toExportName, writeIndex } from './support/registry.ts';
import { importsOf, readSourceTree, repository } from './support/source-tree.ts';

const tree = readSourceTree();
const imported = new Set([...tree].flatMap(([path, text]) => importsOf(path, text).map(({ file }) => file)));

for (const list of LISTS) {
  const { folder } = list;
  const index = `${repository}src/${folder}/index.ts`;
  const { members, strays } = findMembers(tree, list);

  test(`src/${folder}/index.ts lists exactly the members of its folder, in order`, async () => {
    assert.ok(members.length > 0, `src/${folder} has no member`);
    const text = existsSync(index) ? readFileSync(index, 'utf8') : newIndex(list);
    if (process.env.UPDATE === '1') {
      const updated = writeIndex(text, list, members);
      if (updated !== text || !existsSync(index)) writeFileSync(index, updated);
    }
    const written = readIndex(readFileSync(index, 'utf8'), list);
    assert.deepEqual(written, { imported: members, entries: members.map(toExportName) });
    const module = (await import(pathToFileURL(index).href)) as Record<
      string,
      { name?: string; type?: string }[]
    >;
    const names = module[list.list]!.map((member) => member.name ?? member.type?.replaceAll('_', '-'));
    if (process.env.UPDATE !== '1') assert.deepEqual(names, members, 'a name differs from its file');
  });

  test(`src/${folder} holds members under their file's name, and parts that somebody imports`, () => {
    assert.deepEqual(strays, []);
    const parts = [...tree.keys()].filter(
      (path) => path.startsWith(`${folder}/`) && path !== `${folder}/index.ts`,
    );
    const unused = parts.filter(
      (path) => !members.some((name) => path === `${folder}/${name}.ts`) && !imported.has(path),
    );
    assert.deepEqual(unused, [], 'neither a member nor imported by anything');
  });
}

/** Every FindingKind that some module of src/ exports, on its own or in a definition. */
async function collectKinds(): Promise<{ path: string; kind: FindingKind }[]> {
  const kinds: { path: string; kind: FindingKind }[] = [];
  for (const [path, text] of tree) {
    if (!/\b(?:FindingKind|CheckDefinition|RelationDefinition)\b/.test(text) || path.startsWith('cli/'))
      continue;
    const module: Record<string, unknown> = await import(pathToFileURL(`${repository}src/${path}`).href);
    for (const value of Object.values(module)) {
      const list = Array.isArray(value)
        ? value
        : (value as Partial<CheckDefinition<unknown>> | undefined)?.findings;
      if (Array.isArray(list)) kinds.push(...list.filter(isFindingKind).map((kind) => ({ path, kind })));
    }
  }
  return kinds;
}

function isFindingKind(value: unknown): value is FindingKind {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'severity' in value && 'why' in value
  );
}

describe('every finding', async () => {
  const kinds = await collectKinds();

  test('has a code of its own', () => {
    const owners = new Map<string, { path: string; kind: FindingKind }>();
    for (const { path, kind } of kinds) {
      const owner = owners.get(kind.code);
      // The same words may be shared by reference: a relation speaks with the words of the licenses.
      if (owner !== undefined)
        assert.equal(owner.kind, kind, `${path} and ${owner.path} both define ${kind.code}`);
      else owners.set(kind.code, { path, kind });
    }
    assert.ok(owners.has('missing-field'));
  });

  test('has words: a kebab-case code, a short title, why it matters and what to do', () => {
    for (const { path, kind } of kinds) {
      const { code, severity, title, why, fix } = kind;
      assert.match(code, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, path);
      assert.ok(SEVERITIES.includes(severity), `${code} has no severity`);
      assert.ok(title.length > 0 && title.length <= 80 && !title.endsWith('.'), `${code} has no short title`);
      assert.ok(why.length > 20 && fix.length > 20 && why !== fix, `${code} does not say why, or what to do`);
      for (const control of kind.controls ?? [])
        assert.match(control, /^[a-z0-9-]+:\S+$/, `${code} names ${control}`);
    }
  });
});

describe('the list of members', () => {
  const list = LISTS[0]!;
  const sample = (files: Record<string, string>) => new Map(Object.entries(files));
  const member = (name: string) => `export const ${name}: CheckDefinition<S> = {};\n`;

  test('takes the files that export their definition, and leaves the parts', () => {
    const found = findMembers(
      sample({
        'checks/two-words.ts': member('twoWords'),
        'checks/a.ts': member('a'),
        'checks/part.ts': 'export const x = 1;\n',
        'checks/index.ts': '',
      }),
      list,
    );
    assert.deepEqual(found, { members: ['a', 'two-words'], strays: [] });
  });

  test('knows a definition by its annotation and by satisfies, on one line or many', () => {
    const texts = [
      'export const one: CheckDefinition<S> = {\n};\n',
      'export const one = {} satisfies CheckDefinition<S>;\n',
      "const a = {\n};\nexport const one = {\n  name: 'one',\n\n  create() {\n  },\n} satisfies CheckDefinition<S>;\n",
    ];
    for (const text of texts)
      assert.deepEqual(findMembers(sample({ 'checks/one.ts': text }), list).members, ['one'], text);
    const part = 'export const KINDS = {\n  a: 1,\n};\nconst hidden = {\n} satisfies CheckDefinition<S>;\n';
    assert.deepEqual(findMembers(sample({ 'checks/one.ts': part }), list), { members: [], strays: [] });
  });

  test('tells a definition under another name than its file', () => {
    const { members, strays } = findMembers(sample({ 'checks/one.ts': member('other') }), list);
    assert.deepEqual([members, strays.length], [[], 1]);
  });

  test('is written from the folder and read back the same, whatever it was before', () => {
    const names = ['alpha', 'beta-gamma', 'delta'];
    for (const before of [newIndex(list), writeIndex(newIndex(list), list, ['old-one', 'alpha'])]) {
      const text = writeIndex(before, list, names);
      assert.deepEqual(readIndex(text, list), { imported: names, entries: ['alpha', 'betaGamma', 'delta'] });
      assert.equal(writeIndex(text, list, names), text);
    }
  });

  test('shows a member that is not listed', () => {
    const text = writeIndex(newIndex(list), list, ['alpha']);
    assert.notDeepEqual(readIndex(text, list).imported, ['alpha', 'beta']);
  });

  test('breaks a list that is wider than a line', () => {
    const names = [...'abcdefghijkl'].map((letter) => `member-number-${letter}`);
    const text = writeIndex(newIndex(list), list, names);
    assert.ok(text.split('\n').every((line) => line.length <= 110));
    assert.deepEqual(readIndex(text, list).imported, names);
  });
});
