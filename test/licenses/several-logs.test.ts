/** A contract over several logs: what vouches for its use, and whose restarts and equal lines are whose. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { runAudit } from '../support/audit-run.ts';
import { spanning, use } from './run-contract.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-several-'));
after(() => fs.rmSync(folder, { recursive: true }));

function contract(limit: number, more = ''): string {
  return `
contract: {id: ACME-2026-004, timezone: UTC}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: count seats over month
    quantity: [{from: 2026-01-01, set: ${limit}}]
    ${more}
`;
}

let serial = 0;

/** Each log is a file; its name says how it is read. */
async function verdicts(yaml: string, logs: Record<string, string | object[]>): Promise<string[]> {
  const report = await audited(yaml, logs);
  return (report.licenses ?? []).map(({ period, verdict, used }) => `${period} ${verdict} ${used}`);
}

async function audited(yaml: string, logs: Record<string, string | object[]>): Promise<Report> {
  const own = path.join(folder, `run-${++serial}`);
  fs.mkdirSync(own);
  const licenses = path.join(own, 'licenses.yaml');
  fs.writeFileSync(licenses, yaml);
  const files = Object.entries(logs).map(([name, log]) => {
    const text = typeof log === 'string' ? log : log.map((each) => `${JSON.stringify(each)}\n`).join('');
    fs.writeFileSync(path.join(own, name), text);
    return path.join(own, name);
  });
  return runAudit(files, { licenses, builtinRules: false, zone: 'UTC' });
}

const MARCH = spanning('2026-03-01T00:00:00Z', '2026-03-31T23:59:59Z');
const SESSION = [
  use('checkout', '2026-03-02T08:00:00Z', 'ann'),
  use('checkin', '2026-03-02T09:00:00Z', 'ann'),
];

/** A debug log of FlexNet of one day in March; the day of the month and the lines. */
function debugLog(day: number, ...lines: string[]): string {
  const stamp = ` 0:00:01 (acmed) TIMESTAMP 3/${day}/2026`;
  return `${[stamp, ...lines].join('\n')}\n`;
}

test('a log of another source does not vouch for the use of a license', async () => {
  const flexnet = debugLog(
    2,
    ' 8:00:00 (acmed) OUT: "editor" ann@pc1  ',
    ' 9:00:00 (acmed) IN: "editor" ann@pc1  ',
  );
  assert.deepEqual(await verdicts(contract(1), { 'a.ndjson': [...MARCH, ...SESSION] }), ['2026-03 within 1']);
  assert.deepEqual(await verdicts(contract(1), { 'a.ndjson': MARCH, 'lm.log': flexnet }), [
    '2026-03 undetermined 1',
  ]);
});
