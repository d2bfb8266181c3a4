/** What auditors get caught on, one case a test, with its arithmetic. Cases of measures and of clauses stand in their own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Judgement } from '../../src/model/relation.ts';
import { MARCH, runContract, spanning, use } from './run-contract.ts';

function contract(measure: string, quantity: number | string, more = '', head = ''): string {
  return `
contract: { id: ACME, timezone: ${head.includes('zone:') ? head.replace('zone: ', '') : 'UTC'} }
${head.includes('zone:') ? '' : head}
licenses:
  - id: editor
    covers: { feature: editor }
    measure: ${measure}
    quantity: [{ from: 2025-01-01, set: ${quantity} }]
    ${more}`;
}

const SEATS = 'count seats each instant take max over month';
const PEOPLE = 'count distinct person over month';

const out = (time: string, actor: string, more: object = {}) =>
  use('checkout', `2025-03-${time}Z`, actor, more);
const back = (time: string, actor: string, more: object = {}) =>
  use('checkin', `2025-03-${time}Z`, actor, more);

function march(yaml: string, records: readonly object[]): Judgement {
  return runContract(yaml, [...MARCH, ...records]).find(({ usage }) => usage?.period === '2025-03')!;
}

test('1: a check-in and a check-out of one second: 5 seats, and 6 if the check-out came first', () => {
  // Five hold a seat; at 11:00 one goes and one comes.
  const five = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [out('03T10:00:00', name)]);
  const records = [
    ...five,
    out('03T11:00:00', 'f'),
    back('03T11:00:00', 'a'),
    ...['b', 'c', 'd', 'e', 'f'].map((name) => back('03T12:00:00', name)),
  ];
  const { verdict, usage } = march(contract(SEATS, 5), records);
  assert.deepEqual(
    [verdict, usage!.used, usage!.flips],
    ['satisfied', 5, ['would be exceeded if check-outs came before check-ins of the same instant: 6 of 5']],
  );
});

test('2: a restart whose check-ins are logged closes its sessions, a reread closes none', () => {
  const server = (action: string, time: string) => ({ ...use('x', `2025-03-${time}Z`, 'lmgrd'), action });
  const held = [out('03T10:00:00', 'ann'), out('03T10:00:00', 'bob')];
  const closed = ['ann', 'bob'].map((name) => back('03T11:00:00', name, { reason: 'SHUTDOWN' }));
  const again = [out('03T11:05:00', 'ann'), back('03T12:00:00', 'ann')];
  const restarted = [
    ...held,
    ...closed,
    server('server.stop', '03T11:00:00'),
    server('server.start', '03T11:01:00'),
    ...again,
  ];
  assert.deepEqual(
    [march(contract(SEATS, 2), restarted).verdict, march(contract(SEATS, 2), restarted).usage!.used],
    ['satisfied', 2],
  );
  // Had the reread closed them, both check-ins would have no check-out.
  const reread = [...held, server('server.reread', '03T10:30:00'), ...closed];
  assert.equal(march(contract(SEATS, 2), reread).verdict, 'satisfied');
});

test('3: a check-in without a check-out: its session is as old as the log, one seat at each instant before', () => {
  const records = [out('03T10:00:00', 'ann'), back('03T11:00:00', 'ann'), back('04T09:00:00', 'bob')];
  const { verdict, usage, message } = march(contract(SEATS, 1), records);
  assert.equal(verdict, 'undetermined');
  assert.match(message, /between 1 and 2 seats in use/);
  assert.match(usage!.reason!, /1 check-in has no check-out, so the session may be as old as the log/);
});

test('4: never checked in: three upper bounds by three clauses, and the report says which', () => {
  // Ann never returns. Bob uses a seat for an hour, a day later.
  const records = [out('03T10:00:00', 'ann'), out('04T10:00:00', 'bob'), back('04T11:00:00', 'bob')];
  const judge = (more: string) => march(contract(SEATS, 1, more), records);
  // In doubt until the log ends: 1 or 2. In use: 2. Over after twelve hours: 1.
  assert.deepEqual(
    [judge('').verdict, judge('').usage!.reason],
    ['undetermined', '1 session has no check-in'],
  );
  assert.deepEqual(
    [judge('missingCheckin: in-use').verdict, judge('missingCheckin: in-use').usage!.used],
    ['violation', 2],
  );
  assert.deepEqual(
    [judge('missingCheckin: PT12H').verdict, judge('missingCheckin: PT12H').usage!.used],
    ['satisfied', 1],
  );
});

test('6: where the hour is lived through twice, offsets tell which one it is', () => {
  // Berlin, 26 October 2025: 02:30 in summer time is an hour before 02:30 in winter time.
  const at = (time: string) => `2025-10-26T${time}`;
  const log = spanning('2025-10-01T00:00:00+02:00', '2025-10-31T23:59:59+01:00');
  const records = [
    use('checkout', at('02:10:00+02:00'), 'ann'),
    use('checkin', at('02:40:00+02:00'), 'ann'),
    use('checkout', at('02:20:00+01:00'), 'bob'),
    use('checkin', at('02:50:00+01:00'), 'bob'),
  ];
  const [october] = runContract(contract(SEATS, 1, '', 'zone: Europe/Berlin'), [...log, ...records]);
  assert.deepEqual([october!.verdict, october!.usage!.used], ['satisfied', 1]);
});

test('13: a quantity below one is not taken at its word', () => {
  for (const quantity of [-1, 0, '-0.5'])
    assert.equal(
      march(contract(SEATS, 1), [out('03T10:00:00', 'ann', { quantity }), back('03T11:00:00', 'ann')])
        .verdict,
      'undetermined',
    );
});

test('15: case, and names that the contract calls one person, are one; others are not', () => {
  const people = 'people: { same: [{ person: mia@acme.de, as: [mmeyer] }] }';
  const records = ['Mia@acme.de', 'mia@ACME.de', 'mmeyer', 'MMeyer', 'mia'].map((actor, hour) =>
    use('use', `2025-03-03T1${hour}:00:00Z`, actor),
  );
  // Mia under four names, and somebody else whose name is "mia".
  const { verdict, usage } = march(contract(PEOPLE, 2, '', people), records);
  assert.deepEqual([verdict, usage!.used], ['satisfied', 2]);
});

test('16: service accounts are left out by clause, and by none they count', () => {
  const records = ['ann', 'svc-build'].map((actor) => use('use', '2025-03-03T10:00:00Z', actor));
  const clause = 'people: { exclude: [{ match: "svc-*", because: "§4.2" }] }';
  assert.equal(march(contract(PEOPLE, 1, '', clause), records).usage!.used, 1);
  assert.equal(march(contract(PEOPLE, 1), records).verdict, 'violation');
});

test('17: who was invited and never signed in counts where the contract takes an invitation for use', () => {
  const records = [use('use', '2025-03-03T10:00:00Z', 'ann'), use('invited', '2025-03-03T10:00:00Z', 'bob')];
  const invited = 'events: { use: [license.use, license.invited] }';
  assert.deepEqual(
    [
      march(contract(PEOPLE, 5), records).usage!.used,
      march(contract(PEOPLE, 5, '', invited), records).usage!.used,
    ],
    [1, 2],
  );
});

test('18: deleted and restored within the period is one person', () => {
  const records = ['03', '10', '20'].map((day) => use('use', `2025-03-${day}T10:00:00Z`, 'ann'));
  assert.equal(march(contract(PEOPLE, 1), records).usage!.used, 1);
});

test('19: unlimited is no zero, and a term ends as its printed day begins', () => {
  const many = ['ann', 'bob'].flatMap((name) => [out('03T10:00:00', name), back('03T11:00:00', name)]);
  assert.equal(march(contract(SEATS, 'unlimited'), many).verdict, 'satisfied');
  const term = 'term: { from: 2025-01-01, until: 2025-03-03 }';
  const codes = (time: string) =>
    runContract(contract(SEATS, 5, '', term), [...MARCH, out(time, 'ann'), back(time, 'ann')]).map(
      ({ code }) => code,
    );
  assert.ok(codes('03T00:00:00').includes('use-after-expiry'));
  assert.ok(!codes('02T23:59:59').includes('use-after-expiry'));
});

test('20: three seats, of which one is given back, and then two more are taken in place', () => {
  const of = (quantity: number) => ({ session: 's1', quantity });
  const bob = (from: string, until: string) => [
    out(from, 'bob', { session: from }),
    back(until, 'bob', { session: from }),
  ];
  const records = [
    out('03T10:00:00', 'ann', of(3)),
    ...bob('03T10:10:00', '03T10:20:00'), // 3 + 1 = 4
    back('03T11:00:00', 'ann', of(1)),
    ...bob('03T11:10:00', '03T11:20:00'), // 2 + 1 = 3
    use('upgrade', '2025-03-03T12:00:00Z', 'ann', of(4)),
    ...bob('03T12:10:00', '03T12:20:00'), // 4 + 1 = 5
    back('03T13:00:00', 'ann', of(4)),
  ];
  const { verdict, usage } = march(contract(SEATS, 5), records);
  assert.deepEqual([verdict, usage!.used, usage!.at], ['satisfied', 5, '2025-03-03T12:10:00Z']);
  assert.equal(march(contract(SEATS, 4), records).verdict, 'violation');
});

test('20: an upgrade of a session that the log does not begin with leaves open what was taken before', () => {
  const records = [
    use('upgrade', '2025-03-03T12:00:00Z', 'ann', { session: 's1', quantity: 2 }),
    back('03T13:00:00', 'ann', { session: 's1', quantity: 2 }),
  ];
  const { verdict, usage } = march(contract(SEATS, 99), records);
  assert.deepEqual(
    [verdict, usage!.reason],
    ['undetermined', '1 upgrade does not tell what was taken before'],
  );
});

test('21: the peak of three servers is that of all of them at one instant, not the sum of their peaks', () => {
  // Peaks of 2, 2 and 1 on three servers: 5. At no instant are more than 3 taken.
  const on = (server: string, name: string, from: string, until: string) => [
    out(from, name, { server }),
    back(until, name, { server }),
  ];
  const records = [
    ...on('a', 'ann', '03T09:00:00', '03T10:00:00'),
    ...on('a', 'bob', '03T09:00:00', '03T10:00:00'),
    ...on('b', 'cid', '03T09:30:00', '03T12:00:00'),
    ...on('b', 'dee', '03T11:00:00', '03T12:00:00'),
    ...on('c', 'eve', '03T11:30:00', '03T12:00:00'),
  ];
  assert.equal(march(contract(SEATS, 3), records).usage!.used, 3);
});

test('22: retries are one refusal, and refusals for other reasons are none', () => {
  const denied = (time: string, reason: string) => use('denied', `2025-03-03T${time}Z`, 'bob', { reason });
  const full = 'Licensed number of users already reached. (-4,342)';
  const records = [
    out('03T10:00:00', 'ann'),
    ...['10:10:00', '10:11:00', '10:15:00'].map((time) => denied(time, full)),
    denied('10:20:30', 'User/host on EXCLUDE list for feature. (-38,348)'),
    denied('10:40:00', full),
    back('03T11:00:00', 'ann'),
    denied('11:30:00', 'Feature has expired. (-10,32)'),
  ];
  assert.deepEqual(march(contract(SEATS, 1), records).usage!.selfCheck, {
    points: 2,
    agree: 2,
    open: 0,
    disagree: 0,
  });
});

test('26: a log that is kept for thirty days attests no year', () => {
  const log = spanning('2025-12-01T00:00:00Z', '2025-12-31T23:59:59Z');
  const records = [
    use('checkout', '2025-12-03T10:00:00Z', 'ann'),
    use('checkin', '2025-12-03T11:00:00Z', 'ann'),
  ];
  const yaml = contract(
    'count seats each instant take max over term',
    5,
    '',
    'term: { from: 2025-01-01, until: 2026-01-01 }',
  );
  const [year] = runContract(yaml, [...log, ...records]);
  assert.equal(year!.verdict, 'undetermined');
  // 31 of 365 days.
  assert.match(year!.usage!.reason!, /the log spans 8\.4 % of the period/);
});
