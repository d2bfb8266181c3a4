/** `audit-check.yaml`: found upward from the working directory, checked whole, its mistakes listed all at once. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { didYouMean } from '../base/nearest-name.ts';
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';
import type { Limits } from '../model/request.ts';
import { conditionMistake } from './fail-on.ts';
import { LIBRARY } from './library.ts';
import { positionAt, type ReportAt, readYamlFile, reporterFor } from './yaml-file.ts';

const require = createRequire(import.meta.url);

export const CONFIG_NAMES = ['audit-check.yaml', 'audit-check.yml'];

/** Where a key lies; `value` is the key itself, which is taken and told as a finding. `line`: of the entry in the config. */
export type ConfiguredKey = { env?: string; file?: string; value?: string; line: number };

/** The file's content in its own words; paths already resolved against its folder. */
export type Config = {
  file?: string;
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
  /** Conditions, as `--fail-on` takes them. */
  failOn: string[];
  since?: string;
  until?: string;
  limits: Partial<Limits>;
};

const EMPTY: Config = {
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
  if (yaml === undefined) return EMPTY;
  const report = reporterFor(yaml, problems);
  reportConditions(yaml.value, report);
  const validate = configValidator();
  if (!validate(yaml.value)) {
    for (const error of leaves(validate.errors ?? [])) report(...toProblem(error));
    return EMPTY;
  }
  const lineOf = (name: string) => positionAt(yaml.root, ['keys', name]).line;
  return resolvePaths(yaml.value as RawConfig, shown, lineOf);
}

/** Which conditions there are is no matter of shape. */
function reportConditions(value: unknown, report: ReportAt): void {
  const failOn = isPlainObject(value) ? value.failOn : undefined;
  for (const condition of [failOn].flat()) {
    const mistake = typeof condition === 'string' ? conditionMistake(condition) : undefined;
    if (mistake !== undefined) report(['failOn'], mistake);
  }
}

type RawConfig = Partial<Omit<Config, 'allowActors' | 'file' | 'keys' | 'values'>> & {
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

function resolvePaths(raw: RawConfig, file: string, lineOf: (key: string) => number): Config {
  const folder = path.dirname(file);
  const near = (place: string) => (path.isAbsolute(place) ? place : path.join(folder, place));
  const list = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat());
  const { actors, licenses, waivers, baseline, keys = {}, ...rest } = raw;
  return {
    ...EMPTY,
    ...rest,
    file,
    logs: list(raw.logs).map(near),
    exclude: list(raw.exclude),
    sources: list(raw.sources).map(near),
    schema: list(raw.schema).map((name) => (isWord(name) ? name : near(name))),
    allowActors: list(actors?.allow),
    chains: list(raw.chains).map(near),
    publicKeys: list(raw.publicKeys).map(near),
    rules: list(raw.rules).map(near),
    failOn: list(raw.failOn),
    keys: Object.fromEntries(
      Object.entries(keys).map(([name, key]) => [
        name,
        { ...key, ...(key.file !== undefined && { file: near(key.file) }), line: lineOf(name) },
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

/** Of a failed choice between forms only the innermost errors say something. */
function leaves(errors: readonly ErrorObject[]): ErrorObject[] {
  return errors.filter(
    ({ keyword, schemaPath }) => keyword !== 'oneOf' && !/oneOf\/0\/type$/.test(schemaPath),
  );
}

const TYPE_WORDS: Record<string, string> = {
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'text',
  object: 'a map',
};

function toProblem(error: ErrorObject): [path: (string | number)[], message: string] {
  const at = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
      return [
        [...at, key],
        `unknown key ${quote(key)}${didYouMean(key, known)}, known are ${known.join(', ')}`,
      ];
    }
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      return [
        at,
        `expected one of ${allowed.join(', ')}, found ${describeValue(error.data)}${didYouMean(String(error.data), allowed)}`,
      ];
    }
    case 'type':
      return [
        at,
        `expected ${error.schemaPath.includes('oneOf') ? 'text or a list of texts' : (TYPE_WORDS[String(params.type)] ?? String(params.type))}, found ${describeValue(error.data)}`,
      ];
    default:
      return [at, `${error.message ?? 'is not valid'}, found ${describeValue(error.data)}`];
  }
}
