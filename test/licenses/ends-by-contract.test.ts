/**
 * Sessions without an id that end by contract (a time without a check-in, a borrowed seat): whichever of them a check-in ended,
 * the others go on until their own time, and the use lies within the bounds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ONE } from '../../src/licenses/contract/amount.ts';
import { PeakTracker } from '../../src/licenses/measures/peak.ts';
import type { SessionEvent } from '../../src/licenses/use/session.ts';
import type { SessionOptions } from '../../src/licenses/use/session-options.ts';
import { Sessions } from '../../src/licenses/use/sessions.ts';
import { rounds } from '../support/rounds.ts';
import { editorContract, MARCH, runContract, set, use } from './run-contract.ts';

type Step = { kind: 'out' | 'borrow' | 'in'; at: number; holder: string; quantity: number };
type Plan = { timeout?: number; borrow?: number; share: boolean };

const END = 16;
/** A session that nothing ends but its check-in. */
const NEVER = 1_000;

function toEvent({ kind, at, holder, quantity }: Step, { share }: Plan): SessionEvent {
  return {
    at: BigInt(at),
    key: holder,
    named: false,
    feature: 'f',
    holder,
    share: share ? holder : undefined,
    quantity: BigInt(quantity) * ONE,
    stated: true,
    unreadable: false,
    borrowed: kind === 'borrow',
    place: { file: 'log', line: at + 1, offset: at, length: 1 },
    origin: { identity: `${holder}${at}` },
  };
}

function toOptions({ timeout, borrow }: Plan): SessionOptions {
  return {
    linger: 0n,
    ...(timeout !== undefined && { timeout: BigInt(timeout) }),
    ...(borrow !== undefined && { borrow: BigInt(borrow) }),
  };
}

/** One segment an instant: bounds of each. */
function boundsOf(steps: readonly Step[], plan: Plan): { lower: bigint; upper: bigint }[] {
  const tracker = new PeakTracker(
    Array.from({ length: END }, (_, at) => ({ from: BigInt(at), proofAbove: undefined })),
  );
  const sessions = new Sessions(toOptions(plan), tracker);
  for (const step of steps) sessions[step.kind === 'in' ? 'checkIn' : 'checkOut'](toEvent(step, plan));
  sessions.advance(BigInt(END));
  return tracker
    .finish(BigInt(END), plan.timeout !== undefined, 0n)
    .map(({ lower, upper }) => ({ lower: lower.amount, upper: upper.amount }));
}

/** `until`: when a check-in ended it, which may come after the time of a session that is no borrowed one. */
type Held = { holder: string; held: number; from: number; ends: number; isBorrowed: boolean; until?: number };

function endOf({ kind, at }: Step, { timeout, borrow }: Plan): number {
  if (kind === 'borrow' && borrow !== undefined) return at + borrow;
  return timeout === undefined ? NEVER : at + timeout;
}

function levelAt(sessions: readonly Held[], at: number, { share }: Plan): number {
  const levels = new Map<string, number>();
  for (const [index, { holder, held, from, ends, until = ends }] of sessions.entries()) {
    if (at < from || until <= at) continue;
    const key = share ? holder : String(index);
    levels.set(key, Math.max(levels.get(key) ?? 0, held));
  }
  return [...levels.values()].reduce((sum, level) => sum + level, 0);
}

/** The seats in use at each instant, for each session that a check-in of its quantity may be of: one that goes on, or did until then. */
function* pairings(steps: readonly Step[], plan: Plan): Generator<number[]> {
  yield* pairFrom(0, []);

  function* pairFrom(index: number, sessions: readonly Held[]): Generator<number[]> {
    const step = steps[index];
    if (step === undefined) {
      yield Array.from({ length: END }, (_, at) => levelAt(sessions, at, plan));
      return;
    }
    const { kind, at, holder, quantity } = step;
    if (kind !== 'in') {
      const ends = endOf(step, plan);
      const isBorrowed = kind === 'borrow' && plan.borrow !== undefined;
      yield* pairFrom(index + 1, [...sessions, { holder, held: quantity, from: at, ends, isBorrowed }]);
      return;
    }
    // What becomes of later ones, if an earlier one was of a session in time, is not bounded: it would add up from day to day.
    const isFirstIn = !steps.slice(0, index).some((each) => each.kind === 'in' && each.holder === holder);
    const own = sessions.filter(
      (each) =>
        each.holder === holder &&
        each.held === quantity &&
        each.until === undefined &&
        (each.ends > at || (!each.isBorrowed && isFirstIn)),
    );
    if (own.length === 0) yield* pairFrom(index + 1, sessions);
    for (const ended of own)
      yield* pairFrom(
        index + 1,
        sessions.map((each) => (each === ended ? { ...each, until: at } : each)),
      );
  }
}

/** Check-ins that some open session fits in any pairing: what becomes of others is another question. */
function withoutMisfits(steps: readonly Step[], plan: Plan): Step[] {
  const kept: Step[] = [];
  for (const step of steps) {
    const isFit = (way: readonly Step[]) => {
      const own = way.filter(({ holder, quantity }) => holder === step.holder && quantity === step.quantity);
      const ins = own.filter(({ kind }) => kind === 'in').length;
      const outs = own.filter((each) => each.kind !== 'in' && endOf(each, plan) > step.at).length;
      return outs > ins;
    };
    if (step.kind !== 'in' || isFit(kept)) kept.push(step);
  }
  return kept;
}

const stepsArbitrary = fc
  .array(
    fc.record({
      kind: fc.constantFrom<Step['kind']>('out', 'borrow', 'in', 'in'),
      at: fc.integer({ min: 0, max: END - 1 }),
      holder: fc.constantFrom('ann', 'ann', 'bob'),
      quantity: fc.constantFrom(1, 1, 2),
    }),
    { maxLength: 9 },
  )
  .map((steps) =>
    steps.sort((a, b) => a.at - b.at || (a.kind === 'in' ? -1 : 1) - (b.kind === 'in' ? -1 : 1)),
  );

const PLANS: Record<string, Plan> = {
  'a time without a check-in': { timeout: 5, share: false },
  'borrowed seats': { borrow: 5, share: false },
  'borrowed seats beside a shorter time': { timeout: 3, borrow: 6, share: false },
  'borrowed seats beside a longer time': { timeout: 6, borrow: 3, share: false },
  'a time without a check-in, shared': { timeout: 5, share: true },
  'borrowed seats, shared': { borrow: 5, share: true },
};

for (const [name, plan] of Object.entries(PLANS)) {
  test(`every pairing lies within the bounds at every instant (${name})`, () => {
    let decided = 0;
    let open = 0;
    fc.assert(
      fc.property(stepsArbitrary, (all) => {
        const steps = withoutMisfits(all, plan);
        const bounds = boundsOf(steps, plan);
        for (const levels of pairings(steps, plan)) {
          for (const [at, level] of levels.entries()) {
            const { lower, upper } = bounds[at]!;
            const real = BigInt(level) * ONE;
            assert.ok(
              lower <= real && real <= upper,
              `at ${at}: ${lower / ONE} <= ${level} <= ${upper / ONE}`,
            );
          }
        }
        for (const { lower, upper } of bounds) {
          if (lower === upper) decided++;
          else open++;
        }
      }),
      { numRuns: rounds(400, 6_000) },
    );
    assert.ok(decided > open, `${decided} decided, ${open} open`);
  });
}

const march = (action: string, day: string, who: string, quantity = 1) =>
  use(action, `2025-03-${day}T08:00:00Z`, who, { host: `${who}-pc`, quantity });

// ann's first session ended on the 6th, or her second: the other one goes on to the 13th, or to the 15th. On the 14th bob has two.
const LATE = [
  ...MARCH,
  march('checkout', '03', 'ann'),
  march('checkout', '05', 'ann'),
  march('checkin', '06', 'ann'),
  march('checkout', '14', 'bob', 2),
  march('checkin', '16', 'bob', 2),
];

const judgements = (quantity: number, measure: string, more = 'missingCheckin: P10D') =>
  runContract(editorContract({ measure, quantity: set(quantity), more }), LATE);

test('a check-in that may have ended the session that would be over leaves a later one open', () => {
  const verdicts = (quantities: number[], measure: string) =>
    quantities.map((quantity) => judgements(quantity, measure)[0]!.verdict);
  const three = ['violation', 'undetermined', 'satisfied'];
  assert.deepEqual(verdicts([1, 2, 3], 'count seats each instant take max over month'), three);
  assert.deepEqual(verdicts([1, 2, 3], 'count seats each hour take max over month'), three);
  assert.deepEqual(verdicts([0, 1, 2], 'count distinct person each hour take max over month'), three);
  assert.match(
    judgements(2, 'count seats over month')[0]!.message,
    /between 2 and 3 seats.*1 session ended by contract although a check-in may have been its own/,
  );
});

test('it may outlive the license, and be in use of a period that it is over in', () => {
  const yaml = editorContract({ quantity: set(9), more: 'missingCheckin: P10D\n    expires: 2025-03-14' });
  assert.deepEqual(
    runContract(yaml, LATE.slice(0, -2))
      .filter(({ code }) => code === 'use-after-expiry')
      .map(({ verdict }) => verdict),
    ['undetermined'],
  );
  // From the 14th: bob, and perhaps ann.
  const anchored = (quantity: number) =>
    judgements(quantity, 'count distinct person over month anchored 14').map(({ verdict }) => verdict)[1];
  assert.deepEqual([0, 1, 2].map(anchored), ['violation', 'undetermined', 'undetermined']);
});

test('a check-in that comes when a borrowed seat is over may be its own, and leaves another session as it is', () => {
  const yaml = (quantity: number) => editorContract({ quantity: set(quantity), more: 'borrow: PT1H' });
  const at = (action: string, minute: string, who: string, quantity: number) =>
    use(action, `2025-03-03T${minute}:00Z`, who, { host: `${who}-pc`, quantity });
  // ann's borrowed seat is over at 9:00, and its check-in comes just then: the two that she has besides stay, or one of them does.
  const records = [
    ...MARCH,
    at('borrow', '08:00', 'ann', 1),
    at('checkout', '08:30', 'ann', 2),
    at('checkin', '09:00', 'ann', 1),
    at('checkout', '09:30', 'bob', 4),
    at('checkin', '10:00', 'bob', 4),
    at('checkin', '10:30', 'ann', 2),
  ];
  assert.deepEqual(
    [3, 4, 5, 6].map((quantity) => runContract(yaml(quantity), records)[0]!.verdict),
    ['violation', 'undetermined', 'undetermined', 'satisfied'],
  );
});

test('a check-in that may be of a session that was over by contract leaves it in use until then', () => {
  // ann's first session is over at 13:00, unless the check-in at 16:00 is its own; then three are in use while bob has one.
  const at = (action: string, hour: string, who: string) =>
    use(action, `2025-03-03T${hour}:00:00Z`, who, { host: `${who}-pc` });
  const records = [
    ...MARCH,
    at('checkout', '01', 'ann'),
    at('checkout', '12', 'ann'),
    at('checkout', '14', 'bob'),
    at('checkin', '15', 'bob'),
    at('checkin', '16', 'ann'),
  ];
  const verdicts = (measure: string, quantities: number[], of: readonly object[] = records) =>
    quantities.map((quantity) => {
      const yaml = editorContract({ measure, quantity: set(quantity), more: 'missingCheckin: PT12H' });
      return runContract(yaml, of)[0]!.verdict;
    });
  const three = ['violation', 'undetermined', 'satisfied'];
  assert.deepEqual(verdicts('count seats over month', [1, 2, 3]), three);
  assert.deepEqual(verdicts('count seats each hour take max over month', [1, 2, 3]), three);
  // Hours of seats: 12 and 4 of ann's, 1 of bob's; with 3 more of the first session, and 8 of the second, in 744 hours.
  const mean = (hours: number) => (hours / 744 + 1e-6).toFixed(6);
  assert.deepEqual(
    verdicts('count seats take mean over month', [mean(16.9), mean(17), mean(19.9), mean(28)].map(Number)),
    ['violation', 'undetermined', 'undetermined', 'satisfied'],
  );
  // What no check-in may be of is over when the contract says so, however long nobody came back.
  assert.deepEqual(verdicts('count seats over month', [1, 2], records.slice(0, -1)), [
    'violation',
    'satisfied',
  ]);
});
