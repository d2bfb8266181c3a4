/** A report log of RLM under `licenseFiles`: what the server served is taken for what was bought, and it is said. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-served-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, ...lines: string[]): string {
  fs.writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
  return name;
}

const head = (server: string, date: string, zone = 'TIMEZONE 0') => [
  'RLM Report Log Format 0, version 14.1',
  'ISV: acme, RLM version 14.1 BL2',
  `START ${server} ${date} 00:00`,
  zone,
];
const product = (name: string, count: number, rest = '0 0 0') =>
  `PRODUCT ${name} 2025.1 1 ${count} 0 ${count} "ANY" "C-17" "" "" "" "" ${rest}`;
const session = (user: string, handle: number, day: string) => [
  `OUT editor 2025.1 1 ${user} ws "" 1 1 0 ${handle} ${handle} 4a08 "" "editor" "2025.1" ${day} 09:0${handle}:00`,
  `IN 1 editor 2025.1 ${user} ws "" 1 0 0 ${handle} ${day} 11:00:00`,
];

/** Use of three at once on a day in February. */
const USED = ['ann', 'bob', 'cid'].map((user, index) => session(user, index + 1, '02/10'));
const FEBRUARY = [...USED.map(([out]) => out!), ...USED.map(([, back]) => back!), 'END 03/01/2026 00:00'];

async function verify(log: string, licenseFiles: string, zone = 'UTC') {
  write('licenses.yaml', `contract: {id: ACME-7, timezone: ${zone}}`, `licenseFiles: ${licenseFiles}`);
  return commands.run(
    ['verify', '--no-config', '--no-builtin-rules', log, '--licenses', 'licenses.yaml', '-f', 'json'],
    folder,
  );
}

async function rowsOf(log: string, licenseFiles: string, zone?: string) {
  const { stdout, stderr } = await verify(log, licenseFiles, zone);
  assert.equal(stderr, '');
  const { licenses, notices } = JSON.parse(stdout) as Report;
  assert.ok(notices.some(({ code }) => code === 'served-for-bought'));
  return licenses.map(({ license, limit, verdict, reason = '' }) => [license, limit, verdict, reason]);
}

test('each product is a license, with the quantity of its PRODUCT records', async () => {
  const log = write('a.rl', ...head('licsrv', '02/01/2026'), product('editor', 3), ...FEBRUARY);
  assert.deepEqual(await rowsOf(log, '[a.rl]'), [['editor', 3, 'within', '']]);
  const less = write('b.rl', ...head('licsrv', '02/01/2026'), product('editor', 2), ...FEBRUARY);
  assert.deepEqual(await rowsOf(less, '[b.rl]'), [['editor', 2, 'exceeded', '']]);
});

test('logs of one server are one story; licenses of two servers add up, and lie in pools of which nobody knows', async () => {
  const log = write('a.rl', ...head('licsrv', '02/01/2026'), product('editor', 3), ...FEBRUARY);
  write('january.rl', ...head('licsrv', '01/01/2026'), product('editor', 3), 'END 02/01/2026 00:00');
  assert.deepEqual(await rowsOf(log, '[january.rl, a.rl]'), [['editor', 3, 'within', '']]);
  write('other.rl', ...head('second', '01/01/2026'), product('editor', 2), 'END 02/01/2026 00:00');
  assert.deepEqual(await rowsOf(log, '[a.rl, other.rl]'), [
    ['editor', 5, 'undetermined', 'its licenses lie in pools that are counted apart'],
  ]);
});

test('a server whose times are of no known zone is read in that of the contract', async () => {
  const rules = 'TIMEZONE -60 1 1 1';
  write('zoned.rl', ...head('licsrv', '02/10/2026', rules), product('editor', 2), 'END 03/01/2026 00:00');
  const log = write('a.rl', ...head('licsrv', '02/01/2026'), product('editor', 9), ...FEBRUARY);
  const { stdout } = await verify(log, '[zoned.rl]', 'Europe/Berlin');
  const [row] = (JSON.parse(stdout) as Report).licenses;
  // Since midnight in Berlin, before all use of that day.
  assert.deepEqual([row!.limit, row!.verdict], [2, 'exceeded']);
});

test('sharing by a code that is not known leaves open whether more was used than served', async () => {
  const log = write('a.rl', ...head('licsrv', '02/01/2026'), product('editor', 2, '3 5 0'), ...FEBRUARY);
  const [[, , verdict, reason]] = (await rowsOf(log, '[a.rl]')) as [string[]];
  assert.deepEqual([verdict, /shared by more than user and host/.test(reason!)], ['undetermined', true]);
});

test('what cannot be read of it stops the command, each with its line', async () => {
  const log = write('a.rl', ...head('licsrv', '02/01/2026'), product('editor', 2), ...FEBRUARY);
  write('none.rl', ...head('licsrv', '02/01/2026'), ...FEBRUARY);
  write('broken.rl', ...head('licsrv', '02/01/2026'), 'PRODUCT editor', product('editor', 2));
  write('rlm.lic', 'HOST licsrv ANY 5053', 'ISV acme', 'LICENSE acme editor 2025.1 permanent 2 sig="0"');
  const files = '[none.rl, broken.rl, rlm.lic, {file: a.rl, poolByVendorString: true}]';
  const { exit, stderr } = await verify(log, files);
  assert.equal(exit, 2);
  for (const message of [
    /none\.rl: expected PRODUCT records, found none/,
    /broken\.rl:5:1: expected /,
    /rlm\.lic:3:1: a license of RLM is not read: name a report log of its server/,
    /licenses\.yaml:2:\d+: "a\.rl" is a report log of RLM, which has no "options" or "poolByVendorString"/,
  ])
    assert.match(stderr, message);
});

test('the lines of another ISV are left out where one is named', async () => {
  const log = write('a.rl', ...head('licsrv', '02/01/2026'), product('editor', 3), ...FEBRUARY);
  const { exit, stderr } = await verify(log, '[{file: a.rl, vendor: other}]');
  assert.equal(exit, 2);
  assert.match(stderr, /no PRODUCT record of "other"/);
});
