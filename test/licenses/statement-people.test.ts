/** Denials collapsed to incidents, idle holders, forecast, and what is over with its cures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatInstant } from '../../src/base/instant.ts';
import { ONE } from '../../src/licenses/contract/amount.ts';
import { calendarPeriodAt } from '../../src/licenses/contract/periods.ts';
import { forecast, type MonthBounds, theilSen } from '../../src/licenses/statement/forecast.ts';
import { isFull } from '../support/rounds.ts';
import { editorContract, set, spanning, use } from './run-contract.ts';
import { DAY, figuresOf } from './statement-run.ts';

const SPAN = spanning('2025-03-01T00:00:00Z', '2025-05-31T23:59:59Z');

function contract(more = '', quantity = 4, measure?: string): string {
  const head = 'people: {teams: {cae: [ann]}}';
  return editorContract({ head, quantity: set(quantity), more, ...(measure !== undefined && { measure }) });
}

type Step = { minute: number; kind: 'denied' | 'checkout'; person: string };

const steps: fc.Arbitrary<Step[]> = fc
  .uniqueArray(
    fc.record({
      minute: fc.integer({ min: 0, max: 120 }),
      kind: fc.constantFrom<Step['kind']>('denied', 'denied', 'checkout'),
      person: fc.constantFrom('ann', 'bob'),
    }),
    { maxLength: 25, selector: ({ minute, person }) => `${minute}${person}` },
  )
  .map((all) => all.sort((a, b) => a.minute - b.minute));

const timeAt = (minute: number) =>
  formatInstant(BigInt(Date.UTC(2025, 2, 3, 8) + minute * 60_000) * 1_000_000n);

/** By the words of the rule: each denial looks for a later one and for a check-out, within ten minutes. */
function twin(all: readonly Step[]): { incidents: string[]; granted: number } {
  const incidents: string[] = [];
  let granted = 0;
  for (const [index, step] of all.entries()) {
    if (step.kind !== 'denied') continue;
    const after = all
      .slice(index + 1)
      .find(({ person, minute }) => person === step.person && minute - step.minute <= 10);
    if (after === undefined) incidents.push(`${step.person} ${timeAt(step.minute)}`);
    else if (after.kind === 'checkout') granted++;
  }
  return { incidents: incidents.sort(), granted };
}

test('denials collapse to the last of those that nothing followed in time', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const records = all.map(({ minute, kind, person }) => use(kind, timeAt(minute), person));
      const { denials } = figuresOf(contract(), [...SPAN, ...records]);
      const expected = twin(all);
      assert.deepEqual(
        denials.list.map(({ holder, last }) => `${holder} ${last}`).sort(),
        expected.incidents,
      );
      assert.equal(denials.granted, expected.granted);
      assert.equal(denials.incidents, expected.incidents.length);
      assert.equal(denials.denied, all.filter(({ kind }) => kind === 'denied').length);
      const inMonths = denials.months.reduce((sum, { denied }) => sum + denied, 0);
      assert.equal(inMonths, denials.denied);
    }),
    { numRuns: 200 },
  );
});

test('an incident says how often, why, since when, and whether the log ends before it could be granted', () => {
  const records = [
    use('denied', '2025-05-31T10:00:00Z', 'ann', { reason: 'all seats taken' }),
    use('denied', '2025-05-31T10:05:00Z', 'ann', { reason: 'all seats taken', quantity: 2 }),
    use('denied', '2025-05-31T23:55:00Z', 'bob'),
  ];
  const { denials, peak } = figuresOf(contract(), [...SPAN, ...records]);
  assert.equal(peak, null);
  assert.deepEqual(
    denials.list.map(({ place: _, ...incident }) => incident),
    [
      {
        holder: 'ann',
        team: 'cae',
        feature: 'editor',
        quantity: 2,
        reason: 'all seats taken',
        denials: 2,
        first: '2025-05-31T10:00:00Z',
        last: '2025-05-31T10:05:00Z',
        openEnded: false,
      },
      {
        holder: 'bob',
        team: null,
        feature: 'editor',
        quantity: 1,
        reason: null,
        denials: 1,
        first: '2025-05-31T23:55:00Z',
        last: '2025-05-31T23:55:00Z',
        openEnded: true,
      },
    ],
  );
  assert.deepEqual(denials.reasons, [
    { reason: null, incidents: 1 },
    { reason: 'all seats taken', incidents: 1 },
  ]);
});

test('denials are no use: no figure counts them', () => {
  const records = [
    use('checkout', '2025-03-03T10:00:00Z', 'ann'),
    use('denied', '2025-03-03T10:30:00Z', 'bob'),
    use('checkin', '2025-03-03T11:00:00Z', 'ann'),
  ];
  const { months, idle } = figuresOf(contract(), [...SPAN, ...records]);
  assert.deepEqual([months[0]!.lower, months[0]!.upper, idle.holders], [1, 1, 1]);
});

test('idle is who was not seen for the days asked for, and has nothing open', () => {
  const records = [
    use('checkout', '2025-03-03T10:00:00Z', 'ann', { session: '1' }),
    use('checkin', '2025-03-03T11:00:00Z', 'ann', { session: '1' }),
    use('checkout', '2025-03-04T10:00:00Z', 'bob', { session: '2' }),
    use('checkout', '2025-05-20T10:00:00Z', 'cid', { session: '3' }),
    use('checkin', '2025-05-20T11:00:00Z', 'cid', { session: '3' }),
  ];
  const { idle } = figuresOf(contract(), [...SPAN, ...records]);
  assert.deepEqual([idle.holders, idle.idle, idle.held, idle.doubt], [3, 1, 1, null]);
  assert.deepEqual(
    idle.list.map(({ holder, team, last, days }) => [holder, team, last, days]),
    [['ann', 'cae', '2025-03-03T11:00:00Z', 89]],
  );
  assert.deepEqual(
    idle.heldList.map(({ holder, since, days }) => [holder, since, days]),
    [['bob', '2025-03-04T10:00:00Z', 88]],
  );
  // bob's session may go on, so of four seats two may have been taken in May.
  assert.deepEqual(idle.spare, { amount: 2, limit: 4, highest: 2, since: '2025-05' });
});

test('a log shorter than the days asked for tells of nobody that he is idle', () => {
  const records = [
    use('checkout', '2025-03-03T10:00:00Z', 'ann'),
    use('checkin', '2025-03-03T11:00:00Z', 'ann'),
  ];
  const { idle } = figuresOf(contract(), [...SPAN, ...records], { idle: 180n * DAY });
  assert.deepEqual([idle.idle, idle.list, idle.spare], [0, [], null]);
  assert.match(idle.doubt!, /the log spans 91 days, and 180 days without use are asked for/);
});

test('who uses it without a name is nobody who could be idle, and may be anybody who seems to be', () => {
  const unnamed = (time: string) => {
    const { actor: _, ...record } = use('use', time, '') as { actor: string };
    return record;
  };
  const early = use('use', '2025-03-03T10:00:00Z', 'ann');
  const long = figuresOf(contract(), [...SPAN, early, unnamed('2025-03-04T10:00:00Z')]).idle;
  assert.deepEqual([long.holders, long.list.map(({ holder }) => holder), long.doubt], [1, ['ann'], null]);
  const late = figuresOf(contract(), [...SPAN, early, unnamed('2025-05-20T10:00:00Z')]).idle;
  assert.deepEqual(
    [late.holders, late.idle, late.doubt],
    [1, 1, 'there is use that names nobody, and may be that of any of them'],
  );
});

/** By the definition, without sorting cleverly: the median of the slopes of all pairs. */
function slowSlope(values: readonly number[]): number {
  const slopes = values.flatMap((from, i) =>
    values.slice(i + 1).map((to, ahead) => (to - from) / (ahead + 1)),
  );
  const below = (x: number) => slopes.filter((slope) => slope < x).length;
  const at = (rank: number) =>
    slopes.find((x) => below(x) <= rank && rank < below(x) + slopes.filter((slope) => slope === x).length)!;
  const middle = slopes.length / 2;
  return slopes.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
}

test('the slope is the median of all pairs, and lies within its interval', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 6, maxLength: 20 }), (values) => {
      const { estimate, low, high } = theilSen(values);
      assert.equal(estimate, slowSlope(values));
      assert.ok(low <= estimate && estimate <= high);
    }),
    { numRuns: 200 },
  );
});

test('the interval of the slope is that of Sen 1968', () => {
  // The example of the paper, whose times are not equally far apart, cannot be taken; ten values with distinct slopes can:
  // 45 pairs, variance of S 125, so the ranks are (45 -+ 1.645 * 11.18) / 2, outwards 13 and 33 (counted from 1).
  const values = [1, 3, 2, 7, 5, 11, 8, 16, 12, 20];
  const slopes = values
    .flatMap((from, i) => values.slice(i + 1).map((to, ahead) => (to - from) / (ahead + 1)))
    .sort((a, b) => a - b);
  const { low, high } = theilSen(values);
  assert.deepEqual([low, high], [slopes[12], slopes[32]]);
});

function history(peaks: readonly number[], lower = peaks): MonthBounds[] {
  let month = calendarPeriodAt('month', BigInt(Date.UTC(2025, 0, 15)) * 1_000_000n, 'UTC');
  return peaks.map((upper, index) => {
    const bounds = { month, lower: lower[index]!, upper };
    month = calendarPeriodAt('month', month.until, 'UTC');
    return bounds;
  });
}

const LIMIT = [{ from: undefined, amount: 20n * ONE }];

test('a forecast names the month in which use passes the quantity, and says when the history is too short', () => {
  const rising = forecast(history([10, 11, 12, 13, 14, 15]), LIMIT, 'UTC');
  assert.deepEqual(rising, {
    known: true,
    months: 6,
    slope: { estimate: 1, low: 1, high: 1 },
    // June has 15, so November has 20, and December is the first with more.
    exhausted: { estimate: '2025-12', earliest: '2025-12', latest: '2025-12' },
    horizon: '2030-06',
  });
  assert.deepEqual(forecast(history([10, 11, 12, 13, 14]), LIMIT, 'UTC'), {
    known: false,
    reason: 'not enough history: 5 whole months, expected at least 6',
  });
  const level = forecast(history([10, 10, 10, 10, 10, 10]), LIMIT, 'UTC');
  assert.deepEqual(level.known && level.exhausted, { estimate: null, earliest: null, latest: null });
});

test('a forecast widens with what the months leave open, and knows later quantities', () => {
  const open = forecast(history([10, 11, 12, 13, 14, 15], [10, 10, 10, 10, 10, 10]), LIMIT, 'UTC');
  assert.deepEqual(open.known && open.exhausted, { estimate: '2025-12', earliest: '2025-12', latest: null });
  const december = BigInt(Date.UTC(2025, 11, 1)) * 1_000_000n;
  const more = forecast(
    history([10, 11, 12, 13, 14, 15]),
    [...LIMIT, { from: december, amount: 22n * ONE }],
    'UTC',
  );
  assert.equal(more.known && more.exhausted.estimate, '2026-02');
  const unbounded = history([10, 11, 12, 13, 14, 15]);
  unbounded[2]!.upper = undefined;
  assert.deepEqual(forecast(unbounded, LIMIT, 'UTC'), {
    known: false,
    reason: 'nothing bounds the use in 2025-03 from above',
  });
});

const session = (person: string, from: string, until: string | undefined, id = `${person}${from}`) => [
  use('checkout', from, person, { session: id }),
  ...(until === undefined ? [] : [use('checkin', until, person, { session: id })]),
];

test('the cheapest cure takes what is free first: linger, then seats held for long, then it buys', () => {
  const records = [
    ...session('ann', '2025-03-01T10:00:00Z', '2025-05-20T12:00:00Z'),
    ...session('bob', '2025-05-12T09:00:00Z', '2025-05-12T09:50:00Z'),
    ...session('cid', '2025-05-12T10:00:00Z', '2025-05-12T11:00:00Z'),
    ...session('dee', '2025-05-12T10:05:00Z', '2025-05-12T11:00:00Z'),
    ...session('eve', '2025-05-12T10:10:00Z', '2025-05-12T11:00:00Z'),
  ];
  const { trueUp } = figuresOf(contract('linger: PT30M', 2), [...SPAN, ...records]);
  // Five at 10:10: ann since March, bob lingering, cid, dee, eve. Without linger four, without ann three.
  assert.deepEqual(trueUp.excess, { lower: 3, upper: 3 });
  assert.deepEqual(trueUp.periods, [{ period: '2025-05', limit: 2, lower: 3, upper: 3 }]);
  assert.deepEqual(trueUp.cures, [
    { what: 'shorten-linger', amount: 1, cost: null, arithmetic: 'without linger the excess is 1 smaller' },
    {
      what: 'reclaim',
      amount: 1,
      cost: null,
      arithmetic: '1 of the seats at the peak was held for more than 30 days',
    },
    {
      what: 'buy',
      amount: 1,
      cost: null,
      arithmetic: '5 seats in use in 2025-05 - 2 in force - 2 as above = 1; the contract states no price',
    },
  ]);
  assert.deepEqual(trueUp.instead, {
    what: 'buy',
    amount: 3,
    cost: null,
    arithmetic: '5 seats in use in 2025-05 - 2 in force = 3; the contract states no price',
  });
});

test('what is to be bought has its price: that of the overage, else that of the latest purchase', () => {
  const records = ['ann', 'bob', 'cid', 'dee'].flatMap((person, index) =>
    session(person, `2025-05-12T10:0${index}:00Z`, '2025-05-12T11:00:00Z'),
  );
  const costOf = (quantity: string, more = '') => {
    const yaml = contract(more, 2).replace(/quantity: .*/, `quantity: ${quantity}`);
    const [cure] = figuresOf(yaml, [...SPAN, ...records]).trueUp.cures;
    return [cure?.cost, cure?.arithmetic.split('; ')[1]];
  };
  const older = '{ from: 2025-01-01, set: 1, cost: { per: seat-month, rate: 10.00 EUR } }';
  const newer = '{ from: 2025-02-01, add: 1, by: PO-2, cost: { per: seat-month, rate: 12.345 EUR } }';
  // 2 × 12.345 = 24.69
  assert.deepEqual(costOf(`[${newer}, ${older}]`), [
    '24.69 EUR each month',
    '2 × 12.345 EUR (seat-month) = 24.69 EUR',
  ]);
  assert.deepEqual(costOf(`[${older}, ${newer}]`, 'overage: { allow: 0, rate: 99 JPY/seat }'), [
    '198 JPY once',
    '2 × 99 JPY (seat) = 198 JPY',
  ]);
});

test('people who stopped are reclaimed before others are bought; fractions of sums are rounded up', () => {
  const people = contract('', 1, 'count distinct person over month');
  const { trueUp } = figuresOf(people, [
    ...SPAN,
    ...session('ann', '2025-03-03T10:00:00Z', '2025-03-03T11:00:00Z'),
    ...session('bob', '2025-03-04T10:00:00Z', '2025-05-30T11:00:00Z'),
  ]);
  assert.deepEqual(
    trueUp.cures.map(({ what, amount, arithmetic }) => [what, amount, arithmetic]),
    [['reclaim', 1, '1 of 1 idle people give theirs back']],
  );
  const sums = contract('', 1, 'count sum(tokens) over month');
  const { trueUp: owed } = figuresOf(sums, [
    ...SPAN,
    use('use', '2025-03-03T10:00:00Z', 'ann', { tokens: 1.25 }),
    use('use', '2025-03-04T10:00:00Z', 'ann', { tokens: 1 }),
  ]);
  assert.deepEqual(owed.excess, { lower: 1.25, upper: 1.25 });
  assert.deepEqual(
    owed.cures.map(({ what, amount }) => [what, amount]),
    [['buy', 2]],
  );
});

test('an amendment that came later is the cure: only what it does not cover is bought', () => {
  const peak = [
    ...session('ann', '2025-03-03T10:00:00Z', '2025-03-03T11:00:00Z'),
    ...session('bob', '2025-03-03T10:00:00Z', '2025-03-03T11:00:00Z'),
    ...session('cid', '2025-03-03T10:00:00Z', '2025-03-03T11:00:00Z'),
  ];
  const amended = (quantity: number) =>
    contract('', 1).replace('}]', `}, {from: 2025-04-01, add: ${quantity - 1}, by: A-1}]`);
  const enough = figuresOf(amended(3), [...SPAN, ...peak]).trueUp;
  assert.deepEqual(enough.excess, { lower: 2, upper: 2 });
  assert.deepEqual(enough.covered, { from: '2025-04-01', amount: 3, by: 'A-1' });
  assert.deepEqual(enough.cures, []);
  const short = figuresOf(amended(2), [...SPAN, ...peak]).trueUp;
  assert.deepEqual(
    [short.covered, short.cures.map(({ what, amount }) => [what, amount])],
    [null, [['buy', 1]]],
  );
});

test('what is only possible is said so, and nothing is bought where nothing is over', () => {
  const open = [
    ...session('ann', '2025-03-03T10:00:00Z', undefined),
    ...session('bob', '2025-03-04T10:00:00Z', '2025-03-04T11:00:00Z'),
  ];
  const { trueUp } = figuresOf(contract('', 1), [...SPAN, ...open]);
  assert.deepEqual(trueUp.excess, { lower: 0, upper: 1 });
  assert.match(
    trueUp.cures[0]!.arithmetic,
    /^2 seats in use in 2025-03 if all that is possible was used - 1 in force = 1;/,
  );
  assert.deepEqual(figuresOf(contract('', 2), [...SPAN, ...open]).trueUp.cures, []);
});

test('months before the term are no history', () => {
  const months = Array.from({ length: 8 }, (_, month) => `2025-${String(month + 1).padStart(2, '0')}`);
  const records = [
    ...spanning('2025-01-01T00:00:00Z', '2025-08-31T23:59:59Z'),
    ...months.flatMap((month) => session('ann', `${month}-03T10:00:00Z`, `${month}-03T11:00:00Z`)),
  ];
  const forecastOf = (from: string) =>
    figuresOf(contract(`term: {from: ${from}, until: 2026-01-01}`), records).forecast;
  assert.equal(forecastOf('2025-01-01').known, true);
  const late = forecastOf('2025-04-01');
  assert.deepEqual(late, { known: false, reason: 'not enough history: 5 whole months, expected at least 6' });
});

test('a session that lasts for decades is walked day by day; with FULL=1 for two centuries', () => {
  const [years, end] = isFull ? [210, 2199] : [20, 2009];
  const { months, days, heat } = figuresOf(contract(), [
    ...spanning('1990-01-01T00:00:00Z', `${end}-12-31T23:59:59Z`),
    ...session('ann', '1990-01-01T00:00:00Z', `${end}-12-31T23:59:59Z`),
  ]);
  assert.deepEqual([months.length, days.length], [years * 12, years === 20 ? 7305 : 76_701]);
  assert.ok(heat!.mean.every((hours) => hours.every((mean) => mean === 1)));
});

test('where no quantity is known, or nothing was seen, nothing is said to be within it', () => {
  const late = contract('', 1).replace('2025-01-01', '2025-04-01');
  const early = session('ann', '2025-03-03T10:00:00Z', '2025-03-03T11:00:00Z');
  const { trueUp, forecast: ahead } = figuresOf(late, [...SPAN, ...early]);
  assert.deepEqual([trueUp.excess, ahead.known], [{ lower: 0, upper: null }, false]);
  assert.deepEqual(figuresOf(contract('', 1), SPAN).trueUp.excess, { lower: 0, upper: null });
});

test('teams of people and of sums are counted over the month', () => {
  const people = contract('', 5, 'count distinct person over month');
  const { months } = figuresOf(people, [
    ...SPAN,
    ...session('ann', '2025-03-03T10:00:00Z', '2025-03-03T11:00:00Z'),
    ...session('ann', '2025-03-05T10:00:00Z', '2025-03-05T11:00:00Z'),
    ...session('bob', '2025-03-04T10:00:00Z', '2025-03-04T11:00:00Z'),
  ]);
  assert.deepEqual(months[0]!.teams, {
    amount: 2,
    at: null,
    teams: [
      { team: 'cae', amount: 1 },
      { team: null, amount: 1 },
    ],
  });
});
