/** SARIF 2.1.0 (OASIS, Errata 01), for code-scanning tools: findings are results, what was not read is a notification. */
import { gzipSync } from 'node:zlib';
import type { Log } from 'sarif';
import type { AzurePipeline, Report, ReportFormat } from '../model/report.ts';
import { toEscapedJson } from './parts/escaped-json.ts';
import { findExcess } from './sarif/limits.ts';
import { PROFILES, type Profile, selectFindings } from './sarif/profiles.ts';
import { toRun } from './sarif/run.ts';

/** The one that GitHub and the multitool accept (SARIF1011). */
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

export const sarif: ReportFormat = {
  name: 'sarif',
  title: 'SARIF 2.1.0, for code scanning and dashboards; see --sarif-profile',
  render(report, { sarifProfile = 'full', azurePipeline, say = () => {} }) {
    const pipeline = sarifProfile === 'ado' ? azurePipeline : undefined;
    if (sarifProfile === 'ado' && pipeline === undefined)
      say('SARIF for Azure DevOps names its build, which is only known within Azure Pipelines');
    const { text, leftOut, excess } = fit(report, PROFILES[sarifProfile], pipeline);
    for (const each of leftOut) say(`SARIF for ${sarifProfile}: ${each}`);
    for (const each of excess) say(`SARIF for ${sarifProfile} is over a limit of GitHub: ${each}`);
    return text;
  },
};

type Fitted = { text: string; leftOut: readonly string[]; excess: readonly string[] };

/** Fewer results until the log, packed, is within what the profile's reader takes. */
function fit(report: Report, profile: Profile, pipeline: AzurePipeline | undefined): Fitted {
  let { maxResults } = profile;
  for (;;) {
    const { findings, leftOut } = selectFindings(report.findings, { ...profile, maxResults });
    const parts = { profile, findings, leftOut, ...(pipeline && { pipeline }) };
    const log: Log = { $schema: SCHEMA, version: '2.1.0', runs: [toRun(report, parts)] };
    const text = `${toEscapedJson(log, 2)}\n`;
    if (profile.maxPacked === Number.POSITIVE_INFINITY) return { text, leftOut, excess: [] };
    // Packing never makes it larger than a few bytes more.
    const packed = text.length < profile.maxPacked / 4 ? text.length : gzipSync(text).length;
    if (packed <= profile.maxPacked || findings.length === 0)
      return { text, leftOut, excess: findExcess(log, packed) };
    maxResults = Math.floor(findings.length / 2);
  }
}
