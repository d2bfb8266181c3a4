/** PRODUCT records of an RLM report log as licenses: total, version, sharing, and what is not known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAmount, ONE, toNumber } from '../../../src/licenses/contract/amount.ts';
import { limitAt, toLimits } from '../../../src/licenses/contract/quantities.ts';
import { servedLicenses } from '../../../src/licenses/license-file/served-licenses.ts';
import type {
  CapacityStep,
  LicensePool,
  ServedProduct,
} from '../../../src/licenses/license-file/served-products.ts';
import { parseMeasure } from '../../../src/licenses/parse/parse-measure.ts';
import { rounds } from '../../support/rounds.ts';

const MEASURE = parseMeasure('seats', 'count seats each instant take max over month', () => {})!;
const POOL: LicensePool = {
  ...{ pool: '1', count: 5, reservations: 0, softLimit: 5, share: '', maxShare: undefined },
  ...{ type: '0', contract: undefined },
};
const PLAN = { measure: MEASURE, line: 3, term: undefined };

const step = (
  from: string,
  quantity: number | undefined,
  ...pools: Partial<LicensePool>[]
): CapacityStep => ({
  from,
  quantity,
  pools: pools.length === 0 ? [POOL] : pools.map((pool) => ({ ...POOL, ...pool })),
});
const product = (version: string, ...steps: CapacityStep[]): ServedProduct => ({
  product: 'solver',
  version,
  steps,
});
const only = (...products: ServedProduct[]) => {
  const [license, ...others] = servedLicenses(products, PLAN);
  assert.equal(others.length, 0);
  return license!;
};

test('versions of a product add up from each change on, and the newest is the ceiling', () => {
  const license = only(
    product('1.0', step('2026-03-01T08:00:00+01:00', 5), step('2026-03-05T00:00:00Z', 0)),
    product('2.0', step('2026-03-03T00:00:00Z', 3), step('2026-03-05T00:00:00Z', 6)),
  );
  assert.deepEqual(
    license.quantity.map(({ from, amount, by }) => [from.text, formatAmount(amount as bigint), by]),
    [
      ['2026-03-01T08:00:00+01:00', '5', 'PRODUCT records'],
      ['2026-03-03T00:00:00Z', '8', 'PRODUCT records'],
      ['2026-03-05T00:00:00Z', '6', 'PRODUCT records'],
    ],
  );
  assert.deepEqual(
    [license.id, license.line, license.covers.version],
    ['solver', 3, { comparison: '<=', version: '2.0' }],
  );
  assert.deepEqual(license.open, {
    exceeded: [],
    within: ['its licenses lie in pools that are counted apart'],
    upTo: 5n * ONE,
  });
});

test('a product of two names is two licenses, whatever their case', () => {
  const other = { ...product('1.0', step('2026-03-01T00:00:00Z', 1)), product: 'SOLVER' };
  const third = { ...other, product: 'viewer' };
  assert.deepEqual(
    servedLicenses([product('1.0', step('2026-03-01T00:00:00Z', 5)), other, third], PLAN).map(({ id }) => id),
    ['solver', 'viewer'],
  );
});

test('what is not known is no quantity at all', () => {
  for (const unknown of [step('2026-03-02T00:00:00Z', undefined), step('2026-03-02T00:00:00', 5)]) {
    const license = only(product('1.0', step('2026-03-01T00:00:00Z', 5), unknown));
    assert.deepEqual([license.quantity, license.unlimited], [[], false]);
  }
});

test('sessions are shared by user and host; by anything else every session counts, which is said', () => {
  const shared = (...pools: Partial<LicensePool>[]) =>
    only(product('1.0', step('2026-03-01T00:00:00Z', 5, ...pools)));
  assert.deepEqual(
    [shared({ share: 'UH' }).share, shared({ share: 'UH' }).open],
    [['person', 'host'], undefined],
  );
  assert.deepEqual(shared({ share: 'h', maxShare: 0 }).share, ['host']);
  for (const pool of [{ share: 'uhi' }, { share: 'u', maxShare: 2 }, { share: '3' }]) {
    assert.deepEqual(shared(pool).share, []);
    assert.match(shared(pool).open!.exceeded[0]!, /^its licenses are shared by more than user and host/);
  }
  assert.match(shared({ share: 'u' }, { share: 'h' }).open!.exceeded[0]!, /in different ways/);
});

test('what was bought may be the soft limit of a pool, above which nothing is said to be within', () => {
  const pools = { count: 10, softLimit: 8 };
  assert.deepEqual(only(product('1.0', step('2026-03-01T00:00:00Z', 10, pools))).open, {
    exceeded: [],
    within: ['the server gives more than the soft limit of a pool, and what was bought may be that'],
    upTo: 8n * ONE,
  });
  const equal = { count: 10, softLimit: 10 };
  assert.equal(only(product('1.0', step('2026-03-01T00:00:00Z', 10, equal))).open, undefined);
});

const days = fc.array(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 9 })), {
  maxLength: 5,
});

test('on every day the total is the last that each version stated', () => {
  fc.assert(
    fc.property(fc.array(days, { minLength: 1, maxLength: 3 }), (versions) => {
      const time = (day: number) => `2026-03-${String(day).padStart(2, '0')}T00:00:00Z`;
      const sorted = versions.map((each) => each.toSorted(([a], [b]) => a - b));
      const products = sorted.map((each, index) =>
        product(`${index}.0`, ...each.map(([day, quantity]) => step(time(day), quantity))),
      );
      const limits = toLimits(only(...products));
      for (let day = 1; day <= 28; day++) {
        const stated = sorted.map((each) => each.findLast(([from]) => from <= day)?.[1]);
        const expected = stated.every((quantity) => quantity === undefined)
          ? undefined
          : stated.reduce<number>((sum, quantity) => sum + (quantity ?? 0), 0);
        const at = BigInt(Date.UTC(2026, 2, day)) * 1_000_000n;
        const amount = limitAt(limits, at)?.amount as bigint | undefined;
        assert.equal(amount === undefined ? undefined : toNumber(amount), expected, `day ${day}`);
      }
    }),
    { numRuns: rounds(100, 3000) },
  );
});
