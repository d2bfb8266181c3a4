/** Redaction policies: which fields a role's view leaves out, what names a person, and what is wrong with a policy. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJsonText } from '../../src/base/json.ts';
import { ShapeReader } from '../../src/base/yaml-shape.ts';
import { parseYaml, type YamlMistake } from '../../src/base/yaml-tree.ts';
import { compilePerson, compileWithout, parseRedactionPolicy } from '../../src/redaction/redaction-policy.ts';
import { fieldsOf } from '../../src/redaction/salted-record.ts';

function chosen(record: string, isChosen: (field: ReturnType<typeof fieldsOf>[number]) => boolean): string[] {
  return fieldsOf(parseJsonText(record))
    .filter(isChosen)
    .map(({ pointer }) => pointer);
}

function parse(text: string) {
  const mistakes: YamlMistake[] = [];
  const { documents } = parseYaml('policy.yaml', text);
  const { root } = documents[0]!;
  assert.ok(root.kind === 'map');
  const policy = parseRedactionPolicy(new ShapeReader('policy.yaml', root, mistakes));
  return { policy, mistakes: mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`) };
}

test('compileWithout() names a field, all below it, and elements of lists on the way', () => {
  const record =
    '{"ip":"10.0.0.1","user":{"email":"a@x","ids":[1,{"n":2}]},"list":[{"ip":"10.0.0.2"}],"a.b":1}';
  const without = (...paths: string[]) => chosen(record, compileWithout(paths));
  assert.deepEqual(without('ip'), ['/ip']);
  assert.deepEqual(without('*.ip'), ['/list/#0/ip']);
  assert.deepEqual(without('user'), ['/user/email', '/user/ids/#0', '/user/ids/#1/n']);
  assert.deepEqual(without('user.ids.n', 'a.b'), ['/user/ids/#1/n', '/a.b']);
  assert.deepEqual(without('use'), [], 'no field of that name');
});

test('compileWithout() leaves out a text that carries such a field, and one that may', () => {
  const inner = {
    userIdentity: { arn: 'arn:ann' },
    eventName: 'x',
    note: JSON.stringify({ ip: '10.0.0.1' }),
  };
  const record = JSON.stringify({
    message: JSON.stringify(inner),
    list: JSON.stringify([{ email: 'a@x' }]),
    torn: '{"userIdentity":{"arn"',
    words: 'userIdentity of {ann}',
    id: '{0c4a-11}',
  });
  const without = (...paths: string[]) => chosen(record, compileWithout(paths));
  assert.deepEqual(without('userIdentity'), ['/message', '/torn']);
  assert.deepEqual(without('message.userIdentity.arn'), ['/message', '/torn']);
  assert.deepEqual(without('ip'), ['/message', '/torn'], 'in a text within');
  assert.deepEqual(without('list.email'), ['/list', '/torn']);
  assert.deepEqual(without('country'), ['/torn']);
  assert.deepEqual(without(), []);
});

describe('compilePerson()', () => {
  const record =
    '{"actor":"ann","target":"ANN@x.org","note":"Ann let Joanna in","by":{"ann":true},"id":4711,"other":"bob","al":"alan is al"}';
  test('finds an identifier in values, within texts, in keys and in numbers, whatever the case', () => {
    assert.deepEqual(chosen(record, compilePerson(['ann'])), ['/actor', '/target', '/note', '/by/ann']);
    assert.deepEqual(chosen(record, compilePerson(['4711'])), ['/id']);
    assert.deepEqual(chosen('{"a":"Jose\u0301"}', compilePerson(['JOSÉ'])), ['/a']);
  });
  test('finds a person in every spelling of case, and behind layers of escapes', () => {
    const person = compilePerson(['Strauß', 'anna.s@example.com', 'Anna Müller']);
    const isFound = (value: string) => person({ pointer: '/x', value });
    for (const text of [
      'STRAUSS',
      'strauss',
      'Strau\u1e9e',
      'Str\u200bau\u00df',
      '/login?next=%2Fu%3Fm%3Danna.s%2540example.com',
      'anna.s%25252540example.com',
      '{"u":"anna.s%2540example.com"}',
      '%7B%22u%22%3A%22anna.s%5Cu0040example.com%22%7D',
      '?name=Anna+M%C3%BCller',
      '?name=anna%20m%fcller',
    ])
      assert.ok(isFound(text), text);
    for (const text of ['Straus', 'anna.s%example.com', '%', '%25', '\\\\', 'Anna-Müller'])
      assert.ok(!isFound(text), text);
    // In linear time, however many layers there are.
    assert.ok(!isFound(`%${'25'.repeat(500_000)}`));
  });

  test('holds short identifiers against whole words', () => {
    assert.deepEqual(chosen('{"a":"alan","b":"by al."}', compilePerson(['al'])), ['/b']);
  });
});

test('parseRedactionPolicy() reads roles, and says every mistake with its place', () => {
  const { policy, mistakes } = parse(
    'roles:\n  developer: {without: [ip, user.email]}\n  security:\n  legal: {reason: required}\n',
  );
  assert.deepEqual(mistakes, []);
  assert.deepEqual(policy.roles, [
    { name: 'developer', without: ['ip', 'user.email'], needsReason: false },
    { name: 'security', without: [], needsReason: false },
    { name: 'legal', without: [], needsReason: true },
  ]);
  const wrong = parse('role: 1\nroles:\n  a: {witout: [x]}\n  b: 3\n  c: {without: [x..y], reason: maybe}\n');
  assert.deepEqual(wrong.mistakes, [
    '1:1 expected roles, found "role", did you mean "roles"?',
    '3:7 expected without, reason, found "witout", did you mean "without"?',
    '4:6 "b" must be a map, found "3"',
    '5:16 expected field paths such as user.email, found "x..y"',
    '5:32 "reason" must be one of required, found "maybe"',
  ]);
  assert.match(parse('a: 1\n').mistakes.join('\n'), /expected "roles": what each role may not see/);
});
