/** Sessions without an id: whichever check-outs their check-ins belong to, the use lies within the bounds, and so do verdicts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rounds } from '../support/rounds.ts';
import { type Plan, pairings, type Step } from './all-pairings.ts';
import { type Bounds, boundsFrom } from './bounds-at.ts';
import { atMinute, editorContract, MARCH, runContract, set, spanning, use } from './run-contract.ts';

const END = 14;

type Made = { steps: Step[]; starts: number[]; plan: Plan };

/** What ends sessions beside their check-ins. */
const ENDS: Omit<Plan, 'share' | 'linger'>[] = [
  {},
  { timeout: 5 },
  { borrow: 5 },
  { borrow: 6, timeout: 3 },
  { restarts: true },
  { borrow: 5, restarts: true },
];

/** `most`: the largest quantity. */
function stepsOf(plan: Plan, wholes: fc.Arbitrary<boolean>, most: number): fc.Arbitrary<Step[]> {
  const kinds: Step['kind'][] = ['out', 'out', 'in', 'in'];
  if (plan.borrow !== undefined) kinds.push('borrow', 'borrow');
  if (plan.restarts) kinds.push('restart');
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.integer({ min: 0, max: END - 1 }),
    holder: fc.constantFrom('ann', 'ann', 'ann', 'bob'),
    quantity: fc.integer({ min: 1, max: most }),
    whole: wholes,
  });
  return fc.array(step, { maxLength: 7 }).map((steps) =>
    steps
      .map((each) => (each.kind !== 'in' ? { ...each, whole: false } : each))
      .map((each) => (each.whole ? { ...each, quantity: 1 } : each))
      .sort((a, b) => a.at - b.at),
  );
}

function madeWith(share: Plan['share'], linger: number): fc.Arbitrary<Made> {
  const wholes = fc.constantFrom(fc.constant(false), fc.constant(true), fc.boolean());
  return fc
    .tuple(fc.constantFrom(...ENDS), wholes, fc.constantFrom(1, 3, 3))
    .chain(([ends, isWhole, most]) => {
      const plan = { share, linger, ...ends };
      const instants = Array.from({ length: END + 1 }, (_, at) => at);
      const starts = fc.constantFrom([0], [0, 4], [0, 3, 8], instants, instants);
      return fc.record({ steps: stepsOf(plan, isWhole, most), starts, plan: fc.constant(plan) });
    });
}

/** Of each stretch, over all pairings: the least and the most that its peak is, and the least of it that is proven. */
function reached({ steps, starts, plan }: Made): { least: number; most: number; sure: number }[] {
  const rows = starts.map(() => ({
    least: Number.POSITIVE_INFINITY,
    most: 0,
    sure: Number.POSITIVE_INFINITY,
  }));
  for (const { used, sure } of pairings(steps, plan, END)) {
    for (const [index, row] of rows.entries()) {
      const peak = (levels: number[]) => Math.max(...levels.slice(starts[index], starts[index + 1]));
      row.least = Math.min(row.least, peak(used));
      row.most = Math.max(row.most, peak(used));
      row.sure = Math.min(row.sure, peak(sure));
    }
  }
  return rows;
}

/** One seat each, each of a value or none; what a rule says of a field of records without a session. */
function madeOfValues(isOneHolder: boolean): fc.Arbitrary<Made> {
  const ends = fc.constantFrom<Omit<Plan, 'share' | 'linger'>>({}, { timeout: 3 }, { timeout: 5 });
  return ends.chain((each) => {
    const plan: Plan = { share: 'value', linger: 0, ...each };
    const values = fc.constantFrom('x', 'x', 'y', 'y', 'z', undefined);
    const steps = fc
      .tuple(stepsOf(plan, fc.constant(true), 1), fc.array(values, { minLength: 8, maxLength: 8 }))
      .map(([all, ofAll]) =>
        all.map((step, index) => ({
          ...step,
          ...(isOneHolder && { holder: 'ann' }),
          value: ofAll[index]!,
        })),
      );
    const starts = fc.constantFrom(
      [0],
      Array.from({ length: END + 1 }, (_, at) => at),
    );
    return fc.record({ steps, starts, plan: fc.constant(plan) });
  });
}

/**
 * Some check-ins name no feature: they end whatever their holder has. Of what was over by contract before them nothing is certain
 * to be theirs, so that the twin does not say it.
 */
function withAll(made: fc.Arbitrary<Made>): fc.Arbitrary<Made> {
  const alls = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
  return fc.tuple(made, alls).map(([{ steps, starts, plan }, isAll]) => {
    const { timeout: _, borrow: __, ...others } = plan;
    const told = steps.map((step, index): Step => {
      if (step.kind === 'borrow') return { ...step, kind: 'out' };
      return step.kind === 'in' && isAll[index] ? { ...step, whole: true, quantity: 1, all: true } : step;
    });
    return { steps: told, starts, plan: others };
  });
}

/** Whether a session without a check-in is in use: with a time limit it is, and where restarts end sessions it is a doubt. */
function modesOf({ timeout, restarts }: Plan): boolean[] {
  return timeout !== undefined ? [true] : restarts ? [false] : [true, false];
}

const WAYS: [words: string, made: fc.Arbitrary<Made>][] = [
  ...(['none', 'holder', 'all'] as const).flatMap((share) =>
    [0, 2, 20].map((linger): [string, fc.Arbitrary<Made>] => [
      `share ${share}, linger ${linger}`,
      madeWith(share, linger),
    ]),
  ),
  ['several shares of a holder', madeOfValues(true)],
  ['shares of several holders', madeOfValues(false)],
  ['check-ins that name no feature', withAll(madeWith('none', 0))],
  ['check-ins that name no feature, seats linger', withAll(madeWith('none', 3))],
  ['check-ins that name no feature, shared seats linger', withAll(madeWith('holder', 3))],
];

for (const [words, made] of WAYS) {
  test(`every pairing lies within the bounds (${words})`, () => {
    fc.assert(
      fc.property(made, ({ steps, starts, plan }) => {
        const rows = reached({ steps, starts, plan });
        for (const isInUse of modesOf(plan)) {
          const bounds = boundsFrom(steps, plan, starts, END, isInUse);
          for (const [index, { lower, upper }] of bounds.entries()) {
            const { least, most, sure } = rows[index]!;
            const proven = isInUse ? least : sure;
            assert.ok(lower <= proven, `from ${starts[index]}: lower ${lower} <= ${proven}`);
            assert.ok(most <= upper, `from ${starts[index]}: ${most} <= upper ${upper}`);
          }
        }
      }),
      { numRuns: rounds(400, 25_000) },
    );
  });
}

test('of another share than what is open now, what timed out may go on: a check-in leaves both in use', () => {
  const plan: Plan = { share: 'value', linger: 0, timeout: 5 };
  const step = (kind: Step['kind'], at: number, value: string): Step => ({
    kind,
    at,
    holder: 'ann',
    quantity: 1,
    whole: kind === 'in',
    value,
  });
  const steps = [
    step('out', 0, 'x'),
    step('out', 1, 'z'),
    step('in', 2, 'x'),
    step('out', 5, 'y'),
    step('out', 5, 'y'),
    step('in', 5, 'x'),
  ];
  const starts = [0, 5, 6];
  const { most } = reached({ steps, starts, plan })[1]!;
  assert.equal(most, 2);
  assert.ok(most <= boundsFrom(steps, plan, starts, END, true)[1]!.upper);
});

/** Check-ins that some check-out stands before: others may be as old as the log. */
function withoutOrphans(steps: readonly Step[]): Step[] {
  const out = new Map<string, number>();
  return steps.filter(({ kind, holder, quantity }) => {
    const held = out.get(holder) ?? 0;
    if (kind === 'in' && quantity > held) return false;
    out.set(holder, kind === 'in' ? held - quantity : held + quantity);
    return true;
  });
}

const EXACT: [words: string, plan: Plan, most: number][] = [
  ['quantities are stated and no seat is shared or lingers', { share: 'none', linger: 0 }, 3],
  ['all quantities are equal', { share: 'none', linger: 0 }, 1],
  ['all quantities are equal, and seats linger', { share: 'none', linger: 4 }, 1],
  ['all quantities are equal, seats linger and are shared', { share: 'holder', linger: 4 }, 1],
];

for (const [words, plan, most] of EXACT) {
  test(`bounds are what the pairings reach, and no more, where ${words}`, () => {
    const starts = Array.from({ length: END + 1 }, (_, at) => at);
    fc.assert(
      fc.property(stepsOf(plan, fc.constant(false), most), (all) => {
        const steps = withoutOrphans(all);
        const rows = reached({ steps, starts, plan });
        const expected = rows.map(({ least, most }) => ({ lower: least, upper: most }));
        assert.deepEqual(boundsFrom(steps, plan, starts, END, true), expected);
      }),
      { numRuns: rounds(200, 10_000) },
    );
  });
}

test('most of what the pairings decide is decided', () => {
  let [decided, open] = [0, 0];
  fc.assert(
    fc.property(madeWith('none', 2), madeWith('holder', 0), (first, second) => {
      for (const made of [first, second]) {
        const steps = withoutOrphans(made.steps);
        const rows = reached({ ...made, steps });
        for (const [index, { lower, upper }] of boundsFrom(
          steps,
          made.plan,
          made.starts,
          END,
          true,
        ).entries()) {
          if (rows[index]!.least < rows[index]!.most) continue;
          if (lower === upper) decided++;
          else open++;
        }
      }
    }),
    { numRuns: rounds(200, 5_000) },
  );
  assert.ok(decided > 3 * open, `${decided} decided, ${open} open`);
});

test('a check-out takes up one of several seats that linger, and nobody knows which', () => {
  // Two were given back of two, or one of each session; the check-out of one may be a fourth seat.
  const steps: Step[] = [
    { kind: 'out', at: 1, holder: 'ann', quantity: 2 },
    { kind: 'out', at: 2, holder: 'ann', quantity: 1 },
    { kind: 'in', at: 3, holder: 'ann', quantity: 2 },
    { kind: 'out', at: 4, holder: 'ann', quantity: 1 },
  ];
  const plan: Plan = { share: 'none', linger: 5 };
  assert.deepEqual(boundsFrom(steps, plan, [0, 4, 8], END, true), [
    { lower: 3, upper: 3 },
    { lower: 3, upper: 4 },
    { lower: 2, upper: 2 },
  ]);
});

test('a check-in of all ends what may be open, though as the sessionizer pairs them nothing is', () => {
  const plan: Plan = { share: 'none', linger: 3 };
  const step = (kind: Step['kind'], at: number, quantity: number, more: Partial<Step> = {}): Step => {
    return { kind, at, holder: 'ann', quantity, ...more };
  };
  const steps = [
    step('out', 0, 3),
    step('out', 1, 1),
    step('in', 2, 2),
    step('in', 2, 1, { whole: true }),
    step('in', 3, 1, { whole: true, all: true }),
    step('in', 3, 1),
  ];
  const starts = [0, 5];
  assert.equal(reached({ steps, starts, plan })[1]!.most, 2);
  assert.deepEqual(boundsFrom(steps, plan, starts, END, true)[1], { lower: 1, upper: 2 });
});

test('what check-ins of whole sessions left in doubt is over with the last of them', () => {
  const plan: Plan = { share: 'all', linger: 0, borrow: 6, timeout: 3 };
  const step = (kind: Step['kind'], at: number, quantity: number, whole = false): Step => {
    return { kind, at, holder: 'ann', quantity, whole };
  };
  const steps = [
    step('out', 0, 2),
    step('out', 0, 1),
    step('in', 1, 1, true),
    step('in', 1, 1, true),
    step('out', 11, 1),
    step('out', 13, 2),
    step('in', 13, 1),
  ];
  const starts = [0, 13];
  assert.deepEqual(reached({ steps, starts, plan })[1], { least: 2, most: 2, sure: 2 });
  assert.deepEqual(boundsFrom(steps, plan, starts, END, true)[1], { lower: 2, upper: 2 });
});

const contract = (quantity: number, more = 'share: [person, host]', measure?: string) =>
  editorContract({ quantity: set(quantity), more, ...(measure !== undefined && { measure }) });

/** `ann 3` takes three seats, `ann -3` gives them back; one line a minute. */
function log(...lines: readonly string[]): object[] {
  const records = lines.map((line, minute) => {
    const [name, seats] = line.split(' ') as [string, string];
    const action = seats.startsWith('-') ? 'checkin' : 'checkout';
    return use(action, atMinute(minute), name, { host: `${name}-pc`, quantity: Math.abs(Number(seats)) });
  });
  return [...MARCH, ...records];
}

const CASES: { records: string[]; used: [least: number, most: number] }[] = [
  { records: ['ann 1', 'ann 3', 'ann -1', 'bob 1', 'bob -1', 'ann -3'], used: [4, 4] },
  { records: ['ann 5', 'ann 1', 'ann 1', 'ann -5', 'bob 5', 'bob -5', 'ann -1', 'ann -1'], used: [6, 6] },
  { records: ['ann 3', 'ann 2', 'ann -1', 'bob 3', 'bob -3', 'ann -2', 'ann -2'], used: [3, 6] },
  // Four of them are gone: what is left of them is one seat at most.
  { records: ['ann 3', 'ann 2', 'ann -4', 'bob 3', 'bob -3', 'ann -1'], used: [3, 4] },
  // All at once is no question.
  { records: ['ann 3', 'ann 2', 'ann -5', 'bob 4', 'bob -4'], used: [4, 4] },
];

for (const { records, used } of CASES) {
  const [least, most] = used;
  test(`${records.join(', ')}: between ${least} and ${most} seats, and no verdict in between`, () => {
    for (let quantity = least - 2; quantity <= most + 1; quantity++) {
      const [{ verdict, usage, message } = assert.fail()] = runContract(contract(quantity), log(...records));
      const expected = quantity < least ? 'violation' : quantity < most ? 'undetermined' : 'satisfied';
      assert.equal(verdict, expected, `${quantity}: ${message}`);
      if (verdict === 'undetermined') assert.match(usage!.reason!, /1 check-in fits none of several open/);
    }
  });
}

test('the doubt names the check-in, and is over when nothing is open any more', () => {
  const records = log('ann 3', 'ann 2', 'ann -1', 'bob 3', 'bob -3', 'ann -4');
  const [month] = runContract(contract(5), records);
  assert.equal(month!.verdict, 'undetermined');
  const line = records.length - 3;
  assert.ok(
    [month!.place, ...month!.related].some((place) => place.line === line),
    month!.message,
  );
  const later = ['ann', 'carl'].flatMap((name) => [
    use('checkout', '2025-04-03T10:00:00Z', name, { host: 'h', quantity: 2 }),
    use('checkin', '2025-04-03T11:00:00Z', name, { host: 'h', quantity: 2 }),
  ]);
  const april = spanning('2025-04-01T00:00:00Z', '2025-04-30T23:59:59Z');
  const months = runContract(contract(5), [...records, ...later, ...april]);
  assert.deepEqual(
    months.filter(({ usage }) => usage !== undefined).map(({ verdict }) => verdict),
    ['undetermined', 'satisfied'],
  );
});

test('the counter of a server agrees, whether it counts sessions or shares', () => {
  const records = log('ann 3', 'ann 2', 'ann -1', 'bob 3', 'bob -3', 'ann -4') as { in_use?: number }[];
  const counted = (counts: readonly number[]) =>
    records.map((record, index) => (index < 2 ? record : { ...record, in_use: counts[index - 2] }));
  for (const counts of [
    [3, 5, 4, 7, 4, 0],
    [3, 3, 2, 5, 2, 0],
    [3, 3, 3, 6, 3, 0],
  ]) {
    const [month] = runContract(contract(9), counted(counts));
    assert.equal(month!.usage!.selfCheck!.disagree, 0, counts.join());
    assert.equal(month!.verdict, 'satisfied');
  }
});

test('count seats each hour: the doubt is in its bounds too', () => {
  const records = log('ann 3', 'ann 2', 'ann -1', 'bob 3', 'bob -3', 'ann -4');
  const judge = (quantity: number) =>
    runContract(contract(quantity, undefined, 'count seats each hour take max over month'), records)[0]!
      .verdict;
  assert.deepEqual([2, 3, 5, 6].map(judge), ['violation', 'undetermined', 'undetermined', 'satisfied']);
});

test('a mean over time lies between those of the pairings', () => {
  const records = log('ann 3', 'ann 2', 'ann -1', 'bob 3', 'bob -3', 'ann -4');
  const minutesOfMarch = 31 * 24 * 60;
  const judge = (seatMinutes: number) =>
    runContract(
      contract(seatMinutes / minutesOfMarch, undefined, 'count seats each instant take mean over month'),
      records,
    )[0]!.verdict;
  // Bob's three for a minute are certain; of ann's three or two are taken for five minutes, or one of them was lost.
  assert.deepEqual([2.9, 3.1, 17.9, 18.1].map(judge), [
    'violation',
    'undetermined',
    'undetermined',
    'satisfied',
  ]);
});

test('a check-in that states no quantity may have ended any of unequal sessions', () => {
  const [out, back] = ['checkout', 'checkin'];
  const records = [
    use(out, atMinute(0), 'ann', { host: 'a', quantity: 1 }),
    use(out, atMinute(1), 'ann', { host: 'a', quantity: 3 }),
    use(back, atMinute(2), 'ann', { host: 'a' }),
    use(out, atMinute(3), 'bob', { host: 'b', quantity: 4 }),
    use(back, atMinute(4), 'bob', { host: 'b' }),
    use(back, atMinute(5), 'ann', { host: 'a' }),
  ];
  for (const more of ['', 'share: [person, host]']) {
    const judge = (quantity: number) => runContract(contract(quantity, more), [...MARCH, ...records])[0]!;
    const verdicts = [3, 4, 6, 7].map((quantity) => judge(quantity).verdict);
    assert.deepEqual(verdicts, ['violation', 'undetermined', 'undetermined', 'satisfied']);
  }
});

test('what a use takes beside a shared session lingers alone, and its doubt ends with it', () => {
  const log = [
    use('checkout', atMinute(0), 'ann', { host: 'a', quantity: 1 }),
    use('use', atMinute(1), 'ann', { host: 'a', quantity: 3 }),
    use('use', atMinute(2), 'ann', { host: 'a', quantity: 4 }),
    use('checkout', atMinute(3), 'ann', { host: 'a', quantity: 1 }),
    use('checkin', atMinute(4), 'ann', { host: 'a', quantity: 1 }),
    use('checkin', atMinute(5), 'ann', { host: 'a', quantity: 1 }),
    // Bob's five are all that is in use, and cid may still hold five.
    use('checkout', atMinute(30), 'cid', { host: 'c', quantity: 5 }),
    use('checkout', atMinute(40), 'bob', { host: 'b', quantity: 5 }),
    use('checkin', atMinute(50), 'bob', { host: 'b', quantity: 5 }),
  ];
  const judge = (quantity: number) =>
    runContract(contract(quantity, 'share: [person, host]\n    linger: PT10M'), [...MARCH, ...log])[0]!;
  assert.deepEqual(
    [8, 9, 10].map((quantity) => judge(quantity).verdict),
    ['undetermined', 'undetermined', 'satisfied'],
  );
});

test('seats were in use when they were checked out, though nobody knows which check-in ended them', () => {
  const log = [
    use('checkout', atMinute(0), 'ann', { host: 'a', quantity: 30 }),
    use('checkout', atMinute(1), 'ann', { host: 'a', quantity: 1 }),
    use('checkin', atMinute(3), 'ann', { host: 'a' }),
    use('checkin', atMinute(5), 'ann', { host: 'a' }),
  ];
  for (const more of ['', 'share: [person, host]']) {
    const [month] = runContract(contract(20, more), [...MARCH, ...log]);
    assert.equal(month!.verdict, 'violation', month!.message);
    assert.ok(month!.place.line > MARCH.length - 1, JSON.stringify(month!.place));
  }
});

test('a restart ends whatever was open, and with it the doubt which of them was', () => {
  const march = [
    use('checkout', atMinute(0), 'ann', { host: 'a', quantity: 3 }),
    use('checkout', atMinute(1), 'ann', { host: 'a', quantity: 1 }),
    use('checkin', atMinute(2), 'ann', { host: 'a', quantity: 1 }),
    use('checkin', atMinute(3), 'ann', { host: 'a' }),
    { time: atMinute(4), id: 'r1', actor: 'ops', action: 'server.start', outcome: 'success' },
  ];
  const april = [
    use('checkout', '2025-04-03T10:00:00Z', 'bob', { host: 'b', quantity: 5 }),
    use('checkin', '2025-04-03T11:00:00Z', 'bob', { host: 'b', quantity: 5 }),
    ...spanning('2025-04-01T00:00:00Z', '2025-04-30T23:59:59Z'),
  ];
  for (const share of ['', 'share: [person, host]\n    ']) {
    const months = runContract(contract(5, `${share}missingCheckin: close-at-restart`), [
      ...MARCH,
      ...march,
      ...april,
    ]);
    const verdicts = months.filter(({ usage }) => usage !== undefined).map(({ verdict }) => verdict);
    assert.deepEqual(verdicts, ['satisfied', 'satisfied'], share);
  }
});

test('a check-in that names no feature ends the doubt which sessions were open', () => {
  const out = (at: number, quantity: number): Step => ({ kind: 'out', at, holder: 'ann', quantity });
  const back: Step = { kind: 'in', at: 4, holder: 'ann', quantity: 1, whole: true };
  const steps = [out(1, 1), out(2, 3), out(3, 2), back, { ...back, at: 5, all: true }];
  for (const share of ['none', 'holder'] as const)
    assert.deepEqual(boundsFrom(steps, { share, linger: 0 }, [0, 5], END, true).at(-1), {
      lower: 0,
      upper: 0,
    });
});

test('a check-in that comes late is of the session that was over, or of one as old as the log, not of both', () => {
  const steps: Step[] = [
    { kind: 'out', at: 1, holder: 'ann', quantity: 1 },
    { kind: 'out', at: 3, holder: 'ann', quantity: 1 },
    { kind: 'in', at: 9, holder: 'ann', quantity: 1, whole: true },
  ];
  const plan: Plan = { share: 'none', linger: 0, timeout: 3 };
  assert.deepEqual(boundsFrom(steps, plan, [0, 6], END, true), [
    { lower: 2, upper: 3 },
    { lower: 0, upper: 1 },
  ]);
});

/** `ann/x`: a seat of ann's of the value x. */
function ofValue(kind: 'out' | 'in', at: number, who: string): Step {
  const [holder = '', value] = who.split('/');
  return { kind, at, holder, quantity: 1, whole: kind === 'in', ...(value !== undefined && { value }) };
}

const ACROSS: { words: string; steps: Step[]; isInUse: boolean; at: number; bounds: Bounds }[] = [
  {
    words: 'a value that one holder may still have is taken by another',
    steps: [
      ofValue('out', 0, 'ann/x'),
      ofValue('out', 1, 'ann/y'),
      ofValue('in', 2, 'ann'),
      ofValue('out', 3, 'bob/x'),
    ],
    isInUse: true,
    at: 3,
    bounds: { lower: 1, upper: 2 },
  },
  {
    words: 'one of two values is given back that another holder has',
    steps: [
      ofValue('out', 0, 'bob/y'),
      ofValue('out', 1, 'ann/y'),
      ofValue('out', 1, 'ann/x'),
      ofValue('in', 2, 'ann'),
    ],
    isInUse: true,
    at: 3,
    bounds: { lower: 1, upper: 2 },
  },
  {
    // Of bob's y nothing but its check-out is certain, though it is held alone from 10 on.
    words: 'a value that is held alone from now on was not checked out now',
    steps: [
      ofValue('out', 1, 'bob/y'),
      ofValue('out', 6, 'ann'),
      ofValue('out', 7, 'ann/y'),
      ofValue('out', 10, 'bob'),
      ofValue('in', 10, 'ann'),
    ],
    isInUse: false,
    at: 10,
    bounds: { lower: 1, upper: 3 },
  },
];

for (const { words, steps, isInUse, at, bounds } of ACROSS) {
  test(`values of several holders: ${words}`, () => {
    const plan: Plan = { share: 'value', linger: 0 };
    const starts = [0, at, at + 1];
    const { least, most, sure } = reached({ steps, starts, plan })[1]!;
    assert.deepEqual({ lower: isInUse ? least : sure, upper: most }, bounds);
    assert.deepEqual(boundsFrom(steps, plan, starts, END, isInUse)[1], bounds);
  });
}

function out(at: number, quantity: number): Step {
  return { kind: 'out', at, holder: 'ann', quantity };
}

function back(at: number, quantity: number): Step {
  return { kind: 'in', at, holder: 'ann', quantity };
}

const USES: { words: string; plan: Plan; steps: Step[]; at: number; isInUse: boolean; bounds: Bounds }[] = [
  {
    // The check-in may be of the borrowed seat that was over: then the use is of the other one, and lingers no longer.
    words: 'what a use takes lingers, unless it is of a session that may be open',
    plan: { share: 'none', linger: 3, borrow: 5 },
    steps: [
      { ...out(0, 1), kind: 'borrow' },
      out(1, 1),
      { ...back(5, 1), whole: true },
      { ...out(9, 1), kind: 'use' },
    ],
    at: 10,
    isInUse: false,
    bounds: { lower: 0, upper: 2 },
  },
  {
    // The check-in may be of the two: then the use takes one beside the other session, and that one lingers alone.
    words: 'a use may take more where the session may be over that it is taken to be of',
    plan: { share: 'none', linger: 3 },
    steps: [
      out(2, 2),
      out(4, 1),
      { ...back(12, 1), whole: true },
      { ...out(12, 2), kind: 'use' },
      back(13, 2),
    ],
    at: 13,
    isInUse: true,
    bounds: { lower: 0, upper: 6 },
  },
];

for (const { words, plan, steps, at, isInUse, bounds } of USES) {
  test(words, () => {
    const starts = [0, at, at + 1];
    const { least, most, sure } = reached({ steps, starts, plan })[1]!;
    const { lower, upper } = boundsFrom(steps, plan, starts, END, isInUse)[1]!;
    assert.deepEqual({ lower, upper }, bounds);
    assert.ok(lower <= (isInUse ? least : sure) && most <= upper, `${least}, ${sure}, ${most}`);
  });
}
