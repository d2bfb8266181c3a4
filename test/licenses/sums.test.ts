/** What adds to a sum: amounts that stand on check-ins, use by nobody, corrections without what they correct. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedLog, periodsOf } from './audited-log.ts';
import { atMinute, editorContract, MARCH, set, use } from './run-contract.ts';

const seconds = (quantity: number, head = '') =>
  editorContract({ measure: 'count sum(seconds) over month', quantity: set(quantity), head });

/** As license servers write them that count the seconds of use when a seat comes back. */
const SESSION = (begin: number | undefined, end: number | string) => [
  ...MARCH,
  use('checkout', atMinute(0), 'ann', { session: 's', seconds: begin }),
  use('checkin', atMinute(90), 'ann', { session: 's', seconds: end }),
];

test('an amount on a check-in is possible, and counts where the contract says so', async () => {
  assert.deepEqual(await periodsOf(seconds(3600), SESSION(0, 5400)), ['2025-03 undetermined 5400']);
  assert.deepEqual(await periodsOf(seconds(5400), SESSION(0, 5400)), ['2025-03 within 5400']);
  assert.deepEqual(await periodsOf(seconds(3600), SESSION(undefined, 'long')), ['2025-03 undetermined 0']);
  const counted = 'events: {open: [], close: [], use: [license.checkin]}';
  assert.deepEqual(await periodsOf(seconds(3600, counted), SESSION(0, 5400)), ['2025-03 exceeded 5400']);
  const daily = editorContract({
    measure: 'count sum(seconds) each day take max over month',
    quantity: set(3600),
  });
  assert.deepEqual(await periodsOf(daily, SESSION(0, 5400)), ['2025-03 undetermined 5400']);
});

test('a check-in that states none, or the zero that it ended with, leaves nothing open', async () => {
  assert.deepEqual(await periodsOf(seconds(3600), SESSION(60, 0)), ['2025-03 within 60']);
});

const CLOUD_EVENT = { specversion: '1.0', type: 'tokens', source: 'api' };

test('a CloudEvent that states a value is use, by nobody where it has no subject', async () => {
  const events = [
    { ...CLOUD_EVENT, id: '1', time: '2025-03-01T00:00:00Z', subject: 'ann', data: { value: 1 } },
    { ...CLOUD_EVENT, id: '2', time: '2025-03-02T00:00:00Z', data: { value: 500 } },
    { ...CLOUD_EVENT, id: '3', time: '2025-03-31T23:59:59Z', subject: '', data: { quantity: 7 } },
  ];
  const contract = (measure: string, limit: number) =>
    editorContract({ measure, quantity: set(limit) }).replace('feature: editor', 'feature: tokens');
  assert.deepEqual(await periodsOf(contract('count sum(quantity) over month', 100), events), [
    '2025-03 exceeded 508',
  ]);
  const { findings } = await auditedLog(contract('count distinct person over month', 2), events);
  assert.match(findings.map(({ message }) => message).join(), /2 events of use name nobody/);
});
