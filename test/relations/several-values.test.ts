/** Fields that hold a list, in what counts, adds up, compares and groups: each member stands for itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { auditedRules, detections, foundBy, type LogRecord } from './audited-rules.ts';

const event = (minute: number, action: string, more: LogRecord): LogRecord => ({
  time: `2026-03-02T08:${String(minute).padStart(2, '0')}:00Z`,
  id: `e${minute}`,
  actor: 'ann',
  action,
  target: 't',
  ...more,
});

/** What a correlation over the one detection `use` finds. */
const found = (correlation: string, ...uses: LogRecord[]) =>
  foundBy(
    `${detections('use', 'end')}title: Found\ncorrelation: { ${correlation} }`,
    uses.map((use, index) => event(index, 'use', use)),
  );

describe('a field with several values', () => {
  test('counts with each of them, even in a single event', async () => {
    const count =
      'type: value_count, rules: [use], group-by: [actor], timespan: 10m, condition: { field: tags, gte: 3 }';
    const [three] = await found(count, { tags: ['x', 'y'] }, { tags: ['x', 'z'] });
    assert.match(three!, /^violation: found: 3 distinct values/);
    const [alone] = await found(count, { tags: ['x', 'y', 'z'] });
    assert.match(alone!, /^violation: found: 3 distinct values/);
    assert.deepEqual(await found(count, { tags: ['x', 'y'] }, { tags: ['y', 'x'] }), []);
    const nested = count.replace('field: tags', 'field: res.arn');
    const [objects] = await found(nested, { res: [{ arn: 'a' }, { arn: 'b' }] }, { res: [{ arn: 'c' }] });
    assert.match(objects!, /^violation: found: 3 distinct values/);
    const names = count.replace('field: tags', 'field: actor').replace('group-by: [actor], ', '');
    const [people] = await found(names, { actor: ['ann', 'bob', 'cid'] });
    assert.match(people!, /^violation: found: 3 distinct values/);
  });

  test('adds up all of them, equal ones too', async () => {
    const sum = 'type: value_sum, rules: [use], timespan: 10m, condition: { field: n, gte: 100 }';
    const [much] = await found(sum, { n: [5, 100] });
    assert.match(much!, /^violation: found: a sum of 105/);
    const [twice] = await found(sum, { n: [50, 50] });
    assert.match(twice!, /^violation: found: a sum of 100/);
    assert.deepEqual(await found(sum, { n: [50, 49] }), []);
  });

  test('puts its event into the group of each', async () => {
    const count = 'type: event_count, rules: [use], group-by: [who], timespan: 10m, condition: { gte: 2 }';
    const [bob, ...more] = await found(
      count,
      { who: ['ann', 'bob'] },
      { who: 'bob' },
      { who: ['cid', 'cid'] },
    );
    assert.match(bob!, /^violation: found: 2 events within 10m of who "bob"/);
    assert.deepEqual(more, []);
  });

  test('is told by the member that the group is of, in the message of every relation', async () => {
    const by = 'rules: [use], group-by: [who], timespan: 10m';
    const both = { who: ['ann', 'Bob'], team: ['ann', 'Bob'] };
    const listed = { use: both, end: { who: 'ann', team: 'ann' } };
    const tried: [string, Partial<Record<'use' | 'end', LogRecord>>, string][] = [
      [`type: event_count, ${by}, condition: { gte: 1 }`, listed, '"Bob" of "Bob","ann" of "ann"'],
      [
        `type: value_count, ${by}, condition: { field: who, gte: 2 }`,
        listed,
        '"Bob" of "Bob","ann" of "ann"',
      ],
      ['type: requires, rules: [use], needs: [end], before: 1h, group-by: [who]', listed, '"Bob" of "Bob"'],
      [
        'type: requires, rules: [use], needs: [end], before: 1h, group-by: [own], aliases: { own: { use: team, end: who } }',
        listed,
        '"Bob" of "ann, Bob"',
      ],
      [
        'type: temporal, rules: [end, use], group-by: [who], timespan: 1h',
        { ...listed, end: both },
        '"Bob" of "Bob","ann" of "ann"',
      ],
      ['type: temporal, condition: use and not end, group-by: [who], timespan: 1h', listed, '"Bob" of "Bob"'],
      [
        'type: temporal_ordered, rules: [end, use], group-by: [who], timespan: 1h',
        { ...listed, end: both },
        '"Bob" of "Bob","ann" of "ann"',
      ],
      [
        'type: new_value, rules: [use], field: action, history: 1h, group-by: [who]',
        listed,
        '"Bob" of "Bob","ann" of "ann"',
      ],
      [
        'type: temporal, condition: use and not end, group-by: [who], persons: [who], timespan: 1h',
        { use: { who: 'Bob' }, end: { who: 'ann' } },
        '"Bob" of "Bob"',
      ],
    ];
    const said: string[] = [];
    for (const [correlation, { use, end }] of tried) {
      const message = correlation.includes('own') ? '{team} of {who}' : '{who} of {who}';
      const yaml = `${detections('use', 'end')}title: Found\nmessage: '${message}'\ncorrelation: { ${correlation} }`;
      const records = [
        { ...event(0, 'pad', {}), time: '2026-03-01T00:00:00Z' },
        event(1, 'end', end!),
        event(2, 'use', use!),
        { ...event(3, 'pad', {}), time: '2026-03-04T00:00:00Z' },
      ];
      const found = (await foundBy(yaml, records)).filter((each) => each.includes(' of '));
      said.push(found.map((each) => each.replace('violation: ', '')).join());
    }
    assert.deepEqual(
      said,
      tried.map(([, , expected]) => expected),
    );
  });

  test('puts it there too where its first value is null, and for events of which a mapping computes the field', async () => {
    const count = 'type: event_count, rules: [use], group-by: [who], timespan: 10m, condition: { gte: 2 }';
    const [bob] = await found(count, { who: [null, 'bob'] }, { who: [null, 'bob'] });
    assert.match(bob!, /^violation: found: 2 events within 10m of who "bob"/);
    // A text that begins like a list leaves records without a shape.
    const used = detections('use')
      .replace('logsource: { product: audit }', 'taxonomy: audit')
      .replace('action: use', 'action: license.use');
    const yaml = `${used}title: Found
taxonomy: audit
correlation: { type: event_count, rules: [use], group-by: [actor], timespan: 10m, condition: { gte: 4 } }`;
    const log = [0, 1, 2, 3].map((minute) => ({
      specversion: '1.0',
      id: `e${minute}`,
      source: '[app]',
      type: 'doc.exported',
      time: `2026-03-02T08:0${minute}:00Z`,
      subject: [`team-${minute % 2}`, 'bob'],
    }));
    assert.match((await foundBy(yaml, log)).join(), /4 events within 10m of actor "bob"/);
  });

  test('opens a session for each id', async () => {
    const sessions =
      'type: concurrency, opens: [use], closes: [end], session: session, counts: session, group-by: [actor], condition: { gt: 2 }';
    const [three] = await found(sessions, { session: ['s1', 's2', 's3'] });
    assert.match(three!, /3 sessions/);
    assert.deepEqual(await found(sessions, { session: ['s1', 's2', 's2'] }), []);
  });

  test('is a match of its detection once', async () => {
    const yaml = `${detections('use')}title: Found
correlation: { type: value_count, rules: [use], group-by: [who], timespan: 10m, condition: { field: tags, gte: 9 } }`;
    const report = await auditedRules(yaml, {
      log: [event(0, 'use', { who: ['ann', 'bob'], tags: ['x', 'y'] })],
    });
    assert.deepEqual(
      report.rules.filter(({ matches }) => matches > 0).map(({ matches }) => matches),
      [1],
    );
  });

  test('is more than an event is taken apart for: it is told', async () => {
    const tags = Array.from({ length: 1001 }, (_, index) => `t${index}`);
    const yaml = `${detections('use')}title: Found
correlation: { type: value_count, rules: [use], group-by: [actor], timespan: 10m, condition: { field: tags, gte: 5000 } }`;
    const report = await auditedRules(yaml, { log: [event(0, 'use', { tags })] });
    assert.deepEqual(
      report.notices.filter(({ code }) => code === 'ungrouped-mark').map(({ message }) => message),
      ['1 event matched "Found" without a field to group by, or with too many values to judge each'],
    );
  });

  test('takes no more memory than an event may, for a text beside each: it is told', async () => {
    const tags = Array.from({ length: 900 }, (_, index) => `t${index}`);
    const yaml = `${detections('use')}title: Found
correlation: { type: value_count, rules: [use], group-by: [actor], timespan: 10m, condition: { field: [tags, note], gte: 5000 } }`;
    const told = async (note: string) =>
      (await auditedRules(yaml, { log: [event(0, 'use', { tags, note })] })).notices
        .filter(({ code }) => code === 'ungrouped-mark')
        .map(({ message }) => message);
    assert.deepEqual(await told('n'), []);
    assert.deepEqual(await told('n'.repeat(30_000)), [
      '1 event matched "Found" without a field to group by, or with too many values to judge each',
    ]);
  });

  test('is new where one of them is', async () => {
    const value = 'type: new_value, rules: [use], field: tags, history: 2m, group-by: [actor]';
    const same = { tags: ['x', 'y'] };
    const [fresh, ...more] = await found(value, same, same, same, same, { tags: ['y', 'z'] });
    assert.match(fresh!, /^violation: .*"z"/);
    assert.deepEqual(more, []);
  });

  test('is open with each until its close', async () => {
    const yaml = `${detections('use', 'end')}title: Found
correlation: { type: concurrency, opens: [use], closes: [end], session: s, group-by: [actor], condition: { field: ip, gt: 1 } }`;
    const first = event(0, 'use', { s: 'a', ip: ['1.1.1.1', '1.1.1.2'] });
    const [two] = await foundBy(yaml, [first, event(1, 'end', { s: 'a' })]);
    assert.match(two!, /^violation: found: 2 values of ip/);
    const three = [
      first,
      event(1, 'end', { s: 'a' }),
      event(2, 'use', { s: 'b', ip: '1.1.1.3' }),
      event(3, 'end', { s: 'b' }),
    ];
    assert.deepEqual(await foundBy(yaml.replace('gt: 1', 'gt: 2'), three), []);
  });

  test('owes for each ticket, and is somebody else where one of them is', async () => {
    const yaml = `${detections('approve', 'deploy')}title: Unapproved
correlation:
  type: requires
  rules: [deploy]
  needs: [approve]
  before: 1h
  group-by: [ticket]
  aliases: { who: { deploy: actor }, by: { approve: approver } }
  differs: [who, by]`;
    const begin = { ...event(0, 'begin', {}), time: '2026-03-02T06:00:00Z' };
    const approval = (approver: unknown, ticket: unknown) => event(1, 'approve', { approver, ticket });
    const deployment = event(2, 'deploy', { ticket: ['CHG-7', 'CHG-8'] });
    const [eight, ...more] = await foundBy(yaml, [begin, approval('bob', 'CHG-7'), deployment]);
    assert.match(eight!, /^violation: .*of ticket "CHG-8"/);
    assert.deepEqual(more, []);
    assert.deepEqual(
      await foundBy(yaml, [begin, approval(['ann', 'bob'], ['CHG-7', 'CHG-8']), deployment]),
      [],
    );
    const own = await foundBy(yaml, [begin, approval(['ann', 'ann'], ['CHG-7', 'CHG-8']), deployment]);
    assert.deepEqual(
      own.map((each) => each.split(':')[0]),
      ['violation', 'violation'],
    );
  });

  test('asks for each action', async () => {
    const yaml = `title: Duties
name: duties
table: { roles: { clerk: [invoice.read] }, users: { ann: [clerk] } }
---
title: Work
name: work
taxonomy: audit
detection: { work: { action|startswith: invoice. }, condition: work }
---
title: Kept
correlation: { type: permitted, rules: [work], table: duties }`;
    const [denied, ...more] = await foundBy(yaml, [
      event(0, 'x', { action: ['invoice.read', 'invoice.delete'] }),
    ]);
    assert.match(denied!, /^violation: .*invoice\.delete/);
    assert.deepEqual(more, []);
  });
});
