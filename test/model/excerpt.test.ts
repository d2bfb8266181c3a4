import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { escapeControls } from '../../src/base/text-safety.ts';
import { excerptAt, MAX_EXCERPT } from '../../src/model/excerpt.ts';
import { anyCharacter } from '../support/any-character.ts';

const shown = (text: string, value: string) => {
  const bytes = Buffer.from(text);
  const start = bytes.indexOf(value);
  const excerpt = excerptAt(bytes, start, start + Buffer.byteLength(value));
  return { ...excerpt, value: excerpt.text.slice(excerpt.start, excerpt.end) };
};

describe('excerptAt', () => {
  test('shows a short record whole', () => {
    assert.deepEqual(shown('{"actor":"ann"}', '"ann"'), {
      text: '{"actor":"ann"}',
      start: 9,
      end: 14,
      value: '"ann"',
    });
  });

  test('cuts a long record on both sides of the value and marks the cuts', () => {
    const { text, value } = shown(`{"a":"${'x'.repeat(500)}","b":"here","c":"${'y'.repeat(500)}"}`, '"here"');
    assert.equal(value, '"here"');
    assert.equal(text.length, MAX_EXCERPT);
    assert.match(text, /^…x.*y…$/);
  });

  test('cuts a long value', () => {
    const { text, value } = shown(`{"a":"${'x'.repeat(5000)}"}`, `"${'x'.repeat(5000)}"`);
    assert.match(value, /^"x+…$/);
    assert.ok(text.length <= MAX_EXCERPT);
  });

  test('folds the line breaks of a pretty-printed record', () => {
    assert.equal(shown('{\n  "a": 1,\r\n\t"b": 2\n}', '2').text, '{ "a": 1, "b": 2 }');
  });

  test('counts characters, not bytes, before the caret', () => {
    assert.equal(shown('{"ö":"李","b":"ann"}', '"ann"').value, '"ann"');
  });

  test('points at the value whatever stands around it, safely and within the window', () => {
    const text = fc.string({ unit: anyCharacter, maxLength: 300 });
    fc.assert(
      fc.property(text, fc.string({ unit: 'grapheme', maxLength: 20 }), text, (before, inner, after) => {
        const value = JSON.stringify(inner);
        const prefix = `{${JSON.stringify(before)}:`;
        const start = Buffer.byteLength(prefix);
        const bytes = Buffer.from(`${prefix}${value},${JSON.stringify(after)}:1}`);
        const excerpt = excerptAt(bytes, start, start + Buffer.byteLength(value));
        const underlined = excerpt.text.slice(excerpt.start, excerpt.end);
        assert.ok(excerpt.text.length <= MAX_EXCERPT);
        assert.equal(escapeControls(excerpt.text), excerpt.text);
        const expected = escapeControls(value);
        assert.ok(
          underlined === expected ||
            (underlined.endsWith('…') && expected.startsWith(underlined.slice(0, -1))),
        );
      }),
    );
  });

  test('takes any span of any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 800 }),
        fc.integer({ min: -5, max: 900 }),
        fc.integer({ min: -5, max: 900 }),
        (bytes, start, end) => {
          const excerpt = excerptAt(bytes, start, end);
          assert.ok(
            excerpt.text.length <= MAX_EXCERPT &&
              0 <= excerpt.start &&
              excerpt.start <= excerpt.end &&
              excerpt.end <= excerpt.text.length,
          );
          assert.equal(escapeControls(excerpt.text), excerpt.text);
        },
      ),
    );
  });
});
