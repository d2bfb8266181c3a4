/**
 * `npm run bench [-- SECTION… --all --runs 5 --json FILE]`: ours and its peers on one machine, in one run, in turn.
 * Prints medians, ratios, and what was wanted beside what was measured; it is no timed test and asserts nothing.
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { describeMachine } from './measure.ts';
import { CACHE } from './places.ts';
import { toTable } from './print.ts';
import type { SectionResult, Settings } from './section.ts';
import { BY_DEFAULT, SECTIONS } from './sections/index.ts';

/** Load per core before the first run; from here on, other programs take part of the time. */
const BUSY = 0.25;

const OPTIONS = {
  all: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  runs: { type: 'string', default: '5' },
  events: { type: 'string', default: '1000000' },
  growth: { type: 'string', default: '100000,1000000,10000000' },
  'workers-events': { type: 'string', default: '10000000' },
  'cloudtrail-events': { type: 'string', default: '1000000' },
  'windows-events': { type: 'string', default: '300000' },
  'm365-events': { type: 'string', default: '300000' },
  'rules-events': { type: 'string', default: '1000000' },
  'gzip-files': { type: 'string', default: '4000' },
  'incremental-events': { type: 'string', default: '4000000' },
  'licenses-events': { type: 'string', default: '10000000' },
} as const;

const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
if (values.help) {
  console.log(`npm run bench -- [SECTION…] [options]\n\nSections (by default ${BY_DEFAULT.join(' and ')}):`);
  for (const { name, about } of SECTIONS) console.log(`  ${name.padEnd(12)} ${about}`);
  console.log('\nOptions:\n  --all        every section\n  --json FILE  the numbers as JSON, too');
  for (const [name, option] of Object.entries(OPTIONS)) {
    if (option.type === 'string' && 'default' in option) console.log(`  --${name} ${option.default}`);
  }
  process.exit(0);
}

const names = values.all
  ? SECTIONS.map(({ name }) => name)
  : positionals.length > 0
    ? positionals
    : BY_DEFAULT;
const unknown = names.filter((name) => !SECTIONS.some((section) => section.name === name));
if (unknown.length > 0) {
  console.error(`no section is called ${unknown.join(', ')}; --help lists them`);
  process.exit(2);
}
const settings: Settings = {
  runs: toCount('runs'),
  events: toCount('events'),
  growthEvents: values.growth.split(',').map((text) => asCount('growth', text)),
  workersEvents: toCount('workers-events'),
  cloudtrailEvents: toCount('cloudtrail-events'),
  windowsEvents: toCount('windows-events'),
  m365Events: toCount('m365-events'),
  rulesEvents: toCount('rules-events'),
  gzipFiles: toCount('gzip-files'),
  incrementalEvents: toCount('incremental-events'),
  licensesEvents: toCount('licenses-events'),
};

fs.mkdirSync(CACHE, { recursive: true });
const machine = describeMachine();
const load = os.loadavg()[0]!;
console.log(machine);
console.log(`Medians of ${settings.runs} runs, in turn; load ${load.toFixed(1)} before the first\n`);
if (load > BUSY * os.cpus().length)
  console.log('The machine was doing other work: compare "CPU s"; seconds, rates and ratios tell little\n');
const sections: ({ name: string } & SectionResult)[] = [];
for (const section of SECTIONS) {
  if (!names.includes(section.name)) continue;
  process.stderr.write(`section ${section.name}\n`);
  const result = await section.run(settings);
  sections.push({ name: section.name, ...result });
  console.log(toTable(result));
  // Written after each section: an hour of numbers must not hang on the last one.
  if (values.json !== undefined)
    fs.writeFileSync(values.json, `${JSON.stringify({ machine, load, settings, sections }, undefined, 2)}\n`);
}

type CountOption = Exclude<keyof typeof OPTIONS, 'all' | 'json' | 'help'>;

function toCount(name: CountOption): number {
  return asCount(name, values[name]);
}

function asCount(name: CountOption, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  console.error(`--${name} "${text}": expected a whole number above 0`);
  process.exit(2);
}
