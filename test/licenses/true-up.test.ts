/** What contracted quantities cost and what measured use owes, against a twin that counts day by day. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTimestamp } from '../../src/base/instant.ts';
import { formatDate, localDate, parseDate, startOfDay } from '../../src/base/time-zone.ts';
import { type Amount, formatAmount, ONE } from '../../src/licenses/contract/amount.ts';
import type { Contract } from '../../src/licenses/contract/contract.ts';
import { addMoney, formatMoney, fractionOf, parseMoney } from '../../src/licenses/contract/money.ts';
import {
  contractCost,
  cures,
  formatCostLine,
  prorated,
  quantityTimeline,
  trueDownTo,
  trueUp,
} from '../../src/licenses/costs/true-up.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';

const ZONE = 'Europe/Berlin';

function contractOf(quantity: string, more = '', sentence = 'count seats over month'): Contract {
  const { contract, problems } = parseContract(
    'licenses.yaml',
    `contract: {id: ACME-2025-017, timezone: ${ZONE}}
term: {from: 2025-01-01, until: 2026-01-01}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: ${sentence}
    quantity:
${quantity}
    ${more}
`,
  );
  assert.deepEqual(problems, []);
  return contract!;
}

function day(text: string): bigint {
  return startOfDay(parseDate(text)!, ZONE);
}

function at(text: string): bigint {
  const parsed = parseTimestamp(text);
  assert.ok('instant' in parsed && parsed.problem === undefined);
  return parsed.instant;
}

const [FROM, UNTIL] = [day('2025-01-01'), day('2026-01-01')];

/** Two raises, a total that voids them in mid-month, a raise at another price. */
const FOUR = `
      - {from: 2025-01-01, set: 25, cost: {per: seat-month, prorate: day, rate: 12.00 EUR}}
      - {from: 2025-03-15, add: 10, by: Amendment-1, cost: {per: seat-month, prorate: day, rate: 11.50 EUR}}
      - {from: 2025-07-01, add: 5, by: Amendment-2, cost: {per: seat-month, prorate: day, rate: 11.50 EUR}}
      - {from: 2025-10-20, supersede: 30, by: PO-4711, cost: {per: seat-month, prorate: day, rate: 10.99 EUR}}
      - {from: 2025-12-24, add: 1, by: Amendment-3, cost: {per: seat-year, prorate: day, rate: 99 EUR}}`;

test('four amendments: the quantity in force at every instant, each from the midnight of its day in the zone', () => {
  const { licenses } = contractOf(FOUR);
  const stretches = quantityTimeline(licenses[0]!, FROM, UNTIL);
  assert.deepEqual(
    stretches.map(({ from, amount, parts }) => [
      formatDate(localDate(from, ZONE)),
      formatAmount(amount as Amount),
      parts.map(({ by }) => by ?? 'first'),
    ]),
    [
      ['2025-01-01', '25', ['first']],
      ['2025-03-15', '35', ['first', 'Amendment-1']],
      ['2025-07-01', '40', ['first', 'Amendment-1', 'Amendment-2']],
      ['2025-10-20', '30', ['PO-4711']],
      ['2025-12-24', '31', ['PO-4711', 'Amendment-3']],
    ],
  );
  const amountAt = (text: string) =>
    stretches.find(({ from, until }) => from <= at(text) && at(text) < until)!.amount;
  assert.deepEqual(
    ['2025-10-19T21:59:59.999999999Z', '2025-10-19T22:00:00Z', '2025-12-23T23:00:00Z'].map(amountAt),
    [40n * ONE, 30n * ONE, 31n * ONE],
  );
});

test('four amendments: what each costs, prorated to the day and rounded to the cent', () => {
  const contract = contractOf(FOUR);
  const bill = contractCost(contract, contract.licenses[0]!, FROM, UNTIL);
  const lines = bill.lines.map(formatCostLine);
  for (const line of [
    // 17 of the 31 days of March: 10 × 11.50 × 17/31 = 63.0645…
    '"Amendment-1" from 2025-03-15, 2025-03: 10 × 11.50 EUR × 17/31 days = 63.06 EUR',
    '"Amendment-2" from 2025-07-01, 2025-07: 5 × 11.50 EUR = 57.50 EUR',
    // October 1 to 19, with the day of 25 hours still to come.
    'from 2025-01-01, 2025-10: 25 × 12.00 EUR × 19/31 days = 183.87 EUR',
    '"PO-4711" from 2025-10-20, 2025-10: 30 × 10.99 EUR × 12/31 days = 127.63 EUR',
    // The contract's year has 365 days, of which 8 are left.
    '"Amendment-3" from 2025-12-24, 2025-01-01/2026-01-01: 1 × 99.00 EUR × 8/365 days = 2.17 EUR',
  ])
    assert.ok(lines.includes(line), `${line}\nnot in\n${lines.join('\n')}`);
  // 25 × 12 × 9 months + 183.87; 63.06 + 115 × 6 + 70.48; 57.50 × 3 + 35.24; 127.63 + 329.70 × 2; 2.17
  const cents = 270000n + 18387n + 6306n + 69000n + 7048n + 17250n + 3524n + 12763n + 65940n + 217n;
  assert.deepEqual(bill.totals.map(formatMoney), ['4,704.35 EUR']);
  assert.deepEqual(bill.totals, [{ amount: (cents * ONE) / 100n, currency: 'EUR' }]);
  assert.equal(bill.complete, true);
});

test('four amendments: the true-up to the cent, from the day on which use was first too much', () => {
  const contract = contractOf(FOUR);
  const [license] = contract.licenses;
  const measured = [
    { from: FROM, until: day('2025-02-01'), amount: 25n * ONE },
    { from: at('2025-11-12T09:30:00Z'), until: day('2025-12-01'), amount: 32n * ONE },
    { from: day('2025-12-01'), until: day('2025-12-24'), amount: 33n * ONE },
    { from: day('2025-12-24'), until: UNTIL, amount: 33n * ONE },
  ];
  const owed = trueUp(contract, license!, measured, UNTIL)!;
  assert.equal(owed.arithmetic, 'measured 33 - entitled 30 = 3 missing');
  assert.deepEqual(owed.bill.lines.map(formatCostLine), [
    'from 2025-11-12, 2025-11: 3 × 10.99 EUR × 19/30 days = 20.88 EUR',
    'from 2025-11-12, 2025-12: 3 × 10.99 EUR = 32.97 EUR',
  ]);
  assert.deepEqual(owed.bill.totals.map(formatMoney), ['53.85 EUR']);
});

test('nothing is owed for what was allowed, and nobody knows what is owed where no quantity is in force', () => {
  const contract = contractOf('      - {from: 2025-02-01, set: 2.5}');
  const [license] = contract.licenses;
  const use = (from: string, until: string, amount: Amount) => [
    { from: day(from), until: day(until), amount },
  ];
  const missing = (measured: Parameters<typeof trueUp>[2]) =>
    trueUp(contract, license!, measured, UNTIL)?.missing;
  assert.equal(missing(use('2025-02-01', '2025-03-01', 2n * ONE)), 0n);
  // Half a seat is a seat.
  assert.equal(missing(use('2025-02-01', '2025-03-01', 3n * ONE)), ONE);
  assert.equal(missing(use('2025-01-31', '2025-03-01', ONE)), undefined);
  assert.equal(missing(use('2025-01-31', '2025-03-01', 0n)), 0n);
  const owed = trueUp(contract, license!, use('2025-02-01', '2025-03-01', 9n * ONE), UNTIL)!;
  assert.deepEqual([owed.bill.complete, owed.bill.totals], [false, []]);
  const unlimited = contractOf('      - {from: 2025-01-01, set: unlimited}');
  assert.equal(
    trueUp(unlimited, unlimited.licenses[0]!, use('2025-02-01', '2025-03-01', 999n * ONE), UNTIL)!.missing,
    0n,
  );
});

test('sums owe what they are, not whole units', () => {
  const contract = contractOf('      - {from: 2025-01-01, set: 100}', '', 'count sum(tokens) over month');
  const measured = [{ from: FROM, until: day('2025-02-01'), amount: (1001n * ONE) / 10n }];
  assert.equal(trueUp(contract, contract.licenses[0]!, measured, UNTIL)!.missing, ONE / 10n);
});

test('Slack and Atlassian: who comes in mid-month is paid from that day on', () => {
  const contract = contractOf(`
      - {from: 2025-01-01, set: 4, cost: {per: seat-month, prorate: day, rate: 20 EUR}}
      - {from: 2025-06-23, add: 1, by: Slack, cost: {per: seat-month, prorate: day, rate: 20 EUR}}
      - {from: 2025-07-10, add: 2, by: Atlassian, cost: {per: seat-month, prorate: day, rate: 10 EUR}}`);
  const bill = contractCost(contract, contract.licenses[0]!, day('2025-06-01'), day('2025-08-01'));
  const lines = bill.lines.map(formatCostLine);
  // The 23rd to the 30th: 20 × 8/30 = 5.333…
  assert.ok(
    lines.includes('"Slack" from 2025-06-23, 2025-06: 1 × 20.00 EUR × 8/30 days = 5.33 EUR'),
    lines.join('\n'),
  );
  // A new maximum on the 10th of 31 days: 2 × 10 × 22/31 = 14.193…
  assert.ok(
    lines.includes('"Atlassian" from 2025-07-10, 2025-07: 2 × 10.00 EUR × 22/31 days = 14.19 EUR'),
    lines.join('\n'),
  );
});

test('prices per quarter, term and piece; a begun period is paid whole where nothing is prorated', () => {
  const contract = contractOf(`
      - {from: 2025-01-01, set: 2, cost: {per: seat-quarter, rate: 30 EUR}}
      - {from: 2025-05-20, add: 3, by: A-1, cost: {per: seat-term, prorate: day, rate: 365 EUR}}
      - {from: 2025-06-01, add: 4, by: A-2, cost: {per: seat, rate: 200 JPY}}
      - {from: 2025-06-02, add: 5, by: A-3, cost: {per: seat-month}}
      - {from: 2025-06-03, add: 6, by: A-4}
      - {from: 2025-08-10, supersede: 1, by: A-5, cost: {per: seat-quarter, rate: 30 EUR}}`);
  const bill = contractCost(contract, contract.licenses[0]!, FROM, UNTIL);
  assert.deepEqual(bill.lines.map(formatCostLine), [
    'from 2025-01-01, 2025-Q1: 2 × 30.00 EUR = 60.00 EUR',
    'from 2025-01-01, 2025-Q2: 2 × 30.00 EUR = 60.00 EUR',
    'from 2025-01-01, 2025-Q3: 2 × 30.00 EUR = 60.00 EUR',
    '"A-1" from 2025-05-20, 2025-01-01/2026-01-01: 3 × 365.00 EUR × 82/365 days = 246.00 EUR',
    '"A-2" from 2025-06-01: 4 × 200 JPY = 800 JPY',
    '"A-3" from 2025-06-02, 2025-06: 5 × no price stated',
    '"A-3" from 2025-06-02, 2025-07: 5 × no price stated',
    '"A-3" from 2025-06-02, 2025-08: 5 × no price stated',
    '"A-4" from 2025-06-03: 6 × no price stated',
    '"A-5" from 2025-08-10, 2025-Q3: 1 × 30.00 EUR = 30.00 EUR',
    '"A-5" from 2025-08-10, 2025-Q4: 1 × 30.00 EUR = 30.00 EUR',
  ]);
  assert.deepEqual([bill.complete, bill.totals.map(formatMoney)], [false, ['486.00 EUR', '800 JPY']]);
});

test('proration equals a count of every day, over any amendments and over the days on which clocks change', () => {
  const days = Array.from({ length: 365 }, (_, index) =>
    formatDate({
      year: 2025,
      month: new Date(Date.UTC(2025, 0, 1 + index)).getUTCMonth() + 1,
      day: new Date(Date.UTC(2025, 0, 1 + index)).getUTCDate(),
    }),
  );
  const amendment = fc.record({
    on: fc.integer({ min: 0, max: 364 }),
    verb: fc.constantFrom('add' as const, 'supersede' as const),
    amount: fc.integer({ min: 0, max: 40 }),
  });
  const amendments = fc.uniqueArray(amendment, { maxLength: 5, selector: ({ on }) => on });
  const months = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), amendments, months, (first, later, month) => {
      const sorted = later.filter(({ on }) => on > 0).sort((a, b) => a.on - b.on);
      const quantity = [
        {
          from: { text: days[0]!, instant: day(days[0]!) },
          verb: 'set' as const,
          amount: BigInt(first) * ONE,
        },
        ...sorted.map(({ on, verb, amount }) => ({
          from: { text: days[on]!, instant: day(days[on]!) },
          verb,
          amount: BigInt(amount) * ONE,
        })),
      ];
      const ofMonth = days.flatMap((text, index) => (Number(text.slice(5, 7)) === month ? [index] : []));
      let sum = 0;
      for (const index of ofMonth) {
        let total = first;
        for (const { on, verb, amount } of sorted)
          if (on <= index) total = verb === 'add' ? total + amount : amount;
        sum += total;
      }
      const [from, until] = [day(days[ofMonth[0]!]!), day(days[ofMonth.at(-1)! + 1] ?? '2026-01-01')];
      const stretches = quantityTimeline({ unlimited: false, quantity }, FROM, UNTIL);
      assert.deepEqual(prorated(stretches, from, until, ZONE), {
        numerator: BigInt(sum) * ONE,
        denominator: BigInt(ofMonth.length),
      });
      for (const { amount, parts } of stretches)
        assert.equal(
          amount,
          parts.reduce((total, part) => total + (part.amount as Amount), 0n),
        );
    }),
    { numRuns: 200 },
  );
});

test('a fraction of money is rounded half up to what its currency can pay', () => {
  const money = (text: string) => parseMoney(text)!;
  const third = (text: string) => formatMoney(fractionOf(money(text), 1n, 3n));
  assert.deepEqual(['1 EUR', '2 EUR', '100 JPY', '1 KWD'].map(third), [
    '0.33 EUR',
    '0.67 EUR',
    '33 JPY',
    '0.333 KWD',
  ]);
  assert.equal(formatMoney(fractionOf(money('0.01 EUR'), 1n, 2n)), '0.01 EUR');
  assert.equal(formatMoney(fractionOf(money('0.0015 USD'), 1_000_001n, 1n)), '1,500.00 USD');
  assert.deepEqual(addMoney([money('1 USD'), money('2 EUR'), money('0.5 USD')]).map(formatMoney), [
    '2.00 EUR',
    '1.50 USD',
  ]);
  for (const text of ['12', '12 eur', 'EUR 12', '-1 EUR', '1e3 EUR', '1,5 EUR'])
    assert.equal(parseMoney(text), undefined);
});

test('the quantity goes down to the peak, not below the floor, and not at all where nothing is said', () => {
  const quantity = '      - {from: 2025-01-01, set: 40}';
  const floored = contractOf(quantity, 'trueDown: {at: anniversary, floor: 30}').licenses[0]!;
  assert.deepEqual(
    [
      trueDownTo(floored, 33n * ONE),
      trueDownTo(floored, 12n * ONE),
      trueDownTo(contractOf(quantity).licenses[0]!, ONE),
    ],
    [33n * ONE, 30n * ONE, undefined],
  );
});

test('a quantity that falls between anniversaries, or below the floor, contradicts the contract', () => {
  const yaml = `contract: {id: A, timezone: UTC}
term: {from: 2025-02-01, until: 2027-02-01}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: count seats over month
    trueDown: {at: anniversary, floor: 10}
    quantity: [{from: 2025-02-01, set: 40}, {from: 2025-06-01, supersede: 20, by: A-1}, {from: 2026-02-01, supersede: 9, by: A-2}]
`;
  assert.deepEqual(
    parseContract('licenses.yaml', yaml).problems.map(({ message }) => message),
    [
      'expected a quantity to fall on an anniversary of the term only, as "trueDown" says, found 20 from 2025-06-01',
      'expected no less than the floor of 10 that "trueDown" states, found 9 from 2026-02-01',
    ],
  );
});

test('the cheapest cure comes first, with its arithmetic', () => {
  const price = parseMoney('120 EUR')!;
  const found = cures(4n * ONE, price, [
    { what: 'reclaim 3 idle seats', missing: ONE },
    { what: 'shorten the linger to PT5M', missing: 2n * ONE, cost: parseMoney('10 EUR')! },
    { what: 'pay in dollars', missing: 0n, cost: parseMoney('1 USD')! },
  ]);
  assert.deepEqual(
    found.map(({ arithmetic }) => arithmetic),
    [
      'reclaim 3 idle seats, buy 1 × 120.00 EUR = 120.00 EUR',
      'shorten the linger to PT5M for 10.00 EUR, buy 2 × 120.00 EUR = 250.00 EUR',
      'buy 4 × 120.00 EUR = 480.00 EUR',
    ],
  );
});
