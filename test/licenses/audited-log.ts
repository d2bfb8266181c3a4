/** Runs a contract over one log through the whole spine, where how a record is read matters. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { runAudit } from '../support/audit-run.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-licenses-'));
after(() => fs.rmSync(folder, { recursive: true }));

let serial = 0;

/** `log`: its text, or its records. */
export async function auditedLog(yaml: string, log: string | readonly object[]): Promise<Report> {
  const own = path.join(folder, `run-${++serial}`);
  fs.mkdirSync(own);
  const licenses = path.join(own, 'licenses.yaml');
  fs.writeFileSync(licenses, yaml);
  const file = path.join(own, 'log.ndjson');
  const text = typeof log === 'string' ? log : log.map((each) => `${JSON.stringify(each)}\n`).join('');
  fs.writeFileSync(file, text);
  return runAudit([file], { licenses, builtinRules: false, zone: 'UTC' });
}

/** Of each period: `2025-03 within 2`. */
export async function periodsOf(yaml: string, log: string | readonly object[]): Promise<string[]> {
  const { licenses } = await auditedLog(yaml, log);
  return (licenses ?? []).map(({ period, verdict, used }) => `${period} ${verdict} ${used}`);
}
