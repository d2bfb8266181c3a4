/** What is carried from period to period, what comes late, and what the log must hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMoment } from '../../src/base/instant.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import type { Coverage } from '../../src/model/relation.ts';
import { rounds } from '../support/rounds.ts';
import { runContract, spanning, use } from './run-contract.ts';

const YEAR = spanning('2025-01-01T00:00:00Z', '2025-12-31T23:59:59Z');

function contract(
  more: string,
  head = '',
  from = '2025-01-01',
  sentence = 'count sum(tokens) over month',
): string {
  return `
contract: {id: ACME-2025-017, timezone: UTC}
${head}
licenses:
  - id: api
    covers: {feature: editor}
    measure: ${sentence}
    quantity: [{from: ${from}, set: 100}]
    ${more}
`;
}

const month = (number: number) => `2025-${String(number).padStart(2, '0')}`;
const spend = (number: number, tokens: number, more: object = {}) =>
  use('use', `${month(number)}-10T09:00:00Z`, 'ann', { tokens, ...more });

function verdicts(yaml: string, records: object[], log = YEAR): string[] {
  return runContract(yaml, [...log, ...records]).flatMap(({ verdict, code, usage }) =>
    usage === undefined ? [code] : [`${usage.period.slice(5)} ${verdict} ${usage.used}`],
  );
}

test('what a month leaves unused may be used in the next, up to a share of the quantity, and then expires', () => {
  const clause = contract('rollover: {max: 20%, for: P1M}');
  assert.deepEqual(verdicts(clause, [spend(1, 50), spend(2, 120), spend(3, 101)]), [
    '01 satisfied 50',
    '02 satisfied 120',
    '03 violation 101',
  ]);
  assert.deepEqual(verdicts(clause, [spend(1, 50), spend(2, 121)])[1], '02 violation 121');
  // Own quantity goes first: February leaves 20 of its own, what January left is gone in March.
  assert.deepEqual(verdicts(clause, [spend(1, 50), spend(2, 80), spend(3, 120)])[2], '03 satisfied 120');
  assert.deepEqual(verdicts(clause, [spend(1, 50), spend(2, 100), spend(3, 101)])[2], '03 violation 101');
  const longer = contract('rollover: {max: 20%, for: P2M}');
  assert.deepEqual(verdicts(longer, [spend(1, 50), spend(2, 100), spend(3, 101)])[2], '03 satisfied 101');
});

test('the message says what rolled over, and the row has the quantity alone', () => {
  const [, second] = runContract(contract('rollover: {max: 20%, for: P1M}'), [
    ...YEAR,
    spend(1, 90),
    spend(2, 111),
  ]);
  assert.match(
    second!.message,
    /111 of "tokens", expected at most 100 \(from 2025-01-01\) and 10 rolled over, the quantity passed at 2025-02-10/,
  );
  assert.equal(second!.usage!.limit, 100);
});

test('what was left over before the log is not known, unless the contract began with it', () => {
  const clause = (from: string) => contract('rollover: {max: 20%, for: P1M}', '', from);
  assert.deepEqual(verdicts(clause('2024-01-01'), [spend(1, 110), spend(2, 110)]), [
    '01 undetermined 110',
    '02 violation 110',
  ]);
  assert.deepEqual(verdicts(clause('2024-01-01'), [spend(1, 121)]), ['01 violation 121']);
  assert.deepEqual(verdicts(clause('2025-01-01'), [spend(1, 110)]), ['01 violation 110']);
  const [judgement] = runContract(clause('2024-01-01'), [...YEAR, spend(1, 110)]);
  assert.match(judgement!.message, /: between 0 and 20 roll over from earlier periods$/);
});

test('verdicts with rollover equal an account kept by hand, month for month', () => {
  const months = fc.array(fc.integer({ min: 0, max: 140 }), { minLength: 12, maxLength: 12 });
  const clause = fc.record({ cap: fc.integer({ min: 0, max: 60 }), months: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(months, clause, (used, { cap, months: valid }) => {
      let carried: { left: number; until: number }[] = [];
      const expected = used.map((amount, index) => {
        carried = carried.filter(({ until }) => until >= index);
        const most =
          100 +
          Math.min(
            cap,
            carried.reduce((sum, { left }) => sum + left, 0),
          );
        let beyond = Math.max(0, amount - 100);
        for (const each of carried) {
          const part = Math.min(beyond, each.left);
          each.left -= part;
          beyond -= part;
        }
        carried.push({ left: Math.max(0, 100 - amount), until: index + valid });
        return `${month(index + 1).slice(5)} ${amount > most ? 'violation' : 'satisfied'} ${amount}`;
      });
      const records = used.map((amount, index) => spend(index + 1, amount));
      assert.deepEqual(verdicts(contract(`rollover: {max: ${cap}, for: P${valid}M}`), records), expected);
    }),
    { numRuns: rounds(30, 3000) },
  );
});

test('use that arrives long after its period counts in it, and is told', () => {
  const clause = contract('late: {accept: P5D, then: own-period}');
  const arrived = (received_at: string) => spend(1, 60, { received_at });
  assert.deepEqual(verdicts(clause, [arrived('2025-02-06T00:00:00Z'), arrived('2025-01-10T09:00:01Z')]), [
    '01 violation 120',
  ]);
  const late = [
    arrived('2025-01-10T09:00:01Z'),
    arrived('2025-02-06T00:00:01Z'),
    arrived('2025-03-01T00:00:00Z'),
  ];
  const found = runContract(clause, [...YEAR, ...late]);
  assert.deepEqual(
    found.map(({ code, usage }) => usage?.used ?? code),
    [180, 'late-use'],
  );
  assert.equal(
    found[1]!.message,
    'license "api" in 2025-01: 2 events of use arrived more than 5d after the period ended (2025-02-01T00:00:00Z), the latest at 2025-03-01T00:00:00Z: counted in the period, whose figure is corrected',
  );
});

test('days in which late use is accepted are those of the calendar, and the grace of a term adds none', () => {
  const clause = 'late: {accept: P5D}';
  const term = 'term: {from: 2025-01-01, until: 2025-11-01, grace: P14D}';
  for (const yaml of [
    contract(clause),
    contract(clause, term, '2025-01-01', 'count sum(tokens) over term'),
  ]) {
    const late = (received_at: string) =>
      runContract(yaml.replace('timezone: UTC', 'timezone: America/New_York'), [
        ...YEAR,
        spend(10, 60, { received_at }),
      ]).some(({ code }) => code === 'late-use');
    // Clocks are set back on the second of November.
    assert.equal(late('2025-11-06T05:00:00Z'), false);
    assert.equal(late('2025-11-06T05:00:01Z'), true);
  }
});

test('use that does not say when it arrived leaves open whether it was late', () => {
  const clause = contract('late: {accept: P5D, then: own-period}');
  const records = [spend(1, 60), spend(2, 60, { received_at: 'soon' }), spend(3, 60, { time: 'once' })];
  assert.deepEqual(
    runContract(clause, [...YEAR, ...records]).flatMap(({ message, usage }) => (usage ? [] : [message])),
    [
      'license "api": 1 event of use has no readable time; 2 events of use do not say when they arrived, expected use to arrive within 5d after its period',
    ],
  );
});

const PART = spanning('2025-03-01T00:00:00Z', '2025-03-16T00:00:00Z');

test('by contract a period without evidence counts as used up, and is neither within nor exceeded', () => {
  const [judgement] = runContract(contract('', 'evidence: {ifMissing: full-capacity}'), [
    ...PART,
    spend(3, 10),
  ]);
  assert.deepEqual(
    [judgement!.code, judgement!.verdict, judgement!.usage!.used],
    ['evidence-missing', 'violation', 100],
  );
  assert.match(
    judgement!.message,
    /the log spans 48.3 % .*; by contract all 100 \(from 2025-01-01\) count as used$/,
  );
  assert.deepEqual(verdicts(contract('', 'evidence: {ifMissing: full-capacity}'), [spend(3, 10)]), [
    '03 satisfied 10',
  ]);
});

test('a log that begins later than records were to be kept is a finding; the term does not reach back farther', () => {
  const told = (keep: string, term = '', records: object[] = [spend(3, 10)]) =>
    runContract(contract('', `evidence: {keep: ${keep}}\n${term}`), [...YEAR, ...records])
      .filter(({ code }) => code === 'evidence-not-kept')
      .map(({ message }) => message);
  assert.deepEqual(told('P2Y'), [
    'contract "ACME-2025-017": the log begins 2025-01-01, expected records since 2023-12-31, for they are to be kept for P2Y',
  ]);
  assert.deepEqual(told('P2Y', '', []).length, 1);
  assert.deepEqual(
    [told('P1Y'), told('P90D'), told('P2Y', 'term: {from: 2025-01-01, until: 2027-01-01}')],
    [[], [], []],
  );
});

test('what cannot be read of these clauses is said at once', () => {
  const yaml = contract(
    'rollover: {max: some, for: PT1H}\n    late: {accept: soon, then: drop}',
    'evidence: {coverage: most, ifMissing: zero, keep: P0D}',
    '2025-01-01',
    'count seats over month',
  );
  assert.deepEqual(
    parseContract('f', yaml).problems.map(({ message }) => message),
    [
      'expected a percentage between 0% and 100%, found "most"',
      'expected indeterminate or full-capacity, found "zero"',
      'expected a span of the calendar such as P2Y, P1M or P90D, found "P0D"',
      'expected no "rollover" beside "count seats over month": only what adds up over a period can be left over',
      'expected a share such as 20%, or a number, found "some"',
      'expected a span of the calendar such as P2Y, P1M or P90D, found "PT1H"',
      'expected a duration such as PT30M, P14D or 12h, found "soon"',
      'expected own-period, found "drop"',
    ],
  );
});

test('a month in which no file of the log speaks is not within; a weekend between two files is', () => {
  const [from, until] = [parseMoment('2025-01-01T00:00:00Z')!, parseMoment('2025-04-01T00:00:00Z')!];
  const without = (first: string, last: string) => ({
    from,
    until,
    holes: [{ from: parseMoment(first)!, until: parseMoment(last)! }],
  });
  const told = (coverage: Coverage) =>
    runContract(contract(''), [spend(1, 10), spend(3, 10)], coverage).map(
      ({ usage, verdict }) => `${usage!.period} ${verdict}`,
    );
  assert.deepEqual(told(without('2025-02-01T00:00:00Z', '2025-03-01T00:00:00Z')), [
    '2025-01 satisfied',
    '2025-02 undetermined',
    '2025-03 satisfied',
  ]);
  assert.deepEqual(told(without('2025-02-01T00:00:00Z', '2025-02-03T00:00:00Z')), [
    '2025-01 satisfied',
    '2025-02 satisfied',
    '2025-03 satisfied',
  ]);
  const [, open] = runContract(
    contract(''),
    [spend(1, 10), spend(3, 10)],
    without('2025-02-01T00:00:00Z', '2025-03-01T00:00:00Z'),
  );
  assert.match(
    open!.message,
    /the log spans 0 % .*, no file from 2025-02-01T00:00:00Z until 2025-03-01T00:00:00Z\)/,
  );
});
