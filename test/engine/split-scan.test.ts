/** One report, to the byte, however the work is cut: ranges down to one byte, batches of one file, one thread or seven. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ScanOptions } from '../../src/engine/scan.ts';
import type { Report } from '../../src/model/report.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';
import { EVERY_RELATION } from '../support/every-relation.ts';
import { rounds } from '../support/rounds.ts';
import { FATES, madeFates, spoiledLog } from '../support/spoiled-log.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const workerModule = pathToFileURL(bundled('scan-worker'));
const home = mkdtempSync(join(tmpdir(), 'audit-check-split-'));
const logs = join(home, 'logs');
after(() => rmSync(home, { recursive: true, force: true }));
const request = testRequest(EVERY_RELATION);

const FORMATS = ['json', 'text'];

function rendered(report: Report): string[] {
  return FORMATS.map((format) => renderReport(report, format));
}

async function report(folder: string, options: Partial<ScanOptions>): Promise<string[]> {
  return rendered(await auditPaths(request, [folder], options));
}

const log = fc.array(fc.record({ fate: fc.constantFrom(...FATES), pick: fc.nat(60) }), {
  minLength: 1,
  maxLength: 60,
});

test('ranges and batches of any size give one report', async () => {
  mkdirSync(logs, { recursive: true });
  await fc.assert(
    fc.asyncProperty(
      fc.array(log, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 3000 })),
      fc.integer({ min: 1, max: 5000 }),
      async (texts, ends, rangeBytes, batchBytes) => {
        rmSync(logs, { recursive: true });
        mkdirSync(logs);
        for (const [index, fates] of texts.entries()) {
          const text = spoiledLog(fates, index === 2 ? '0' : String(index));
          writeFileSync(join(logs, `${index}.ndjson`), ends ? text : text.replace(/\n$/, ''));
        }
        const whole = await report(logs, {});
        assert.deepEqual(await report(logs, { sizes: { rangeBytes, batchBytes } }), whole);
      },
    ),
    { numRuns: rounds(10, 100) },
  );
});

test('lines that Docker wrapped, broken ones among them, give one report too', async () => {
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs);
  const lines = spoiledLog(madeFates(200, 3), 'd').split('\n');
  const wrapped = lines.map((line, index) =>
    JSON.stringify({ log: `${index % 9 === 4 ? line.slice(0, -7) : line}\n`, stream: 'stdout', time: '' }),
  );
  writeFileSync(join(logs, 'docker.log'), `${wrapped.join('\n')}\n`);
  const whole = await report(logs, {});
  assert.match(whole[1]!, /malformed-record/);
  for (const rangeBytes of [1, 300, 999, 5000])
    assert.deepEqual(await report(logs, { sizes: { rangeBytes } }), whole, `ranges of ${rangeBytes}`);
});

test('one to seven worker threads give the report of none, from files of every kind', async () => {
  rmSync(logs, { recursive: true, force: true });
  cpSync(join(DEMO, 'logs'), logs, { recursive: true });
  writeFileSync(join(logs, 'spoiled.ndjson'), spoiledLog(madeFates(1500, 1), 'x'));
  writeFileSync(
    join(logs, 'spoiled.ndjson.gz'),
    gzipSync(readFileSync(join(logs, 'spoiled.ndjson')).subarray(0, 45_000)),
  );
  for (let index = 0; index < 40; index++)
    writeFileSync(
      join(logs, `small-${index}.json`),
      `[${'{"time":"2026-03-02T08:00:00Z"},'.repeat(index)}{}]`,
    );
  writeFileSync(join(logs, 'empty.ndjson'), '');
  const whole = await report(logs, {});
  assert.match(whole[1]!, /altered-record/);
  assert.match(whole[1]!, /conflicting-record/);
  assert.match(whole[1]!, /duplicate-record/);
  assert.match(whole[1]!, /empty-input/);
  const counts = [3, 1, 2, 4, 5, 6, 7].slice(0, rounds(1, 7));
  for (const [index, jobs] of counts.entries()) {
    const rangeBytes = [10_000, 3_001, 65_536, 1_024][index % 4]!;
    const options = {
      jobs,
      threadBytes: 0,
      judgeBytes: 0,
      workerModule,
      sizes: { rangeBytes, batchBytes: 20_000 },
    };
    assert.deepEqual(await report(logs, options), whole, `${jobs} threads, ranges of ${rangeBytes}`);
  }
});
