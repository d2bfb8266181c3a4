/** What a license server's own life does to sessions: restarts end them, rereads do not, borrowed seats outlive both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorContract, MARCH, runContract, set, spanning, use } from './run-contract.ts';

function contract(quantity: number, more: string, measure = 'count seats over month'): string {
  return editorContract({ measure, quantity: set(quantity), more });
}

const at = (clock: string) => `2025-03-03T${clock}:00Z`;
const out = (actor: string, clock: string, more: object = {}) => use('checkout', at(clock), actor, more);
const back = (actor: string, clock: string, more: object = {}) => use('checkin', at(clock), actor, more);
const borrow = (actor: string, time: string, more: object = {}) => use('borrow', time, actor, more);
const server = (action: string, clock: string, daemon?: string) => ({
  time: at(clock),
  id: `${action}${clock}`,
  actor: 'lmgrd',
  action: `server.${action}`,
  outcome: 'success',
  ...(daemon && { daemon }),
});

const CLOSE = 'missingCheckin: close-at-restart';

/** Verdict and figure of the month. */
function judged(yaml: string, records: object[]): string {
  const [judgement] = runContract(yaml, [...MARCH, ...records]);
  return `${judgement!.verdict} ${judgement!.usage!.used}`;
}

const LOST = [out('ann', '09:00'), out('bob', '09:10')];
const AGAIN = [out('ann', '10:00'), out('bob', '10:01'), back('ann', '11:00'), back('bob', '11:00')];

test('a restart ends what has no check-in, a reread does not', () => {
  assert.equal(judged(contract(2, CLOSE), [...LOST, server('start', '09:30'), ...AGAIN]), 'satisfied 2');
  assert.equal(judged(contract(2, CLOSE), [...LOST, server('reread', '09:30'), ...AGAIN]), 'undetermined 4');
  assert.equal(judged(contract(2, ''), [...LOST, server('start', '09:30'), ...AGAIN]), 'undetermined 4');
  const [judgement] = runContract(contract(2, CLOSE), [...MARCH, ...LOST, server('stop', '09:30')]);
  assert.equal(
    judgement!.usage!.reason,
    '2 sessions without a check-in are taken to end when the server restarted',
  );
});

test('what a restart ended was in use until then: three at once are proven although nobody checked in', () => {
  const records = [...LOST, out('cid', '09:20'), server('stop', '09:30')];
  assert.equal(judged(contract(2, CLOSE), records), 'violation 3');
});

test('after the last restart a missing check-in is a doubt', () => {
  assert.equal(judged(contract(1, CLOSE), [server('start', '08:00'), ...LOST]), 'undetermined 2');
});

test('a daemon that restarts ends its own sessions only; those that name no daemon may be its own or not', () => {
  const served = (daemon?: string) => [out('ann', '09:00', { daemon }), server('start', '09:30', 'Adskflex')];
  const rest = [out('bob', '10:00'), back('bob', '11:00')];
  const verdict = (daemon?: string) => judged(contract(1, CLOSE), [...served(daemon), ...rest]);
  assert.deepEqual(
    [verdict('adskflex'), verdict('mlm'), verdict()],
    ['satisfied 1', 'undetermined 2', 'undetermined 2'],
  );
});

test('a seat does not linger beyond a restart', () => {
  const records = [out('ann', '09:00'), server('start', '09:30'), out('bob', '09:40'), back('bob', '09:50')];
  assert.equal(judged(contract(1, `${CLOSE}\n    linger: PT1H`), records), 'satisfied 1');
});

test('people are counted until the restart, too: who held a session before is not carried into the next month', () => {
  const log = spanning('2025-03-01T00:00:00Z', '2025-04-30T23:59:59Z');
  const april = [
    use('checkout', '2025-04-02T09:00:00Z', 'bob'),
    use('checkin', '2025-04-02T10:00:00Z', 'bob'),
  ];
  const yaml = contract(1, CLOSE, 'count distinct person over month');
  const verdicts = (records: object[]) =>
    runContract(yaml, [...log, ...records]).map(({ verdict, usage }) => `${usage!.period} ${verdict}`);
  assert.deepEqual(verdicts([out('ann', '09:00'), server('stop', '09:30'), ...april]), [
    '2025-03 satisfied',
    '2025-04 satisfied',
  ]);
  assert.deepEqual(verdicts([out('ann', '09:00'), ...april]), ['2025-03 satisfied', '2025-04 undetermined']);
});

const WEEK = 'borrow: P7D';

test('a borrowed seat is in use for its time, without a check-in and without a doubt', () => {
  const records = [
    borrow('ann', '2025-03-03T09:00:00Z'),
    borrow('bob', '2025-03-09T09:00:00Z'),
    borrow('cid', '2025-03-10T09:00:00Z'),
  ];
  assert.equal(judged(contract(2, WEEK), records), 'satisfied 2');
  assert.equal(judged(contract(1, WEEK), records), 'violation 2');
  // Without the clause a borrowing is a check-out.
  assert.equal(judged(contract(2, ''), records), 'undetermined 3');
});

test('a borrowed seat that is given back is free, and one given back late was free already', () => {
  const early = [borrow('ann', at('09:00')), back('ann', '10:00'), out('bob', '10:00'), back('bob', '11:00')];
  assert.equal(judged(contract(1, WEEK), early), 'satisfied 1');
  const late = [
    borrow('ann', '2025-03-03T09:00:00Z'),
    use('checkout', '2025-03-11T09:00:00Z', 'bob'),
    use('checkin', '2025-03-12T09:00:00Z', 'bob'),
    use('checkin', '2025-03-13T09:00:00Z', 'ann'),
  ];
  assert.equal(judged(contract(1, WEEK), late), 'satisfied 1');
});

test('a borrowed seat outlives a restart, and a session that is borrowed later ends as borrowed', () => {
  const session = { session: 's-1' };
  const later = [out('bob', '10:00'), back('bob', '11:00')];
  const kept = [borrow('ann', at('09:00')), server('start', '09:30'), ...later];
  assert.equal(judged(contract(1, `${CLOSE}\n    ${WEEK}`), kept), 'violation 2');
  const turned = [out('ann', '09:00', session), borrow('ann', at('09:10'), session), ...later];
  assert.equal(judged(contract(1, `borrow: PT30M`), turned), 'satisfied 1');
  assert.equal(judged(contract(1, WEEK), turned), 'violation 2');
});

test('an event that a wide pattern calls a check-out and a borrowing is one seat', () => {
  const yaml = contract(1, WEEK).replace(
    'licenses:',
    'events: {open: "license.*out", borrow: license.layout}\nlicenses:',
  );
  assert.equal(judged(yaml, [use('layout', at('09:00'), 'ann')]), 'satisfied 1');
});

test('accounts that do not count are left out with their clause', () => {
  const yaml = contract(1, '').replace(
    'licenses:',
    'people: {exclude: [{match: "svc-*", because: "§4.2 service accounts"}, {match: ops-*}]}\nlicenses:',
  );
  const records = [out('ann', '09:00'), out('svc-a', '09:01'), out('svc-b', '09:02'), out('ops-1', '09:03')];
  assert.deepEqual(
    runContract(yaml, [...MARCH, ...records, back('ann', '10:00')]).flatMap(({ leftOut }) => leftOut ?? []),
    [
      { why: 'the contract does not count these accounts: "§4.2 service accounts"', events: 2 },
      { why: 'the contract does not count these accounts: "exclude ops-*"', events: 1 },
    ],
  );
});

test('a name that passes to somebody else on a day is another person from then on', () => {
  const yaml = contract(1, '', 'count distinct person over month').replace(
    'licenses:',
    'people: {same: [{person: ann, as: [desk-4]}, {person: bob, as: [desk-4], from: 2025-03-10}]}\nlicenses:',
  );
  const records = (day: string) => [
    use('use', '2025-03-03T09:00:00Z', 'ann'),
    use('use', `2025-03-${day}T09:00:00Z`, 'desk-4'),
  ];
  assert.deepEqual(
    [judged(yaml, records('09')), judged(yaml, records('10'))],
    ['satisfied 1', 'violation 2'],
  );
});

test('a check-in ends a session of the daemon that wrote it, and not the latest of another one', () => {
  const records = [
    out('ann', '09:00', { host: 'pc1', daemon: 'd1' }),
    out('ann', '09:10', { host: 'pc1', daemon: 'd2' }),
    back('ann', '09:20', { host: 'pc1', daemon: 'd1' }),
    server('start', '09:30', 'd1'),
    out('bob', '10:00', { daemon: 'd1', quantity: 2 }),
    back('bob', '11:00', { daemon: 'd1', quantity: 2 }),
    back('ann', '12:00', { host: 'pc1', daemon: 'd2' }),
  ];
  // ann's seat of d2 and bob's two are three at once.
  assert.equal(judged(contract(2, CLOSE), records), 'violation 3');
  assert.equal(judged(contract(3, CLOSE), records), 'satisfied 3');
});

test('a session without a check-in since the last restart proves no use of later buckets', () => {
  const records = [server('start', '08:00'), out('ann', '09:00')];
  const days = 'count distinct person each day take sum over month';
  // Certain on the 3rd, possible on each of the 29 days until the 31st.
  assert.equal(judged(contract(1, CLOSE, days), records), 'undetermined 29');
  assert.equal(judged(contract(28, 'missingCheckin: in-use', days), records), 'violation 29');
});
