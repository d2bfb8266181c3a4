/** Which files of a folder are read: a name that is no log's, hidden or misleading, hides none. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { discover } from '../../src/read/discover.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-discover-'));
after(() => fs.rmSync(folder, { recursive: true }));

const DENIED = 'permission denied (EACCES)';
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

test('a pattern that leads nowhere, by whatever the system calls it, matches nothing', async () => {
  put('app.ndjson', RECORD);
  fs.symlinkSync('around', path.join(folder, 'around'));
  const long = 'a'.repeat(300);
  for (const pattern of [
    `${long}/*`,
    `*/${long}/*`,
    'around/*',
    'app.ndjson/*',
    `{gone,${long}}`,
    '\0/*',
    'a\0*',
  ]) {
    const argument = path.join(folder, pattern);
    assert.deepEqual(await discover([argument], []), { files: [], missing: [argument], empty: [] }, pattern);
  }
});

test('a pattern beside files that cannot be looked at tells them beside its matches', async () => {
  const shut = path.join(folder, 'shut');
  const dark = path.join(folder, 'dark');
  for (const place of [shut, dark]) {
    fs.mkdirSync(place);
    fs.writeFileSync(path.join(place, 'a.ndjson'), RECORD);
  }
  put('open.ndjson', RECORD);
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(shut, 0o000);
  const [above, place] = [path.join(folder, '{open.ndjson,*/*.ndjson}'), path.join(dark, '{a,b}.ndjson')];
  fs.chmodSync(dark, 0o000);
  const { files, missing } = await asOrdinaryUser(() => discover([above, place], [])).finally(() => {
    for (const each of [shut, dark]) fs.chmodSync(each, 0o700);
  });
  const told = files.map(({ file, skip }) => [path.relative(folder, file), skip?.reason]);
  assert.deepEqual(missing, []);
  assert.deepEqual(told, [
    ['dark', DENIED],
    ['dark/a.ndjson', DENIED],
    ['dark/b.ndjson', DENIED],
    ['open.ndjson', undefined],
    ['shut', DENIED],
  ]);
});

test('no name hides a file of another name, nor what lies in a folder of it', async () => {
  const names = [
    '.\\decoy.ndjson',
    'decoy.ndjson',
    'a\\b.ndjson',
    'c\n.ndjson',
    'd\u2028.ndjson',
    'e\ue05c005c.ndjson',
  ];
  for (const name of names) put(name, RECORD);
  for (const separator of ['\u2028', '\u2029', '\n', '\r']) {
    fs.mkdirSync(path.join(folder, `days${separator}`));
    put(`days${separator}/in-${separator.codePointAt(0)}.ndjson`, RECORD);
  }
  const all = await found();
  for (const name of [...names, 'in-8232.ndjson', 'in-8233.ndjson', 'in-10.ndjson', 'in-13.ndjson'])
    assert.equal(all[name], 'read', JSON.stringify(name));
  const { files } = await discover([path.join(folder, '{*decoy,a*b,c*,d*,e*}.ndjson')], []);
  assert.deepEqual(files.map(({ file }) => path.basename(file)).sort(), [...names].sort());
});

test('folders of tools are passed over and told, and so is a link into one; a link to a device is a log that is switched off', async () => {
  for (const place of ['node_modules', 'x/.git']) {
    fs.mkdirSync(path.join(folder, place), { recursive: true });
    put(`${place}/inside.ndjson`, RECORD);
  }
  fs.symlinkSync('x/.git', path.join(folder, 'current'));
  fs.symlinkSync('/dev/null', path.join(folder, 'off.ndjson'));
  const all = await found();
  const told = ['node_modules', '.git', 'inside.ndjson', 'current', 'off.ndjson'].map((name) => all[name]);
  assert.deepEqual(told, ['no log', 'no log', undefined, 'unread', 'unread']);
  const { files } = await discover([path.join(folder, 'node_modules')], []);
  assert.deepEqual(
    files.map(({ file, skip }) => [path.basename(file), skip]),
    [['inside.ndjson', undefined]],
  );
});
