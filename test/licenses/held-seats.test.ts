/** Sessions whose quantity changes, and the server's own figures, under measures and clauses other than the plain peak. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ONE } from '../../src/licenses/contract/amount.ts';
import type { SeatSink } from '../../src/licenses/use/seat-sink.ts';
import type { SessionEvent } from '../../src/licenses/use/session.ts';
import { Sessions } from '../../src/licenses/use/sessions.ts';
import { editorContract, runContract, set, spanning, use } from './run-contract.ts';

const APRIL = spanning('2025-04-01T00:00:00Z', '2025-04-30T23:59:59Z');

function contract(measure: string, quantity: number, more = ''): string {
  const head = 'people: {exclude: [{match: "svc-*", because: "§4"}]}';
  return editorContract({ head, measure, quantity: set(quantity), more });
}

const MEASURES = [
  'count seats each instant take max over month',
  'count seats each hour take max over month',
  'count seats each hour take p95 over month',
  'count seats each instant take mean over month',
];

const out = (time: string, actor: string, more: object = {}) =>
  use('checkout', `2025-04-${time}Z`, actor, more);
const back = (time: string, actor: string, more: object = {}) =>
  use('checkin', `2025-04-${time}Z`, actor, more);

for (const measure of MEASURES) {
  test(`${measure}: where the server counted more than the log shows, "within" is undetermined`, () => {
    const records = [
      out('03T10:00:00', 'ann', { in_use: 3 }),
      out('03T10:10:00', 'svc-build', { in_use: 4 }),
      back('03T11:00:00', 'ann', { in_use: 3 }),
      back('03T12:00:00', 'svc-build', { in_use: 0 }),
    ];
    const judgements = runContract(contract(measure, 9), [...APRIL, ...records]);
    const month = judgements.find(({ usage }) => usage?.period === '2025-04')!;
    assert.equal(month.verdict, 'undetermined');
    assert.match(month.usage!.reason!, /counted 3 at 2025-04-03T10:00:00Z, the log shows 1/);
    assert.deepEqual(month.usage!.selfCheck, { points: 4, agree: 1, open: 0, disagree: 3 });
    assert.ok(judgements.some(({ code }) => code === 'counts-disagree'));
    assert.deepEqual(judgements.find(({ leftOut }) => leftOut !== undefined)!.leftOut!.events, 2);
    const agreed = records.map((record) => ({ ...record, in_use: undefined }));
    assert.equal(runContract(contract(measure, 9), [...APRIL, ...agreed])[0]!.verdict, 'satisfied');
  });
}

test('a mean follows seats that are given back alone and taken in place', () => {
  const of = (quantity: number) => ({ session: 's1', quantity });
  // 3 for 10 days, 1 for 10 days, 5 for 4 days: 60 seat-days of 30.
  const records = [
    out('03T00:00:00', 'ann', of(3)),
    back('13T00:00:00', 'ann', of(2)),
    use('upgrade', '2025-04-23T00:00:00Z', 'ann', of(5)),
    back('27T00:00:00', 'ann', of(5)),
  ];
  const measure = 'count seats each instant take mean over month';
  const [month] = runContract(contract(measure, 2), [...APRIL, ...records]);
  assert.deepEqual([month!.verdict, month!.usage!.used], ['satisfied', 2]);
  // Not given back: of the first ten days two seats are proven, that were.
  const [open] = runContract(contract(measure, 1), [...APRIL, ...records.slice(0, 2)]);
  assert.equal(open!.verdict, 'undetermined');
  assert.match(open!.message, /between 0\.666667 and/);
});

test('buckets follow seats that are given back alone', () => {
  const of = (quantity: number) => ({ session: 's1', quantity });
  const records = [
    out('03T10:00:00', 'ann', of(3)),
    back('03T10:30:00', 'ann', of(2)),
    back('09T10:30:00', 'ann', of(1)),
  ];
  const used = (measure: string) => runContract(contract(measure, 9), [...APRIL, ...records])[0]!.usage!.used;
  assert.deepEqual(
    [used('count seats each hour take max over month'), used('count seats each hour take p95 over month')],
    [3, 1],
  );
});

test('a restart ends what nobody gave back, and leaves the seats that linger', () => {
  let count = 0n;
  const seen: [number, number][] = [];
  const tell = (at: bigint) => seen.push([Number(at), Number(count / ONE)]);
  const sink: SeatSink = {
    take: ({ quantity }, at) => {
      count += quantity;
      tell(at);
    },
    release: ({ quantity }, at) => {
      count -= quantity;
      tell(at);
    },
    change: (_, by, at) => {
      count += by;
      tell(at);
    },
    orphan: () => assert.fail('no orphan'),
    withdraw: () => assert.fail('it is known which session each check-in ended'),
    doubt: () => undefined,
  };
  const sessions = new Sessions({ linger: 10n, restarts: true }, sink);
  const event = (at: bigint, quantity: bigint): SessionEvent => ({
    at,
    key: 's1',
    named: true,
    feature: 'editor',
    holder: 'ann',
    share: undefined,
    quantity: quantity * ONE,
    stated: true,
    unreadable: false,
    place: { file: 'log', line: 1, offset: 0, length: 1 },
    origin: { identity: 'e' },
  });
  sessions.checkOut(event(0n, 3n));
  sessions.checkIn(event(5n, 1n));
  assert.equal(sessions.restart(7n, undefined), 1);
  sessions.advance(20n);
  assert.deepEqual(seen, [
    [0, 3],
    [7, 1],
    [15, 0],
  ]);
});

test('where the contract allows overage, the zone cuts no time above the quantity in two', () => {
  const yaml = contract(MEASURES[0]!, 1, 'overage: {allow: 5, for: P1D, then: true-up}').replace(
    'timezone: UTC',
    'timezone: Europe/Berlin',
  );
  const log = spanning('2025-03-31T22:00:00Z', '2025-05-01T22:00:00Z');
  const records = ['ann', 'bob'].flatMap((name) => [
    use('checkout', '2025-03-31T23:00:00Z', name),
    use('checkin', '2025-04-01T01:00:00Z', name),
  ]);
  const [month] = runContract(yaml, [...log, ...records]);
  assert.equal(month!.code, 'overage-used');
  assert.match(month!.message, /above the quantity for 2h in 1 incident/);
  assert.equal(month!.usage!.flips, undefined);
});

test('seats that are taken in place count as committed', () => {
  const of = (quantity: number) => ({ session: 's1', quantity });
  const yaml = contract(MEASURES[0]!, 5, 'reserve: {ops: 2}').replace(
    'people: {',
    'people: {teams: {ops: [olga]}, ',
  );
  const judge = (quantity: number) =>
    runContract(yaml, [
      ...APRIL,
      out('03T10:00:00', 'ann', of(3)),
      use('upgrade', '2025-04-03T11:00:00Z', 'ann', of(quantity)),
      back('03T12:00:00', 'ann', of(quantity)),
    ]).map(({ code, verdict }) => `${code} ${verdict}`);
  assert.ok(!judge(2).includes('reserved-seats-used violation'));
  assert.ok(judge(4).includes('reserved-seats-used violation'));
});
