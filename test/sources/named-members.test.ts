/** A list of names and values is seen as the object that it stands for, however it is written and read. */
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

function seen(record: unknown, list = LIST): unknown {
  return JSON.parse(toCompactJson(withNamedMembers(parseJsonText(JSON.stringify(record)), [list])));
}

describe('what holds the list has a member of each name as well', () => {
  test('in every object on the way', () => {
    const [one, other] = [
      [{ name: 'doc', value: 'D1' }],
      [
        { name: 'doc', value: 'D2' },
        { boolValue: false, name: 'own' },
      ],
    ];
    assert.deepEqual(seen({ events: [{ parameters: one }, { parameters: other }] }), {
      events: [
        { parameters: one, 'parameters.doc': 'D1' },
        { parameters: other, 'parameters.doc': 'D2', 'parameters.own': false },
      ],
    });
  });

  test('all values of a name that stands twice', () => {
    const parameters = [1, 2, 1].map((value) => ({ name: 'n', value }));
    assert.deepEqual(seen({ events: { parameters } }), { events: { parameters, 'parameters.n': [1, 2, 1] } });
  });

  test('the value that is one, where a column for each type leaves the others empty', () => {
    const parameters = [
      { name: 'n', value: null, boolValue: true },
      { name: 'e', value: '', boolValue: null },
    ];
    assert.deepEqual(seen({ events: { parameters } }), {
      events: { parameters, 'parameters.n': true, 'parameters.e': '' },
    });
  });

  test('where a table has the way to it as one key', () => {
    const parameters = [{ name: 'doc', value: 'D1' }];
    assert.deepEqual(seen({ 'events.parameters': parameters }), {
      'events.parameters': parameters,
      'events.parameters.doc': 'D1',
    });
  });

  test('without the name of the list, where it is what became of XML', () => {
    const list: NamedMembers = { list: 'EventData.Data', name: '@Name', values: ['#text'], beside: true };
    const Data = [
      { '@Name': 'User', '#text': 'ann' },
      { '@Name': 'Own', '#text': 'x' },
    ];
    assert.deepEqual(seen({ EventData: { Data, Own: 'y' } }, list), {
      EventData: { Data, Own: 'y', User: 'ann' },
    });
    // One element alone is no list there.
    assert.deepEqual(seen({ EventData: { Data: Data[0] } }, list), {
      EventData: { Data: Data[0], User: 'ann' },
    });
  });

  const unchanged: [what: string, element: unknown][] = [
    ['without a name', { value: 'x' }],
    ['with a name that is no text', { name: 7, value: 'x' }],
    ['with an empty name', { name: '', value: 'x' }],
    ['with a name longer than any', { name: 'n'.repeat(300), value: 'x' }],
    ['without a value', { name: 'doc', other: 'x' }],
    ['that is no object', ['name', 'value']],
    ['that is a text', 'name'],
  ];
  for (const [what, element] of unchanged)
    test(`but none for an element ${what}`, () => {
      const record = { events: { parameters: [element] } };
      assert.deepEqual(seen(record), record);
    });

  test('and none where the list stands elsewhere', () => {
    for (const record of [{ parameters: [{ name: 'doc', value: 'x' }] }, { events: 'parameters' }, [1], 7])
      assert.deepEqual(seen(record), record);
  });

  test('the tree that was given stays as it was', () => {
    const tree = parseJsonText('{"events":{"parameters":[{"name":"doc","value":"x"}]}}');
    const before = toCompactJson(tree);
    withNamedMembers(tree, [LIST]);
    assert.equal(toCompactJson(tree), before);
  });

  test('of many elements of one name in time that grows with their number alone', () => {
    const parameters = Array.from({ length: 200_000 }, () => ({ name: 'n', value: 1 }));
    const tree = parseJsonText(JSON.stringify({ events: { parameters } }));
    assert.equal(toCompactJson(withNamedMembers(tree, [LIST])).length, toCompactJson(tree).length + 400_017);
  });
});

const PARAMETERS = ['USER_EMAIL', 'doc_id', 'target_user', 'SETTING_NAME', 'NEW_VALUE', 'DOMAIN_NAME'];
const RAW = ['google_workspace.admin.setting.name', 'new_value', 'eventName', 'id.time', 'parameters.a\\.b'];

type Event = { name: string; parameters: Record<string, unknown> };

/** Where the parameters of an event stand: in a list of events, in one, or in the record. */
const FORMS = {
  list: (events: object[]) => ({ events }),
  one: (events: object[]) => ({ events: events[0] }),
  flat: (events: object[]) => events[0]!,
};

for (const road of ['without a kernel', 'with a kernel'])
  test(`an activity as the Reports API has it is seen as its flattened one, ${road}`, () => {
    const kernel = road === 'with a kernel' ? loadKernel()! : undefined;
    const cursors = [1, 2].map(
      () => new EventCursor(shipped('google-workspace'), new ValueIds(kernel), kernel),
    );
    const slots = cursors.map((cursor) => [
      ...AUDIT_FIELDS.map((field) => cursor.audit(field)),
      ...RAW.map((name) => cursor.raw(name)),
    ]);
    const value = fc.oneof(fc.constantFrom('x', '', 'é"\\'), fc.string(), fc.nat(), fc.boolean());
    const parameters = fc.dictionary(fc.constantFrom(...PARAMETERS, 'a.b'), value, { maxKeys: 4 });
    const event = fc.record({ name: fc.constantFrom('edit', 'login_failure'), parameters });
    const spelling = fc.record({
      form: fc.constantFrom(...Object.values(FORMS)),
      isLast: fc.boolean(),
      hasNulls: fc.boolean(),
      isEscaped: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 3 }),
        spelling,
        (events, { form, isEscaped, ...how }) => {
          const head = {
            id: { applicationName: 'admin', time: '2026-03-02T08:00:00Z', uniqueQualifier: '1' },
          };
          const texts = [events.map((each) => asList(each, how)), events].map((each) =>
            JSON.stringify({ ...head, ...form(each) }),
          );
          if (isEscaped) texts[0] = texts[0]!.replace('"parameters":[', '"param\\u0065ters":[');
          const [one, other] = texts.map((text, index) => {
            const cursor = cursors[index]!;
            const bytes = Buffer.from(text);
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
        },
      ),
      { numRuns: rounds(150, 2000) },
    );
  });

function asList({ name, parameters }: Event, how: { isLast: boolean; hasNulls: boolean }): object {
  return {
    name,
    parameters: Object.entries(parameters).map(([name, value]) => {
      const nulls = how.hasNulls ? { value: null, intValue: null } : {};
      const own = {
        [`${{ string: 'v', number: 'intV', boolean: 'boolV' }[typeof value as 'string']}alue`]: value,
      };
      return how.isLast ? { name, ...nulls, ...own } : { ...nulls, ...own, name };
    }),
  };
}
