/** What the tools of `audit-check chain` have in common: profiles, keys and sources, from arguments and configuration. */
import { didYouMean } from '../base/nearest-name.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { isChainProfile } from '../chain/compile-profile.ts';
import type { ChainProfile } from '../chain/profile.ts';
import type { Problem } from '../model/problem.ts';
import type { Mapping } from '../sources/mapping.ts';
import { checkSource, problem } from './chain-records.ts';
import { loadKeys } from './keys.ts';
import { loadChains, loadSources } from './library.ts';
import { readScope } from './request.ts';

export type ChainOptions = {
  config?: string | false;
  source?: string;
  keyFile?: string;
  keyEnv?: string;
};

export type ChainTools = {
  profiles: Record<string, ChainProfile>;
  keys: Record<string, Uint8Array>;
  mappings: Record<string, Mapping>;
};

/** The reference name of a key given by `--key-file` or `--key-env`: that of the shipped keyed profiles. */
const KEY_NAME = 'chain';

export function loadChainTools(options: ChainOptions, problems: Problem[]): ChainTools {
  const { config: file, keyFile, keyEnv, source } = options;
  const { config } = readScope(
    [],
    { builtinRules: true, ...(file !== undefined && { config: file }) },
    problems,
  );
  const given = {
    ...(keyFile !== undefined && { file: keyFile }),
    ...(keyEnv !== undefined && { env: keyEnv }),
  };
  if (keyFile !== undefined && keyEnv !== undefined)
    problems.push(problem('arguments', 'expected one of --key-file and --key-env, found both'));
  if (keyEnv !== undefined && process.env[keyEnv] === undefined)
    problems.push(problem('arguments', `--key-env: the environment has no variable ${quote(keyEnv)}`));
  const references =
    Object.keys(given).length > 0 ? { ...config.keys, [KEY_NAME]: { ...given, line: 0 } } : config.keys;
  const mappings = loadSources(config.sources, problems);
  checkSource(source, mappings, problems);
  const profiles: Record<string, ChainProfile> = {};
  // Protocols (did:plc, DEP) have no pre-image to explain, judge or infer: their code is their rule.
  for (const [name, profile] of Object.entries(loadChains(config.chains, problems)))
    if (isChainProfile(profile)) profiles[name] = profile;
  return {
    profiles,
    keys: loadKeys({ ...config, keys: references }, [], problems).keys,
    mappings,
  };
}

/** A profile by its name; undefined, and a problem, where there is none. */
export function profileNamed(
  name: string,
  profiles: Record<string, ChainProfile>,
  problems: Problem[],
): ChainProfile | undefined {
  if (Object.hasOwn(profiles, name)) return profiles[name];
  const known = Object.keys(profiles).sort(compareText);
  problems.push(
    problem(
      'arguments',
      `there is no chain profile ${quote(name)}${didYouMean(name, known)}, known are ${known.join(', ')}`,
    ),
  );
  return undefined;
}
