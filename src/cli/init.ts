/** `audit-check init`: looks at a log folder and writes a commented `audit-check.yaml` for it. */
import fs from 'node:fs';
import path from 'node:path';
import { compareText, count } from '../base/text-safety.ts';
import { type Inspection, inspectFile } from '../engine/inspect.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { discover } from '../read/discover.ts';
import { CONFIG_NAMES } from './config.ts';
import { DEFAULT_FAIL_ON } from './fail-on.ts';
import { loadSources } from './library.ts';
import { missingInput } from './missing-input.ts';
import { DEFAULT_SCHEMA } from './request.ts';
import { SourceSuggestions } from './suggest-source.ts';
import { writeFileWhole } from './write-output.ts';
import { exampleOf, isZoneless, zoneInHead } from './zone-advice.ts';

/** Files looked into; of a larger folder the rest is taken to be alike, and the file says so. */
const MAX_INSPECTED = 200;

/** Writes the file into the working directory and returns what to tell the user. */
export async function init(folders: string[], force: boolean): Promise<string> {
  const problems: Problem[] = [];
  const target = CONFIG_NAMES[0]!;
  const existing = CONFIG_NAMES.find((name) => fs.existsSync(name));
  if (existing !== undefined && !force) {
    problems.push({ file: existing, line: 0, column: 0, message: 'exists already; --force replaces it' });
  }
  const { files, missing } = await discover(folders, []);
  for (const name of missing) problems.push(missingInput(name));
  // Mappings that an earlier run began, and somebody may have corrected since, stay as they are.
  const own = fs.existsSync(OWN_SOURCES) ? [OWN_SOURCES] : [];
  const mappings = Object.values(loadSources(own, problems));
  if (problems.length > 0) throw new ProblemsError(problems);
  const readable = files.filter(({ skip }) => skip === undefined);
  const sources = new Map<string, number>();
  let [chained, signed] = [false, false];
  let zoneless: Zoneless | undefined;
  const suggestions = new SourceSuggestions(mappings);
  for (const { file } of readable.slice(0, MAX_INSPECTED)) {
    const inspection = await inspectFile(file, mappings, DEFAULT_LIMITS);
    const source = sourceOf(file, inspection, suggestions);
    sources.set(source, (sources.get(source) ?? 0) + 1);
    const seal = inspection?.seal;
    signed ||= seal?.name === 'cloudtrail-digests';
    chained ||= inspection !== undefined && seal === undefined && looksChained(inspection);
    if (inspection !== undefined && isZoneless(inspection))
      zoneless ??= { file, abbreviation: await zoneInHead(file) };
  }
  const suggested = [...suggestions.texts].map(([name, text]) => ({
    place: `${OWN_SOURCES}${name}.yaml`,
    text,
  }));
  if (suggested.length > 0) fs.mkdirSync(OWN_SOURCES, { recursive: true });
  for (const { place, text } of suggested) writeFileWhole(place, text);
  const hasOwn = suggested.length > 0 || own.length > 0;
  writeFileWhole(
    target,
    configText({ folders, sources, files: readable.length, chained, signed, hasOwn, zoneless }),
  );
  const found = [...sources]
    .map(([source, amount]) => `${source} (${count(amount, 'file')})`)
    .sort(compareText);
  const wrote = `wrote ${target}: ${count(readable.length, 'log file')}${found.length > 0 ? `, ${found.join(', ')}` : ''}`;
  const guessed = suggested.map(
    ({ place }) => `wrote ${place}: a guess at what the members of its records mean`,
  );
  const next =
    suggested.length === 0
      ? 'next: audit-check verify'
      : 'next: read the guesses and correct them, take "suggested" out, then audit-check verify';
  return `${[wrote, ...guessed, next].join('\n')}\n`;
}

/** Where `init` begins mappings for logs that none fits: a folder that nobody else would call so. */
const OWN_SOURCES = 'audit-check.sources/';

function sourceOf(file: string, inspection: Inspection | undefined, suggestions: SourceSuggestions): string {
  if (inspection === undefined) return 'no JSON records';
  if (inspection.seal !== undefined) return `seals (${inspection.seal.name})`;
  return inspection.detection.source ?? suggestions.add(file, inspection) ?? 'not recognized';
}

/** A member whose name ends in hash, beside one that names the previous: worth a hint, the check itself looks closer. */
function looksChained({ records }: Inspection): boolean {
  const names = records
    .slice(0, 3)
    .flatMap((record) =>
      record !== null && typeof record === 'object' && 'members' in record
        ? record.members.map(({ key }) => key)
        : [],
    );
  return names.some((name) => /prev/i.test(name)) && names.some((name) => /hash|digest|mac/i.test(name));
}

/** The first log of a license server whose times state no zone, and how it abbreviates its own. */
type Zoneless = { file: string; abbreviation: string | undefined };

function zoneLines(zoneless: Zoneless | undefined): string[] {
  if (zoneless === undefined) return [];
  const { file, abbreviation } = zoneless;
  const hint = abbreviation === undefined ? '' : ` The log calls it ${JSON.stringify(abbreviation)}.`;
  return [
    '',
    '# The zone of the license server: its log states none, and without it no rule or license places its times.',
    `# To be stated by somebody who knows it (docs/text-logs.md); seen in ${JSON.stringify(file)}.${hint}`,
    `# zone: ${exampleOf(abbreviation) ?? 'Europe/Berlin'}`,
  ];
}

const KEY_LINES = [
  '',
  "# The digests of CloudTrail that lie among the logs are verified with AWS's public keys, which are to come from elsewhere:",
  '#   aws cloudtrail list-public-keys --start-time DAY --end-time DAY > keys.json    (docs/cloudtrail-digests.md)',
  '# publicKeys: [keys.json]',
];

function configText({
  folders,
  sources,
  files,
  chained,
  signed,
  hasOwn,
  zoneless,
}: {
  folders: readonly string[];
  sources: ReadonlyMap<string, number>;
  files: number;
  chained: boolean;
  /** Whether digests of CloudTrail lie among the logs. */
  signed: boolean;
  /** Whether mappings stand in a folder here. */
  hasOwn: boolean;
  zoneless: Zoneless | undefined;
}): string {
  const seen = [...sources]
    .sort(([a], [b]) => compareText(a, b))
    .map(([source, amount]) => `#   ${source}: ${count(amount, 'file')}`);
  const partly =
    files > MAX_INSPECTED ? [`# Only the first ${MAX_INSPECTED} of ${files} files were looked into.`] : [];
  const logs = folders.map((folder) => JSON.stringify(folder.split(path.sep).join('/'))).join(', ');
  const lines = [
    '# What audit-check verifies here; run it with: audit-check verify',
    '# Every key may be left out. All keys: rules/schemas/config.schema.json of the package.',
    '',
    '# Files, folders and globs. Found when this file was written:',
    ...seen,
    ...partly,
    `logs: [${logs}]`,
    '# exclude: ["**/debug/**"]',
    ...zoneLines(zoneless),
    '',
    '# Mappings of your own: which member of a record is the time, the actor, the action, … (docs/adding.md).',
    `${hasOwn ? '' : '# '}sources: ["${OWN_SOURCES}"]`,
    '',
    '# What every event must carry: audit-minimum (time, actor, action, outcome), audit-full (and ip, endpoint, decision, target),',
    '# or a JSON Schema file of your own.',
    `schema: ${DEFAULT_SCHEMA}`,
    '',
    chained
      ? '# The records look hash-chained; the profile is detected. To insist on one:'
      : '# Hash chains are detected. To insist on a profile (audit-check list chains):',
    '# chain: jcs',
    ...(signed ? KEY_LINES : []),
    '',
    '# Where the keys of HMAC chains lie; never the keys themselves.',
    '# keys: {chain: {env: AUDIT_CHAIN_KEY}}',
    '',
    '# Rules of your own, Sigma or ours, beside the ones that come with audit-check.',
    '# rules: [rules/]',
    '',
    '# Frameworks whose controls the logs are held to (audit-check list packs), and how long your logs are kept.',
    '# packs: [soc2]',
    '# keep: {minimum: 12 months}',
    '',
    '# The license contract that use is measured against.',
    '# licenses: licenses.yaml',
    '',
    '# Findings that are known; what is accepted for a time stands in audit-check.waivers.yaml (docs/waivers.md).',
    '# baseline: baseline.json',
    '',
    '# What makes "audit-check verify" exit 1: the least severity, new, new:SEVERITY, control:ID, notice:CODE, or a list of them.',
    `failOn: ${DEFAULT_FAIL_ON}`,
  ];
  return `${lines.join('\n')}\n`;
}
