/** `audit-check.yaml`: found upward from the working directory, checked whole, its mistakes listed all at once. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import type { Problem } from '../model/problem.ts';
import type { Limits } from '../model/request.ts';
import { reportConditions, reportShape } from './config-mistakes.ts';
import { LIBRARY } from './library.ts';
import { isPackName } from './packs.ts';
import { positionAt, readYamlFile, reporterFor, type YamlFile, type YamlPath } from './yaml-file.ts';

const require = createRequire(import.meta.url);

export const CONFIG_NAMES = ['audit-check.yaml', 'audit-check.yml'];

/** Where a key lies; `value` is the key itself, which is taken and told as a finding. `line`: of the entry in the config. */
export type ConfiguredKey = { env?: string; file?: string; value?: string; line: number };

/** The file's content in its own words; paths already resolved against its folder. */
export type Config = {
  /** Of one that cannot be read too, and of one that is wrong in part: what is right in it is here. */
  file?: string;
  /** The place of a key or an item, for what is wrong with it. */
  placeOf: (path: YamlPath) => Omit<Problem, 'message'>;
  /** Whether it may say something under the key that is not understood, which was told. */
  hides: (key: string) => boolean;
  logs: string[];
  exclude: string[];
  source?: string;
  zone?: string;
  sources: string[];
  schema: string[];
  allowActors: string[];
  chain?: string;
  chains: string[];
  keys: Record<string, ConfiguredKey>;
  publicKeys: string[];
  /** Every scalar of the file but the keys themselves: a key that is one of them is no secret. */
  values: string[];
  rules: string[];
  builtinRules: boolean;
  licenses?: string;
  /** The waivers file. */
  waivers?: string;
  /** Findings that are known. */
  baseline?: string;
  checks: Record<string, 'on' | 'off'>;
  /** Shipped packs by name, own ones by path. */
  packs: string[];
  /** How long logs are kept: ages as written. */
  keep: { minimum?: string; maximum?: string };
  /** Conditions, as `--fail-on` takes them. */
  failOn: string[];
  since?: string;
  until?: string;
  limits: Partial<Limits>;
};

const EMPTY: Config = {
  placeOf: () => ({ file: 'arguments', line: 0, column: 0 }),
  hides: () => false,
  logs: [],
  exclude: [],
  sources: [],
  schema: [],
  allowActors: [],
  chains: [],
  keys: {},
  publicKeys: [],
  values: [],
  rules: [],
  builtinRules: true,
  checks: {},
  failOn: [],
  packs: [],
  keep: {},
  limits: {},
};

/** The nearest config file from `folder` upward. */
export function findConfig(folder: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = CONFIG_NAMES.map((name) => path.join(at, name)).find((file) => fs.existsSync(file));
    if (found !== undefined) return found;
    if (path.dirname(at) === at) return undefined;
  }
}

export function loadConfig(file: string | undefined, problems: Problem[]): Config {
  if (file === undefined) return EMPTY;
  const shown = path.relative(process.cwd(), file) || file;
  const yaml = readYamlFile(shown, problems);
  if (yaml === undefined) return unreadable(shown);
  const report = reporterFor(yaml, problems);
  if (!isPlainObject(yaml.value)) {
    report([], `expected a map of keys, found ${describeValue(yaml.value)}`);
    return unreadable(shown);
  }
  const said = Object.keys(yaml.value);
  reportConditions(yaml.value, report);
  const validate = configValidator();
  if (!validate(yaml.value)) reportShape(yaml.value, validate.errors ?? [], report);
  const left = Object.keys(yaml.value);
  const hides = (key: string) => said.includes(key) && !left.includes(key);
  return { ...resolvePaths(yaml.value as RawConfig, shown, yaml), hides };
}

function unreadable(file: string): Config {
  return { ...EMPTY, file, placeOf: () => ({ file, line: 0, column: 0 }), hides: () => true };
}

type RawConfig = Partial<Omit<Config, 'allowActors' | 'file' | 'hides' | 'keys' | 'placeOf' | 'values'>> & {
  actors?: { allow?: string | string[] };
  keys?: Record<string, Omit<ConfiguredKey, 'line'>>;
};

/** Texts and numbers anywhere below a value of the config. */
function scalarsOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => [key, ...scalarsOf(below)]);
}

/** Whether two names mean the same schema entry: shipped schemas are words, not paths. */
function isWord(name: string): boolean {
  return /^audit-[a-z]+$/.test(name);
}

function resolvePaths(raw: RawConfig, file: string, yaml: YamlFile): Config {
  const placeOf = (at: YamlPath) => ({ file, ...positionAt(yaml.root, at) });
  const folder = path.dirname(file);
  const near = (place: string) => (path.isAbsolute(place) ? place : path.join(folder, place));
  const list = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat());
  const { actors, licenses, waivers, baseline, keys = {}, ...rest } = raw;
  return {
    ...EMPTY,
    ...rest,
    file,
    placeOf,
    logs: list(raw.logs).map(near),
    exclude: list(raw.exclude),
    sources: list(raw.sources).map(near),
    schema: list(raw.schema).map((name) => (isWord(name) ? name : near(name))),
    allowActors: list(actors?.allow),
    chains: list(raw.chains).map(near),
    publicKeys: list(raw.publicKeys).map(near),
    rules: list(raw.rules).map(near),
    failOn: list(raw.failOn),
    packs: list(raw.packs).map((name) => (isPackName(name) ? name : near(name))),
    keys: Object.fromEntries(
      Object.entries(keys).map(([name, key]) => [
        name,
        {
          ...key,
          ...(key.file !== undefined && { file: near(key.file) }),
          line: placeOf(['keys', name]).line,
        },
      ]),
    ),
    values: scalarsOf({
      ...raw,
      keys: Object.entries(keys).map(([name, { value: _, ...key }]) => [name, key]),
    }),
    ...(licenses !== undefined && { licenses: near(licenses) }),
    ...(waivers !== undefined && { waivers: near(waivers) }),
    ...(baseline !== undefined && { baseline: near(baseline) }),
  };
}

/** Compiled once a process: it takes 90 ms (measured). */
let validator: ReturnType<typeof compileValidator> | undefined;

function configValidator() {
  validator ??= compileValidator();
  return validator;
}

function compileValidator() {
  // Loaded at first use: it takes 35 ms (measured), and not every run has a config file.
  const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: typeof import('ajv/dist/2020.js').Ajv2020 };
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true });
  return ajv.compile(
    JSON.parse(fs.readFileSync(path.join(LIBRARY, 'schemas', 'config.schema.json'), 'utf8')) as object,
  );
}
