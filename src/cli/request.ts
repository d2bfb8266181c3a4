/** From arguments and config to the request of a run; everything that is wrong with either is collected. */
import path from 'node:path';
import { formatInstant, type Instant, MOMENT_WORDS, parseMoment } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { isTimeZone } from '../base/time-zone.ts';
import { keyNamesOf } from '../chain/key-names.ts';
import { compileSchemas } from '../checks/event-schema.ts';
import { CHECKS } from '../checks/index.ts';
import type { GivenKeys } from '../cloudtrail/cloudtrail-digests.ts';
import { parsePublicKeys } from '../cloudtrail/public-keys.ts';
import type { Contract } from '../licenses/contract/contract.ts';
import { parseContract } from '../licenses/parse/parse-contract.ts';
import type { Problem } from '../model/problem.ts';
import { type AuditRequest, DEFAULT_LIMITS, type EventSchema } from '../model/request.ts';
import type { FailOn } from '../model/verdict.ts';
import type { PackOptions } from '../packs/judge-packs.ts';
import { AGE_WORDS, isEverLonger, parseAge } from '../retention/calendar-age.ts';
import { type Config, findConfig, loadConfig } from './config.ts';
import { placeInConfig, type Tell, tellerOf } from './config-places.ts';
import { conditionMistake, toFailOn } from './fail-on.ts';
import { loadKeys } from './keys.ts';
import { loadChains, loadRules, loadSchema, loadSources } from './library.ts';
import { readLicenseText } from './license-text.ts';
import { loadPacks } from './packs.ts';
import { TOOL } from './tool.ts';
import { readText, type YamlPath } from './yaml-file.ts';

/** The options of `verify`, as commander gives them. */
export type RequestOptions = {
  config?: string | false;
  rules?: string[];
  builtinRules: boolean;
  schema?: string[];
  chain?: string;
  publicKeys?: string[];
  pack?: string[];
  licenses?: string;
  source?: string;
  zone?: string;
  since?: string;
  until?: string;
  now?: string;
  failOn?: string[];
  exclude?: string[];
};

export const DEFAULT_SCHEMA = 'audit-minimum';

/** What is to be read: known before the rules are, which take longer. */
export type Scope = { config: Config; paths: string[]; exclude: string[] };

export function readScope(paths: string[], options: RequestOptions, problems: Problem[]): Scope {
  const config = chooseConfig(options, problems);
  return {
    config,
    paths: paths.length > 0 ? paths : config.logs,
    exclude: [...config.exclude, ...(options.exclude ?? [])],
  };
}

export function buildRequest(
  paths: string[],
  options: RequestOptions,
  problems: Problem[],
  scope = readScope(paths, options, problems),
): AuditRequest {
  const { config } = scope;
  if (scope.paths.length === 0 && !config.hides('logs')) {
    const file = config.file ?? 'arguments';
    const message = `nothing to audit: name log files or folders, or set "logs" in ${config.file ?? 'audit-check.yaml'}`;
    problems.push({ file, line: 0, column: 0, message });
  }
  return requestOver(scope, options, problems);
}

/** As `buildRequest`, but logs may be named later. */
export function requestOver(
  { config, paths: named, exclude }: Scope,
  options: RequestOptions,
  problems: Problem[],
): AuditRequest {
  const sources = loadSources(config.sources, problems);
  const chains = loadChains(config.chains, problems);
  const source = options.source ?? config.source;
  const chain = options.chain ?? config.chain;
  const teller = (path: YamlPath, flag?: string) => tellerOf(config, path, flag, problems);
  const tell = (key: 'source' | 'chain' | 'zone' | 'since' | 'until') =>
    teller([key], options[key] === undefined ? undefined : `--${key}`);
  checkName('source', source, Object.keys(sources), tell('source'));
  checkName('chain profile', chain, Object.keys(chains), tell('chain'));
  const zone = options.zone ?? config.zone;
  if (zone !== undefined && !isTimeZone(zone)) {
    const meant = didYouMean(zone, Intl.supportedValuesOf('timeZone'));
    tell('zone')(
      `unknown time zone ${quote(zone)}${meant}${meant === '' ? ',' : ''} expected a name like "Europe/Berlin" or "UTC"`,
    );
  }
  const failOn = readFailOn(options.failOn, config, problems);
  for (const name of Object.keys(config.checks))
    checkName(
      'check',
      name,
      CHECKS.map((check) => check.name),
      teller(['checks', name]),
    );
  const keyNames = [...new Set(Object.values(chains).flatMap(keyNamesOf))].sort(compareText);
  for (const name of Object.keys(config.keys))
    checkName('key of a chain', name, keyNames, teller(['keys', name]));
  const since = instantOf(options.since ?? config.since, tell('since'));
  const until = instantOf(options.until ?? config.until, tell('until'));
  const generated = generatedAt(options.now, teller([], '--now'));
  const keyFiles = options.publicKeys ?? config.publicKeys;
  const licensesFile = options.licenses ?? config.licenses;
  const licenses = licensesFile === undefined ? undefined : loadContract(licensesFile, problems);
  const ownRules = [...config.rules, ...(options.rules ?? [])];
  const isBuiltin = config.builtinRules && options.builtinRules;
  const rules = loadRules(ownRules, isBuiltin, problems);
  const asked = (options.pack ?? config.packs).flatMap((names) =>
    options.pack ? names.split(',') : [names],
  );
  const known = asked.length === 0 || isBuiltin ? rules : loadRules(ownRules, true, []);
  const tellPack = (name: string) =>
    teller(['packs', config.packs.indexOf(name)], options.pack === undefined ? undefined : '--pack');
  const { packs, classes } = loadPacks(asked, known.rules, rules.rules, problems, tellPack);
  const keep = readKeep(config, teller);
  const request = {
    tool: TOOL,
    paths: named,
    exclude,
    sources,
    ...(source !== undefined && { source }),
    schemas: loadSchemas(options.schema ?? config.schema, problems),
    allowActors: config.allowActors,
    chains,
    ...(chain !== undefined && { chain }),
    ...loadKeys(config, named, problems),
    ...(keyFiles.length > 0 && { publicKeys: loadPublicKeys(keyFiles, problems) }),
    rules: { ...rules, rules: [...rules.rules, ...classes] },
    ...(Object.keys(config.keep).length > 0 && { keep: config.keep }),
    ...(packs.length > 0 && { packs: { packs, keep } satisfies PackOptions }),
    ...(licenses !== undefined && { licenses }),
    ...(zone !== undefined && { zone }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    disabled: Object.keys(config.checks).filter((name) => config.checks[name] === 'off'),
    ...failOn,
    limits: { ...DEFAULT_LIMITS, ...config.limits },
    ...(generated !== undefined && { generated }),
  };
  placeInConfig(config, problems);
  return request;
}

/** What the configuration says wrongly was told as it was read, at its line. */
function readFailOn(given: readonly string[] | undefined, config: Config, problems: Problem[]): FailOn {
  for (const condition of given ?? []) {
    const message = conditionMistake(condition);
    if (message !== undefined) problems.push({ file: '--fail-on', line: 0, column: 0, message });
  }
  return toFailOn(given ?? config.failOn);
}

function chooseConfig(options: RequestOptions, problems: Problem[]): Config {
  if (options.config === false) return loadConfig(undefined, problems);
  return loadConfig(options.config ?? findConfig(process.cwd()), problems);
}

/** Tells of a name that none of the known ones is. */
export function checkName(
  kind: string,
  name: string | undefined,
  known: readonly string[],
  tell: Tell,
): void {
  if (name === undefined || known.includes(name)) return;
  tell(`unknown ${kind} ${quote(name)}${didYouMean(name, known)}, known are ${[...known].join(', ')}`);
}

function instantOf(text: string | undefined, tell: Tell): Instant | undefined {
  if (text === undefined) return undefined;
  const instant = parseMoment(text);
  if (instant === undefined) tell(`expected ${MOMENT_WORDS}, found ${quote(text)}`);
  return instant;
}

/** The only clock a report knows: `--now`, or SOURCE_DATE_EPOCH (reproducible-builds.org), in seconds. */
function generatedAt(now: string | undefined, tell: Tell): string | undefined {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  const text =
    now ??
    (epoch !== undefined && /^\d{1,11}$/.test(epoch)
      ? new Date(Number(epoch) * 1000).toISOString()
      : undefined);
  const instant = instantOf(text, tell);
  // A date, or a time with a space in it, is written as its instant: a report that says when it was made says RFC 3339.
  return instant === undefined || DATE_TIME.test(text!) ? text : formatInstant(instant);
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function readKeep({ keep }: Config, teller: (path: YamlPath) => Tell): PackOptions['keep'] {
  const read = (key: 'minimum' | 'maximum') => {
    const text = keep[key];
    const age = text === undefined ? undefined : parseAge(text);
    if (text !== undefined && age === undefined)
      teller(['keep', key])(`keep.${key}: expected ${AGE_WORDS}, found ${quote(text)}`);
    return age;
  };
  const [minimum, maximum] = [read('minimum'), read('maximum')];
  if (minimum !== undefined && maximum !== undefined && isEverLonger(minimum, maximum))
    teller(['keep', 'maximum'])(
      `keep.maximum: expected an age that is never before the minimum of ${quote(minimum.text)}, found ${quote(maximum.text)}`,
    );
  return { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}

function loadSchemas(names: readonly string[], problems: Problem[]): EventSchema[] {
  return (names.length > 0 ? names : [DEFAULT_SCHEMA]).flatMap((name) => {
    const schema = loadSchema(name, problems);
    if (schema === undefined) return [];
    // Ours are compiled by the tests; compiling takes a tenth of a small run (measured).
    if (schema.isShipped) return [schema.schema];
    try {
      compileSchemas([schema.schema]);
    } catch (error) {
      const message = `is no JSON Schema 2020-12 that can be used: ${error instanceof Error ? error.message : String(error)}`;
      problems.push({ file: name, line: 0, column: 0, message });
      return [];
    }
    return [schema.schema];
  });
}

function loadContract(file: string, problems: Problem[]): Contract | undefined {
  const text = readText(file, problems);
  if (text === undefined) return undefined;
  const parsed = parseContract(file, text, (named, zone) => {
    const near = path.isAbsolute(named) ? named : path.join(path.dirname(file), named);
    return readLicenseText(near, zone, problems);
  });
  problems.push(...parsed.problems);
  return parsed.contract;
}

/** What CloudTrail signs with; whether the files lie among the logs is known when those are. */
function loadPublicKeys(files: readonly string[], problems: Problem[]): GivenKeys {
  const keys = files.flatMap((file) => {
    const text = readText(file, problems);
    const wrong = (message: string) => void problems.push({ file, line: 0, column: 0, message });
    return text === undefined ? [] : parsePublicKeys(Buffer.from(text), wrong);
  });
  return { keys, files: [...files], beside: [] };
}
