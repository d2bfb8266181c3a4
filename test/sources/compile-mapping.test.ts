/** The YAML of a mapping: what it compiles to, and that every mistake is named with its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileMapping } from '../../src/sources/compile-mapping.ts';
import type { Mapping } from '../../src/sources/mapping.ts';

const GOOD = {
  title: 'Door log',
  logsource: { product: 'door' },
  identify: { badge: '*' },
  identity: ['door', 'serial'],
  lacks: ['user_agent'],
  fields: { time: 'opened', actor: ['badge.owner', 'badge.number'] },
};

function problemsOf(document: unknown): string[] {
  const problems: string[] = [];
  const mapping = compileMapping('door', document, (path, message) =>
    problems.push(`${path.join('.')}: ${message}`),
  );
  assert.equal(
    mapping === undefined,
    problems.length > 0,
    'a mapping is given exactly when there is no problem',
  );
  return problems;
}

function compile(document: unknown): Mapping {
  assert.deepEqual(problemsOf(document), []);
  return compileMapping('door', document, () => {})!;
}

test('a logsource compiles to words, and the events they are for', () => {
  const service = { all: null, front: { door: ['1', 2] }, back: [{ door: 3 }, { badge: 'b*', door: 4 }] };
  const { logsource } = compile({ ...GOOD, logsource: { product: ['door', 'gate'], service } });
  assert.deepEqual(logsource, {
    product: [
      { word: 'door', when: [] },
      { word: 'gate', when: [] },
    ],
    service: [
      { word: 'all', when: [] },
      { word: 'front', when: [{ door: ['1', '2'] }] },
      { word: 'back', when: [{ door: ['3'] }, { badge: ['b*'], door: ['4'] }] },
    ],
    category: [],
  });
});

test('a mapping compiles to plain data that structured clone keeps whole', () => {
  const mapping = compile(GOOD);
  assert.deepEqual(structuredClone(mapping), mapping);
  assert.equal(mapping.title, 'Door log');
  assert.deepEqual(mapping.lacks, ['user_agent']);
});

test('each path is numbered once, however often it is named', () => {
  const mapping = compile({ ...GOOD, fields: { time: 'opened', id: 'serial', actor: ['badge', 'serial'] } });
  assert.equal(new Set(mapping.paths).size, mapping.paths.length);
  assert.equal(mapping.identity[0]![1], (mapping.fields.id!.alternatives[0] as { path: number }).path);
});

test('an envelope adds each path once more, in the envelope', () => {
  const mapping = compile({ ...GOOD, envelopes: ['payload'] });
  assert.ok(mapping.paths.includes('payload.badge.owner'));
  assert.equal(mapping.identify.length, 2);
  assert.deepEqual(mapping.within, ['payload']);
});

test('all mistakes are reported at once', () => {
  const problems = problemsOf({
    ...GOOD,
    identfy: {},
    lacks: ['time', 'colour'],
    fields: { actr: 'x', time: 7 },
  });
  assert.deepEqual(problems, [
    'identfy: unknown key "identfy", did you mean "identify"?',
    'fields.actr: unknown field "actr", did you mean "actor"?',
    'fields.time: expected a field path or {from}, {literal}, {join}, found 7',
    'lacks.1: unknown field "colour"',
    'lacks.0: "time" is mapped in fields, it cannot be lacking by design',
  ]);
});

const MISTAKES: readonly (readonly [string, unknown, string])[] = [
  ['a document that is a list', [], ': expected a mapping of title, suggested, logsource'],
  ['a missing key', { title: 'x', fields: { time: 'a' } }, ': missing key "identify"'],
  ['an empty title', { ...GOOD, title: '' }, 'title: expected a text, found ""'],
  [
    'a form that would fit every record',
    { ...GOOD, identify: {} },
    'identify: an empty form would fit every record',
  ],
  ['no form at all', { ...GOOD, identify: [] }, 'identify: expected at least one form'],
  ['a pattern that is a mapping', { ...GOOD, identify: { badge: {} } }, 'identify.badge: expected a pattern'],
  [
    'a path with an empty level',
    { ...GOOD, identify: { 'a..b': '*' } },
    'identify.a..b: expected a field path',
  ],
  ['a wrapper that is no list', { ...GOOD, wrappers: 'Records' }, 'wrappers: expected a list of field paths'],
  [
    'an identity path that is a number',
    { ...GOOD, identity: [1] },
    'identity.0: expected a field path, found 1',
  ],
  ['a need that is not mapped', { ...GOOD, needs: ['ip'] }, 'needs.0: "ip" is not mapped'],
  ['a field that stands twice in lacks', { ...GOOD, lacks: ['ip', 'ip'] }, 'lacks.1: "ip" stands twice'],
  [
    'an unknown time unit',
    { ...GOOD, time: { unit: 'min' } },
    'time.unit: expected one of s, ms, us, ns, found "min"',
  ],
  ['a zone by name', { ...GOOD, time: { zone: 'CET' } }, 'time.zone: expected "Z" or an offset'],
  [
    'a zone that is out of range',
    { ...GOOD, time: { zone: '+25:00' } },
    'time.zone: expected "Z" or an offset',
  ],
  [
    'an alias to nothing',
    { ...GOOD, aliases: { a: null } },
    'aliases.a: expected a field path, found nothing',
  ],
  [
    'an alias that is an empty path in a list',
    { ...GOOD, aliases: { a: ['x', ''] } },
    'aliases.a.1: expected a field path, found ""',
  ],
  [
    'a list of names that is a path',
    { ...GOOD, named: 'p' },
    'named: expected {list, name, values}, found "p"',
  ],
  [
    'a list of names without the list',
    { ...GOOD, named: { name: 'name', values: ['value'] } },
    'named.list: expected a field path, found nothing',
  ],
  [
    'a list of names without a value',
    { ...GOOD, named: [{ list: 'p', name: 'name', values: [] }] },
    'named.0.values: expected the members that may hold a value, found none',
  ],
  [
    'a list of names and a word too many',
    { ...GOOD, named: { list: 'p', name: 'name', values: ['value'], valus: 'v' } },
    'named.valus: unknown key "valus"',
  ],
  [
    'a list of names whose values stand elsewhere',
    { ...GOOD, named: { list: 'p', name: 'name', values: ['value'], beside: false } },
    'named.beside: expected true, or no such key, found false',
  ],
  ['a text that is no list', { ...GOOD, texts: 'p' }, 'texts: expected a list of field paths, found "p"'],
  [
    'a record within that is no list',
    { ...GOOD, inside: 'p' },
    'inside: expected a list of field paths, found "p"',
  ],
  ['pages by a word', { ...GOOD, pages: 100 }, 'pages: expected a list of numbers of records, found 100'],
  [
    'a page of one record',
    { ...GOOD, pages: [1] },
    'pages.0: expected a whole number of records from 2 on, found 1',
  ],
  ['spaces that are kept', { ...GOOD, spaces: 'kept' }, 'spaces: expected "dropped", found "kept"'],
  ['names in capitals', { ...GOOD, names: 'raised' }, 'names: expected "lowered", found "raised"'],
  ['actors that are one', { ...GOOD, actors: 'one' }, 'actors: expected "several", found "one"'],
  [
    'a service that is a number',
    { ...GOOD, logsource: { service: [7] } },
    'logsource.service.0: expected a text, a list of texts, or texts with the events they are for, found 7',
  ],
  [
    'a service for an empty form',
    { ...GOOD, logsource: { service: { a: [{}] } } },
    'logsource.service.a.0: expected a mapping of field paths to patterns, found',
  ],
  [
    'a category for a field without a pattern',
    { ...GOOD, logsource: { category: { a: { door: [] } } } },
    'logsource.category.a.door: expected a pattern or a list of patterns, found',
  ],
  [
    'a category for no field path',
    { ...GOOD, logsource: { category: { a: { 'x..y': 1 } } } },
    'logsource.category.a.x..y: expected a field path, found "x..y"',
  ],
  [
    'an unknown key of logsource',
    { ...GOOD, logsource: { produkt: 'x' } },
    'logsource.produkt: unknown key "produkt", did',
  ],
  ['no fields', { ...GOOD, fields: {} }, 'fields: expected at least one canonical field'],
  ['no alternative', { ...GOOD, fields: { time: [] } }, 'fields.time: expected at least one alternative'],
  [
    'an unknown key of an alternative',
    field('ip', { from: 'a', wen: {} }),
    'fields.ip.wen: unknown key "wen" beside "from"',
  ],
  ['a literal for any record', field('ip', { literal: 'x' }), 'fields.ip: "literal" needs "when"'],
  ['a default for any record', field('ip', { from: 'a', absent: 'x' }), 'fields.ip: "absent" needs "when"'],
  ['a join of one', field('ip', { join: ['a'] }), 'fields.ip.join: expected a list of two or more'],
  ['a raw outcome', field('outcome', 'result'), 'fields.outcome: "outcome" needs "otherwise"'],
  ['what is not the first', field('ip', { from: 'a', first: 2 }), 'fields.ip.first: expected true, found 2'],
  [
    'an outcome outside of the words',
    outcome({ map: { ok: 'succes' }, otherwise: 'unknown' }),
    '.map.ok: expected one of success, failure, unknown, found "succes", did you mean "success"?',
  ],
  [
    'a decision that is an outcome',
    field('decision', { from: 'a', otherwise: 'success' }),
    'fields.decision.otherwise: expected one of allowed, denied',
  ],
  [
    'a map that is a list',
    outcome({ map: [], otherwise: 'unknown' }),
    'fields.outcome.map: expected a mapping',
  ],
];

function field(name: string, form: unknown): unknown {
  return { ...GOOD, fields: { [name]: form } };
}

function outcome(form: object): unknown {
  return field('outcome', { from: 'result', ...form });
}

for (const [name, document, expected] of MISTAKES) {
  test(`compileMapping() refuses ${name}`, () => {
    const problems = problemsOf(document);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.ok(problems[0]!.includes(expected), problems[0]);
  });
}

test('a mistake inside an alternative is said once, not once an envelope', () => {
  const problems = problemsOf({
    ...GOOD,
    envelopes: ['a', 'b'],
    fields: { ip: { literal: 7, when: { x: [] } } },
  });
  assert.equal(problems.length, 1);
});

test('hostile text in a key is escaped in the message', () => {
  assert.deepEqual(problemsOf({ ...GOOD, '\u001b[2Jtitle': 1 }), [
    '\u001b[2Jtitle: unknown key "\\u{1b}[2Jtitle"',
  ]);
});

test('any YAML value is compiled or refused, and never throws', () => {
  const keys = fc.constantFrom(
    'title',
    'identify',
    'fields',
    'lacks',
    'time',
    'wrappers',
    'identity',
    'aliases',
    'needs',
  );
  const document = fc.dictionary(
    keys,
    fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('time', 'outcome', 'from', '__proto__'), fc.jsonValue()),
    ),
  );
  fc.assert(
    fc.property(document, (value) => void problemsOf(value)),
    { numRuns: 100 },
  );
});
