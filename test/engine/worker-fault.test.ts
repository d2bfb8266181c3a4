/** A worker thread that stops before its work is done is an error of ours, never a shorter report. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { auditPaths, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-fault-'));
const file = join(home, 'app.ndjson');
after(() => rmSync(home, { recursive: true }));
writeFileSync(file, '{"time":"2026-03-02T08:00:00Z"}\n'.repeat(100));
const request = testRequest({ builtinRules: false });

/** A worker that does `act` with the message `m` when it is asked to scan. */
function worker(act: string): URL {
  const code = `import { parentPort } from 'node:worker_threads';
    let scans = 0;
    parentPort.on('message', (m) => { if (m.kind === 'scan') { scans++; ${act} } });`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

const cases: [what: string, act: string, reason: RegExp][] = [
  ['exits', 'process.exit(0);', /stopped before its work was done \(0\)/],
  ['throws', 'throw new Error("out of ideas");', /out of ideas/],
  [
    'says that it failed',
    'parentPort.postMessage({ kind: "fault", message: "cannot", stack: "here" });',
    /cannot/,
  ],
];

for (const [what, act, reason] of cases) {
  test(`a worker that ${what} ends the run`, async () => {
    const options = { jobs: 2, threadBytes: 0, workerModule: worker(act), sizes: { rangeBytes: 500 } };
    await assert.rejects(auditPaths(request, [file], options), reason);
  });
}

test('a worker that the machine refuses something says so, and it is no fault of ours', async () => {
  const act =
    'parentPort.postMessage({ kind: "fault", message: "no room", stack: undefined, isRefusal: true });';
  const options = { jobs: 2, threadBytes: 0, workerModule: worker(act), sizes: { rangeBytes: 500 } };
  await assert.rejects(auditPaths(request, [file], options), { name: 'MachineRefusal', message: 'no room' });
});

const judging: [what: string, act: string, reason: RegExp][] = [
  ['exits', 'process.exit(0);', /stopped before its work was done \(0\)/],
  ['throws', 'throw new Error("out of ideas");', /out of ideas/],
];

for (const [what, act, reason] of judging) {
  test(`a worker that ${what} while it judges ends the run`, async () => {
    // Ours, with someone who listens beside it. Whoever listens first has the messages begin to come.
    const ours = String(pathToFileURL(bundled('scan-worker')));
    const code = `import { parentPort } from 'node:worker_threads';
      await import(${JSON.stringify(ours)});
      parentPort.on('message', (m) => { if (m.kind === 'judge') { ${act} } });`;
    const workerModule = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const options = { jobs: 2, threadBytes: 0, judgeBytes: 0, workerModule, sizes: { rangeBytes: 500 } };
    await assert.rejects(auditPaths(request, [file], options), reason);
  });
}
