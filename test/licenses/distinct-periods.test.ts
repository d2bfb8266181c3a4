/** People by the period: who held a session through all of one is proven in it once the check-in is read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorContract, runContract, set, spanning, use } from './run-contract.ts';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const SPAN = { from: instant('2025-01-01T00:00:00Z'), until: instant('2025-04-30T23:59:59Z') };
const MEASURE = 'count distinct person over month';

type Held = Pick<Used, 'kind' | 'person' | 'session'>;
const on = (day: string, held: Held): Used => ({ ...held, at: instant(`2025-${day}T08:00:00Z`) });

function months(used: readonly Used[], license = ''): string[] {
  const uses = runFold(contractWith(MEASURE, { license }), used, SPAN);
  return boundsOf(uses).map(([, lower, upper]) => (lower === upper ? lower : `${lower} to ${upper}`));
}

test('a check-in proves the months since its check-out', () => {
  const ann = { person: 'ann', session: 's-1' };
  const open = on('01-20', { kind: 'open', ...ann });
  const close = on('04-05', { kind: 'close', ...ann });
  const bob = on('02-10', { kind: 'use', person: 'bob' });
  assert.deepEqual(months([open, bob, close]), ['1', '2', '1', '1']);
  assert.deepEqual(months([open, bob]), ['1', '1 to 2', '0 to 1', '0 to 1']);
  // By contract it was over long before.
  assert.deepEqual(months([open, bob, close], 'missingCheckin: P5D').slice(0, 2), ['1 to 2', '1 to 2']);
  // A seat that lingers is not used.
  assert.deepEqual(months([open, on('01-31', { kind: 'close', ...ann })], 'linger: P30D'), [
    '1',
    '0',
    '0',
    '0',
  ]);
});

test('a check-in that may be of another check-out proves no month', () => {
  const used = [
    on('01-20', { kind: 'open', person: 'ann' }),
    on('03-02', { kind: 'open', person: 'ann' }),
    on('03-05', { kind: 'close', person: 'ann' }),
  ];
  assert.equal(months(used)[1], '0 to 1');
});

test('where a name passed on, its session proves nothing of the former person', () => {
  const head = 'people: {same: [{person: mia, as: [desk-4], from: 2025-02-01}]}';
  const records = [
    use('checkout', '2025-01-20T08:00:00Z', 'desk-4'),
    use('use', '2025-02-10T08:00:00Z', 'bob'),
    use('checkin', '2025-03-05T08:00:00Z', 'desk-4'),
  ];
  const span = spanning('2025-01-01T00:00:00Z', '2025-04-30T23:59:59Z');
  const found = runContract(editorContract({ measure: MEASURE, quantity: set(1), head }), [
    ...span,
    ...records,
  ]);
  assert.deepEqual(
    found.flatMap(({ verdict, usage }) => (usage?.period === '2025-02' ? [verdict] : [])),
    ['undetermined'],
  );
});
