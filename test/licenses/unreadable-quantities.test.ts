/** Sessions without an id of which some hold nobody knows how many seats: which of them a check-in ended is not known either. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorContract, MARCH, runContract, set, use } from './run-contract.ts';

const march = (action: string, hour: number, who: string, quantity?: number | string) =>
  use(action, `2025-03-03T${String(hour).padStart(2, '0')}:00:00Z`, who, {
    host: `${who}-pc`,
    ...(quantity !== undefined && { quantity }),
  });

function verdicts(records: readonly object[], quantities: readonly number[], more = ''): string[] {
  return quantities.map((quantity) => {
    const [{ verdict, usage }] = runContract(editorContract({ quantity: set(quantity), more }), [
      ...MARCH,
      ...records,
    ]) as [ReturnType<typeof runContract>[number]];
    return `${verdict} ${usage!.used}`;
  });
}

for (const [name, more] of [
  ['', ''],
  [', shared', 'share: [person, host]'],
] as const) {
  test(`the session whose quantity is not readable may be the one that is still open${name}`, () => {
    for (const back of [5, undefined]) {
      const records = [
        march('checkout', 8, 'ann', 5),
        march('checkout', 9, 'ann', 'many'),
        march('checkin', 10, 'ann', back),
        march('checkin', 12, 'ann'),
      ];
      // Until the last check-in nothing bounds what ann has. Proven are the five and one.
      const [little, much] = verdicts(records, [more === '' ? 5 : 4, 1_000], more);
      assert.match(little!, /^violation/);
      assert.match(much!, /^undetermined/);
      const later = [...records, march('checkout', 13, 'ann', 7), march('checkin', 14, 'ann', 7)];
      assert.match(verdicts(later, [1_000], more)[0]!, /^undetermined/);
    }
  });

  test(`what is left open of several is at least one seat each, in the next month too${name}`, () => {
    const records = [
      march('checkout', 8, 'ann', 5),
      march('checkout', 9, 'ann', 'many'),
      march('checkin', 10, 'ann', 5),
    ];
    const april = [
      use('checkout', '2025-04-03T08:00:00Z', 'bob', { host: 'bob-pc', quantity: 1 }),
      use('checkin', '2025-04-30T23:59:59Z', 'bob', { host: 'bob-pc', quantity: 1 }),
    ];
    const judge = (quantity: number) =>
      runContract(editorContract({ quantity: set(quantity), more: `missingCheckin: in-use\n    ${more}` }), [
        ...MARCH,
        ...records,
        ...april,
      ])
        .filter(({ usage }) => usage?.period === '2025-04')
        .map(({ verdict }) => verdict);
    assert.deepEqual([judge(1), judge(2), judge(9)], [['violation'], ['undetermined'], ['undetermined']]);
  });
}

test('where every quantity is readable, and where each session has an id, nothing is open', () => {
  const known = [
    march('checkout', 8, 'ann', 5),
    march('checkout', 9, 'ann', 2),
    march('checkin', 10, 'ann', 5),
    march('checkin', 12, 'ann', 2),
  ];
  assert.deepEqual(verdicts(known, [6, 7]), ['violation 7', 'satisfied 7']);
  const named = [
    { ...march('checkout', 8, 'ann', 'many'), session: 's1' },
    { ...march('checkin', 9, 'ann'), session: 's1' },
    { ...march('checkout', 10, 'ann', 2), session: 's2' },
    { ...march('checkin', 11, 'ann', 2), session: 's2' },
  ];
  const april = use('denied', '2025-04-30T23:59:59Z', 'bob');
  const moved = named.map((record, index) =>
    index < 2 ? record : { ...record, time: `2025-04-03T1${index}:00:00Z` },
  );
  const months = runContract(editorContract({ quantity: set(2) }), [...MARCH, ...moved, april]);
  assert.deepEqual(
    months.filter(({ usage }) => usage !== undefined).map(({ verdict }) => verdict),
    ['undetermined', 'satisfied'],
  );
});
