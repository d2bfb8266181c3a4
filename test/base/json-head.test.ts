/** Trees of heads are held to whole trees: the same values, the same errors, and of what is cut a part of the whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  JsonArray,
  JsonObject,
  type JsonValue,
  parseJsonAt,
  parseJsonText,
  toCompactJson,
} from '../../src/base/json.ts';
import { HEAD_ELEMENTS, KeptBytes, parseHeadAt, skipJson } from '../../src/base/json-head.ts';
import { completePrefix, partAt } from '../../src/base/json-prefix.ts';
import { JsonSyntaxError, MAX_DEPTH } from '../../src/base/lexical.ts';

const scalar = fc.oneof(
  fc.constantFrom('null', 'true', '-0', '1.0', '1e5', '"é😀"', '"\\u0041"', '{}', '[]', ' [ ] '),
  fc.string().map((text) => JSON.stringify(text)),
);
/** Some longer than a head. */
const elements = (each: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.array(each, { maxLength: 4 }),
    fc.array(each, { minLength: HEAD_ELEMENTS - 1, maxLength: HEAD_ELEMENTS + 5 }),
  );
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    elements(tie('json')).map((items) => `[${items.join(' , ')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'é'), tie('json')), { maxLength: 4 })
      .map((members) => `{${members.map(([key, value]) => ` ${JSON.stringify(key)} : ${value}`).join(',')}}`),
  ),
}));

/** What a tree says, every part of it. */
function told(value: JsonValue): unknown {
  if (value instanceof JsonArray) return value.elements.map(told);
  if (value instanceof JsonObject)
    return { members: value.members.map((member) => ({ ...member, value: told(member.value) })) };
  return value;
}

const outcome = <Result>(read: () => Result): Result | string => {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof JsonSyntaxError);
    return `${error.at}: ${error.message}`;
  }
};

test('parseHeadAt() says what parseJsonAt() says, of texts that are none too, and when the bytes are gone', () => {
  const mutation = fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('{}[]":,\\x0-e \u00ff', 'latin1')));
  fc.assert(
    fc.property(json, fc.array(mutation, { maxLength: 1 }), fc.nat(9), (text, mutations, before) => {
      const bytes = Buffer.from(`${' '.repeat(before)}${text}`);
      for (const [at, byte] of mutations) bytes[at % bytes.length] = byte;
      const whole = outcome(() => parseJsonAt(bytes, before, bytes.length));
      const head = outcome(() => parseHeadAt(bytes, before, bytes.length));
      const skipped = outcome(() => skipJson(bytes, before, bytes.length));
      if (typeof whole === 'string') {
        assert.equal(head, whole);
        if (bytes[before] !== 0x20) assert.equal(skipped, whole);
        return;
      }
      if (bytes[before] !== 0x20) assert.equal(skipped, whole.end);
      const expected = told(whole.value);
      bytes.fill(0);
      assert.ok(typeof head !== 'string');
      assert.deepEqual([head.start, head.end, told(head.value)], [whole.start, whole.end, expected]);
    }),
  );
});

test('a long list makes its first elements alone until somebody asks for all', () => {
  const list = parseHead(`[${Array.from({ length: 50 }, (_, index) => index).join()}]`) as JsonArray;
  const lexemes = (values: JsonValue[]) => values.map(toCompactJson);
  const all = Array.from({ length: 50 }, (_, index) => String(index));
  const isLazy = () => Object.values(list).some((value) => typeof value === 'function');
  assert.deepEqual(lexemes(list.first(HEAD_ELEMENTS)), all.slice(0, HEAD_ELEMENTS));
  assert.ok(isLazy(), 'nobody needed the others');
  assert.deepEqual(lexemes(list.first(30)), all.slice(0, 30));
  assert.ok(!isLazy());
  assert.deepEqual(lexemes(list.first(99)), all);
  assert.deepEqual(lexemes(list.elements), all);
});

test('one copy of the bytes serves all that is made later, and none is made for what has no long list', (context) => {
  const list = `[${'0,'.repeat(HEAD_ELEMENTS)}7]`;
  const text = `{"a":{${`"":${list},`.repeat(100)}"":${list}},"b":${list}`;
  const copied = context.mock.method(Uint8Array.prototype, 'slice').mock;
  for (const end of ['}', ',"x":[1', '']) {
    const bytes = Buffer.from(`${text}${end}`);
    const source = new KeptBytes(bytes, bytes.length);
    const before = copied.callCount();
    const value =
      end === '}'
        ? parseHeadAt(bytes, 0, bytes.length, source).value
        : partAt(bytes, 0, bytes.length, source);
    assert.equal(copied.callCount(), before + 1, end);
    bytes.fill(0);
    const [a, b] = (value as JsonObject).members.map((member) => member.value);
    const lists = [...(a as JsonObject).members.map((member) => member.value), b] as JsonArray[];
    assert.equal(lists.length, 102);
    for (const each of lists) assert.equal(each.elements.length, HEAD_ELEMENTS + 1);
  }
  const before = copied.callCount();
  parseHead('{"a":[1,2]}');
  assert.equal(copied.callCount(), before);
});

test('nesting has one limit, in the elements that are passed over too', () => {
  const nested = (levels: number) => {
    const element = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    return `[${'0,'.repeat(HEAD_ELEMENTS)}${element}]`;
  };
  assert.ok(parseHead(nested(MAX_DEPTH - 1)) instanceof JsonArray);
  assert.throws(() => parseHead(nested(MAX_DEPTH)), /at most 1000 levels/);
});

test('the complete part of a value that is cut is a part of it', () => {
  fc.assert(
    fc.property(json, fc.nat(), (text, at) => {
      const bytes = Buffer.from(text);
      const cut = 1 + (at % bytes.length);
      const prefix = completePrefix(bytes, 0, cut);
      bytes.fill(0);
      if (prefix !== undefined) assertPartOf(prefix, parseJsonText(text));
    }),
  );
});

test('of a list that is cut all elements are there that are whole', () => {
  for (const count of [1, HEAD_ELEMENTS - 1, HEAD_ELEMENTS, HEAD_ELEMENTS + 1, 3 * HEAD_ELEMENTS]) {
    for (const last of ['', '"cut', 'nul', '{"a"']) {
      const bytes = Buffer.from(`{"list":[${'"x",'.repeat(count)}${last}`);
      const prefix = completePrefix(bytes, 0, bytes.length) as JsonObject;
      bytes.fill(0);
      assert.equal((prefix.get('list') as JsonArray).elements.length, count, last);
    }
  }
});

function parseHead(text: string): JsonValue {
  return parseHeadAt(Buffer.from(text), 0, Buffer.byteLength(text)).value;
}

/** A text or number that touches the end may go on; of a list or an object the last one may, the others are there as they are. */
function assertPartOf(part: JsonValue, whole: JsonValue): void {
  if (part instanceof JsonArray) {
    assert.ok(whole instanceof JsonArray);
    assert.ok(part.elements.length <= whole.elements.length);
    for (const [index, element] of part.elements.entries()) {
      if (index < part.elements.length - 1)
        assert.equal(toCompactJson(element), toCompactJson(whole.elements[index]!));
      else assertPartOf(element, whole.elements[index]!);
    }
  } else if (part instanceof JsonObject) {
    assert.ok(whole instanceof JsonObject);
    assert.ok(part.members.length <= whole.members.length);
    for (const [index, member] of part.members.entries()) {
      assert.equal(member.key, whole.members[index]!.key);
      if (index < part.members.length - 1)
        assert.equal(toCompactJson(member.value), toCompactJson(whole.members[index]!.value));
      else assertPartOf(member.value, whole.members[index]!.value);
    }
  } else assert.ok(toCompactJson(whole).startsWith(toCompactJson(part).slice(0, -1)));
}
