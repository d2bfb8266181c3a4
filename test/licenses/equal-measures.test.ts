/** Different sentences that say the same: their figures are equal, on any log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rounds } from '../support/rounds.ts';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const HOUR = 3_600_000_000_000n;
const START = instant('2025-03-01T00:00:00Z');
const SPAN = { from: START, until: START + 61n * 24n * HOUR - 1n };
const TERM = 'term: {from: 2025-03-01, until: 2026-03-01}';

type Options = Parameters<typeof contractWith>[1];

function figures(sentence: string, used: readonly Used[], options: Options = {}) {
  return boundsOf(runFold(contractWith(sentence, options), used, SPAN));
}

const person = fc.constantFrom('ann', 'bob', 'cid', 'dan', 'eve');

function logOf(
  kinds: Used['kind'][],
  more: fc.Arbitrary<Partial<Used>> = fc.constant({}),
): fc.Arbitrary<Used[]> {
  const one = fc.record({
    hour: fc.nat(61 * 24 - 1),
    kind: fc.constantFrom(...kinds),
    person,
    more,
    untimed: fc.nat(40),
  });
  return fc.array(one, { minLength: 1, maxLength: 30 }).map((list) =>
    list
      .map(
        ({ hour, kind, person: who, more: rest, untimed }): Used => ({
          kind,
          at: untimed === 0 ? undefined : START + BigInt(hour) * HOUR,
          person: who,
          ...rest,
        }),
      )
      .sort((a, b) =>
        a.at === b.at ? 0 : a.at === undefined ? -1 : b.at === undefined ? 1 : a.at < b.at ? -1 : 1,
      ),
  );
}

const quantities = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 2, max: 60 }), fc.nat(6)), {
    maxLength: 3,
    selector: ([day]) => day,
  })
  .map((changes) =>
    [[-400, 3] as const, ...changes.sort(([a], [b]) => a - b)]
      .map(
        ([day, set]) =>
          `{from: ${new Date(Date.UTC(2025, 2, 1 + day)).toISOString().slice(0, 10)}, set: ${set}}`,
      )
      .join(', '),
  );

const clauses = fc
  .record({
    linger: fc.constantFrom('', 'linger: PT3H'),
    missing: fc.constantFrom('', 'missingCheckin: PT30H', 'missingCheckin: in-use'),
    share: fc.constantFrom('', 'share: [person]'),
  })
  .map(({ linger, missing, share }) => [linger, missing, share].filter((each) => each !== '').join('\n    '));

/** How often: each run reads a log of thirty events a few times. */
const OFTEN = { numRuns: rounds(80, 2000) };

test('the highest hour, day or minute of seats is the highest instant, whatever the license says and however its quantity changes', () => {
  const more = fc.record({
    seats: fc.integer({ min: 1, max: 4 }),
    featureless: fc.nat(20).map((dice) => dice === 0),
  });
  fc.assert(
    fc.property(
      logOf(['open', 'open', 'close', 'use'], more),
      quantities,
      clauses,
      fc.constantFrom('minute', '15min', 'hour', 'day'),
      (used, quantity, license, bucket) => {
        const options = { quantity, license };
        assert.deepEqual(
          figures(`count seats each ${bucket} take max over month`, used, options),
          figures('count seats each instant take max over month', used, options),
        );
      },
    ),
    OFTEN,
  );
});

test('the mean of seats by instants is that by hours where seats change hands on the hour and all come back', () => {
  const sessions = fc.array(
    fc.record({
      from: fc.nat(58 * 24),
      length: fc.integer({ min: 1, max: 60 }),
      seats: fc.integer({ min: 1, max: 5 }),
      person,
    }),
    { minLength: 1, maxLength: 12 },
  );
  const settings = fc.tuple(fc.constantFrom('', 'linger: PT3H'), fc.constantFrom('', 'share: [person]'));
  fc.assert(
    fc.property(sessions, settings, (list, [linger, share]) => {
      const used = list
        .flatMap(({ from, length, seats, person: who }, index): Used[] => [
          { kind: 'open', at: START + BigInt(from) * HOUR, person: who, seats, session: `s${index}` },
          {
            kind: 'close',
            at: START + BigInt(from + length) * HOUR,
            person: who,
            seats,
            session: `s${index}`,
          },
        ])
        .sort((a, b) => (a.at! < b.at! ? -1 : a.at! > b.at! ? 1 : a.kind === 'close' ? -1 : 1));
      const license = [linger, share].filter((each) => each !== '').join('\n    ');
      assert.deepEqual(
        figures('count seats each instant take mean over month', used, { license }),
        figures('count seats each hour take mean over month', used, { license }),
      );
    }),
    OFTEN,
  );
});

test('the highest day of a level or of assignments is the highest instant', () => {
  const more = fc.record({ host: fc.constantFrom('a', 'b', 'c'), amount: fc.nat(9).map(String) });
  fc.assert(
    fc.property(
      logOf(['open', 'close'], more),
      quantities,
      fc.constantFrom('level(units)', 'assigned person'),
      fc.constantFrom('hour', 'day'),
      (used, quantity, what, bucket) => {
        const options = { quantity, head: TERM };
        assert.deepEqual(
          figures(`count ${what} each ${bucket} take max over month`, used, options),
          figures(`count ${what} each instant take max over month`, used, options),
        );
      },
    ),
    OFTEN,
  );
});

test('the sum of all days or hours is the sum of the period, against quantities that change', () => {
  const more = fc.integer({ min: 0, max: 20 }).map((units) => ({ amount: String(units) }));
  const noUntimed = logOf(['use'], more).map((used) => used.filter(({ at }) => at !== undefined));
  fc.assert(
    fc.property(noUntimed, quantities, fc.constantFrom('hour', 'day'), (used, quantity, bucket) => {
      fc.pre(used.length > 0);
      assert.deepEqual(
        figures(`count sum(units) each ${bucket} take sum over month`, used, { quantity }),
        figures('count sum(units) over month', used, { quantity }),
      );
    }),
    OFTEN,
  );
});

test('a window of one day is the day', () => {
  fc.assert(
    fc.property(
      logOf(['open', 'close', 'use']),
      quantities,
      fc.constantFrom('max', 'p95', 'mean', 'drop-top 10%'),
      (used, quantity, take) => {
        const options = { quantity, head: TERM };
        assert.deepEqual(
          figures(`count distinct person each 1d take ${take} over month`, used, options),
          figures(`count distinct person each day take ${take} over month`, used, options),
        );
      },
    ),
    OFTEN,
  );
});
