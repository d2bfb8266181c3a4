/** The event cursor is held to its slow twin: raw fields to `findValues`, canonical fields to `plainValues`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findValues } from '../../src/base/field-path.ts';
import { nanosBeyondMs, parseTimestamp, wholeMs } from '../../src/base/instant.ts';
import { parseJson, toCompactJson } from '../../src/base/json.ts';
import { JsonSyntaxError } from '../../src/base/lexical.ts';
import { UNUSUAL } from '../../src/base/scan-kernel.ts';
import { wholeNumberOf } from '../../src/base/whole-number.ts';
import { AUDIT_FIELDS } from '../../src/model/event.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import { compileMapping } from '../../src/sources/compile-mapping.ts';
import { ABSENT, ASK_TEXT, EventCursor } from '../../src/sources/event-cursor.ts';
import type { Mapping } from '../../src/sources/mapping.ts';
import { seenRecord } from '../../src/sources/seen-record.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { MadeJson, WANTED } from '../support/made-json.ts';
import { rounds } from '../support/rounds.ts';
import { plainFacets, plainValues } from './plain-fields.ts';
import { SHIPPED, shipped } from './shipped-mappings.ts';

const RAW_NAMES = ['a', 'a.b', 'list', 'userIdentity.type', 'user.name', 'é'];

/** What writers of rows ask for is what `text` and `id` say, or that these must be asked. */
function assertCopied(cursor: EventCursor, slot: number, record: string): void {
  const target = Buffer.alloc(200);
  const length = cursor.copyText(slot, target, 3, 190);
  const expected = cursor.text(slot);
  if (length === ABSENT) assert.equal(expected, undefined, record);
  else if (length !== ASK_TEXT) {
    assert.equal(target.toString('latin1', 3, 3 + length), expected, record);
    assert.equal(cursor.size(slot), 1, record);
  }
  const id = cursor.repeatingId(slot);
  if (id >= 0) assert.equal(id, cursor.id(slot), record);
}

function valuesOf(cursor: EventCursor, slot: number): string[] {
  return Array.from(
    { length: cursor.size(slot) },
    (_, at) => `${cursor.kind(slot, at)} ${cursor.text(slot, at)}`,
  );
}

const FACETED = ['actor', 'target', 'outcome', 'decision', 'ip'] as const;

/** Every way in which a canonical field is made, of paths that lead through two lists and past them. */
function listMapping(): Mapping {
  const failed = { literal: 'failure', when: { 'list.a': '*fail*' } };
  const fields = {
    id: 'plain',
    actor: ['list.a', 'plain'],
    actor_name: ['plain', 'list.b'],
    action: [{ join: ['list.a', 'other.a', 'plain'], with: '/' }],
    target: ['list.a', 'list.b', 'other.a'],
    outcome: [
      failed,
      { literal: 'success', when: { 'list.b': '*' } },
      { literal: 'unknown', when: { plain: '*' } },
    ],
    decision: { from: 'list.b', map: { x: 'allowed' }, otherwise: 'denied' },
    ip: [{ from: 'list.a', first: true }, 'other.b'],
    session: { from: 'other.b', map: { y: '' } },
    reason: { from: 'list.b', absent: 'none', when: { 'list.a': 'x' } },
    service: [{ literal: 'none', when: { 'list.a': null } }, 'other'],
  };
  const problems: string[] = [];
  const document = { title: 'Lists', identify: { list: '*' }, fields };
  const mapping = compileMapping('lists', document, (_path, message) => problems.push(message));
  assert.deepEqual(problems, []);
  return mapping!;
}

/** Reads a record where the cursor reads fastest: in the kernel's block if it has one. */
type Reader = {
  newCursor: (mapping: Mapping) => EventCursor;
  put: (text: string) => [Uint8Array, number, number];
};

function withKernel(): Reader {
  const kernel = loadKernel()!;
  const ids = new ValueIds(kernel);
  return {
    newCursor: (mapping) => new EventCursor(mapping, ids, kernel),
    put: (text) => {
      const bytes = Buffer.from(text);
      const start = kernel.block.length - bytes.length;
      bytes.copy(kernel.block, start);
      return [kernel.block, start, kernel.block.length];
    },
  };
}

function withoutKernel(): Reader {
  return {
    newCursor: (mapping) => new EventCursor(mapping, new ValueIds()),
    put: (text) => [Buffer.from(text), 0, Buffer.byteLength(text)],
  };
}

for (const [name, newReader] of [
  ['without a kernel', withoutKernel],
  ['with a kernel', withKernel],
] as const) {
  describe(name, () => checkCursor(newReader));
}

function checkCursor(newReader: () => Reader): void {
  function readWith(cursor: EventCursor, text: string): void {
    const [bytes, start, end] = reader.put(text);
    assert.equal(cursor.scan(bytes, start, end), end);
    cursor.locate('log.ndjson', 0, 1, 0, end - start);
  }
  const reader = newReader();

  test('raw and canonical fields are those of the tree, for every shipped mapping', () => {
    const mappings = SHIPPED;
    const cursors = mappings.map((mapping) => {
      const cursor = reader.newCursor(mapping);
      const raw = RAW_NAMES.map((name) => cursor.raw(name));
      const audit = AUDIT_FIELDS.map((field) => cursor.audit(field));
      return { mapping, cursor, raw, audit };
    });
    const words = [...new Set(mappings.flatMap(({ paths }) => paths.flatMap((path) => path.split('.'))))];
    const scalar = fc.oneof(
      fc.constantFrom(
        'null',
        'true',
        '1',
        '4624',
        '""',
        '"x"',
        '"success"',
        '"\\u0041"',
        '"-12"',
        '"{\\"a\\":1}"',
        '"{\\"list\\":[\\"x\\"],\\"user\\":{\\"name\\":2}}"',
        '[{"name":"a","value":"x"},{"Name":"b","Value":2}]',
        '"[]"',
        '"\\u007b}"',
        '"\\u0031"',
        '1.0',
        '[]',
        '{}',
        '["x",1]',
        '[null,"x"]',
        '["x",["y",2],null,"x"]',
      ),
      fc.string().map((each) => JSON.stringify(each)),
    );
    const object = fc.letrec<{ object: string; list: string }>((tie) => ({
      object: fc
        .array(
          fc.tuple(
            fc.constantFrom('a', 'b', 'list', 'é', ...words),
            fc.oneof({ maxDepth: 3 }, scalar, tie('object'), tie('list')),
          ),
          { maxLength: 8 },
        )
        .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
      list: fc
        .array(fc.oneof({ maxDepth: 3 }, tie('object'), scalar), { maxLength: 3 })
        .map((elements) => `[${elements.join(',')}]`),
    })).object;
    fc.assert(
      fc.property(object, (text) => {
        const tree = parseJson(Buffer.from(text));
        for (const { mapping, cursor, raw, audit } of cursors) {
          readWith(cursor, text);
          const seen = seenRecord(tree, mapping);
          for (const [index, slot] of raw.entries()) {
            if (mapping.within.length > 0) continue;
            const expected = findValues(seen, RAW_NAMES[index]!).map(toCompactJson);
            assert.equal(cursor.size(slot), expected.length, `${RAW_NAMES[index]} in ${text}`);
            assert.equal(cursor.wholeNumber(slot), wholeNumberOf(cursor.text(slot) ?? ''), text);
          }
          for (const slot of [...raw, ...audit]) assertCopied(cursor, slot, text);
          for (const [index, field] of AUDIT_FIELDS.entries()) {
            const expected = plainValues(seen, mapping, field);
            assert.deepEqual(
              valuesOf(cursor, audit[index]!),
              expected,
              `${mapping.name} ${field} in ${text}`,
            );
          }
        }
      }),
      { numRuns: rounds(40, 400) },
    );
  });

  test('what a mapping computes is that of the tree for records of few shapes, whatever their values', () => {
    const mapping = shipped('cloudtrail');
    const cursor = reader.newCursor(mapping);
    const fields = ['actor', 'outcome', 'decision'] as const;
    const slots = fields.map((field) => cursor.audit(field));
    const ids = new Map<string | undefined, number>();
    const member = (key: string, ...others: string[]) =>
      fc
        .constantFrom('', '""', '"x"', '"y"', 'null', ...others)
        .map((value) => (value === '' ? [] : [`"${key}":${value}`]));
    const object = (...members: fc.Arbitrary<string[]>[]) =>
      fc.tuple(...members).map((each) => `{${each.flat().join(',')}}`);
    const odd = ['1', 'true', '[]', '["x"]', '[[]]', '[[1]]', '{}', '{"a":1}', '"{\\"a"', '"\\u0078"'];
    const record = object(
      member('eventName', ...odd),
      member('errorCode', '"AccessDenied"', '"ExpiredToken2"', ...odd),
      member('errorMessage', ...odd),
      object(member('ConsoleLogin', '"Success"', '"Failure"')).map((each) => [`"responseElements":${each}`]),
      object(
        member('type', '"AWSAccount"'),
        member('accountId'),
        member('arn', ...odd),
        member('principalId', '["x","y"]'),
        member('invokedBy'),
      ).map((each) => [`"userIdentity":${each}`]),
    );
    fc.assert(
      fc.property(record, (text) => {
        const tree = parseJson(Buffer.from(text));
        readWith(cursor, text);
        for (const [index, field] of fields.entries()) {
          const slot = slots[index]!;
          const values = plainValues(tree, mapping, field);
          assert.deepEqual(valuesOf(cursor, slot), values, `${field} in ${text}`);
          assertCopied(cursor, slot, text);
          for (const [at, expected] of [undefined, ...values].entries()) {
            const id = cursor.id(slot, at === 0 ? values.length : at - 1);
            if (!ids.has(expected)) ids.set(expected, id);
            assert.equal(id, ids.get(expected), text);
          }
        }
      }),
      { numRuns: rounds(200, 3_000) },
    );
    assert.equal(new Set(ids.values()).size, ids.size);
  });

  test('of lists each element is mapped as a record of its own, as by the slow twin', () => {
    const mapping = listMapping();
    const cursor = reader.newCursor(mapping);
    const slots = new Map(AUDIT_FIELDS.map((field) => [field, cursor.audit(field)]));
    const faceted = cursor.facetSlots(FACETED.map((field) => slots.get(field)!))!;
    const value = fc.constantFrom(
      '"x"',
      '"y"',
      '"fail"',
      'null',
      '""',
      '1',
      '[]',
      '["x","z"]',
      '{"b":"w"}',
      '{}',
    );
    const members = (...keys: string[]) =>
      fc
        .tuple(
          ...keys.map((key) => fc.option(value).map((each) => (each === null ? [] : [`"${key}":${each}`]))),
        )
        .map((each) => `{${each.flat().join(',')}}`);
    const element = fc.oneof({ weight: 5, arbitrary: members('a', 'b') }, value);
    const list = fc.oneof(
      { weight: 5, arbitrary: fc.array(element, { maxLength: 3 }).map((each) => `[${each.join(',')}]`) },
      members('a', 'b'),
    );
    const record = fc
      .tuple(fc.option(list), fc.option(list), fc.option(value), fc.boolean())
      .map(([own, other, plain, isOdd]) => {
        const named = [
          ['list', own],
          ['other', other],
          ['plain', plain],
        ].flatMap(([key, each]) => (each === null ? [] : [`"${key}":${each}`]));
        // An escaped key: the values come from the tree.
        return `{${[...named, ...(isOdd ? ['"\\u0061":1'] : [])].join(',')}}`;
      });
    let several = 0;
    fc.assert(
      fc.property(record, (text) => {
        const tree = parseJson(Buffer.from(text));
        readWith(cursor, text);
        for (const [field, slot] of slots) {
          const expected = plainValues(tree, mapping, field);
          assert.deepEqual(valuesOf(cursor, slot), expected, `${field} in ${text}`);
          assert.equal(cursor.text(slot), expected[0]?.slice(expected[0].indexOf(' ') + 1), text);
          assertCopied(cursor, slot, text);
          if (expected.length > 1) several++;
        }
        const facets = plainFacets(tree, mapping, FACETED);
        assert.equal(cursor.countFacets(faceted), facets.length, text);
        if (facets.length === 1) return;
        for (const [index, facet] of facets.entries()) {
          cursor.select([index]);
          for (const field of FACETED) {
            const slot = slots.get(field)!;
            const expected = plainValues(tree, mapping, field, [facet]);
            assert.deepEqual(valuesOf(cursor, slot), expected, `${field} of facet ${index} in ${text}`);
            assertCopied(cursor, slot, text);
          }
        }
        cursor.select([0, facets.length - 1]);
        for (const field of FACETED) {
          const both = plainValues(tree, mapping, field, [facets[0]!, facets.at(-1)!]);
          assert.deepEqual(valuesOf(cursor, slots.get(field)!), both, `${field} of two in ${text}`);
        }
        cursor.select();
        for (const [field, slot] of slots)
          assert.deepEqual(
            valuesOf(cursor, slot),
            plainValues(tree, mapping, field),
            `${field} again in ${text}`,
          );
      }),
      { numRuns: rounds(1000, 20_000) },
    );
    assert.ok(several > 100);
  });

  test('beyond the bounds each element stands beside the first of the other lists, or all are one; the record says so', () => {
    const cursor = reader.newCursor(listMapping());
    const faceted = cursor.facetSlots([cursor.audit('target')])!;
    const target = cursor.audit('target');
    const members = (name: string) =>
      Array.from({ length: 3 }, (_, index) => `{"a":"${name}${index}"}`).join();
    const text = `{"list":[${members('x')}],"other":[${members('y')}],"plain":"p"}`;
    const wide = `{"list":[{"a":"x"},{"a":[${members('z')}],"b":["v","w"]}]}`;
    const look = (record: string, bounds: { combined: number; looks: number }) => {
      cursor.bounds = bounds;
      readWith(cursor, record);
      const count = cursor.countFacets(faceted);
      const seen = Array.from({ length: count === 1 ? 0 : count }, (_, facet) => {
        cursor.select([facet]);
        return cursor.text(target);
      });
      return { count, seen, isCrowded: cursor.isCrowded };
    };
    const all = ['x0', 'x0', 'x0', 'x1', 'x1', 'x1', 'x2', 'x2', 'x2'];
    assert.deepEqual(look(text, { combined: 9, looks: 100 }), { count: 9, seen: all, isCrowded: false });
    const some = { count: 5, seen: ['x0', 'x0', 'x0', 'x1', 'x2'], isCrowded: true };
    assert.deepEqual(look(text, { combined: 8, looks: 100 }), some);
    assert.deepEqual(look(wide, { combined: 9, looks: 5 }), { count: 1, seen: [], isCrowded: true });
    assert.deepEqual(look(wide, { combined: 9, looks: 100 }).isCrowded, false);
    cursor.bounds = { combined: 8, looks: 100 };
    readWith(cursor, text);
    const apart = cursor.facetSlots([target], true)!;
    assert.deepEqual([cursor.countFacets(apart), cursor.isCrowded], [5, false]);
  });

  test('ids are equal exactly when kind and text are equal', () => {
    const mapping = shipped('audit');
    const cursor = reader.newCursor(mapping);
    const slots = ['a', 'b'].map((name) => cursor.raw(name));
    const value = fc.oneof(
      fc.constantFrom(
        'null',
        'true',
        '"true"',
        '1',
        '"1"',
        '1.0',
        '"A"',
        '"\\u0041"',
        '{}',
        '"{}"',
        '[]',
        '""',
        '"\\ud800"',
        '"\\udfff"',
        '"\ufffd"',
        '"\\\\u0041"',
      ),
      fc.string({ maxLength: 4 }).map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(value, value, fc.boolean(), (a, b, repeat) => {
        readWith(cursor, `{"a":${a},"b":${b}${repeat ? ',"c":1,"c":2' : ''}}`);
        const [left, right] = slots.map((slot) => ({
          id: cursor.id(slot),
          kind: cursor.kind(slot),
          text: cursor.text(slot),
        }));
        assert.equal(
          left!.id === right!.id,
          left!.kind === right!.kind && left!.text === right!.text,
          `${a} ${b}`,
        );
      }),
      { numRuns: rounds(150, 2000) },
    );
  });

  test('a repeated key gives the last value, as JSON.parse does, and is noticed', () => {
    const cursor = reader.newCursor(shipped('audit'));
    const actor = cursor.audit('actor');
    readWith(cursor, '{"time":"2026-01-31T08:00:00Z","actor":"ann","actor":"bob"}');
    assert.equal(cursor.text(actor), 'bob');
    assert.equal(cursor.duplicateKeys, true);
    assert.equal(cursor.canonical, false);
  });

  test('what is copied of an identity is the identity, of one text or of many', () => {
    const flexnet = reader.newCursor(shipped('flexnet'));
    const audit = reader.newCursor(shipped('audit'));
    const line = '"time":"2026-01-31T08:00:00Z","daemon":"acmelmd","event":"OUT","feature":"solver"';
    const copied = (cursor: EventCursor, record: string, most = 126) => {
      readWith(cursor, record);
      const target = Buffer.alloc(200, 0xff);
      const length = cursor.copyIdentity(target, 3, most);
      if (length < 0) return length;
      assert.equal(target.toString('latin1', 3, 3 + length), cursor.identity, record);
      assert.equal(
        target.subarray(3 + most).findIndex((byte) => byte !== 0xff),
        -1,
      );
      return length;
    };
    // ["2026-01-31T08:00:00Z","acmelmd","OUT","solver","ann","pc1","1"]
    assert.equal(copied(flexnet, `{${line},"user":"ann","host":"pc1","quantity":1}`), 65);
    assert.equal(copied(flexnet, `{${line},"user":"ann","host":"pc1","quantity":1,"again":"2"}`), 69);
    assert.equal(copied(flexnet, `{${line},"user":"ann","host":"pc1","quantity":1}`, 65), 65);
    assert.equal(copied(flexnet, `{${line},"user":"ann","host":"pc1","quantity":1}`, 64), ASK_TEXT);
    for (const user of ['jos\u00e9', 'é', 'a\\"b']) {
      assert.equal(copied(flexnet, `{${line},"user":"${user}","host":"pc1","quantity":1}`), ASK_TEXT);
    }
    // Without a user nothing names the record but what it is.
    assert.equal(copied(flexnet, `{${line},"user":"","host":"pc1","quantity":1}`), ASK_TEXT);
    assert.equal(copied(audit, '{"id":"e-1","time":"2026-01-31T08:00:00Z","actor":"ann"}'), 3);
  });

  test('spans are offsets within the record', () => {
    const cursor = reader.newCursor(shipped('audit'));
    const hash = cursor.raw('hash');
    const [bytes, start, end] = reader.put('xxxx{"actor":"ann","hash":"00ff"}');
    cursor.scan(bytes, start + 4, end);
    const span = cursor.span(hash)!;
    assert.equal(Buffer.from(cursor.bytes).toString('utf8', span.keyStart, span.end), '"hash":"00ff"');
    assert.equal(Buffer.from(cursor.bytes).toString('utf8', span.start, span.end), '"00ff"');
  });

  test('equals() is a comparison with the decoded text', () => {
    const cursor = reader.newCursor(shipped('audit'));
    const hash = cursor.raw('hash');
    const hex = 'c0ffee'.repeat(11);
    const texts = [
      hex,
      `${hex.slice(1)}0`,
      hex.slice(1),
      'é'.repeat(66),
      '\u0163'.repeat(66),
      'c"\\',
      'c',
      '',
    ];
    for (const stored of texts) {
      readWith(cursor, `{"hash":${JSON.stringify(stored)}}`);
      for (const text of texts) assert.equal(cursor.equals(hash, text), stored === text, `${stored} ${text}`);
    }
    for (const stored of ['"\\u0063"', '["c"]', '{"c":1}', 'null', '1']) {
      readWith(cursor, `{"hash":${stored}}`);
      assert.equal(cursor.equals(hash, 'c'), /0063|\[/.test(stored), stored);
    }
    readWith(cursor, '{"hash":"b","hash":"c"}');
    assert.equal(cursor.equals(hash, 'c'), true);
    readWith(cursor, '{}');
    assert.equal(cursor.equals(hash, ''), false);
  });

  test('times are those of parseTimestamp(), as an instant and as numbers', () => {
    const cursor = reader.newCursor(shipped('audit'));
    for (const text of [
      '2026-01-31T08:00:00Z',
      '2026-01-31T08:00:00.123456789Z',
      '2026-01-28T08:00:00.5Z',
      '1969-12-28T23:59:59.999999999Z',
      '1000-01-01T00:00:00.000000001Z',
      '2026-02-28T08:00:00+02:00',
      '2026-02-29T08:00:00Z',
      '\\u0032026-01-31T08:00:00Z',
      'yesterday',
    ]) {
      readWith(cursor, `{"time":"${text}"}`);
      const parsed = parseTimestamp(JSON.parse(`"${text}"`));
      const instant = parsed.problem === undefined ? parsed.instant : undefined;
      // Numbers first on one record, the instant first on the next.
      assert.equal(cursor.timeMs, instant === undefined ? Number.NaN : wholeMs(instant), text);
      assert.equal(cursor.timeNanos, instant === undefined ? 0 : nanosBeyondMs(instant), text);
      assert.equal(cursor.time, instant, text);
      readWith(cursor, `{"time":"${text}"}`);
      assert.equal(cursor.time, instant, text);
    }
    readWith(cursor, '{"time":1767225600123}');
    assert.equal(cursor.timeMs, 1767225600123);
    readWith(cursor, '{"actor":"ann"}');
    assert.deepEqual([cursor.timeMs, cursor.timeNanos, cursor.time], [Number.NaN, 0, undefined]);
  });

  test('a record that cannot be read leaves nothing of the one before', () => {
    const cursor = reader.newCursor(shipped('audit'));
    const actor = cursor.raw('actor');
    readWith(cursor, '{"actor":"ann"}');
    const [bytes, start, end] = reader.put('{"actor":"bob');
    assert.throws(() => cursor.scan(bytes, start, end), JsonSyntaxError);
    readWith(cursor, '{"target":"x"}');
    assert.equal(cursor.text(actor), undefined);
    assert.equal(cursor.size(actor), 0);
  });

  test('occurred() knows fields of records that either scanner read', () => {
    const cursor = reader.newCursor(shipped('audit'));
    const [actor, target, ticket] = ['actor', 'target', 'ticket'].map((name) => cursor.raw(name));
    readWith(cursor, '{"actor":"ann"}');
    readWith(cursor, '{"target":"x","\\u0061":1}');
    assert.deepEqual(
      [actor, target, ticket].map((slot) => cursor.occurred(slot!)),
      [true, true, false],
    );
  });
}

test('with and without a kernel a cursor says the same of made records', () => {
  const kernel = loadKernel()!;
  const [fast, slow] = [
    new EventCursor(shipped('audit'), new ValueIds(kernel), kernel),
    new EventCursor(shipped('audit'), new ValueIds()),
  ];
  const made = new MadeJson(41);
  const slotsOf = (cursor: EventCursor) => [
    ...WANTED.map((name) => cursor.raw(name)),
    ...AUDIT_FIELDS.map((field) => cursor.audit(field)),
  ];
  const slots = slotsOf(slow);
  assert.deepEqual(slotsOf(fast), slots);
  const say = (cursor: EventCursor, slot: number) => [
    cursor.size(slot),
    cursor.kind(slot),
    cursor.kind(slot, 1),
    cursor.text(slot),
    cursor.text(slot, 1),
    cursor.text(slot),
    cursor.span(slot),
    cursor.span(slot, 1),
    cursor.equals(slot, cursor.text(slot) ?? ''),
    cursor.wholeNumber(slot),
    cursor.occurred(slot),
  ];
  const hashes = [new Uint32Array(2), new Uint32Array(2)];
  const twins = new Map([[-1, -1]]);
  const twinsBack = new Map([[-1, -1]]);
  let read = 0;
  for (let round = 0; round < 4000; round++) {
    made.next();
    const record = Buffer.from(made.bytes.subarray(0, made.length));
    const start = kernel.block.length - record.length;
    record.copy(kernel.block, start);
    let after: number;
    try {
      after = slow.scan(record, 0, record.length);
    } catch {
      assert.throws(() => fast.scan(kernel.block, start, kernel.block.length), JsonSyntaxError);
      continue;
    }
    read++;
    assert.equal(fast.scan(kernel.block, start, kernel.block.length), start + after);
    for (const slot of slots) {
      assert.deepEqual(say(fast, slot), say(slow, slot), `slot ${slot} of ${record}`);
      // Either numbers them as it meets them: the same value must have the same number in each.
      const [id, twin] = [fast.id(slot), slow.id(slot)];
      assert.equal(twins.get(id) ?? twin, twin, `slot ${slot} of ${record}`);
      assert.equal(twinsBack.get(twin) ?? id, id, `slot ${slot} of ${record}`);
      twins.set(id, twin);
      twinsBack.set(twin, id);
    }
    assert.equal(fast.hashOwnIdentity(hashes[0]!), slow.hashOwnIdentity(hashes[1]!));
    assert.deepEqual(hashes[0], hashes[1]);
    assert.equal(fast.identity, slow.identity);
    assert.equal(fast.duplicateKeys, slow.duplicateKeys);
    assert.equal(fast.isObject, slow.isObject);
    assert.equal(fast.canonical, slow.canonical || (fast.canonical && !slow.duplicateKeys), `${record}`);
    assert.deepEqual(Buffer.from(fast.bytes), record.subarray(0, after));
    assert.equal(fast.bytes, fast.bytes);
  }
  assert.ok(read > 2000);
});

test('without() is the record less one member and a comma, where it answers', () => {
  const kernel = loadKernel()!;
  const cursor = new EventCursor(shipped('audit'), new ValueIds(kernel), kernel);
  const hash = cursor.raw('hash');
  const read = (text: string) => {
    const end = kernel.block.write(text, 0);
    cursor.scan(kernel.block, 0, end);
    const bytes = cursor.without(hash);
    return bytes && Buffer.from(bytes).toString();
  };
  assert.equal(read('{"a":"é","hash":"00","z":1}'), '{"a":"é","z":1}');
  assert.equal(read('{"hash":"00"}'), '{}');
  assert.equal(read('{"a":1}'), '{"a":1}');
  assert.equal(read('{"hash":["00"]}'), '{"hash":["00"]}', 'elements are no members');
  assert.equal(read('{"hash": "00"}'), undefined, 'blanks');
  assert.equal(read('{"z":1,"hash":"00"}'), undefined, 'not in order');
});

test('scanLine() stands on the record of a line in the block, and leaves every other to scan()', () => {
  const kernel = loadKernel()!;
  const cursor = new EventCursor(shipped('audit'), new ValueIds(kernel), kernel);
  const actor = cursor.raw('actor');
  const lines = ' {"actor":"ann"} \r\n{"actor":"bob"}\n[1]\n';
  const end = kernel.block.write(lines, 3) + 3;
  const newline = cursor.scanLine(kernel.block, 3, end);
  assert.equal(newline, 3 + lines.indexOf('\n'));
  assert.deepEqual([cursor.scannedStart, cursor.scannedEnd, cursor.text(actor)], [4, 19, 'ann']);
  const next = cursor.scanLine(kernel.block, newline + 1, end);
  assert.equal(cursor.text(actor), 'bob');
  assert.equal(cursor.scanLine(kernel.block, next + 1, end), UNUSUAL);
  assert.equal(cursor.scanLine(Buffer.from(lines), 0, lines.length), UNUSUAL);
});

test('the kernel has room for 700 fields of Windows, each under 39 names', () => {
  const kernel = loadKernel()!;
  const cursor = new EventCursor(shipped('windows'), new ValueIds(kernel), kernel);
  const slots = Array.from({ length: 700 }, (_, index) => cursor.raw(`Field${index}`));
  const record = Buffer.from(JSON.stringify({ Event: { EventData: { Field0: 'first', Field699: 'last' } } }));
  record.copy(kernel.block);
  cursor.scan(kernel.block, 0, record.length);
  assert.equal(cursor.isUnusual, false);
  assert.deepEqual(
    [cursor.text(slots[0]!), cursor.text(slots[1]!), cursor.text(slots[699]!)],
    ['first', undefined, 'last'],
  );
});
