/** The index of detectors: an event meets each rule that matches it once, and few of the others however many rules there are. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DetectorIndex } from '../../src/engine/detector-index.ts';
import { compileDetection, type EventTest } from '../../src/match/compile-detection.ts';
import { parsePattern } from '../../src/match/parse-pattern.ts';
import type { Event, Fields } from '../../src/model/event.ts';
import type { ConditionNode, Detection, DetectionItem, Pattern } from '../../src/model/rule.ts';
import { compileMapping } from '../../src/sources/compile-mapping.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { detectionOf } from '../match/one-rule.ts';
import { rounds } from '../support/rounds.ts';

type Indexed = { index: DetectorIndex<number>; tests: EventTest[] };

function indexOf(detections: readonly Detection[], fields: Fields): Indexed {
  const index = new DetectorIndex<number>();
  for (const [number, detection] of detections.entries()) index.add(number, detection, fields);
  return { index, tests: detections.map((detection) => compileDetection(detection, fields)) };
}

function metBy({ index }: Indexed, event: Event): number[] {
  const met: number[] = [];
  index.forEach(event, (number) => met.push(number));
  return met;
}

/** Those of which nothing is left to ask, or what is left holds. */
function heldBy({ index }: Indexed, event: Event): number[] {
  const held: number[] = [];
  index.forEach(event, (number, rest) => {
    if (rest === undefined || rest(event)) held.push(number);
  });
  return held.sort();
}

class Log {
  readonly cursor = new EventCursor(UNKNOWN_SOURCE, new ValueIds());

  at(record: object): EventCursor {
    const bytes = Buffer.from(JSON.stringify(record));
    this.cursor.scan(bytes, 0, bytes.length);
    this.cursor.locate('log.ndjson', 0, 1, 0, bytes.length);
    return this.cursor;
  }
}

const TEXTS = [
  'login',
  'LOGIN',
  'log',
  'gin',
  'l*n',
  'lo?in',
  '*',
  '',
  'K\u212a',
  'straße',
  '1',
  '1.0',
  'true',
  'a',
  'powershell -enc',
  'ell -en',
];
const pattern: fc.Arbitrary<Pattern> = fc.oneof(
  { arbitrary: fc.constantFrom(...TEXTS).map(parsePattern), weight: 6 },
  {
    arbitrary: fc.constantFrom('1', '1e0', '12').map((lexeme): Pattern => ({ kind: 'number', lexeme })),
    weight: 2,
  },
  { arbitrary: fc.boolean().map((value): Pattern => ({ kind: 'boolean', value })), weight: 1 },
  { arbitrary: fc.constant<Pattern>({ kind: 'null' }), weight: 1 },
);
const field = fc
  .constantFrom('EventID', 'CommandLine', 'list.x')
  .map((name) => ({ taxonomy: 'raw' as const, name }));
const item: fc.Arbitrary<DetectionItem> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', 'contains', 'startswith', 'endswith'),
      fc.subarray(['all', 'cased', 'neq']),
      field,
      fc.array(pattern, { minLength: 1, maxLength: 3 }),
    )
    .map(([comparison, modifiers, each, values]) => ({
      field: each,
      modifiers: [comparison, ...modifiers].filter((modifier) => modifier !== ''),
      // A null stands alone with other values only where the whole value is compared.
      values:
        comparison === ''
          ? values
          : values.map((value) => (value.kind === 'null' ? parsePattern('log') : value)),
    })),
  fc.tuple(field, fc.boolean()).map(([each, value]) => ({
    field: each,
    modifiers: ['exists'],
    values: [{ kind: 'boolean' as const, value }],
  })),
  fc.tuple(field, fc.constantFrom('lt', 'gte')).map(([each, order]) => ({
    field: each,
    modifiers: [order],
    values: [{ kind: 'number' as const, lexeme: '5' }],
  })),
  fc
    .tuple(
      field,
      fc.constantFrom(
        ...['log.*n', '^.*login$', 'LOGIN', '.', '^[a-z ]{24,}$', '^x+login', 'login|gin'],
        ...[
          '(?:^|[ _])(?:power|log_?in|gin)(?:shell)?$',
          '^(?:straße|K|ell) ?',
          '(?:log|powershell).*(?:gin|enc)|l[*]n',
        ],
      ),
      fc.subarray(['i', 'neq']),
    )
    .map(([each, written, modifiers]) => ({
      field: each,
      modifiers: ['re', ...modifiers],
      values: [{ kind: 'text' as const, written, pieces: [{ text: written }] }],
    })),
);
const condition = fc.letrec<{ node: ConditionNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    item.map((each): ConditionNode => ({ kind: 'item', item: each })),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      )
      .map(([kind, nodes]): ConditionNode => ({ kind, nodes })),
    tie('node').map((node): ConditionNode => ({ kind: 'not', node })),
  ),
})).node;
const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...TEXTS,
    1,
    12,
    true,
    false,
    null,
    `${'x'.repeat(300)}login`,
    'a powershell -encoded',
    {},
    [],
  ),
);
const record = fc.record(
  { EventID: value, CommandLine: value, list: fc.array(fc.record({ x: value }), { maxLength: 3 }) },
  { requiredKeys: [] },
);
/** Of the canonical field, asked of each value: which facet it is of decides. */
const ACTS: DetectionItem = {
  field: { taxonomy: 'audit', name: 'action' },
  modifiers: ['re'],
  values: [{ kind: 'text', written: 'log|^a$|1', pieces: [{ text: 'log|^a$|1' }] }],
};
const blank = detectionOf('selection:\n  a: b\ncondition: selection');

describe('DetectorIndex.forEach()', () => {
  test('meets each detector that matches, and none of them twice; what is left to ask is the answer', () => {
    fc.assert(
      fc.property(
        fc.array(condition, { maxLength: 6 }),
        fc.array(record, { maxLength: 8 }),
        (conditions, records) => {
          const log = new Log();
          const indexed = indexOf(
            conditions.map((each) => ({ ...blank, condition: each })),
            log.cursor,
          );
          // Twice, so that values are known the second time.
          for (const each of [...records, ...records]) {
            const event = log.at(each);
            const met = metBy(indexed, event);
            assert.equal(new Set(met).size, met.length, 'met twice');
            const matching = [...indexed.tests.keys()].filter((number) => indexed.tests[number]!(event));
            assert.deepEqual(heldBy(indexed, event), matching, JSON.stringify([conditions, each]));
          }
        },
      ),
      { numRuns: rounds(250, 2000) },
    );
  });

  test('meets in each facet of a record those that match in it', () => {
    const problems: string[] = [];
    const document = { title: 'lists', identify: [{ EventID: '*' }], fields: { action: 'list.x' } };
    const mapping = compileMapping('lists', document, (_path, message) => problems.push(message))!;
    assert.deepEqual(problems, []);
    const cursor = new EventCursor(mapping, new ValueIds());
    const facets = cursor.facetSlots([cursor.audit('action')])!;
    let looked = 0;
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 6 }),
        fc.array(record, { minLength: 1, maxLength: 4 }),
        (conditions, records) => {
          const indexed = indexOf(
            conditions.map((each, number) => ({
              ...blank,
              condition:
                number % 2 === 0 ? each : { kind: 'and', nodes: [each, { kind: 'item', item: ACTS }] },
            })),
            cursor,
          );
          for (const each of [...records, ...records]) {
            const bytes = Buffer.from(JSON.stringify(each));
            cursor.scan(bytes, 0, bytes.length);
            const count = cursor.countFacets(facets);
            for (let facet = 0; count > 1 && facet < count; facet++) {
              cursor.select([facet]);
              const matching = [...indexed.tests.keys()].filter((number) => indexed.tests[number]!(cursor));
              assert.deepEqual(heldBy(indexed, cursor), matching, JSON.stringify([conditions, each, facet]));
              looked += matching.length;
            }
          }
        },
      ),
      { numRuns: rounds(250, 2000) },
    );
    assert.ok(looked > 50, `only ${looked} matched`);
  });

  test('meets those that match among values that never repeat, and when steps are given up', () => {
    const log = new Log();
    const { cursor } = log;
    const detections = Array.from({ length: 90 }, (_, number) =>
      detectionOf(
        number % 3 === 0
          ? `selection:\n  EventID: ${number}\n  CommandLine|endswith: 'x${number}'\ncondition: selection`
          : `selection:\n  CommandLine|contains: ['-${number}-', 'tool${number}']\nfilter:\n  EventID: null\ncondition: selection and not filter`,
      ),
    );
    const indexed = indexOf(detections, cursor);
    let matched = 0;
    for (let number = 0; number < 6000; number++) {
      const event = log.at({
        EventID: number % 7 === 0 ? null : number % 100,
        CommandLine: `run ${number * 7919} -${(number * 31) % 200}- TOOL${number % 97} x${number % 50}`,
      });
      const matching = [...indexed.tests.keys()].filter((each) => indexed.tests[each]!(event));
      matched += matching.length;
      const held: number[] = [];
      indexed.index.forEach(event, (each, rest) => {
        if (rest === undefined || rest(event)) held.push(each);
      });
      assert.deepEqual(held, matching, `record ${number}`);
    }
    assert.ok(matched > 2000, `${matched} matched`);
  });

  test('meets those that match where no literal tells, among values that repeat or are absent', () => {
    const log = new Log();
    const { cursor } = log;
    const detections = Array.from({ length: 12 }, (_, number) =>
      detectionOf(
        `selection:\n  Level|gte: ${number * 7}\nfilter:\n  Image|re: '[${number % 10}a]$'\ncondition: selection and not filter`,
      ),
    );
    const indexed = indexOf(detections, cursor);
    let matched = 0;
    for (let number = 0; number < 9000; number++) {
      const event = log.at({
        ...(number % 5 > 0 && { Level: (number * 13) % 97 }),
        ...(number % 3 > 0 && { Image: `x${number % 40}` }),
      });
      const matching = [...indexed.tests.keys()].filter((each) => indexed.tests[each]!(event));
      matched += matching.length;
      const held: number[] = [];
      indexed.index.forEach(event, (each, rest) => {
        if (rest === undefined || rest(event)) held.push(each);
      });
      assert.deepEqual(held, matching, `record ${number}`);
    }
    assert.ok(matched > 9000, `${matched} matched`);
  });

  for (const amount of [16, 17, 39, 40, 41, 81, 257]) {
    test(`meets those that match where ${amount} items of one field have to be asked`, () => {
      const log = new Log();
      const { cursor } = log;
      const detections = Array.from({ length: amount }, (_, number) =>
        detectionOf(
          `selection:\n  Image|re: '^[x${number % 7}][^${number % 5}]*[${number % 10}a]${number > 9 ? '+' : ''}$'\n  Level|gte: ${number}\ncondition: selection`,
        ),
      );
      const indexed = indexOf(detections, cursor);
      let matched = 0;
      for (let number = 0; number < 3000; number++) {
        // Half of them again and again, half never again.
        const Image = number % 2 === 0 ? `x${number % 60}` : `${number % 7}${number * 7919}`;
        const event = log.at({ ...(number % 11 > 0 && { Image }), Level: (number * 13) % 97 });
        const matching = [...indexed.tests.keys()].filter((each) => indexed.tests[each]!(event));
        matched += matching.length;
        assert.deepEqual(
          heldBy(indexed, event).sort((left, right) => left - right),
          matching,
          `record ${number}`,
        );
      }
      assert.ok(matched > 1000, `${matched} matched`);
    });
  }

  const log = new Log();
  const rules = Array.from({ length: 3000 }, (_, number) =>
    detectionOf(
      `selection:\n  EventID: 4688\n  CommandLine|contains: 'tool-${number}.exe /'\ncondition: selection`,
    ),
  );
  const many = indexOf(rules, log.cursor);

  test('meets of three thousand rules on one event id the few whose text the record holds', () => {
    for (const rest of ['run', 'x'.repeat(1000)]) {
      const met = metBy(many, log.at({ EventID: 4688, CommandLine: `c:\\Tool-2718.EXE /${rest}` }));
      assert.ok(met.includes(2718));
      assert.ok(met.length < 40, `met ${met.length}`);
    }
  });

  test('meets none where the fields of the gates are absent', () => {
    assert.deepEqual(metBy(many, log.at({ action: 'login' })), []);
  });

  test('meets a rule once that has alternatives on two fields, both of which hold', () => {
    const either = detectionOf(
      'one:\n  EventID: 1\ntwo:\n  CommandLine|endswith: .exe\ncondition: one or two',
    );
    const indexed = indexOf([either], log.cursor);
    for (const [found, each] of [
      [[0], { EventID: 1, CommandLine: 'a.exe' }],
      [[0], { CommandLine: 'A.EXE' }],
      [[0], { EventID: 1 }],
      [[], { EventID: 2, CommandLine: 'a.com' }],
    ] as const) {
      assert.deepEqual(metBy(indexed, log.at(each)), found);
    }
  });
});

test('conditions on members of one array are told apart, and not decided by a value of it', () => {
  const rule = (item: string) => detectionOf(`s:\n  ${item}\ncondition: s`, 'sigma-version: 3');
  const items = ['a[any].b: x', 'a[any].b: y', 'a[all].b: x', 'a[none].b: x', 'a[1].b: x', "a|contains: 'x'"];
  const log = new Log();
  const indexed = indexOf(items.map(rule), log.cursor);
  const records: [record: object, held: number[]][] = [
    [{ a: [{ b: 'x' }, { b: 'y' }] }, [0, 1, 5]],
    [{ a: [{ b: 'y' }, { b: 'x' }] }, [0, 1, 4, 5]],
    [{ a: [{ b: 'x' }] }, [0, 2, 5]],
    [{ a: { b: 'y' } }, [1, 3]],
    [{ a: [] }, [3]],
    [{ c: 1 }, [3]],
  ];
  for (const [record, expected] of [...records, ...records])
    assert.deepEqual(heldBy(indexed, log.at(record)), expected, JSON.stringify(record));
});
