import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personKey } from '../../src/base/person-key.ts';

test('personKey() makes one of all spellings that a reader takes for one', () => {
  const spellings = ['ann', 'ANN', 'Ann ', '\tann', 'ann\u200b', 'a\u00adnn', '\uff41nn', '\u2060ann\ufeff'];
  assert.deepEqual([...new Set(spellings.map(personKey))], ['ann']);
  assert.equal(personKey('Jose\u0301'), personKey('JOS\u00c9'));
});

test('personKey() keeps apart who only looks alike, and blanks within', () => {
  assert.notEqual(personKey('\u0430nn'), personKey('ann'));
  assert.notEqual(personKey('ann b'), personKey('annb'));
});
