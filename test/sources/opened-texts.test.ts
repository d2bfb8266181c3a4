/** A text that is JSON is seen as the object or list that it says, however the record is read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { AUDIT_FIELDS } from '../../src/model/event.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { seenRecord } from '../../src/sources/seen-record.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { rounds } from '../support/rounds.ts';
import { shipped } from './shipped-mappings.ts';

type Seen = { json: unknown; unopened: string[] };

function see(record: unknown, { inside = [], texts = [] }: { inside?: string[]; texts?: string[] }): Seen {
  const unopened: string[] = [];
  const mapping = {
    ...UNKNOWN_SOURCE,
    identify: [[{ path: 0, globs: ['*'] }]],
    paths: ['verb'],
    inside,
    texts,
  };
  const tree = seenRecord(parseJsonText(JSON.stringify(record)), mapping, (path) => unopened.push(path));
  return { json: JSON.parse(toCompactJson(tree)), unopened };
}

const seen = (record: unknown, path = 'data') => see(record, { texts: [path] }).json;

describe('a text is opened', () => {
  test('where it says an object', () => {
    assert.deepEqual(seen({ data: ' {"a":{"b":1},"c":[{"d":2}]}' }), {
      data: { a: { b: 1 }, c: [{ d: 2 }] },
    });
  });

  test('where it says a list, and in each member of a list', () => {
    assert.deepEqual(seen({ data: '[{"a":1}]' }), { data: [{ a: 1 }] });
    assert.deepEqual(seen({ data: ['{"a":1}', 'no', 7] }), { data: [{ a: 1 }, 'no', 7] });
    assert.deepEqual(seen([{ x: [{ data: '{}' }, { data: 'no' }] }], 'x.data'), [
      { x: [{ data: {} }, { data: 'no' }] },
    ]);
  });

  for (const text of [
    '',
    'x',
    '7',
    '"x"',
    'null',
    '{',
    '{"a":1}}',
    '[1,]',
    '-Identity "x"',
    '['.repeat(5000),
  ])
    test(`but not ${JSON.stringify(text.slice(0, 12))}`, () =>
      assert.deepEqual(seen({ data: text }), { data: text }));

  test('nor what is no text, or stands elsewhere', () => {
    for (const record of [{ data: { a: '{}' } }, { data: null }, { other: '{}' }, { data: 7 }, 'data'])
      assert.deepEqual(seen(record), record);
  });

  test('and the tree that was given stays as it was', () => {
    const tree = parseJsonText('{"data":"{\\"a\\":1}"}');
    const before = toCompactJson(tree);
    seenRecord(tree, { ...UNKNOWN_SOURCE, texts: ['data'] });
    assert.equal(toCompactJson(tree), before);
  });
});

describe('what begins like JSON and cannot be read is told', () => {
  const deep = `${'['.repeat(501)}${']'.repeat(501)}`;
  for (const text of ['{"a":1', '[{"a":1', '["a"', `{"a":${deep}}`, '{"a":1}}'])
    test(text.slice(0, 20), () =>
      assert.deepEqual(see({ data: text }, { texts: ['data'] }), {
        json: { data: text },
        unopened: ['data'],
      }),
    );
  for (const text of ['', 'words', '{0c4a-11}', '[info] x', '{', '7', '{}', '{"a":[[]]}'])
    test(`but not ${text}`, () => assert.deepEqual(see({ data: text }, { texts: ['data'] }).unopened, []));
});

describe('the record within', () => {
  const within = (record: unknown, ...inside: string[]) => see(record, { inside }).json;

  test('adds what the record around it lacks', () => {
    const record = { a: 1, id: 'outer', message: '{"id":"inner","b":2}' };
    assert.deepEqual(within(record, 'log', 'message'), { ...record, b: 2 });
    assert.deepEqual(within({ p: { log: '{"a":1}' } }, 'p.log'), { p: { log: '{"a":1}' }, a: 1 });
  });

  test('is none of what is an event as it stands: its words must not say what was done', () => {
    const record = { verb: 'delete', message: '{"outcome":"failure"}' };
    assert.deepEqual(within(record, 'message'), record);
  });

  test('is the first; a second event is told, for nobody is asked of it', () => {
    const [get, exec] = ['{"verb":"get"}', '{"verb":"exec"}'];
    const told = (message: string, log: string) => see({ message, log }, { inside: ['message', 'log'] });
    assert.deepEqual(told(get, exec), { json: { message: get, log: exec, verb: 'get' }, unopened: ['log'] });
    assert.deepEqual(told('{"a":1}', exec).unopened, ['log']);
    assert.deepEqual(told(get, '{"verb":"ex').unopened, ['log']);
    // The same event twice, words, and what is no event hide nothing.
    for (const log of [' { "verb": "get" }', 'words', '{"a":1}'])
      assert.deepEqual(told(get, log).unopened, []);
  });

  for (const message of ['words', '[{"a":1}]', '{"a":', 7, null, { a: 1 }, ['{"a":1}', '{"a":2}']])
    test(`is none in ${JSON.stringify(message)}`, () =>
      assert.deepEqual(within({ message }, 'message'), { message }));
});

for (const road of ['without a kernel', 'with a kernel'])
  test(`a row of the portal's CSV is seen as the record in it, ${road}`, () => {
    const kernel = road === 'with a kernel' ? loadKernel()! : undefined;
    const cursors = [1, 2].map(() => new EventCursor(shipped('m365'), new ValueIds(kernel), kernel));
    const raw = ['Operation', 'ClientIP', 'Parameters.User', 'Parameters', 'RequestType'];
    const slots = cursors.map((cursor) => [
      ...AUDIT_FIELDS.map((field) => cursor.audit(field)),
      ...raw.map((name) => cursor.raw(name)),
    ]);
    const text = fc.oneof(fc.constantFrom('x', '', 'é"\\', '{', '{}'), fc.string());
    const pairs = fc.array(fc.record({ Name: fc.constantFrom('User', 'RequestType'), Value: text }), {
      maxLength: 3,
    });
    const data = fc.record(
      {
        CreationTime: fc.constant('2026-03-02T08:00:00'),
        Id: text,
        Operation: fc.constantFrom('UserLoggedIn', 'UserLoginFailed', 'Set-Mailbox'),
        Workload: fc.constant('Exchange'),
        UserId: text,
        ClientIP: text,
        ResultStatus: fc.constantFrom('Succeeded', 'Failed'),
        Parameters: pairs,
        ExtendedProperties: pairs,
      },
      { requiredKeys: ['CreationTime', 'Operation'] },
    );
    fc.assert(
      fc.property(data, (data) => {
        const [one, other] = [JSON.stringify(data), data].map((AuditData, index) => {
          const cursor = cursors[index]!;
          const bytes = Buffer.from(JSON.stringify({ CreationDate: 'D', AuditData }));
          // Where a cursor with a kernel reads fastest.
          const block = kernel?.block ?? bytes;
          const start = block.length - bytes.length;
          bytes.copy(block, start);
          cursor.scan(block, start, block.length);
          return slots[index]!.map((slot) =>
            Array.from({ length: cursor.size(slot) }, (_, at) => [
              cursor.kind(slot, at),
              cursor.text(slot, at),
            ]),
          );
        });
        assert.deepEqual(one, other);
      }),
      { numRuns: rounds(150, 2000) },
    );
  });
