/** Logs of license servers whose times state no zone: what `verify` says once for all of them, and what `init` writes. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-zone-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

/** Ann and Bob each hold five seats of each of two products. */
const LOG = [
  " 8:00:00 (lmgrd) Server's System Date and Time: Tue Jan 07 2025 08:00:00 EST",
  ...['ann', 'bob'].flatMap((user, at) =>
    ['editor', 'solver'].flatMap((feature) =>
      [0, 1, 2, 3, 4].map(
        (second) => ` 8:0${at + 1}:0${second} (demo) OUT: "${feature}" ${user}@pc${second}`,
      ),
    ),
  ),
];
fs.mkdirSync(path.join(folder, 'logs'));
fs.writeFileSync(path.join(folder, 'logs', 'flexnet.log'), `${LOG.join('\n')}\n`);

const verify = async (...argv: string[]) => {
  const { stdout } = await commands.run(['verify', '--no-config', 'logs', ...argv, '-f', 'json'], folder);
  return JSON.parse(stdout) as {
    findings: { code: string }[];
    notices: { code: string; message: string }[];
  };
};

test('one notice says how to state the zone, and no user or product has a finding of its own', async () => {
  const { findings, notices } = await verify();
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['missing-zone'],
  );
  assert.deepEqual(
    notices.filter(({ code }) => code === 'zone-needed').map(({ message }) => message),
    [
      'the times of 20 records state no zone, so nobody knows when they happened, and nothing that hangs on time is judged of them: state the zone of the server, as --zone America/New_York (the log calls its own zone "EST"), or "zone:" in audit-check.yaml',
    ],
  );
  assert.ok(
    notices.some(({ message }) => /^20 events not judged by "One user holds many seats/.test(message)),
  );
});

test('with the zone the seats are judged, and nothing is to be said', async () => {
  const { findings, notices } = await verify('--zone', 'America/New_York');
  assert.equal(findings.filter(({ code }) => code === 'concurrency-exceeded').length, 4);
  assert.ok(notices.every(({ code }) => code !== 'zone-needed'));
});

test('init leaves the zone to whoever knows it, with what the log calls it', async () => {
  await commands.run(['init', 'logs'], folder);
  const written = fs.readFileSync(path.join(folder, 'audit-check.yaml'), 'utf8');
  assert.match(
    written,
    /seen in "logs\/flexnet\.log"\. The log calls it "EST"\.\n# zone: America\/New_York\n/,
  );
  fs.writeFileSync(path.join(folder, 'audit-check.yaml'), written.replace('# zone:', 'zone:'));
  const { stdout, stderr } = await commands.run(['verify'], folder);
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /missing-zone/);
});
