import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordForm } from '../../src/checks/record-form.ts';
import { brief, LackingFields, runCheck, underlined } from './run-check.ts';

const run = (...records: string[]) => brief(runCheck(recordForm, records).findings);

describe('record-form', () => {
  test('is silent on objects without repeated keys', () =>
    assert.deepEqual(run('{}', '{"a":{"a":1},"b":[{"a":1},{"a":2}]}'), []));

  test('names repeated keys, at any depth, with their count, and points at the second member', () => {
    const { findings } = runCheck(recordForm, [
      '{"a":1}',
      '{"actor":"ann","x":[{"id":1,"id":2}]}',
      '{"actor":"ann","actor":"bob"}',
    ]);
    assert.deepEqual(brief(findings), [
      '2 duplicate-key: a key stands twice in one object in 2 of 3 records, found "id", "actor"',
    ]);
    assert.equal(underlined(findings[0]!), '"id":2');
  });

  test('sees through an escape in the key', () => {
    assert.match(run('{"actor":1,"\\u0061ctor":2}')[0]!, /found "actor"$/);
  });

  test('tells records that are no objects, with what they are', () => {
    assert.deepEqual(run('{}', '[]', ' "x"', '1', 'null'), [
      '2 not-an-object: a bare value stands in place of an object in 4 of 5 records, found an array, a string, a number and others',
    ]);
  });

  test('tells an export that stands in one line, and points at its list', () => {
    const event = '{"time":"2026-03-02T08:00:00Z","actor":"ann","action":"user.login"}';
    const { findings } = runCheck(recordForm, [event, `{"hits":{"total":1,"hits":[${event}]}}`]);
    assert.deepEqual(brief(findings), [
      '2 nested-records: a list of events, and none of what an event says, stands in 1 of 2 records, found "hits"',
    ]);
    assert.equal(underlined(findings[0]!), `"hits":[${event}]`);
  });

  test('leaves records with lists alone that say something of an event, or whose lists have no events', () =>
    assert.deepEqual(run('{"action":"user.login","targets":[{"id":1}]}', '{"hosts":[{"user":"root"}]}'), []));

  test('judges records of unknown sources too', () => {
    assert.equal(runCheck(recordForm, ['[]'], {}, new LackingFields('unknown')).findings.length, 1);
  });

  test('escapes a hostile key', () => {
    assert.match(run('{"\\u001b[2J":1,"\\u001b[2J":2}')[0]!, /found "\\u\{1b\}\[2J"$/);
  });
});
