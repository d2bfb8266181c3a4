/** Every profile's log is valid by OASIS's own schema of SARIF 2.1.0, which Microsoft's copy is close to and no stand-in for. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { Log } from 'sarif';
import { type Report, SARIF_PROFILES, type SarifProfile } from '../../src/model/report.ts';
import { sarif } from '../../src/report/sarif.ts';
import { RUNS, reportOfRun } from './command-runs.ts';
import { cleanReport, emptyReport, hostileReport, richReport } from './sample-report.ts';

const SCHEMA = fileURLToPath(new URL('../../.cache/sarif-schema-2.1.0.json', import.meta.url));
const absent =
  !existsSync(SCHEMA) && 'the schema of OASIS is not here: run build/sarif-schema.sh, which fetches it';

const SAMPLES: Record<string, () => Report> = {
  richReport,
  hostileReport,
  cleanReport,
  emptyReport,
  ...Object.fromEntries(Object.keys(RUNS).map((name) => [name, () => reportOfRun(name)])),
};

function logOf(report: Report, sarifProfile: SarifProfile): Log {
  return JSON.parse(sarif.render(report, { colors: false, width: 80, sarifProfile })) as Log;
}

describe('by the schema of OASIS', { skip: absent }, () => {
  // Its expression for languages is none under the flag `u`.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const isLog = ajv.compile(absent ? false : JSON.parse(readFileSync(SCHEMA, 'utf8')));

  for (const [name, sample] of Object.entries(SAMPLES)) {
    test(`the log of ${name} is valid in every profile`, () => {
      const report = sample();
      for (const profile of SARIF_PROFILES)
        assert.ok(isLog(logOf(report, profile)), `${profile}: ${ajv.errorsText(isLog.errors)}`);
    });
  }

  test('a log that lacks its tool, names a level that there is not or has a key too many is not valid', () => {
    const spoil = [
      (log: Log) => Object.assign(log.runs[0]!, { tool: undefined }),
      (log: Log) => Object.assign(log.runs[0]!.results![0]!, { level: 'critical' }),
      (log: Log) => Object.assign(log.runs[0]!.results![0]!, { severity: 'high' }),
    ];
    for (const change of spoil) {
      const log = logOf(richReport(), 'full');
      change(log);
      assert.equal(isLog(JSON.parse(JSON.stringify(log))), false);
    }
  });
});
