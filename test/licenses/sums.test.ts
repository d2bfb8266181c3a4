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

test('corrections of more than was used show that use is missing', async () => {
  const sum = (limit: number, each = '') =>
    editorContract({ measure: `count sum(quantity)${each} over month`, quantity: set(limit) });
  const correction = [...MARCH, use('use', atMinute(5), 'ann', { quantity: -50 })];
  assert.match((await periodsOf(sum(10), correction))[0]!, /^2025-03 undetermined/);
  assert.match((await periodsOf(sum(10, ' each day take max'), correction))[0]!, /^2025-03 undetermined/);
  // Of an earlier period's use they may be.
  const february = use('use', '2025-02-28T00:00:00Z', 'ann', { quantity: 60 });
  const periods = await periodsOf(sum(60), [february, ...correction]);
  assert.equal(periods.at(-1), '2025-03 within 0');
});

test('what Lago is told to remove may have been added', async () => {
  const event = (id: string, timestamp: string, properties: object) => ({
    transaction_id: id,
    external_subscription_id: 's',
    code: 'editor',
    timestamp: Date.parse(timestamp) / 1000,
    properties,
  });
  const log = [
    event('a', '2025-03-01T00:00:00Z', { gb: 1 }),
    event('b', '2025-03-02T00:00:00Z', { gb: 500, operation_type: 'remove' }),
    event('z', '2025-03-31T23:59:59Z', { gb: 1 }),
  ];
  const contract = (limit: number) =>
    editorContract({ measure: 'count sum(properties.gb) over month', quantity: set(limit) });
  assert.deepEqual(await periodsOf(contract(100), log), ['2025-03 undetermined 502']);
  assert.deepEqual(await periodsOf(contract(502), log), ['2025-03 within 502']);
});

test('a pattern of use counts no check-out twice, and no check-in, refusal or cancellation at all', async () => {
  const head = 'events: {use: ["license.*"]}';
  const contract = (measure: string) => editorContract({ measure, quantity: set(9), head });
  const log = [
    ...MARCH,
    use('checkout', atMinute(0), 'ann', { session: 's' }),
    use('denied', atMinute(1), 'bob'),
    use('upgrade', atMinute(2), 'ann', { session: 's', quantity: 1 }),
    use('checkin', atMinute(3), 'ann', { session: 's' }),
    use('trial', atMinute(4), 'ann'),
  ];
  assert.deepEqual(await periodsOf(contract('count events over month'), log), ['2025-03 within 2']);
  assert.deepEqual(await periodsOf(contract('count seats over month'), log), ['2025-03 within 1']);
});

test('a field that the contract names and no record carries is told', async () => {
  const told = async (head: string) =>
    (
      await auditedLog(editorContract({ quantity: set(1), head }), [...MARCH, ...SESSION(0, 0)])
    ).notices.flatMap(({ code, message }) => (code === 'unseen-field' ? message : []));
  assert.deepEqual(await told('fields: {quantity: seatz}'), [
    'the contract reads "quantity" from "seatz", which no record carries',
  ]);
  // Nor is told what nothing reads, or what some record carries.
  assert.deepEqual(await told('fields: {quantity: [seatz, seconds], country: land}'), []);
});
