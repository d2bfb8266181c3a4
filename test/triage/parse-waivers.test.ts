/** The file's schema, which editors check with, refuses what we refuse; and what we read is what was written. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { toPlain } from '../../src/base/yaml-shape.ts';
import { parseYamlDocument } from '../../src/base/yaml-tree.ts';
import { parseDay } from '../../src/triage/day.ts';
import { parseWaivers } from '../../src/triage/parse-waivers.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../rules/schemas/waivers.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(SCHEMA);
const AS_OF = parseDay('2025-03-01')!;

function judge(text: string): { ours: boolean; schemas: boolean } {
  const { waivers, problems } = parseWaivers('w.yaml', text, AS_OF);
  const flaws = waivers?.entries.flatMap((entry) => entry.flaws) ?? [];
  const { root } = parseYamlDocument('w.yaml', text);
  const schemas = validate(root === undefined ? null : toPlain(root));
  return { ours: problems.length === 0 && flaws.length === 0, schemas };
}

const ENTRY = {
  id: 'W-1',
  rule: 'missing-field',
  reason: 'the client is replaced',
  owner: 'bob',
  expires: '2025-04-01',
};

const file = (entry: object, policy: object = {}) => JSON.stringify({ policy, waivers: [entry] });

const GOOD: string[] = [
  '',
  'waivers:\n',
  'policy: { remind: 1w, protected: altered-record }\n',
  file(ENTRY),
  file({ ...ENTRY, rule: ['a', 'b*'], match: { file: 'x', message: ['y'] }, ticket: 'T', approvedBy: 'cid' }),
  file({ ...ENTRY, created: '2025-02-01' }, { maxAge: '90d', maxFindings: 3, minReason: 4 }),
  file({ ...ENTRY, match: { fingerprint: ['0'.repeat(32)] } }),
];

const BAD: string[] = [
  '[]',
  'waivers: {}',
  'waivers: [x]',
  'waviers: []',
  ...['id', 'rule', 'reason', 'owner', 'expires'].map((key) => file({ ...ENTRY, [key]: undefined })),
  ...Object.entries({
    id: ['W 1', '', '-x', 'x'.repeat(65)],
    rule: ['', [], [''], {}],
    reason: ['', [], {}, '1234 5678 90'],
    owner: [''],
    expires: ['soon', '2025-13-01', '2025-04-01T00:00:00Z', '01.04.2025'],
    created: ['2025-2-1'],
    match: ['x', null, {}, { mesage: 'x' }, { file: [] }, { fingerprint: '12' }, { fingerprint: ['x*'] }],
    title: ['a name'],
  }).flatMap(([key, values]) => values.map((value) => file({ ...ENTRY, [key]: value }))),
  ...[
    { maxAge: '90' },
    { maxAge: '12h' },
    { maxAge: 90 },
    { maxFindings: 0 },
    { maxFindings: '3x' },
    { remind: 'soon' },
    { protect: 'x' },
  ].map((policy) => file({ ...ENTRY, created: '2025-02-28' }, policy)),
];

test('schema and reader take the same files', () => {
  for (const text of GOOD) assert.deepEqual(judge(text), { ours: true, schemas: true }, text);
});

test('schema and reader refuse the same files', () => {
  for (const text of BAD) assert.deepEqual(judge(text), { ours: false, schemas: false }, text);
});

test('what no schema can say the reader still refuses', () => {
  for (const entry of [
    { ...ENTRY, expires: '2025-02-30' },
    { ...ENTRY, approvedBy: 'BOB' },
    { ...ENTRY, rule: '*' },
    { ...ENTRY, created: '2025-03-02' },
  ])
    assert.deepEqual(judge(file(entry)), { ours: false, schemas: true }, JSON.stringify(entry));
});

test('a flaw stands at the byte where its line begins, whatever letters are before it', () => {
  const text =
    'waivers:\n  # Ää€\n  - id: W-1\n    rule: x\n    reason: the client is replaced\n    owner: bob\n    expires: soon\n';
  const [flaw] = parseWaivers('w.yaml', text, AS_OF).waivers!.entries[0]!.flaws;
  assert.deepEqual(flaw!.place, {
    file: 'w.yaml',
    line: 7,
    offset: Buffer.from(text).indexOf('    expires'),
    length: '    expires: soon'.length,
  });
  assert.equal(flaw!.excerpt.text.slice(flaw!.excerpt.start, flaw!.excerpt.end), 'soon');
});
