/** Modifiers that change values or take parts of them, against values that were encoded by other means. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { literalsOfItem } from '../../src/match/item-literals.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { detectionOf, itemMatches, matches } from './one-rule.ts';

const base64 = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64');

describe('base64', () => {
  test('is compared as a whole, or as the comparison after it says', () => {
    assert.deepEqual(itemMatches('a|base64: foo bar', { a: 'Zm9vIGJhcg==' }, { a: 'foo bar' }), [
      true,
      false,
    ]);
    assert.deepEqual(itemMatches('a|base64|contains: foo', { a: 'x Zm9v x' }, { a: 'x' }), [true, false]);
    assert.deepEqual(itemMatches('a|base64|startswith: [foo, bar]', { a: 'YmFyXX' }, { a: 'xYmFy' }), [
      true,
      false,
    ]);
  });
  test('takes numbers as written, escaped wildcards as characters, and itself again', () => {
    assert.deepEqual(itemMatches('a|base64: 42', { a: base64('42') }), [true]);
    assert.deepEqual(itemMatches("a|base64: 'a\\*b'", { a: base64('a*b') }), [true]);
    assert.deepEqual(itemMatches('a|base64|base64: foo', { a: base64(base64('foo')) }), [true]);
  });
});

describe('base64offset', () => {
  test('finds a text at every offset of a longer one', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
    const sought = fc
      .string({ unit: 'grapheme', minLength: 2, maxLength: 12 })
      .filter(
        (each) => !/[*?\\\u2028\u2029]/.test(each) && Buffer.byteLength(each) > 1 && each.isWellFormed(),
      );
    const property = fc.property(text, sought, text, (before, value, after) => {
      const item = `a|base64offset|contains|cased: ${JSON.stringify(value)}`;
      assert.deepEqual(itemMatches(item, { a: base64(before + value + after) }), [true]);
    });
    fc.assert(property, { numRuns: 300 });
  });
  test('gives the three shifts of the specification', () => {
    const { condition } = detectionOf('s:\n  a|base64offset|contains: /bin/bash\ncondition: s');
    assert.deepEqual(
      condition.kind === 'item' &&
        condition.item.values.map((value) => value.kind === 'text' && value.written),
      ['L2Jpbi9iYXNo', '9iaW4vYmFza', 'vYmluL2Jhc2'],
    );
  });
  test('finds nothing that is not there, and with all each of its values', () => {
    assert.deepEqual(itemMatches('a|base64offset|contains: foo', { a: base64('fo o') }), [false]);
    const item = 'a|base64offset|contains|all: [http, .exe]';
    assert.deepEqual(itemMatches(item, { a: base64('get http://x/y.exe') }, { a: base64('http://x') }), [
      true,
      false,
    ]);
    const negated = 'a|base64offset|contains|all|neq: [http, .exe]';
    assert.deepEqual(
      itemMatches(negated, { a: base64('get http://x/y.exe') }, { a: base64('http://x') }, {}),
      [false, true, false],
    );
  });
});

describe('utf16', () => {
  const big = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('base64');
  test('is little-endian as wide and utf16le, big-endian, or with a byte order mark', () => {
    const text = 'ping é€';
    for (const modifier of ['wide', 'utf16le']) {
      assert.deepEqual(itemMatches(`a|${modifier}|base64: ${text}`, { a: base64(text, 'utf16le') }), [true]);
    }
    assert.deepEqual(itemMatches(`a|utf16be|base64: ${text}`, { a: big(text) }), [true]);
    assert.deepEqual(itemMatches(`a|utf16|base64: ${text}`, { a: base64(`\ufeff${text}`, 'utf16le') }), [
      true,
    ]);
  });
  test('is found at every offset', () => {
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from('IEX', 'utf16le'), Buffer.from('!')]);
      assert.deepEqual(itemMatches('a|wide|base64offset|contains: IEX', { a: bytes.toString('base64') }), [
        true,
      ]);
    }
  });
  test('without base64 is text with NUL characters in it', () => {
    assert.deepEqual(itemMatches('a|wide|contains: ab', { a: 'x a\0b\0' }, { a: 'ab' }), [true, false]);
    assert.deepEqual(itemMatches("a|wide: 'a*b'", { a: 'a\0--b\0' }), [true]);
  });
});

describe('windash', () => {
  const dashes = ['-', '/', '–', '—', '―'];
  test('takes any dash for any other, each for itself', () => {
    const values = dashes.flatMap((one) =>
      dashes.map((other) => ({ a: `cmd ${one}w hidden ${other}enc x` })),
    );
    assert.ok(itemMatches("a|contains|windash: ' -W hidden /enc '", ...values).every((held) => held));
    assert.deepEqual(itemMatches("a|windash|contains: ' -w'", { a: 'x w' }, { a: 'x +w' }), [false, false]);
    assert.deepEqual(itemMatches('a|windash|cased: -W', { a: '/W' }, { a: '/w' }), [true, false]);
  });
  test('takes the minus of a number for a dash', () => {
    assert.deepEqual(itemMatches('a|windash|contains: -1', { a: 'ping /1 x' }, { a: 'ping 1' }), [
      true,
      false,
    ]);
    const values = ['{"a":"–1"}', '{"a":-1.0}', '{"a":1}'];
    assert.deepEqual(itemMatches('a|windash: [-1, x]', ...values), [true, true, false]);
  });
  test('goes with keywords and wildcards', () => {
    assert.deepEqual(matches(detectionOf("k:\n  '|windash': ' -enc '\ncondition: k"), { a: 'x /enc y' }), [
      true,
    ]);
    assert.deepEqual(itemMatches("a|windash: '* -e* -f'", { a: 'x /e y —f' }), [true]);
  });
  test('before an encoding is spelled out', () => {
    for (const dash of dashes) {
      assert.deepEqual(itemMatches('a|windash|base64offset|contains: -enc', { a: base64(`x ${dash}enc`) }), [
        true,
      ]);
    }
    // A slash of base64 is no dash.
    assert.deepEqual(itemMatches("a|windash|base64: 'a??'".replace('??', '\\?\\?'), { a: base64('a??') }), [
      true,
    ]);
  });
  test('gates by what stands between the dashes', () => {
    const { condition } = detectionOf("s:\n  a|contains|windash: ' -encoded-command '\ncondition: s");
    assert.ok(condition.kind === 'item');
    assert.deepEqual(literalsOfItem(condition.item)?.contained, ['command ']);
  });
});

describe('an expression', () => {
  test('may have to stand at the begin or the end', () => {
    assert.deepEqual(itemMatches("a|re|startswith: 'a|b'", { a: 'bx' }, { a: 'xb' }), [true, false]);
    assert.deepEqual(itemMatches("a|re|endswith: 'a|b'", { a: 'xa' }, { a: 'ax' }), [true, false]);
    assert.deepEqual(itemMatches("a|re|contains: 'a|b'", { a: 'xax' }, { a: 'x' }), [true, false]);
  });
});

describe('many values', () => {
  const words = Array.from({ length: 40 }, (_, index) => `Word${index}`);
  test('are compared as few are', () => {
    const item = `a: [${words.join(', ')}, null, 7, 'x*']`;
    const events = [{ a: 'wORD39' }, { a: 'word40' }, {}, '{"a":7.0}', { a: 'xyz' }, { a: ['y', 'word1'] }];
    assert.deepEqual(itemMatches(item, ...events), [true, false, true, true, true, true]);
    assert.deepEqual(itemMatches(`a|neq: [${words.join(', ')}]`, { a: 'word3' }, { a: 'x' }), [false, true]);
    assert.deepEqual(itemMatches(`a|all: [${words.join(', ')}]`, { a: words }, { a: words.slice(1) }), [
      true,
      false,
    ]);
  });
});

test('a time zone that nobody knows is a mistake, with its place', () => {
  const text = 'title: t\ntimezone: Mars/Base\ndetection:\n  s:\n    t|hour: 3\n  condition: s\n';
  const [problem] = parseRuleFile('r.yaml', text).problems;
  assert.equal(problem?.line, 2);
  assert.match(problem.message, /found "Mars\/Base", expected a name such as Europe\/Berlin/);
});
