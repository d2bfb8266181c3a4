/** Conditions and whole detections against plain evaluators that know nothing of slots, ids and memos. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileDetection } from '../../src/match/compile-detection.ts';
import { missingFields, requiredFields } from '../../src/match/required-fields.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';
import { detectionOf, matches, refusalOf } from './one-rule.ts';

type Tree = { name: string } | { not: Tree } | { and: Tree[] } | { or: Tree[] } | { of: 'all' | '1' };
const NAMES = ['s1', 's2', 's3'];

const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...NAMES).map((name) => ({ name })),
    fc.constantFrom('all' as const, '1' as const).map((of) => ({ of })),
    tie('tree').map((not) => ({ not })),
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((or) => ({ or })),
  ),
})).tree;

/** Parentheses only where the grammar needs them: or < and < not. */
function write(node: Tree, binding = 0): string {
  if ('name' in node) return node.name;
  if ('of' in node) return `${node.of} of s*`;
  if ('not' in node) return `not ${write(node.not, 3)}`;
  const [nodes, word, own] = 'and' in node ? [node.and, ' and ', 2] : [node.or, ' or ', 1];
  const text = nodes.map((each) => write(each, own + 1)).join(word);
  return own < binding ? `(${text})` : text;
}

function holds(node: Tree, truth: Record<string, boolean>): boolean {
  if ('name' in node) return truth[node.name]!;
  if ('of' in node)
    return node.of === 'all' ? NAMES.every((name) => truth[name]) : NAMES.some((name) => truth[name]);
  if ('not' in node) return !holds(node.not, truth);
  return 'and' in node
    ? node.and.every((each) => holds(each, truth))
    : node.or.some((each) => holds(each, truth));
}

test('a condition means what a truth table says', () => {
  const cases = Array.from({ length: 8 }, (_, bits) =>
    Object.fromEntries(NAMES.map((name, at) => [name, (bits >> at) % 2 === 1])),
  );
  const property = fc.property(tree, (node) => {
    const rule = detectionOf(
      `s1: {s1: 'true'}\ns2: {s2: 'true'}\ns3: {s3: 'true'}\ncondition: ${write(node)}`,
    );
    assert.deepEqual(
      matches(rule, ...cases),
      cases.map((truth) => holds(node, truth)),
    );
  });
  fc.assert(property, { numRuns: 300 });
});

test('a list of conditions is their disjunction', () => {
  const rule = detectionOf('x: {a: 1}\ny: {b: 1}\ncondition: [x, y]');
  assert.deepEqual(matches(rule, { a: 1 }, { b: 1 }, { c: 1 }), [true, true, false]);
});

describe('a condition that cannot be read says what was expected', () => {
  const cases: [condition: string, message: RegExp][] = [
    ['s and', /needs a selection, "not" or "\(", found its end/],
    ['s s', /needs "and", "or" or the end of the condition, found "s"/],
    ['(s', /needs "\)", found its end/],
    ['selektion', /names "selektion", which is no selection/],
    ['2 of s*', /"1", "any" or "all" before "of"/],
    ['1 of', /"them" or a selection pattern after "of"/],
    ['s or', /needs a selection, "not" or "\(", found its end/],
    ['s and or s', /needs a selection, "not" or "\(", found "or"/],
    ['of s*', /needs a selection, "not" or "\(", found "of"/],
    ['1 of (s)', /"them" or a selection pattern after "of", found "1"|after "of"/],
    [`${'('.repeat(200)}s${')'.repeat(200)}`, /more than 100 parentheses/],
  ];
  for (const [condition, message] of cases) {
    test(condition.slice(0, 40), () =>
      assert.match(refusalOf(`s: {a: x}\ncondition: '${condition}'`), message),
    );
  }
});

describe('an item that cannot run says why', () => {
  const cases: [item: string, message: RegExp][] = [
    ['a|containz: x', /unknown modifier "containz", did you mean "contains"\?/],
    ["a|expand: '%admins%'", /"%admins%" has no values: add a document with "name: admins" and "table: /],
    ['a||contains: x', /a modifier is missing after "\|"/],
    ['a|contains|contains: x', /"contains" stands twice/],
    ['a|i|re: x', /"i" follows only "re"/],
    ['a|re|windash: x', /"windash" changes texts, it does not go with "re"/],
    ['a|cidr|base64: x', /"base64" changes texts, it does not go with "cidr"/],
    ['a|contains|base64: x', /would encode its wildcards: .* write "base64\|contains"/],
    ['a|base64: x*', /"x\*" has a wildcard, which "base64" cannot encode: escape it/],
    ['a|base64offset|contains: x', /a value of one byte leaves nothing to seek/],
    ['a|base64offset|base64: xyz', /"base64" cannot follow/],
    ['a|base64: null', /"base64" needs a text, found null/],
    ['a|utf16: x', /byte order mark.*write "base64" or "base64offset" after it/],
    ['a|wide|utf16be|base64: x', /"utf16be" stands after another encoding/],
    ['a|base64|windash: x', /"windash" after "base64" finds no dashes/],
    [`a|windash|base64: '${'-x'.repeat(8)}'`, /8 dashes of .* have 5\^8 spellings, at most 125/],
    ['a|re|expand: x', /"expand" does not go with "re", write it with "contains"/],
    ["'|neq': x", /"neq" needs a field before it, for keywords write "not"/],
    ["'|hour': 3", /"hour" needs a field/],
    ["'|exists': true", /"exists" needs a field/],
    ["'|fieldref': b", /"fieldref" needs a field/],
    ['a|hour: 24', /"hour" needs a whole number from 0 to 23, found "24"/],
    ['a|week: 0', /"week" needs a whole number from 1 to 53, found "0"/],
    ['a|month: May', /"month" needs a whole number from 1 to 12, found "May"/],
    ['a|hour|contains: 1', /"hour" and "contains" exclude each other/],
    ['a|hour: null', /"hour" needs a value, found null/],
    ['a|cidr: 10.0.0.0/33', /"cidr" needs a network such as 10.0.0.0\/8, found "10.0.0.0\/33"/],
    ['a|contains|endswith: x', /exclude each other/],
    ['a|i: x', /follows only "re"/],
    ['a|exists: x', /"exists" needs true or false/],
    ['a|exists|all: true', /goes with no other modifier/],
    ['a|contains: null', /"contains" needs a value, found null/],
    ['a|gt: x', /"gt" needs a number, found "x"/],
    ["a|re: '(?=x)'", /is not RE2/],
    [`a|re: '${'x'.repeat(10_001)}'`, /at most 10000 are read/],
    ['a: []', /has no values/],
    ['a: {b: c}', /must be a scalar, found a map/],
  ];
  for (const [item, message] of cases) {
    test(item.slice(0, 40), () => assert.match(refusalOf(`s:\n  ${item}\ncondition: s`), message));
  }
  test('empty selections', () => {
    assert.match(refusalOf('s: {}\ncondition: s'), /the selection "s" is empty/);
    assert.match(refusalOf('s: []\ncondition: s'), /the selection "s" is empty/);
    assert.match(refusalOf('s: {a: x}'), /has no condition/);
  });
});

test('fieldref compares two fields of the event', () => {
  const rule = detectionOf('s:\n  a|fieldref: b\ncondition: s');
  assert.deepEqual(
    matches(
      rule,
      { a: 'Ann', b: 'ann' },
      { a: 'ann', b: 'bob' },
      { a: 'x' },
      {},
      { a: ['x', 'y'], b: ['y'] },
    ),
    [true, false, false, false, true],
  );
  const different = detectionOf('s:\n  a|fieldref|neq: b\ncondition: s');
  assert.deepEqual(
    matches(different, { a: 'ann', b: 'ann' }, { a: 'ann', b: 'bob' }, { a: 'x' }, { b: 'x' }),
    [false, true, false, false],
  );
});

test('fieldref compares numbers by what they are, however they are written', () => {
  const rule = detectionOf('s:\n  a|fieldref: b\ncondition: s');
  assert.deepEqual(
    matches(
      rule,
      '{"a":100,"b":100.0}',
      '{"a":1e3,"b":1000}',
      '{"a":-0,"b":0}',
      '{"a":0.1,"b":0.10}',
      '{"a":"100","b":100}',
      '{"a":"100","b":"100.0"}',
      '{"a":100,"b":101}',
    ),
    [true, true, true, true, true, false, false],
  );
  const part = detectionOf('s:\n  a|fieldref|contains: b\ncondition: s');
  assert.deepEqual(matches(part, '{"a":100,"b":"1e2"}', '{"a":100,"b":10}'), [false, true]);
});

test('fieldref takes a part among more members than a hundred', () => {
  const rule = detectionOf('s:\n  a|fieldref|contains: b\ncondition: s');
  const b = Array.from({ length: 300 }, (_, at) => `m${at}.`);
  assert.deepEqual(matches(rule, { a: 'of m299.', b }, { a: 'of mx.', b }), [true, false]);
});

test('fieldref takes a part, all fields, and case', () => {
  const events = [
    { a: 'C:\\users\\Ann', b: 'ann', c: 'c:' },
    { a: 'ann.exe', b: 'ANN', c: 'x' },
    { a: 'x', b: 'y', c: 'x' },
    { a: 'x' },
  ];
  const cases: [item: string, expected: boolean[]][] = [
    ['a|fieldref|endswith: b', [true, false, false, false]],
    ['a|fieldref|startswith: b', [false, true, false, false]],
    ['a|fieldref|contains: b', [true, true, false, false]],
    ['a|contains|fieldref|cased: b', [false, false, false, false]],
    ['a|fieldref|contains|neq: b', [false, false, true, false]],
    ['a|fieldref: [b, c]', [false, false, true, false]],
    ['a|fieldref|contains|all: [b, c]', [true, true, false, false]],
    ['a|fieldref|contains|all|neq: [b, c]', [false, false, true, false]],
  ];
  for (const [item, expected] of cases) {
    assert.deepEqual(matches(detectionOf(`s:\n  ${item}\ncondition: s`), ...events), expected, item);
  }
});

type Modifier = '' | 'contains' | 'startswith' | 'endswith';
type Item = { modifier: Modifier; all: boolean; neq: boolean; values: (string | null)[] };

/** The definition of an item without wildcards, on the values of the field. */
function itemHolds({ modifier, all, neq, values }: Item, field: unknown): boolean {
  const members = Array.isArray(field) ? field : field === undefined ? [] : [field];
  const one = (value: string | null) => {
    if (value === null) return members.length === 0 || members.includes(null);
    const wanted = value.toLowerCase();
    return members.some((member) => {
      if (member === null) return false;
      const text = String(member).toLowerCase();
      if (modifier === 'contains') return text.includes(wanted);
      if (modifier === 'startswith') return text.startsWith(wanted);
      return modifier === 'endswith' ? text.endsWith(wanted) : text === wanted;
    });
  };
  const held = all ? values.every(one) : values.some(one);
  return neq ? members.some((member) => member !== null) && !held : held;
}

test('an item equals its definition, event after event', () => {
  const scalar = fc.constantFrom('a', 'B', 'ab', 'ba', '', 1, 12, true, null);
  const field = fc.option(fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 })), {
    nil: undefined,
  });
  const word = fc.constantFrom('a', 'b', 'AB', '1', 'true');
  const item = fc.record({
    modifier: fc.constantFrom<Modifier>('', 'contains', 'startswith', 'endswith'),
    all: fc.boolean(),
    neq: fc.boolean(),
    values: fc.array(word, { minLength: 1, maxLength: 3 }),
  });
  const property = fc.property(
    item,
    fc.boolean(),
    fc.array(field, { maxLength: 6 }),
    (drawn, withNull, records) => {
      const values = withNull && drawn.modifier === '' ? [...drawn.values, null] : drawn.values;
      const modifiers = [drawn.modifier, drawn.all && 'all', drawn.neq && 'neq'].filter(
        (each) => each !== '' && each !== false,
      );
      const rule = detectionOf(
        `s:\n  ${['f', ...modifiers].join('|')}: ${JSON.stringify(values)}\ncondition: s`,
      );
      const found = matches(rule, ...records.map((f) => (f === undefined ? {} : { f })));
      assert.deepEqual(
        found,
        records.map((f) => itemHolds({ ...drawn, values }, f)),
      );
    },
  );
  fc.assert(property, { numRuns: 1_000 });
});

test('a value judged once is judged the same beyond the bound of the memo', () => {
  const fields = new TreeFields();
  const rule = compileDetection(detectionOf('s:\n  a|endswith: 7\ncondition: s'), fields);
  const [event] = treeEvents([{ a: '7' }], fields);
  for (const id of [-1, 0, 1_000, 65_535, 65_536, 1_048_575, 1_048_575, 70_000_000]) {
    const other = Object.create(event!, { id: { value: () => id } }) as typeof event;
    assert.equal(rule(other!), true);
  }
});

describe('missingFields()', () => {
  const rule = detectionOf('s: {a: x, b: y}\nt: {c: z}\nf: {d: null}\ncondition: (s or t) and not f');
  const occurs =
    (...names: string[]) =>
    (field: { name: string }) =>
      names.includes(field.name);
  test('names the fields without which nothing matches', () => {
    assert.deepEqual(
      requiredFields(rule).map(({ name }) => name),
      ['a', 'b', 'c', 'd'],
    );
    assert.deepEqual(
      missingFields(rule, occurs('a', 'd')).map(({ name }) => name),
      ['b', 'c'],
    );
    assert.deepEqual(missingFields(rule, occurs('a', 'b')), []);
    assert.deepEqual(missingFields(rule, occurs('c')), []);
  });
  test('an absent field fulfills null and exists: false, and keywords need none', () => {
    for (const detection of ['s: {a: null}', 's: {a|exists: false}', 's: [word]']) {
      assert.deepEqual(
        missingFields(detectionOf(`${detection}\ncondition: s`), () => false),
        [],
      );
    }
  });
});
