/** What contracted quantities cost and what measured use owes, against a twin that counts day by day. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTimestamp } from '../../src/base/instant.ts';
import { formatDate, localDate, parseDate, startOfDay } from '../../src/base/time-zone.ts';
import { type Amount, formatAmount, ONE } from '../../src/licenses/contract/amount.ts';
import type { Contract } from '../../src/licenses/contract/contract.ts';
import { addMoney, formatMoney, fractionOf, parseMoney } from '../../src/licenses/contract/money.ts';
import { calendarPeriodAt } from '../../src/licenses/contract/periods.ts';
import { quantityTimeline } from '../../src/licenses/contract/quantity-timeline.ts';
import { type Bill, contractCost } from '../../src/licenses/costs/bill.ts';
import { trueUp } from '../../src/licenses/costs/true-up.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import type { BillFigures } from '../../src/model/license-figures.ts';
import { rounds } from '../support/rounds.ts';
import { spanning, use } from './run-contract.ts';
import { figuresOf } from './statement-run.ts';

const ZONE = 'Europe/Berlin';

function yamlOf(quantity: string, more = '', sentence = 'count seats over month'): string {
  return `contract: {id: ACME-2025-017, timezone: ${ZONE}}
term: {from: 2025-01-01, until: 2026-01-01}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: ${sentence}
    quantity:
${quantity}
    ${more}
`;
}

function contractOf(quantity: string): Contract {
  const { contract, problems } = parseContract('licenses.yaml', yamlOf(quantity));
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

/** As the statement has it, `document, day, period: arithmetic`. */
function linesOf(bill: BillFigures | null | undefined): string[] {
  return bill!.lines.map(
    ({ by, since, period, arithmetic }) =>
      `${by === null ? '' : `${by}, `}${since}, ${period ?? 'once'}: ${arithmetic}`,
  );
}

let serial = 0;

const YEAR = spanning('2024-12-31T23:00:00Z', '2025-12-31T22:59:59Z');

/** So many seats of one session. */
function held(seats: number, from: string, until: string): object[] {
  const session = `s${++serial}`;
  const more = { feature: 'editor', session, quantity: seats };
  return [use('checkout', from, 'ann', more), use('checkin', until, 'ann', more)];
}

const figuresFor = (quantity: string, records: readonly object[], more = '', sentence?: string) =>
  figuresOf(yamlOf(quantity, more, sentence), [...YEAR, ...records]);

test('four amendments: what each costs, prorated to the day and rounded to the cent', () => {
  const { bill, from, until } = figuresFor(FOUR, []).cost!;
  assert.deepEqual([from, until], ['2025-01-01', '2026-01-01']);
  const lines = linesOf(bill);
  for (const line of [
    // 17 of the 31 days of March: 10 × 11.50 × 17/31 = 63.0645…
    'Amendment-1, 2025-03-15, 2025-03: 10 × 11.50 EUR × 17/31 days = 63.06 EUR',
    'Amendment-2, 2025-07-01, 2025-07: 5 × 11.50 EUR = 57.50 EUR',
    // October 1 to 19, with the day of 25 hours still to come.
    '2025-01-01, 2025-10: 25 × 12.00 EUR × 19/31 days = 183.87 EUR',
    'PO-4711, 2025-10-20, 2025-10: 30 × 10.99 EUR × 12/31 days = 127.63 EUR',
    // The contract's year has 365 days, of which 8 are left.
    'Amendment-3, 2025-12-24, 2025-01-01/2026-01-01: 1 × 99.00 EUR × 8/365 days = 2.17 EUR',
  ])
    assert.ok(lines.includes(line), `${line}\nnot in\n${lines.join('\n')}`);
  // 25 × 12 × 9 months + 183.87; 63.06 + 115 × 6 + 70.48; 57.50 × 3 + 35.24; 127.63 + 329.70 × 2; 2.17
  const cents = 270000 + 18387 + 6306 + 69000 + 7048 + 17250 + 3524 + 12763 + 65940 + 217;
  assert.equal(cents, 470435);
  assert.deepEqual([bill.totals, bill.complete, bill.omitted], [['4,704.35 EUR'], true, 0]);
});

test('four amendments: each step of what was too much is owed from its day on, until an amendment covers it', () => {
  const { trueUp } = figuresFor(FOUR, [
    ...held(25, '2025-01-08T08:00:00Z', '2025-01-08T16:00:00Z'),
    ...held(32, '2025-11-12T09:30:00Z', '2025-11-12T16:00:00Z'),
    ...held(33, '2025-12-03T09:30:00Z', '2025-12-03T16:00:00Z'),
    ...held(33, '2025-12-28T09:30:00Z', '2025-12-28T16:00:00Z'),
  ]);
  const { proven, possible, until, reason } = trueUp.owed!;
  // Two are missing from November 12 on and a third from December 3 on, which Amendment-3 brings on December 24.
  assert.deepEqual(linesOf(proven), [
    '2025-11-12, 2025-11: 2 × 10.99 EUR × 19/30 days = 13.92 EUR',
    '2025-11-12, 2025-12: 2 × 10.99 EUR = 21.98 EUR',
    '2025-12-03, 2025-12: 1 × 10.99 EUR × 21/31 days = 7.44 EUR',
  ]);
  assert.deepEqual([proven!.totals, until, reason], [['43.34 EUR'], '2026-01-01', null]);
  assert.deepEqual(possible, proven);
});

test('a total that is stated anew ends what was owed before it, and use above it is owed anew', () => {
  const quantity = `
      - {from: 2025-01-01, set: 5, cost: {per: seat-month, prorate: day, rate: 31 EUR}}
      - {from: 2025-05-11, supersede: 3, by: A-1, cost: {per: seat-month, prorate: day, rate: 62 EUR}}`;
  const { trueUp } = figuresFor(quantity, [
    ...held(7, '2025-05-01T08:00:00Z', '2025-05-01T09:00:00Z'),
    ...held(4, '2025-12-30T08:00:00Z', '2025-12-30T09:00:00Z'),
  ]);
  assert.deepEqual(linesOf(trueUp.owed!.proven), [
    '2025-05-01, 2025-05: 2 × 31.00 EUR × 10/31 days = 20.00 EUR',
    '2025-12-30, 2025-12: 1 × 62.00 EUR × 2/31 days = 4.00 EUR',
  ]);
});

test('what the log leaves open is owed at most, and nobody knows how much where no quantity is in force', () => {
  const priced = '      - {from: 2025-02-01, set: 2, cost: {per: seat, rate: 7 EUR}}';
  const open = use('checkout', '2025-11-03T08:00:00Z', 'bob', { feature: 'editor', session: 'open' });
  const perhaps = figuresFor(priced, [open, ...held(2, '2025-11-04T08:00:00Z', '2025-11-04T09:00:00Z')])
    .trueUp.owed!;
  assert.deepEqual(linesOf(perhaps.proven), []);
  assert.deepEqual(linesOf(perhaps.possible), ['2025-11-04, once: 1 × 7.00 EUR = 7.00 EUR']);
  const early = figuresFor(priced, [
    ...held(1, '2025-01-31T08:00:00Z', '2025-01-31T09:00:00Z'),
    ...held(3, '2025-11-04T08:00:00Z', '2025-11-04T09:00:00Z'),
  ]).trueUp.owed!;
  assert.deepEqual(linesOf(early.proven), ['2025-11-04, once: 1 × 7.00 EUR = 7.00 EUR']);
  assert.deepEqual([early.possible, early.reason], [null, 'nothing bounds the use, or no quantity is known']);
});

test('nothing is owed for what was allowed, nor told where nothing has a price', () => {
  const priced = '      - {from: 2025-02-01, set: 2, cost: {per: seat, rate: 7 EUR}}';
  const two = held(2, '2025-05-05T08:00:00Z', '2025-05-05T09:00:00Z');
  assert.equal(figuresFor(priced, two).trueUp.owed, null);
  const unpriced = figuresFor('      - {from: 2025-01-01, set: 1}', two);
  assert.deepEqual([unpriced.cost, unpriced.trueUp.owed], [null, null]);
  const unlimited = '      - {from: 2025-01-01, set: unlimited, cost: {per: seat, rate: 7 EUR}}';
  assert.equal(figuresFor(unlimited, two).trueUp.owed, null);
});

test('overage that the contract allows owes nothing; beyond it all above the quantity is owed, at its rate', () => {
  const quantity = '      - {from: 2025-01-01, set: 4, cost: {per: seat-year, rate: 400 EUR}}';
  const overage = 'overage: {allow: 50%, for: P3D, then: true-up, rate: 120 EUR/seat-quarter}';
  const short = held(6, '2025-05-05T08:00:00Z', '2025-05-05T09:00:00Z');
  const tolerated = figuresFor(quantity, short, overage).trueUp;
  assert.deepEqual(
    [tolerated.excess, tolerated.tolerated, tolerated.cures],
    [{ lower: 2, upper: 2 }, true, []],
  );
  assert.deepEqual(linesOf(tolerated.owed!.possible), []);
  // Five days of June are longer than three.
  const long = held(5, '2025-06-11T09:00:00Z', '2025-06-16T09:00:00Z');
  const owed = figuresFor(quantity, [...short, ...long], overage).trueUp;
  assert.deepEqual(linesOf(owed.owed!.proven), [
    // June 11 to 30 of the 91 days of the second quarter.
    '2025-06-11, 2025-Q2: 1 × 120.00 EUR × 20/91 days = 26.37 EUR',
    '2025-06-11, 2025-Q3: 1 × 120.00 EUR = 120.00 EUR',
    '2025-06-11, 2025-Q4: 1 × 120.00 EUR = 120.00 EUR',
  ]);
  assert.deepEqual(
    [owed.tolerated, owed.cures.map(({ what, amount }) => [what, amount])],
    [false, [['buy', 1]]],
  );
});

test('what is consumed is owed for the period it was consumed in, as it is and not in whole units', () => {
  const quantity = '      - {from: 2025-01-01, set: 10, cost: {per: hour, rate: 0.99 EUR}}';
  const consumed = (time: string, hours: number) => use('use', time, 'ann', { feature: 'editor', hours });
  const records = [
    consumed('2025-05-06T08:00:00Z', 10.5),
    consumed('2025-06-06T08:00:00Z', 9),
    consumed('2025-06-26T08:00:00Z', 2.25),
  ];
  const sentence = 'count sum(hours) over month';
  assert.deepEqual(linesOf(figuresFor(quantity, records, '', sentence).trueUp.owed!.proven), [
    '2025-05-01, once: 0.5 × 0.99 EUR = 0.50 EUR',
    '2025-06-01, once: 1.25 × 0.99 EUR = 1.24 EUR',
  ]);
  const rolled = figuresFor(quantity, records, 'rollover: {max: 20%, for: P1M}', sentence).trueUp.owed!;
  assert.deepEqual([rolled.proven, rolled.possible], [null, null]);
});

test('Slack and Atlassian: who comes in mid-month is paid from that day on', () => {
  const quantity = `
      - {from: 2025-01-01, set: 4, cost: {per: seat-month, prorate: day, rate: 20 EUR}}
      - {from: 2025-06-23, add: 1, by: Slack, cost: {per: seat-month, prorate: day, rate: 20 EUR}}
      - {from: 2025-07-10, add: 2, by: Atlassian, cost: {per: seat-month, prorate: day, rate: 10 EUR}}`;
  const lines = linesOf(figuresFor(quantity, []).cost!.bill);
  for (const line of [
    // The 23rd to the 30th: 20 × 8/30 = 5.333…
    'Slack, 2025-06-23, 2025-06: 1 × 20.00 EUR × 8/30 days = 5.33 EUR',
    // A new maximum on the 10th of 31 days: 2 × 10 × 22/31 = 14.193…
    'Atlassian, 2025-07-10, 2025-07: 2 × 10.00 EUR × 22/31 days = 14.19 EUR',
  ])
    assert.ok(lines.includes(line), `${line}\nnot in\n${lines.join('\n')}`);
});

test('prices per quarter, term and piece; a begun period is paid whole where nothing is prorated', () => {
  const { bill } = figuresFor(
    `
      - {from: 2025-01-01, set: 2, cost: {per: seat-quarter, rate: 30 EUR}}
      - {from: 2025-05-20, add: 3, by: A-1, cost: {per: seat-term, prorate: day, rate: 365 EUR}}
      - {from: 2025-06-01, add: 4, by: A-2, cost: {per: seat, rate: 200 JPY}}
      - {from: 2025-06-02, add: 5, by: A-3, cost: {per: seat-month}}
      - {from: 2025-06-03, add: 6, by: A-4}
      - {from: 2025-08-10, supersede: 1, by: A-5, cost: {per: seat-quarter, rate: 30 EUR}}`,
    [],
  ).cost!;
  assert.deepEqual(linesOf(bill), [
    '2025-01-01, 2025-Q1: 2 × 30.00 EUR = 60.00 EUR',
    '2025-01-01, 2025-Q2: 2 × 30.00 EUR = 60.00 EUR',
    '2025-01-01, 2025-Q3: 2 × 30.00 EUR = 60.00 EUR',
    'A-1, 2025-05-20, 2025-01-01/2026-01-01: 3 × 365.00 EUR × 82/365 days = 246.00 EUR',
    'A-2, 2025-06-01, once: 4 × 200 JPY = 800 JPY',
    'A-3, 2025-06-02, 2025-06: 5 × no price stated',
    'A-3, 2025-06-02, 2025-07: 5 × no price stated',
    'A-3, 2025-06-02, 2025-08: 5 × no price stated',
    'A-4, 2025-06-03, once: 6 × no price stated',
    'A-5, 2025-08-10, 2025-Q3: 1 × 30.00 EUR = 30.00 EUR',
    'A-5, 2025-08-10, 2025-Q4: 1 × 30.00 EUR = 30.00 EUR',
  ]);
  assert.deepEqual([bill.complete, bill.totals], [false, ['486.00 EUR', '800 JPY']]);
});

test('a price that is prorated by the month costs the months that are begun, counted from the day the period begins', () => {
  const { bill } = figuresFor(
    `
      - {from: 2025-01-01, set: 1, cost: {per: seat-year, prorate: month, rate: 100 EUR}}
      - {from: 2025-01-31, add: 2, by: A-1, cost: {per: seat-quarter, prorate: month, rate: 30 EUR}}
      - {from: 2025-02-01, add: 3, by: A-2, cost: {per: seat-month, prorate: month, rate: 5 EUR}}
      - {from: 2025-03-02, supersede: 4, by: A-3, cost: {per: seat-term, prorate: month, rate: 60 JPY}}`,
    [],
  ).cost!;
  assert.deepEqual(linesOf(bill), [
    '2025-01-01, 2025-01-01/2026-01-01: 1 × 100.00 EUR × 3/12 months = 25.00 EUR',
    'A-1, 2025-01-31, 2025-Q1: 2 × 30.00 EUR = 60.00 EUR',
    'A-2, 2025-02-01, 2025-02: 3 × 5.00 EUR = 15.00 EUR',
    'A-2, 2025-02-01, 2025-03: 3 × 5.00 EUR = 15.00 EUR',
    'A-3, 2025-03-02, 2025-01-01/2026-01-01: 4 × 60 JPY × 10/12 months = 200 JPY',
  ]);
});

const DAYS = Array.from({ length: 365 }, (_, index) => {
  const date = new Date(Date.UTC(2025, 0, 1 + index));
  return formatDate({ year: 2025, month: date.getUTCMonth() + 1, day: date.getUTCDate() });
});

type Amendment = { on: number; verb: 'add' | 'supersede'; amount: number };

const amendments: fc.Arbitrary<Amendment[]> = fc
  .uniqueArray(
    fc.record({
      on: fc.integer({ min: 1, max: 364 }),
      verb: fc.constantFrom('add' as const, 'supersede' as const),
      amount: fc.integer({ min: 0, max: 40 }),
    }),
    { maxLength: 5, selector: ({ on }) => on },
  )
  .map((all) => all.sort((a, b) => a.on - b.on));

const PRICE = 'cost: {per: seat-month, prorate: day, rate: 1 EUR}';

function quantityLines(first: number, later: readonly Amendment[]): string {
  const lines = later.map(
    ({ on, verb, amount }, index) =>
      `      - {from: ${DAYS[on]}, ${verb}: ${amount}, by: A-${index}, ${PRICE}}`,
  );
  return [`      - {from: 2025-01-01, set: ${first}, ${PRICE}}`, ...lines].join('\n');
}

/** Seats × days of each month, as the lines of a bill say it. */
function seatDays(bill: Bill): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { period, quantity, part } of bill.lines) {
    const month = Number(period!.slice(5));
    const days = part?.charged ?? BigInt(new Date(Date.UTC(2025, month, 0)).getUTCDate());
    sums.set(period!, (sums.get(period!) ?? 0n) + (quantity / ONE) * days);
  }
  return withoutZero(sums);
}

function withoutZero(sums: Map<string, bigint>): Map<string, bigint> {
  return new Map([...sums].filter(([, sum]) => sum > 0n).sort());
}

/** By the words of the contract, day by day. */
function countDays(quantityOf: (day: number) => number): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [index, text] of DAYS.entries())
    sums.set(text.slice(0, 7), (sums.get(text.slice(0, 7)) ?? 0n) + BigInt(quantityOf(index)));
  return withoutZero(sums);
}

test('the cost equals a count of every day, over any amendments and over the days on which clocks change', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), amendments, (first, later) => {
      const contract = contractOf(quantityLines(first, later));
      const bill = contractCost(contract, contract.licenses[0]!, FROM, UNTIL);
      let total = first;
      const counted = countDays((day) => {
        for (const { on, verb, amount } of later)
          if (on === day) total = verb === 'add' ? total + amount : amount;
        return total;
      });
      assert.deepEqual(seatDays(bill), counted);
      for (const { amount, parts } of quantityTimeline(contract.licenses[0]!, FROM, UNTIL))
        assert.equal(
          amount,
          parts.reduce((sum, part) => sum + (part.amount as Amount), 0n),
        );
    }),
    { numRuns: rounds(100, 2000) },
  );
});

test('what is owed equals a count of every day, over any use and any amendments', () => {
  const uses = fc.array(
    fc.record({ on: fc.integer({ min: 0, max: 364 }), missing: fc.integer({ min: 1, max: 9 }) }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(amendments, uses, (later, excesses) => {
      const contract = contractOf(quantityLines(5, later));
      const noon = (on: number) => day(DAYS[on]!) + 12n * 3_600_000_000_000n;
      const bill = trueUp(
        contract,
        contract.licenses[0]!,
        excesses
          .toSorted((a, b) => a.on - b.on)
          .map(({ on, missing }) => ({
            at: noon(on),
            period: calendarPeriodAt('month', noon(on), ZONE),
            amount: BigInt(missing) * ONE,
          })),
        UNTIL,
      );
      let owed = 0;
      const counted = countDays((day) => {
        for (const { on, verb, amount } of later)
          if (on === day) owed = verb === 'add' ? Math.max(0, owed - amount) : 0;
        for (const { on, missing } of excesses) if (on === day) owed = Math.max(owed, missing);
        return owed;
      });
      assert.deepEqual(seatDays(bill), counted);
    }),
    { numRuns: rounds(100, 2000) },
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

test('the quantity goes down to the most of the contract year, not below the floor, and not at all where nothing is said', () => {
  const quantity = '      - {from: 2025-01-01, set: 40}';
  const used = (seats: number) => held(seats, '2025-05-05T08:00:00Z', '2025-05-05T09:00:00Z');
  const floored = 'trueDown: {at: anniversary, floor: 30}';
  const downTo = (seats: number, more = floored) => figuresFor(quantity, used(seats), more).trueDown;
  assert.deepEqual(downTo(33), {
    ...{ on: '2026-01-01', floor: 30, to: 33, peak: 33, quantity: 40, reason: null },
  });
  assert.deepEqual([downTo(12)!.to, downTo(99)!.to, downTo(12, '')], [30, 40, null]);
  const half = figuresOf(yamlOf(quantity, floored), [
    ...spanning('2025-06-01T00:00:00Z', '2025-12-31T22:59:59Z'),
    ...held(12, '2025-07-05T08:00:00Z', '2025-07-05T09:00:00Z'),
  ]).trueDown!;
  assert.deepEqual(
    [half.to, half.reason],
    [null, 'the log does not reach back to 2025-01-01, when the contract year began'],
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
