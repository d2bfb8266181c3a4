/** Who may hold a seat: on how many devices, in which countries, and after whom. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { rounds } from '../support/rounds.ts';
import { runContract, spanning, use } from './run-contract.ts';

const LOG = spanning('2025-03-01T00:00:00Z', '2025-04-30T23:59:59Z');

function contract(more: string, quantity = 99): string {
  return `
contract: {id: ACME-2025-017, timezone: UTC}
people: {same: [{person: ann, as: [a.meyer]}], exclude: [{match: svc-*}]}
licenses:
  - id: suite
    covers: {feature: editor}
    measure: count seats over month
    quantity: [{from: 2025-01-01, set: ${quantity}}]
    ${more}
`;
}

const at = (minute: number) => `2025-03-03T09:${String(minute).padStart(2, '0')}:00Z`;

function session(actor: string, from: number, until: number, more: object): object[] {
  return [use('checkout', at(from), actor, more), use('checkin', at(until), actor, more)];
}

function told(yaml: string, records: object[]): string[] {
  return runContract(yaml, [...LOG, ...records]).flatMap(({ verdict, code, message, usage, leftOut }) =>
    usage !== undefined || leftOut !== undefined
      ? []
      : [`${verdict === 'violation' ? '' : 'perhaps '}${code}: ${message.replace('license "suite": ', '')}`],
  );
}

test('a person may use so many devices in a period, and each period counts anew', () => {
  const on = (host: string, day: string) => use('use', `2025-${day}T09:00:00Z`, 'ann', { host });
  const months = [
    on('h1', '03-03'),
    on('h2', '03-04'),
    on('h1', '03-05'),
    on('h3', '04-01'),
    on('h2', '04-02'),
  ];
  assert.deepEqual(told(contract('devices: {max: 2}'), months), []);
  assert.deepEqual(told(contract('devices: {max: 2}'), [...months.slice(0, 3), on('h3', '03-31')]), [
    'too-many-devices: "ann" used 3 devices in 2025-03, expected at most 2: "h1", "h2", "h3"',
  ]);
});

test('names of one person share their devices, other people and nobody do not', () => {
  const records = ['ann', 'A.Meyer', 'bob', undefined, 'svc-1'].map((actor, index) =>
    use('use', at(index), actor as string, { host: `h${index}` }),
  );
  assert.deepEqual(told(contract('devices: {max: 1}'), records), [
    'too-many-devices: "ann" used 2 devices in 2025-03, expected at most 1: "h0", "h1"',
    'perhaps too-many-devices: 1 event of use names nobody, expected devices of each person: at most 1 in a period',
  ]);
});

test('use that names no device, no feature or no time leaves the devices open, as one doubt that names the first', () => {
  const records = [
    use('checkout', at(1), 'ann', { host: 'h1' }),
    use('checkout', at(2), 'ann'),
    use('use', at(3), 'bob'),
    use('checkin', at(4), 'ann'),
    use('checkin', at(5), 'ann', { host: 'h1' }),
    use('use', 'once', 'ann', { host: 'h1' }),
    use('use', at(6), 'ann', { host: 'h1', license: undefined }),
  ];
  const asked = (clause: string) => told(contract(`devices: ${clause}`), records);
  const open =
    '1 event of use has no readable time; 2 events of use name no device; ' +
    '1 event of use names no feature and may be use of this license';
  assert.deepEqual(asked('{max: 1}'), [
    `perhaps too-many-devices: ${open}, expected devices of each person: at most 1 in a period`,
  ]);
  assert.deepEqual(asked('{max: 3, atOnce: 1}'), [
    `perhaps devices-at-once: ${open}, expected devices of each person: at most 3 in a period, at most 1 at once`,
  ]);
});

test('a device whose session goes on from one period into the next counts in both', () => {
  const clause = 'devices: {max: 1}';
  const out = (day: string, host: string, more: object = {}) =>
    use('checkout', `2025-${day}T09:00:00Z`, 'ann', { host, ...more });
  const back = (day: string, host: string) => use('checkin', `2025-${day}T09:00:00Z`, 'ann', { host });
  const inApril = 'too-many-devices: "ann" used 2 devices in 2025-04, expected at most 1: "h2", "h1"';
  const carried = [out('03-30', 'h1'), back('04-02', 'h1'), out('04-03', 'h2'), back('04-04', 'h2')];
  assert.deepEqual(told(contract(clause), carried), [inApril.replace('"h2", "h1"', '"h1", "h2"')]);
  const beyond = [
    out('03-30', 'h1'),
    out('04-03', 'h2'),
    use('checkin', '2025-04-03T09:20:00Z', 'ann', { host: 'h2' }),
    use('checkin', '2025-05-01T09:00:00Z', 'ann', { host: 'h1' }),
  ];
  assert.deepEqual(told(contract(clause), beyond), [inApril]);
  const lost = beyond.slice(0, 3);
  assert.deepEqual(told(contract(clause), lost), [
    `perhaps ${inApril}, unless sessions without a check-in had ended`,
  ]);
  assert.deepEqual(told(contract(`${clause}\n    missingCheckin: in-use`), lost), [inApril]);
  assert.deepEqual(told(contract(`${clause}\n    missingCheckin: PT30M`), lost), []);
  // Half-open: what ends when the month begins was not in use in it.
  const atMidnight = use('checkin', '2025-04-01T00:00:00Z', 'ann', { host: 'h1' });
  assert.deepEqual(told(contract(clause), [out('03-30', 'h1'), atMidnight, out('04-03', 'h2')]), []);
});

test('a check-in without a check-out is use of its device; how long, is a doubt where it could be one too many', () => {
  const back = (minute: number, host: string) => use('checkin', at(minute), 'ann', { host });
  assert.deepEqual(
    told(contract('devices: {max: 1}'), [back(1, 'h1'), ...session('ann', 2, 3, { host: 'h2' })]),
    ['too-many-devices: "ann" used 2 devices in 2025-03, expected at most 1: "h1", "h2"'],
  );
  const atOnce = contract('devices: {atOnce: 1}');
  assert.deepEqual(told(atOnce, [back(1, 'h1'), ...session('ann', 2, 3, { host: 'h2' })]), []);
  assert.deepEqual(told(atOnce, [...session('ann', 2, 3, { host: 'h2' }), back(4, 'h1')]), [
    'perhaps devices-at-once: 1 event of use has no check-out, so its session may be as old as the log, expected devices of each person: at most 1 at once',
  ]);
});

test('a session that is used, or checked out again, on another device while it is open is on two of them', () => {
  const clause = contract('devices: {atOnce: 1}');
  const on = (host: string) => ({ host, session: 's1' });
  const [out, back] = session('ann', 0, 9, on('h1'));
  assert.deepEqual(told(clause, [out!, use('use', at(5), 'ann', on('h2')), back!]), [
    'devices-at-once: "ann" used 2 devices at once at 2025-03-03T09:05:00Z, expected at most 1: "h1", "h2"',
  ]);
  assert.deepEqual(told(clause, [out!, use('checkout', at(5), 'ann', on('h2')), back!]), [
    'perhaps devices-at-once: 1 event of use repeats an open session from another device, expected devices of each person: at most 1 at once',
  ]);
  assert.deepEqual(told(clause, [out!, use('checkout', at(5), 'ann', on('h1')), back!]), []);
});

test('sessions on more devices at once than allowed are found; one device after another, at one instant, is not', () => {
  const clause = contract('devices: {atOnce: 1}');
  const [h1, h2] = [{ host: 'h1' }, { host: 'h2' }];
  assert.deepEqual(told(clause, [...session('ann', 0, 9, h1), ...session('a.meyer', 5, 7, h2)]), [
    'devices-at-once: "ann" used 2 devices at once at 2025-03-03T09:05:00Z, expected at most 1: "h1", "h2"',
  ]);
  assert.deepEqual(told(clause, [...session('ann', 0, 5, h1), ...session('ann', 5, 7, h2)]), []);
  // The check-out is logged before the check-in of the same instant.
  const [out, back] = session('ann', 0, 5, h1);
  assert.deepEqual(
    told(clause, [out!, use('checkout', at(5), 'ann', h2), back!, use('checkin', at(7), 'ann', h2)]),
    [],
  );
  assert.deepEqual(told(clause, [...session('ann', 0, 9, h1), ...session('ann', 5, 7, h1)]), []);
  assert.deepEqual(
    told(contract('devices: {atOnce: 1}\n    linger: PT10M'), [
      ...session('ann', 0, 5, h1),
      ...session('ann', 6, 7, h2),
    ]),
    [],
  );
});

test('a session whose check-in is lost is no proof of two devices at once', () => {
  const lost = [use('checkout', at(0), 'ann', { host: 'h1' }), ...session('ann', 5, 7, { host: 'h2' })];
  const clause = 'devices: {atOnce: 1}';
  assert.deepEqual(told(contract(clause), lost), [
    'perhaps devices-at-once: "ann" used 2 devices at once at 2025-03-03T09:05:00Z, expected at most 1: "h1", "h2", unless sessions without a check-in had ended',
  ]);
  assert.match(told(contract(`${clause}\n    missingCheckin: in-use`), lost)[0]!, /^devices-at-once/);
  assert.deepEqual(told(contract(`${clause}\n    missingCheckin: PT5M`), lost), []);
});

test('lost check-ins of many people are one doubt', () => {
  const records = ['ann', 'bob', 'cid'].flatMap((actor, index) => [
    use('checkout', at(index), actor, { host: 'h1' }),
    use('checkout', at(index + 10), actor, { host: 'h2' }),
  ]);
  const [found, ...others] = told(contract('devices: {atOnce: 1}'), records);
  assert.deepEqual(others, []);
  assert.match(found!, /^perhaps devices-at-once: "ann" .*; and 2 more of this kind$/);
});

test('devices at once equal a count of every minute; lost check-ins leave doubts, never other verdicts', () => {
  const span = fc.record({
    device: fc.integer({ min: 1, max: 3 }),
    from: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 1, max: 15 }),
    lost: fc.constantFrom(false, false, true),
  });
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 2 }),
      (spans, atOnce) => {
        const records = (complete: boolean) =>
          spans.flatMap(({ device, from, length, lost }, index) =>
            session('ann', from, from + length, { host: `h${device}`, session: `s${index}` }).slice(
              0,
              lost && !complete ? 1 : 2,
            ),
          );
        const minutes = Array.from({ length: 60 }, (_, minute) => minute);
        const broken = minutes.some((minute) => {
          const open = spans.filter(({ from, length }) => from <= minute && minute < from + length);
          return new Set(open.map(({ device }) => device)).size > atOnce;
        });
        const yaml = contract(`devices: {atOnce: ${atOnce}}`);
        assert.deepEqual(told(yaml, records(true)).length, broken ? 1 : 0);
        const [found] = told(yaml, records(false));
        if (found === undefined) assert.ok(!broken);
        else if (!found.startsWith('perhaps')) assert.ok(broken);
      },
    ),
    { numRuns: rounds(40, 3000) },
  );
});

test('use from a country outside the contract is a finding for each country; events that name none are told apart', () => {
  const records = ['DE', 'de ', 'FR', 'FR', 'NO', undefined].map((country, index) =>
    use('use', at(index), index % 2 ? 'bob' : 'ann', { country }),
  );
  assert.deepEqual(told(contract('countries: {only: [DE, NO]}'), records), [
    'country-not-licensed: used 2 times from "FR" by "ann", "bob", first at 2025-03-03T09:02:00Z, expected only DE, NO',
    'perhaps country-not-licensed: 1 event of use names no country, expected only DE, NO',
  ]);
  assert.deepEqual(told(contract('countries: {not: [fr]}'), records.slice(0, 5)), [
    'country-not-licensed: used 2 times from "FR" by "ann", "bob", first at 2025-03-03T09:02:00Z, expected none of FR',
  ]);
});

test('use without a country that names no feature, or is sold elsewhere, is a doubt; sold here it is none', () => {
  const records = [undefined, 'FR', 'DE'].map((country, index) =>
    use('use', at(index), 'ann', { country, license: undefined }),
  );
  assert.deepEqual(told(contract('countries: {only: [DE]}'), records), [
    'perhaps country-not-licensed: 2 events of use name no feature and may be use of this license, expected only DE',
  ]);
});

const assign = (day: string, assignee: string, more: object = {}) =>
  use('assign', `2025-${day}T09:00:00Z`, 'admin', { assignee, ...more });
const revoke = (day: string, assignee: string, more: object = {}) =>
  use('revoke', `2025-${day}T09:00:00Z`, 'admin', { assignee, ...more });

const HOLD = 'reassign: {hold: P30D, unless: [leaver, Hardware-Failure]}';

test('a seat that passes to another person before its hold is over is found, by its id', () => {
  const seat = { seat: 's-1' };
  const pass = (day: string, reason?: string) => [
    assign('03-01', 'ann', seat),
    revoke(day, 'ann', { ...seat, reason }),
    assign(day, 'bob', seat),
  ];
  assert.deepEqual(told(contract(HOLD), pass('03-30')), [
    'reassigned-too-soon: seat "s-1" passed from "ann" to "bob" at 2025-03-30T09:00:00Z, 29d after it was assigned, expected at least 30d',
  ]);
  assert.deepEqual(told(contract(HOLD), pass('03-31')), []);
  assert.deepEqual(told(contract(HOLD), pass('03-30', 'hardware-failure')), []);
  assert.deepEqual(
    told(contract(HOLD), [...pass('03-30').slice(0, 2), assign('03-30', 'a.meyer', seat)]),
    [],
  );
});

test('without the id of the seat, an assignment breaks a hold where no seat is free', () => {
  const records = [
    assign('03-01', 'ann'),
    assign('03-02', 'bob'),
    revoke('03-10', 'ann'),
    assign('03-11', 'cid'),
  ];
  assert.deepEqual(told(contract(HOLD, 3), records), []);
  assert.deepEqual(told(contract(HOLD, 2), records), [
    'reassigned-too-soon: a seat passed from "ann" to "cid" at 2025-03-11T09:00:00Z, 10d after it was assigned, expected at least 30d',
  ]);
  const back = [...records.slice(0, 3), assign('03-11', 'ann')];
  assert.deepEqual(told(contract(HOLD, 2), back), []);
  const late = [...records.slice(0, 3), assign('04-01', 'cid')];
  assert.deepEqual(told(contract(HOLD, 2), late), []);
});

test('who comes back after a revocation holds the seat anew', () => {
  const back = [
    { again: '03-10', last: '04-08', free: '04-09' },
    { again: '04-20', last: '05-19', free: '05-20' },
  ];
  for (const seat of [{}, { seat: 's-1' }]) {
    for (const { again, last, free } of back) {
      const passed = (day: string) => [
        assign('03-01', 'ann', seat),
        revoke('03-02', 'ann', seat),
        assign(again, 'ann', seat),
        { ...revoke(again, 'ann', seat), time: `2025-${again}T10:00:00Z` },
        assign(day, 'bob', seat),
      ];
      assert.match(told(contract(HOLD, 1), passed(last)).join(), /^reassigned-too-soon: .* 29d after/);
      assert.deepEqual(told(contract(HOLD, 1), passed(free)), []);
    }
  }
});

test('a hold ends at the same hour of the day, though clocks are set in between', () => {
  const passed = (time: string) => [
    assign('03-01', 'ann', { seat: 's-1' }),
    { ...assign('03-31', 'bob', { seat: 's-1' }), time },
  ];
  const clause = contract(HOLD).replace('timezone: UTC', 'timezone: Europe/Berlin');
  assert.equal(told(clause, passed('2025-03-31T07:59:59Z')).length, 1);
  assert.deepEqual(told(clause, passed('2025-03-31T08:00:00Z')), []);
});

test('a seat whose first assignment the log does not hold is told apart, unless the log is longer than the hold', () => {
  const seat = { seat: 's-1' };
  const pass = (day: string) => [
    assign('03-01', 'dee', { seat: 's-9' }),
    revoke(day, 'ann', seat),
    assign(day, 'bob', seat),
  ];
  assert.deepEqual(told(contract(HOLD), pass('03-10')), [
    'perhaps reassigned-too-soon: 1 seat was passed on that may have been assigned less than 30d before: the log does not tell when',
  ]);
  assert.deepEqual(told(contract(HOLD), pass('03-31')), []);
});

test('what cannot be read of these clauses is said at once', () => {
  const yaml = contract(
    'devices: {max: 0, atOnce: two, perDay: 1}\n    countries: {only: [Germany], not: [FR]}\n    reassign: {unless: leaver}',
  );
  assert.deepEqual(
    parseContract('f', yaml).problems.map(({ message }) => message),
    [
      'expected a whole number of devices, at least 1, found "0"',
      'expected a whole number of devices, at least 1, found "two"',
      'unknown key "perDay" in "devices"',
      'expected one of "only" and "not" in "countries", found both',
      'expected "hold" in "reassign", found none',
    ],
  );
});

test('an assignment that names nobody, no time or no feature leaves the hold open', () => {
  const seat = { seat: 's-1' };
  const records = [
    assign('03-01', 'ann', seat),
    use('assign', '2025-03-02T09:00:00Z', undefined as never, seat),
    assign('then', 'bob', seat),
    assign('03-03', 'cid', { ...seat, license: undefined }),
  ];
  assert.deepEqual(told(contract(HOLD), records), [
    'perhaps reassigned-too-soon: 1 event of use has no readable time; 1 event of use names nobody; 1 event of use names no feature and may be use of this license, expected each seat to be held for 30d',
  ]);
});

test('who held a seat of the pool before the log began may leave none free', () => {
  const records = [
    assign('03-01', 'ann'),
    revoke('03-05', 'zoe'),
    revoke('03-10', 'ann'),
    assign('03-11', 'cid'),
  ];
  const open =
    'perhaps reassigned-too-soon: 1 seat was passed on that may have been assigned less than 30d before: the log does not tell when';
  assert.deepEqual(told(contract(HOLD, 9), records), [open]);
  // The term began long before the log.
  const pass = [records[0]!, ...records.slice(2)];
  const term = `${HOLD}\n    term: {from: 2025-01-01, until: 2026-01-01}`;
  assert.deepEqual(told(contract(term, 9), pass), [open]);
  assert.deepEqual(told(contract(term.replace('01-01', '03-01'), 9), pass), []);
});

test('use at no readable time, or without a feature beyond the term, may be use after the term', () => {
  const term = contract('term: {from: 2025-03-03, until: 2025-04-01}');
  const records = [
    ...session('ann', 0, 9, {}),
    use('use', 'once', 'ann'),
    use('use', '2025-04-02T09:00:00Z', 'ann', { license: undefined }),
    use('use', '2025-03-05T09:00:00Z', 'ann', { license: undefined }),
  ];
  assert.deepEqual(told(term, records), [
    'perhaps use-after-expiry: 1 event of use has no readable time; 1 event of use names no feature and may be use of this license, expected use from 2025-03-03 until 2025-04-01',
  ]);
});

test('holders of a peak are told by team, those of no team last, and not at all where the contract has none', () => {
  const people = 'people: {same: [{person: ann, as: [a.meyer]}], exclude: [{match: svc-*}]}';
  const teams = 'people: {same: [{person: ann, as: [a.meyer]}], teams: {cae: [c-*, ann], dev: [d-*]}}';
  const records = ['A.Meyer', 'zoe', 'd-1', 'c-2', 'c-1'].flatMap((actor) => session(actor, 1, 9, {}));
  const usageOf = (yaml: string) =>
    runContract(yaml, [...LOG, ...records]).find(({ usage }) => usage?.period === '2025-03')!.usage!;
  const { used, holders, teams: told } = usageOf(contract('').replace(people, teams));
  assert.deepEqual([used, holders], [5, ['ann', 'c-1', 'c-2', 'd-1', 'zoe']]);
  assert.deepEqual(told, [
    { team: 'cae', holders: 3 },
    { team: 'dev', holders: 1 },
    { team: null, holders: 1 },
  ]);
  assert.equal('teams' in usageOf(contract('')), false);
});
