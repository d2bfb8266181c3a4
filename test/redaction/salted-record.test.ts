/** Salted records: what was taken away is gone, what is left still commits to the same digests, and no edit goes unseen. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type JsonValue, parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { eraseFields } from '../../src/redaction/erase-fields.ts';
import {
  commitments,
  fieldsOf,
  parseSalted,
  SaltedRecordFault,
  saltRecord,
} from '../../src/redaction/salted-record.ts';
import { rounds } from '../support/rounds.ts';

/** Distinct salts in a fixed order. */
function counting(): () => string {
  let next = 0;
  return () => String(next++).padStart(22, 'A');
}

const salted = (text: string) => saltRecord(parseJsonText(text), text, counting()).line;
const parse = (line: string) => parseSalted(parseJsonText(line));
const digestsOf = (line: string) => commitments(parse(line)).map((digest) => digest.toString('hex'));

const json = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('null', 'true', '1.0', '-0', '12345678901234567890', '""', '{}', '[]', '"ann"'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    tie('object'),
  ),
  object: fc
    .uniqueArray(
      fc.tuple(fc.constantFrom('a', 'b/c', '~d', '#0', '0', 'é', '...', '_record'), tie('value')),
      {
        maxLength: 4,
        selector: ([key]) => key,
      },
    )
    .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
})).object;

describe('saltRecord()', () => {
  test('keeps the record as it is, with a salt for each value beside it', () => {
    const line = salted('{"actor":"ann","user":{"ids":[7,1.0]},"note":null}');
    assert.match(line, /^\{"actor":"ann","user":\{"ids":\[7,1\.0\]\},"note":null,"_salted":\{"salts":\{/);
    assert.deepEqual([...parse(line).salts.keys()], ['/actor', '/user/ids/#0', '/user/ids/#1', '/note']);
  });

  test('holds as one text what has no fields of its own, a key twice, or keys of ours', () => {
    for (const text of ['[1]', '{}', '{"a":1,"a":2}', '{"_salted":1}', '{"a":[{"...":""}]}']) {
      const { record } = parse(salted(text));
      assert.deepEqual(fieldsOf(record), [{ pointer: '/_record', value: text }]);
    }
  });
});

describe('commitments()', () => {
  test('are the digests of SD-JWT disclosures', () => {
    // python3: base64.urlsafe_b64encode(hashlib.sha256(base64.urlsafe_b64encode(
    //   b'["AAAAAAAAAAAAAAAAAAAAA0","/actor","ann"]').rstrip(b"=")).digest())
    const [digest] = commitments(parse(salted('{"actor":"ann"}')));
    assert.equal(digest!.toString('base64url'), 'ibcT4Ko_PCtIFR0pGNddvGbd_4TmR1cevf-lV2l5kZc');
  });

  test('do not change when fields are taken away', () => {
    fc.assert(
      fc.property(json, fc.infiniteStream(fc.boolean()), (text, choices) => {
        const line = salted(text);
        const before = digestsOf(line);
        const chosen = choices[Symbol.iterator]();
        const { line: rest, count } = eraseFields(parse(line), () => chosen.next().value === true);
        assert.deepEqual(digestsOf(rest), before);
        assert.equal(parse(rest).erased.length, count);
        const { line: nothing } = eraseFields(parse(rest), () => true);
        assert.deepEqual(digestsOf(nothing), before);
        assert.equal(toCompactJson(parse(nothing).record), '{}');
      }),
      { numRuns: rounds(300, 1000) },
    );
  });

  test('tell any two records apart', () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        const [one, other] = [left, right].map((text) => toCompactJson(parseJsonText(text)));
        const same = digestsOf(salted(left)).join() === digestsOf(salted(right)).join();
        assert.equal(same, one === other, 'one salt for each place: records differ or digests are equal');
      }),
      { numRuns: rounds(500, 2000) },
    );
    const list = digestsOf(salted('{"a":["x"]}'));
    assert.notDeepEqual(list, digestsOf(salted('{"a":{"0":"x"}}')));
    assert.notDeepEqual(list, digestsOf(salted('{"a":{"#0":"x"}}')));
  });

  const refused: [what: string, edit: (line: string) => string, expected: RegExp][] = [
    [
      'a field without a salt',
      (line) => line.replace('{"actor"', '{"role":"admin","actor"'),
      /"\/role" has no salt/,
    ],
    [
      'an empty object without a salt',
      (line) => line.replace('{"actor"', '{"role":{},"actor"'),
      /"\/role" has no salt/,
    ],
    [
      'a salt without a value',
      (line) => line.replace('"actor":"ann",', ''),
      /"\/actor" has a salt and no value/,
    ],
    ['a key twice', (line) => line.replace('{"actor"', '{"actor":"bob","actor"'), /every key once/],
    ['no salts at all', () => '{"actor":"ann"}', /expected the member "_salted"/],
    [
      'a gap that nothing accounts for',
      (line) => line.replace('[1,2]', '[1,2,{"...":""}]'),
      /without its digest/,
    ],
    ['a salt of another form', (line) => line.replace('AAAAAAA', 'AAAA$AA'), /expected a salt/],
    [
      'another member beside the salts',
      (line) => line.replace('"salts"', '"more":1,"salts"'),
      /found "more"/,
    ],
  ];
  for (const [what, edit, expected] of refused) {
    test(`refuse ${what}`, () => {
      const line = salted('{"actor":"ann","ids":[1,2]}');
      const edited = edit(line);
      assert.notEqual(edited, line);
      assert.throws(
        () => digestsOf(edited),
        (error) => error instanceof SaltedRecordFault && expected.test(error.message),
      );
    });
  }

  test('change with any value, key or salt', () => {
    const line = salted('{"actor":"ann","ids":[1,2],"ok":true}');
    const before = digestsOf(line).join();
    for (const [from, to] of [
      ['"ann"', '"bob"'],
      ['[1,2]', '[2,1]'],
      ['true', 'false'],
      ['true', '"true"'],
      ['[1,2]', '[1,2.0]'],
      ['AAAA1"', 'AAAB1"'],
    ] as const)
      assert.notEqual(digestsOf(line.replace(from, to)).join(), before, `${from} → ${to}`);
  });
});

describe('eraseFields()', () => {
  const erase = (text: string, pointers: readonly string[]): JsonValue =>
    parse(eraseFields(parse(salted(text)), ({ pointer }) => pointers.includes(pointer)).line).record;

  test('leaves neither the value, nor its key, nor its salt', () => {
    const { line } = eraseFields(
      parse(salted('{"actor":"ann","action":"login"}')),
      ({ value }) => value === 'ann',
    );
    assert.doesNotMatch(line, /ann|actor|A0"/);
    assert.match(line, /"action":"login".*A1"/);
  });

  test('leaves the numbers of other elements, and no empty shells', () => {
    assert.equal(toCompactJson(erase('{"a":["x","y"]}', ['/a/#0'])), '{"a":[{"...":""},"y"]}');
    assert.equal(toCompactJson(erase('{"a":{"b":"x"},"c":1}', ['/a/b'])), '{"c":1}');
    assert.equal(toCompactJson(erase('{"a":[{"b":"x"}],"c":[]}', ['/a/#0/b'])), '{"c":[]}');
  });
});
