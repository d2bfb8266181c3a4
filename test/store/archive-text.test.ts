/** Logs of text in an archive: however they are cut into segments, their records are those of the file. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { audit } from '../../src/audit.ts';
import { toCompactJson } from '../../src/base/json.ts';
import { CHECKS } from '../../src/checks/index.ts';
import { mergeRepeats } from '../../src/engine/merge-repeats.ts';
import { compilePlan } from '../../src/engine/plan.ts';
import { scanFiles, scanForMatches } from '../../src/engine/scan.ts';
import { type DiscoveredFile, discover } from '../../src/read/discover.ts';
import { StreamCollector } from '../../src/store/archive-stream.ts';
import { renderReport, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';
import { openArchive, temporaryFolder, verdictOf } from '../support/made-archive.ts';
import { rounds } from '../support/rounds.ts';

const folder = temporaryFolder('text');
after(() => fs.rmSync(folder, { recursive: true }));

const RULE = path.join(folder, 'any.yaml');
fs.writeFileSync(
  RULE,
  `title: Any event
id: 0f0e0d0c-0000-4000-8000-000000000001
logsource: {}
detection: {never: {nowhere: there}, condition: not never}
`,
);
const plan = compilePlan({
  ...testRequest({ builtinRules: false, rules: [RULE], zone: 'Europe/Berlin' }),
  disabled: CHECKS.map(({ name }) => name),
});

let made = 0;
const newPlace = () => path.join(folder, String(made++));

type Read = { records: string[]; malformed: number; statuses: string[] };

async function readFiles(files: readonly DiscoveredFile[]): Promise<Read> {
  const records: string[] = [];
  const inputs = await scanForMatches(
    files,
    plan,
    (_, event) => void records.push(toCompactJson(event.json())),
  );
  return {
    records,
    malformed: inputs.reduce((sum, input) => sum + input.records.malformed, 0),
    statuses: [...new Set(inputs.map(({ status }) => status))],
  };
}

async function readOriginal(name: string, lines: readonly string[]): Promise<Read> {
  const place = newPlace();
  fs.mkdirSync(place);
  fs.writeFileSync(path.join(place, name), lines.map((line) => `${line}\n`).join(''));
  return readFiles((await discover([place], [])).files);
}

/** Each of `versions` is collected in a run of its own, into segments of `segmentBytes`. */
async function collectText(
  name: string,
  versions: readonly string[][],
  segmentBytes: number,
): Promise<string> {
  const archive = newPlace();
  for (const lines of versions) {
    const writer = await openArchive(archive);
    const options = { name, class: 'default', rereadable: false, segmentBytes };
    const stream = new StreamCollector(writer, writer.known, options);
    for (const line of lines) {
      stream.line(Buffer.from(line), Number.NaN, Number.NaN);
      await stream.drain();
    }
    assert.equal((await stream.end()).kind, 'collected');
    await writer.commit();
    await writer.close();
  }
  return archive;
}

async function readArchive(archive: string): Promise<Read> {
  return readFiles((await verdictOf(archive)).files);
}

/** What is told of the files of a run and not of their records. */
async function toldOf(files: readonly DiscoveredFile[]) {
  const { scan, close } = await scanFiles(files, plan, { jobs: 1 });
  const { seconds, duplicates } = await mergeRepeats(scan, plan);
  await close();
  const { spans, lost } = scan.coverage.sources;
  const servers = new Set([...scan.parts.values()].map(({ tally }) => tally.server));
  return { spans, lost, servers, seconds: seconds.size, duplicates: duplicates.size };
}

const segment = (archive: string, number: number) =>
  path.join(archive, 'segments', `${String(number).padStart(8, '0')}.ndjson.zst`);

const FLEXNET = [
  '23:58:00 (lmgrd) FlexNet Licensing (v11.16.2.0 build 242973 x64_lsb) started on lic1 (linux) (3/1/2026)',
  '23:59:00 (adskflex) OUT: "f" ann@pc1',
  ' 0:10:00 (adskflex) IN: "f" ann@pc1',
  ' 0:20:00 (adskflex) OUT: "f" bob@pc2',
];
const DATED = [
  '{"time":"2026-03-01T23:58:00+01:00","event":"started","daemon":"lmgrd","host":"lic1"}',
  '{"time":"2026-03-01T23:59:00+01:00","event":"OUT","daemon":"adskflex","feature":"f","user":"ann","host":"pc1","quantity":1}',
  '{"time":"2026-03-02T00:10:00+01:00","event":"IN","daemon":"adskflex","feature":"f","user":"ann","host":"pc1","quantity":1}',
  '{"time":"2026-03-02T00:20:00+01:00","event":"OUT","daemon":"adskflex","feature":"f","user":"bob","host":"pc2","quantity":1}',
];
const TABLE = ['time,actor,action', '2026-03-02T08:00:00Z,ann,login', '2026-03-02T08:01:00Z,bob,login'];
const ROWS = [
  '{"time":"2026-03-02T08:00:00Z","actor":"ann","action":"login"}',
  '{"time":"2026-03-02T08:01:00Z","actor":"bob","action":"login"}',
];

describe('a log of text in segments', () => {
  test('keeps its date where a segment ends', async () => {
    for (const versions of [[FLEXNET], [FLEXNET.slice(0, 2), FLEXNET.slice(0, 3), FLEXNET]]) {
      const { records } = await readArchive(await collectText('d.log', versions, 1));
      assert.deepEqual(records, DATED);
    }
  });

  test('is dated by what a later segment says of the day, as a file by a later line', async () => {
    const lines = [...FLEXNET.slice(1, 2), '23:59:30 (lmgrd) TIMESTAMP 3/1/2026', ...FLEXNET.slice(2)];
    assert.deepEqual((await readArchive(await collectText('d.log', [lines], 1))).records, DATED.slice(1));
  });

  test('has the header of a table, and the name that makes it one', async () => {
    for (const versions of [[TABLE], [TABLE.slice(0, 1), TABLE.slice(0, 2), TABLE]])
      assert.deepEqual(await readArchive(await collectText('a.csv', versions, 1)), {
        records: ROWS,
        malformed: 0,
        statuses: ['complete'],
      });
  });

  test('has no known date behind a segment that is gone, and no header', async () => {
    const log = await collectText('d.log', [FLEXNET], 1);
    fs.rmSync(segment(log, 2));
    const { records } = await readArchive(log);
    assert.deepEqual(records.slice(0, 1), DATED.slice(0, 1));
    assert.match(records[1]!, /^\{"clock":"00:10:00","day":0,"event":"IN"/);
    assert.match(records[2]!, /^\{"clock":"00:20:00","day":0,"event":"OUT"/);
    const table = await collectText('a.csv', [['name,action', 'ann,login', 'bob,login']], 1);
    fs.rmSync(segment(table, 1));
    assert.deepEqual(await readArchive(table), { records: [], malformed: 2, statuses: ['unreadable'] });
  });

  test('has no known date behind a segment that cannot be read', async () => {
    const archive = await collectText('d.log', [FLEXNET], 1);
    const file = segment(archive, 2);
    const bytes = fs.readFileSync(file);
    fs.chmodSync(file, 0o600);
    fs.writeFileSync(file, bytes.subarray(0, bytes.length - 6));
    const { records } = await readArchive(archive);
    assert.deepEqual(records.at(0), DATED[0]);
    assert.match(records.at(-2)!, /^\{"clock":"00:10:00","day":0,"event":"IN"/);
    assert.match(records.at(-1)!, /^\{"clock":"00:20:00","day":0,"event":"OUT"/);
  });

  test('lacks what it lacked before a segment that cannot be read, and what it lacks behind it', async () => {
    const lines = [
      ...FLEXNET.slice(0, 2),
      '12:00:00 (lmgrd) TIMESTAMP 3/9/2026',
      '12:00:01 (adskflex) IN: "f" ann@pc1',
      '12:00:02 (adskflex) OUT: "f" bob@pc2',
      '13:00:00 (lmgrd) TIMESTAMP 3/9/2026',
      '13:00:01 (adskflex) IN: "f" bob@pc2',
      '12:00:00 (lmgrd) TIMESTAMP 3/20/2026',
      '12:00:01 (adskflex) OUT: "f" ann@pc1',
    ];
    const archive = await collectText('d.log', [lines], 1);
    const whole = await toldOf((await verdictOf(archive)).files);
    assert.equal(whole.lost.flexnet?.length, 2);
    const file = segment(archive, 5);
    const bytes = fs.readFileSync(file);
    fs.chmodSync(file, 0o600);
    fs.writeFileSync(file, bytes.subarray(0, bytes.length - 6));
    const { lost, servers } = await toldOf((await verdictOf(archive)).files);
    assert.deepEqual(lost, whole.lost);
    assert.deepEqual(servers, whole.servers);
  });

  test('goes on where it was rewritten with what was known there', async () => {
    const rewritten = [...FLEXNET.slice(0, 2), ' 0:30:00 (adskflex) DENIED: "f" cid@pc3 (no (-4,342))'];
    const archive = await collectText('d.log', [FLEXNET.slice(0, 2), FLEXNET, rewritten], 1000);
    const { records } = await readArchive(archive);
    assert.deepEqual(records.slice(0, 4), DATED);
    assert.match(records[4]!, /^\{"time":"2026-03-02T00:30:00\+01:00","event":"DENIED"/);
  });

  test('is one file to what is told of files: its silence, its server, its repeated rows', async () => {
    const silent = [
      ...FLEXNET.slice(0, 2),
      '12:00:00 (lmgrd) TIMESTAMP 3/9/2026',
      '12:00:01 (adskflex) IN: "f" ann@pc1',
    ];
    const row = '2026-03-02T08:00:00Z,ann,login';
    const cases: [name: string, lines: string[]][] = [
      ['d.log', silent],
      ['a.csv', ['time,actor,action', row, row]],
    ];
    for (const [name, lines] of cases) {
      const place = newPlace();
      fs.mkdirSync(place);
      fs.writeFileSync(path.join(place, name), lines.map((line) => `${line}\n`).join(''));
      const original = await toldOf((await discover([place], [])).files);
      const archive = await collectText(name, [lines], 1);
      assert.deepEqual(await toldOf((await verdictOf(archive)).files), original);
    }
  });

  test('is read by threads as by one', async () => {
    const archive = await collectText('d.log', [FLEXNET], 1);
    const { files } = await verdictOf(archive);
    const request = testRequest({ zone: 'Europe/Berlin' });
    const alone = await audit(request, files, { jobs: 1 });
    const workerModule = pathToFileURL(bundled('scan-worker'));
    const sizes = { batchBytes: 1 };
    const threads = await audit(request, files, { jobs: 3, sizes, threadBytes: 0, workerModule });
    assert.equal(renderReport(threads, 'json'), renderReport(alone, 'json'));
  });

  /** Lines that mean something by those before them: dates, midnights, repeats, rows over several lines. */
  const flexnet = fc
    .array(
      fc.constantFrom(
        '9:00:00 (adskflex) OUT: "f" ann@pc1',
        '9:00:00 (adskflex) OUT: "f" ann@pc1',
        '23:30:00 (adskflex) IN: "f" ann@pc1',
        '1:00:00 (lmgrd) TIMESTAMP 3/3/2026',
        '8:59:00 (adskflex) OUT: "g" bob@pc2 (2 licenses)',
        '12:00:00 (lmgrd) TIMESTAMP 3/9/2026',
        '12:00:01 (adskflex) OUT: "f"',
        '12:00:02 (adskflex) Connected to nobody',
        'noise',
      ),
      { maxLength: 12 },
    )
    .map((lines): [string, string[]] => ['d.log', ['8:00:00 (lmgrd) read the license', ...lines]]);
  const table = fc
    .array(fc.constantFrom('2026-03-02,ann,x', '2026-03-03,bob,"one', 'two, two"', '', '  3', '3"', ',,'), {
      maxLength: 12,
    })
    .map((lines): [string, string[]] => ['a.csv', ['time,actor,action', ...lines]]);

  test('is read as its file is, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(flexnet, table),
        fc.array(fc.nat(12), { maxLength: 3 }),
        fc.constantFrom(1, 60, 1000),
        async ([name, lines], cuts, segmentBytes) => {
          const versions = [...cuts.sort((a, b) => a - b), lines.length].map((end) =>
            lines.slice(0, end + 1),
          );
          const original = await readOriginal(name, lines);
          const archived = await readArchive(await collectText(name, versions, segmentBytes));
          assert.deepEqual(archived.records, original.records);
          // What nobody recognizes is no text, and told line by line.
          if (original.records.length === 0) return;
          assert.equal(archived.malformed, original.malformed);
          assert.deepEqual(archived.statuses, original.statuses);
        },
      ),
      { numRuns: rounds(40, 500) },
    );
  });
});
