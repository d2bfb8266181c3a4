/** Check-ins without a check-out that state no quantity: one seat where the log shows it, else nobody knows how many. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { editorContract, MARCH, runContract, set, use } from './run-contract.ts';

const march = (action: string, hour: number, session: string, quantity?: number) =>
  use(action, `2025-03-03T${String(hour).padStart(2, '0')}:00:00Z`, session, {
    session,
    ...(quantity !== undefined && { quantity }),
  });

const orphan = march('checkin', 9, 'ann');

function verdictOf(records: readonly object[], { seats = 5, measure = '', more = '' } = {}): string {
  const contract = editorContract({ quantity: set(seats), more, ...(measure && { measure }) });
  const [judgement] = runContract(contract, [...MARCH, ...records]);
  return `${judgement!.verdict}: ${judgement!.message}`;
}

const OPEN =
  /^undetermined: .*: at least \d+ seats?.*: 1 check-in states no quantity, and no check-out tells it; 1 check-in has no check-out/;

const UNKNOWN = /1 check-in states no quantity, and no check-out tells it/;

describe('a silent check-in without a check-out leaves the seats before it open', () => {
  const cases: [string, object[]][] = [
    ['where the log has no check-out at all', []],
    ['where check-outs state how many', [march('checkout', 10, 'bob', 1), march('checkin', 11, 'bob')]],
    [
      'where a silent check-in is of several seats',
      [march('checkout', 10, 'bob', 2), march('checkin', 11, 'bob')],
    ],
    [
      'where check-ins state it at times',
      [
        ...[march('checkout', 10, 'bob', 2), march('checkin', 11, 'bob')],
        ...[march('checkout', 12, 'cid'), march('checkin', 13, 'cid')],
        ...[march('checkout', 14, 'dan', 3), march('checkin', 15, 'dan', 3)],
      ],
    ],
    [
      'where sessions are upgraded',
      [march('checkout', 10, 'bob'), march('upgrade', 11, 'bob', 2), march('checkin', 12, 'bob')],
    ],
  ];
  for (const [name, others] of cases) {
    test(name, () => {
      assert.match(verdictOf([orphan, ...others]), OPEN);
      for (const each of ['hour take p95', 'instant take mean'])
        assert.match(
          verdictOf([orphan, ...others], { measure: `count seats each ${each} over month` }),
          /^undetermined/,
        );
    });
  }

  test('and the seats after it are what they are', () => {
    const april = ['checkout', 'checkin'].map((action, index) =>
      use(action, `2025-04-${29 + index}T23:59:59Z`, 'bob', { session: 'bob', quantity: 1 }),
    );
    const judged = runContract(editorContract({ quantity: set(5) }), [...MARCH, orphan, ...april]);
    assert.deepEqual(
      judged.flatMap(({ usage, verdict }) => (usage ? [`${usage.period} ${verdict}`] : [])),
      ['2025-03 undetermined', '2025-04 satisfied'],
    );
  });

  test('and seats that are reserved', () => {
    const contract = editorContract({
      quantity: set(5),
      head: 'people: {teams: {cae: [cae-*]}}',
      more: 'reserve: {cae: 1}',
    });
    const codes = (records: readonly object[]) => runContract(contract, records).map(({ code }) => code);
    const bob = [march('checkout', 10, 'bob'), march('checkin', 11, 'bob')];
    assert.ok(codes([...MARCH, orphan]).includes('reserved-seats-used'));
    assert.ok(!codes([...MARCH, orphan, ...bob]).includes('reserved-seats-used'));
  });
});

describe('a silent check-in without a check-out is one seat', () => {
  const cases: [string, object[]][] = [
    ['where no check-out states a quantity', [march('checkout', 10, 'bob'), march('checkin', 11, 'bob')]],
    [
      'where check-outs and check-ins state it of several',
      [
        ...[march('checkout', 10, 'bob'), march('checkin', 11, 'bob')],
        ...[march('checkout', 12, 'cid', 2), march('checkin', 13, 'cid', 2)],
      ],
    ],
  ];
  for (const [name, others] of cases)
    test(name, () => assert.match(verdictOf([orphan, ...others]), /^satisfied: .*, allowed 5/));

  test('and one that states how many is so many', () => {
    assert.match(verdictOf([march('checkin', 9, 'ann', 2)], { seats: 2 }), /^satisfied: .*: 2 seats/);
  });
});

test('a silent check-in that comes after its session was over by contract is of that session', () => {
  const late = [march('checkout', 10, 'bob', 2), march('checkin', 14, 'bob')];
  const timesOut = { more: 'missingCheckin: PT1H' };
  assert.match(verdictOf(late, timesOut), /^satisfied/);
  assert.match(verdictOf([...late, march('checkin', 15, 'bob')], timesOut), UNKNOWN);
  const restart = { ...use('', '2025-03-03T12:00:00Z', 'ops'), action: 'server.start', license: undefined };
  const restarts = { more: 'missingCheckin: close-at-restart' };
  assert.match(verdictOf([late[0]!, restart, late[1]!], restarts), /^satisfied/);
  // It is of two seats, so silence does not say one.
  const silent = [march('checkout', 15, 'cid'), march('checkin', 16, 'cid')];
  const stated = [march('checkout', 17, 'dan', 3), march('checkin', 17, 'dan', 3)];
  assert.match(verdictOf([...late, ...silent, ...stated, march('checkin', 18, 'eve')], timesOut), UNKNOWN);
  assert.match(verdictOf([...silent, ...stated, march('checkin', 18, 'eve')], timesOut), /^satisfied/);
});
