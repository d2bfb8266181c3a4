/** Array members by `[any]`, `[all]`, `[all_or_empty]`, `[none]` and position (trap 10), where a rule says `sigma-version: 3`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toRecordEvents } from '../../src/engine/record-events.ts';
import { compileDetection } from '../../src/match/compile-detection.ts';
import { expandDetection } from '../../src/match/expand-detection.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { missingFields, requiredFields } from '../../src/match/required-fields.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { detectionOf, matches, ruleSetOf } from './one-rule.ts';

const VERSION = 'sigma-version: 3';

/** Whether the selection holds for each record, told by both kinds of events. */
function held(selection: string, ...records: object[]): boolean[] {
  const rule = detectionOf(`s:\n  ${selection.replaceAll('\n', '\n  ')}\ncondition: s`, VERSION);
  const found = matches(rule, ...records);
  const input = toRecordEvents(
    UNKNOWN_SOURCE,
    records.map((record) => JSON.stringify(record)),
  );
  const test = compileDetection(rule, input.fields);
  // One cursor moves over the records.
  const told: boolean[] = [];
  for (const event of input.events) told.push(test(event));
  assert.deepEqual(told, found);
  return found;
}

const TCP = { protocol: 'TCP', ip: '123.1.9.9' };
const UDP = { protocol: 'udp', ip: '123.1.9.9' };
const FAR = { protocol: 'tcp', ip: '10.0.0.1' };

describe('a block', () => {
  const both = (choice: string) => `c[${choice}]: {protocol: tcp, ip|cidr: 123.1.0.0/16}`;
  const records = [
    { c: [FAR, TCP] },
    { c: [FAR, UDP] },
    { c: [TCP, TCP] },
    { c: [] },
    {},
    { c: TCP },
    { c: null },
  ];
  test('[any] is fulfilled by one member in all its fields', () => {
    assert.deepEqual(held(both('any'), ...records), [true, false, true, false, false, true, false]);
  });
  test('[all] needs a member, and each of them', () => {
    assert.deepEqual(held(both('all'), ...records), [false, false, true, false, false, true, false]);
  });
  test('[all_or_empty] needs each of them', () => {
    assert.deepEqual(held(both('all_or_empty'), ...records), [false, false, true, true, true, true, false]);
  });
  test('[none] needs that no member does', () => {
    assert.deepEqual(held(both('none'), ...records), [false, true, false, true, true, false, true]);
  });
  test('may have selections and a condition of its own', () => {
    const block =
      'c[any]:\n  in_range: {ip|cidr: 123.1.0.0/16}\n  is_tcp: {protocol: tcp}\n  condition: in_range and not is_tcp';
    assert.deepEqual(held(block, { c: [TCP, FAR] }, { c: [FAR, UDP] }), [false, true]);
  });
  test('may be a list of alternatives, or keywords', () => {
    assert.deepEqual(
      held('c[all]: [{protocol: udp}, {ip: 10.0.0.1}]', { c: [UDP, FAR] }, { c: [UDP, TCP] }),
      [true, false],
    );
    assert.deepEqual(held("c[any]:\n  '|all': [tcp, 10.0]", { c: [TCP, FAR] }, { c: [TCP, UDP, '10.0'] }), [
      true,
      false,
    ]);
  });
  test('stands in a block, and after a path', () => {
    const nested = "a.pods[any]: {name: web, 'ports[all]': {open: true}}";
    const pod = (...open: boolean[]) => ({ name: 'web', ports: open.map((each) => ({ open: each })) });
    assert.deepEqual(
      held(
        nested,
        { a: { pods: [pod(true, false), pod(true)] } },
        { a: { pods: [pod(false)] } },
        { a: { pods: [pod()] } },
      ),
      [true, false, false],
    );
  });
});

describe('members by themselves', () => {
  test('are compared as any value is', () => {
    assert.deepEqual(
      held('a[all]|startswith: x', { a: ['x1', 'X2'] }, { a: ['x1', 'y'] }, { a: 'x' }, { a: [] }),
      [true, false, true, false],
    );
    assert.deepEqual(held('a[none]|gte: 500', { a: [200, '499'] }, { a: [200, 502] }, {}), [
      true,
      false,
      true,
    ]);
    assert.deepEqual(held('a[any]: null', { a: [1, null] }, { a: [1] }, {}), [true, false, false]);
    assert.deepEqual(held('a[any]|neq: x', { a: ['x', 'y'] }, { a: ['x'] }), [true, false]);
  });
  test('are "." in a block', () => {
    const block =
      "status[any]:\n  bad: {'.|gte': 500}\n  gateway: {'.': 504}\n  condition: bad and not gateway";
    assert.deepEqual(held(block, { status: [200, 504] }, { status: [504, 502] }), [false, true]);
  });
  test('have fields that are named after the selector', () => {
    assert.deepEqual(held('c[any].ip|cidr: 10.0.0.0/8', { c: [TCP, FAR] }, { c: [TCP] }), [true, false]);
    assert.deepEqual(
      held(
        'c[all].a.b[any]: x',
        { c: [{ a: { b: ['x'] } }, { 'a.b': ['y', 'x'] }] },
        { c: [{ a: { b: ['y'] } }] },
      ),
      [true, false],
    );
  });
});

describe('positions', () => {
  test('count from the begin, or from the end', () => {
    const record = { a: ['x', 'y', 'z'] };
    for (const [item, expected] of [
      ['a[0]: x', true],
      ['a[2]: z', true],
      ['a[-1]: z', true],
      ['a[-3]: x', true],
      ['a[3]: x', false],
      ['a[-4]: x', false],
      ['a[1]: x', false],
    ] as const)
      assert.deepEqual(held(item, record), [expected], item);
  });
  test('that are not there are absent', () => {
    assert.deepEqual(held('a[1]: null', { a: ['x'] }, { a: ['x', null] }, { a: ['x', 'y'] }, {}), [
      true,
      true,
      false,
      true,
    ]);
    assert.deepEqual(held('a[1]|exists: false', { a: ['x'] }, { a: ['x', null] }), [true, false]);
    assert.deepEqual(held('a[1]|neq: y', { a: ['x'] }, { a: ['x', 'z'] }), [false, true]);
    assert.deepEqual(held('c[-1].ip: 10.0.0.1', { c: [TCP, FAR] }, { c: [FAR, TCP] }), [true, false]);
  });
});

test('brackets are literal with a backslash, and before version 3', () => {
  assert.deepEqual(held("'a\\[0\\]': x", { 'a[0]': 'x' }, { a: ['x'] }), [true, false]);
  for (const head of ['', 'sigma-version: 2.1.0']) {
    const rule = detectionOf("s: {'a[0]': x}\ncondition: s", head);
    assert.deepEqual(matches(rule, { 'a[0]': 'x' }, { a: ['x'] }), [true, false]);
  }
});

test('the quantifiers are what they are of the members, whatever these are', () => {
  const scalar = fc.constantFrom('x', 'X', 'y', 1, null, true);
  const property = fc.property(fc.array(scalar, { maxLength: 5 }), (a) => {
    const each = a.map((member) => member === 'x' || member === 'X' || member === 1);
    const [any, all, orEmpty, none] = ['any', 'all', 'all_or_empty', 'none'].map(
      (choice) => held(`a[${choice}]: [x, 1]`, { a })[0],
    );
    assert.deepEqual([any, none], [each.includes(true), !each.includes(true)]);
    assert.deepEqual([all, orEmpty], [a.length > 0 && !each.includes(false), !each.includes(false)]);
  });
  fc.assert(property, { numRuns: 300 });
});

test('a rule lives by the array that its members are of', () => {
  const rule = detectionOf('s:\n  a[any]: x\ncondition: s', VERSION);
  assert.deepEqual(
    requiredFields(rule).map(({ name }) => name),
    ['a'],
  );
  assert.deepEqual(
    missingFields(rule, () => false).map(({ name }) => name),
    ['a'],
  );
  assert.deepEqual(
    missingFields(detectionOf('s:\n  a[none]: x\ncondition: s', VERSION), () => false),
    [],
  );
});

test('placeholders within a block are replaced', () => {
  const text = `title: t\n${VERSION}\ndetection:\n  s: {'a[any]|expand': '%m%'}\n  condition: s\n`;
  const [document] = parseRuleFile('r.yaml', text).documents;
  assert.ok(document?.kind === 'detection');
  const m = { name: 'm', title: 'm', file: 'f', line: 1, rows: [{ columns: { value: ['x'] } }] };
  const condition = expandDetection(document.detection.condition, { m });
  assert.deepEqual(matches({ ...document.detection, condition, speaks: true }, { a: ['x'] }, { a: ['y'] }), [
    true,
    false,
  ]);
});

describe('what is no selector says so', () => {
  const cases: [item: string, message: RegExp][] = [
    ['a[some]: x', /"a\[some\]" on line 5: "\[some\]" must be \[any\], \[all\], .*or a position/],
    ['a[]: x', /"\[\]" must be \[any\]/],
    [
      'a[0: x',
      /"a\[0" is no field with a selector .* brackets that belong to the name are written \\\[ and \\\]/,
    ],
    ['a[0]b: x', /"a\[0\]b" is no field with a selector/],
    ["'[0]': x", /is no field with a selector/],
    ['a[0].: x', /is no field with a selector/],
    ['a[any].b: {c: x}', /a block stands after a selector alone/],
    ['a[any]|contains: {c: x}', /a block stands after a selector alone/],
    ['a[any]: {}', /the selection "a\[any\]" is empty/],
    ['a[any]: {s: {b: x}, condition: t}', /"t", which is no selection/],
  ];
  for (const [item, message] of cases) {
    test(item, () => {
      const { errors } = ruleSetOf(`title: t\n${VERSION}\ndetection:\n  s:\n    ${item}\n  condition: s\n`);
      assert.match(errors[0]?.message ?? '', message);
    });
  }
  test('versions', () => {
    const { errors } = ruleSetOf('title: t\nsigma-version: 4\ndetection: {s: {a: x}, condition: s}\n');
    assert.match(errors[0]!.message, /written for Sigma 4, and at most Sigma 3 is known here/);
    const { problems } = parseRuleFile(
      'r.yaml',
      'title: t\nsigma-version: new\ndetection: {s: {a: x}, condition: s}\n',
    );
    assert.match(problems[0]!.message, /"sigma-version" must be a version such as 3 or 2.1.0, found "new"/);
    assert.match(
      ruleSetOf(
        'title: t\nsigma-version: 3\ntaxonomy: audit\ndetection: {s: {"target[any]": x}, condition: s}\n',
      ).errors[0]!.message,
      /canonical fields have one value each/,
    );
  });
});
