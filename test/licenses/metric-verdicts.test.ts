/** Metrics that need more than one clause, from records to the verdict: exceeded, within, and open where the log leaves it so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { formatProblem } from '../../src/model/problem.ts';
import { editorContract, MARCH, runContract, set, use } from './run-contract.ts';

const TERM = 'term: {from: 2025-03-01, until: 2025-04-01}';

type Case = { measure: string; records: object[]; quantity: number; expected: RegExp; more?: string };

/** The verdict of the measure and its message. */
function judge({ measure, records, quantity, more = '' }: Case): string {
  const yaml = editorContract({ measure: `"${measure}"`, quantity: set(quantity), head: TERM, more });
  const [judgement] = runContract(yaml, [...MARCH, ...records]);
  return `${judgement!.verdict}: ${judgement!.message}`;
}

const assign = (day: string, person: string, more: object = {}) =>
  use('assign', `2025-03-${day}T08:00:00Z`, person, more);
const revoke = (day: string, person: string, more: object = {}) =>
  use('revoke', `2025-03-${day}T08:00:00Z`, person, more);

// ann from the 7th to the 15th, and so to the 31st: 25 user-days.
const DAYS = [assign('07', 'ann'), revoke('15', 'ann')];
// cid was there until the 10th, and who knows since when: 22 days more, or 31.
const OPEN_DAYS = [...DAYS, revoke('10', 'cid')];

// mia and ann are limited, mia besides professional: one of each.
const TYPES = [
  assign('02', 'mia', { user_type: 'professional', seat: 'BW' }),
  assign('03', 'mia', { user_type: 'limited', seat: 'ERP' }),
  assign('04', 'ann', { user_type: 'limited', seat: 'ERP' }),
];
// One of the two systems took a type away that mia holds in both: she keeps it, or both were meant.
const OPEN_TYPES = [
  ...TYPES,
  assign('05', 'mia', { user_type: 'professional', seat: 'ERP' }),
  revoke('06', 'mia', { user_type: 'professional' }),
];
const LIMITED = 'sap-named times 0 for professional, 1 for limited';

const credits = (day: string, services: unknown, compute: unknown) =>
  use('use', `2025-03-${day}T08:00:00Z`, 'warehouse', {
    credits_used_cloud_services: services,
    credits_used_compute: compute,
  });
// 5 - 10 % of 40 = 1 and 3 - 10 % of 40 < 0: 1.
const CREDITS = [credits('03', 5, 40), credits('04', 3, 40)];
const OPEN_CREDITS = [...CREDITS, credits('05', 2, 'n/a')];

const device = (day: string, person: string, host?: string) =>
  use('use', `2025-03-${day}T08:00:00Z`, person, host === undefined ? {} : { host });
// On the 4th pc1 and pc2 of ann, 2; with pc3 of bob 3 devices of 2 people, 1.5. The highest window is the first.
const DEVICES = [device('03', 'ann', 'pc1'), device('04', 'ann', 'pc2'), device('05', 'bob', 'pc3')];
// The device of the last is one of the two or a third: 2 / 2 or 3 / 2.
const OPEN_DEVICES = [device('03', 'ann', 'pc1'), device('04', 'bob', 'pc2'), device('06', 'bob')];

// 60 + 40 + 1 = 101; without the first, which a later event takes back, 41.
const CALLS = [
  { ...use('use', '2025-03-03T08:00:00Z', 'ann', { value: 60 }), id: 'm-1' },
  { ...use('use', '2025-03-04T08:00:00Z', 'bob', { value: 40 }), id: 'm-2' },
  { ...use('use', '2025-03-05T08:00:00Z', 'ann', { value: 1 }), id: 'm-3' },
];
// As Stripe sends it: without a time.
const CANCEL = {
  actor: 'stripe',
  action: 'license.cancel',
  license: 'editor',
  canceled: 'm-1',
  outcome: 'success',
};

const CASES: Case[] = [
  { measure: 'github-user-days', records: DAYS, quantity: 25, expected: /^satisfied: .*25 people assigned/ },
  { measure: 'github-user-days', records: DAYS, quantity: 24, expected: /^violation: .*25 people assigned/ },
  {
    measure: 'github-user-days',
    records: OPEN_DAYS,
    quantity: 50,
    expected: /^undetermined: .*at least 47 people.*no assignment/,
  },
  { measure: LIMITED, records: TYPES, quantity: 1, expected: /^satisfied: .*1 person assigned/ },
  { measure: LIMITED, records: TYPES, quantity: 0, expected: /^violation: / },
  { measure: LIMITED, records: OPEN_TYPES, quantity: 1, expected: /^undetermined: .*between 1 and 2 people/ },
  {
    measure: 'snowflake-cloud-services',
    records: CREDITS,
    quantity: 1,
    expected: /^satisfied: .*1 of "credits_used_cloud_services" beyond 10 % of "credits_used_compute"/,
  },
  { measure: 'snowflake-cloud-services', records: CREDITS, quantity: 0, expected: /^violation: / },
  {
    measure: 'snowflake-cloud-services',
    records: OPEN_CREDITS,
    quantity: 2,
    expected: /^undetermined: .*between 1 and 3 of .*no readable quantity/,
  },
  { measure: 'ms-cal-ratio', records: DEVICES, quantity: 2, expected: /^satisfied: .*2 hosts per person/ },
  { measure: 'ms-cal-ratio', records: DEVICES, quantity: 1, expected: /^violation: .*2 hosts per person/ },
  {
    measure: 'ms-cal-ratio',
    records: OPEN_DEVICES,
    quantity: 1,
    expected: /^undetermined: .*between 1 and 1\.5 hosts per person/,
  },
  {
    measure: 'count sum(value) over month',
    records: CALLS,
    quantity: 100,
    expected: /^violation: .*101 of "value"/,
  },
  {
    measure: 'count sum(value) over month',
    records: [...CALLS, CANCEL],
    quantity: 100,
    expected: /^undetermined: .*between 41 and 101 of "value".*1 event was canceled afterwards/,
  },
  {
    measure: 'count sum(value) over month',
    records: [...CALLS, CANCEL],
    quantity: 40,
    expected: /^violation: /,
  },
  {
    measure: 'count sum(value) each day take max over month',
    records: [...CALLS, CANCEL],
    quantity: 50,
    expected: /^undetermined: .*between 40 and 60 of "value".*1 event was canceled afterwards/,
  },
  {
    measure: 'count sum(value) over month',
    records: [...CALLS, { ...CANCEL, time: '2025-03-28T08:00:00Z' }],
    quantity: 100,
    expected: /^undetermined: .*between 41 and 101 of "value".*which one it takes back/,
  },
  {
    measure: 'count events each day take sum over month',
    records: [...CALLS, { ...CANCEL, time: '2025-03-28T08:00:00Z' }],
    quantity: 2,
    expected: /^undetermined: .*between 2 and 3 events/,
  },
];

for (const each of CASES) {
  test(`${each.measure} against ${each.quantity}: ${each.expected.source}`, () => {
    assert.match(judge(each), each.expected);
  });
}

test('what only some buckets give a meaning is refused for others, each with its place', () => {
  const mistakes = [
    'count assigned person so far each instant take max over month',
    'count assigned person so fat each day take sum over month',
    'count distinct host per feature each day take max over month',
    'count distinct host per person over month',
    'count assigned person by user_type over term',
    'count assigned person by user_type over term times 1 for a, 0 for b round up',
    'count sum(a) beyond ten% of sum(b) each day take sum over month',
    'count sum(a) beyond 10% from sum(b) each day take sum over month',
    'count sum(a) beyond 10% of b each day take sum over month',
    'count sum(a) beyond 10% of sum(b) over month',
  ].map((measure) => {
    const { problems } = parseContract('licenses.yaml', editorContract({ measure, quantity: set(1) }));
    return problems
      .map(formatProblem)
      .join('\n')
      .replace(/^licenses\.yaml:\d+:/, '');
  });
  assert.deepEqual(mistakes, [
    '48: "each instant" has no meaning for "so far", expected "each minute", "each 15min", "each hour", "each day"',
    '39: expected "far" after "so", found "fat", did you mean "far"?',
    '38: expected person or host after "per", found "feature"',
    '45: "each period" has no meaning for "per", expected "each minute", "each 15min", "each hour", "each day" or "each 28d"',
    '58: "by" groups what is multiplied, expected "times" with a factor for each value',
    '90: "round" would hang on each person for "count assigned KEY by", expected it for levels only',
    '34: expected a percentage such as 10% after "beyond", found "ten%"',
    '38: expected "of" after the percentage, found "from"',
    '41: expected sum(FIELD) after "of", found "b"',
    '48: "each period" has no meaning for "beyond", expected "each minute", "each 15min", "each hour", "each day"',
  ]);
});
