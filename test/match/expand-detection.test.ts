/** Placeholders and the tables that their values come from. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expandDetection } from '../../src/match/expand-detection.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { RuleRefusal } from '../../src/match/rule-refusal.ts';
import type { Detection, Table, TableRow } from '../../src/model/rule.ts';
import { matches } from './one-rule.ts';

function table(name: string, rows: (string | TableRow)[]): Table {
  const place = { title: name, file: 'tables.yaml', line: 3 };
  return {
    name,
    ...place,
    rows: rows.map((row) => (typeof row === 'string' ? { columns: { value: [row] } } : row)),
  };
}

const TABLES = {
  admins: table('admins', ['ann', 'svc-*', { columns: { value: ['bob', 'cid'], note: ['two'] } }]),
  hosts: table('hosts', ['dc1', 'dc2']),
  networks: table('networks', ['10.0.0.0/8', '192.168.0.0/16']),
  empty: table('empty', []),
  notes: table('notes', [{ columns: { note: ['x'] } }]),
  dated: table('dated', [{ columns: { value: ['ann'] }, from: 0n }]),
};

/** The rule of one item with its placeholders replaced. */
function expanded(item: string, tables: Record<string, Table> = TABLES): Detection {
  const text = `title: t\ndetection:\n  s:\n    ${item}\n  f: {a: x}\n  condition: s or (s and not s) or (f and not f)\n`;
  const [document] = parseRuleFile('r.yaml', text).documents;
  assert.ok(document?.kind === 'detection');
  const condition = expandDetection(document.detection.condition, tables);
  return { ...document.detection, condition, speaks: true };
}

describe('expandDetection()', () => {
  test('takes the values of the table, wildcards with them', () => {
    const rule = expanded("a|expand: ['%admins%', dora]");
    const events = ['ANN', 'svc-1', 'bob', 'cid', 'dora', 'two', '%admins%'].map((a) => ({ a }));
    assert.deepEqual(matches(rule, ...events), [true, true, true, true, true, false, false]);
  });
  test('takes text around, and each of one table with each of another', () => {
    const rule = expanded("a|expand|contains: '\\%%hosts%\\\\%admins%\\%'");
    const events = ['x %dc1\\ann% x', '%dc2\\cid%', '%dc1\\ann', 'dc1\\ann%'].map((a) => ({ a }));
    assert.deepEqual(matches(rule, ...events), [true, true, false, false]);
  });
  test('joins literal text on both sides of a placeholder', () => {
    assert.deepEqual(
      matches(expanded("a|expand: 'x%hosts%y'"), { a: 'xdc1y' }, { a: 'x--dc1y' }, { a: 'xdc1-y' }),
      [true, false, false],
    );
  });
  test('leads to networks and encodings, whatever the order', () => {
    const rule = expanded("a|cidr|expand: '%networks%'");
    assert.deepEqual(matches(rule, { a: '10.1.2.3' }, { a: '192.169.0.1' }), [true, false]);
    const encoded = expanded("a|expand|base64: '%hosts%'");
    assert.deepEqual(matches(encoded, { a: 'ZGMx' }, { a: 'dc1' }), [true, false]);
  });
  test('with all asks for one value of each placeholder', () => {
    const rule = expanded("a|expand|contains|all: ['%hosts%', '%admins%']");
    assert.deepEqual(matches(rule, { a: 'dc2 cid' }, { a: 'dc1 dc2' }, { a: ['dc1', 'ann'] }), [
      true,
      false,
      true,
    ]);
  });
  test('leaves a rule without placeholders as it is', () => {
    const { condition } = expanded('a: x');
    assert.equal(expandDetection(condition, TABLES), condition);
    assert.deepEqual(matches(expanded("a|neq|expand: '%hosts%'"), { a: 'dc1' }, { a: 'x' }, {}), [
      false,
      true,
      false,
    ]);
  });
  const refusals: [item: string, message: RegExp][] = [
    [
      "a|expand: '%host%'",
      /"%host%" has no values, did you mean "hosts"\?: add a document with "name: host"/,
    ],
    ["a|expand: '%toString%'", /"%toString%" has no values/],
    ["a|expand: '%empty%'", /the table "empty" \(tables\.yaml:3\) has no values .*give it a column "value"/],
    ["a|expand: '%notes%'", /has no values/],
    ["a|expand: '%dated%'", /has rows with "from" or "to".*in a table without them/],
    ["a|base64|expand: '%admins%'", /"svc-\*" has a wildcard/],
    ["a|gt|expand: '%admins%'", /"gt" needs a number, found "ann"/],
  ];
  for (const [item, message] of refusals) {
    test(`refuses ${item}`, () =>
      assert.throws(
        () => expanded(item),
        (error) => error instanceof RuleRefusal && message.test(error.message),
      ));
  }
  test('refuses more texts than can be compared', () => {
    const many = {
      m: table(
        'm',
        Array.from({ length: 400 }, (_, index) => `v${index}`),
      ),
    };
    assert.throws(() => expanded("a|expand: '%m%%m%'", many), /stands for 160000 texts, at most 100000/);
  });
});
