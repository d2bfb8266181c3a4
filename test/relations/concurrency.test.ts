/** `concurrency` as a rule file says it, against a twin that counts every second. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { Mark } from '../../src/model/mark.ts';
import type { Judgement, Relation } from '../../src/model/relation.ts';
import { concurrency } from '../../src/relations/concurrency.ts';

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
    'the message of "concurrency" cannot tell {nobody}, but {peak}, {at}, {allowed}',
  ]);
});

/** Users by second: certain when each of their sessions is known from both ends. */
function twin(steps: readonly Step[], allowed: number): string | undefined {
  const sessions: { user: string; from: number; until: number; closed: boolean }[] = [];
  for (const { at, opens, session } of steps) {
    if (opens) sessions.push({ user: session!, from: at, until: 31, closed: false });
    else
      for (const each of sessions)
        if (each.user === session && !each.closed) Object.assign(each, { until: at, closed: true });
  }
  let [lower, upper] = [0, 0];
  for (let at = 0; at <= 30; at++) {
    const open = sessions.filter(({ from, until }) => from <= at && at < until);
    upper = Math.max(upper, open.length);
    lower = Math.max(lower, open.filter(({ closed, from }) => closed || from === at).length);
  }
  return lower > allowed ? 'violation' : upper > allowed ? 'undetermined' : undefined;
}

test('verdicts equal a count of every second', () => {
  const spans = fc.array(
    fc.record({
      from: fc.integer({ min: 0, max: 25 }),
      length: fc.integer({ min: 0, max: 6 }),
      closed: fc.boolean(),
    }),
    { maxLength: 9 },
  );
  fc.assert(
    fc.property(spans, fc.integer({ min: 0, max: 4 }), (drawn, allowed) => {
      const steps = drawn
        .flatMap(({ from, length, closed }, index) => [
          login(from, `s${index}`),
          ...(closed ? [logout(from + length, `s${index}`)] : []),
        ])
        .sort((a, b) => a.at - b.at);
      assert.equal(
        judge(SESSIONS.replace('gt: 2', `gt: ${allowed}`), steps)[0]?.verdict,
        twin(steps, allowed),
      );
    }),
    { numRuns: 200 },
  );
});
