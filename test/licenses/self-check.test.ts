/** The license server's own figures against ours, and what a verdict is worth where they disagree. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isCapacityReason } from '../../src/licenses/use/denial-reason.ts';
import type { Judgement } from '../../src/model/relation.ts';
import { editorContract, MARCH, runContract, set, use } from './run-contract.ts';

const FULL = 'Licensed number of users already reached. (-4,342)';
function seats(quantity: number | undefined, more = ''): string {
  return editorContract({
    head: 'people: {exclude: [{match: "svc-*"}]}',
    quantity: quantity === undefined ? '' : set(quantity),
    more,
  });
}

const at = (minute: number) =>
  `2025-03-03T${String(10 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00Z`;
const out = (minute: number, actor: string, more: object = {}) => use('checkout', at(minute), actor, more);
const back = (minute: number, actor: string, more: object = {}) => use('checkin', at(minute), actor, more);
const denied = (minute: number, actor: string, more: object = {}) =>
  use('denied', at(minute), actor, { reason: FULL, ...more });

function judge(
  yaml: string,
  records: readonly object[],
): { month: Judgement; finding: Judgement | undefined } {
  const judgements = runContract(yaml, [...MARCH, ...records]);
  return {
    month: judgements.find(({ usage }) => usage?.period === '2025-03')!,
    finding: judgements.find(({ code }) => code === 'counts-disagree'),
  };
}

test('a counter that is ours after every event agrees, and nothing more is said', () => {
  const records = [
    out(0, 'ann', { in_use: 1 }),
    out(5, 'bob', { in_use: 2 }),
    back(9, 'bob', { in_use: 1 }),
    back(20, 'ann', { in_use: 0 }),
  ];
  const { month, finding } = judge(seats(2), records);
  assert.equal(month.verdict, 'satisfied');
  assert.deepEqual(month.usage!.selfCheck, { points: 4, agree: 4, open: 0, disagree: 0 });
  assert.equal(finding, undefined);
});

test('a counter above ours: check-outs are missing, and "within" becomes undetermined', () => {
  const records = [
    out(0, 'ann', { in_use: 1 }),
    out(5, 'bob', { in_use: 3 }),
    back(9, 'bob', { in_use: 2 }),
    back(20, 'ann', { in_use: 0 }),
  ];
  const { month, finding } = judge(seats(10), records);
  assert.equal(month.verdict, 'undetermined');
  assert.equal(
    month.usage!.reason,
    'the license server counted 3 at 2025-03-03T10:05:00Z, the log shows 2: check-outs are missing',
  );
  assert.deepEqual(month.usage!.selfCheck, { points: 4, agree: 2, open: 0, disagree: 2 });
  assert.match(
    finding!.message,
    /disagree with the log at 2 of 4 points: .* counted 3 at .*, the log shows 2$/,
  );
  assert.equal(finding!.severity, 'medium');
});

test('a counter above ours before a check-in without a check-out: the log began in mid-session', () => {
  const records = [
    out(0, 'ann', { in_use: 2 }),
    back(9, 'bob', { in_use: 1 }),
    back(20, 'ann', { in_use: 0 }),
  ];
  const { month, finding } = judge(seats(2), records);
  assert.equal(month.verdict, 'satisfied');
  assert.deepEqual(month.usage!.selfCheck, { points: 3, agree: 2, open: 1, disagree: 0 });
  assert.equal(finding, undefined);
});

test('a counter below ours after a check-in that was lost is what the log leaves open; else it is told', () => {
  const lost = judge(seats(5), [
    out(0, 'ann', { in_use: 1 }),
    out(30, 'bob', { in_use: 1 }),
    back(40, 'bob', { in_use: 0 }),
  ]);
  assert.deepEqual(lost.month.usage!.selfCheck, { points: 3, agree: 1, open: 2, disagree: 0 });
  const odd = judge(seats(5), [
    out(0, 'ann', { in_use: 1 }),
    out(30, 'bob', { in_use: 1 }),
    back(40, 'bob'),
    back(41, 'ann'),
  ]);
  // Where the server counted less, no use is hidden.
  assert.deepEqual([odd.month.verdict, odd.finding!.severity], ['satisfied', 'low']);
});

test('people whom the contract leaves out are counted as the server counts them', () => {
  const records = [
    out(0, 'svc-1', { in_use: 1 }),
    out(5, 'ann', { in_use: 2 }),
    back(9, 'ann', { in_use: 1 }),
    back(20, 'svc-1', { in_use: 0 }),
  ];
  const { month } = judge(seats(1), records);
  assert.deepEqual(
    [month.verdict, month.usage!.selfCheck],
    ['satisfied', { points: 4, agree: 4, open: 0, disagree: 0 }],
  );
});

test('sessions of a share agree whether the server counts each of them or one', () => {
  for (const in_use of [1, 2]) {
    const records = [
      out(0, 'ann', { session: 's1' }),
      out(5, 'ann', { session: 's2', in_use }),
      back(9, 'ann', { session: 's2' }),
      back(20, 'ann', { session: 's1' }),
    ];
    assert.equal(judge(seats(1, 'share: [person]'), records).month.usage!.selfCheck!.agree, 1);
  }
});

test('a refusal for want of seats agrees when the seats are in use, and not when one is missing', () => {
  const full = [out(0, 'ann'), out(1, 'bob'), denied(2, 'cid'), back(9, 'bob'), back(20, 'ann')];
  assert.deepEqual(judge(seats(2), full).month.usage!.selfCheck, {
    points: 1,
    agree: 1,
    open: 0,
    disagree: 0,
  });
  const { month, finding } = judge(seats(3), full);
  assert.equal(month.verdict, 'undetermined');
  assert.match(
    month.usage!.reason!,
    /^the license server, which has 3, refused for want of seats at .*, the log shows 2: check-outs are missing$/,
  );
  assert.equal(finding!.count, 1);
});

test('who asks for more than is left is refused below the capacity', () => {
  const records = [out(0, 'ann'), denied(2, 'cid', { quantity: 3 }), back(9, 'ann')];
  for (const [quantity, agree] of [
    [1, 1],
    [3, 1],
    [4, 0],
  ] as const)
    assert.equal(judge(seats(quantity), records).month.usage!.selfCheck!.agree, agree, `${quantity}`);
});

test('the capacity that a record states goes before the contract', () => {
  const records = [out(0, 'ann'), denied(2, 'cid', { capacity: 1 }), back(9, 'ann')];
  assert.equal(judge(seats(5), records).month.usage!.selfCheck!.agree, 1);
});

test('retries are one request', () => {
  const records = [
    out(0, 'ann'),
    ...[1, 2, 5, 9].map((minute) => denied(minute, 'cid')),
    denied(20, 'cid'),
    back(30, 'ann'),
  ];
  assert.equal(judge(seats(1), records).month.usage!.selfCheck!.points, 2);
});

test('three refusals at one figure are a capacity that nobody stated, and it may change', () => {
  const holders = ['a', 'b', 'c'].flatMap((name) => [out(0, name), back(200, name)]);
  const early = [10, 20, 30].map((minute) => denied(minute, 'x'));
  const late = [70, 80, 90].map((minute) => denied(minute, 'x'));
  const records = [...holders, ...early, out(60, 'd'), ...late, back(199, 'd')];
  const { month, finding } = judge(seats(10), records);
  assert.equal(finding, undefined);
  assert.deepEqual(month.usage!.selfCheck, {
    points: 6,
    agree: 6,
    open: 0,
    disagree: 0,
    capacities: [
      { feature: 'editor', amount: 3, from: at(10), until: at(30) },
      { feature: 'editor', amount: 4, from: at(70), until: at(90) },
    ],
  });
});

test('a refusal out of line with the capacity that others show disagrees', () => {
  const holders = ['a', 'b', 'c'].flatMap((name) => [out(0, name), back(200, name)]);
  const records = [
    ...holders,
    ...[10, 20, 30].map((minute) => denied(minute, 'x')),
    back(50, 'c'),
    denied(60, 'x'),
    out(70, 'c'),
  ];
  const { finding } = judge(seats(10), records);
  assert.match(
    finding!.message,
    /at 1 of 4 points: the license server, which has 3, refused .* the log shows 2$/,
  );
});

test('a refusal alone, with nothing known of the capacity, is no point', () => {
  assert.equal(
    judge(seats(undefined), [out(0, 'ann'), denied(5, 'x'), back(9, 'ann')]).month.usage!.selfCheck,
    undefined,
  );
});

describe('a reason for a refusal', () => {
  for (const reason of [
    FULL,
    'all licenses in use',
    'All licenses are in use (-22)',
    'No licenses available',
    'TOO_MANY_MACHINES',
    '-22',
    'license limit exceeded',
  ])
    test(`${reason}: want of seats`, () => assert.ok(isCapacityReason(reason)));
  for (const reason of [
    'License server system does not support this feature. (-18,327)',
    'Feature removed during lmreread, or wrong SERVER line hostid',
    'Feature has expired (-10,32)',
    'User/host on EXCLUDE list for feature. (-38,348)',
    'users are queued for this feature. (-24,332)',
    'invalid password',
  ])
    test(`${reason}: another`, () => assert.ok(!isCapacityReason(reason)));
});
