/** What texts say is written into a record by bytes as it is seen in its tree, or left to the tree. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fieldPathReadings } from '../../src/base/field-path.ts';
import { parseJson, parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { SlotScanner } from '../../src/base/slot-scanner.ts';
import { AUDIT_FIELDS } from '../../src/model/event.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { TextOpener } from '../../src/sources/opened-texts.ts';
import { seenRecord } from '../../src/sources/seen-record.ts';
import { SplicedTexts } from '../../src/sources/spliced-texts.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { rounds } from '../support/rounds.ts';
import { shipped } from './shipped-mappings.ts';

const MAPPING = { ...UNKNOWN_SOURCE, inside: ['i'], texts: ['t', 'u', 'e.t', 't.t'] };

/** The record with what its texts say as text, null where it stays as it is, undefined where it is left to the tree. */
function spliced(text: string): string | null | undefined {
  const scanner = new SlotScanner();
  const splicer = new SplicedTexts(MAPPING, (path) =>
    fieldPathReadings(path).map((keys) => scanner.addReadings([keys])),
  );
  // Not where the buffer begins, as in a block.
  const bytes = Buffer.from(`[1]${text}\n`);
  scanner.scan(bytes, 3, bytes.length);
  const seen = splicer.of(scanner.found, bytes, 3, bytes.length - 1);
  return seen?.toString() ?? (seen as null | undefined);
}

/** The same of its tree; undefined where the tree says more than that. */
function inTree(text: string): string | undefined {
  let isTold = false;
  const opener = new TextOpener(() => {
    isTold = true;
  });
  const seen = toCompactJson(opener.openAll(parseJsonText(text), MAPPING.texts));
  return isTold ? undefined : seen;
}

describe('in the place of a text stands what it says', () => {
  const cases: [what: string, record: string, expected: string][] = [
    ['in the record', '{"a":1,"t":"{\\"k\\":\\"v\\"}","u":"[1.0]"}', '{"a":1,"t":{"k":"v"},"u":[1.0]}'],
    [
      'in each element of a list',
      '{"e":[{"t":"{}"},{"t":"[]"},{"t":"x"}]}',
      '{"e":[{"t":{}},{"t":[]},{"t":"x"}]}',
    ],
    ['under a key with a dot', '{"e.t":"[\\"\\u00e9\\"]"}', '{"e.t":["é"]}'],
    ['white space and all', '{ "t" : " { \\"k\\" :\\n1 } " }', '{ "t" :  { "k" :\n1 }  }'],
    ['with escapes of its own', '{"t":"{\\"k\\":\\"\\\\u0041\\\\n\\"}"}', '{"t":{"k":"\\u0041\\n"}}'],
  ];
  for (const [what, record, expected] of cases)
    test(what, () => {
      assert.equal(spliced(record), expected);
      assert.equal(toCompactJson(parseJsonText(expected)), inTree(record));
    });

  for (const record of [
    '{"a":"{}"}',
    '{"t":"x"}',
    '{"t":"\\u0041{"}',
    '{"t":" x"}',
    '{"t":{"k":1}}',
    '{"t":7}',
    '{"t":""}',
  ])
    test(`and ${record} stays as it is`, () => assert.equal(spliced(record), null));
});

describe('the tree is asked', () => {
  const deep = (levels: number) => JSON.stringify({ t: `${'['.repeat(levels)}${']'.repeat(levels)}` });
  for (const [what, record] of [
    ['where a record may be carried', '{"i":"{}"}'],
    ['of a text that begins like JSON and is none', '{"t":"{\\"a\\":1"}'],
    ['of two values in one text', '{"t":"{}{}"}'],
    ['of what would reach beyond its text', '{"t":"{}},{\\"a\\":{"}'],
    ['of the elements of a list', '{"t":["{}"]}'],
    ['of a text that begins with a blank of Unicode', '{"t":"\ufeff{}"}'],
    ['of a text that is nested too deep', deep(501)],
  ] as const)
    test(what, () => assert.equal(spliced(record), undefined));

  test('but not of one that is nested as deep as may be', () => {
    const record = deep(500);
    assert.equal(spliced(record), inTree(record));
  });
});

const blank = fc.constantFrom('', '', '', ' ', '\n');
const inner = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.stringify(value))
  .chain((json) => blank.map((gap) => `${gap}${json}${gap}`));
const text = fc.oneof(
  { weight: 5, arbitrary: inner },
  inner.map((json) => JSON.stringify({ t: json, u: 1 })),
  inner.map((json) => json.slice(0, -1)),
  fc.constantFrom('', 'x', '{', '{C0FFEE}', '[info]', '\ufeff{}', '{}x'),
);

test('what is written reads as the tree does', () => {
  const value = fc.oneof(
    text.map((own) => JSON.stringify(own)),
    inner,
    fc.array(text).map((all) => JSON.stringify(all)),
  );
  const object = fc
    .uniqueArray(fc.tuple(fc.constantFrom('t', 'u', 'a', 'e.t', 'i'), value, blank), {
      maxLength: 4,
      selector: ([key]) => key,
    })
    .map((members) => `{${members.map(([key, own, gap]) => `${gap}"${key}"${gap}:${own}`).join()}}`);
  const record = fc.oneof(
    object,
    fc.array(object, { maxLength: 3 }).map((events) => `{"e":[${events.join()}],"a":1}`),
    object.map((own) => `{"t":${own}}`),
  );
  let written = 0;
  fc.assert(
    fc.property(record, (own) => {
      const seen = spliced(own);
      if (seen === undefined) return;
      const expected = inTree(own);
      if (typeof seen !== 'string')
        return void assert.equal(toCompactJson(parseJson(Buffer.from(own))), expected);
      written++;
      // A text within a text: whoever splices looks at what it wrote.
      if (spliced(seen) === null) assert.equal(toCompactJson(parseJson(Buffer.from(seen))), expected);
    }),
    { numRuns: rounds(600, 20_000) },
  );
  assert.ok(written > 30, `only ${written} were written`);
});

for (const road of ['without a kernel', 'with a kernel'])
  test(`a cursor finds in a record with texts what stands in the record as it is seen, ${road}`, () => {
    const kernel = road === 'with a kernel' ? loadKernel()! : undefined;
    const raw = [
      'Operation',
      'Parameters',
      'Parameters.x',
      'Parameters.Name',
      'ExtendedProperties.x',
      'x',
      'NewValue',
    ];
    const mapping = shipped('m365');
    const open = (own: typeof mapping) => {
      const cursor = new EventCursor(own, new ValueIds(kernel), kernel);
      const slots = [
        ...AUDIT_FIELDS.map((field) => cursor.audit(field)),
        ...raw.map((name) => cursor.raw(name)),
      ];
      return (json: string) => {
        const bytes = Buffer.from(json);
        const block = kernel?.block ?? bytes;
        bytes.copy(block);
        cursor.scan(block, 0, bytes.length);
        return slots.map((slot) =>
          Array.from({ length: cursor.size(slot) }, (_, at) => [
            cursor.kind(slot, at),
            cursor.text(slot, at),
          ]),
        );
      };
    };
    const see = open(mapping);
    const plain = open({ ...mapping, inside: [], texts: [], named: [] });
    const pair = fc.record({ Name: fc.constantFrom('x', 'y'), Value: fc.oneof(text, fc.integer()) });
    const pairs = fc.array(pair, { maxLength: 3 });
    const asText = <Value>(value: fc.Arbitrary<Value>) =>
      fc.oneof(
        value,
        value.map((own) => JSON.stringify(own)),
        text,
      );
    const event = fc.record(
      {
        CreationTime: fc.constant('2026-03-02T08:00:00'),
        Operation: fc.constantFrom('UserLoggedIn', 'Set-Mailbox'),
        UserId: fc.string(),
        Workload: fc.constant('Exchange'),
        Parameters: asText(pairs),
        ExtendedProperties: asText(pairs),
        DeviceProperties: pairs,
        ModifiedProperties: asText(
          fc.array(fc.record({ Name: fc.constant('x'), NewValue: text }), { maxLength: 2 }),
        ),
      },
      { requiredKeys: ['Operation'] },
    );
    const record = fc.oneof(
      event,
      fc.record({ CreationDate: fc.constant('D'), AuditData: asText(event), Parameters: asText(pairs) }),
    );
    fc.assert(
      fc.property(record, (own) => {
        const json = JSON.stringify(own);
        assert.deepEqual(see(json), plain(toCompactJson(seenRecord(parseJsonText(json), mapping))));
      }),
      { numRuns: rounds(300, 5000) },
    );
  });
