/** Logs that once read "within" although more was used, or may have been; and one that read "exceeded" for a refusal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerMessages } from '../../src/text-logs/flexnet-server.ts';
import { runContract, spanning, use } from './run-contract.ts';

const SPAN = spanning('2026-03-01T00:00:00Z', '2026-03-31T23:59:59Z');

function contract(
  limit: number,
  more = '',
  measure = 'count seats each instant take max over month',
): string {
  return `
contract: { id: A, timezone: UTC }
measures: { m: ${measure} }
licenses:
  - { id: editor, covers: { feature: editor }, measure: m, quantity: [{ from: 2026-01-01, set: ${limit} }]${more} }
`;
}

function verdictOf(yaml: string, records: readonly object[]): string {
  const verdicts = runContract(yaml, [...SPAN, ...records])
    .filter(({ usage, verdict }) => usage !== undefined || verdict !== 'satisfied')
    .map(({ verdict }) => verdict);
  return (
    ['violation', 'undetermined', 'satisfied'].find((each) => verdicts.includes(each as never)) ?? 'none'
  );
}

const at = (day: number, hour: number) =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
const failed = { outcome: 'failure' };
const session = (person: string, day: number, more: object = {}) => [
  use('checkout', at(day, 8), person, { session: `${person}${day}`, ...more }),
  use('checkin', at(day, 9), person, { session: `${person}${day}`, ...more }),
];

const CASES: [what: string, yaml: string, records: object[], verdict: string][] = [
  [
    'a check-in that failed gives no seat back',
    contract(1, ', missingCheckin: in-use'),
    [use('checkout', at(2, 8), 'ann'), use('checkin', at(2, 9), 'ann', failed), ...session('bob', 3)],
    'violation',
  ],
  [
    'a check-out that failed takes no seat',
    contract(1),
    [...session('ann', 2), use('checkout', at(2, 8), 'bob', { session: 'x', ...failed })],
    'satisfied',
  ],
  [
    'a restart that failed ends nothing',
    contract(1, ', missingCheckin: close-at-restart'),
    [
      use('checkout', at(2, 8), 'ann'),
      { ...use('x', at(2, 9), 'ops'), action: 'server.stop', ...failed },
      ...session('bob', 3),
    ],
    'undetermined',
  ],
  [
    'a revocation that failed takes nothing away',
    contract(
      1,
      ', term: {from: 2026-03-01, until: 2027-01-01}',
      'count assigned person each day take max over month',
    ),
    [use('assign', at(2, 8), 'ann'), use('revoke', at(3, 8), 'ann', failed), use('assign', at(4, 8), 'bob')],
    'violation',
  ],
  [
    'an upgrade without a quantity leaves open how many there are',
    contract(3),
    [
      use('checkout', at(2, 8), 'ann', { session: 's', quantity: 3 }),
      use('upgrade', at(2, 9), 'ann', { session: 's' }),
      use('checkout', at(2, 10), 'bob', { session: 'b', quantity: 2 }),
      use('checkin', at(2, 11), 'bob', { session: 'b', quantity: 2 }),
      use('checkin', at(2, 12), 'ann', { session: 's' }),
    ],
    'undetermined',
  ],
  [
    'a check-in of a part gives back a part, whether it names the feature or not',
    contract(3, ', missingCheckin: in-use'),
    [
      use('checkout', at(2, 8), 'ann', { session: 's', quantity: 3 }),
      use('checkin', at(2, 9), 'ann', { session: 's', quantity: 1, license: undefined }),
      ...session('bob', 3, { quantity: 2 }),
    ],
    'violation',
  ],
  [
    'an unreadable quantity is no seat that lingers',
    contract(2, ', linger: PT3H'),
    [
      ...session('ann', 2),
      use('checkout', at(2, 10), 'ann', { session: 'ann2', quantity: 'abc' }),
      use('checkin', at(2, 11), 'ann', { session: 'ann2', quantity: 'abc' }),
    ],
    'undetermined',
  ],
  [
    'use of more seats than its session holds counts',
    contract(2),
    [
      use('checkout', at(2, 8), 'ann', { host: 'pc1' }),
      use('use', at(2, 9), 'ann', { host: 'PC1', quantity: 5 }),
      use('checkin', at(2, 10), 'ann', { host: 'pc1' }),
    ],
    'violation',
  ],
  [
    'use of nobody knows how many seats beside a session is open',
    contract(2),
    [
      use('checkout', at(2, 8), 'ann', { session: 's' }),
      use('use', at(2, 9), 'ann', { session: 's', quantity: 'abc' }),
      use('checkin', at(2, 10), 'ann', { session: 's' }),
    ],
    'undetermined',
  ],
  [
    'a host has no case',
    contract(1, ', missingCheckin: in-use'),
    [
      use('checkout', at(2, 8), 'ann', { host: 'PC1' }),
      use('checkin', at(2, 9), 'ann', { host: 'pc1' }),
      ...session('bob', 3),
    ],
    'satisfied',
  ],
  ...['borrow: P7D', 'missingCheckin: PT96H', 'missingCheckin: close-at-restart'].map(
    (clause): [string, string, object[], string] => [
      `a session that ends by contract after the term is no use within it (${clause})`,
      contract(9, `, ${clause}, term: { from: 2026-01-01, until: 2026-03-20 }`),
      [
        use(clause.startsWith('borrow') ? 'borrow' : 'checkout', at(19, 8), 'ann'),
        { ...use('x', at(22, 9), 'ops'), action: 'server.start' },
        { ...use('x', at(30, 9), 'ops'), action: 'server.start' },
      ],
      'undetermined',
    ],
  ),
  [
    'a second check-out of nobody knows how many seats is open',
    contract(2),
    [
      use('checkout', at(2, 8), 'ann', { session: 's' }),
      use('checkout', at(2, 9), 'ann', { session: 's', quantity: 'abc' }),
      use('checkin', at(2, 10), 'ann', { session: 's' }),
    ],
    'undetermined',
  ],
  [
    'a check-in of an id that two people hold ends one of their sessions',
    contract(2),
    [
      use('checkout', at(2, 8), 'ann', { session: 's' }),
      use('checkout', at(2, 9), 'bob', { session: 's' }),
      use('checkin', at(2, 10), 'bob', { session: 's' }),
      ...session('cid', 3),
      use('checkout', at(3, 8), 'dee', { session: 'd' }),
      use('checkin', at(3, 9), 'dee', { session: 'd' }),
    ],
    'undetermined',
  ],
  [
    'two check-ins of an id that two people hold end both of their sessions',
    contract(2),
    [
      use('checkout', at(2, 8), 'ann', { session: 's' }),
      use('checkout', at(2, 9), 'bob', { session: 's' }),
      use('checkin', at(2, 10), 'bob', { session: 's' }),
      use('checkin', at(2, 11), 'ann', { session: 's' }),
      ...session('cid', 3),
      ...session('dee', 3),
    ],
    'satisfied',
  ],
  [
    'a check-in ends a session that the same person checked out again',
    contract(1),
    [
      use('checkout', at(2, 8), 'ann', { session: 's', host: 'h1' }),
      use('checkin', at(2, 9), 'ann', { session: 's', host: 'h1' }),
      ...session('cid', 3),
    ],
    'satisfied',
  ],
  [
    'a session that is checked out again may time out so much later',
    contract(1, ', missingCheckin: PT8H'),
    [
      use('checkout', at(2, 8), 'ann', { session: 's' }),
      use('checkout', at(2, 15), 'ann', { session: 's' }),
      use('checkout', at(2, 17), 'cid'),
      use('checkin', at(2, 18), 'cid'),
    ],
    'undetermined',
  ],
  [
    'what is checked out beside a borrowed session goes on when that ends by itself',
    contract(1, ', borrow: P1D'),
    [
      use('borrow', at(2, 8), 'ann', { session: 's' }),
      use('checkout', at(2, 15), 'ann', { session: 's' }),
      ...session('cid', 4),
    ],
    'undetermined',
  ],
  [
    'somebody else under the id of an open session may use it in the next month',
    contract(2, '', 'count distinct person over month'),
    [
      use('checkout', '2026-02-20T08:00:00Z', 'ann', { session: 's' }),
      use('checkout', '2026-02-20T09:00:00Z', 'bob', { session: 's' }),
      use('checkin', '2026-02-20T10:00:00Z', 'ann', { session: 's' }),
      ...session('cid', 3),
      ...session('dee', 4),
    ],
    'undetermined',
  ],
  ...(
    [
      ['count distinct person over month', ''],
      ['count distinct person each day take max over month', ''],
      ['count seats each instant take max over month', ', share: [person], missingCheckin: in-use'],
    ] as const
  ).map(([measure, more]): [string, string, object[], string] => [
    `a session goes on under a name that changed hands (${measure})`,
    contract(1, more, measure).replace(
      'measures:',
      'people: {same: [{person: ann, as: [desk-4]}, {person: bob, as: [desk-4], from: 2026-03-10}]}\nmeasures:',
    ),
    [use('checkout', at(9, 8), 'desk-4', { session: 's' }), ...session('ann', 12)],
    'undetermined',
  ]),
  [
    'use without a feature may go on in the next month',
    contract(1, '', 'count distinct person over month'),
    [use('checkout', '2026-02-20T08:00:00Z', 'ann', { license: undefined }), ...session('cid', 3)],
    'undetermined',
  ],
  [
    'a borrowing of more seats than before is open',
    contract(2, ', borrow: P7D'),
    [
      use('borrow', at(2, 8), 'ann', { session: 's' }),
      use('borrow', at(2, 9), 'ann', { session: 's', quantity: 5 }),
      use('checkin', at(2, 10), 'ann', { session: 's' }),
    ],
    'undetermined',
  ],
  [
    'a country by another name may be the one that is left out',
    contract(9, ', countries: { not: [RU] }'),
    session('ann', 2, { country: 'Russia' }),
    'undetermined',
  ],
];

for (const [what, yaml, records, verdict] of CASES)
  test(what, () => assert.equal(verdictOf(yaml, records), verdict));

test('a daemon that is ready after a reread has not started, though the log began after its start', () => {
  const read = (lines: readonly string[]) => {
    const messages = new ServerMessages();
    return lines
      .map((line) => messages.read('cadd', line, 0))
      .map((found) => found && (found as { event: string }).event);
  };
  const ready = 'Server started on srva for: editor';
  assert.deepEqual(read(['Rereading license file /lic', ready]), ['REREAD', 'REREAD']);
  assert.deepEqual(read([ready]), ['Server started']);
});
