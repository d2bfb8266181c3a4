/** Sessions and peaks against a twin that counts every instant by looking at every session. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ONE } from '../../src/licenses/contract/amount.ts';
import { PeakTracker, type SegmentPeak } from '../../src/licenses/measures/peak.ts';
import type { SessionEvent } from '../../src/licenses/use/session.ts';
import { Sessions } from '../../src/licenses/use/sessions.ts';
import { rounds } from '../support/rounds.ts';

type Step = {
  kind: 'open' | 'close' | 'use';
  at: number;
  key: string;
  quantity: number;
  unreadable?: boolean;
};
type Options = {
  linger: number;
  timeout?: number;
  missingIsInUse?: boolean;
  share?: boolean;
  named?: boolean;
};

const END = 40;

function event(step: Step, options: Options): SessionEvent {
  const { at, key, quantity, unreadable = false } = step;
  const share = options.share ? 'one share' : undefined;
  const place = { file: 'log', line: at + 1, offset: at, length: 1 };
  return {
    at: BigInt(at),
    key,
    named: options.named ?? false,
    feature: 'f',
    holder: key,
    share,
    quantity: (BigInt(quantity * 2) * ONE) / 2n,
    stated: true,
    unreadable,
    place,
    origin: { identity: `${key}${at}` },
  };
}

function run(steps: readonly Step[], starts: readonly number[], options: Options): SegmentPeak[] {
  const tracker = new PeakTracker(starts.map((from) => ({ from: BigInt(from), proofAbove: 0n })));
  const timeout = options.timeout === undefined ? {} : { timeout: BigInt(options.timeout) };
  const sessions = new Sessions({ linger: BigInt(options.linger), ...timeout }, tracker);
  for (const step of steps) {
    if (step.kind === 'open') sessions.checkOut(event(step, options));
    else if (step.kind === 'close') sessions.checkIn(event(step, options));
    else sessions.use(event(step, options));
  }
  sessions.advance(BigInt(END));
  return tracker.finish(BigInt(END), options.missingIsInUse ?? options.timeout !== undefined, 0n);
}

/** A session of the twin: certain from `from` until `until`, possible from `earliest` until `latest`; all half-open. */
type Known = { from: number; until: number; earliest: number; latest: number; quantity: number; key: string };

/** Pairs a key's events last in, first out, and gives lost ends the whole log. No linger revival, no repeats. */
function known(steps: readonly Step[], { linger, timeout, missingIsInUse }: Options): Known[] {
  const sessions: Known[] = [];
  const open = new Map<string, Known[]>();
  for (const { kind, at, key, quantity } of steps) {
    const stack = (open.get(key) ?? []).filter(({ latest }) => latest > at);
    if (kind === 'open') {
      const latest = timeout === undefined ? END + 1 : at + timeout;
      const certain = missingIsInUse || timeout !== undefined;
      const session = { from: at, until: certain ? latest : at + 1, earliest: at, latest, quantity, key };
      sessions.push(session);
      stack.push(session);
    } else if (kind === 'close') {
      const session = stack.pop();
      if (session !== undefined) session.until = session.latest = at + linger;
      else sessions.push({ from: 0, until: 0, earliest: 0, latest: at, quantity, key });
    } else if (stack.length === 0) {
      const until = at + Math.max(linger, 1);
      sessions.push({ from: at, until, earliest: at, latest: until, quantity, key });
    }
    open.set(key, stack);
  }
  return sessions;
}

function twin(
  steps: readonly Step[],
  starts: readonly number[],
  options: Options,
): { lower: number; upper: number }[] {
  return boundsOf(known(steps, options), starts);
}

function boundsOf(sessions: readonly Known[], starts: readonly number[]): { lower: number; upper: number }[] {
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? END + 1;
    let [lower, upper] = [0, 0];
    for (let at = start; at < end; at++) {
      const sum = (holds: (each: Known) => boolean) =>
        sessions.filter(holds).reduce((total, each) => total + each.quantity, 0);
      lower = Math.max(
        lower,
        sum(({ from, until }) => from <= at && at < until),
      );
      upper = Math.max(
        upper,
        sum(({ earliest, latest }) => earliest <= at && at < latest),
      );
    }
    return { lower, upper };
  });
}

function bounds(peaks: readonly SegmentPeak[]): { lower: number; upper: number }[] {
  return peaks.map(({ lower, upper }) => ({
    lower: Number(lower.amount / ONE),
    upper: Number(upper.amount / ONE),
  }));
}

function stepsOf(kinds: Step['kind'][], keys: number): fc.Arbitrary<Step[]> {
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.integer({ min: 0, max: END - 1 }),
    key: fc.integer({ min: 1, max: keys }).map((number) => `k${number}`),
    quantity: fc.constant(1),
  });
  return fc.array(step, { maxLength: 24 }).map((steps) => steps.sort((a, b) => a.at - b.at));
}

const startsArbitrary = fc
  .uniqueArray(fc.integer({ min: 1, max: END - 1 }), { maxLength: 3 })
  .map((starts) => [0, ...starts.sort((a, b) => a - b)]);

test('bounds equal a count of every instant, with orphans, lost check-ins and nested sessions', () => {
  fc.assert(
    fc.property(stepsOf(['open', 'close'], 5), startsArbitrary, (steps, starts) => {
      assert.deepEqual(bounds(run(steps, starts, { linger: 0 })), twin(steps, starts, { linger: 0 }));
    }),
    { numRuns: rounds(300, 1500) },
  );
});

test('bounds equal a count of every instant when sessions time out or a missing check-in means use', () => {
  const options = fc.oneof(
    fc.integer({ min: 1, max: 15 }).map((timeout): Options => ({ linger: 0, timeout })),
    fc.constant<Options>({ linger: 0, missingIsInUse: true }),
  );
  fc.assert(
    fc.property(stepsOf(['open', 'close'], 4), startsArbitrary, options, (steps, starts, chosen) => {
      const isOneAtOnce = (at: number, key: string) => {
        const before = steps.filter((each) => each.key === key && each.at <= at);
        return before.filter(({ kind }) => kind === 'open').length < 2;
      };
      const isPlain = steps.every(({ kind, at, key }) => kind !== 'close' || isOneAtOnce(at, key));
      holds(bounds(run(steps, starts, chosen)), twin(steps, starts, chosen), isPlain || !chosen.timeout);
    }),
    { numRuns: rounds(200, 1000) },
  );
});

/** Which of several sessions of a key a check-in ended is a doubt beyond the twin's (`ends-by-contract.test.ts`). */
function holds(
  found: readonly { lower: number; upper: number }[],
  expected: readonly { lower: number; upper: number }[],
  isPlain: boolean,
): void {
  if (isPlain) assert.deepEqual(found, expected);
  for (const [index, { lower, upper }] of found.entries()) {
    assert.ok(lower <= expected[index]!.lower);
    assert.ok(upper >= expected[index]!.upper);
  }
}

/** Daemons give sessions by key; a restart of one ends its own, a restart of all ends all, borrowed ones excepted. */
type Served = { kind: 'open' | 'close' | 'borrow' | 'restart'; at: number; key: number };
const BORROW = 9;

function runServed(steps: readonly Served[], starts: readonly number[]): SegmentPeak[] {
  const tracker = new PeakTracker(starts.map((from) => ({ from: BigInt(from), proofAbove: 0n })));
  const sessions = new Sessions({ linger: 0n, borrow: BigInt(BORROW), restarts: true }, tracker);
  for (const { kind, at, key } of steps) {
    const name = `k${key}`;
    const daemon = key === 0 ? undefined : `d${key % 2}`;
    if (kind === 'restart') sessions.restart(BigInt(at), daemon);
    else {
      const plain = event({ kind: 'open', at, key: name, quantity: 1 }, { linger: 0 });
      const served = { ...plain, daemon, borrowed: kind === 'borrow' };
      if (kind === 'close') sessions.checkIn(served);
      else sessions.checkOut(served);
    }
  }
  sessions.advance(BigInt(END));
  return tracker.finish(BigInt(END), false, 0n);
}

function twinServed(steps: readonly Served[], starts: readonly number[]): { lower: number; upper: number }[] {
  const all: (Known & { borrowed: boolean })[] = [];
  let expired: { key: string; at: number }[] = [];
  for (const { kind, at, key: number } of steps) {
    const key = `k${number}`;
    const isOpen = (each: Known) => each.latest > at;
    for (const each of all) {
      if (each.borrowed && each.latest <= at) {
        expired.push({ key: each.key, at: each.latest });
        each.borrowed = false;
      }
    }
    if (kind === 'restart') {
      for (const each of all.filter(isOpen)) {
        const isTheirs = number === 0 || (each.key !== 'k0' && Number(each.key.slice(1)) % 2 === number % 2);
        if (!each.borrowed && isTheirs) each.until = each.latest = at;
      }
    } else if (kind === 'close') {
      const session = all.findLast((each) => isOpen(each) && each.key === key);
      const late = expired.findIndex((each) => each.key === key);
      if (session !== undefined) {
        session.until = session.latest = at;
        session.borrowed = false;
      } else if (late >= 0) expired = expired.filter((_, index) => index !== late);
      else all.push({ from: 0, until: 0, earliest: 0, latest: at, quantity: 1, key, borrowed: false });
    } else {
      const borrowed = kind === 'borrow';
      const [until, latest] = borrowed ? [at + BORROW, at + BORROW] : [at + 1, END + 1];
      all.push({ from: at, until, earliest: at, latest, quantity: 1, key, borrowed });
    }
  }
  return boundsOf(all, starts);
}

test('bounds equal a count of every instant when servers restart and seats are borrowed', () => {
  const step = fc.record({
    kind: fc.constantFrom<Served['kind']>('open', 'open', 'close', 'borrow', 'restart'),
    at: fc.integer({ min: 0, max: END - 1 }),
    key: fc.integer({ min: 0, max: 4 }),
  });
  const steps = fc.array(step, { maxLength: 24 }).map((all) => all.sort((a, b) => a.at - b.at));
  fc.assert(
    fc.property(steps, startsArbitrary, (served, starts) => {
      const before = ({ at, key }: Served) =>
        served.filter((each) => each.key === key && each.at <= at && each.kind !== 'restart');
      const closes = served.filter(({ kind }) => kind === 'close');
      const isPlain = closes.every(
        (close) => before(close).filter(({ kind }) => kind !== 'close').length < 2,
      );
      holds(bounds(runServed(served, starts)), twinServed(served, starts), isPlain);
    }),
    { numRuns: rounds(300, 1500) },
  );
});

test('a lingering seat stays taken until its time is over', () => {
  // One key a session, so that no check-out finds its own seat lingering.
  const sessions = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 })),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(sessions, startsArbitrary, fc.integer({ min: 0, max: 12 }), (spans, starts, linger) => {
      const steps = spans
        .flatMap(([from, length, quantity], index): Step[] => [
          { kind: 'open', at: from, key: `k${index}`, quantity },
          { kind: 'close', at: from + length, key: `k${index}`, quantity },
        ])
        .sort((a, b) => a.at - b.at);
      const certain = twin(steps, starts, { linger });
      assert.deepEqual(bounds(run(steps, starts, { linger })), certain);
    }),
    { numRuns: rounds(150, 500) },
  );
});

test('witnesses of a proven peak are sessions that were open at its instant, as many as it counts', () => {
  fc.assert(
    fc.property(stepsOf(['open', 'close'], 6), (steps) => {
      const [peak] = run(steps, [0], { linger: 0 });
      const { amount, at, witnesses } = peak!.lower;
      assert.equal(witnesses.length, Number(amount / ONE));
      const certain = known(steps, { linger: 0 }).filter(
        ({ from, until }) => from <= Number(at) && Number(at) < until,
      );
      assert.deepEqual(
        witnesses.map(({ key, at: since }) => `${key}@${since}`).sort(),
        certain.map(({ key, from }) => `${key}@${from}`).sort(),
      );
    }),
    { numRuns: rounds(150, 500) },
  );
});

test('what is possible is never less than what is proven, whatever lingers, is shared or used at once', () => {
  const step = fc.record({
    kind: fc.constantFrom<Step['kind']>('open', 'open', 'close', 'close', 'use'),
    at: fc.integer({ min: 0, max: 20 }),
    key: fc.constantFrom('ann', 'ann', 'bob'),
    quantity: fc.constantFrom(0.5, 1, 1, 2, 2, 3, 4),
    unreadable: fc.constantFrom(false, false, false, true),
  });
  const steps = fc.array(step, { maxLength: 12 }).map((all) => all.sort((a, b) => a.at - b.at));
  const options = fc.record({
    linger: fc.constantFrom(0, 2, 6),
    share: fc.boolean(),
    missingIsInUse: fc.boolean(),
  });
  const starts = Array.from({ length: END }, (_, at) => at);
  const least = (given: readonly Step[], chosen: Options) => {
    // Whoever takes seats later has them for certain, whatever was in doubt before.
    const all = [...given, open(30, 'zoe', 9), close(35, 'zoe', 9)];
    for (const [at, { lower, upper }] of run(all, starts, chosen).entries())
      assert.ok(lower.amount <= upper.amount, `${at}: ${lower.amount} <= ${upper.amount}`);
  };
  fc.assert(fc.property(steps, options, least), { numRuns: rounds(400, 20_000) });
});

test('a part of a session whose quantity nobody can read lingers as no more than a part', () => {
  const tracker = new PeakTracker([0, 3, 4].map((from) => ({ from: BigInt(from), proofAbove: 0n })));
  const sessions = new Sessions({ linger: 5n }, tracker);
  const step = (kind: Step['kind'], at: number) =>
    event({ kind, at, key: 'ann', quantity: 1 }, { linger: 5 });
  sessions.checkOut({ ...step('open', 1), unreadable: true });
  sessions.checkOut({ ...step('open', 2), quantity: ONE / 2n });
  sessions.checkIn({ ...step('close', 3), quantity: ONE / 2n });
  sessions.checkIn({ ...step('close', 4), quantity: ONE / 2n });
  sessions.advance(20n);
  for (const { lower, upper } of tracker.finish(20n, true, 0n)) assert.ok(lower.amount <= upper.amount);
});

test('a check-in of all that may be open leaves nothing, though one session holds just so many', () => {
  const steps = [
    open(0, 'ann', 4),
    open(6, 'ann', 0.5),
    { ...close(12, 'ann', 2), unreadable: true },
    open(20, 'ann', 1),
    close(20, 'ann', 4),
  ];
  const [, last] = run(steps, [0, 21], { linger: 0, share: true, missingIsInUse: true });
  // Of what nobody can read the last session may have given back less than it held.
  assert.deepEqual([last!.lower.amount, last!.upper.amount], [0n, ONE / 2n]);
});

const open = (at: number, key: string, quantity = 1): Step => ({ kind: 'open', at, key, quantity });
const close = (at: number, key: string, quantity = 1): Step => ({ kind: 'close', at, key, quantity });

test('a check-in and a check-out at one instant do not overlap, and the other order is told', () => {
  const [peak] = run([open(1, 'ann'), open(5, 'bob'), close(5, 'ann'), close(9, 'bob')], [0], { linger: 0 });
  assert.equal(peak!.upper.amount, ONE);
  assert.equal(peak!.tied, 2n * ONE);
});

test('sessions of one share count once, with the largest quantity', () => {
  const steps = [
    open(1, 'a', 2),
    open(2, 'b', 5),
    close(4, 'b', 5),
    open(6, 'c', 1),
    close(8, 'a', 2),
    close(9, 'c', 1),
  ];
  assert.deepEqual(bounds(run(steps, [0, 4, 8], { linger: 0, share: true })), [
    { lower: 5, upper: 5 },
    { lower: 2, upper: 2 },
    { lower: 1, upper: 1 },
  ]);
});

test('a second check-out of one session id may be a second seat, until the session ends', () => {
  const [peak, later] = run([open(1, 's1'), open(3, 's1'), close(5, 's1')], [0, 5], {
    linger: 0,
    named: true,
  });
  assert.deepEqual(bounds([peak!, later!]), [
    { lower: 1, upper: 2 },
    { lower: 0, upper: 0 },
  ]);
});

test('a session id checked in and out again at one instant stays open, in either order of the log', () => {
  for (const again of [
    [close(3, 's1'), open(3, 's1')],
    [open(3, 's1'), close(3, 's1')],
  ]) {
    const [, later] = run([open(1, 's1'), ...again, close(9, 's1')], [0, 4], { linger: 0, named: true });
    assert.equal(later!.lower.amount, ONE);
    assert.equal(later!.neverReturned, 0);
  }
});

test('a seat that lingers is taken again by its own session key, and by no other', () => {
  const steps = [open(1, 'ann'), close(3, 'ann'), open(5, 'ann'), close(6, 'ann')];
  assert.deepEqual(bounds(run(steps, [0], { linger: 10 })), [{ lower: 1, upper: 1 }]);
  const others = [open(1, 'ann'), close(3, 'ann'), open(5, 'bob'), close(6, 'bob')];
  assert.deepEqual(bounds(run(others, [0], { linger: 10 })), [{ lower: 2, upper: 2 }]);
});

test('use without duration takes a seat for its instant, unless its key has a session', () => {
  const use = (at: number, key: string): Step => ({ kind: 'use', at, key, quantity: 1 });
  assert.deepEqual(
    bounds(run([open(1, 'ann'), use(2, 'ann'), use(2, 'bob'), close(4, 'ann')], [0, 3], { linger: 0 })),
    [
      { lower: 2, upper: 2 },
      { lower: 1, upper: 1 },
    ],
  );
});

test('long logs and hostile ones take linear time', { timeout: 20_000 }, () => {
  const count = 50_000;
  const tracker = new PeakTracker([{ from: 0n, proofAbove: 5n * ONE }]);
  const sessions = new Sessions({ linger: 3n, timeout: BigInt(4 * count) }, tracker);
  for (let at = 0; at < count; at++) {
    sessions.checkOut(event({ kind: 'open', at, key: `k${at}`, quantity: 1 }, { linger: 3 }));
    sessions.checkIn(event({ kind: 'close', at, key: `k${at}`, quantity: 1 }, { linger: 3 }));
  }
  assert.equal([...sessions.stillOpen()].length, 0);
  // All of one key, nested.
  for (let at = count; at < 2 * count; at++)
    sessions.checkOut(event({ kind: 'open', at, key: 'k', quantity: 1 }, { linger: 3 }));
  for (let at = 2 * count; at < 3 * count; at++)
    sessions.checkIn(event({ kind: 'close', at, key: 'k', quantity: 1 }, { linger: 3 }));
  const [peak] = tracker.finish(BigInt(3 * count), false, 0n);
  // The check-in at the instant after the last check-out lingers; the rest of the first part is over by then.
  assert.equal(peak!.lower.amount, BigInt(count) * ONE);
});

test('a log of nothing but restarts, late returns and borrowings takes linear time', {
  timeout: 20_000,
}, () => {
  const count = 15_000;
  const tracker = new PeakTracker([{ from: 0n, proofAbove: 5n * ONE }]);
  const sessions = new Sessions({ linger: 0n, restarts: true, borrow: 3n }, tracker);
  const at = (index: number, more: object) => ({
    ...event({ kind: 'open', at: index, key: `k${index}`, quantity: 1 }, { linger: 0 }),
    ...more,
  });
  // Sessions that name no daemon stay open, and must not be walked through at each restart of one.
  for (let index = 0; index < count; index++) {
    sessions.checkOut(at(index, {}));
    sessions.checkOut(at(index, { key: 'b', borrowed: true }));
    sessions.checkIn(at(index, { key: 'late' }));
    sessions.restart(BigInt(index), `d${index % 7}`);
  }
  assert.equal(sessions.restart(BigInt(count), undefined), count);
  sessions.advance(BigInt(2 * count));
  assert.equal([...sessions.stillOpen()].length, 0);
});
