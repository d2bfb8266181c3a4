/** What an expression needs is held to the expression: no text in which it is found lacks it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileExpression } from '../../src/match/expression.ts';
import { isSurelyExpression, needsOfExpression } from '../../src/match/expression-needs.ts';
import { rounds } from '../support/rounds.ts';

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '\\.',
  '\\d',
  '\\b',
  '^',
  '$',
  '[ab]',
  '[^]a]',
  '1',
  '(?i)',
  '(?P<n>a)',
  'x',
);
const expression = fc.letrec<{ all: string }>((tie) => ({
  all: fc
    .array(
      fc.tuple(
        fc.oneof(
          { maxDepth: 2 },
          atom,
          tie('all').map((inner) => `(${inner})`),
          tie('all').map((inner) => `(?:${inner})`),
        ),
        fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,1}', '{1,}', '+?', '|'),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.flat().join('')),
})).all;
const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '1', 'A', 'x'), maxLength: 8 });

test('needsOfExpression() needs nothing that a text lacks in which the expression is found', () => {
  const numRuns = rounds(1000, 6000);
  let told = 0;
  fc.assert(
    fc.property(expression, fc.array(text, { minLength: 10, maxLength: 10 }), (each, texts) => {
      let finds: (text: string) => boolean;
      try {
        finds = compileExpression(each, new Set());
      } catch {
        return;
      }
      const { literals, length } = needsOfExpression(each);
      for (const tried of texts.filter(finds)) {
        if (literals.length > 0 || length > 1) told++;
        assert.ok(tried.length >= length, `${each} needs ${length}, found in ${tried}`);
        for (const list of literals)
          assert.ok(
            list.some((literal) => tried.includes(literal)),
            `${each} needs one of ${list.join(', ')}: ${tried}`,
          );
      }
    }),
    { numRuns },
  );
  // Of 1,000 some 180 tell something.
  assert.ok(told > numRuns / 12, `${told} told something`);
});

test('needsOfExpression() tells literals and lengths of what rules write', () => {
  assert.deepEqual(needsOfExpression('^.*198\\.51\\.3\\.[0-9a-f]{2,8}(?:-[a-z]+)?$'), {
    literals: [['198.51.3.']],
    length: 11,
  });
  assert.deepEqual(needsOfExpression('^[0-9a-f]{40,}$'), { literals: [], length: 40 });
  assert.deepEqual(needsOfExpression('cmd|powershell'), { literals: [['cmd', 'powershell']], length: 3 });
  assert.deepEqual(needsOfExpression('(?:^|[._-])(?:log_?in|logon)(?:[._-]ok)?$'), {
    literals: [['log', 'logon']],
    length: 5,
  });
  // Where one alternative needs nothing, nothing is needed.
  assert.deepEqual(needsOfExpression('^(?:role|.)[.](?:grant|revoke)ed?$'), {
    literals: [['grant', 'revoke'], ['e']],
    length: 8,
  });
  assert.deepEqual(
    needsOfExpression(Array.from({ length: 65 }, (_, at) => `word${at}`).join('|')).literals,
    [],
  );
  assert.deepEqual(needsOfExpression('(?i)cmd'), { literals: [], length: 0 });
});

test('isSurelyExpression() is sure of no text that RE2 refuses, and of most that rules write', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'Z',
      '9',
      '.',
      '-',
      ',',
      '\\.',
      '\\d',
      '\\b',
      '\\q',
      '^',
      '$',
      '(',
      ')',
      '(?:',
      '(?i)',
      '|',
      '[',
      ']',
      '[^',
    ],
    ...[
      'a-z',
      'z-a',
      'A-z',
      '[]-a]',
      '*',
      '+',
      '?',
      '{2}',
      '{2,1}',
      '{2,0}',
      '{40}',
      '{30,}',
      '{0,999}',
      '{1001}',
      '{',
      '}',
    ],
  );
  const numRuns = rounds(3000, 200_000);
  let sure = 0;
  const property = fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
    const each = pieces.join('');
    if (!isSurelyExpression(each)) return;
    sure++;
    assert.doesNotThrow(() => compileExpression(each, new Set()), each);
  });
  fc.assert(property, { numRuns });
  assert.ok(sure > numRuns / 30, `${sure} were sure`);
  for (const each of [
    '^.*198\\.51\\.3\\.[0-9a-f]{2,8}(?:-[a-z]+)?$',
    'cmd|powershell',
    '^[a-zA-Z]:\\\\temp',
    '(.){200,}',
  ])
    assert.ok(isSurelyExpression(each), each);
  const deep = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
  assert.ok(isSurelyExpression(deep(100)) && !isSurelyExpression(deep(101)));
  for (const each of ['(?i)cmd', '(a{100}){100}', '[z-a]', 'a**', '(?<!a)b', 'a{2,0}', '(', 'a)'])
    assert.ok(!isSurelyExpression(each), each);
});
