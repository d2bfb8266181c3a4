/**
 * How often each shipped rule speaks on sample data: `node --import tsx build/rule-rates.ts` writes docs/rule-rates.json.
 * The samples are other projects' (../shared/data, see its README) and no part of this repository; without them nothing is written.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit } from '../src/audit.ts';
import { CHECKS } from '../src/checks/index.ts';
import { buildRequest } from '../src/cli/request.ts';
import { compilePlan } from '../src/engine/plan.ts';
import { scanForMatches } from '../src/engine/scan.ts';
import { type Problem, ProblemsError } from '../src/model/problem.ts';
import type { AuditRequest } from '../src/model/request.ts';
import { discover } from '../src/read/discover.ts';
import { isSpeaking, type RuleRates, type SampleKind } from './rule-docs.ts';

const DATA = fileURLToPath(new URL('../../shared/data', import.meta.url));
const OUTPUT = new URL('../docs/rule-rates.json', import.meta.url);

/** Folders as they lie. Attacks were carried out to be recorded; the rest was recorded, or made up, without one. */
const FOLDERS: Record<SampleKind, readonly string[]> = {
  ordinary: [
    'aws-trailscraper',
    'azure-sentinel',
    'beats-filebeat-oss',
    'flexnet',
    'gcp-cloudevents',
    'k8s-audit2rbac',
  ],
  attacks: ['aws-stratus-datadog', 'aws-stratus-invictus', 'det-eng-samples'],
};

type Sample = { kind: SampleKind; path: string };

/** Files below `folder`, made of what is labelled record by record, and of archives. */
function prepare(folder: string): Sample[] {
  const samples = (Object.keys(FOLDERS) as SampleKind[]).flatMap((kind) =>
    FOLDERS[kind].map((name): Sample => ({ kind, path: join(DATA, name) })),
  );
  const labelled = new Map<string, SampleKind>();
  // What some rule must find is no ordinary event, whatever the other rules say of it.
  const label = (record: unknown, isFound: boolean) => {
    const text = JSON.stringify(record);
    if (labelled.get(text) !== 'attacks') labelled.set(text, isFound ? 'attacks' : 'ordinary');
  };
  for (const line of linesOf('panther-analysis/labelled.ndjson')) {
    const { expected, log } = JSON.parse(line) as { expected: boolean; log: unknown };
    label(log, expected);
  }
  for (const line of linesOf('aws-streamalert/labelled.ndjson')) {
    const { data, trigger_rules: found } = JSON.parse(line) as {
      data?: unknown;
      trigger_rules?: string[];
    };
    if (data !== undefined) label(data, (found?.length ?? 0) > 0);
  }
  // A file for each record: they are of many sources, and a file has one.
  for (const kind of ['ordinary', 'attacks'] as const) {
    const path = join(folder, kind);
    mkdirSync(path);
    let number = 0;
    for (const [text, own] of labelled)
      if (own === kind) writeFileSync(join(path, `${String(++number).padStart(4, '0')}.json`), text);
    samples.push({ kind, path });
  }
  for (const archive of archivesIn(join(DATA, 'otrf-security-datasets'))) {
    const into = join(folder, 'otrf');
    mkdirSync(into, { recursive: true });
    spawnSync('unzip', ['-oq', archive, '-d', into]);
  }
  return [...samples, { kind: 'attacks', path: join(folder, 'otrf') }];
}

function linesOf(file: string): string[] {
  return readFileSync(join(DATA, file), 'utf8').split('\n').filter(Boolean);
}

function archivesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.zip$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const none = (): Record<SampleKind, number> => ({ ordinary: 0, attacks: 0 });

async function measure(request: AuditRequest, samples: readonly Sample[]): Promise<RuleRates> {
  const rates: RuleRates = { samples: { ordinary: {}, attacks: {} }, rules: {} };
  const speaking = request.rules.rules.filter(isSpeaking);
  for (const { id } of speaking) rates.rules[id] = none();
  const correlations = new Set(speaking.filter(({ kind }) => kind === 'correlation').map(({ id }) => id));
  const asked = { ...request, disabled: CHECKS.map(({ name }) => name) };
  for (const { kind, path } of samples) {
    const { files } = await discover([path], []);
    await scanForMatches(files, compilePlan(asked), ({ id }) => {
      const counts = rates.rules[id];
      if (counts !== undefined) counts[kind]++;
    });
    const report = await audit(asked, files, { jobs: 1 });
    for (const { rule } of report.findings) if (correlations.has(rule)) rates.rules[rule]![kind]++;
    for (const { source: found, records } of report.inputs) {
      if (found === null) continue;
      rates.samples[kind][found] = (rates.samples[kind][found] ?? 0) + records.audited;
    }
  }
  return rates;
}

/** As the formatter would have it, one rule a line, so that a change shows as one. */
function toText({ samples, rules }: RuleRates): string {
  const members = (values: Record<string, unknown>, show: (value: unknown) => string, indent: string) =>
    Object.keys(values)
      .sort()
      .map((key) => `${indent}${JSON.stringify(key)}: ${show(values[key])}`)
      .join(',\n');
  const counts = Object.entries(samples)
    .map(([kind, events]) => `    "${kind}": {\n${members(events, String, '      ')}\n    }`)
    .join(',\n');
  const showSpoken = (value: unknown) => {
    const { ordinary, attacks } = value as Record<SampleKind, number>;
    return `{ "ordinary": ${ordinary}, "attacks": ${attacks} }`;
  };
  return `{\n  "samples": {\n${counts}\n  },\n  "rules": {\n${members(rules, showSpoken, '    ')}\n  }\n}\n`;
}

if (!existsSync(DATA)) process.stderr.write(`skipped: there is no sample data at ${DATA}\n`);
else {
  const problems: Problem[] = [];
  const request = buildRequest(['.'], { config: false, builtinRules: true, zone: 'UTC' }, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const folder = mkdtempSync(join(tmpdir(), 'rule-rates-'));
  try {
    writeFileSync(OUTPUT, toText(await measure(request, prepare(folder))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
