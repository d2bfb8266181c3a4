/** The YAML tree: what each value becomes, where it stands, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJsonText } from '../../src/base/yaml-shape.ts';
import { parseYaml, parseYamlDocument, type YamlNode } from '../../src/base/yaml-tree.ts';

function rootOf(text: string): YamlNode {
  const { root, problems } = parseYamlDocument('f.yaml', text);
  assert.deepEqual(problems, []);
  return root!;
}

/** The values of a map by key. */
function valuesOf(text: string): Record<string, YamlNode> {
  const root = rootOf(text);
  assert.equal(root.kind, 'map');
  return Object.fromEntries(root.kind === 'map' ? root.entries.map(({ key, value }) => [key, value]) : []);
}

function mistakesOf(text: string): string[] {
  const { problems } = parseYaml('f.yaml', text);
  return problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

test('a scalar means what its author sees', () => {
  const json = toJsonText(
    rootOf('[No, on, 2025-01-01, 0123, 0x1F, 1.0, 12345678901234567890, true, ~, "1", +1, .inf]'),
  );
  assert.equal(
    json,
    '["No","on","2025-01-01","0123","0x1F",1.0,12345678901234567890,true,null,"1","+1",".inf"]',
  );
});

test('a boolean keeps how it is written', () => {
  const { a } = valuesOf('a: TRUE');
  assert.deepEqual(a, { line: 1, column: 4, kind: 'boolean', value: true, written: 'TRUE' });
});

test('the inset leads to the first character of a text that the file has letter for letter', () => {
  const source = `plain: one two
double: "one two"
single: 'one two'
anchored: &x one two
escaped: "one\\ttwo"
doubled: 'one ''two'''
folded: one
  two
block: |
  one two
number: 007
`;
  const insets = Object.entries(valuesOf(source)).map(([key, node]) => {
    assert.equal(node.kind, 'text');
    if (node.kind !== 'text' || node.inset === undefined) return [key, undefined];
    const line = source.split('\n')[node.line - 1]!;
    assert.ok(line.startsWith(node.text, node.column - 1 + node.inset), key);
    return [key, node.inset];
  });
  assert.deepEqual(insets, [
    ['plain', 0],
    ['double', 1],
    ['single', 1],
    ['anchored', 0],
    ['escaped', undefined],
    ['doubled', undefined],
    ['folded', undefined],
    ['block', undefined],
    ['number', 0],
  ]);
});

test('a value that is left out stands at its key', () => {
  const { outer } = valuesOf('x: 1\nouter: {a: 1, left}');
  assert.ok(outer?.kind === 'map');
  assert.deepEqual(outer.entries[1], {
    line: 2,
    column: 15,
    key: 'left',
    value: { line: 2, column: 15, kind: 'null' },
  });
});

test('merge keys take maps, the own keys first, and nothing else', () => {
  assert.equal(toJsonText(valuesOf('base: &b {a: 1, b: 2}\nall: {<<: *b, b: 3}').all!), '{"b":3,"a":1}');
  assert.deepEqual(mistakesOf('a: 1\n<<: text\n'), ['2:1: expected a map to merge after "<<", found a text']);
});

test('mistakes of the syntax are told in our words, with their place', () => {
  assert.deepEqual(mistakesOf('a: b: c\n'), [
    '1:4: no valid YAML: nested mappings are not allowed in compact mappings',
  ]);
});

test('parseYamlDocument() refuses a second document where it begins', () => {
  assert.deepEqual(parseYamlDocument('f.yaml', 'a: 1\n---\nb: 2\n'), {
    root: undefined,
    problems: [{ file: 'f.yaml', line: 2, column: 1, message: 'expected one YAML document, found another' }],
  });
  assert.deepEqual(parseYamlDocument('f.yaml', '# nothing\n'), { root: undefined, problems: [] });
});

test('parseYaml() passes over a document at the end that holds nothing, and over no other', () => {
  const kinds = (text: string) => {
    const { documents, problems } = parseYaml('f.yaml', text);
    assert.deepEqual(problems, []);
    return documents.map(({ root }) => root.kind);
  };
  // The tabs are read by the library.
  for (const end of ['---', '---\n', '---\r\n', '--- # end\n', '---\n# end\n\n', '---\n---\n', '---\n\t\n'])
    assert.deepEqual(kinds(`a: 1\n${end}`), ['map'], end);
  for (const end of ['--- null\n', '---\n~\n', '---\n&a\n'])
    assert.deepEqual(kinds(`a: 1\n${end}`), ['map', 'null']);
  assert.deepEqual(kinds('a: 1\n---\n---\nb: 1\n'), ['map', 'null', 'map']);
  assert.deepEqual(kinds('---\n'), ['null']);
});

test('lines of indicators are refused before they are parsed', () => {
  for (const indicator of ['- ', '? ', ': ', '-\t', '- ? ']) {
    assert.deepEqual(mistakesOf(`a: 1\n---\n${indicator.repeat(200_000)}`), [
      '1:1: line 3 nests deeper than 64 levels',
    ]);
  }
});
