/** The files of its own that a run was told by: what they are for, and who named them. What is shipped goes with the version. */
import { compareText } from '../base/text-safety.ts';
import type { Report, ToldRole } from '../model/report.ts';
import type { Config } from './config.ts';
import type { ReportOptions } from './evidence-options.ts';
import { listOwnSources } from './library.ts';
import { listFiles, YAML_NAME } from './list-files.ts';
import { isPackName } from './packs.ts';
import { isFile } from './places.ts';

export type OwnFile = {
  role: ToldRole;
  file: string;
  /** Whether the configuration names it, or is where it is looked for: else the command line does. */
  byConfig: boolean;
  /** Of a mapping: the name of its source. */
  source?: string;
  /** Whether a key stands in it. */
  holdsKey: boolean;
};

export function ownFiles(config: Config, given: ReportOptions, report: Report): OwnFile[] {
  const named = (role: ToldRole, files: readonly string[], byConfig: boolean): OwnFile[] =>
    files.map((file) => ({ role, file, byConfig, holdsKey: role === 'configuration' && holdsKey(config) }));
  const one = (role: ToldRole, file: string | undefined, byConfig: boolean) =>
    named(role, file === undefined ? [] : [file], byConfig);
  const packs = given.pack?.flatMap((names) => names.split(',')) ?? config.packs;
  // A shipped schema goes by a word, which names no file.
  const schemas = (given.schema ?? config.schema).filter(isFile);
  const sources = listOwnSources(config.sources).map(({ file, source }): OwnFile => {
    return { role: 'source', file, source, byConfig: true, holdsKey: false };
  });
  return [
    ...one('configuration', config.file, true),
    ...one('licenses', given.licenses ?? config.licenses, given.licenses === undefined),
    ...one('waivers', report.waivers?.file, given.waivers === undefined),
    ...one('baseline', report.baseline?.file, given.baseline === undefined),
    ...named(
      'pack',
      packs.filter((name) => !isPackName(name)),
      given.pack === undefined,
    ),
    ...named(
      'chain',
      config.chains.flatMap((place) => listFiles(place, YAML_NAME, [])),
      true,
    ),
    ...named('schema', schemas, given.schema === undefined),
    ...named('public keys', given.publicKeys ?? config.publicKeys, given.publicKeys === undefined),
    ...sources,
    ...ruleFiles(config, given),
  ];
}

/** Listed, and not taken from the rules of the report: shipped ones are called `rules/…` too, as a folder of the user may be. */
function ruleFiles(config: Config, { rules: places = [] }: ReportOptions): OwnFile[] {
  const listed = (folders: readonly string[], byConfig: boolean) =>
    folders
      .flatMap((folder) => listFiles(folder, YAML_NAME, []))
      .map((file): OwnFile => ({ role: 'rules', file, byConfig, holdsKey: false }));
  const files = [...listed(places, false), ...listed(config.rules, true)];
  const byName = new Map(files.map((each) => [each.file, each]));
  return [...byName.values()].sort((a, b) => compareText(a.file, b.file));
}

function holdsKey({ keys }: Config): boolean {
  return Object.values(keys).some(({ value }) => value !== undefined);
}
