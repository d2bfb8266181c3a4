/** `concurrency` as a rule file says it, against a twin that counts every second. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { compareMarks, type Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement, Relation } from '../../src/model/relation.ts';
import { concurrency } from '../../src/relations/concurrency.ts';
import { UNDATED } from '../../src/relations/undated.ts';
import { second } from './made-marks.ts';
import { CASES, cut, LAWFUL_CASES } from './relation-laws.ts';

function rules(correlation: string, more = ''): string {
  const detection = (name: string) => `
title: ${name}
id: 00000000-0000-4000-8000-00000000000${name === 'login' ? 1 : 2}
name: ${name}
taxonomy: audit
logsource: {}
detection: {selection: {action: ${name}}, condition: selection}
---`;
  return `${detection('login')}${detection('logout')}
title: Too many sessions
id: 00000000-0000-4000-8000-000000000003
taxonomy: audit
correlation:
  type: concurrency
${correlation}
level: high
${more}`;
}

const SESSIONS = `  opens: [login]
  closes: [logout]
  session: session
  condition: {gt: 2}`;

function compile(correlation: string, more = ''): { relation: Relation | undefined; problems: string[] } {
  const { documents, problems } = parseRuleFile('rules.yaml', rules(correlation, more));
  assert.deepEqual(problems, []);
  const linked = linkRules(documents);
  assert.deepEqual([linked.problems, linked.ruleSet.errors], [[], []]);
  const rule = linked.ruleSet.rules.find(({ kind }) => kind === 'correlation');
  assert.ok(rule?.kind === 'correlation');
  const messages: string[] = [];
  return { relation: concurrency.compile(rule, (message) => messages.push(message)), problems: messages };
}

type Step = { at: number; opens: boolean; session: string | undefined; user: string };

function toMark({ at, opens, session, user }: Step, index: number): Mark {
  const place = { file: 'log.ndjson', line: index + 1, offset: index * 100, length: 99 };
  return {
    step: opens ? 0 : 1,
    time: BigInt(at) * 1_000_000_000n,
    place,
    identity: `e${index}`,
    subject: user,
    values: [session],
  };
}

function judge(
  correlation: string,
  steps: readonly Step[],
  group: readonly string[] = [],
  more = '',
): Judgement[] {
  const { relation, problems } = compile(correlation, more);
  assert.deepEqual(problems, []);
  return [...relation!.judge(group, steps.map(toMark), undefined)];
}

const login = (at: number, session: string, user = session): Step => ({ at, opens: true, session, user });
const logout = (at: number, session: string, user = session): Step => ({ at, opens: false, session, user });

const THREE = [login(1, 'a'), login(2, 'b'), login(3, 'c'), logout(4, 'a'), logout(5, 'b'), logout(6, 'c')];

test('the peak of a group is one finding with its instant, its limit and its sessions', () => {
  const [judgement, ...others] = judge(SESSIONS, THREE);
  assert.deepEqual(others, []);
  assert.equal(
    judgement!.message,
    'too many sessions: 3 sessions open at 1970-01-01T00:00:03Z, expected at most 2, by "a", "b", "c"',
  );
  assert.deepEqual(
    [judgement!.verdict, judgement!.count, judgement!.place.line, judgement!.related.map(({ line }) => line)],
    ['violation', 3, 3, [2, 1]],
  );
});

test('the inputs are the rules under opens and closes, with the field that joins them', () => {
  const { relation } = compile(`${SESSIONS}\n  group-by: [tenant]`);
  assert.deepEqual(
    relation!.inputs.map(({ detection, groupBy, values }) => [detection.slice(-1), groupBy, values]),
    ['1', '2'].map((id) => [
      id,
      [{ taxonomy: 'audit', name: 'tenant' }],
      [{ taxonomy: 'audit', name: 'session' }],
    ]),
  );
});

test('gte counts from its number on, and what is allowed is silent', () => {
  assert.equal(judge(SESSIONS.replace('gt: 2', 'gte: 3'), THREE).length, 1);
  assert.equal(judge(SESSIONS.replace('gt: 2', 'gt: 3'), THREE).length, 0);
});

test('a session that ends when another begins does not overlap it', () => {
  assert.deepEqual(
    judge(SESSIONS.replace('gt: 2', 'gt: 1'), [login(1, 'a'), login(5, 'b'), logout(5, 'a'), logout(9, 'b')]),
    [],
  );
});

test('users count once, however many sessions they have', () => {
  const steps = [
    login(1, 's1', 'ann'),
    login(2, 's2', 'ann'),
    login(3, 's3', 'bob'),
    logout(7, 's1', 'ann'),
    logout(8, 's2', 'ann'),
    logout(9, 's3', 'bob'),
  ];
  const users = `${SESSIONS}\n  counts: user`;
  assert.deepEqual(judge(users, steps), []);
  assert.match(
    judge(users.replace('gt: 2', 'gt: 1'), steps)[0]!.message,
    /2 users open at .*:03Z, expected at most 1, by "ann", "bob"/,
  );
});

test('sessions without a close are a doubt, unless max-open ends them', () => {
  const steps = [login(1, 'a'), login(20, 'b'), login(40, 'c')];
  const [judgement] = judge(SESSIONS, steps);
  assert.deepEqual(
    [judgement!.verdict, judgement!.message.split(': ').at(-1)],
    ['undetermined', '3 sessions have no close'],
  );
  assert.deepEqual(judge(`${SESSIONS}\n  max-open: 20s`, steps), []);
  assert.equal(judge(`${SESSIONS}\n  max-open: 40s`, steps)[0]!.verdict, 'violation');
});

test('where a field is counted and no session is named, a close may be of one that was over, of any value', () => {
  const [open, close] = [
    (at: number, address: string) => login(at, address, 'ann'),
    (at: number, address: string) => logout(at, address, 'ann'),
  ];
  const steps = [open(0, '1'), open(6, '2'), open(7, '3'), close(8, '1'), open(9, '4'), open(9, '5')];
  const addresses = '  opens: [login]\n  closes: [logout]\n  field: ip\n  max-open: 5s\n  condition: {gt: 2}';
  const [certain] = judge(addresses, steps);
  assert.equal(certain!.verdict, 'violation');
  assert.match(certain!.message, /3 values of ip open/);
  const [possible] = judge(addresses.replace('gt: 2', 'gt: 3'), steps);
  assert.equal(possible!.verdict, 'undetermined');
  assert.match(possible!.message, /between 3 and 4 values of ip/);
});

test('a close after max-open is that of the session that was cut off, and none from before the log', () => {
  const limit = `${SESSIONS.replace('  session: session\n', '').replace('gt: 2', 'gt: 1')}\n  max-open: 10s`;
  const open = (at: number) => login(at, '', 'ann');
  const close = (at: number) => logout(at, '', 'ann');
  // Each check-out has its check-in, and all but one come late.
  const late = [0, 20, 40, 60].flatMap((at) => [open(at), close(at + 15)]);
  const why = 'they close sessions that ran longer than 10s, which the rule cuts off';
  const leftOf = (judgements: Judgement[]) => judgements.map(({ leftOut }) => leftOut);
  assert.deepEqual(leftOf(judge(limit, [...late, open(80), close(85)])), [{ why, events: 4 }]);
  assert.deepEqual(judge(limit.replace('gt: 1', 'gt: 9'), late), []);
  // One close more than there are sessions is of one that nobody saw begin.
  const [judgement] = judge(limit, [...late, close(90)]);
  assert.equal(judgement?.verdict, 'undetermined');
  assert.match(
    judgement.message,
    /between 1 and 2 sessions open .*: 1 close has no open; 4 sessions ran longer than 10s, which the rule cuts off$/,
  );
  // So is one that comes before the session that is cut off.
  const [begun] = judge(limit, [open(0), close(2), close(2), open(3), close(15)]);
  assert.match(begun!.message, /: 1 close has no open; 1 session ran longer/);
});

test('of several sessions of a user a late close keeps none open beyond max-open', () => {
  const limit = `${SESSIONS.replace('  session: session\n', '').replace('gt: 2', 'gt: 2')}\n  max-open: 10s`;
  const open = (at: number) => login(at, '', 'ann');
  const close = (at: number) => logout(at, '', 'ann');
  const judgements = judge(limit, [
    open(0),
    open(1),
    open(12),
    open(13),
    close(14),
    close(15),
    close(16),
    close(30),
  ]);
  assert.deepEqual(
    judgements.map(({ leftOut }) => leftOut?.events),
    [2],
  );
});

test('the message of a rule may say the number without its noun', () => {
  const message = "message: 'held {number} seats, {allowed} allowed'";
  assert.equal(judge(SESSIONS, THREE, [], message)[0]!.message, 'held 3 seats, 2 allowed');
  assert.match(judge(SESSIONS, THREE.slice(0, 3), [], message)[0]!.message, /^held between 1 and 3 seats/);
});

test('values that are opened again count once, and nobody knows which of them a close ended', () => {
  const open = (at: number, address: string) => login(at, address, 'ann');
  const addresses =
    '  opens: [login]\n  closes: [logout]\n  field: ip\n  max-open: 90s\n  condition: {gt: 2}';
  // One of both is left, the second or the first.
  for (const again of ['1', '2']) {
    const steps = [open(1, '1'), open(2, '2'), logout(3, '', 'ann'), open(4, again), open(5, '3')];
    const [judgement] = judge(addresses, steps);
    assert.equal(judgement?.verdict, 'undetermined', again);
    assert.match(judgement.message, /between 2 and 3 values of ip/);
  }
});

test('closes without an open that do not say what is counted are left out; one that says it is a doubt', () => {
  const addresses = '  opens: [login]\n  closes: [logout]\n  field: ip\n  condition: {gt: 2}';
  const silent: Step[] = [1, 2, 3, 4].map((at) => ({ at, opens: false, session: undefined, user: 'ann' }));
  const [left, ...others] = judge(addresses, silent);
  assert.deepEqual(others, []);
  const why = 'they close what the log does not show to be opened, and do not say "ip"';
  assert.deepEqual(left!.leftOut, { why, events: 4 });
  for (const more of [logout(5, '1.2.3.4', 'ann'), login(5, '1.2.3.4', 'ann')]) {
    const [doubt] = judge(addresses, [...silent, more]);
    assert.deepEqual([doubt?.verdict, doubt?.leftOut], ['undetermined', undefined]);
  }
});

test('what is in doubt for closes without an open alone is alike in many groups', () => {
  const closes = [logout(1, 'a'), logout(2, 'b'), logout(3, 'c'), logout(4, 'd')];
  const [judgement] = judge(SESSIONS, closes);
  assert.equal(judgement!.verdict, 'undetermined');
  assert.match(judgement!.alike!, /^closed more than the log shows to be opened/);
  assert.equal(judge(SESSIONS, [...closes, login(5, 'e')])[0]!.alike, undefined);
  assert.equal(judge(SESSIONS, [...THREE, logout(7, 'd')])[0]!.alike, undefined);
});

test('the message of the rule is used, with the group in it', () => {
  const grouped = `${SESSIONS}\n  group-by: [tenant]`;
  const [judgement] = judge(
    grouped,
    THREE,
    ['acme'],
    "message: '{tenant} had {peak} at {at}, {allowed} allowed'",
  );
  assert.equal(judgement!.message, '"acme" had 3 sessions at 1970-01-01T00:00:03Z, 2 allowed');
  assert.deepEqual([judgement!.subject, judgement!.identity], ['acme', ['acme', 'e2']]);
});

test('what the relation cannot run is refused, all at once', () => {
  const { relation, problems } = compile(
    `  rules: [login]\n  closes: [logout]\n  timespan: 5m\n  max-opened: 5m\n  max-open: long\n  counts: people\n  condition: {lt: 3}`,
    "message: '{nobody} knows'",
  );
  assert.equal(relation, undefined);
  assert.deepEqual(problems, [
    '"concurrency" has no key "max-opened", did you mean "max-open"?',
    '"concurrency" needs "opens": the rules that open a session',
    '"concurrency" names its rules under "opens" and "closes", found "rules"',
    '"concurrency" takes no "timespan"; "max-open" ends sessions without a close',
    '"max-open" must be a duration such as 12h, found "long"',
    '"counts" must be user or session, found "people"',
    '"concurrency" needs one condition, "gt" or "gte", of at least one',
    'the message of "concurrency" cannot tell {nobody}, but {peak}, {number}, {at}, {allowed}',
  ]);
});

test('one event that matches two rules opens one session', () => {
  const both = SESSIONS.replace('[login]', '[login, logout]').replace('closes: [logout]', 'max-open: 1h');
  const { relation } = compile(both.replace('  session: session\n', '').replace('gt: 2', 'gt: 1'));
  const mark = toMark(login(1, 'a', 'ann'), 0);
  assert.deepEqual([...relation!.judge([], [mark, { ...mark, step: 1 }], undefined)], []);
});

test('opens without a readable time are a doubt with a place, even where nothing else is', () => {
  const { relation } = compile(SESSIONS);
  const untimed = [1, 2, 3].map((line) => ({ ...toMark(login(0, `s${line}`), line), time: undefined }));
  const [judgement] = [...relation!.judge([], untimed, { from: second(0), until: second(9) })];
  assert.deepEqual([judgement!.verdict, judgement!.place.line], ['undetermined', 2]);
  // Of a log without any time it would be one finding a group.
  const [left] = [...relation!.judge([], untimed, undefined)];
  assert.deepEqual(left!.leftOut, { why: UNDATED, events: 3 });
  assert.match(judgement!.message, /: 3 opens have no readable time$/);
});

test('opens without a readable time are told in every file: a waiver of one file must not cover those of another', () => {
  const { relation } = compile(SESSIONS);
  const opens = Array.from({ length: 30 }, (_, line) => {
    const mark = toMark(login(0, `s${line}`), line);
    const file = line < 28 ? 'a.ndjson' : line === 28 ? 'b.ndjson' : 'c.ndjson';
    return { ...mark, time: undefined, place: { ...mark.place, file } };
  });
  const [judgement] = [...relation!.judge([], opens, { from: second(0), until: second(9) })];
  const files = new Set([judgement!.place, ...judgement!.related].map(({ file }) => file));
  assert.deepEqual([...files].sort(), ['a.ndjson', 'b.ndjson', 'c.ndjson']);
});

type Drawn = {
  marks: Mark[];
  allowed: number;
  users: boolean;
  timeout: number | undefined;
  coverage: Coverage;
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  marks: fc
    .array(
      fc.record({
        at: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined, freq: 14 }),
        file: fc.constantFrom('a.ndjson', 'b.ndjson'),
        opens: fc.constantFrom(true, true, false),
        session: fc.constantFrom('s1', 's2', 's3', undefined),
        user: fc.constantFrom('ann', 'bob', 'cid', undefined),
        double: fc.boolean(),
        group: fc.constantFrom('x', 'x', 'y', null),
      }),
      { maxLength: 14 },
    )
    .map((rows) =>
      rows
        .flatMap(({ double, group, opens, at, file, session, user }, line): Mark[] => {
          // What has no group never reaches the relation.
          if (group !== 'x') return [];
          const place = { file, line, offset: line * 100, length: 99 };
          const time = at === undefined ? undefined : second(at);
          const mark = {
            step: opens ? 0 : 1,
            time,
            place,
            identity: `${file}:${line}`,
            subject: user,
            values: [session],
          };
          return double ? [mark, { ...mark, step: 1 - mark.step }] : [mark];
        })
        .sort(compareMarks),
    ),
  allowed: fc.integer({ min: 0, max: 3 }),
  users: fc.boolean(),
  timeout: fc.option(fc.integer({ min: 1, max: 15 }), { nil: undefined }),
  coverage: fc.option(
    fc.record({
      from: fc.integer({ min: -5, max: 0 }).map(second),
      until: fc.integer({ min: 40, max: 45 }).map(second),
    }),
    { nil: undefined },
  ),
});

function judgeDrawn({ allowed, users, timeout }: Drawn, marks: Mark[], coverage: Coverage): Judgement[] {
  const rule = SESSIONS.replace('gt: 2', `gt: ${allowed}`);
  const { relation } = compile(
    `${rule}\n  counts: ${users ? 'user' : 'session'}${timeout === undefined ? '' : `\n  max-open: ${timeout}s`}`,
  );
  return [...relation!.judge([], marks, coverage)];
}

/**
 * A session of the twin. Positions are seconds × 1000 + the mark's number, so that what happened first at one second is known;
 * a session that times out does so before anything else of its second.
 */
type Known = {
  user: string | undefined;
  opened: number;
  /** Infinite while nothing in the log ends it. */
  ended: number;
  closed: boolean;
  /** Its close came when it was over by the rule. */
  closedLate?: boolean;
  repeats: Repeat[];
  reopened: number | undefined;
};

/** Perhaps a second session, in whole seconds. */
type Repeat = { user: string | undefined; from: number; until: number };

/**
 * The last that is open under a key is the one that ends; a name that is open already makes a doubt. A close with none open is
 * that of a session that timed out, where one has had none.
 */
function pair(
  marks: readonly Mark[],
  timeout = Number.POSITIVE_INFINITY,
): { sessions: Known[]; orphans: number[]; repeats: Repeat[] } {
  const sessions: Known[] = [];
  const orphans: number[] = [];
  const repeats: Repeat[] = [];
  const byKey = new Map<string, Known[]>();
  /** All of a key: those that are not closed time out. */
  const timedOut = new Map<string, Known[]>();
  /** Of sessions that are closed: what others opened under their names. */
  const others = new Map<string, Repeat[]>();
  for (const [index, { step, time, values, subject }] of marks.entries()) {
    if (time === undefined) continue;
    const second = Number(time / 1_000_000_000n);
    const at = second * 1000 + index + 1;
    const named = values[0] !== undefined;
    const key = named ? `session ${values[0]}` : `user ${subject}`;
    const open = (byKey.get(key) ?? []).filter(({ ended }) => ended > at);
    byKey.set(key, open);
    const last = open.at(-1);
    if (step === 0 && named && last !== undefined) {
      const repeat = { user: subject, from: second, until: Number.POSITIVE_INFINITY };
      last.repeats.push(repeat);
      repeats.push(repeat);
      last.reopened = second;
    } else if (step === 0) {
      const ended = (second + timeout) * 1000;
      const session = { user: subject, opened: at, ended, closed: false, repeats: [], reopened: undefined };
      sessions.push(session);
      open.push(session);
      timedOut.set(key, [...(timedOut.get(key) ?? []), session]);
    } else if (last === undefined) {
      const other = others.get(key)?.pop();
      const over = timedOut.get(key)?.find((each) => each.ended <= at && !each.closed && !each.closedLate);
      if (other !== undefined) other.until = second;
      else if (over === undefined) orphans.push(second);
      else over.closedLate = true;
    }
    // At one second the close came first, and belongs to what was opened before.
    else if (last.reopened === second) last.reopened = undefined;
    else {
      last.ended = at;
      last.closed = true;
      for (const repeat of last.repeats) {
        if (repeat.user === last.user) repeat.until = second;
        else others.set(key, [...(others.get(key) ?? []), repeat]);
      }
      open.pop();
    }
  }
  for (const { closed, repeats: own } of sessions)
    if (!closed) for (const repeat of own) repeat.until = own.at(-1)!.from + timeout;
  return { sessions, orphans, repeats };
}

type Held = Pick<Known, 'opened' | 'ended'>;

/** What counts as one: a session, or a user from the first of its sessions until none is open. */
function holdings(sessions: readonly Known[], users: boolean): Held[] {
  if (!users) return [...sessions];
  const held: (Held & { user: string | undefined })[] = [];
  for (const { user, opened, ended } of sessions) {
    const same = held.findLast((each) => each.user === user && user !== undefined);
    if (same !== undefined && opened < same.ended) same.ended = Math.max(same.ended, ended);
    else held.push({ user, opened, ended });
  }
  return held;
}

/** Second by second: what has an end, or times out, was surely there; the rest only in the second in which it began. */
function countingTwin({ allowed, users, timeout, coverage, marks }: Drawn): string | undefined {
  const { sessions, orphans, repeats } = pair(marks, timeout);
  const held = holdings(sessions, users);
  const seconds = (position: number) => Math.floor(position / 1000);
  const untimed = marks.filter(({ step, time }) => step === 0 && time === undefined).length;
  const times = marks.flatMap(({ time }) => (time === undefined ? [] : [Number(time / 1_000_000_000n)]));
  const from = Math.min(...times, coverage === undefined ? 99 : Number(coverage.from / 1_000_000_000n));
  const until = Math.max(...times, coverage === undefined ? -99 : Number(coverage.until / 1_000_000_000n));
  let [lower, upper] = [0, 0];
  for (let at = from; times.length > 0 && at <= until; at++) {
    const open = held.filter(({ opened, ended }) => seconds(opened) <= at && at < seconds(ended));
    const sure = open.filter(
      ({ opened, ended }) => ended < Number.POSITIVE_INFINITY || seconds(opened) === at,
    );
    const doubts = repeats.filter((each) => each.from <= at && at < each.until);
    const before = orphans.filter((closed) => at < closed);
    lower = Math.max(lower, sure.length);
    upper = Math.max(upper, open.length + doubts.length + before.length);
  }
  return lower > allowed ? 'violation' : upper + untimed > allowed ? 'undetermined' : undefined;
}

/**
 * Whether a close may be of any of several sessions: of a user without ids, where a session without a close times out. The twin
 * takes the last that is open, and the longest that each may have lasted is open.
 */
function isAmbiguous({ marks, timeout }: Drawn): boolean {
  if (timeout === undefined) return false;
  const opened = new Map<string | undefined, number>();
  return marks.some(({ step, time, values, subject }) => {
    if (time === undefined || values[0] !== undefined) return false;
    const before = opened.get(subject) ?? 0;
    if (step === 0) opened.set(subject, before + 1);
    return step > 0 && before > 1;
  });
}

test('concurrency equals its twin; where a close may be of several sessions it may leave open what the twin decides', () => {
  let ambiguous = 0;
  const property = fc.property(drawn, (each) => {
    // What the rule cuts off is told, and judged no other way than by the rule.
    const verdicts = judgeDrawn(each, each.marks, each.coverage)
      .filter(({ leftOut }) => !leftOut?.why.endsWith('which the rule cuts off'))
      .map(({ verdict }) => verdict);
    if (isAmbiguous(each) && verdicts[0] === 'undetermined') ambiguous++;
    else assert.deepEqual(verdicts, [countingTwin(each) ?? []].flat());
  });
  fc.assert(property, { numRuns: CASES });
  assert.ok(ambiguous * 2 < CASES, `${ambiguous} of ${CASES} were ambiguous`);
});

test('concurrency accuses nobody on the evidence of a shorter log', () => {
  const property = fc.property(drawn, cut, (each, edges) => {
    const accused = (marks: Mark[], coverage: Coverage) =>
      judgeDrawn(each, marks, coverage).some(({ verdict }) => verdict === 'violation');
    const shorter = edges(each.marks, each.coverage ?? { from: second(0), until: second(40) });
    // Of a session that is opened twice only the first open is sure: where that is cut off, the repeat is taken for it.
    fc.pre(!isReopened(each.marks, shorter.marks));
    if (accused(shorter.marks, shorter.coverage)) assert.ok(accused(each.marks, each.coverage));
  });
  fc.assert(property, { numRuns: LAWFUL_CASES });
});

/** Whether some session that was opened before the cut is opened again after it. */
function isReopened(all: readonly Mark[], kept: readonly Mark[]): boolean {
  const keyOf = ({ values, subject }: Mark) =>
    JSON.stringify([values[0], values[0] === undefined && subject]);
  const opens = all.filter(({ step, time }) => step === 0 && time !== undefined);
  const cutOff = new Set(opens.filter((mark) => !kept.includes(mark)).map(keyOf));
  return opens.some((mark) => kept.includes(mark) && cutOff.has(keyOf(mark)));
}

test('a session that the rule ended does not go on to a later close', () => {
  const limit = SESSIONS.replace(
    'session: session\n  condition: {gt: 2}',
    'session: session\n  max-open: 120s\n  condition: {gt: 3}',
  );
  // Opens, and closes as negative numbers: of three sessions two end by themselves, at 120 and 140.
  const times = [0, 20, 46, -67, 88, -99, 203, -219, 223, -228];
  const steps = times.map((time) => ({
    at: Math.abs(time),
    opens: time >= 0,
    session: undefined,
    user: 'ann',
  }));
  assert.deepEqual(judge(limit, steps), []);
});

test('whatever makes a peak, it has a place', () => {
  const property = fc.property(drawn, (each) => {
    const places = new Set(each.marks.map(({ place }) => place));
    for (const { place } of judgeDrawn(each, each.marks, each.coverage)) assert.ok(places.has(place));
  });
  fc.assert(property, { numRuns: CASES });
});

test('a group of fewer marks than the relation asks for exceeds nothing, whatever they are', () => {
  const property = fc.property(drawn, (each) => {
    const marks = each.marks.slice(0, each.allowed);
    assert.deepEqual(judgeDrawn(each, marks, each.coverage), []);
    assert.equal(
      compile(SESSIONS.replace('gt: 2', `gt: ${each.allowed}`)).relation!.fewest,
      each.allowed + 1,
    );
  });
  fc.assert(property, { numRuns: 300 });
});
