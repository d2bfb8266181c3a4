/** The event cursor is held to its slow twin: raw fields to `findValues`, canonical fields to `mapField` over the tree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findValues } from '../../src/base/field-path.ts';
import { parseJson, toCompactJson } from '../../src/base/json.ts';
import { wholeNumberOf } from '../../src/base/whole-number.ts';
import { AUDIT_FIELDS } from '../../src/model/event.ts';
import { readText } from '../../src/sources/detect.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { mapField } from '../../src/sources/mapping.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { SHIPPED, shipped } from './shipped-mappings.ts';

const RAW_NAMES = ['a', 'a.b', 'list', 'userIdentity.type', 'user.name', 'é'];

function readWith(cursor: EventCursor, text: string): void {
  const bytes = Buffer.from(text);
  assert.equal(cursor.scan(bytes, 0, bytes.length), bytes.length);
  cursor.locate('log.ndjson', 0, 0, 1, 0, bytes.length);
}

test('raw and canonical fields are those of the tree, for every shipped mapping', () => {
  const mappings = SHIPPED;
  const cursors = mappings.map((mapping) => {
    const cursor = new EventCursor(mapping, new ValueIds());
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
      '"\\u0031"',
      '1.0',
      '[]',
      '{}',
      '["x",1]',
    ),
    fc.string().map((each) => JSON.stringify(each)),
  );
  const object = fc.letrec<{ object: string }>((tie) => ({
    object: fc
      .array(
        fc.tuple(
          fc.constantFrom('a', 'b', 'list', 'é', ...words),
          fc.oneof({ maxDepth: 3 }, scalar, tie('object')),
        ),
        { maxLength: 8 },
      )
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  })).object;
  fc.assert(
    fc.property(object, (text) => {
      const tree = parseJson(Buffer.from(text));
      for (const { mapping, cursor, raw, audit } of cursors) {
        readWith(cursor, text);
        for (const [index, slot] of raw.entries()) {
          if (mapping.within.length > 0) continue;
          const expected = findValues(tree, RAW_NAMES[index]!).map(toCompactJson);
          assert.equal(cursor.size(slot), expected.length, `${RAW_NAMES[index]} in ${text}`);
          assert.equal(cursor.wholeNumber(slot), wholeNumberOf(cursor.text(slot) ?? ''), text);
        }
        for (const [index, field] of AUDIT_FIELDS.entries()) {
          const mapped = mapping.fields[field];
          const expected = mapped && mapField(mapped, (path) => readText(tree, mapping.paths[path]!));
          assert.equal(cursor.text(audit[index]!), expected, `${mapping.name} ${field} in ${text}`);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('ids are equal exactly when kind and text are equal', () => {
  const mapping = shipped('audit');
  const cursor = new EventCursor(mapping, new ValueIds());
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
    { numRuns: 2000 },
  );
});

test('a repeated key gives the last value, as JSON.parse does, and is noticed', () => {
  const cursor = new EventCursor(shipped('audit'), new ValueIds());
  const actor = cursor.audit('actor');
  readWith(cursor, '{"time":"2026-01-31T08:00:00Z","actor":"ann","actor":"bob"}');
  assert.equal(cursor.text(actor), 'bob');
  assert.equal(cursor.duplicateKeys, true);
  assert.equal(cursor.canonical, false);
});

test('spans are offsets within the record', () => {
  const cursor = new EventCursor(shipped('audit'), new ValueIds());
  const hash = cursor.raw('hash');
  const bytes = Buffer.from('xxxx{"actor":"ann","hash":"00ff"}');
  cursor.scan(bytes, 4, bytes.length);
  const span = cursor.span(hash)!;
  assert.equal(Buffer.from(cursor.bytes).toString('utf8', span.keyStart, span.end), '"hash":"00ff"');
  assert.equal(Buffer.from(cursor.bytes).toString('utf8', span.start, span.end), '"00ff"');
});
