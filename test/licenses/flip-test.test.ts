/** What would turn a verdict if it were assumed otherwise, against use counted anew under the other assumption. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PlainPeak } from '../../src/licenses/measures/plain-peak.ts';
import { makeServerLog } from '../support/made-server-log.ts';
import { judgeServerLog } from './judge-server-log.ts';
import { editorContract, MARCH, runContract, set, spanning, use } from './run-contract.ts';

function seats(quantity: number, more = ''): string {
  return editorContract({ quantity: set(quantity), more });
}

const out = (time: string, actor: string) => use('checkout', `2025-03-03T${time}Z`, actor);
const back = (time: string, actor: string) => use('checkin', `2025-03-03T${time}Z`, actor);

function judged(yaml: string, records: readonly object[]): [verdict: string, flips: string[]] {
  const [month] = runContract(yaml, [...MARCH, ...records]);
  return [month!.verdict, month!.usage!.flips ?? []];
}

const TIED = [
  out('10:00:00', 'ann'),
  out('10:30:00', 'bob'),
  back('11:00:00', 'ann'),
  out('11:00:00', 'cid'),
  back('12:00:00', 'bob'),
  back('12:00:00', 'cid'),
];

test('the order within an instant is told only where it turns the verdict', () => {
  assert.deepEqual(judged(seats(2), TIED), [
    'satisfied',
    ['would be exceeded if check-outs came before check-ins of the same instant: 3 of 2'],
  ]);
  assert.deepEqual(judged(seats(3), TIED), ['satisfied', []]);
  assert.deepEqual(judged(seats(1), TIED), ['violation', []]);
});

test('in doubt, the order within an instant makes "undetermined" of "within"', () => {
  const doubtful = [...TIED, out('10:10:00', 'dee')];
  assert.deepEqual(judged(seats(3), doubtful), [
    'satisfied',
    ['would be undetermined if check-outs came before check-ins of the same instant: between 2 and 4 of 3'],
  ]);
});

test('linger is told where the seats alone would have been enough', () => {
  const records = [
    out('10:00:00', 'ann'),
    back('11:00:00', 'ann'),
    out('11:10:00', 'bob'),
    back('12:00:00', 'bob'),
  ];
  assert.deepEqual(judged(seats(1, 'linger: PT30M'), records), [
    'violation',
    ['would be within if seats did not linger after their check-in: 1 of 1'],
  ]);
  assert.deepEqual(judged(seats(2, 'linger: PT30M'), records), ['satisfied', []]);
  // A later change of the log makes it more than linger: then linger does not matter.
  assert.deepEqual(
    judged(seats(1, 'linger: PT30M'), [...records, out('11:20:00', 'cid'), back('11:30:00', 'cid')]),
    ['violation', []],
  );
});

test('a contract that takes a missing check-in for use is told where only that exceeds', () => {
  const records = [out('10:00:00', 'ann'), out('12:00:00', 'bob'), back('13:00:00', 'bob')];
  assert.deepEqual(judged(seats(1, 'missingCheckin: in-use'), records), [
    'violation',
    ['would be undetermined if sessions without a check-in had ended unseen: between 1 and 2 of 1'],
  ]);
  assert.deepEqual(judged(seats(2, 'missingCheckin: in-use'), records), ['satisfied', []]);
});

test('the zone of periods is told for the months whose verdict it turns', () => {
  // 31 March 23:30 in UTC is 1 April 01:30 in Berlin, from when on there is one seat more.
  const yaml = seats(1)
    .replace('timezone: UTC', 'timezone: Europe/Berlin')
    .replace('set: 1}', 'set: 1}, {from: 2025-04-01, add: 1, by: A-1}');
  const log = spanning('2025-02-28T23:00:00Z', '2025-04-30T21:59:59Z');
  const records = ['ann', 'bob'].flatMap((name) => [
    use('checkout', '2025-03-31T23:30:00Z', name),
    use('checkin', '2025-03-31T23:40:00Z', name),
  ]);
  const inMarch = [
    use('checkout', '2025-03-03T10:00:00Z', 'cid'),
    use('checkin', '2025-03-03T11:00:00Z', 'cid'),
  ];
  const months = runContract(yaml, [...log, ...inMarch, ...records]);
  assert.deepEqual(
    months.map(({ verdict, usage }) => [usage!.period, verdict, usage!.flips ?? []]),
    [
      [
        '2025-03',
        'satisfied',
        ['would be exceeded if days began at midnight in UTC and not in Europe/Berlin: 2 of 1'],
      ],
      ['2025-04', 'satisfied', []],
    ],
  );
});

test('use without linger is that of the contract without it', () => {
  for (const seed of [1, 2, 3]) {
    const { records } = makeServerLog({ seed, sessions: 60, capacity: 90, linger: 3000, changes: true });
    const contract = (quantity: number, linger: string) => `
contract: { id: MADE, timezone: Europe/Berlin }
term: { from: 2025-10-01, until: 2026-02-01 }
evidence: { coverage: 0% }
licenses:
  - id: solver
    covers: { feature: solver }
    measure: count seats each instant take max over term
    ${linger}
    quantity: [{ from: 2025-01-01, set: ${quantity} }]`;
    const used = (linger: string) => judgeServerLog(contract(99, linger), records)[0]!.usage!.used;
    const [most, least] = [used('linger: PT3000S'), used('')];
    assert.ok(least < most, `${least} < ${most}`);
    const { usage } = judgeServerLog(contract(least, 'linger: PT3000S'), records)[0]!;
    assert.deepEqual(usage!.flips, [
      `would be within if seats did not linger after their check-in: ${least} of ${least}`,
    ]);
  }
});

test('the plain peak of each segment is that of a count of every instant', () => {
  const steps = fc.array(fc.record({ at: fc.integer({ min: 0, max: 30 }), by: fc.constantFrom(-1, 1, 2) }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      steps,
      fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
      (unsorted, cuts) => {
        // Nobody gives back what was not taken.
        const sorted = [{ at: 0, by: 20 }, ...unsorted.toSorted((a, b) => a.at - b.at)];
        const starts = [0, ...cuts.toSorted((a, b) => a - b)];
        const peak = new PlainPeak(starts.map(BigInt));
        for (const { at, by } of sorted) peak.add(BigInt(by), BigInt(at));
        const countAt = (instant: number) =>
          sorted.reduce((sum, { at, by }) => (at <= instant ? sum + by : sum), 0);
        const expected = starts.map((start, index) => {
          const end = starts[index + 1] ?? 32;
          return Math.max(0, ...Array.from({ length: end - start }, (_, each) => countAt(start + each)));
        });
        assert.deepEqual(peak.finish(31n).map(Number), expected);
      },
    ),
    { numRuns: 300 },
  );
});
