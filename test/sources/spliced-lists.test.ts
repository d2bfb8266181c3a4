/** What lists name is written into a record by bytes as it is seen in its tree, or left to the tree. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fieldPathReadings } from '../../src/base/field-path.ts';
import { parseJson, parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { SlotScanner } from '../../src/base/slot-scanner.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { type NamedMembers, withNamedMembers } from '../../src/sources/named-members.ts';
import { seenRecord } from '../../src/sources/seen-record.ts';
import { SplicedLists } from '../../src/sources/spliced-lists.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { rounds } from '../support/rounds.ts';
import { shipped } from './shipped-mappings.ts';

const LISTS: NamedMembers[] = [
  { list: 'p', name: 'n', values: ['v', 'w'] },
  { list: 'p', name: 'N', values: ['v'] },
  { list: 'e.p', name: 'n', values: ['v'] },
  { list: 'q', name: 'n', values: ['v'] },
];

/** The record with the members as text, null where it has none, undefined where it is left to the tree. */
function spliced(text: string, lists = LISTS): string | null | undefined {
  const scanner = new SlotScanner();
  const splicer = new SplicedLists(lists, (path) =>
    fieldPathReadings(path).map((keys) => scanner.addReadings([keys])),
  );
  // Not where the buffer begins, as in a block.
  const bytes = Buffer.from(`[1]${text}\n`);
  scanner.scan(bytes, 3, bytes.length);
  assert.ok(!scanner.found.needsTree);
  const seen = splicer.of(scanner.found, bytes, 3, bytes.length - 1);
  return seen?.toString() ?? (seen as null | undefined);
}

function inTree(text: string, lists = LISTS): string {
  return toCompactJson(withNamedMembers(parseJsonText(text), lists));
}

describe('behind each list stands what it names', () => {
  const cases: [what: string, record: string, expected: string][] = [
    [
      'in the record',
      '{"a":1,"p":[{"n":"x","v":"1"},{"n":"y","v":"2"}],"b":2}',
      '{"a":1,"p":[{"n":"x","v":"1"},{"n":"y","v":"2"}],"p.x":"1","p.y":"2","b":2}',
    ],
    [
      'in each element of a list',
      '{"e":[{"p":[{"n":"x","v":1}]},{"p":[{"n":"x","v":2}]}]}',
      '{"e":[{"p":[{"n":"x","v":1}],"p.x":1},{"p":[{"n":"x","v":2}],"p.x":2}]}',
    ],
    [
      'as it was written, white space and all',
      '{ "p" : [ { "n" : "x" , "v" : { "k" : 1.0 } } ] }',
      '{ "p" : [ { "n" : "x" , "v" : { "k" : 1.0 } } ],"p.x":{ "k" : 1.0 } }',
    ],
    ['of one element that is no list', '{"p":{"n":"x","v":1}}', '{"p":{"n":"x","v":1},"p.x":1}'],
    [
      'all values of a name',
      '{"q":[{"n":"x","v":1},{"n":"x","v":2}]}',
      '{"q":[{"n":"x","v":1},{"n":"x","v":2}],"q.x":[1,2]}',
    ],
    [
      'under each reading of its path',
      '{"e":[{"p":[{"n":"x","v":1}]}],"e.p":[]}',
      '{"e":[{"p":[{"n":"x","v":1}],"p.x":1}],"e.p":[]}',
    ],
    ['behind a null', '{"p":[null,{"n":"x","v":1}]}', '{"p":[null,{"n":"x","v":1}],"p.x":1}'],
    ['under a key with a dot', '{"e.p":[{"n":"x","v":1}]}', '{"e.p":[{"n":"x","v":1}],"e.p.x":1}'],
  ];
  for (const [what, record, expected] of cases)
    test(what, () => {
      assert.equal(spliced(record), expected);
      assert.equal(toCompactJson(parseJsonText(expected)), inTree(record));
    });

  for (const record of ['{"a":1}', '{"p":[]}', '{"p":null}', '{"p":[1,null,{"n":7,"v":1}]}', '{"p":"n"}'])
    test(`and ${record} stays as it is`, () => assert.equal(spliced(record), null));
});

describe('the tree is asked', () => {
  for (const [what, record] of [
    ['where the record may have such a member of its own', '{"p":[{"n":"x","v":1}],"p.x":2}'],
    ['where two forms of a list name the same', '{"p":[{"n":"x","N":"x","v":1}]}'],
    ['where a list stands in another', '{"p":[{"n":"x","v":[{"n":"y"}]},[{"n":"z","v":1}]]}'],
  ] as const)
    test(what, () => assert.equal(spliced(record), undefined));

  test('where what is named stands beside the list', () =>
    assert.equal(spliced('{"p":[{"n":"x","v":1}]}', [{ ...LISTS[0]!, beside: true }]), undefined));
});

test('what is written reads as the tree does', () => {
  const blank = fc.constantFrom('', '', '', ' ', '\n\t');
  const name = fc.constantFrom('"x"', '"y"', '"x"', '"y"', '"z"', '"é"', '"a\\"b"', '""', '7', '"x.y"');
  const value = fc.constantFrom('1', '"t"', 'null', '""', '[1,2]', '{"k":[{"n":"x","v":3}]}', '"\\u0041]"');
  const element = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom('n', 'n', 'n', 'N'), name, fc.constantFrom('v', 'v', 'w'), value, blank)
        .map(([key, own, other, its, gap]) => `{${gap}"${key}":${own},${gap}"${other}"${gap}:${its}}`),
    },
    fc.constantFrom('1', 'null', '[]', '{}', '[{"n":"x","v":1}]', '"p"'),
  );
  const list = fc.oneof(
    fc
      .tuple(fc.array(element, { maxLength: 4 }), blank)
      .map(([all, gap]) => `[${gap}${all.join(`${gap},${gap}`)}${gap}]`),
    element,
  );
  const holder = fc.uniqueArray(
    fc.tuple(fc.constantFrom('p', 'q', 'p', 'q', 'p', 'q', 'a', 'p.x', 'q.y'), list, blank),
    {
      maxLength: 4,
      selector: ([key]) => key,
    },
  );
  const object = holder.map(
    (members) => `{${members.map(([key, own, gap]) => `${gap}"${key}"${gap}:${own}`).join()}}`,
  );
  const record = fc.oneof(
    object,
    fc.array(object, { maxLength: 3 }).map((events) => `{"e":[${events.join()}],"a":1}`),
    fc.tuple(object, list).map(([event, own]) => `{"e":${event},"e.p":${own}}`),
    list.map((own) => `{"e.p":${own}}`),
  );
  let written = 0;
  fc.assert(
    fc.property(record, (text) => {
      const seen = spliced(text);
      if (seen === undefined) return;
      if (typeof seen === 'string') written++;
      assert.equal(toCompactJson(parseJson(Buffer.from(seen ?? text))), inTree(text));
    }),
    { numRuns: rounds(600, 20_000) },
  );
  assert.ok(written > 30, `only ${written} were written`);
});

test('a record that is too large for the memory of the kernel is read without it', () => {
  const kernel = loadKernel()!;
  const cursor = new EventCursor(shipped('m365'), new ValueIds(kernel), kernel);
  const slot = cursor.raw('Parameters.Identity');
  for (const [filler, isUnusual] of [
    ['x', false],
    ['x'.repeat(2 ** 20), true],
  ] as const) {
    const Parameters = [{ Name: 'Identity', Value: 'ann' }];
    const bytes = Buffer.from(JSON.stringify({ Id: '1', filler, Parameters }));
    bytes.copy(kernel.block);
    cursor.scan(kernel.block, 0, bytes.length);
    assert.equal(cursor.text(slot), 'ann');
    assert.equal(cursor.isUnusual, isUnusual);
  }
});

describe('what a log writes decides how long a list is, and how many there are', () => {
  for (const [what, name] of [
    ['one name', () => 'x'],
    ['many names', (at: number) => `x${at}`],
  ] as const)
    test(`a list of ${what}`, () => {
      const p = Array.from({ length: 200_000 }, (_, at) => ({ n: name(at), v: 1 }));
      const text = JSON.stringify({ p });
      assert.equal(spliced(text), inTree(text));
    });

  test('many lists, in time that grows with their number alone', () => {
    const e = Array.from({ length: 100_000 }, () => ({ p: [{ n: 'x', v: 1 }] }));
    const text = JSON.stringify({ e });
    assert.equal(spliced(text)!.length, text.length + e.length * ',"p.x":1'.length);
  });
});

describe('no spelling of a field hides another', () => {
  const Parameters = [{ Name: 'DeleteMessage', Value: 'True' }];
  for (const [what, members] of [
    ['an empty list', { Parameters: [], parameters: JSON.stringify(Parameters) }],
    ['another text', { Parameters: 'x', parameters: JSON.stringify(Parameters) }],
    ['a list of the other kind', { parameters: [], Parameters: JSON.stringify(Parameters) }],
    ['an envelope', { AuditData: { Parameters: [] }, 'AuditData.Parameters': JSON.stringify(Parameters) }],
  ] as const)
    for (const kernel of [loadKernel()!, undefined])
      test(`beside ${what}, ${kernel === undefined ? 'without' : 'with'} a kernel`, () => {
        const mapping = shipped('m365');
        const cursor = new EventCursor(mapping, new ValueIds(kernel), kernel);
        const bytes = Buffer.from(JSON.stringify({ Id: '1', ...members }));
        const block = kernel?.block ?? bytes;
        bytes.copy(block);
        cursor.scan(block, 0, bytes.length);
        assert.equal(toCompactJson(cursor.seen()), toCompactJson(seenRecord(parseJson(bytes), mapping)));
        assert.match(toCompactJson(cursor.seen()), /arameters\.DeleteMessage":"True"/);
      });
});

test('a text that begins with a blank of Unicode is told however it is written', () => {
  const kernel = loadKernel()!;
  const cursor = new EventCursor(shipped('m365'), new ValueIds(kernel), kernel);
  for (const blank of ['\ufeff', '\u00a0', '\u3000', ' '])
    for (const written of [blank, `\\u${blank.charCodeAt(0).toString(16).padStart(4, '0')}`]) {
      const bytes = Buffer.from(`{"Id":"1","Parameters":"${written}[{\\"Name\\": cut"}`);
      bytes.copy(kernel.block);
      cursor.scan(kernel.block, 0, bytes.length);
      assert.deepEqual(cursor.unopened, ['Parameters'], written);
    }
});

test('raw fields in small letters are found in an envelope in small letters', () => {
  const cursor = new EventCursor(shipped('m365'), new ValueIds());
  const slot = cursor.raw('Operation');
  for (const auditdata of [{ Operation: 'New-InboxRule' }, { operation: 'New-InboxRule' }]) {
    for (const value of [auditdata, JSON.stringify(auditdata)]) {
      const bytes = Buffer.from(JSON.stringify({ auditdata: value }));
      cursor.scan(bytes, 0, bytes.length);
      assert.equal(cursor.text(slot), 'New-InboxRule');
    }
  }
});
