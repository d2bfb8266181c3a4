/** Runs rules over one log through the whole spine, where how a record is read matters. Tests only. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import type { AuditOptions } from '../../src/audit.ts';
import type { Report } from '../../src/model/report.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-rules-'));
after(() => fs.rmSync(folder, { recursive: true }));

let serial = 0;

export type LogRecord = Readonly<Record<string, unknown>>;

/** Detections `NAME`, one for each action; a correlation over them follows. */
export function detections(...actions: string[]): string {
  return actions
    .map(
      (action) => `title: ${action} done
name: ${action}
logsource: { product: audit }
detection: { done: { action: ${action} }, condition: done }
---
`,
    )
    .join('');
}

export async function auditedRules(
  yaml: string,
  logs: Readonly<Record<string, readonly LogRecord[]>>,
  options?: Partial<AuditOptions>,
): Promise<Report> {
  const own = path.join(folder, `run-${++serial}`);
  fs.mkdirSync(path.join(own, 'logs'), { recursive: true });
  const rules = path.join(own, 'rules.yaml');
  fs.writeFileSync(rules, yaml);
  for (const [name, records] of Object.entries(logs)) {
    const text = records.map((record) => `${JSON.stringify({ outcome: 'success', ...record })}\n`).join('');
    fs.writeFileSync(path.join(own, 'logs', `${name}.ndjson`), text);
  }
  const request = testRequest({ builtinRules: false, rules: [rules], zone: 'UTC' });
  return auditPaths(request, [path.join(own, 'logs')], options);
}

/** `VERDICT: MESSAGE` of what relations found in one log. */
export async function foundBy(yaml: string, records: readonly LogRecord[]): Promise<string[]> {
  return saidBy(await auditedRules(yaml, { log: records }));
}

export function saidBy({ findings }: Report): string[] {
  return findings
    .filter(({ rule, code }) => code !== 'duplicate-record' && rule !== 'audit')
    .map(({ verdict, message }) => `${verdict}: ${message}`);
}
