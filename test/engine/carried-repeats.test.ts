/** One event in exports of several forms: as it is, and as text within what the export writes around it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { auditPaths, testRequest } from '../support/audit-run.ts';

const EVENT = {
  eventVersion: '1.08',
  eventID: '7b0f9f2a-5a4e-4b8e-9c2e-0d1e2f3a4b5c',
  eventTime: '2026-03-02T08:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.5',
  userIdentity: { type: 'IAMUser', userName: 'ann', arn: 'arn:aws:iam::111122223333:user/ann' },
};
const TEXT = JSON.stringify(EVENT);
const LOOKED_UP = {
  EventId: EVENT.eventID,
  EventName: 'CreateUser',
  EventTime: 1772438400,
  Username: 'ann',
  CloudTrailEvent: TEXT,
};
const FILTERED = { logStreamName: 's', timestamp: 1772438400000, message: TEXT, eventId: '3860' };
const GOT = { timestamp: 1772438400000, message: TEXT, ingestionTime: 1772438400999 };

async function judge(...records: object[]) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-carried-'));
  try {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    fs.writeFileSync(path.join(folder, 'log.ndjson'), text);
    const { summary, findings } = await auditPaths(testRequest({ builtinRules: false }), [folder]);
    const isConflict = findings.some(({ code }) => code === 'conflicting-record');
    return { duplicates: summary.records.duplicate, isConflict };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

describe('two exports of one event', () => {
  const pairs: [what: string, one: object, other: object][] = [
    ['the event and LookupEvents', EVENT, LOOKED_UP],
    ['the event and FilterLogEvents', EVENT, FILTERED],
    ['FilterLogEvents and GetLogEvents', FILTERED, GOT],
    ['LookupEvents and GetLogEvents', LOOKED_UP, GOT],
    ['a word around the event that it has too', EVENT, { ...GOT, eventName: 'CreateUser' }],
  ];
  for (const [what, one, other] of pairs)
    test(`are one: ${what}`, async () =>
      assert.deepEqual(await judge(one, other), { duplicates: 1, isConflict: false }));
});

describe('a copy that says something else', () => {
  const denied = { errorCode: 'AccessDenied' };
  const pairs: [what: string, one: object, other: object][] = [
    ['around the event, which lacks it', GOT, { ...GOT, ...denied }],
    ['around the event beside the event itself', EVENT, { ...GOT, ...denied }],
    ['in place of a member of the event', GOT, { ...GOT, eventName: 'DeleteUser' }],
    ['in a member that no mapping knows', GOT, { ...GOT, additionalEventData: { MFAUsed: 'Yes' } }],
    ['within', GOT, { ...GOT, message: JSON.stringify({ ...EVENT, ...denied }) }],
  ];
  for (const [what, one, other] of pairs)
    test(`is a conflict: ${what}`, async () => {
      const conflict = { duplicates: 0, isConflict: true };
      assert.deepEqual(await judge(one, other), conflict);
      assert.deepEqual(await judge(other, one), conflict);
    });
});
