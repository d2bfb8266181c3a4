/** Which files of a folder are read: a name that is no log's, hidden or misleading, hides none. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { discover } from '../../src/read/discover.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-discover-'));
after(() => fs.rmSync(folder, { recursive: true }));

const RECORD = '{"time":"2026-03-02T08:00:00Z","action":"x"}\n';
const put = (name: string, content: string | Uint8Array) =>
  fs.writeFileSync(path.join(folder, name), content);

async function found(): Promise<Record<string, string>> {
  const { files } = await discover([folder], []);
  return Object.fromEntries(
    files.map(({ file, skip }) => [
      path.basename(file),
      skip === undefined ? 'read' : skip.unsupported ? 'unread' : 'no log',
    ]),
  );
}

test('hidden logs are read, packed or not; what is no log by its name is read where it begins like JSON', async () => {
  put('.audit.ndjson.gz', gzipSync(RECORD));
  put('.audit.csv', 'time,action\n');
  put('.audit.ndjson.swp', 'b0VIM');
  put('.gitignore', 'node_modules\n');
  put('audit.conf', RECORD);
  put('httpd.conf', 'Listen 80\n');
  put('notes.md', '# Notes\n');
  put('readme', RECORD);
  put('app.log', 'x');
  assert.deepEqual(await found(), {
    '.audit.csv': 'read',
    '.audit.ndjson.gz': 'read',
    '.audit.ndjson.swp': 'no log',
    '.gitignore': 'no log',
    'app.log': 'read',
    'audit.conf': 'read',
    'httpd.conf': 'no log',
    'notes.md': 'no log',
    readme: 'read',
  });
});

test('a file of such a name that cannot be opened may be a log', {
  skip: process.getuid?.() === 0 && 'root opens every file',
}, async () => {
  put('closed.conf', RECORD);
  fs.chmodSync(path.join(folder, 'closed.conf'), 0o000);
  assert.equal((await found())['closed.conf'], 'unread');
});
