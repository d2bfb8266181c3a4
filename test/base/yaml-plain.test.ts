/** The plain reader is held to the library: the same tree, or a document left to it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseYamlByLibrary } from '../../src/base/yaml-library.ts';
import { isPlainText, readPlainDocument } from '../../src/base/yaml-plain.ts';
import { dropEmptyEnd, parseYaml } from '../../src/base/yaml-tree.ts';
import { rounds } from '../support/rounds.ts';
import { sharedData } from '../support/shared-data.ts';
import { repository } from '../support/source-tree.ts';

function assertSame(text: string, name = JSON.stringify(text)): void {
  const expected = parseYamlByLibrary('f.yaml', text);
  dropEmptyEnd(expected.documents);
  assert.deepStrictEqual(parseYaml('f.yaml', text), expected, name);
}

/** Whether the library is needed for a text of one document. */
function isPlain(text: string): boolean {
  return isPlainText(text) && readPlainDocument(text, 0, text.length, 1) !== 'unusual';
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .sort()
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
}

const shipped = yamlFiles(`${repository}rules`);
const publicRules = sharedData('sigma-rules');
const sigma = publicRules === undefined ? [] : yamlFiles(publicRules);

test('parseYaml() equals the library on every file of rules/ and fixtures/', () => {
  const fixtures = yamlFiles(`${repository}fixtures`);
  assert.ok(shipped.length > 30 && fixtures.length > 30);
  // The library takes 5 ms of a file (measured): with line ends of two bytes it reads every seventh in the gate.
  const stride = rounds(7, 1);
  for (const [index, text] of [...shipped, ...fixtures].entries()) {
    assertSame(text);
    if (index % stride === 0) assertSame(text.replaceAll('\n', '\r\n'));
  }
});

test('parseYaml() equals the library on public Sigma rules, a fifth of them in the gate; none needs it', {
  skip: sigma.length === 0 && 'sample data absent',
}, () => {
  const stride = rounds(5, 1);
  for (const text of sigma.filter((_, index) => index % stride === 0)) assertSame(text);
  assert.deepEqual(
    sigma.filter((text) => !isPlain(text)),
    [],
  );
});

/** Each is read without the library. */
const PLAIN = [
  'a: 1\nb: -1.5e3\nc: 007\nd: 0x1F\ne: ~\nf: null\ng: TRUE\nh: No\ni: .inf\nj: -x\n',
  'a:\nb: # nothing\nc:   \n',
  '- a\n-\n- # c\n-   \n- b: 1\n  c: 2\n- - x\n  - y\n-   d: 1\n    e: 2\n',
  'a:\n- 1\n- 2\nb:\n  - 3\n',
  'a: one two # three\nb: one#two\nc: http://x:80/y\n',
  'a: one\n  two\n    three\nb: 1\n',
  "a: 'it''s'\nb: \"x # y\"\nc: \"\\\\ \\\" \\/ \\n\\t\" # z\n'd e': 1\n\"f: g\": 2\nh: ''\ni: \"\"\nj: 'a'''\n",
  'a: |\n  one\n    two\n\n  three\nb: |-\n  x\n\n\nc: >\n  one\n  two\n\n\n  three\nd: >-\n  x',
  '- |\n  x\n- >-\n\n  y\n',
  'a: [1, x, "y", [], {}, -2, a b]\nb: { c: 1, d, "e": f, "g":h, }\nc: [\n    1, # one\n\n    2,\n  ]\n',
  '[a, b]\n',
  '{"a": {"b": [1, true, null]}}\n',
  'a: &x [1, 2]\nb: *x\nc: { d: &y z, e: [*y, *x] }\nf: &m\n  g: 1\nh: *m\n',
  'a:\n  [\n    x,\n  ]\nb:\n  &i { c: 1 }\nc: *i\n',
  '# one\n\n--- \n# two\na: 1 # three\n\n',
  '  a: 1\n  b: 2\n',
  'a: é 💥 \u00a0x\n',
];

test('readPlainDocument() reads the common forms as the library does', () => {
  for (const text of PLAIN) {
    assert.ok(isPlain(text), text);
    assert.deepEqual(parseYamlByLibrary('f.yaml', text).problems, [], text);
    assertSame(text);
  }
});

/** Each is another form, or a mistake, of which the library tells. */
const UNUSUAL = [
  'a: b: c\n',
  'a: 1\na: 2\n',
  '{a: 1, a: 2}\n',
  'a: "x\n  y"\n',
  'a: [x\n  y]\n',
  'a: [b: c]\n',
  'a: [b,, c]\n',
  'a: [b\n]\n',
  'a: {b: }\n',
  'a: *x\n',
  'a: &x &y 1\n',
  'a: &x[1]\n',
  '- &x a: 1\n- *x\n',
  'a: &x [*x]\n',
  'a: &x 1\nb: &x 2\nc: *x\n',
  'a: !!str 1\n',
  '? a\n: b\n',
  'a: |2\n   x\n',
  'a: |+\n  x\n\n',
  'a: |\n    x\n  y\n',
  'a: |\n  x\n # c\n',
  'a: >\n  x\n    y\n',
  'a: >\n  x  \n  y\n',
  'a: x\n\n  y\n',
  'a: x # c\n  y\n',
  'a: 1\n  b: 2\n',
  'a:\n  b: 1\n c: 2\n',
  'a: "x" y\n',
  'a: "x"#y\n',
  'a: - b\n',
  'a: @x\n',
  'a:\t1\n',
  'a\n',
  '"a\n',
  '--- a\n',
  '---\n',
  '---\n---\na: 1\n',
  '%YAML 1.2\n---\na: 1\n',
  'a: 1\n...\nb: 2\n',
  '<<: {a: 1}\n',
  'a: "\\x41"\n',
  '\ufeffa: 1\n',
];

test('readPlainDocument() leaves the rest, and every mistake, to the library', () => {
  for (const text of UNUSUAL) {
    assert.ok(!isPlain(text), text);
    assertSame(text);
  }
});

test('readPlainDocument() bounds what aliases make of a document', () => {
  const doubled = Array.from({ length: 20 }, (_, n) => `a${n}: &b${n} [*b${n - 1}, *b${n - 1}]\n`).join('');
  const bomb = `z: &b-1 [x, y]\n${doubled}`;
  assert.ok(!isPlain(bomb));
  assertSame(bomb);
  assert.ok(parseYaml('f.yaml', bomb).problems.length > 0);
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const nested = `a: &a ${deep}\nb: ${'['.repeat(40)}*a${']'.repeat(40)}\n`;
  assertSame(nested);
  assert.ok(parseYaml('f.yaml', nested).problems.length > 0);
});

test('parseYaml() bounds nesting before the library calls itself for it, however often it is asked', () => {
  const runs = ['['.repeat(5000), '{a: '.repeat(5000), `${'['.repeat(400)}${']'.repeat(400)}`];
  const texts = [...runs, '[\n'.repeat(5000), '{ab:\n '.repeat(5000)];
  for (const text of [...texts, ...texts]) {
    const { documents, problems } = parseYaml('f.yaml', text);
    assert.deepEqual(documents, []);
    assert.match(problems[0]!.message, /nests? deeper than 64 levels/);
  }
});

test('parseYaml() reads each document by the cheapest way, and tells of all of them when one is wrong', () => {
  const texts = ['# c\na: 1\n', '---\nb: "x\n  y"\n', '--- # c\nc: 1\n', '---\n? d\n'];
  assertSame(texts.join(''));
  assert.equal(parseYaml('f.yaml', texts.join('')).documents.length, 4);
  assertSame(`${texts.join('')}---\ne: f: g\n---\nh: *i\n`);
  // `---` within a block scalar or quotes begins a document all the same; indented or longer, it does not.
  assertSame('a: |\n  x\n---\nb: 1\n');
  assertSame('a: "x\n---\nb: 1\n');
  assertSame('a: |\n  x\n  ---\n  y\nb: 1\n');
  assertSame('a: 1\n---b: 1\n');
});

test('parseYaml() reads files of many documents beyond what the library is given at once', () => {
  const rule = `title: ann\nlist:\n  - ${'x'.repeat(1000)}\n`;
  const many = Array.from({ length: 1500 }, () => rule).join('---\n');
  const { documents, problems } = parseYaml('f.yaml', `${many}---\nb: "x\n  y"\n`);
  assert.deepEqual([documents.length, problems], [1501, []]);
  const last = documents.at(-1)!;
  assert.deepEqual([last.line, last.root.line], [6000, 6001]);
  assert.deepEqual(parseYaml('f.yaml', `${many}---\na: b: c\n`).problems, [
    {
      file: 'f.yaml',
      line: 6001,
      column: 4,
      message: 'no valid YAML: nested mappings are not allowed in compact mappings',
    },
  ]);
  assert.match(
    parseYaml('f.yaml', `a: "${'x\n  '.repeat(500_000)}"`).problems[0]!.message,
    /at most 1048576/,
  );
});

/** Parts that meet in real files, and those that change what stands around them. */
const PARTS =
  `: |:|#| #|- |-|? |, |[|]|{|}|"|'|>|>-|&a |*a|!t |%|@|\\n|---|~|true|1|-1|<<: |é|x|a: b|"a": |{a: 1, b}|[a, b]|''`
    .split('|')
    .concat('|', '|-', '\n', '\n\n', '\n  ', '\n---\n', '  ', ' ');

const lines = [...new Set([...shipped, ...sigma].flatMap((text) => text.split('\n')))];

test('parseYaml() equals the library on parts of real files, changed at random places', () => {
  const change = fc.record({ at: fc.nat(), remove: fc.nat({ max: 3 }), put: fc.constantFrom(...PARTS, '') });
  const excerpt = fc
    .record({
      file: fc.constantFrom(...shipped, ...sigma),
      from: fc.nat(),
      count: fc.integer({ min: 1, max: 15 }),
    })
    .map(({ file, from, count }) => {
      const all = file.split('\n');
      return all.slice(from % all.length, (from % all.length) + count).join('\n');
    });
  const stacked = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(...lines)), {
      minLength: 1,
      maxLength: 7,
    })
    .map((list) => list.map(([indent, line]) => `${' '.repeat(indent)}${line.trimStart()}\n`).join(''));
  const made = fc
    .array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 14 })
    .map((list) => list.join(''));
  const texts = fc.tuple(fc.oneof(excerpt, stacked, made), fc.array(change, { maxLength: 3 }));
  const numRuns = rounds(300, 3000);
  let plain = 0;
  fc.assert(
    fc.property(texts, ([begin, changes]) => {
      const text = changes.reduce((so, { at, remove, put }) => {
        const place = at % (so.length + 1);
        return so.slice(0, place) + put + so.slice(place + remove);
      }, begin);
      if (isPlain(text)) plain++;
      assertSame(text);
    }),
    { numRuns },
  );
  assert.ok(plain > numRuns / 10, `only ${plain} texts were plain`);
});
