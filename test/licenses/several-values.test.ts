/** Fields that hold an array: its first element must not stand for all of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedLog, periodsOf } from './audited-log.ts';
import { atMinute, editorContract, MARCH, set, use } from './run-contract.ts';

/** Of one use at noon with these fields, after the log of March. */
const noon = (more: object, action = 'use') => [...MARCH, use(action, atMinute(720), 'ann', more)];

async function messages(yaml: string, log: readonly object[]): Promise<string[]> {
  const { findings } = await auditedLog(yaml, log);
  return findings.flatMap(({ code, verdict, message }) =>
    code.startsWith('license-un') && verdict === 'satisfied' ? [] : `${verdict} ${code}: ${message}`,
  );
}

for (const [measure, more] of [
  ['count sum(gb) over month', { gb: [1, 500] }],
  ['count sum(data.gb) over month', { data: [{ gb: 1 }, { gb: 500 }] }],
  ['count sum(gb) over month', { gb: ['1', null, '500'] }],
  ['count sum(gb) over month', { gb: [null, 500] }],
  ['count level(gb) over month', { gb: [1, 500], host: 'h' }],
  ['count level(gb) over month', { gb: 1, host: ['h', 'i'] }],
  ['count sum(gb) by kind over month times 1 for *', { gb: 1, kind: ['a', 'b'] }],
  ['count seats over month', { quantity: [1, 5] }],
  ['count seats over month', { session: ['s1', 's2'] }],
] as const) {
  test(`several amounts are no readable one: ${measure} of ${JSON.stringify(more)}`, async () => {
    const [period] = await periodsOf(editorContract({ measure, quantity: set(100) }), noon(more));
    assert.match(period!, /^2025-03 undetermined/);
  });
}

test('equal elements are one person, and no amount that can be read', async () => {
  const sum = editorContract({ measure: 'count sum(gb) over month', quantity: set(10) });
  assert.match((await periodsOf(sum, noon({ gb: [8, 8] })))[0]!, /^2025-03 undetermined/);
  const people = editorContract({ measure: 'count distinct person over month', quantity: set(1) });
  assert.deepEqual(await periodsOf(people, noon({ actor: ['bob', 'bob'] })), ['2025-03 within 1']);
});

test('several people without a session may have taken a seat each', async () => {
  const seats = editorContract({ measure: 'count seats over month', quantity: set(1) });
  const [period] = await periodsOf(seats, noon({ actor: ['ann', 'bob'] }, 'checkout'));
  assert.match(period!, /^2025-03 undetermined/);
});

test('too many names hide no violation that others prove', async () => {
  const names = Array.from({ length: 1001 }, (_, index) => `p${index}`);
  const people = editorContract({ measure: 'count distinct person over month', quantity: set(1) });
  const log = [...noon({ actor: ['ann', 'bob', 'cid'] }), use('use', atMinute(800), 'ann', { actor: names })];
  const [period] = await periodsOf(people, log);
  assert.match(period!, /^2025-03 exceeded/);
});

for (const [measure, action, more, head] of [
  ['count assigned person over month', 'assign', { assignee: ['ann', 'bob', 'cid'] }, ''],
  [
    'count assigned person over month',
    'assign',
    { members: [{ login: 'ann' }, { login: 'bob' }, { login: 'cid' }] },
    'fields: {assignee: members.login}',
  ],
  ['count distinct person over month', 'use', { actor: ['ann', 'bob', 'cid'] }, ''],
  ['count distinct user over month', 'use', { user: ['ann', 'bob', 'cid'] }, ''],
  ['count distinct host over month', 'use', { host: ['h1', 'h2', 'h3'] }, ''],
  ['count distinct person over month', 'checkout', { actor: ['ann', 'bob', 'cid'], session: 's' }, ''],
] as const) {
  test(`each of several counts: ${measure} of ${JSON.stringify(more)}`, async () => {
    // The term begins with the log, so that nobody was assigned before.
    const contract = `term: {from: 2025-03-01, until: 2026-03-01}\n${head}`;
    const yaml = (limit: number) => editorContract({ measure, quantity: set(limit), head: contract });
    assert.deepEqual(await periodsOf(yaml(2), noon(more, action)), ['2025-03 exceeded 3']);
  });
}

test('more names than are listed leave open how many', async () => {
  const contract = editorContract({ measure: 'count distinct user over month', quantity: set(2000) });
  const user = Array.from({ length: 1500 }, (_, index) => `u${index}`);
  const [period] = await periodsOf(contract, noon({ user }));
  assert.doesNotMatch(period!, /within/);
});

test('a list of devices or countries names none', async () => {
  const devices = editorContract({ quantity: set(1), more: 'devices: {max: 1}' });
  assert.match((await messages(devices, noon({ device: ['d1', 'd2'] }))).join(), /names no device/);
  const countries = editorContract({ quantity: set(1), more: 'countries: {only: [DE]}' });
  assert.match((await messages(countries, noon({ country: ['DE', 'RU'] }))).join(), /names no country/);
});

test('each of several features must be covered', async () => {
  const contract = editorContract({ quantity: set(1) });
  const found = await messages(contract, noon({ license: ['sso', 'editor'] }));
  assert.match(found.join(), /violation unlicensed-use: feature "sso" used once by "ann"/);
  assert.doesNotMatch(found.join(), /feature "editor"/);
  assert.doesNotMatch((await messages(contract, noon({ license: ['editor'] }))).join(), /unlicensed/);
});

test('several tokens of a bundle are taken at once', async () => {
  const contract = `
contract: {id: A, timezone: UTC}
bundles: {suite: {nastran: 13, adams: 10}}
licenses:
  - id: tokens
    covers: {bundle: suite}
    measure: count seats over month
    ${set(15)}
`;
  const [period] = await periodsOf(contract, noon({ license: ['nastran', 'adams'] }));
  assert.match(period!, /undetermined/);
});
