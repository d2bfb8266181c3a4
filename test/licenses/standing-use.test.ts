/** Assignments and gauges, which last without a session, held to the term and to what is covered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorContract, runContract, set, spanning, use } from './run-contract.ts';

const ASSIGNED = 'count assigned person each instant take max over month';
const LEVEL = 'count level(pvu) each instant take max over month';
const HEAD = 'term: {from: 2025-01-01, until: 2025-02-01, grace: P2D}';

function told(
  measure: string,
  records: readonly object[],
  { until = '2025-03-01', more = '' } = {},
): string[] {
  const yaml = editorContract({ measure, quantity: set(500), head: HEAD, more });
  const span = spanning('2025-01-01T00:00:00Z', `${until}T00:00:00Z`);
  return runContract(yaml, [...span, ...records]).flatMap(({ verdict, message, usage }) =>
    usage === undefined ? [`${verdict}: ${message.replace('license "editor": ', '')}`] : [],
  );
}

const ENDED = 'although the term ended 2025-02-01 and its grace of 2d';
const assign = (time: string, who: string, more: object = {}) => use('assign', `2025-${time}:00Z`, who, more);
const revoke = (time: string, who: string) => use('revoke', `2025-${time}:00Z`, who);
const read = (time: string, host: string, pvu: number) =>
  use('use', `2025-${time}:00Z`, 'agent', { host, pvu });

test('who is assigned after the term, or still is, has the license after its expiry', () => {
  const ann = assign('01-10T08:00', 'ann');
  assert.deepEqual(told(ASSIGNED, [ann, assign('02-03T00:01', 'bob')]), [
    `violation: used once, at 2025-02-03T00:01:00Z, by "bob", ${ENDED}`,
    `violation: still assigned to "ann", ${ENDED}`,
  ]);
  assert.deepEqual(told(ASSIGNED, [ann, revoke('02-05T00:00', 'ann')]), [
    `violation: still assigned to "ann", ${ENDED}`,
  ]);
  assert.deepEqual(told(ASSIGNED, [ann, revoke('02-03T00:00', 'ann')]), []);
  assert.deepEqual(told(ASSIGNED, [ann], { until: '2025-02-03' }), []);
  assert.deepEqual(told(ASSIGNED, [{ ...ann, license: undefined }]), [
    `undetermined: 1 assignment may have gone on, ${ENDED}`,
  ]);
});

test('who is assigned before the term begins has the license then, and does not use it yet', () => {
  assert.deepEqual(
    told(ASSIGNED, [use('assign', '2024-12-20T08:00:00Z', 'ann'), revoke('01-20T00:00', 'ann')]),
    [],
  );
});

test('a gauge of nothing is no use after the term, and one that is not read again may be', () => {
  const before = read('01-10T08:00', 'h1', 100);
  assert.deepEqual(told(LEVEL, [before, read('02-04T08:00', 'h1', 0)]), []);
  assert.deepEqual(told(LEVEL, [before]), [
    `undetermined: 1 gauge was not read again and may have gone on, ${ENDED}`,
  ]);
  assert.deepEqual(told(LEVEL, [before, read('02-04T08:00', 'h1', 5)]), [
    `violation: used once, at 2025-02-04T08:00:00Z, by "agent", ${ENDED}`,
  ]);
});

test('to be assigned what no license covers is unlicensed use, where licenses count who is assigned', () => {
  const records = [
    assign('01-10T08:00', 'admin', { assignee: 'ann', license: 'enterprise' }),
    assign('01-11T08:00', 'admin', { assignee: 'bob', license: 'enterprise' }),
  ];
  const ann = [assign('01-10T08:00', 'ann'), revoke('01-20T08:00', 'ann')];
  const found = (measure: string) =>
    told(measure, [...ann, ...records]).filter((each) => /covered/.test(each));
  assert.deepEqual(found(ASSIGNED), [
    'violation: feature "enterprise" assigned 2 times to "ann", "bob", first at 2025-01-10T08:00:00Z, covered by no license of contract "ACME-2025-017"',
  ]);
  assert.deepEqual(found('count seats each instant take max over month'), []);
});
