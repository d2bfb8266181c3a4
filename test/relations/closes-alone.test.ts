/** `concurrency` over a log that begins while people work, or that never says what is counted: no finding for each of its groups. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedRules, detections, saidBy } from './audited-rules.ts';

const rule = (condition: string) => `${detections('login', 'logout')}title: Many
correlation: { type: concurrency, opens: [login], closes: [logout], group-by: [actor], max-open: 1h, condition: { ${condition} } }`;

const event = (minute: number, action: string, actor: string, more: Record<string, string> = {}) => ({
  time: new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString(),
  id: `${action}${actor}${minute}`,
  actor,
  action,
  target: 't',
  ...more,
});

const closedBy = (people: number) => [
  event(0, 'other', 'ops'),
  ...[1, 2].flatMap((minute) =>
    Array.from({ length: people }, (_, index) => event(minute, 'logout', `p${index}`)),
  ),
];

test('beyond the first ten people, one finding tells of how many nobody knows what they had open before', async () => {
  const said = saidBy(await auditedRules(rule('gt: 1'), { log: closedBy(25) }));
  assert.equal(said.length, 11);
  assert.deepEqual(
    said.filter((words) => words.includes('more group')),
    [
      'undetermined: many: 15 more groups closed more than the log shows to be opened: nobody knows how many were open before',
    ],
  );
});

test('a log that never says what is counted has a notice and no finding, and one that says it has both', async () => {
  const counted = rule('field: ip, gt: 1');
  const silent = await auditedRules(counted, { log: closedBy(25) });
  assert.deepEqual(saidBy(silent), []);
  const notices = ({ notices: all }: typeof silent) =>
    all.filter(({ code }) => code === 'left-out-events').map(({ message }) => message);
  const told = (events: number) => [
    `${events} events not judged by "Many": they close what the log does not show to be opened, and do not say "ip"`,
  ];
  assert.deepEqual(notices(silent), told(50));
  const bothAt = [3, 4].map((minute) => event(minute, 'login', 'ann', { ip: `1.2.3.${minute}` }));
  const both = await auditedRules(counted, { log: [...closedBy(25), ...bothAt] });
  assert.deepEqual([saidBy(both).length, notices(both)], [1, told(50)]);
});

test('sessions that the rule cuts off, and that end later, are told where they might have been too many', async () => {
  const log = [
    event(0, 'login', 'ann'),
    event(50, 'login', 'ann'),
    event(120, 'logout', 'ann'),
    event(140, 'logout', 'ann'),
  ];
  const { notices, ...report } = await auditedRules(rule('gt: 1'), { log });
  const told = notices.filter(({ code }) => code === 'left-out-events').map(({ message }) => message);
  assert.deepEqual([saidBy({ notices, ...report }).length, told.length], [1, 0]);
  const apart = [log[0]!, event(70, 'login', 'ann'), log[2]!, log[3]!];
  const cut = await auditedRules(rule('gt: 1'), { log: apart });
  assert.deepEqual(saidBy(cut), []);
  assert.deepEqual(
    cut.notices.filter(({ code }) => code === 'left-out-events').map(({ message }) => message),
    ['1 event not judged by "Many": they close sessions that ran longer than 1h, which the rule cuts off'],
  );
});
