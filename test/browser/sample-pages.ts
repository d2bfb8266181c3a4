/** Pages of every kind that we write: reports made by hand and of a real run, with license statements beside them. Tests only. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { countFindings } from '../../src/model/finding-counts.ts';
import type { Report } from '../../src/model/report.ts';
import { html } from '../../src/report/html.ts';
import { emptyReport, HOSTILE, hostileReport, place, richReport } from '../report/sample-report.ts';
import { CommandLine } from '../support/command-line.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Ways by which text becomes a program: each would set `pwned` or open a dialog. */
export const ATTACK = `"'>--></title></style></textarea></script></template></svg><script>pwned=1</script><img src=x onerror="pwned=2"><svg/onload=pwned=3><a href="javascript:pwned=4">x</a><iframe srcdoc="<script>parent.pwned=5</script>"></iframe><details open ontoggle=alert(6)><meta http-equiv=refresh content="0;url=https://evil.example/"><link rel=stylesheet href=https://evil.example/x.css>`;

/** Kinds of findings, and findings of the first: more than a page shows of either. */
const KINDS = 310;
const OF_ONE_KIND = 60;

/** Many kinds of findings, many files, a quarter of a year of hours. */
function longReport(): Report {
  const report = richReport();
  const [first] = report.findings;
  report.findings = Array.from({ length: 4 * KINDS + OF_ONE_KIND }, (_, index) => {
    const kind = index < OF_ONE_KIND ? 0 : index % KINDS;
    return {
      ...first!,
      rule: `rule-${kind}`,
      code: `code-${kind}`,
      severity: (['critical', 'high', 'medium', 'low'] as const)[kind % 4]!,
      place: place(`logs/2025/03/service-with-a-long-name-${kind}.ndjson`, index + 1),
      fingerprint: index.toString(16).padStart(32, '0'),
    };
  });
  Object.assign(report.summary.findings, countFindings(report.findings));
  const [, file] = report.inputs;
  const days = Array.from({ length: 92 }, (_, day) => new Date(Date.UTC(2025, 0, 1 + day)).toISOString());
  const buckets = days.map((at) => ({ at, events: 9, bytes: 900 }));
  report.activity = [
    { source: 'audit', from: days[0]!, until: days[91]!, untimed: 0, bucket: 'hour', buckets, silences: [] },
  ];
  report.inputs = Array.from({ length: 250 }, (_, index) => ({ ...file!, file: `logs/${index}.ndjson` }));
  return report;
}

/** The demo as `verify` renders it, with three packs, and with the history of a run before. */
async function demoPage(folder: string): Promise<string> {
  const commands = new CommandLine();
  const run = async (day: string, page: string) => {
    const options = [
      '--history',
      path.join(folder, 'runs'),
      '--now',
      `${day}T06:00:00Z`,
      '-f',
      `html=${page}`,
    ];
    const packs = ['--pack', 'soc2', '--pack', 'pci-dss-4', '--pack', 'cis-8'];
    const { exit, stderr } = await commands.run(
      ['verify', ...packs, ...options],
      path.join(FIXTURES, 'demo'),
    );
    if (exit !== 1) throw new Error(`the demo exited ${exit}: ${stderr}`);
  };
  const page = path.join(folder, 'demo.html');
  try {
    await run('2026-03-03', page);
    await run('2026-03-04', page);
  } finally {
    commands.close();
  }
  return page;
}

export const PAGE_NAMES = [
  'rich',
  'empty',
  'long',
  'hostile',
  'attack',
  'oversized',
  'demo',
  'statement',
  'true-up',
] as const;
export type PageName = (typeof PAGE_NAMES)[number];

/** A file for each page, by name, in a folder that is the caller's to remove. */
export async function writeSamplePages(): Promise<{ folder: string; pages: Map<PageName, string> }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-pages-'));
  const reports = {
    rich: richReport(),
    empty: emptyReport(),
    long: longReport(),
    hostile: hostileReport(HOSTILE),
    attack: hostileReport(ATTACK),
    oversized: hostileReport('W'.repeat(1_000_000)),
  };
  const pages = new Map<PageName, string>([
    ['demo', await demoPage(folder)],
    ['statement', path.join(FIXTURES, 'statement/expected.html')],
    ['true-up', path.join(FIXTURES, 'true-up/expected.html')],
  ]);
  for (const [name, report] of Object.entries(reports)) {
    const page = path.join(folder, `${name}.html`);
    fs.writeFileSync(page, html.render(report, { colors: false, width: 100 }));
    pages.set(name as PageName, page);
  }
  return { folder, pages };
}
