/** Files that seem to be missing from a log without a chain are told; where a chain holds it together, the chain tells. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-missing-'));
after(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
});

const request = testRequest({ builtinRules: false });

function writeDay(date: string, name = `app-${date}.ndjson`): void {
  const events = ['00:10', '09:30', '23:50'].map((time) => ({
    ...{ time: `${date}T${time}:00.5Z`, id: `${date}/${time}`, actor: 'ann', action: 'invoice.read' },
    ...{ target: 'invoices/1', outcome: 'success' },
  }));
  writeFileSync(join(home, name), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

async function told(): Promise<{ notices: string[]; verdict: string; text: string }> {
  const report = await auditPaths(request, [home]);
  const notices = report.notices
    .filter(({ code }) => code === 'missing-in-series' || code === 'silent-stretch')
    .map(({ message }) => message.replaceAll(`${home}/`, ''));
  return { notices, verdict: report.summary.verdict, text: renderReport(report, 'text') };
}

const days = (...numbers: number[]) => numbers.map((day) => `2026-03-${String(day).padStart(2, '0')}`);

test('a day whose file is not there is told by its name and by its silence, and the verdict says so', async () => {
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day);
  const { notices, verdict, text } = await told();
  assert.deepEqual(notices, [
    'the names of 6 files go by the day and leave out "app-2026-03-05.ndjson": fetch what is missing, or know why it never was',
    'no file of the source "audit" has an event between 2026-03-04T23:50:00.500Z and 2026-03-06T00:10:00.500Z (1d 20m): nothing happened, or a file is missing',
  ]);
  assert.equal(verdict, 'clean');
  assert.match(text.replace(/\s+/g, ' '), /were altered; a file seems to be missing/);
});

test('a log that is whole has nothing said of it', async () => {
  for (const day of days(2, 3, 4, 5, 6, 7, 8)) writeDay(day);
  const { notices, text } = await told();
  assert.deepEqual(notices, []);
  assert.doesNotMatch(text, /seems to be missing/);
});

test('names that tell nothing leave the silence', async () => {
  for (const [index, day] of days(2, 3, 4, 9, 10, 16).entries())
    writeDay(day, `export-${'abcdef'[index]}.ndjson`);
  assert.deepEqual((await told()).notices, [
    'no file of the source "audit" has an event between 2026-03-10T23:50:00.500Z and 2026-03-16T00:10:00.500Z (5d 20m), and 1 more time for over a day: nothing happened, or a file is missing',
  ]);
});

test('weekends are silent where all of them are', async () => {
  const workdays = days(2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16);
  for (const day of workdays) writeDay(day);
  assert.deepEqual((await told()).notices, []);
  for (const day of days(21)) writeDay(day);
  assert.equal((await told()).notices.filter((each) => each.startsWith('no file')).length, 1);
});
