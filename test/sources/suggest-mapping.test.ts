/** Suggested mappings: the right members of plain logs in many spellings, nothing of what is no event, and always a mapping that compiles. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { type JsonValue, parseJsonText } from '../../src/base/json.ts';
import { compileMapping } from '../../src/sources/compile-mapping.ts';
import { detectSource } from '../../src/sources/detect.ts';
import type { Mapping } from '../../src/sources/mapping.ts';
import { mappingText } from '../../src/sources/suggest/mapping-text.ts';
import { wordsOf } from '../../src/sources/suggest/score-leaf.ts';
import { suggestMapping } from '../../src/sources/suggest/suggest-mapping.ts';
import { sharedData } from '../support/shared-data.ts';
import { seeThrough, shipped, toJson } from './shipped-mappings.ts';

function textFor(records: readonly unknown[]): string {
  const suggestion = suggestMapping(records.map(toJson));
  assert.ok(suggestion, 'nothing was suggested');
  return mappingText('shop', 'shop.ndjson', suggestion);
}

function compiled(yaml: string): Mapping {
  const problems: string[] = [];
  const mapping = compileMapping('shop', parse(yaml), (path, message) =>
    problems.push(`${path.join('.')}: ${message}`),
  );
  assert.deepEqual(problems, [], yaml);
  return mapping!;
}

/** The first record as an event, through the mapping suggested for all of them, which must know them for its own. */
function seen(...records: unknown[]): Record<string, string> {
  const mapping = compiled(textFor(records));
  assert.equal(mapping.suggested, true);
  const json = records.map(toJson);
  assert.equal(detectSource(json, [mapping]).source, 'shop');
  return seeThrough(mapping, json[0]!);
}

const AT = '2026-03-01T10:00:00Z';

test('words of a key, however they are put together', () => {
  for (const key of [
    'performedBy',
    'performed_by',
    'Performed-By',
    'performed by',
    'PERFORMED_BY',
    'performed_by_s',
  ])
    assert.deepEqual(wordsOf(key), ['performed', 'by'], key);
  assert.deepEqual(wordsOf('sourceIPAddress'), ['source', 'ip', 'address']);
  assert.deepEqual(wordsOf('@timestamp'), ['timestamp']);
});

test('nested, flat, camel-cased and German: when, who, what, on what, how it ended, from where', () => {
  const expected = {
    time: AT,
    actor: 'ann',
    action: 'doc.open',
    target: 'd1',
    outcome: 'success',
    ip: '10.0.0.7',
  };
  const nested = {
    '@timestamp': AT,
    who: { login: 'ann' },
    verb: 'doc.open',
    object: { id: 'd1' },
    status: 'OK',
    addr: '10.0.0.7',
  };
  const flat = {
    logged_at: AT,
    user_email: 'ann',
    event_name: 'doc.open',
    resource_id: 'd1',
    result: 'passed',
    client_ip: '10.0.0.7',
  };
  const camel = {
    eventTime: AT,
    performedBy: 'ann',
    actionType: 'doc.open',
    targetId: 'd1',
    wasSuccessful: true,
    sourceIPAddress: '10.0.0.7',
  };
  const german = {
    zeit: AT,
    benutzer: 'ann',
    aktion: 'doc.open',
    ziel: 'd1',
    ergebnis: 'ok',
    rechner: '10.0.0.7',
  };
  for (const record of [nested, flat, camel, german])
    assert.deepEqual(seen(record), expected, JSON.stringify(record));
});

test('outcomes: words, status codes, true and false, and members that say it failed', () => {
  const outcomes = (name: string, ...values: unknown[]) => {
    const records = values.map((value) => ({ time: AT, user: 'ann', action: 'x', [name]: value }));
    const mapping = compiled(textFor(records));
    return records.map((record) => seeThrough(mapping, toJson(record)).outcome);
  };
  assert.deepEqual(outcomes('result', 'Passed', 'Denied', 'weird'), ['success', 'failure', 'unknown']);
  assert.deepEqual(outcomes('status_code', 200, 302, 403, 503), ['success', 'success', 'failure', 'failure']);
  assert.deepEqual(outcomes('ok', true, false), ['success', 'failure']);
  assert.deepEqual(outcomes('failed', true, false), ['failure', 'success']);
  assert.deepEqual(outcomes('login_failed', 'yes', 'no'), ['failure', 'success']);
  assert.deepEqual(
    outcomes('exit_status', 'done', '0', '1'),
    ['success', 'unknown', 'unknown'],
    '0 may be the good one',
  );
  assert.deepEqual(
    outcomes('sandbox', true, false),
    [undefined, undefined],
    'true and false alone say nothing',
  );
});

test('of several times the one of the event is taken, and what lacks a zone is not given one', () => {
  const record = {
    updated_at: '2026-03-09T00:00:00Z',
    expires: '2027-01-01T00:00:00Z',
    created_at: AT,
    user: 'ann',
    action: 'x',
  };
  assert.equal(seen(record).time, AT);
  const text = textFor([{ when: '2026-03-01 10:00:00', user: 'ann', action: 'x' }]);
  assert.match(text, /# The times name no zone, and none is guessed/);
  assert.deepEqual(compiled(text).time, {});
  assert.doesNotMatch(textFor([{ when: 1772359200, user: 'ann', action: 'x' }]), /zone/);
});

test('records in an array that nobody knows are found, and the ids that name them', () => {
  const rows = ['a1', 'b2', 'c3'].map((id) => ({ id, ts: AT, user: 'ann', op: 'x' }));
  const text = textFor([{ page: 1, result: { rows } }]);
  assert.match(text, /^wrappers: \[result\.rows\]$/m);
  assert.match(text, /^identity: \[id\]$/m);
});

test('events of an export are never taken from the first row of a list: one row, or a list a line, is a list all the same', () => {
  const row = (user: string) => ({ when: AT, user, op: 'door.open', result: 'ok' });
  for (const documents of [
    [{ rows: [row('ann')] }],
    [{ rows: [row('ann'), row('root')] }, { rows: [row('bob')] }],
    [{ exported_at: AT, exported_by: 'export-job', rows: [row('ann'), row('root')] }],
  ])
    assert.match(textFor(documents), /^wrappers: \[rows\]$/m, JSON.stringify(documents));
  // An event that has a list is an event, and says that the list is not looked into.
  const order = {
    when: AT,
    user: 'ann',
    op: 'order',
    result: 'ok',
    lines: [
      { at: AT, item: 'a' },
      { at: AT, item: 'b' },
    ],
  };
  const text = textFor([order, order]);
  assert.doesNotMatch(text, /^wrappers/m);
  assert.match(text, /# Of lists within a record \(lines\) each member gives its values to the one event/);
  // A time that stands only in a list is no time of the event.
  assert.equal(suggestMapping([toJson({ user: 'ann', op: 'x', steps: [{ at: AT }] })]), undefined);
});

test('what tells no time, or neither who nor what, is no audit log', () => {
  for (const record of [
    { level: 'info', msg: 'cache warmed' },
    { time: AT, watts: 12.5 },
    { user: 'ann', action: 'x' },
    7,
    [],
  ])
    assert.equal(suggestMapping([record, record].map(toJson)), undefined, JSON.stringify(record));
});

test('a file of anything at all gives a mapping that compiles, in lines that no log text breaks', () => {
  const key = fc.oneof(
    fc.constantFrom('time', 'user', 'action', 'status', 'a.b', 'on', '# x', '__proto__', 'x\ny: 1'),
    fc.string(),
  );
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(AT, '10.0.0.1', 'ok', 'null', '# "x": y', '\u202e\u001b[2J'),
    fc.integer(),
    fc.boolean(),
  );
  const record = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)));
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 5 }),
      fc.string({ maxLength: 20 }),
      (records, file) => {
        const all = records.map((each) => ({ ...each, time: AT, user: 'ann' }));
        const suggestion = suggestMapping(all.map(toJson));
        assert.ok(suggestion);
        const text = mappingText('shop', file, suggestion);
        assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        assert.equal(compiled(text).suggested, true);
      },
    ),
  );
});

/** Exports of products whose mapping is known: a person who knows the product wrote what the guess is held to. */
const REAL = [
  {
    source: 'slack',
    file: 'panther-analysis/by-logtype/Slack.AuditLogs.ndjson',
    same: ['time', 'action', 'ip'],
  },
  {
    source: 'okta',
    file: 'panther-analysis/by-logtype/Okta.SystemLog.ndjson',
    same: ['time', 'outcome', 'ip'],
  },
  {
    source: 'github',
    file: 'panther-analysis/by-logtype/GitHub.Audit.ndjson',
    same: ['time', 'actor', 'action'],
  },
  {
    source: 'teleport',
    file: 'panther-analysis/by-logtype/Gravitational.TeleportAudit.ndjson',
    same: ['time', 'actor', 'action'],
  },
  {
    source: 'audit',
    file: 'panther-analysis/by-logtype/Wiz.Audit.ndjson',
    same: ['time', 'actor', 'action', 'outcome'],
  },
  {
    source: 'audit',
    file: 'panther-analysis/by-logtype/Duo.Administrator.ndjson',
    same: ['time', 'actor', 'action', 'target'],
  },
] as const;

for (const { source, file, same } of REAL) {
  const place = sharedData(file);
  test(`${file}: ${same.join(', ')} are guessed as the mapping "${source}" has them`, {
    skip: place === undefined && 'no sample data here',
  }, () => {
    const records = readFileSync(place!, 'utf8')
      .trim()
      .split('\n')
      .slice(0, 20)
      .map((line): JsonValue => parseJsonText(line));
    const suggestion = suggestMapping(records);
    assert.ok(suggestion);
    const guess = compiled(mappingText('guess', file, suggestion));
    let compared = 0;
    for (const record of records) {
      const [expected, found] = [seeThrough(shipped(source), record), seeThrough(guess, record)];
      for (const field of same) {
        // What is unknown to one is no difference.
        if (expected[field] === undefined || expected[field] === 'unknown') continue;
        assert.equal(found[field], expected[field], field);
        compared++;
      }
    }
    assert.ok(compared >= 2 * records.length, `${compared} values compared`);
  });
}
