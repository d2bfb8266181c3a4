/** A machine without room for temporary files or reports: neither the log's fault nor ours, and never a report that is shorter. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runWithInput } from '../support/command-line.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-no-room-'));
after(() => rmSync(home, { recursive: true }));

const NOBODY = Buffer.alloc(0);
/** So long that the marks of a few events do not fit in memory. */
const LONG = 'a'.repeat(3_000);

test('what does not fit in memory and cannot be written ends the run with what to do, of text and of JSON', () => {
  const checkouts = Array.from(
    { length: 1_500 },
    (_, index) => `10:${String(10 + (index % 50))}:00 (acmelmd) OUT: "cad" ${LONG}${index}@host`,
  );
  const text = ['10:00:00 (lmgrd) TIMESTAMP 3/2/2026', ...checkouts];
  writeFileSync(join(home, 'license.log'), `${text.join('\n')}\n`);
  const signIns = Array.from({ length: 3_000 }, (_, index) => ({
    time: '2026-03-02T08:00:00Z',
    id: `e${index}`,
    actor: `${LONG}${index}`,
    action: 'user.login',
    target: 'portal',
    outcome: 'success',
  }));
  writeFileSync(join(home, 'app.ndjson'), `${signIns.map((event) => JSON.stringify(event)).join('\n')}\n`);
  const nowhere = join(home, 'missing');
  for (const log of ['license.log', 'app.ndjson']) {
    const argv = ['verify', '--no-config', '--zone', 'UTC', log];
    const { exit, stdout, stderr } = runWithInput(argv, home, NOBODY, { TMPDIR: nowhere });
    assert.deepEqual([exit, stdout], [3, ''], `${log}: ${stderr}`);
    assert.match(stderr, /^error: no folder for temporary files can be made in .*missing: ENOENT/, log);
    assert.match(stderr, /set TMPDIR to a folder/, log);
  }
});

test('a report that the system does not take is an error with its name', {
  skip: !existsSync('/dev/full'),
}, () => {
  writeFileSync(join(home, 'one.ndjson'), '{"time":"2026-03-02T08:00:00Z"}\n');
  const argv = ['verify', '--no-config', '-f', 'json=/dev/full', 'one.ndjson'];
  const { exit, stderr } = runWithInput(argv, home, NOBODY);
  assert.equal(exit, 3, stderr);
  assert.match(stderr, /^error: .*ENOSPC: no space left on device/);
  assert.doesNotMatch(stderr, /fault of audit-check/);
});
