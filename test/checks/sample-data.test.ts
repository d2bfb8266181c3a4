/** The record checks on real logs of other projects, read in place: they run to the end and do not flood. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { JsonArray, JsonObject, parseJson, toCompactJson } from '../../src/base/json.ts';
import { CHECKS } from '../../src/checks/index.ts';
import { sharedData } from '../support/shared-data.ts';
import { TreeFields } from '../support/tree-event.ts';
import { type Files, runCheck } from './run-check.ts';

const folder = sharedData('aws-stratus-invictus/CloudTrail');
const mapping = {
  time: 'eventTime',
  id: 'eventID',
  actor: 'userIdentity.arn',
  action: 'eventName',
  ip: 'sourceIPAddress',
};

test('the record checks give at most one finding a file and field on CloudTrail', {
  skip: folder === undefined && 'sample data absent',
}, () => {
  const files: Files = {};
  for (const name of readdirSync(folder!, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.json'),
  )) {
    const document = parseJson(readFileSync(`${folder}/${name}`));
    const records = document instanceof JsonObject ? document.get('Records') : undefined;
    assert.ok(records instanceof JsonArray, name);
    files[name] = records.elements.map(toCompactJson);
  }
  const total = Object.values(files).flat().length;
  assert.ok(total > 600, `${total} records`);
  const own = CHECKS.filter(({ name }) => name !== 'hash-chain');
  const findings = own.flatMap(
    (check) => runCheck(check, files, {}, new TreeFields('cloudtrail', mapping)).findings,
  );
  const perFile = new Set(
    findings.map(({ place, code, message }) => `${place.file} ${code} ${message.split(' ')[0]}`),
  );
  assert.equal(perFile.size, findings.length);
  // CloudTrail objects are known to hold events out of order, and their times are all readable.
  assert.ok(findings.filter(({ code }) => code === 'disordered-times').length >= 10);
  assert.deepEqual(
    findings.filter(({ code }) =>
      ['unreadable-time', 'missing-zone', 'implausible-time', 'duplicate-key', 'not-an-object'].includes(
        code,
      ),
    ),
    [],
  );
  const outcomes = findings.filter(
    ({ code, message }) => code === 'missing-field' && message.startsWith('"outcome"'),
  );
  assert.equal(
    outcomes.reduce((sum, { count = 1 }) => sum + count, 0),
    total,
    'this plain mapping has no outcome',
  );
});
