/** Whether a wrapper leads to its records, held to the tree of what is at hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonArray, JsonObject, type JsonValue } from '../../src/base/json.ts';
import { completePrefix } from '../../src/base/json-prefix.ts';
import { leadsToArray } from '../../src/read/wrapper-path.ts';

/** The slow twin. */
function leads(value: JsonValue | undefined, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return value instanceof JsonArray;
  return (
    value instanceof JsonObject && value.members.some((each) => each.key === key && leads(each.value, rest))
  );
}

const KEYS = [['a'], ['a', 'b'], ['b', 'a', 'a']];
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('1', '"x"', 'null', '[]', '[1]', '[{"a":[]}]', '"[]"', '{}'),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '\\u0061', 'c'), tie('json')), { maxLength: 4 })
      .map((members) => `{${members.map(([key, value]) => `"${key}": ${value}`).join(' , ')}}`),
  ),
}));

test('what stands before the records may be nested as deep as what stands behind them', () => {
  for (const levels of [998, 999, 1000, 1001]) {
    const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    for (const [text, keys] of [
      [`{"x":${deep},"a":[]}`, ['a']],
      [`{"a":{"x":${deep},"b":[]}}`, ['a', 'b']],
    ] as const) {
      const bytes = Buffer.from(text);
      assert.equal(
        leadsToArray(bytes, 0, bytes.length, keys),
        leads(completePrefix(bytes, 0, bytes.length), keys),
        `${levels} ${keys}`,
      );
    }
  }
});

test('an object leads to an array as its tree does, whatever of it is at hand and wherever it is no JSON', () => {
  fc.assert(
    fc.property(
      json.filter((text) => text.startsWith('{')),
      fc.constantFrom(...KEYS),
      fc.nat(),
      fc.option(fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('{}[]":,x')))),
      (text, keys, cut, mutation) => {
        const bytes = Buffer.from(text);
        if (mutation !== null) bytes[1 + (mutation[0] % Math.max(1, bytes.length - 1))] = mutation[1];
        const end = 1 + (cut % bytes.length);
        assert.equal(leadsToArray(bytes, 0, end, keys), leads(completePrefix(bytes, 0, end), keys));
      },
    ),
    { numRuns: 1000 },
  );
});
