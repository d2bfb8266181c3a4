/** `gap`: silences against a twin that looks at every second, numbers against one that looks at every pair. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareMarks, type Mark } from '../../src/model/mark.ts';
import { type Coverage, groupKey, type Judgement } from '../../src/model/relation.ts';
import type { Correlation, Table, TableRow } from '../../src/model/rule.ts';
import { gap } from '../../src/relations/gap.ts';
import { correlationOf, type MarkSketch, second, toMark } from './made-marks.ts';
import { CASES, cut, LAWFUL_CASES, placesOf } from './relation-laws.ts';

type Row = { host: string; from?: number; to?: number };

function hosts(rows: Row[]): Table {
  return {
    name: 'hosts',
    title: 'Hosts',
    file: 'hosts.yaml',
    line: 3,
    rows: rows.map(
      ({ host, from, to }): TableRow => ({
        columns: { name: [host] },
        ...(from !== undefined && { from: second(from) }),
        ...(to !== undefined && { to: second(to) }),
      }),
    ),
  };
}

function gaps(
  extra: Record<string, unknown>,
  rows?: Row[],
  more: Partial<Correlation> = {},
  steps = 1,
): Correlation {
  const expected = { table: 'hosts', match: { name: 'host' } };
  const made = correlationOf(
    {
      type: 'gap',
      groupNames: ['host'],
      extra: { ...extra, ...(rows && { expected }) },
      tables: rows ? { hosts: hosts(rows) } : {},
      ...more,
    },
    steps,
  );
  return { ...made, titles: ['Heartbeat', 'Request'].slice(0, steps) };
}

function numbers(extra: Record<string, unknown> = {}): Correlation {
  const { timespan: _, ...rest } = gaps({ sequence: 'n', ...extra });
  return rest;
}

const EVERYTHING: Coverage = { from: second(-1_000), until: second(1_000) };

const beat = (at: number | undefined, line: number, value?: string, more: Partial<MarkSketch> = {}) =>
  toMark({ at, line, value, ...more });

function run(
  correlation: Correlation,
  marks: Mark[],
  coverage: Coverage = EVERYTHING,
  group = ['web'],
): Judgement[] {
  const relation = gap.compile(correlation, assert.fail)!;
  const judgements = [...relation.judge(group, marks.sort(compareMarks), coverage)];
  // What cannot be read has tests of its own.
  return judgements.filter(({ message }) => !message.includes('is no whole number'));
}

function runAbsent(correlation: Correlation, present: string[][], coverage: Coverage): Judgement[] {
  const relation = gap.compile(correlation, assert.fail)!;
  return [...relation.judgeAbsent!(new Set(present.map(groupKey)), coverage)].map(
    ({ judgement }) => judgement,
  );
}

const codes = (judgements: Judgement[]) => judgements.map(({ code, verdict }) => `${code} ${verdict}`);

describe('gap: silences', () => {
  test('names the longest silence of a group; the timespan itself is allowed', () => {
    const coverage = { from: second(0), until: second(50) };
    assert.deepEqual(run(gaps({}), [beat(30, 1), beat(40, 2)], coverage), []);
    const [found, ...more] = run(gaps({}), [beat(0, 1), beat(11, 2), beat(35, 3), beat(50, 4)], coverage);
    assert.deepEqual(more, []);
    assert.equal(
      found!.message,
      'tried rule: host "web" silent for 24s from 1970-01-01T00:00:11Z until 1970-01-01T00:00:35Z, the longest of 3, expected at most 10s',
    );
    assert.deepEqual(
      [
        found!.verdict,
        found!.count,
        found!.place.line,
        found!.related.map(({ line }) => line),
        found!.subject,
      ],
      ['violation', 3, 2, [1, 3], 'web'],
    );
  });
  test('the beginning and the end of the log count for expected groups only', () => {
    const coverage = { from: second(0), until: second(40) };
    assert.deepEqual(run(gaps({}), [beat(30, 1)], coverage), []);
    const [found] = run(gaps({}, [{ host: 'web' }]), [beat(20, 1)], coverage);
    assert.deepEqual([found!.count, found!.place.line], [2, 1]);
    assert.deepEqual(run(gaps({}, [{ host: 'db' }]), [beat(20, 1)], coverage), []);
  });
  test('cannot tell of a group that does not speak again, unless a table says who must', () => {
    const coverage = { from: second(0), until: second(40) };
    const [found, ...more] = run(gaps({}), [beat(20, 1), beat(29, 2)], coverage);
    assert.deepEqual(more, []);
    assert.equal(found!.verdict, 'undetermined');
    assert.match(
      found!.message,
      /silent for 11s .*; cannot be told: it did not speak again after 1970-01-01T00:00:29Z: it may have been retired, or it fell silent$/,
    );
    assert.deepEqual(run(gaps({}, [{ host: 'db' }]), [beat(20, 1), beat(29, 2)], coverage), []);
  });
  test('counts only while a row of the table expects the group', () => {
    const marks = [beat(0, 1), beat(30, 2)];
    const coverage = { from: second(0), until: second(30) };
    assert.deepEqual(run(gaps({}, [{ host: 'web', from: 20 }]), marks, coverage), []);
    assert.deepEqual(run(gaps({}, [{ host: 'web', to: 10 }]), marks, coverage), []);
    assert.equal(run(gaps({}, [{ host: 'web', from: 19 }]), marks, coverage).length, 1);
    const adjoining = [
      { host: 'web', from: 5, to: 12 },
      { host: 'web', from: 12, to: 17 },
    ];
    assert.equal(run(gaps({}, adjoining), marks, coverage).length, 1, 'two rows that adjoin are one time');
  });
  test('cannot tell where the log does not cover it, or where an event has no time', () => {
    const marks = [beat(0, 1), beat(11, 2)];
    const [uncovered] = run(gaps({}), marks, {
      ...EVERYTHING,
      steps: [{ from: second(5), until: second(19) }],
    });
    assert.match(
      uncovered!.message,
      /; cannot be told: the log of it reaches from 1970-01-01T00:00:05Z until 1970-01-01T00:00:19Z only$/,
    );
    assert.equal(uncovered!.verdict, 'undetermined');
    const holes = [{ from: second(3) + 1n, until: second(8) - 1n }];
    const seen = { from: second(0), until: second(19), holes };
    const [holed] = run(gaps({}), marks, { ...EVERYTHING, steps: [seen] });
    assert.equal(holed!.verdict, 'undetermined');
    assert.match(
      holed!.message,
      /; cannot be told: the log of it holds nothing between 1970-01-01T00:00:03Z and 1970-01-01T00:00:08Z, as if a file were missing$/,
    );
    const coverage = { from: second(0), until: second(21) };
    const untimed = run(gaps({}), [...marks, beat(undefined, 3)], coverage);
    assert.match(untimed[0]!.message, /cannot be told: 1 event whose time cannot be read may lie in it$/);
    const long = run(gaps({}), [beat(0, 1), beat(21, 2), beat(undefined, 3)], coverage);
    assert.deepEqual(
      codes(long),
      ['silence-too-long violation'],
      'one event cannot break 21 seconds into tens',
    );
    const absent = run(gaps({}, undefined, {}, 2), marks, { ...EVERYTHING, steps: [EVERYTHING, undefined] });
    assert.match(absent[0]!.message, /cannot be told: the log lacks one of its sources$/);
  });
  test('uses the message of the rule', () => {
    const worded = gaps({}, undefined, { message: '{host}: {what}' });
    assert.match(run(worded, [beat(0, 1), beat(11, 2)])[0]!.message, /^"web": silent for 11s from /);
  });
});

describe('gap: groups that never spoke', () => {
  const coverage = { from: second(0), until: second(40) };
  const rule = gaps({}, [{ host: 'web' }, { host: 'db' }, { host: 'old', to: 0 }, { host: 'new', from: 35 }]);

  test('are violations where the log covers more than the timespan of what is expected', () => {
    const [db, fresh, ...more] = runAbsent(rule, [['web']], coverage);
    assert.deepEqual(more, []);
    assert.equal(
      db!.message,
      'tried rule: host "db" never spoke, expected by the table "hosts", in a log from 1970-01-01T00:00:00Z until 1970-01-01T00:00:40Z',
    );
    assert.deepEqual(
      [db!.verdict, db!.place.file, db!.place.line, db!.subject],
      ['violation', 'hosts.yaml', 3, 'db'],
    );
    assert.equal(fresh!.verdict, 'undetermined');
    assert.match(fresh!.message, /host "new" never spoke.*does not span more than the 10s it may be silent$/);
  });
  test('are told once where there is no log of theirs', () => {
    const [found, ...more] = runAbsent(rule, [], { ...coverage, steps: [undefined] });
    assert.deepEqual([more, found!.verdict, found!.count], [[], 'undetermined', 4]);
    assert.match(
      found!.message,
      /whether 4 expected groups spoke cannot be told: no log of "Heartbeat" was read$/,
    );
  });
  test('are nobody without a table', () => {
    assert.deepEqual(runAbsent(gaps({}), [], coverage), []);
  });
});

describe('gap: sequences', () => {
  const inTurn = (...values: (string | undefined)[]) => values.map((value, at) => beat(at, at + 1, value));

  test('tells missing numbers, exact beyond 2^53', () => {
    assert.deepEqual(run(numbers(), inTurn('1', '2', '3')), []);
    const [found] = run(
      numbers(),
      inTurn('9007199254740992', '9007199254740993', '9007199254740996', '9007199254740998'),
    );
    assert.equal(
      found!.message,
      'tried rule: host "web" 2 numbers missing between 9007199254740993 and 9007199254740996, the first of 2 holes with 3 numbers missing',
    );
    assert.deepEqual([found!.verdict, found!.place.line, found!.count], ['violation', 3, 2]);
  });
  test('numbers that come late fill their hole, as those do whose time cannot be read', () => {
    assert.deepEqual(run(numbers(), inTurn('1', '3', '2', '4')), []);
    assert.deepEqual(run(numbers(), [...inTurn('1', '3'), beat(undefined, 9, '2')]), []);
    const late = [beat(0, 1, '1'), beat(1, 2, '3'), beat(12, 3, '2')];
    assert.deepEqual(run(numbers({ late: '11s' }), late), []);
    assert.deepEqual(codes(run(numbers({ late: '10s' }), late)), ['sequence-hole violation']);
  });
  test('a hole after a silence is one', () => {
    assert.deepEqual(run(numbers(), [beat(0, 1, '1'), beat(900, 2, '2')]), []);
    assert.deepEqual(codes(run(numbers(), [beat(0, 1, '1'), beat(900, 2, '3')])), [
      'sequence-hole violation',
    ]);
  });
  test('a number on two events is not a sequence that began again', () => {
    const [twice, ...more] = run(numbers(), inTurn('1', '2', '3', '2', '4'));
    assert.deepEqual([more, twice!.code, twice!.verdict], [[], 'sequence-repeated', 'violation']);
    assert.match(twice!.message, /number 2 on a second event$/);
    const [again, ...others] = run(numbers(), inTurn('1', '2', '3', '1', '2', '3', '4'));
    assert.deepEqual([others, again!.code, again!.verdict], [[], 'sequence-restarted', 'undetermined']);
    assert.match(again!.message, /numbers went back from 3 to 1; cannot be told/);
    const reboot = [beat(0, 1, '300'), beat(400, 2, '1'), beat(401, 3, '2')];
    assert.deepEqual(codes(run(numbers(), reboot)), ['sequence-restarted undetermined']);
  });
  test('cannot tell where an event has no number, or near the edge of the log', () => {
    assert.deepEqual(codes(run(numbers(), inTurn('1', undefined, '3'))), ['sequence-hole undetermined']);
    assert.deepEqual(codes(run(numbers(), inTurn('1', 'x', '4'))), ['sequence-hole violation']);
    const edge = { from: second(-60), until: second(60) };
    assert.deepEqual(codes(run(numbers(), inTurn('1', '3'), edge)), ['sequence-hole undetermined']);
  });
  test('one event that matches two rules has its number once', () => {
    const { timespan: _, ...two } = gaps({ sequence: 'n' }, undefined, {}, 2);
    assert.deepEqual(run(two, [beat(0, 1, '1'), beat(0, 1, '1', { step: 1 }), beat(1, 2, '2')]), []);
  });
  // Were the numbers around each looked at one by one, it would take hours.
  test('finds the holes of fifty thousand numbers in disorder', { timeout: 120_000 }, () => {
    const marks = Array.from({ length: 50_000 }, (_, index) =>
      beat(index % 60, index, String((BigInt(index) * 7_919n) % 1_000_003n)),
    );
    const found = run(numbers(), marks);
    assert.ok(found.some(({ code, count }) => code === 'sequence-hole' && count > 1_000));
  });
});

test('gap refuses what it cannot run, all at once', () => {
  const problems: string[] = [];
  const { timespan: _, ...wrong } = gaps(
    { seqence: 'n', late: 5, expected: { table: 'host', match: { name: 'host' } } },
    undefined,
    { tables: { hosts: hosts([{ host: 'web' }]) }, message: '{whom}' },
  );
  gap.compile(wrong, (message) => problems.push(message));
  assert.deepEqual(problems, [
    '"gap" has no key "seqence", did you mean "sequence"?',
    '"gap" needs "timespan", the longest silence that is allowed, or "sequence", a field of numbers',
    '"late" must be a duration such as 12h, found "5"',
    '"late" says how late a number of "sequence" may come, and there is no "sequence"',
    'no table has the name "host", did you mean "hosts"?',
    'the message of "gap" cannot tell {whom}, but {what}, {host}',
  ]);
  const columns: string[] = [];
  const expected = { table: 'hosts', match: { nam: 'hots' } };
  gap.compile({ ...gaps({}, [{ host: 'web' }]), extra: { expected } }, (message) => columns.push(message));
  assert.deepEqual(columns, [
    'the table "hosts" has no column "nam", did you mean "name"?',
    '"match" must name fields of "group-by", found "hots", did you mean "host"?',
    '"match" has no column for "host" of "group-by"',
  ]);
  const shape: string[] = [];
  gap.compile({ ...gaps({}), extra: { expected: 'hosts' } }, (message) => shape.push(message));
  assert.deepEqual(shape, ['"expected" must be like {table: hosts, match: {host: host}}, found "hosts"']);
});

const spans = fc.array(fc.tuple(fc.integer({ min: -20, max: 10 }), fc.integer({ min: 20, max: 50 })), {
  minLength: 2,
  maxLength: 2,
});

function toCoverage(drawn: [number, number][], absent: number) {
  const steps = drawn.map(([from, until], step) =>
    step === absent ? undefined : { from: second(from), until: second(until) },
  );
  return { from: second(-20), until: second(50), steps };
}

const silenceCases = fc.record({
  marks: fc
    .array(
      fc.record({
        at: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined, freq: 12 }),
        file: fc.constantFrom('a.ndjson', 'b.ndjson'),
        step: fc.constantFrom(0, 1),
        double: fc.boolean(),
        lasts: fc.constantFrom(undefined, undefined, undefined, 0, 6),
        group: fc.constantFrom('web', 'web', 'db', null),
      }),
      { maxLength: 10 },
    )
    .map((drawn) =>
      drawn
        .flatMap(({ double, lasts, group, ...sketch }, line) => {
          if (group !== 'web') return [];
          const mark = toMark({ ...sketch, line });
          const long =
            lasts === undefined || mark.time === undefined
              ? mark
              : { ...mark, until: mark.time + second(lasts) };
          return double ? [long, { ...long, step: 1 - mark.step }] : [long];
        })
        .sort(compareMarks),
    ),
  timespan: fc.integer({ min: 1, max: 12 }),
  rows: fc.option(
    fc.array(
      fc.record(
        {
          host: fc.constantFrom('web', 'web', 'db'),
          from: fc.integer({ min: -10, max: 40 }),
          to: fc.integer({ min: -10, max: 60 }),
        },
        { requiredKeys: ['host'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    { nil: undefined },
  ),
  coverage: fc
    .tuple(spans, fc.integer({ min: 0, max: 12 }))
    .map(([drawn, absent]) => toCoverage(drawn, absent)),
});

const silenceRule = (timespan: number, rows: Row[] | undefined) =>
  gaps({}, rows, { timespan: second(timespan) }, 2);

/** Seconds, one by one: is it silent, expected and seen? Runs of them are silences. */
function silenceTwin(
  marks: Mark[],
  timespan: number,
  rows: Row[] | undefined,
  coverage: NonNullable<Coverage>,
) {
  const seconds = (instant: bigint) => Number(instant / 1_000_000_000n);
  const timed = marks.filter(({ time }) => time !== undefined);
  // Two steps of an untimed event are two marks.
  const untimed = marks.length - timed.length;
  const own = rows?.filter(({ host }) => host === 'web') ?? [];
  const expects = own.length > 0;
  const stretches = coverage.steps!.map(
    (step) => step && ([seconds(step.from), seconds(step.until)] as const),
  );
  const isSeen = (at: number) =>
    stretches.every((each) => each !== undefined && each[0] <= at && at + 1 <= each[1]);
  const begin = Math.max(...stretches.map((each) => each?.[0] ?? Number.POSITIVE_INFINITY));
  const end = Math.min(...stretches.map((each) => each?.[1] ?? Number.NEGATIVE_INFINITY));
  const first = timed[0] === undefined ? undefined : seconds(timed[0].time!);
  const last = Math.max(...timed.map(({ time, until }) => seconds(until ?? time!)));
  const isSilent = (at: number) =>
    !timed.some(({ time, until }) => seconds(time!) <= at && at + 1 <= seconds(until ?? time!));
  const isAsked = (at: number) => {
    const inner = first !== undefined && at >= first && at + 1 <= last;
    const expected = own.some(({ from = -100, to = 100 }) => from <= at && at + 1 <= to);
    // Before its first event and after its last, a group is asked for from where the log begins until it ends.
    const before = first !== undefined && at < first && at >= begin && begin <= end;
    const after = first !== undefined && at >= last && at + 1 <= end && begin <= end;
    return expects ? expected && (inner || before || after || (first === undefined && isSeen(at))) : inner;
  };
  const isBoundary = (at: number) =>
    timed.some(({ time, until }) => seconds(time!) === at || seconds(until ?? time!) === at);
  const runs: { from: number; length: number; seen: number }[] = [];
  let open: (typeof runs)[number] | undefined;
  for (let at = -30; at <= 70; at++) {
    if (isBoundary(at)) open = undefined;
    if (!(isSilent(at) && isAsked(at))) {
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { from: at, length: 0, seen: 0 };
      runs.push(open);
    }
    open.length++;
    if (isSeen(at)) open.seen++;
  }
  const long = runs.filter(({ length }) => length > timespan);
  const isProven = ({ seen }: (typeof runs)[number]) => seen > timespan * (untimed + 1);
  // Without a table nothing says whether the group was to last until the log ends.
  const hasEnded = rows === undefined && timed.length > 0 && begin <= end && end - last > timespan;
  return {
    violation: long.filter(isProven).length,
    undetermined: long.filter((each) => !isProven(each)).length + (hasEnded ? 1 : 0),
    longest: Math.max(0, ...long.filter(isProven).map(({ length }) => length)),
  };
}

test('silences of gap equal their twin', () => {
  const property = fc.property(silenceCases, ({ marks, timespan, rows, coverage }) => {
    if (marks.length === 0) return;
    const found = run(silenceRule(timespan, rows), marks, coverage);
    const count = (verdict: string) => found.find((each) => each.verdict === verdict)?.count ?? 0;
    const proven = found.find(({ verdict }) => verdict === 'violation');
    const twin = silenceTwin(marks, timespan, rows, coverage);
    assert.deepEqual(
      { violation: count('violation'), undetermined: count('undetermined') },
      { violation: twin.violation, undetermined: twin.undetermined },
    );
    if (proven === undefined) return;
    const [from, until] = [...proven.message.matchAll(/T(\d\d):(\d\d):(\d\d)/g)].map(
      ([, hours, minutes, seconds]) => Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    );
    // Before midnight of 1970 the clock shows 23 o'clock; a row that ends takes a nanosecond.
    const length = (((until! - from!) % 86_400) + 86_400) % 86_400;
    assert.ok(length === twin.longest || length === twin.longest - 1, `${length} ${twin.longest}`);
  });
  fc.assert(property, { numRuns: CASES });
});

test('gap accuses no group of silence on the evidence of a shorter log', () => {
  const property = fc.property(silenceCases, cut, ({ marks: drawn, timespan, rows, coverage }, edges) => {
    const marks = drawn.filter(({ until }) => until === undefined);
    const correlation = silenceRule(timespan, rows);
    const accused = (given: Mark[], covered: Coverage) =>
      [
        ...(given.length > 0 ? run(correlation, given, covered) : []),
        ...runAbsent(correlation, given.length > 0 ? [['web']] : [], covered),
      ].some(({ verdict, subject }) => verdict === 'violation' && subject === 'web');
    const shorter = edges(marks, coverage);
    if (accused(shorter.marks, shorter.coverage)) assert.ok(accused(marks, coverage));
  });
  fc.assert(property, { numRuns: LAWFUL_CASES });
});

const numberCases = fc.record({
  marks: fc
    .array(
      fc.record({
        at: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined, freq: 12 }),
        file: fc.constantFrom('a.ndjson', 'b.ndjson'),
        step: fc.constantFrom(0, 1),
        value: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: -1, max: 9 }).map(String) },
          { weight: 1, arbitrary: fc.constantFrom(undefined, 'x', '1.5', '9007199254740993') },
        ),
        double: fc.boolean(),
      }),
      { maxLength: 10 },
    )
    .map((drawn) =>
      drawn
        .flatMap(({ double, ...sketch }, line) => {
          const mark = toMark({ ...sketch, line });
          return double ? [mark, { ...mark, step: 1 - mark.step }] : [mark];
        })
        .sort(compareMarks),
    ),
  late: fc.integer({ min: 1, max: 12 }),
  coverage: fc
    .tuple(spans, fc.integer({ min: 0, max: 12 }))
    .map(([drawn, absent]) => toCoverage(drawn, absent)),
});

const numberRule = (late: number) => {
  const { timespan: _, ...rule } = gaps({ sequence: 'n', late: `${late}s` }, undefined, {}, 2);
  return rule;
};

type Fault = { kind: string; verdict: string; place: string };

/** Each number by the words at the head of the fold: all others are looked at, every time. */
function numberTwin(marks: Mark[], late: number, coverage: NonNullable<Coverage>): Fault[] {
  const events = marks.filter(
    (mark, index) => marks.findIndex(({ identity }) => identity === mark.identity) === index,
  );
  const numberOf = ({ values }: Mark) => (/^-?\d+$/.test(values[0] ?? '') ? BigInt(values[0]!) : undefined);
  const timed = events.filter((mark) => mark.time !== undefined && numberOf(mark) !== undefined);
  const untimed = new Set(
    events.filter(({ time }) => time === undefined).flatMap((mark) => numberOf(mark) ?? []),
  );
  const list = timed.map((mark) => ({ n: numberOf(mark)!, t: mark.time!, mark }));
  const margin = second(late);
  const covers = (from: bigint, until: bigint) =>
    coverage.steps!.every((step) => step !== undefined && step.from <= from && step.until >= until);
  const isSecond = (index: number) =>
    list.slice(0, index).some(({ n, t }) => n === list[index]!.n && list[index]!.t - t <= margin);
  const lower = (index: number) => {
    const { n, t } = list[index]!;
    const before = list.slice(0, index);
    const near = before.filter((each) => t - each.t <= margin && each.n < n);
    const far = before.filter((each) => t - each.t > margin);
    const end = far.at(-1)?.t;
    const trail = far.filter((each) => end! - each.t <= margin && each.n < n);
    const pool = near.length > 0 ? near : trail;
    const from = near.length > 0 || end === undefined ? t - margin : end - margin;
    const largest = pool.reduce<bigint | undefined>(
      (most, each) => (most === undefined || each.n > most ? each.n : most),
      undefined,
    );
    return { largest, from };
  };
  const isAgain = (index: number) => isSecond(index) || (index > 0 && lower(index).largest === undefined);
  const faults: Fault[] = [];
  for (const [index, { n, t, mark }] of list.entries()) {
    const place = mark.identity;
    const until = t + margin;
    const before = list[index - 1];
    const after = list[index + 1];
    if (isSecond(index)) {
      const continues = before!.n === n - 1n && t - before!.t <= margin && isAgain(index - 1);
      const continued =
        after !== undefined && after.n === n + 1n && after.t - t <= margin && isSecond(index + 1);
      if (continues) continue;
      if (continued) faults.push({ kind: 'restarted', verdict: 'undetermined', place });
      else
        faults.push({
          kind: 'repeated',
          verdict: covers(t - 2n * margin, until) ? 'violation' : 'undetermined',
          place,
        });
      continue;
    }
    const { largest, from } = lower(index);
    if (largest === undefined) {
      if (index > 0) faults.push({ kind: 'restarted', verdict: 'undetermined', place });
      continue;
    }
    const come = new Set(
      list
        .slice(index + 1)
        .filter((each) => each.t <= until)
        .map((each) => each.n),
    );
    let missing = 0n;
    if (n - largest < 100n) {
      for (let each = largest + 1n; each < n; each++) if (!come.has(each) && !untimed.has(each)) missing++;
    } else
      missing =
        n -
        largest -
        1n -
        BigInt([...new Set([...come, ...untimed])].filter((each) => each > largest && each < n).length);
    if (missing === 0n) continue;
    const unreadable = events.filter(
      (each) =>
        numberOf(each) === undefined &&
        (each.time === undefined || (each.time >= from && each.time <= until)),
    ).length;
    const proven = missing > BigInt(unreadable) && covers(from, until);
    faults.push({ kind: 'hole', verdict: proven ? 'violation' : 'undetermined', place });
  }
  return faults;
}

test('sequences of gap equal their twin', () => {
  const property = fc.property(numberCases, ({ marks, late, coverage }) => {
    const found = run(numberRule(late), marks, coverage).flatMap(({ code, verdict, place, related }) =>
      [place, ...related].map(({ file, line }) => ({
        kind: code.replace('sequence-', ''),
        verdict: verdict as string,
        place: `${file}:${line}`,
      })),
    );
    const inText = (faults: Fault[]) => faults.map((fault) => Object.values(fault).join(' ')).sort();
    assert.deepEqual(inText(found), inText(numberTwin(marks, late, coverage)));
  });
  fc.assert(property, { numRuns: CASES });
});

test('gap misses no number on the evidence of a shorter log', () => {
  const property = fc.property(numberCases, cut, ({ marks, late, coverage }, edges) => {
    const accused = (given: Mark[], covered: Coverage) =>
      run(numberRule(late), given, covered)
        .filter(({ verdict }) => verdict === 'violation')
        .flatMap((judgement) => [...placesOf([judgement])].map((place) => `${judgement.code} ${place}`));
    const shorter = edges(marks, coverage);
    const whole = new Set(accused(marks, coverage));
    for (const fault of accused(shorter.marks, shorter.coverage)) assert.ok(whole.has(fault), fault);
  });
  fc.assert(property, { numRuns: LAWFUL_CASES });
});
