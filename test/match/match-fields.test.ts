/** `fieldref` over long arrays: what trying every pair says, in linear time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRelation } from '../../src/match/match-fields.ts';
import { PartTrie } from '../../src/match/part-trie.ts';
import type { DetectionItem } from '../../src/model/rule.ts';

const relation = (modifier: string) =>
  compileRelation({ modifiers: ['fieldref', modifier] } as unknown as DetectionItem);

const PAIRS = {
  contains: (text: string, part: string) => text.includes(part),
  startswith: (text: string, part: string) => text.startsWith(part),
  endswith: (text: string, part: string) => text.endsWith(part),
};

test('a part among arrays of any length is found', () => {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index};`);
  for (const [modifier, text] of [
    ['contains', 'a-zzz-b'],
    ['startswith', 'zzz-b'],
    ['endswith', 'a-zzz'],
  ] as const) {
    for (const size of [0, 400, 20_000]) {
      const own = new Set([...names('m', size), text]);
      assert.equal(
        relation(modifier)(own, new Set([...names('q', size), 'zzz'])),
        true,
        `${modifier} ${size}`,
      );
      assert.equal(relation(modifier)(own, new Set(names('q', size))), false, `${modifier} ${size}`);
    }
  }
});

test('PartTrie says what trying each part says', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\ud83d'), maxLength: 6 }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(texts, texts, (own, parts) => {
      const trie = new PartTrie(parts);
      for (const text of own) {
        assert.equal(
          trie.isWithin(text),
          parts.some((part) => PAIRS.contains(text, part)),
          text,
        );
        assert.equal(
          trie.beginsIn(text),
          parts.some((part) => PAIRS.startswith(text, part)),
          text,
        );
      }
    }),
  );
});

test('many texts and parts say what trying every pair says', () => {
  const texts = fc.uniqueArray(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 9 }),
    {
      minLength: 40,
      maxLength: 60,
    },
  );
  for (const [modifier, holds] of Object.entries(PAIRS)) {
    fc.assert(
      fc.property(texts, texts, (own, parts) => {
        const long = parts.map((part) => `${part}ca${part}`);
        const expected = own.some((text) => long.some((part) => holds(text, part)));
        assert.equal(relation(modifier)(new Set(own), new Set(long)), expected);
      }),
      { numRuns: 50 },
    );
  }
});
