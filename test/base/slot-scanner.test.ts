/** The slot scanner is held to its slow twin: same texts accepted, same values found, same verdict on RFC 8785 form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCanonicalJson } from '../../src/base/canonical-json.ts';
import { findValues } from '../../src/base/field-path.ts';
import { KIND } from '../../src/base/found-values.ts';
import {
  compactJsonAt,
  hasDuplicateKeys,
  parseJson,
  parseJsonAt,
  toCompactJson,
} from '../../src/base/json.ts';
import { JsonSyntaxError, skipWhitespace } from '../../src/base/lexical.ts';
import { SlotScanner } from '../../src/base/slot-scanner.ts';
import { anyCharacter } from '../support/any-character.ts';
import { rounds } from '../support/rounds.ts';

const NAMES = ['a', 'b', 'a.b', 'a.b.c', 'key.with.dots', 'é', 'list', 'list.id', '__proto__', ''];
/** A name and its later names. */
const NAME_LISTS = [
  ['a', 'b'],
  ['b', 'a.b', 'c'],
  ['list.a', 'list.b', 'a'],
  ['list', 'a', 'b'],
];
const key = fc.constantFrom(
  'a',
  'b',
  'c',
  'a.b',
  'key.with.dots',
  'key',
  'with',
  'é',
  'list',
  'id',
  '__proto__',
  'x"y',
  '',
);
const scalar = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1.0',
    '1e5',
    '123456789012345678901',
    '-12',
    '0.1',
    '"\\u0041"',
    '"a\\/b"',
    '"é😀"',
  ),
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
  fc.string({ unit: anyCharacter }).map((text) => JSON.stringify(text)),
);
const blank = fc.constantFrom('', '', '', ' ', '\n\t');
const { json } = fc.letrec<{ json: string; object: string; array: string }>((tie) => ({
  json: fc.oneof({ maxDepth: 5, depthSize: 'medium' }, scalar, tie('object'), tie('array')),
  object: fc
    .array(fc.tuple(key, tie('json'), blank), { maxLength: 6 })
    .map(
      (members) =>
        `{${members.map(([name, value, space]) => `${space}${JSON.stringify(name)}:${space}${value}`).join(',')}}`,
    ),
  array: fc
    .tuple(fc.array(tie('json'), { maxLength: 4 }), blank)
    .map(([items, space]) => `[${space}${items.join(`${space},`)}]`),
}));

function scannerFor(names: readonly string[]) {
  const scanner = new SlotScanner();
  const slots = names.map((name) => scanner.add([name]));
  const listSlots = NAME_LISTS.map((list) => scanner.add(list));
  return { scanner, slots, listSlots };
}

function valuesOf(scanner: SlotScanner, slot: number, bytes: Uint8Array): string[] {
  return Array.from({ length: scanner.found.size(slot) }, (_, at) => {
    const value = scanner.found.valueAt(slot, at);
    assert.notEqual(scanner.found.kind(value), KIND.missing);
    return toCompactJson(parseJson(bytes.subarray(scanner.found.start(value), scanner.found.endOf(value))));
  });
}

test('scan() finds what findValues() finds, or says that the tree is needed', () => {
  fc.assert(
    fc.property(json, (text) => {
      const bytes = Buffer.from(text);
      const tree = parseJson(bytes);
      const { scanner, slots, listSlots } = scannerFor(NAMES);
      assert.equal(scanner.scan(bytes, 0, bytes.length), bytes.length);
      if (hasDuplicateKeys(tree)) assert.ok(scanner.found.needsTree, 'repeated keys are noticed');
      if (scanner.found.needsTree) return;
      for (const [index, name] of NAMES.entries()) {
        const expected = findValues(tree, name).map(toCompactJson);
        assert.deepEqual(valuesOf(scanner, slots[index]!, bytes), expected, `${name} in ${text}`);
      }
      for (const [index, list] of NAME_LISTS.entries()) {
        const expected = findValues(tree, ...list).map(toCompactJson);
        assert.deepEqual(valuesOf(scanner, listSlots[index]!, bytes), expected, `${list} in ${text}`);
      }
    }),
    { numRuns: rounds(400, 3000) },
  );
});

test('compactJsonAt() writes what the tree is written as', () => {
  fc.assert(
    fc.property(json, blank, (text, gap) => {
      const bytes = Buffer.from(`[${gap}${text}`);
      const start = 1 + gap.length;
      assert.equal(
        compactJsonAt(bytes, start, bytes.length),
        toCompactJson(parseJson(bytes.subarray(start))),
      );
    }),
    { numRuns: rounds(500, 20_000) },
  );
});

test('scan() lets a null give way to a value under a later name', () => {
  const found = (record: string, names: readonly string[]) => {
    const scanner = new SlotScanner();
    const slot = scanner.add(names);
    const bytes = Buffer.from(record);
    scanner.scan(bytes, 0, bytes.length);
    return scanner.found.needsTree ? 'tree' : valuesOf(scanner, slot, bytes).join();
  };
  assert.equal(found('{"Image":null,"NewProcessName":"x"}', ['Image', 'NewProcessName']), '"x"');
  assert.equal(found('{"NewProcessName":"x","Image":null}', ['Image', 'NewProcessName']), '"x"');
  assert.equal(found('{"NewProcessName":"x","Image":"y"}', ['Image', 'NewProcessName']), '"y"');
  assert.equal(found('{"NewProcessName":null,"Image":null}', ['Image', 'NewProcessName']), 'null');
  assert.equal(found('{"a":[null,"x"],"b":"z"}', ['a', 'b']), 'null,"x"');
  assert.equal(found('{"list":[{"a":null,"b":"z"},{"a":"x"}]}', ['list.a', 'list.b']), 'tree');
});

test('scan() calls a record canonical only when its bytes are its RFC 8785 form', () => {
  const canonicalize = (text: string) => {
    try {
      return toCanonicalJson(parseJson(Buffer.from(text)));
    } catch {
      return undefined;
    }
  };
  fc.assert(
    fc.property(json, (text) => {
      const canonical = canonicalize(text);
      for (const candidate of canonical === undefined ? [text] : [text, canonical]) {
        const bytes = Buffer.from(candidate);
        const { scanner } = scannerFor(['a']);
        scanner.scan(bytes, 0, bytes.length);
        if (scanner.found.canonical && !scanner.found.needsTree) assert.equal(candidate, canonical);
      }
    }),
    { numRuns: rounds(400, 3000) },
  );
});

test('scan() recognizes plain canonical records as canonical', () => {
  const bytes = Buffer.from('{"action":"login","n":12,"user":{"id":"ann","name":"Ann \\"A\\""}}');
  const { scanner } = scannerFor(['action']);
  scanner.scan(bytes, 0, bytes.length);
  assert.ok(scanner.found.canonical);
  assert.ok(!scanner.found.needsTree);
});

test('scan() and parseJsonAt() fail on the same texts at the same byte', () => {
  const mutation = fc.tuple(
    fc.nat(),
    fc.constantFrom(...Buffer.from('{}[]":,\\x0-9etfn \u0000\u00ff', 'latin1')),
    fc.boolean(),
  );
  fc.assert(
    fc.property(json, fc.array(mutation, { minLength: 1, maxLength: 3 }), (text, mutations) => {
      let bytes = Buffer.from(text);
      for (const [at, byte, insert] of mutations) {
        const index = at % (bytes.length + 1);
        bytes = Buffer.concat([
          bytes.subarray(0, index),
          Buffer.from([byte]),
          bytes.subarray(insert ? index : index + 1),
        ]);
      }
      const outcome = (read: () => number) => {
        try {
          return read();
        } catch (error) {
          assert.ok(error instanceof JsonSyntaxError);
          return `${error.at}: ${error.message}`;
        }
      };
      const { scanner } = scannerFor(NAMES);
      assert.equal(
        outcome(() => scanner.scan(bytes, skipWhitespace(bytes, 0, bytes.length), bytes.length)),
        outcome(() => parseJsonAt(bytes, 0, bytes.length).end),
      );
    }),
    { numRuns: rounds(2000, 5000) },
  );
});

test('valueAt() finds each value in whatever order they are asked for', () => {
  const scanner = new SlotScanner();
  const slots = ['a', 'b'].map((name) => scanner.add([name]));
  const step = fc.tuple(fc.constantFrom(...slots), fc.nat(12));
  const lists = fc.tuple(fc.array(fc.nat(9), { maxLength: 9 }), fc.array(fc.nat(9), { maxLength: 9 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(lists, fc.array(step))), (records) => {
      for (const [[a, b], steps] of records) {
        const bytes = Buffer.from(JSON.stringify({ a, b }));
        scanner.scan(bytes, 0, bytes.length);
        for (const [slot, at] of steps) {
          const value = scanner.found.valueAt(slot, at);
          const expected = (slot === slots[0] ? a : b)[at];
          // An empty list is a value itself.
          if (at > 0 || expected !== undefined)
            assert.equal(
              value < 0
                ? undefined
                : Number(bytes.subarray(scanner.found.start(value), scanner.found.endOf(value))),
              expected,
            );
        }
      }
    }),
  );
});

test('scan() notices a repeated key among hundreds', () => {
  for (const width of [10, 33, 300]) {
    const members = Array.from({ length: width }, (_, index) => `"k${index}":${index}`);
    const good = Buffer.from(`{${members.join(',')}}`);
    const bad = Buffer.from(`{${members.join(',')},"k3":0}`);
    const { scanner } = scannerFor(['k1']);
    scanner.scan(good, 0, good.length);
    assert.equal(scanner.found.needsTree, false, `${width} keys`);
    scanner.scan(bad, 0, bad.length);
    assert.equal(scanner.found.needsTree, true, `${width} keys and one again`);
  }
});
