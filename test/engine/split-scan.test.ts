/** One report, to the byte, however the work is cut: ranges down to one byte, batches of one file, one thread or seven. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { sha256Hex } from '../../src/base/digest.ts';
import type { ScanOptions } from '../../src/engine/scan.ts';
import type { Report } from '../../src/model/report.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const workerModule = new URL('../support/scan-worker.mjs', import.meta.url);
const home = mkdtempSync(join(tmpdir(), 'audit-check-split-'));
const logs = join(home, 'logs');
after(() => rmSync(home, { recursive: true, force: true }));
const request = testRequest({ licenses: join(DEMO, 'licenses.yaml') });

const FORMATS = ['json', 'text'];

function rendered(report: Report): string[] {
  return FORMATS.map((format) => renderReport(report, format));
}

async function report(folder: string, options: Partial<ScanOptions>): Promise<string[]> {
  return rendered(await auditPaths(request, [folder], options));
}

/** What happens to one line of a log. */
const FATES = [
  ...Array<'keep'>(12).fill('keep'),
  ...([
    'alter',
    'drop',
    'double',
    'strip',
    'garbage',
    'blank',
    'join',
    'spaces',
    'crlf',
    'again',
    'other',
  ] as const),
];

type Fate = (typeof FATES)[number];

const PEOPLE = ['ann', 'bob', 'cid', 'unknown', ''];
const ACTIONS = [
  'user.login',
  'license.checkout',
  'license.checkin',
  'role.grant',
  'log.delete',
  'file.read',
];

/** A chained log in which lines were changed, lost, doubled, stripped, broken, joined. */
function spoiledLog(fates: readonly { fate: Fate; pick: number }[], name: string): string {
  let previous = '0'.repeat(64);
  let text = '';
  let first = '';
  for (const [index, { fate, pick }] of fates.entries()) {
    const actor = PEOPLE[pick % PEOPLE.length]!;
    const action = ACTIONS[pick % ACTIONS.length]!;
    const second = String(10 + ((index + (pick % 5)) % 50)).padStart(2, '0');
    const body =
      `{"action":"${action}","actor":"${actor}","id":"${name}-${index}","outcome":"${pick % 3 === 0 ? 'failure' : 'success'}",` +
      `"prev_hash":"${previous}","session":"s-${pick % 4}","target":"editor","time":"2026-03-02T08:${10 + (index % 49)}:${second}Z"}`;
    const hash = sha256Hex(body);
    const record = body.replace('"id"', `"hash":"${hash}","id"`);
    previous = hash;
    if (first === '') first = record;
    text += {
      keep: `${record}\n`,
      alter: `${record.replace('"editor"', '"viewer"')}\n`,
      drop: '',
      double: `${record}\n${record}\n`,
      strip: `${record.replace(/"hash":"\w+",/, '')}\n`,
      garbage: `17:02 ${record.slice(0, 40)}\n`,
      blank: '\n \n',
      join: record,
      spaces: ` \t${record} \n`,
      crlf: `${record}\r\n`,
      again: `${index % 3 === 0 ? first : first.replace('"editor"', '"other"')}\n`,
      other: '{"message":"started","n":1e2,"n":2}\n',
    }[fate];
  }
  return text;
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
    { numRuns: 60 },
  );
});

test('one to seven worker threads give the report of none, from files of every kind', async () => {
  rmSync(logs, { recursive: true, force: true });
  cpSync(join(DEMO, 'logs'), logs, { recursive: true });
  const fates = Array.from({ length: 3000 }, (_, index) => ({
    fate: FATES[(index * 7919) % (index % 10 === 0 ? FATES.length : 12)]!,
    pick: (index * 31) % 61,
  }));
  writeFileSync(join(logs, 'spoiled.ndjson'), spoiledLog(fates, 'x'));
  writeFileSync(
    join(logs, 'spoiled.ndjson.gz'),
    gzipSync(readFileSync(join(logs, 'spoiled.ndjson')).subarray(0, 90_000)),
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
  for (const [jobs, rangeBytes] of [
    [2, 10_000],
    [7, 3_001],
    [3, 65_536],
  ] as const) {
    const options = { jobs, threadBytes: 0, workerModule, sizes: { rangeBytes, batchBytes: 20_000 } };
    assert.deepEqual(await report(logs, options), whole, `${jobs} threads, ranges of ${rangeBytes}`);
  }
});
