/** Logs that are lines of text through the whole audit: threads, compression, copies of a log, the zone. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { auditPaths, type RunOptions, renderReport, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';
import { flexnetLines } from '../support/spoiled-flexnet.ts';

const workerModule = pathToFileURL(bundled('scan-worker'));
const home = mkdtempSync(join(tmpdir(), 'audit-check-text-'));
const logs = join(home, 'logs');
after(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs);
});

const ZONE = { zone: 'Europe/Berlin', builtinRules: false } satisfies RunOptions;

const HEAD = ' 8:00:00 (lmgrd) TIMESTAMP 3/1/2025';
const OUT = ' 9:05:00 (demo) OUT: "solver" ann@pc1  ';
const IN = ' 9:06:00 (demo) IN: "solver" ann@pc1  ';

function write(name: string, lines: readonly string[], lineEnd = '\n'): string {
  const file = join(logs, name);
  const text = Buffer.from(lines.map((line) => `${line}${lineEnd}`).join(''));
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

async function records(options: RunOptions = ZONE) {
  const { summary } = await auditPaths(testRequest(options), [logs]);
  return summary.records;
}

test('two equal lines of one second are two events, in one file and with a copy beside it', async () => {
  write('a.log', [HEAD, OUT, OUT, IN]);
  assert.deepEqual(await records(), { read: 3, audited: 3, malformed: 0, duplicate: 0, skipped: 0 });
  write('b.log.gz', [HEAD, OUT, OUT, IN], '\r\n');
  assert.deepEqual(await records(), { read: 6, audited: 3, malformed: 0, duplicate: 3, skipped: 0 });
});

test('where rotated files overlap, each event counts once', async () => {
  write('1.log', [HEAD, OUT, IN]);
  write('2.log', [' 9:00:00 (lmgrd) TIMESTAMP 3/1/2025', IN, ' 9:07:00 (demo) OUT: "solver" bob@pc2  ']);
  assert.deepEqual(await records(), { read: 4, audited: 3, malformed: 0, duplicate: 1, skipped: 0 });
});

test('a finding shows the line as it stands in the log, with the value that it says underlined', async () => {
  write('a.log', [HEAD, OUT, IN]);
  write('latin.log.gz', [HEAD, OUT.replace('ann', 'andré')]);
  const csv = 'time,actor,action,outcome\n2025-03-01T08:00:00,"ann\nlee",login,success\n';
  writeFileSync(join(logs, 'b.csv'), csv);
  const { findings } = await auditPaths(testRequest({ builtinRules: false }), [logs]);
  const shown = findings
    .filter(({ code }) => code === 'missing-zone')
    .map(({ place, excerpt }) => [
      place.line,
      excerpt?.text,
      excerpt?.text.slice(excerpt.start, excerpt.end),
    ]);
  assert.deepEqual(shown, [
    [2, OUT.trim(), '9:05:00'],
    // A record of several lines is shown by its place alone.
    [2, undefined, undefined],
    [2, OUT.trim().replace('ann', 'andré'), '9:05:00'],
  ]);
});

test('the same line on another day, or in a log without days, is another event', async () => {
  write('1.log', [HEAD, OUT]);
  write('2.log', [' 8:00:00 (lmgrd) TIMESTAMP 3/2/2025', OUT]);
  assert.equal((await records()).audited, 2);
  write('1.log', [OUT, ' 1:00:00 (demo) IN: "solver" ann@pc1  ', OUT]);
  rmSync(join(logs, '2.log'));
  assert.equal((await records()).audited, 3);
});

test('the report does not depend on threads, sizes or compression', async () => {
  const lines = [HEAD];
  for (let index = 0; index < 400; index++) {
    const clock = `${String(9 + Math.floor(index / 100))}:${String(index % 60).padStart(2, '0')}:00`.padStart(
      8,
    );
    lines.push(
      `${clock} (demo) ${index % 2 === 0 ? 'OUT' : 'IN'}: "solver" user${index % 7}@pc${index % 5}  `,
    );
    if (index % 50 === 0) lines.push(`${clock} (demo) OUT: broken`);
  }
  write('a.log', lines);
  write('b.ndjson', ['{"time":"2025-03-01T09:00:00Z","actor":"ann","action":"login","outcome":"success"}']);
  write('c.log', lines.slice(0, 100));
  const request = testRequest(ZONE);
  const render = async (options: object) =>
    ['text', 'json'].map((format) =>
      auditPaths(request, [logs], options).then((report) => renderReport(report, format)),
    );
  const whole = await Promise.all(await render({}));
  const cut = await Promise.all(await render({ sizes: { rangeBytes: 100, batchBytes: 100 } }));
  assert.deepEqual(cut, whole);
  const threads = await Promise.all(
    await render({ jobs: 3, workerModule, sizes: { rangeBytes: 50, batchBytes: 1 } }),
  );
  assert.deepEqual(threads, whole);
  assert.match(whole[0]!, /8 malformed|malformed/);
});

test('the report of a FlexNet log does not depend on where it is cut, whatever is wrong with it', async () => {
  const lines = fc.sample(flexnetLines, { numRuns: 15, seed: 7 }).flat();
  const text = Buffer.from([HEAD, ...lines].join('\n'));
  // Of nearly every other line a byte, so that some are no UTF-8.
  for (let at = 50; at < text.length; at += 97) text[at] = text[at]! ^ (at % 256);
  writeFileSync(join(logs, 'a.log'), text);
  const request = testRequest(ZONE);
  const render = async (options: object) => renderReport(await auditPaths(request, [logs], options), 'json');
  const whole = await render({});
  assert.equal(await render({ sizes: { rangeBytes: 1 } }), whole);
  for (const [jobs, rangeBytes] of [
    [2, 1000],
    [4, 300],
    [7, 5000],
  ] as const)
    assert.equal(await render({ jobs, workerModule, threadBytes: 0, sizes: { rangeBytes } }), whole);
  assert.match(whole, /clock\.jump|"again"|malformed-record/);
});

test('without a zone the times are there, and count as times without a zone', async () => {
  write('a.log', [HEAD, OUT, IN]);
  const { findings } = await auditPaths(testRequest({ builtinRules: false }), [logs]);
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['missing-zone'],
  );
  const zoned = await auditPaths(testRequest(ZONE), [logs]);
  assert.deepEqual(zoned.findings, []);
  assert.deepEqual(zoned.summary.period, { from: '2025-03-01T08:05:00Z', until: '2025-03-01T08:06:00Z' });
});

test('a zone that nobody knows is refused', () => {
  assert.throws(() => testRequest({ zone: 'Europe/Berlinn' }), /unknown time zone "Europe\/Berlinn"/);
});
