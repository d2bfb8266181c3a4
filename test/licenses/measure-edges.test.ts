/** Where measures are caught out: clock changes, anchors, changes in the middle of a period, groups, polls, short histories. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarPeriodAt } from '../../src/licenses/contract/periods.ts';
import { BucketClock } from '../../src/licenses/measures/bucket-clock.ts';
import { MARCH, runContract, spanning, use } from './run-contract.ts';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const HOUR = 3_600_000_000_000n;

test('7: Berlin has 743 hours in March and 745 in October, and drops 1 % of the real ones', () => {
  const clock = new BucketClock({ kind: 'hour' }, 'Europe/Berlin');
  const hoursOf = (text: string) => {
    const { from, until } = calendarPeriodAt('month', instant(text), 'Europe/Berlin');
    return clock.count(from, until);
  };
  assert.deepEqual([hoursOf('2025-03-15T00:00:00Z'), hoursOf('2025-10-15T00:00:00Z')], [743n, 745n]);
  // The hour that clocks show twice is two buckets; the day has 25.
  const { from, until } = new BucketClock({ kind: 'day' }, 'Europe/Berlin').at(
    instant('2025-10-26T12:00:00Z'),
  );
  assert.equal(clock.count(from, until), 25n);
  const [first, second] = ['2025-10-26T00:30:00Z', '2025-10-26T01:30:00Z'].map((text) =>
    clock.at(instant(text)),
  );
  assert.equal(first!.until, second!.from);
});

test('7: quarters of an hour and minutes of a zone that is half an hour off begin with its days', () => {
  const clock = new BucketClock({ kind: 'hour' }, 'Asia/Kolkata');
  assert.deepEqual(clock.at(instant('2025-03-03T10:40:00Z')), {
    from: instant('2025-03-03T10:30:00Z'),
    until: instant('2025-03-03T11:30:00Z'),
  });
  // Lord Howe's clocks go by half an hour: its shorter day has 24 hours of which the last is half as long.
  const short = new BucketClock({ kind: 'hour' }, 'Australia/Lord_Howe');
  const day = new BucketClock({ kind: 'day' }, 'Australia/Lord_Howe').at(instant('2025-10-05T03:00:00Z'));
  assert.deepEqual([day.until - day.from, short.count(day.from, day.until)], [(47n * HOUR) / 2n, 24n]);
});

test('8: a month anchored on the 31st begins with the last day of shorter months, and returns to the 31st', () => {
  const labels: string[] = [];
  for (let at = instant('2025-01-31T00:00:00Z'); labels.length < 5; ) {
    const period = calendarPeriodAt('month', at, 'UTC', 31);
    labels.push(period.label);
    at = period.until;
  }
  assert.deepEqual(labels, [
    '2025-01-31/2025-02-28',
    '2025-02-28/2025-03-31',
    '2025-03-31/2025-04-30',
    '2025-04-30/2025-05-31',
    '2025-05-31/2025-06-30',
  ]);
  assert.equal(
    calendarPeriodAt('month', instant('2024-02-29T00:00:00Z'), 'UTC', 30).label,
    '2024-02-29/2024-03-30',
  );
  assert.equal(
    calendarPeriodAt('month', instant('2025-03-14T23:30:00Z'), 'Europe/Berlin', 15).label,
    '2025-03-15/2025-04-15',
  );
});

test('8: the billing month of the 15th holds its own events', () => {
  const used: Used[] = ['2025-03-14', '2025-03-15', '2025-04-14', '2025-04-15'].map((day) => ({
    kind: 'use',
    at: instant(`${day}T12:00:00Z`),
  }));
  const span = { from: instant('2025-02-15T00:00:00Z'), until: instant('2025-05-14T23:59:59Z') };
  assert.deepEqual(boundsOf(runFold(contractWith('count events over month anchored 15'), used, span)), [
    ['2025-02-15T00:00:00Z', '1', '1'],
    ['2025-03-15T00:00:00Z', '2', '2'],
    ['2025-04-15T00:00:00Z', '1', '1'],
  ]);
});

const RAISED = '{from: 2025-01-01, set: 1}, {from: 2025-03-20, add: 2, by: A-1}';
const onHosts = (day: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    use('use', `2025-03-${day}T10:0${index}:00Z`, 'ann', { host: `h${index}` }),
  );
const judge = (
  sentence: string,
  records: readonly object[],
  options: Parameters<typeof contractWith>[1] = {},
) => {
  const [judgement] = runContract(contractWith(sentence, options), [...MARCH, ...records]);
  return [judgement!.verdict, judgement!.message] as const;
};

test('10: a highest bucket is held against the quantity of its own day', () => {
  const hourly = 'count distinct host each hour take max over month';
  assert.deepEqual(judge(hourly, onHosts('25', 3), { quantity: RAISED }), [
    'satisfied',
    'license "editor" in 2025-03: 3 hosts (max of each hour), allowed 3 (from 2025-03-20 by "A-1")',
  ]);
  assert.deepEqual(judge(hourly, onHosts('10', 3), { quantity: RAISED }), [
    'violation',
    'license "editor" in 2025-03: 3 hosts (max of each hour) in the hour from 2025-03-10T10:00:00Z, expected at most 1 (from 2025-01-01), used by "h0", "h1", "h2"',
  ]);
});

test('10: a figure of the whole period is judged where it is above or below every quantity of it, and open in between', () => {
  const daily = (more: string) => `count distinct host each day take ${more} over month`;
  const everyDay = Array.from({ length: 31 }, (_, index) =>
    onHosts(String(index + 1).padStart(2, '0'), 2),
  ).flat();
  const [verdict, message] = judge(daily('p95'), everyDay, { quantity: RAISED });
  assert.equal(verdict, 'undetermined');
  assert.equal(
    message,
    'license "editor" in 2025-03: 2 hosts (p95 of each day), expected at most 1 (from 2025-01-01): the quantity changes within the period, and the contract does not say which one its figure is held against',
  );
  assert.equal(
    judge(daily('mean'), everyDay, {
      quantity: RAISED.replace('add: 2', 'add: 1').replace('set: 1', 'set: 2'),
    })[0],
    'satisfied',
  );
  assert.equal(
    judge(daily('mean'), everyDay, { quantity: RAISED.replace('add: 2', 'add: 0.5') })[0],
    'violation',
  );
  // The last bucket has one quantity: that of its day.
  assert.equal(judge(daily('last'), everyDay, { quantity: RAISED })[0], 'satisfied');
});

test('10: the quantity of days without use is one of the period, but not of those before the first or outside the term', () => {
  const late = Array.from({ length: 10 }, (_, index) => onHosts(String(index + 21), 2)).flat();
  const [hourly, daily] = [
    'count distinct host so far each hour take drop-top 1% over month',
    'count distinct host each day take drop-top 10% over month',
  ];
  const changed = (before: number, after: number) =>
    `{from: 2025-01-01, set: ${before}}, {from: 2025-03-20, set: ${after}}`;
  for (const sentence of [hourly, daily]) {
    assert.equal(judge(sentence, late, { quantity: changed(1, 3) })[0], 'undetermined');
    assert.equal(judge(sentence, late, { quantity: changed(3, 1) })[0], 'undetermined');
    assert.equal(judge(sentence, late, { quantity: changed(0.5, 1) })[0], 'violation');
    assert.equal(judge(sentence, late, { quantity: changed(3, 2) })[0], 'satisfied');
    assert.equal(judge(sentence, late, { quantity: '{from: 2025-03-20, set: 3}' })[0], 'satisfied');
    const term = { quantity: changed(1, 3), head: 'term: {from: 2025-03-20, until: 2026-03-20}' };
    assert.equal(judge(sentence, late, term)[0], 'satisfied');
  }
  // Ten days of two hosts: 0.65 on the average of the month.
  const mean = 'count distinct host each day take mean over month';
  assert.equal(judge(mean, late, { quantity: changed(0.5, 1) })[0], 'undetermined');
  assert.equal(judge(mean, late, { quantity: changed(0.7, 1) })[0], 'satisfied');
});

test('10: so it is for the mean of seats', () => {
  const seats = 'count seats each instant take mean over month';
  const held = [
    use('checkout', '2025-03-21T00:00:00Z', 'ann', { session: 's' }),
    use('checkin', '2025-03-31T00:00:00Z', 'ann', { session: 's' }),
  ];
  const changed = (before: number, after: number) =>
    `{from: 2025-01-01, set: ${before}}, {from: 2025-03-20, set: ${after}}`;
  assert.equal(judge(seats, held, { quantity: changed(0.1, 1) })[0], 'undetermined');
  assert.equal(judge(seats, held, { quantity: changed(0.4, 1) })[0], 'satisfied');
  assert.equal(judge(seats, held, { quantity: changed(0.1, 0.2) })[0], 'violation');
});

test('10: sums of buckets are held against the quantity at the end of each stretch', () => {
  const hours = 'count distinct host each hour take sum over month';
  assert.equal(
    judge(hours, [...onHosts('10', 1), ...onHosts('25', 2)], { quantity: RAISED })[0],
    'satisfied',
  );
  assert.equal(
    judge(hours, [...onHosts('10', 2), ...onHosts('25', 1)], { quantity: RAISED })[0],
    'violation',
  );
});

test('11: each period is judged by the definition of its own time', () => {
  const records = ['2023-06-05', '2023-06-20', '2023-07-20', '2023-08-03'].map((day, index) =>
    use('use', `${day}T10:00:00Z`, `p${index}`),
  );
  const log = [...spanning('2023-05-01T00:00:00Z', '2023-08-31T23:59:59Z'), ...records];
  const judgements = runContract(
    contractWith('slack-active', { quantity: '{from: 2020-01-01, set: 1}' }),
    log,
  );
  assert.deepEqual(
    judgements.map(({ usage, verdict, message }) => [usage!.period, verdict, message.replace(/^.*?: /, '')]),
    [
      [
        '2023-06',
        'undetermined',
        'at least 0 people (max of any 28 days, at least 1), expected at most 1 (from 2020-01-01): Slack had another definition of active members before 2023-07-10',
      ],
      [
        '2023-07',
        'undetermined',
        'at least 0 people (max of any 28 days, at least 1), expected at most 1 (from 2020-01-01): Slack had another definition of active members before 2023-07-10',
      ],
      [
        '2023-08',
        'violation',
        '2 people (max of any 28 days, at least 1) in the 28 days that end with the day from 2023-08-03T00:00:00Z, expected at most 1 (from 2020-01-01), used by "p2", "p3"',
      ],
    ],
  );
});

test('11: before, between and after a change that was phased in', () => {
  const people = ['ann', 'bob'].map((who, index) => use('assign', `2025-0${index + 1}-05T10:00:00Z`, who));
  const gone = ['2025-06-20', '2025-12-20'].flatMap((day) => [
    use('assign', `${day}T10:00:00Z`, 'cid'),
    use('revoke', `${day}T20:00:00Z`, 'cid'),
  ]);
  const log = [...spanning('2025-01-01T00:00:00Z', '2025-12-31T23:59:59Z'), ...people, ...gone];
  const options = { quantity: '{from: 2025-01-01, set: 2}' };
  const verdicts = new Map(
    runContract(contractWith('atlassian-monthly', options), log).map(({ usage, verdict }) => [
      usage!.period,
      verdict,
    ]),
  );
  // cid came and went within June, when the last day counted, and within December, when the highest does.
  assert.deepEqual(
    ['2025-06', '2025-07', '2025-08', '2025-10', '2025-11', '2025-12'].map((month) => verdicts.get(month)),
    ['satisfied', 'satisfied', 'undetermined', 'undetermined', 'satisfied', 'violation'],
  );
});

test('20: a factor is rounded for each group, not for each record and not for the whole', () => {
  const sentence =
    'count level(cores) by cpu each instant take max over month times 0.5 for xeon, 0.25 for sparc round up';
  const read = (host: string, cores: number, cpu: string) =>
    use('use', '2025-03-01T00:00:00Z', 'ann', { host, cores, cpu });
  const hosts = [read('a', 3, 'xeon'), read('b', 5, 'xeon'), read('c', 3, 'xeon')];
  assert.match(
    judge(`"${sentence}"`, hosts)[1],
    /: 6 of "cores" \(times 0.5 for xeon, 0.25 for sparc, round up\) at .*, on "a", "b", "c"$/,
  );
  assert.match(judge(`"${sentence}"`, [...hosts, read('d', 5, 'sparc')])[1], /: 8 of "cores"/);
});

test('20: a minimum, a factor and rounding come in this order, and the witnesses are those of the figure', () => {
  const records = [...onHosts('10', 3)];
  assert.match(
    judge('count distinct host each hour take max over month at least 2 times 1.5 round down', records, {
      quantity: '{from: 2025-01-01, set: 3}',
    })[1],
    /: 4 hosts \(max of each hour, at least 2, times 1.5, round down\) in the hour from 2025-03-10T10:00:00Z, expected at most 3/,
  );
  assert.equal(
    judge('count distinct host over month at least 9', records, {
      quantity: '{from: 2025-01-01, set: 8}',
    })[0],
    'violation',
  );
});

const poll = (minute: string, host: string, units: number) =>
  use('use', `2025-03-03T10:${minute}:00Z`, 'monitor', { host, units });

test('23: samples are exact at their readings, and a host that was not sampled leaves its bucket open', () => {
  const sampled = 'count sampled(units) each 15min take max over month';
  const whole = [
    poll('00', 'a', 2),
    poll('00', 'b', 1),
    poll('15', 'a', 3),
    poll('15', 'b', 1),
    poll('30', 'a', 0),
    poll('30', 'b', 0),
  ];
  const first = { coverage: 'evidence: {coverage: 0%}' };
  const options = { head: first.coverage, quantity: '{from: 2025-01-01, set: 4}' };
  assert.equal(judge(sampled, whole, options)[0], 'satisfied');
  const [verdict, message] = judge(sampled, whole.toSpliced(3, 1), options);
  assert.equal(verdict, 'undetermined');
  assert.match(
    message,
    /at least 3 of "units" .*: a host that was in use has no reading in one of the buckets$/,
  );
  // What a poll saw is proof, whatever it missed.
  assert.equal(
    judge(sampled, whole.toSpliced(3, 1), { ...options, quantity: '{from: 2025-01-01, set: 2}' })[0],
    'violation',
  );
});

test('23: a sample says nothing of an instant, so a measure of instants refuses it', () => {
  assert.throws(
    () => contractJudged('count sampled(units) each instant take max over month'),
    /"each instant" has no meaning for "sampled", expected "each minute", "each 15min", "each hour", "each day"/,
  );
});

function contractJudged(sentence: string): unknown {
  return runContract(contractWith(sentence), MARCH);
}

test('23: before the first reading of a gauge nothing is known, and its period says so', () => {
  const [verdict, message] = judge('count level(units) each instant take max over month', [
    poll('00', 'a', 2),
  ]);
  assert.equal(verdict, 'undetermined');
  assert.match(
    message,
    /at least 2 of "units", expected at most 5 .*: nothing is known before the first reading$/,
  );
});

test('24: a window longer than the log has a lower bound only, and an excess in it is one', () => {
  const people = ['ann', 'bob', 'cid'].map((who, index) => use('use', `2025-03-1${index}T10:00:00Z`, who));
  const sentence = 'count distinct person each 28d take max over month';
  assert.deepEqual(judge(sentence, people), [
    'undetermined',
    'license "editor" in 2025-03: at least 3 people (max of any 28 days), expected at most 5 (from 2020-01-01): the log begins within the window, so who used it before is not known',
  ]);
  assert.equal(judge(sentence, people, { quantity: '{from: 2020-01-01, set: 2}' })[0], 'violation');
  assert.equal(
    judge(sentence, people, { head: 'term: {from: 2025-03-01, until: 2026-03-01}' })[0],
    'satisfied',
  );
});

test('24: assignments from before the log are not in it, unless it begins with the contract', () => {
  const sentence = 'count assigned person each instant take max over month';
  const granted = [
    use('assign', '2025-03-05T10:00:00Z', 'ann'),
    use('assign', '2025-03-06T10:00:00Z', 'bob'),
    use('revoke', '2025-03-07T10:00:00Z', 'ann'),
  ];
  const [verdict, message] = judge(sentence, granted);
  assert.equal(verdict, 'undetermined');
  assert.match(
    message,
    /at least 2 people assigned, expected at most 5 .*: the log does not reach back to when the contract began/,
  );
  const dated = (set: number) => ({ quantity: `{from: 2025-03-01, set: ${set}}` });
  assert.equal(judge(sentence, granted, dated(2))[0], 'satisfied');
  assert.match(
    judge(sentence, granted, dated(1))[1],
    /2 people assigned at 2025-03-06T10:00:00Z, expected at most 1 .*, assigned to "ann", "bob"$/,
  );
});

test("assignments are those of the contract's words, and use is none", () => {
  const words = {
    head: 'events: {assign: org.add_member, revoke: org.remove_member}',
    quantity: '{from: 2025-03-01, set: 1}',
  };
  const records = [
    { ...use('use', '2025-03-05T10:00:00Z', 'eve') },
    { ...use('x', '2025-03-06T10:00:00Z', 'ann'), action: 'org.add_member' },
    { ...use('x', '2025-03-07T10:00:00Z', 'ann'), action: 'org.remove_member' },
    { ...use('x', '2025-03-07T11:00:00Z', 'bob'), action: 'org.add_member' },
  ];
  // bob comes when ann is gone: never two at once, on no day.
  assert.equal(judge('count assigned person each day take max over month', records, words)[0], 'satisfied');
  const early = { ...use('x', '2025-03-07T09:00:00Z', 'bob'), action: 'org.add_member' };
  const [verdict] = judge(
    'count assigned person each instant take max over month',
    records.toSpliced(2, 0, early),
    words,
  );
  assert.equal(verdict, 'violation');
});

test('a grant is of its assignee, whoever gave it, and the use of a named license still has to keep its term', () => {
  const records = [
    use('assign', '2025-03-05T10:00:00Z', 'admin', { assignee: 'ann' }),
    use('assign', '2025-03-05T11:00:00Z', 'admin', { assignee: 'bob' }),
    use('checkout', '2025-03-25T10:00:00Z', 'ann'),
  ];
  const yaml = contractWith('count assigned person each instant take max over month', {
    quantity: '{from: 2025-03-01, set: 1}',
    license: 'term: {from: 2025-03-01, until: 2025-03-20}',
  });
  assert.deepEqual(
    runContract(yaml, [...MARCH, ...records]).map(({ code, verdict }) => `${verdict} ${code}`),
    ['violation users-exceeded', 'violation use-after-expiry', 'violation use-after-expiry'],
  );
});
