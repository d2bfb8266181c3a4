/** Records that say the same, and records that do not, however alike they look. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../../src/base/json.ts';
import { digestContent } from '../../src/engine/record-content.ts';

const digest = (text: string) => digestContent(Buffer.from(text)).toString('hex');

describe('one content', () => {
  const alike: [what: string, one: string, other: string][] = [
    ['white space', '{"a":[1,2],"b":""}', ' { "a" : [ 1 ,\t2 ] , "b" : "" } '],
    ['order of members', '{"a":{"x":1,"y":2},"b":3}', '{"b":3,"a":{"y":2,"x":1}}'],
    ['escapes', '{"a":"é/\\n\\ud800"}', '{"a":"\\u00e9\\/\\u000a\\uD800"}'],
  ];
  for (const [what, one, other] of alike) test(what, () => assert.equal(digest(one), digest(other)));

  test('whatever JSON.stringify makes of a value', () => {
    const value = fc.jsonValue({ noUnicodeString: false });
    fc.assert(
      fc.property(value, (made) =>
        assert.equal(digest(JSON.stringify(made, null, 3)), digest(JSON.stringify(made))),
      ),
    );
  });
});

describe('another content', () => {
  const unlike: [what: string, one: string, other: string][] = [
    ['white space in a text', '{"a":"b c"}', '{"a":"bc"}'],
    ['order of elements', '[1,2]', '[2,1]'],
    ['a number and its text', '{"a":1}', '{"a":"1"}'],
    ['digits that no double holds', '[9007199254740993]', '[9007199254740992]'],
    ['digits behind the seventeenth', '[0.12345678901234567891]', '[0.12345678901234567892]'],
    ['a number in another notation, which rules read otherwise', '{"status":403}', '{"status":4.03e2}'],
    ['null and absence', '{"a":null}', '{}'],
    ['which of two values of one key is the last', '{"a":1,"a":2}', '{"a":2,"a":1}'],
    ['how often a key stands', '{"a":1,"a":1}', '{"a":1}'],
    ['a lone surrogate and what stands for it', '["\\ud800"]', '["\\ufffd"]'],
    ['what is no JSON', 'OUT: "a"', 'OUT:  "a"'],
    ['nesting', '{"a":{"b":1}}', '{"a":{},"b":1}'],
  ];
  for (const [what, one, other] of unlike) test(what, () => assert.notEqual(digest(one), digest(other)));

  test('values that differ, as JSON.stringify writes them', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(value, value, (one, other) => {
        const texts = [one, other].map((each) => JSON.stringify(sorted(each)));
        assert.equal(digest(JSON.stringify(one)) === digest(JSON.stringify(other)), texts[0] === texts[1]);
      }),
    );
  });

  test('a record nested as deep as records may be', () => {
    const deep = (inmost: string) => `${'['.repeat(400)}${inmost}${']'.repeat(400)}`;
    assert.doesNotThrow(() => parseJson(Buffer.from(deep('1'))));
    assert.notEqual(digest(deep('1')), digest(deep('2')));
  });
});

/** Members in order of their keys, at every depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value === 0 ? 0 : value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([key, member]) => [key, sorted(member)]).concat([['{}']]);
}
