/** What stands where a name should and says that none was recorded: it merges no two, and proves nobody. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isUnsaid } from '../../src/licenses/use/unsaid-text.ts';
import { auditedLog } from './audited-log.ts';
import { editorContract, MARCH, runContract, session, set, use } from './run-contract.ts';

const UNSAID = ['-', 'unknown', 'N/A', ' none ', '(null)', '*', '?', 'undefined', '—'];

function verdictOf(yaml: string, records: readonly object[]): string {
  const [judgement] = runContract(yaml, [...MARCH, ...records]);
  return `${judgement!.verdict} ${judgement!.usage!.used}`;
}

test('isUnsaid() knows what exports write for "not recorded", and no name', () => {
  for (const text of UNSAID) assert.ok(isUnsaid(text), text);
  for (const text of ['ann', '0', 'a', 'nonesuch', 'unknown-7', 'Nil Armstrong', 'guest', 'x-', '_a'])
    assert.ok(!isUnsaid(text), text);
});

describe('it names no host', () => {
  for (const host of UNSAID) {
    test(`${host}: two people do not share a seat by it`, () => {
      const two = [...session('ann', 60, 180, { host }), ...session('bob', 90, 150, { host })];
      const shared = editorContract({ quantity: set(1), more: 'share: [host]' });
      assert.equal(verdictOf(shared, two), 'violation 2');
      const known = two.map((record) => ({ ...record, host: 'pc-7' }));
      assert.equal(verdictOf(shared, known), 'satisfied 1');
    });
  }

  test('and the next field speaks', () => {
    const fields = editorContract({
      measure: 'count distinct host over month',
      quantity: set(1),
      head: 'fields: {host: [host, machine]}',
    });
    const on = (machine: string) => use('use', '2025-03-03T09:00:00Z', 'ann', { host: '-', machine });
    assert.equal(verdictOf(fields, [on('pc-1'), on('pc-2')]), 'violation 2');
    assert.equal(verdictOf(fields, [on('pc-1'), on('PC-1')]), 'satisfied 1');
  });
});

describe('it names nobody', () => {
  const people = (quantity: number, head = '') =>
    editorContract({ measure: 'count distinct person over month', quantity: set(quantity), head });
  const uses = [
    use('use', '2025-03-03T09:00:00Z', 'ann'),
    use('use', '2025-03-03T10:00:00Z', '-'),
    use('use', '2025-03-03T11:00:00Z', 'unknown'),
  ];

  test('it may be somebody who is known, and two of them may be two', () => {
    assert.equal(verdictOf(people(1), uses), 'undetermined 3');
    assert.equal(verdictOf(people(3), uses), 'satisfied 3');
  });

  test('unless the contract says who it is, or that it does not count', () => {
    const same = 'people: {same: [{person: zoe, as: ["-", unknown]}]}';
    assert.equal(verdictOf(people(1, same), uses), 'violation 2');
    const exclude = 'people: {exclude: [{match: "-"}, {match: unkn*}]}';
    assert.equal(verdictOf(people(1, exclude), uses), 'satisfied 1');
  });

  test('neither as an assignee', () => {
    const assigned = editorContract({
      measure: 'count assigned person over month',
      quantity: set(1),
      head: 'term: {from: 2025-03-01, until: 2026-03-01}\nfields: {assignee: [to]}',
    });
    const grants = ['ann', 'none'].map((to, day) =>
      use('assign', `2025-03-0${day + 2}T09:00:00Z`, 'ops', { to }),
    );
    assert.match(verdictOf(assigned, grants), /^violation/);
    const nobody = grants.map((record) => ({ ...record, actor: 'unknown' }));
    assert.match(verdictOf(assigned, nobody), /^undetermined/);
  });
});

test('it names no session: a check-in is of the person and host', () => {
  const two = [...session('ann', 60, 180, { session: '-' }), ...session('bob', 90, 150, { session: '-' })];
  assert.equal(verdictOf(editorContract({ quantity: set(1) }), two), 'violation 2');
});

test('a file that does not run forward in time is one for events of several people too', async () => {
  const assigned = editorContract({
    measure: 'count assigned person over month',
    quantity: set(2),
    head: 'term: {from: 2025-03-01, until: 2026-03-01}\nfields: {assignee: [to]}',
  });
  const grant = (action: string, day: number, to: string[]) =>
    use(action, `2025-03-0${day}T09:00:00Z`, 'ops', { to });
  const [first, last] = MARCH;
  const log = [
    first!,
    grant('assign', 2, ['ann', 'bob']),
    ...[grant('revoke', 3, ['ann', 'bob']), grant('assign', 3, ['ann', 'bob'])],
    grant('assign', 5, ['cid', 'dan']),
    last!,
  ];
  const verdicts = async (records: object[]) =>
    (await auditedLog(assigned, records)).findings
      .filter(({ code }) => code !== 'unprotected')
      .map(({ verdict }) => verdict);
  assert.deepEqual(await verdicts(log), ['violation']);
  assert.deepEqual(await verdicts(log.toReversed()), ['undetermined']);
});
