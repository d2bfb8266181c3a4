/** Seats kept for teams, against a count of every minute. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { rounds } from '../support/rounds.ts';
import { atMinute, editorContract, MARCH, runContract, session, set, use } from './run-contract.ts';

const TEAMS = 'people: {teams: {cae: ["c-*"], dev: [dan, "d-*"]}}';

function contract(quantity: number, reserve: string): string {
  return editorContract({ head: TEAMS, quantity: set(quantity), more: `reserve: ${reserve}` });
}

const reservation = (yaml: string, records: object[]) =>
  runContract(yaml, [...MARCH, ...records]).find(({ code }) => code === 'reserved-seats-used');

const OTHERS = [...session('ann', 0, 60), ...session('bob', 10, 50)];

test('others may hold what is not reserved; one more is a finding, with what is committed', () => {
  assert.equal(reservation(contract(3, '{cae: 1}'), OTHERS), undefined);
  const found = reservation(contract(3, '{cae: 2}'), OTHERS)!;
  assert.equal(found.verdict, 'violation');
  assert.equal(
    found.message,
    'license "editor" in 2025-03: 4 seats committed: 2 in use, 2 reserved and unused at 2025-03-03T00:10:00Z, expected at most 3 (from 2025-01-01) with 2 for "cae" reserved',
  );
  assert.equal(found.place.line, 5);
});

test('a team fills its own reservation, and takes of the rest beyond it', () => {
  const team = [...session('c-1', 0, 60), ...session('c-2', 5, 60), ...session('c-3', 6, 60)];
  assert.equal(reservation(contract(3, '{cae: 2}'), team), undefined);
  // The third seat of one team is reserved for the other.
  assert.equal(reservation(contract(3, '{cae: 2, dev: 1}'), team)!.verdict, 'violation');
});

test('the row of the license says what is in use and what is committed', () => {
  const [row] = runContract(contract(5, '{cae: 2, dev: 1}'), [
    ...MARCH,
    ...session('c-1', 0, 60),
    ...session('ann', 5, 9),
  ]);
  assert.deepEqual(
    [row!.verdict, row!.usage!.used, row!.usage!.committed, row!.usage!.reason],
    ['satisfied', 2, 4, '4 seats committed: 2 in use, 2 reserved and unused'],
  );
});

test('what the log leaves open is no proof: a lost check-in may have been before, a lost check-out too', () => {
  const open = [use('checkout', atMinute(0), 'ann'), use('checkout', atMinute(10), 'bob')];
  assert.equal(reservation(contract(3, '{cae: 2}'), open)!.verdict, 'undetermined');
  assert.equal(reservation(contract(4, '{cae: 2}'), open), undefined);
  const early = [...session('ann', 0, 60), use('checkin', atMinute(70), 'bob')];
  assert.equal(reservation(contract(3, '{cae: 2}'), early)!.verdict, 'undetermined');
});

test('seats of nobody who is named may be those of the team: no proof, and a doubt', () => {
  const nobody = session(undefined as never, 10, 50, { session: 's1' });
  const found = reservation(contract(3, '{cae: 2}'), [...OTHERS.slice(0, 2), ...nobody])!;
  assert.equal(found.verdict, 'undetermined');
  assert.match(found.message, /that name nobody, are not what they seem$/);
});

test('a quantity that nobody can read may take what is reserved, with a session or without a feature', () => {
  const unreadable = { quantity: 'many' };
  const open = (records: object[]) => reservation(contract(9, '{cae: 2}'), records)?.verdict;
  assert.equal(open(session('ann', 0, 60, unreadable)), 'undetermined');
  assert.equal(
    open([...OTHERS, use('use', atMinute(20), 'cid', { ...unreadable, license: undefined })]),
    'undetermined',
  );
  assert.equal(open([...OTHERS, use('use', 'once', 'cid', unreadable)]), 'undetermined');
});

test('more reserved than there is, or for a team that nobody is in, is a mistake of the file', () => {
  const problems = (reserve: string) =>
    parseContract('f', contract(3, reserve)).problems.map(({ message }) => message);
  assert.deepEqual(problems('{cae: 2, dev: 2}'), [
    'expected at most the quantity to be reserved, found 4 of 3 (from 2025-01-01)',
  ]);
  assert.deepEqual(problems('{cea: 1}'), ['expected a team of "people", found "cea", did you mean "cae"?']);
});

type Span = { who: string; from: number; length: number; lost: boolean };

test('what is committed equals a count of every minute, and with check-ins lost no verdict is another', () => {
  const span = fc.record({
    who: fc.constantFrom('c-', 'd-', 'x-'),
    from: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 1, max: 30 }),
    lost: fc.constantFrom(false, false, true),
  });
  const reserved = { 'c-': 2, 'd-': 1, 'x-': 0 } as const;
  const truth = (spans: readonly Span[], quantity: number) => {
    let [peak, broken] = [0, false];
    for (let minute = 0; minute < 90; minute++) {
      const inUse = (who: string) =>
        spans.filter((each) => each.who === who && each.from <= minute && minute < each.from + each.length)
          .length;
      const teams = Object.entries(reserved);
      const committed = teams.reduce((sum, [who, seats]) => sum + Math.max(seats, inUse(who)), 0);
      const used = teams.reduce((sum, [who]) => sum + inUse(who), 0);
      peak = Math.max(peak, committed);
      if (committed > quantity && used <= quantity) broken = true;
    }
    return { peak, broken };
  };
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 3, max: 7 }),
      (spans, quantity) => {
        const records = (complete: boolean) =>
          spans.flatMap(({ who, from, length, lost }, index) =>
            session(`${who}${index}`, from, from + length).slice(0, lost && !complete ? 1 : 2),
          );
        const { peak, broken } = truth(spans, quantity);
        const yaml = contract(quantity, '{cae: 2, dev: 1}');
        const judgements = runContract(yaml, [...MARCH, ...records(true)]);
        assert.equal(judgements[0]!.usage!.committed, peak);
        const found = judgements.find(({ code }) => code === 'reserved-seats-used');
        // At the instant with the most committed the license itself may be exceeded: that is the finding then.
        if (judgements[0]!.verdict === 'satisfied') assert.equal(found?.verdict === 'violation', broken);
        const perhaps = reservation(yaml, records(false));
        if (perhaps?.verdict === 'violation') assert.ok(broken);
        if (perhaps === undefined && broken)
          assert.notEqual(runContract(yaml, [...MARCH, ...records(false)])[0]!.verdict, 'satisfied');
      },
    ),
    { numRuns: rounds(50, 3000) },
  );
});

test('sessions that may have outlived the time that the contract gives them do not add up over the month', () => {
  // Every day ann's two sessions, of which one has no check-in: which one, nobody knows, but it is one at a time.
  const daily = Array.from({ length: 20 }, (_, day) => {
    const at = (hour: string) => `2025-03-${String(day + 2).padStart(2, '0')}T${hour}:00:00Z`;
    return [
      use('checkout', at('08'), 'ann', { host: 'pc1' }),
      use('checkout', at('09'), 'ann', { host: 'pc1' }),
      use('checkin', at('10'), 'ann', { host: 'pc1' }),
    ];
  }).flat();
  const yaml = editorContract({
    quantity: set(8),
    head: 'people: {teams: {cae: [zoe]}}',
    more: 'reserve: {cae: 4}\n    missingCheckin: PT4H',
  });
  assert.deepEqual(
    runContract(yaml, [...MARCH, ...daily]).map(({ verdict }) => verdict),
    ['satisfied'],
  );
});
