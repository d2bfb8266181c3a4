/** `requires` against a twin that looks at every pair of events, and the law that a shorter log never accuses more. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareMarks, type Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement, Stretch } from '../../src/model/relation.ts';
import type { Correlation } from '../../src/model/rule.ts';
import { requires } from '../../src/relations/requires.ts';
import { correlationOf, judge, type MarkSketch, second, toMark } from './made-marks.ts';
import { CASES, cut, LAWFUL_CASES, placesOf } from './relation-laws.ts';

/** Step 0 owes, the others are needed. */
function owing(changes: Record<string, unknown>, needs = 1, more: Partial<Correlation> = {}): Correlation {
  const steps = { rules: [0], needs: Array.from({ length: needs }, (_, index) => index + 1) };
  const { timespan: _, ...correlation } = correlationOf(
    { type: 'requires', steps, extra: changes, ...more },
    needs + 1,
  );
  return { ...correlation, titles: ['Access', 'Approval', 'Review'].slice(0, needs + 1) };
}

const EVERYTHING: Coverage = { from: second(-1_000), until: second(1_000) };

const access = (at: number | undefined, line: number, more: Partial<MarkSketch> = {}) =>
  toMark({ at, line, step: 0, value: 'ann', ...more });
const approval = (at: number | undefined, line: number, more: Partial<MarkSketch> = {}) =>
  toMark({ at, line, step: 1, value: 'bob', actor: 'bob', ...more });

function run(correlation: Correlation, marks: Mark[], coverage: Coverage = EVERYTHING): Judgement[] {
  return judge(requires, correlation, marks.sort(compareMarks), coverage);
}

const verdicts = (judgements: Judgement[]) => judgements.map(({ verdict }) => verdict);

const BEFORE = owing({ before: '10s' });
const BY_ANOTHER = owing({ before: '10s', differs: ['who', 'approver'] });

describe('requires', () => {
  test('is silent where the needed event lies within the closed window', () => {
    assert.deepEqual(run(BEFORE, [approval(0, 1), access(10, 2)]), []);
    assert.deepEqual(verdicts(run(BEFORE, [approval(0, 1), access(11, 2)])), ['violation']);
    const after = owing({ after: '10s' });
    assert.deepEqual(run(after, [access(0, 1), approval(10, 2)]), []);
    assert.deepEqual(verdicts(run(after, [access(0, 1), approval(11, 2)])), ['violation']);
    assert.deepEqual(verdicts(run(after, [approval(0, 1), access(1, 2)])), ['violation']);
  });
  test('with both durations takes either side', () => {
    const around = owing({ before: '10s', after: '5s' });
    assert.deepEqual(run(around, [access(0, 1), approval(5, 2)]), []);
    assert.deepEqual(run(around, [approval(0, 1), access(10, 2)]), []);
    assert.deepEqual(verdicts(run(around, [access(0, 1), approval(6, 2)])), ['violation']);
  });
  test('says who, what was missing, within what, and that it came too late', () => {
    const [found] = run(owing({ before: '1h' }), [access(0, 1), approval(180, 2)], {
      from: second(-4_000),
      until: second(4_000),
    });
    assert.equal(
      found!.message,
      'tried rule: 1 event by "ann", at 1970-01-01T00:00:00Z; expected "Approval" within 1h before, found none; nearest at 1970-01-01T00:03:00Z, 3m after it',
    );
    const [late] = run(owing({ after: '2m' }), [access(0, 1), approval(300, 2)]);
    assert.match(late!.message, /within 2m after, found none; nearest at 1970-01-01T00:05:00Z, 3m too late$/);
    const [early] = run(owing({ before: '10s' }), [approval(0, 1), access(15, 2)]);
    assert.match(early!.message, /nearest at 1970-01-01T00:00:00Z, 5s too early$/);
    const [alone] = run(BEFORE, [access(0, 1)]);
    assert.match(alone!.message, /by "ann", at .*; there is no other$/);
  });
  test('says that the nearest is by the same person', () => {
    const [found, ...more] = run(BY_ANOTHER, [approval(0, 1, { value: 'ann' }), access(5, 2)]);
    assert.deepEqual(more, []);
    assert.equal(found!.verdict, 'violation');
    assert.match(
      found!.message,
      /expected "Approval" where "approver" is not its "who" within 10s before, found none; nearest at 1970-01-01T00:00:00Z, by the same "ann"$/,
    );
  });
  test('takes a name in another case for the same person, and what names nobody for no value', () => {
    for (const value of ['Ann', ' ANN '])
      assert.deepEqual(verdicts(run(BY_ANOTHER, [approval(0, 1, { value }), access(5, 2)])), ['violation']);
    for (const value of ['', ' ', '-', '[]', 'true', '{"name":"bob"}', 'n/a'])
      assert.deepEqual(verdicts(run(BY_ANOTHER, [approval(0, 1, { value }), access(5, 2)])), [
        'undetermined',
      ]);
    assert.deepEqual(verdicts(run(BY_ANOTHER, [approval(0, 1), access(5, 2, { value: '-' })])), [
      'undetermined',
    ]);
  });
  test('cannot tell where a value to compare is missing', () => {
    const [needed] = run(BY_ANOTHER, [approval(0, 1, { value: undefined }), access(5, 2)]);
    assert.deepEqual(
      [needed!.verdict, needed!.message.split('; ').at(-1)],
      ['undetermined', 'cannot be told: 1 event within the time without "approver"'],
    );
    const [own] = run(BY_ANOTHER, [approval(0, 1), access(5, 2, { value: undefined })]);
    assert.match(own!.message, /cannot be told: the event has no "who" to compare with$/);
    const unneeded = run(BY_ANOTHER, [approval(0, 1, { value: undefined }), approval(1, 3), access(5, 2)]);
    assert.deepEqual(unneeded, [], 'another approval is enough');
    const none = run(BY_ANOTHER, [access(5, 2, { value: undefined })]);
    assert.deepEqual(
      verdicts(none),
      ['violation'],
      'where there is no approval at all, nothing need be compared',
    );
  });
  test('cannot tell where an event that no group owns may be the needed one', () => {
    const of = (within: Stretch | undefined, untimed = 0): Coverage => ({
      ...EVERYTHING,
      steps: [EVERYTHING, { ...EVERYTHING, groupless: { events: 2, untimed, within } }],
    });
    const [near] = run(BEFORE, [access(5, 2)], of({ from: second(4), until: second(60) }));
    assert.equal(near!.verdict, 'undetermined');
    assert.match(near!.message, /; cannot be told: 2 events that may be meant without a field to group by$/);
    assert.deepEqual(
      verdicts(run(BEFORE, [access(5, 2)], of({ from: second(6), until: second(60) }))),
      ['violation'],
      'none of them lies in the window',
    );
    const [untimed] = run(BEFORE, [access(5, 2)], of(undefined, 2));
    assert.equal(untimed!.verdict, 'undetermined');
    const two = owing({ before: '10s', min: 4 });
    const few = run(two, [approval(1, 1), access(5, 2)], of({ from: second(4), until: second(60) }));
    assert.deepEqual(verdicts(few), ['violation'], 'with them there would still be too few');
  });
  test('cannot tell where the window reaches beyond the log of the needed event', () => {
    const marks = [access(5, 2)];
    const of = (steps: (Stretch | undefined)[]): Coverage => ({ ...EVERYTHING, steps });
    const short = { from: second(-4), until: second(1_000) };
    const [beyond] = run(BEFORE, marks, short);
    assert.match(
      beyond!.message,
      /; cannot be told: the log of "Approval" reaches from 1969-12-31T23:59:56Z until 1970-01-01T00:16:40Z only$/,
    );
    assert.deepEqual(verdicts(run(BEFORE, marks, { ...short, from: second(-5) })), ['violation']);
    assert.deepEqual(verdicts(run(BEFORE, marks, of([short, EVERYTHING]))), ['violation']);
    assert.deepEqual(verdicts(run(BEFORE, marks, of([EVERYTHING, short]))), ['undetermined']);
    assert.match(
      run(BEFORE, marks, of([EVERYTHING, undefined]))[0]!.message,
      /no log of "Approval" was read$/,
    );
    assert.deepEqual(verdicts(judge(requires, BEFORE, marks, undefined)), ['undetermined']);
    const two = owing({ before: '10s' }, 2);
    assert.deepEqual(verdicts(run(two, marks, of([EVERYTHING, EVERYTHING, undefined]))), ['undetermined']);
  });
  test('cannot tell where a time cannot be read', () => {
    assert.match(
      run(BEFORE, [approval(undefined, 1), access(5, 2)])[0]!.message,
      /cannot be told: 1 event whose time cannot be read$/,
    );
    assert.deepEqual(verdicts(run(BEFORE, [access(undefined, 2)])), ['undetermined']);
    const same = run(BY_ANOTHER, [approval(undefined, 1, { value: 'ann' }), access(5, 2)]);
    assert.deepEqual(verdicts(same), ['violation'], 'whenever it was, it was by the same person');
  });
  test('trap 14: of one instant, only the order in one file tells which came first', () => {
    assert.deepEqual(run(BEFORE, [approval(5, 1), access(5, 2)]), []);
    assert.deepEqual(verdicts(run(BEFORE, [access(5, 1), approval(5, 2)])), ['violation']);
    const [tied] = run(BEFORE, [approval(5, 1, { file: 'b.ndjson' }), access(5, 2)]);
    assert.match(tied!.message, /cannot be told: order: tied, 1 event of the same instant$/);
  });
  test('min counts events, and one event is not its own approval', () => {
    const two = owing({ before: '10s', min: 2 }, 2);
    const both = [approval(0, 1), approval(0, 1, { step: 2 })];
    const [one] = run(two, [...both, access(5, 2)]);
    assert.match(one!.message, /expected 2 of "Approval" or "Review" within 10s before, found 1; /);
    assert.deepEqual(run(two, [...both, approval(1, 3), access(5, 2)]), []);
    assert.deepEqual(verdicts(run(owing({ before: '10s', after: '10s' }), [access(0, 1), approval(0, 1)])), [
      'violation',
    ]);
  });
  test('consecutive events without it are one finding', () => {
    const marks = [access(0, 1), access(1, 2), access(20, 3), approval(21, 4), access(22, 5), access(99, 6)];
    assert.deepEqual(
      run(BEFORE, marks).map(({ count, place, related }) => [count, place.line, related.length]),
      [
        [3, 1, 2],
        [1, 6, 0],
      ],
    );
  });
  test('the message of the rule is used, with fields of the event', () => {
    const message = '{actor}: {count} without {needed} within {within}: {nearest}';
    const [found] = run(owing({ before: '10s' }, 1, { message }), [access(0, 1)]);
    assert.equal(found!.message, '"ann": 1 without "Approval" within 10s before: there is no other');
  });
  test('an interval that a correlation made counts from its end, and owes after its end', () => {
    const long = { ...approval(0, 1), until: second(8) };
    assert.deepEqual(run(BEFORE, [long, access(18, 2)]), []);
    assert.deepEqual(verdicts(run(BEFORE, [long, access(7, 2)])), ['violation']);
    const burst = { ...access(0, 1), until: second(20) };
    assert.deepEqual(run(owing({ after: '10s' }), [burst, approval(30, 2)]), []);
    assert.deepEqual(verdicts(run(owing({ after: '10s' }), [burst, approval(19, 2)])), ['violation']);
  });
  // Were the window counted mark by mark, it would take hours.
  test('counts a window of fifty thousand events for each of fifty thousand', { timeout: 120_000 }, () => {
    const marks = Array.from({ length: 50_000 }, (_, index) => [
      access(index % 50, 2 * index, { value: `u${index % 977}` }),
      approval(index % 50, 2 * index + 1, { value: `u${index % 977}` }),
    ]).flat();
    const [all, ...more] = run(owing({ before: '50s', differs: ['who', 'approver'], min: 50_000 }), marks);
    assert.deepEqual([all!.count, more], [50_000, []]);
  });
});

test('requires refuses what it cannot run, all at once', () => {
  const problems: string[] = [];
  const aliases = { approver: [undefined, { taxonomy: 'raw', name: 'by' }] } as Correlation['aliases'];
  const correlation = owing({ befor: '1h', after: 'soon', min: 0, differs: ['approver', 'approver'] }, 1, {
    aliases,
    condition: { gte: 1 },
  });
  assert.equal(
    requires.compile(correlation, (message) => problems.push(message)),
    undefined,
  );
  assert.deepEqual(problems, [
    '"requires" has no key "befor", did you mean "before"?',
    '"requires" takes no "condition"',
    '"after" must be a duration such as 12h, found "soon"',
    '"min" must be a whole number from 1 on, found "0"',
    '"differs" compares a field of each rule under "rules" with one of each under "needs"; the aliases "approver" and "approver" do not name all of them',
  ]);
  const empty: string[] = [];
  requires.compile({ ...owing({}), steps: {} }, (message) => empty.push(message));
  assert.deepEqual(empty, [
    '"requires" needs "rules": what owes an event',
    '"requires" needs "needs": the rules of the event that is owed',
    '"requires" needs "before" or "after", a duration such as 24h',
  ]);
});

test('differs finds out whose each name is by the rules that its alias names', () => {
  const field = (name: string) => ({ taxonomy: 'raw' as const, name });
  const aliases = { who: [field('user'), field('target')], approver: [undefined, field('actor')] };
  for (const differs of [
    ['who', 'approver'],
    ['approver', 'who'],
  ]) {
    const relation = requires.compile(owing({ before: '1h', differs }, 1, { aliases }), assert.fail);
    assert.deepEqual(
      relation!.inputs.map(({ values }) => values.map(({ name }) => name)),
      [['user'], ['actor']],
    );
  }
});

/** What the generated cases vary. */
type Case = {
  marks: Mark[];
  before?: number;
  after?: number;
  min: number;
  differs: boolean;
  coverage: Coverage;
};

const cases: fc.Arbitrary<Case> = fc
  .record({
    sketches: fc.array(
      fc.record({
        at: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 12 }),
        file: fc.constantFrom('a.ndjson', 'b.ndjson'),
        step: fc.constantFrom(0, 0, 1, 1, 2),
        value: fc.constantFrom('ann', 'ann', 'bob', undefined),
        double: fc.boolean(),
        lasts: fc.constantFrom(undefined, undefined, undefined, undefined, 0, 5),
      }),
      { maxLength: 14 },
    ),
    before: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    after: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    min: fc.constantFrom(1, 1, 1, 2),
    differs: fc.boolean(),
    spans: fc.array(fc.tuple(fc.integer({ min: -20, max: 10 }), fc.integer({ min: 20, max: 50 })), {
      minLength: 3,
      maxLength: 3,
    }),
    absent: fc.integer({ min: 0, max: 12 }),
  })
  .map(({ sketches, before, after, min, differs, spans, absent }) => {
    const marks = sketches.flatMap(({ double, lasts, ...sketch }, line) => {
      const mark = toMark({ ...sketch, line });
      if (lasts !== undefined && mark.time !== undefined)
        return [{ ...mark, until: mark.time + second(lasts) }];
      return double
        ? [mark, { ...mark, step: (mark.step + 1) % 3, values: [line % 2 ? 'cid' : undefined] }]
        : [mark];
    });
    const steps = spans.map(([from, until]) => ({ from: second(from), until: second(until) }));
    const coverage = {
      from: second(-20),
      until: second(50),
      steps: steps.map((stretch, step) => (step === absent ? undefined : stretch)),
    };
    return {
      marks: marks.sort(compareMarks),
      ...(before === undefined && after === undefined ? { before: 5 } : {}),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      min,
      differs,
      coverage,
    };
  });

const correlationFor = ({ before, after, min, differs }: Case) =>
  owing(
    {
      ...(before !== undefined && { before: `${before}s` }),
      ...(after !== undefined && { after: `${after}s` }),
      min,
      ...(differs && { differs: ['who', 'approver'] }),
    },
    2,
  );

type Fulfills = 'yes' | 'perhaps' | 'no';

/** The words of the rule, pair by pair. */
function fulfills(owed: Mark, needed: Mark[], { before, after, differs }: Case): Fulfills {
  const [need] = needed;
  if (need!.identity === owed.identity && need!.until === owed.until) return 'no';
  const known = new Set(needed.map(({ values }) => values[0]).filter((value) => value !== undefined));
  const lacks = needed.some(({ values }) => values[0] === undefined);
  const own = owed.values[0];
  let other: Fulfills = 'yes';
  if (differs && own === undefined) other = 'perhaps';
  else if (differs && known.size < 2) {
    if (known.size === 0) other = 'perhaps';
    else if (known.has(own!)) other = lacks ? 'perhaps' : 'no';
  }
  if (need!.time === undefined) return other === 'no' ? 'no' : 'perhaps';
  const [start, end] = [owed.time!, owed.until ?? owed.time!];
  const [from, until] = [need!.time, need!.until ?? need!.time];
  if (before !== undefined && after !== undefined)
    return until >= start - second(before) && from <= end + second(after) ? other : 'no';
  const distance = before === undefined ? from - end : start - until;
  if (distance < 0n || distance > second(before ?? after!)) return 'no';
  if (distance > 0n) return other;
  const comparable =
    owed.until === undefined && need!.until === undefined && owed.place.file === need!.place.file;
  if (!comparable) return other === 'no' ? 'no' : 'perhaps';
  const inOrder =
    before === undefined ? need!.place.offset > owed.place.offset : need!.place.offset < owed.place.offset;
  return inOrder ? other : 'no';
}

function twinVerdict(owed: Mark, tried: Case): string {
  if (owed.time === undefined) return 'undetermined';
  const events = new Map<string, Mark[]>();
  for (const mark of tried.marks.filter(({ step }) => step > 0)) {
    const event = `${mark.identity} ${mark.until}`;
    events.set(event, [...(events.get(event) ?? []), mark]);
  }
  const answers = [...events.values()].map((needed) => fulfills(owed, needed, tried));
  const sure = answers.filter((answer) => answer === 'yes').length;
  const perhaps = answers.filter((answer) => answer === 'perhaps').length;
  if (sure >= tried.min) return 'satisfied';
  const [start, end] = [owed.time, owed.until ?? owed.time];
  const from = tried.before === undefined ? end : start - second(tried.before);
  const until = tried.after === undefined ? start : end + second(tried.after);
  const covered = [1, 2].every((step) => {
    const stretch = tried.coverage!.steps![step];
    return stretch !== undefined && stretch.from <= from && stretch.until >= until;
  });
  return sure + perhaps >= tried.min || !covered ? 'undetermined' : 'violation';
}

test('requires equals its twin', () => {
  const property = fc.property(cases, (tried) => {
    const owed = tried.marks.filter(({ step }) => step === 0);
    const expected: { verdict: string; first: string; events: Set<string> }[] = [];
    let previous = 'satisfied';
    for (const mark of owed) {
      const verdict = twinVerdict(mark, tried);
      if (verdict !== 'satisfied' && verdict !== previous)
        expected.push({ verdict, first: mark.identity, events: new Set() });
      if (verdict !== 'satisfied') expected.at(-1)!.events.add(mark.identity);
      previous = verdict;
    }
    assert.deepEqual(
      judge(requires, correlationFor(tried), tried.marks, tried.coverage).map((found) => [
        found.verdict,
        found.identity.at(-1),
        found.count,
      ]),
      expected.map(({ verdict, first, events }) => [verdict, first, events.size]),
    );
  });
  fc.assert(property, { numRuns: CASES });
});

test('requires accuses nobody on the evidence of a shorter log', () => {
  // What a correlation makes of a cut log is its own matter: single events only.
  const single = cases.map((tried) => ({
    ...tried,
    marks: tried.marks.filter(({ until }) => until === undefined),
  }));
  const property = fc.property(single, cut, (tried, edges) => {
    const correlation = correlationFor(tried);
    const accused = (marks: Mark[], coverage: Coverage) =>
      placesOf(
        judge(requires, correlation, marks, coverage).filter(({ verdict }) => verdict === 'violation'),
      );
    const shorter = edges(tried.marks, tried.coverage);
    const whole = accused(tried.marks, tried.coverage);
    for (const place of accused(shorter.marks, shorter.coverage)) assert.ok(whole.has(place), place);
  });
  fc.assert(property, { numRuns: LAWFUL_CASES });
});
