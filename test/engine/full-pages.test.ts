/** A file that holds as many records as a page of its API may be the first of several. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { auditPaths, testRequest } from '../support/audit-run.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-full-pages-'));
after(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
});

const request = testRequest({ builtinRules: false });
let made = 0;

function okta(): object {
  const published = new Date(Date.UTC(2026, 2, 2) + made * 1000).toISOString();
  return {
    ...{ uuid: `o-${made++}`, published, eventType: 'user.session.start', outcome: { result: 'SUCCESS' } },
    ...{ actor: { id: '00u1', alternateId: 'ann@example.com', type: 'User' }, target: [] },
  };
}

const page = (name: string, records: number) =>
  writeFileSync(join(home, name), JSON.stringify(Array.from({ length: records }, okta)));

async function told(): Promise<string[]> {
  const { notices } = await auditPaths(request, [home]);
  return notices
    .filter(({ code }) => code === 'full-pages')
    .map(({ message }) => message.replaceAll(`${home}/`, ''));
}

test('a full page alone is told', async () => {
  page('one.json', 1000);
  assert.deepEqual(await told(), [
    '"one.json" holds 1,000 records, a full page of what "okta" answers with: more may follow, which nobody fetched',
  ]);
  page('two.json', 1000);
  assert.deepEqual(await told(), [
    'each of 2 files of the source "okta" holds 1,000 records, a full page of what "okta" answers with: more may follow, which nobody fetched',
  ]);
});

test('one that is not full is the last of them', async () => {
  page('one.json', 1000);
  page('two.json', 412);
  assert.deepEqual(await told(), []);
  page('two.json', 100);
  assert.equal((await told()).length, 1);
});

test('a source whose API says itself what follows is not asked', async () => {
  const event = (id: number) => ({
    ...{ time: new Date(Date.UTC(2026, 2, 2) + id).toISOString(), id: `e${id}`, actor: 'ann' },
    ...{ action: 'a.b', target: 't', outcome: 'success' },
  });
  writeFileSync(join(home, 'own.json'), JSON.stringify(Array.from({ length: 100 }, (_, id) => event(id))));
  assert.deepEqual(await told(), []);
});
