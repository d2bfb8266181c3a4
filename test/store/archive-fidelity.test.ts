/** Audits of an archive find what audits of the originals find: every fixture is collected, and judged both ways. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { audit } from '../../src/audit.ts';
import { CHECKS } from '../../src/checks/index.ts';
import { collectFile } from '../../src/cli/collect-file.ts';
import { compilePlan, Programs } from '../../src/engine/plan.ts';
import type { InputSummary, Report } from '../../src/model/report.ts';
import type { AuditRequest } from '../../src/model/request.ts';
import { discover } from '../../src/read/discover.ts';
import { TEXT_FORMATS } from '../../src/text-logs/index.ts';
import { testRequest } from '../support/audit-run.ts';
import { openArchive, temporaryFolder, verdictOf } from '../support/made-archive.ts';
import { isFull } from '../support/rounds.ts';

const ROOT = fileURLToPath(new URL('../../fixtures', import.meta.url));
const folder = temporaryFolder('fidelity');
const home = process.cwd();
after(() => fs.rmSync(folder, { recursive: true }));

/** Findings about how a file is stored or wrapped, which an archive does not take over; `collect` says them. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  'truncated-input',
  'trailing-garbage',
  'corrupt-input',
  'decompression-limit',
  'unsupported-input',
  'empty-input',
  'unread-member',
  'repeated-member',
]);

/** Where an archive says something else, and why that is right. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'chains/bad-repeated-record': 'one file is a copy of the other: it is collected once',
  'reading/bad-truncated-gzip': 'the torn line at its end is left for the next collection',
  'reading/bad-truncated-array': 'the torn record at its end is left for the next collection',
};

const plain = testRequest({ builtinRules: false });

function foldersIn(place: string): string[] {
  const entries = fs.readdirSync(place, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** `read`: each time that the logs are collected, what they hold by then. */
async function collectAll(
  request: AuditRequest,
  logs: string[],
  archive: string,
  read = [() => {}],
): Promise<void> {
  const { licenses: _, ...rest } = request;
  const disabled = CHECKS.map(({ name }) => name);
  const plan = compilePlan({ ...rest, schemas: [], rules: { rules: [], errors: [] }, disabled });
  const writer = await openArchive(archive);
  const run = {
    plan,
    programs: new Programs(plan),
    writer,
    class: 'default',
    onProgress() {},
    async onPause() {},
  };
  for (const grow of read) {
    grow();
    for (const file of (await discover(logs, request.exclude)).files) await collectFile(file, run);
    await writer.commit();
  }
  await writer.close();
}

/** What was found, however the file is called; a gap counts once, whatever the offsets. */
function found({ findings, licenses, summary }: Report) {
  const about = findings
    .filter(({ code }) => !OF_THE_FILE.has(code))
    .map(({ rule, code, verdict, count }) => [rule, code, verdict, count ?? 1].join(' '));
  return {
    findings: about.toSorted(),
    licenses: licenses.map(({ license, verdict }) => [license, verdict]),
    records: summary.records.read,
  };
}

/** `FULL=1` takes the others too: what they hold does not depend on how a file is stored. */
const KINDS = ['chains', 'checks', 'reading', ...(isFull ? ['licenses', 'relations', 'sources'] : [])];

/** Of the hundred fixtures of chains every seventh, of the others every second, and the exceptions; all with FULL=1. */
const STRIDE: Readonly<Record<string, number>> = isFull ? {} : { chains: 7, checks: 2, reading: 2 };

for (const kind of KINDS)
  test(`collect() then verify finds in the fixtures of ${kind} what verify finds`, async (t) => {
    // Whatever comes next in this process starts threads by paths of here.
    t.after(() => process.chdir(home));
    const isTaken = (name: string, index: number) =>
      index % (STRIDE[kind] ?? 1) === 0 || `${kind}/${name}` in OTHERWISE;
    for (const name of foldersIn(path.join(ROOT, kind)).filter(isTaken)) {
      process.chdir(path.join(ROOT, kind, name));
      const config = 'audit-check.yaml';
      const request = fs.existsSync(config) ? testRequest({ builtinRules: false, config }) : plain;
      const logs = fs.readdirSync('.').filter((entry) => entry === 'logs' || entry.startsWith('log.'));
      const original = await audit(request, (await discover(logs, request.exclude)).files, { jobs: 1 });
      const archive = path.join(folder, kind, name);
      await collectAll(request, logs, archive);
      if (!fs.existsSync(path.join(archive, 'log', 'checkpoint'))) continue;
      const { files, result } = await verdictOf(archive);
      assert.deepEqual(result.findings, [], name);
      const sealed = await audit(request, files, { jobs: 1, evidence: [result] });
      const isAlike = isDeepStrictEqual(found(sealed), found(original));
      if (`${kind}/${name}` in OTHERWISE) {
        assert.ok(!isAlike, `${kind}/${name} is no exception any more`);
        continue;
      }
      assert.deepEqual(found(sealed), found(original), `${kind}/${name}`);
    }
  });

/** The same where one file became several: what is told once a file is told of each, and counts together. */
function inAll(report: Report): unknown {
  const counts = new Map<string, number>();
  for (const { code, verdict, count = 1 } of report.findings)
    counts.set(`${code} ${verdict}`, (counts.get(`${code} ${verdict}`) ?? 0) + count);
  return { ...found({ ...report, findings: [] }), counts: [...counts].sort() };
}

const isText = ({ file, source }: InputSummary) =>
  /\.csv$/.test(file) || TEXT_FORMATS.some(({ name }) => name === source);

/** What the file holds when so many of `parts` are written, at line ends. */
function partOf(content: string, part: number, parts: number): string {
  const lines = content.split(/(?<=\n)/);
  return lines.slice(0, Math.ceil((lines.length * part) / parts)).join('');
}

for (const kind of ['text-logs', 'licenses'])
  test(`collect() as logs of text grow then verify finds in the fixtures of ${kind} what verify finds`, async (t) => {
    // Whatever comes next in this process starts threads by paths of here.
    t.after(() => process.chdir(home));
    let judged = 0;
    for (const name of foldersIn(path.join(ROOT, kind))) {
      const place = path.join(folder, 'grown', kind, name);
      fs.cpSync(path.join(ROOT, kind, name), place, { recursive: true });
      process.chdir(place);
      const config = 'audit-check.yaml';
      const request = fs.existsSync(config) ? testRequest({ builtinRules: false, config }) : plain;
      const logs = fs.readdirSync('.').filter((entry) => entry === 'logs' || entry.startsWith('log.'));
      const { files: whole } = await discover(logs, request.exclude);
      const original = await audit(request, whole, { jobs: 1 });
      if (!original.inputs.every(isText)) continue;
      const contents = whole.map(({ file }) => [file, fs.readFileSync(file, 'latin1')] as const);
      for (const parts of isFull ? [2, 3, 7] : [3]) {
        const archive = path.join(folder, 'grown', `${kind}-${name}-${parts}`);
        const read = Array.from({ length: parts }, (_, index) => () => {
          for (const [file, content] of contents)
            fs.writeFileSync(file, partOf(content, index + 1, parts), 'latin1');
        });
        await collectAll(request, logs, archive, read);
        const { files, result } = await verdictOf(archive);
        assert.deepEqual(result.findings, [], name);
        const sealed = await audit(request, files, { jobs: 1, evidence: [result] });
        assert.deepEqual(inAll(sealed), inAll(original), `${kind}/${name} in ${parts} parts`);
        judged++;
      }
    }
    assert.ok(judged >= 4, `${judged} archives of text`);
  });
