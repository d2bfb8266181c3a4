/** Tests in rule files, run: those of the design with marks, what the log covers, and tests that cannot be what they say. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toRecordEvents } from '../../src/engine/record-events.ts';
import { runRuleTests } from '../../src/engine/rule-tests.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';

const detection = (name: string, action: string) => `title: ${name}
name: ${name}
taxonomy: sigma
detection: {selection: {action: ${action}}, condition: selection}
---
`;

const REQUIRES = `${detection('access', 'prod.login')}${detection('approved', 'access.approve')}title: Access without approval
correlation:
  type: requires
  rules: [access]
  needs: [approved]
  before: 24h
  group-by: [who]
  aliases:
    who: {access: user, approved: requester}
    approver: {approved: approver}
  differs: [who, approver]
tests:
`;

const GAP = `${detection('beat', 'heartbeat')}title: Hosts
name: hosts
table: [{host: web}, {host: db, to: 2026-01-01T01:00:00Z}]
---
title: A host fell silent
correlation:
  type: gap
  rules: [beat]
  timespan: 1h
  group-by: [host]
  expected: {table: hosts, match: {host: host}}
tests:
`;

const NEW_VALUE = `${detection('login', 'login')}title: New country
correlation: {type: new_value, rules: [login], field: country, history: 7d, group-by: [user]}
tests:
`;

function run(text: string): string[] {
  const { documents, problems } = parseRuleFile('r.yaml', text);
  const linked = linkRules(documents);
  assert.deepEqual([...problems, ...linked.problems, ...linked.ruleSet.errors], []);
  const results = runRuleTests(linked.ruleSet, (records, source) => {
    const mapping = SHIPPED.find(({ name }) => name === source);
    return mapping && toRecordEvents(mapping, records);
  });
  return results.map(({ test: { name }, passed, actual, messages }) =>
    passed ? name : `${name}: ${actual}: ${messages.join('; ')}`,
  );
}

describe('runRuleTests()', () => {
  test('runs the tests with marks that the design shows', () => {
    const names = run(`${REQUIRES}
  - {name: approved by another, marks: {approved: [{requester: ann, approver: bob, t: 0m}], access: [{user: ann, t: 30m}]}, expect: satisfied}
  - {name: self-approved, marks: {approved: [{requester: ann, approver: ann, t: 0m}], access: [{user: ann, t: 30m}]}, expect: violation}
  - {name: approved for another, marks: {approved: [{requester: cid, approver: bob, t: 0m}], access: [{user: ann, t: 30m}]}, expect: violation}
  - {name: log starts too late, coverage: {from: 20m}, marks: {access: [{user: ann, t: 30m}]}, expect: undetermined}
  - {name: nobody knows by whom, marks: {approved: [{requester: ann, approver: null, t: 0m}], access: [{user: ann, t: 30m}]}, expect: undetermined}
  - {name: nobody knows when, marks: {approved: [{requester: ann, approver: bob, t: null}], access: [{user: ann, t: 30m}]}, expect: undetermined}
  - {name: nobody had access, marks: {}, expect: satisfied}
  - {name: by alias, marks: {approved: [{who: ann, approver: bob, t: 0m}], access: [{who: ann, t: 30m}]}, expect: satisfied}
`);
    assert.deepEqual(names, [
      'approved by another',
      'self-approved',
      'approved for another',
      'log starts too late',
      'nobody knows by whom',
      'nobody knows when',
      'nobody had access',
      'by alias',
    ]);
  });
  test('makes a mark of each of several values, as a log does', () => {
    const names = run(`${detection('used', 'use')}title: Many tags
correlation: {type: value_count, rules: [used], group-by: [who], timespan: 10m, condition: {field: tag, gte: 2}}
tests:
  - {name: two of each, events: [{time: "2026-03-02T08:00:00Z", actor: ann, action: use, who: [ann, bob], tag: [x, y]}], expect: violation}
  - {name: one of each, events: [{time: "2026-03-02T08:00:00Z", actor: ann, action: use, who: [ann, bob], tag: [x]}], expect: satisfied}
`);
    assert.deepEqual(names, ['two of each', 'one of each']);
  });
  test('judges groups that have no mark, and marks of one instant in the order of the list', () => {
    const names = run(`${GAP}
  - {name: both spoke, coverage: {from: 0, until: 90m}, marks: {beat: [{host: web, t: 45m}, {host: db, t: 45m}]}, expect: satisfied}
  - {name: web never spoke, coverage: {from: 0, until: 90m}, marks: {beat: [{host: db, t: 45m}]}, expect: violation}
  - {name: db is gone, coverage: {from: 61m, until: 2h}, marks: {beat: [{host: web, t: 90m}]}, expect: satisfied}
  - {name: too short a log, coverage: {from: 0, until: 10m}, marks: {}, expect: undetermined}
  - {name: nothing at all, coverage: {from: 2026-01-01, until: 2026-01-02}, events: [], expect: violation}
  - {name: no field to group by, coverage: {from: 61m, until: 2h}, marks: {beat: [{host: null, t: 90m}, {host: web, t: 91m}]}, expect: satisfied}
`);
    assert.deepEqual(names, [
      'both spoke',
      'web never spoke',
      'db is gone',
      'too short a log',
      'nothing at all',
      'no field to group by',
    ]);
    const tied = (first: string, second: string) =>
      run(`${REQUIRES}
  - {name: tied, marks: {${first}, ${second}}, expect: satisfied}
`)[0]!;
    const approved = 'approved: [{requester: ann, approver: bob, t: 1m}]';
    const access = 'access: [{user: ann, t: 1m}]';
    assert.equal(tied(approved, access), 'tied');
    assert.match(tied(access, approved), /^tied: violation: /);
  });
  test('takes coverage beside events, its offsets from the first of them', () => {
    const event = (time: string, country: string) =>
      `{action: login, user: ann, country: ${country}, time: "${time}"}`;
    const names = run(`${NEW_VALUE}
  - {name: learning, events: [${event('2026-03-01T00:00:00Z', 'NO')}], expect: undetermined}
  - {name: new, coverage: {from: -7d}, events: [${event('2026-03-01T00:00:00Z', 'NO')}], expect: violation}
  - {name: a bit too short, coverage: {from: 2026-02-22T00:00:01Z}, events: [${event('2026-03-01T00:00:00Z', 'NO')}], expect: undetermined}
  - {name: known, coverage: {from: -6d}, events: [${event('2026-03-01T00:00:00Z', 'NO')}, ${event('2026-03-02T00:00:00Z', 'NO')}], expect: undetermined}
`);
    assert.deepEqual(names, ['learning', 'new', 'a bit too short', 'known']);
  });
  test('runs a correlation of correlations on events, and on marks of what the inner one found', () => {
    const event = (action: string, second: number) =>
      `{action: ${action}, user: ann, time: "2026-03-01T00:00:0${second}Z"}`;
    const fails = [1, 2, 3].map((second) => event('fail', second)).join(', ');
    const names = run(`${detection('fail', 'fail')}${detection('login', 'login')}title: Many failures
name: many
correlation: {type: event_count, rules: [fail], group-by: [user], timespan: 1m, condition: {gte: 3}}
---
title: Failures, then success
correlation: {type: temporal_ordered, rules: [many, login], group-by: [user], timespan: 1m}
tests:
  - {name: failures and success, events: [${fails}, ${event('login', 4)}], expect: violation}
  - {name: success first, events: [${event('login', 0)}, ${fails}], expect: satisfied}
  - {name: two failures, events: [${event('fail', 1)}, ${event('fail', 2)}, ${event('login', 4)}], expect: satisfied}
  - {name: as marks, marks: {many: [{user: ann, t: 0, until: 3s}], login: [{user: ann, t: 4s}]}, expect: violation}
`);
    assert.deepEqual(names, ['failures and success', 'success first', 'two failures', 'as marks']);
  });
  test('fails a test that says something else than it means', () => {
    const [wrong, unknown] = run(`${REQUIRES}
  - {name: wrong, marks: {approved: [{requester: ann, aprover: bob, t: 0m}], access: [{user: ann, t: 30m}]}, expect: undetermined}
  - {name: expects another, marks: {access: [{user: ann, t: 30m}]}, expect: satisfied}
`);
    assert.match(
      wrong!,
      /^wrong: undetermined: r\.yaml:24:55: the rule reads no "aprover" of "approved", but .*, did you mean "approver"\?/,
    );
    assert.match(unknown!, /^expects another: violation: access without approval: 1 event of who "ann"/);
  });
  test('fails a test whose rule judges nothing', () => {
    const access = '{action: prod.login, time: "2026-03-01T00:00:00Z"}';
    const [mark, event, none, other] = run(`${REQUIRES}
  - {name: mark, marks: {access: [{t: 0}]}, expect: satisfied}
  - {name: event, events: [${access}], expect: satisfied}
  - {name: none, events: [], expect: satisfied}
  - {name: other, events: [{action: other, user: ann, time: "2026-03-01T00:00:00Z"}], expect: satisfied}
`);
    assert.match(mark!, /no mark has a value for each field of "group-by"/);
    assert.match(event!, /no event that matches has a value for each field of "group-by"/);
    assert.match(none!, /no events: the rule judges nothing/);
    assert.equal(other, 'other');
  });
});
