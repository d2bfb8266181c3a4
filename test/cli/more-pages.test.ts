/** Over a part of an export no command says that all is well: it exits with 3, and names the pages that are missing. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Statement } from '../../src/cli/statement/statement.ts';
import type { Report } from '../../src/model/report.ts';
import { editorContract, MARCH, session, set } from '../licenses/run-contract.ts';
import { CommandLine, runWithInput } from '../support/command-line.ts';
import { KEYS } from '../support/made-archive.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-more-pages-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
const run = (...argv: string[]) => commands.run([...argv, '--no-config'], folder);
const verify = (...argv: string[]) => run('verify', '--no-builtin-rules', ...argv);

const event = (id: string) => ({
  ...{ time: `2026-03-02T08:00:0${id}Z`, id: `ev-${id}`, actor: 'ann', action: 'invoice.read' },
  ...{ target: 'invoices/1', outcome: 'success', decision: 'allowed' },
});
const FIRST = JSON.stringify({ items: [event('1')], nextPageToken: 'A:2' });

before(() => {
  write('page1.json', FIRST);
  write('page2.json', JSON.stringify({ nextPageToken: 'A:3', items: [event('2')] }));
  write('page3.json', JSON.stringify({ items: [event('3')] }));
  write('roles.yaml', 'roles: {clerk: [invoice.read]}\nusers: {ann: [clerk]}\n');
  write('rule.yaml', 'title: one\nid: one\ndetection:\n  s: {actor: nobody}\n  condition: s\n');
  write('archive.key', `${KEYS.signer}\n`);
});

const NOTICE =
  /^ {2}note\[more-pages\]: page1\.json:1:\d+: "page1\.json" says by "nextPageToken" that more pages/m;

test('verify is incomplete over a first page, and not over all of them', async () => {
  const part = await verify('page1.json');
  assert.equal(part.exit, 3);
  assert.match(part.stdout, NOTICE);
  assert.match(
    part.stdout,
    /fetch\s+the\s+pages\s+that\s+follow,\s+and\s+audit\s+all\s+of\s+them\s+together/,
  );
  assert.match(part.stdout, /^incomplete: 1 input after which pages are missing;/m);
  assert.equal((await verify('page1.json', 'page2.json')).exit, 3);
  const whole = await verify('page1.json', 'page2.json', 'page3.json');
  assert.equal(whole.exit, 0, whole.stdout);
  assert.doesNotMatch(whole.stdout, /more-pages/);
});

test('verify knows a part of an export on its standard input', () => {
  const argv = ['verify', '--no-config', '--no-builtin-rules', '-'];
  const { exit, stdout } = runWithInput(argv, folder, Buffer.from(FIRST));
  assert.equal(exit, 3);
  assert.match(stdout, /"stdin" says by "nextPageToken" that more pages follow/);
});

test('every format says why the run is incomplete, and a verdict that was edited is refused', async () => {
  for (const format of ['markdown', 'html', 'csv', 'gitlab', 'junit', 'github'])
    assert.match(
      (await verify('page1.json', '-f', format)).stdout,
      /1 input after which pages are missing/,
      format,
    );
  const { stdout } = await verify('page1.json', '-f', 'json');
  const report = JSON.parse(stdout) as Report;
  assert.equal(report.inputs[0]!.morePages, 'nextPageToken');
  write('report.json', stdout);
  assert.equal((await commands.run(['convert', 'report.json'], folder)).exit, 0);
  write('edited.json', stdout.replace('"verdict": "incomplete"', '"verdict": "clean"'));
  const edited = await commands.run(['convert', 'edited.json'], folder);
  assert.equal(edited.exit, 2);
  assert.match(edited.stderr, /but pages are missing after "page1\.json": expected incomplete/);
});

test('explain tells what the notice means', async () => {
  const { exit, stdout } = await commands.run(['explain', 'more-pages'], folder);
  assert.equal(exit, 0);
  assert.match(stdout, /^more-pages: export without its last page\n/);
});

test('rules match: no match in a part of an export is no answer', async () => {
  const match = (...files: string[]) =>
    run('rules', 'match', '--no-builtin-rules', '-r', 'rule.yaml', '--ignore-logsource', ...files);
  const part = await match('page1.json');
  assert.equal(part.exit, 3);
  assert.equal(
    part.stderr,
    'warning: "page1.json" says by "nextPageToken" that more pages follow, and the last one is not among the files\n',
  );
  const whole = await match('page1.json', 'page3.json');
  assert.deepEqual([whole.exit, whole.stderr], [0, '']);
});

test('access: a part of an export leaves open who else did what', async () => {
  for (const format of ['text', 'json', 'csv']) {
    const part = await run('access', '--roles', 'roles.yaml', '--format', format, 'page1.json');
    assert.equal(part.exit, 3, format);
    assert.match(
      part.stdout,
      format === 'json' ? /"morePages": "nextPageToken"/ : /says by "+nextPageToken"+ that more pages follow/,
      format,
    );
  }
  assert.equal((await run('access', '--roles', 'roles.yaml', 'page1.json', 'page3.json')).exit, 0);
});

test('licenses: over a part of an export nothing is within', async () => {
  write('licenses.yaml', editorContract({ quantity: set(1) }));
  const used = [...MARCH, ...session('ann', 600, 660)];
  const licenses = (...files: string[]) =>
    run('licenses', '--licenses', 'licenses.yaml', ...files, '-f', 'json');
  write('use1.json', JSON.stringify({ events: used, has_more: true }));
  const part = await licenses('use1.json');
  assert.equal(part.exit, 3);
  const statement = JSON.parse(part.stdout) as Statement;
  assert.equal(statement.incomplete, 'pages are missing after use1.json');
  assert.deepEqual(
    statement.licenses.map(({ verdict }) => verdict),
    ['undetermined'],
  );
  write('use2.json', JSON.stringify({ events: session('bob', 700, 760), has_more: false }));
  const whole = await licenses('use1.json', 'use2.json');
  assert.equal(whole.exit, 0, whole.stdout);
});

test('verify --pack: no control passes over a part of an export', async () => {
  const controls = async (...files: string[]) => {
    const { stdout } = await verify('--pack', 'soc2', '-f', 'json', ...files);
    return (JSON.parse(stdout) as Report).controls!.flatMap(({ checks }) => checks);
  };
  const open = (await controls('page1.json')).filter(({ reason = '' }) =>
    reason.includes('pages are missing after 1 file'),
  );
  assert.ok(open.length > 0);
  assert.ok(open.every(({ status }) => status === 'undetermined'));
  const whole = await controls('page1.json', 'page3.json');
  assert.ok(whole.every(({ reason = '' }) => !reason.includes('pages are missing')));
});

test('collect says what no audit of the archive could: it keeps the records alone', async () => {
  const collect = (archive: string, ...files: string[]) =>
    run('collect', ...files, '--into', archive, '--key', 'archive.key');
  const part = await collect('part', 'page1.json', 'page2.json');
  assert.equal(part.exit, 3);
  assert.match(part.stdout, /^collected 2 records /);
  assert.equal(
    part.stderr,
    'note: "page1.json" and "page2.json" say by "nextPageToken" that more pages follow, and no last page of the source "audit" is among the files: fetch the pages that follow, and collect them too\n',
  );
  const rest = await collect('part', 'page1.json', 'page2.json', 'page3.json');
  assert.deepEqual([rest.exit, rest.stderr], [0, '']);
});
