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
after(() => {
  process.chdir(home);
  fs.rmSync(folder, { recursive: true });
});

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
  'reading/bad-truncated-array':
    'the torn end of the array is kept as malformed lines, and no longer the end of a file',
};

const plain = testRequest({ builtinRules: false });

function foldersIn(place: string): string[] {
  const entries = fs.readdirSync(place, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function collectAll(request: AuditRequest, logs: string[], archive: string): Promise<void> {
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
  for (const file of (await discover(logs, request.exclude)).files) await collectFile(file, run);
  await writer.commit();
  await writer.close();
}

/** What was found, however the file is called; a gap counts once, whatever the offsets. */
function found({ findings, licenses }: Report): unknown {
  const about = findings
    .filter(({ code }) => !OF_THE_FILE.has(code))
    .map(({ rule, code, verdict, count }) => [rule, code, verdict, count ?? 1].join(' '));
  return { findings: about.toSorted(), licenses: licenses.map(({ license, verdict }) => [license, verdict]) };
}

const isText = ({ file, source }: InputSummary) =>
  /\.csv$/.test(file) || TEXT_FORMATS.some(({ name }) => name === source);

/** `FULL=1` takes the others too: what they hold does not depend on how a file is stored. */
const KINDS = ['chains', 'checks', 'reading', ...(isFull ? ['licenses', 'relations', 'sources'] : [])];

/** Of the hundred fixtures of chains every seventh, of the others every second, and the exceptions; all with FULL=1. */
const STRIDE: Readonly<Record<string, number>> = isFull ? {} : { chains: 7, checks: 2, reading: 2 };

for (const kind of KINDS)
  test(`collect() then verify finds in the fixtures of ${kind} what verify finds`, async () => {
    const isTaken = (name: string, index: number) =>
      index % (STRIDE[kind] ?? 1) === 0 || `${kind}/${name}` in OTHERWISE;
    for (const name of foldersIn(path.join(ROOT, kind)).filter(isTaken)) {
      process.chdir(path.join(ROOT, kind, name));
      const config = 'audit-check.yaml';
      const request = fs.existsSync(config) ? testRequest({ builtinRules: false, config }) : plain;
      const logs = fs.readdirSync('.').filter((entry) => entry === 'logs' || entry.startsWith('log.'));
      const original = await audit(request, (await discover(logs, request.exclude)).files, { jobs: 1 });
      // Only JSON is collected as records: lines of text are kept as they are, and are malformed there.
      if (original.inputs.some(isText)) continue;
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
      assert.equal(sealed.summary.records.read, original.summary.records.read, `${kind}/${name}`);
    }
  });
