/** A list of names and values is seen as the object that it stands for, however it is read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseJsonText, toCompactJson } from '../../src/base/json.ts';
import { AUDIT_FIELDS } from '../../src/model/event.ts';
import { loadKernel } from '../../src/read/kernel/load-kernel.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { type NamedMembers, withNamedMembers } from '../../src/sources/named-members.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { rounds } from '../support/rounds.ts';
import { shipped } from './shipped-mappings.ts';

const LIST: NamedMembers = { list: 'events.parameters', name: 'name', values: ['value', 'boolValue'] };

function seen(record: object, list = LIST): { json: object; names: string[] } {
  const names: string[] = [];
  const tree = withNamedMembers(parseJsonText(JSON.stringify(record)), [list], (path) => names.push(path));
  return { json: JSON.parse(toCompactJson(tree)) as object, names };
}

describe('an element has a member of its name as well', () => {
  test('in every list on the way', () => {
    const record = {
      events: [
        { parameters: [{ name: 'doc', value: 'D1' }] },
        {
          parameters: [
            { name: 'doc', value: 'D2' },
            { boolValue: false, name: 'own' },
          ],
        },
      ],
    };
    assert.deepEqual(seen(record), {
      json: {
        events: [
          { parameters: [{ name: 'doc', value: 'D1', doc: 'D1' }] },
          {
            parameters: [
              { name: 'doc', value: 'D2', doc: 'D2' },
              { boolValue: false, name: 'own', own: false },
            ],
          },
        ],
      },
      names: ['events.parameters.doc', 'events.parameters.doc', 'events.parameters.own'],
    });
  });

  const unchanged: [what: string, element: unknown][] = [
    ['without a name', { value: 'x' }],
    ['with a name that is no text', { name: 7, value: 'x' }],
    ['with an empty name', { name: '', value: 'x' }],
    ['with a name longer than any', { name: 'n'.repeat(300), value: 'x' }],
    ['without a value', { name: 'doc', other: 'x' }],
    ['with a member of that name already', { name: 'doc', value: 'x', doc: 'own' }],
    ['that is named as its value', { name: 'value', value: 'x' }],
    ['that is no object', ['name', 'value']],
    ['that is a text', 'name'],
  ];
  for (const [what, element] of unchanged)
    test(`but none ${what}`, () => {
      const record = { events: { parameters: [element] } };
      assert.deepEqual(seen(record), { json: record, names: [] });
    });

  test('and none where the list is an object, or stands elsewhere', () => {
    for (const record of [
      { events: { parameters: { name: 'doc', value: 'x' } } },
      { parameters: [{ name: 'doc', value: 'x' }] },
      { events: 'parameters' },
    ])
      assert.deepEqual(seen(record), { json: record, names: [] });
  });

  test('the tree that was given stays as it was', () => {
    const tree = parseJsonText('{"events":{"parameters":[{"name":"doc","value":"x"}]}}');
    const before = toCompactJson(tree);
    withNamedMembers(tree, [LIST]);
    assert.equal(toCompactJson(tree), before);
  });
});

describe('where its elements are the parts of one thing, what holds the list has the members', () => {
  const BESIDE: NamedMembers = { list: 'EventData.Data', name: '@Name', values: ['#text'], beside: true };

  test('each name once, and none that it has itself', () => {
    const Data = [
      { '@Name': 'User', '#text': 'ann' },
      { '@Name': 'User', '#text': 'bob' },
      { '@Name': 'Empty' },
      { '@Name': 'Own', '#text': 'x' },
      'text',
    ];
    assert.deepEqual(seen({ EventData: { Own: 'own', Data } }, BESIDE), {
      json: { EventData: { Own: 'own', Data, User: 'ann' } },
      names: ['EventData.User'],
    });
  });

  test('of one element, which is no list then', () => {
    const Data = { '@Name': 'User', '#text': 'ann' };
    assert.deepEqual(seen({ EventData: { Data } }, BESIDE), {
      json: { EventData: { Data, User: 'ann' } },
      names: ['EventData.User'],
    });
  });

  test('and none where the list holds no names', () => {
    for (const record of [
      { EventData: { Data: ['x', 'y'] } },
      { EventData: { Data: { '#text': ['x'] } } },
      { EventData: '' },
    ])
      assert.deepEqual(seen(record, BESIDE), { json: record, names: [] });
  });
});

const PARAMETERS = ['USER_EMAIL', 'doc_id', 'target_user', 'SETTING_NAME', 'NEW_VALUE', 'DOMAIN_NAME'];

for (const road of ['without a kernel', 'with a kernel'])
  test(`an activity as the Reports API has it is seen as its flattened one, ${road}`, () => {
    const kernel = road === 'with a kernel' ? loadKernel()! : undefined;
    const cursors = [1, 2].map(
      () => new EventCursor(shipped('google-workspace'), new ValueIds(kernel), kernel),
    );
    const raw = ['google_workspace.admin.setting.name', 'new_value', 'eventName', 'id.time'];
    const slots = cursors.map((cursor) => [
      ...AUDIT_FIELDS.map((field) => cursor.audit(field)),
      ...raw.map((name) => cursor.raw(name)),
    ]);
    const value = fc.oneof(fc.constantFrom('x', '', 'é"\\'), fc.string(), fc.nat(), fc.boolean());
    const parameters = fc.dictionary(fc.constantFrom(...PARAMETERS), value, { maxKeys: 4 });
    const event = fc.record({ name: fc.constantFrom('edit', 'login_failure'), parameters });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 3 }), fc.boolean(), (events, isLast) => {
        const head = { id: { applicationName: 'admin', time: '2026-03-02T08:00:00Z', uniqueQualifier: '1' } };
        const native = events.map(({ name, parameters }) => ({
          name,
          parameters: Object.entries(parameters).map(([name, value]) => {
            const member = { string: 'value', number: 'intValue', boolean: 'boolValue' }[
              typeof value as 'string'
            ];
            return isLast ? { name, [member]: value } : { [member]: value, name };
          }),
        }));
        const [one, other] = [native, events].map((events, index) => {
          const cursor = cursors[index]!;
          const bytes = Buffer.from(JSON.stringify({ ...head, events }));
          // Where a cursor with a kernel reads fastest.
          const block = kernel?.block ?? bytes;
          const start = block.length - bytes.length;
          bytes.copy(block, start);
          cursor.scan(block, start, block.length);
          return slots[index]!.map((slot) => ({
            values: Array.from({ length: cursor.size(slot) }, (_, at) => [
              cursor.kind(slot, at),
              cursor.text(slot, at),
            ]),
            occurred: cursor.occurred(slot),
          }));
        });
        assert.deepEqual(one, other);
      }),
      { numRuns: rounds(150, 2000) },
    );
  });
