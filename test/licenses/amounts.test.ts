/** Exact amounts, quantities in force, versions, people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAmount, ONE, parseAmount, toNumber } from '../../src/licenses/contract/amount.ts';
import type { QuantityEntry } from '../../src/licenses/contract/contract.ts';
import { compilePeople, compileTeams, EXCLUDED } from '../../src/licenses/contract/people.ts';
import { formatLimit, limitAt, toLimits } from '../../src/licenses/contract/quantities.ts';
import {
  compareVersions,
  isVersionCovered,
  parseVersionBound,
} from '../../src/licenses/contract/versions.ts';
import { OrderedSet } from '../../src/licenses/use/ordered-set.ts';

test('ten times 0.1 is 1', () => {
  let sum = 0n;
  for (let i = 0; i < 10; i++) sum += parseAmount('0.1')!;
  assert.equal(sum, ONE);
});

test('parseAmount() reads JSON numbers exactly and refuses what has no exact form', () => {
  const texts = ['1', '-2.50', '1e3', '12.5e-1', '9007199254740993', '+4'];
  assert.deepEqual(
    texts.map((text) => formatAmount(parseAmount(text)!)),
    ['1', '-2.5', '1,000', '1.25', '9,007,199,254,740,993', '4'],
  );
  for (const text of [
    '',
    'many',
    '1e999999999',
    '1e-31',
    '0x10',
    '1.',
    '.5',
    'Infinity',
    ' 1',
    '1'.repeat(61),
  ]) {
    assert.equal(parseAmount(text), undefined, text);
  }
});

test('parseAmount() agrees with the value of every double it takes', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), (number) => {
      const amount = parseAmount(String(number));
      if (amount !== undefined) assert.equal(toNumber(amount), number === 0 ? 0 : number);
      else assert.ok(Math.abs(number) < 1e-6, 'only tiny fractions have too many digits');
    }),
  );
});

const instant = (day: number) => BigInt(day) * 86_400_000_000_000n;
const entry = (
  day: number,
  verb: QuantityEntry['verb'],
  amount: number | 'unlimited',
  by?: string,
): QuantityEntry => ({
  from: { text: `day ${day}`, instant: instant(day) },
  verb,
  amount: amount === 'unlimited' ? amount : BigInt(amount) * ONE,
  ...(by !== undefined && { by }),
});

test('a contract with four amendments has the quantity of the latest in force at each instant', () => {
  const limits = toLimits({
    unlimited: false,
    // Not in order of time: amendments are entered as they arrive.
    quantity: [
      entry(1, 'set', 25),
      entry(90, 'supersede', 30, 'PO-4711'),
      entry(30, 'add', 10, 'A-1'),
      entry(60, 'add', 5, 'A-2'),
      entry(120, 'add', 1, 'A-3'),
    ],
  });
  const shown = [0, 1, 29, 30, 59, 60, 89, 90, 119, 120, 999].map((day) => {
    const limit = limitAt(limits, instant(day));
    return limit && formatLimit(limit);
  });
  assert.deepEqual(shown, [
    undefined,
    '25 (from day 1)',
    '25 (from day 1)',
    '35 (from day 30 by "A-1")',
    '35 (from day 30 by "A-1")',
    '40 (from day 60 by "A-2")',
    '40 (from day 60 by "A-2")',
    '30 (from day 90 by "PO-4711")',
    '30 (from day 90 by "PO-4711")',
    '31 (from day 120 by "A-3")',
    '31 (from day 120 by "A-3")',
  ]);
  assert.equal(limitAt(limits, instant(30) - 1n)!.amount, 25n * ONE);
});

test('unlimited stays unlimited when something is added, and unknown stays unknown', () => {
  assert.equal(
    limitAt(
      toLimits({ unlimited: false, quantity: [entry(1, 'set', 'unlimited'), entry(2, 'add', 5)] }),
      instant(3),
    )!.amount,
    'unlimited',
  );
  assert.equal(limitAt(toLimits({ unlimited: true, quantity: [] }), instant(3))!.amount, 'unlimited');
  assert.equal(limitAt(toLimits({ unlimited: false, quantity: [] }), instant(3)), undefined);
});

test('versions compare part by part as numbers', () => {
  const order = ['v1.9', '1.10', '2024.12', '2025', '2025.1', '2025.1.0.1'];
  for (const [index, version] of order.entries()) {
    for (const [other, right] of order.entries())
      assert.equal(Math.sign(compareVersions(version, right)), Math.sign(index - other));
  }
  assert.equal(compareVersions('2025', '2025.0'), 0);
  const bound = parseVersionBound('<= 2025.1')!;
  assert.deepEqual(
    ['2025.1', '2025.2', undefined].map((version) => isVersionCovered(version, bound)),
    [true, false, true],
  );
  assert.equal(parseVersionBound('about 3'), undefined);
});

test('names of one person are merged, whatever their case, and service accounts left out', () => {
  const toPerson = compilePeople({
    key: [],
    same: [{ person: 'mia@acme.de', as: ['mmeyer'] }],
    exclude: [{ match: 'svc-*' }],
    teams: [],
  });
  assert.deepEqual(
    ['MMeyer', 'Mia@acme.de', 'ann', 'SVC-build'].map((name) => toPerson(name)),
    ['mia@acme.de', 'mia@acme.de', 'ann', EXCLUDED],
  );
});

test('a name given to somebody else stands for each since their own day, and for nobody at an unknown time', () => {
  const day = (text: string, instant: bigint) => ({ text, instant });
  const toPerson = compilePeople({
    key: [],
    same: [
      { person: 'mia', as: ['desk-4'], from: day('2025-03-01', 300n) },
      { person: 'bob', as: ['Desk-4'], from: day('2025-02-01', 200n) },
    ],
    exclude: [],
    teams: [],
  });
  const times = [199n, 200n, 299n, 300n, undefined, 200n];
  assert.deepEqual(
    times.map((at) => toPerson('DESK-4', at)),
    ['desk-4', 'bob', 'bob', 'mia', 'desk-4', 'bob'],
  );
});

test('a team that names a person goes before patterns, and of patterns the first', () => {
  const teamOf = compileTeams({
    teams: [
      { team: 'acme', match: ['*@acme.de'] },
      { team: 'cae', match: ['*@cae.acme.de', 'Mia@acme.de'] },
    ],
  });
  assert.deepEqual(['mia@acme.de', 'bob@acme.de', 'cid@cae.acme.de', 'dee', 'mia@acme.de'].map(teamOf), [
    'cae',
    'acme',
    'cae',
    undefined,
    'cae',
  ]);
});

test('OrderedSet keeps order, first and last through any removals', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ remove: fc.integer({ min: 0, max: 60 }) }),
    ),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(steps, (changes) => {
      const set = new OrderedSet<number>();
      const twin = new Set<number>();
      for (const change of changes) {
        if ('add' in change) {
          set.add(change.add);
          twin.add(change.add);
        } else assert.equal(set.delete(change.remove), twin.delete(change.remove));
        assert.deepEqual([set.size, set.first(), set.last()], [twin.size, [...twin][0], [...twin].at(-1)]);
      }
      assert.deepEqual([...set], [...twin]);
    }),
  );
});
