/** Rules and the logs that they are for, through a whole audit: which ran, and why the others did not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runAudit } from '../support/audit-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'logsource-'));
after(() => rmSync(folder, { recursive: true }));

const RULES: [title: string, logsource: string, items: string][] = [
  ['created', '{product: windows, category: process_creation}', "Image|endswith: '\\x.exe'"],
  ['keyword of another category', '{product: windows, category: image_load}', 'ImageLoaded: y'],
  ['keyword of the same log', '{product: windows, service: security}', 'Image: z'],
  ['another log', '{product: okta, service: okta}', 'a: b'],
  ['no such log', '{product: zeek, service: smb_files}', 'a: b'],
  ['never together', '{product: okta, category: process_creation}', 'a: b'],
];

test('a rule meets the events of its category, and the others say why they did not run', async () => {
  const rules = join(folder, 'rules.yml');
  const text = RULES.map(
    ([title, logsource, items]) =>
      `title: ${title}\nlogsource: ${logsource}\ndetection:\n  s:\n    ${items}\n  condition: s\n`,
  ).join('---\n');
  writeFileSync(rules, text);
  const channel = 'Microsoft-Windows-Sysmon/Operational';
  const event = (EventID: number, Image: string) =>
    `${JSON.stringify({ EventID, Channel: channel, Hostname: 'pc1', '@timestamp': '2026-01-01T00:00:00Z', Image })}\n`;
  const log = join(folder, 'log.ndjson');
  writeFileSync(log, event(1, 'C:\\x.exe') + event(3, 'C:\\x.exe') + event(1, 'C:\\y.exe') + event(1, 'z'));
  const report = await runAudit([log], { rules: [rules], builtinRules: false });
  const said = report.rules.map(({ title, status, matches, reason }) => [title, status, matches, reason]);
  assert.deepEqual(said, [
    ['another log', 'not-applicable', 0, 'no input is of its log source'],
    ['created', 'ran', 1, undefined],
    ['keyword of another category', 'inert', 0, 'no record carries ImageLoaded'],
    ['keyword of the same log', 'ran', 0, undefined],
    ['never together', 'not-applicable', 0, 'no source has all words of its log source together'],
    ['no such log', 'not-applicable', 0, 'no source has the product "zeek", service "smb_files"'],
  ]);
});
