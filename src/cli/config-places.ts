/** Where a mistake of the configuration is told: at the line where it is mended. */
import fs from 'node:fs';
import { quote } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';
import type { Config } from './config.ts';
import type { YamlPath } from './yaml-file.ts';

/** Says what is wrong with a value: at its line of the configuration, or with the flag that gave it. */
export type Tell = (message: string) => void;

export function tellerOf(
  config: Config,
  path: YamlPath,
  flag: string | undefined,
  problems: Problem[],
): Tell {
  const place = flag === undefined ? config.placeOf(path) : { file: flag, line: 0, column: 0 };
  return (message) => void problems.push({ ...place, message });
}

const KEYS_OF_FILES = [
  'logs',
  'sources',
  'schema',
  'chains',
  'publicKeys',
  'rules',
  'packs',
  'licenses',
  'waivers',
  'baseline',
] as const;

/** A file that is not there is told where it is named: `rules/: there is …` becomes `audit-check.yaml:4:1: "rules/": there is …`. */
export function placeInConfig(config: Config, problems: Problem[]): void {
  if (problems.every(({ line }) => line > 0)) return;
  const paths = new Map(KEYS_OF_FILES.flatMap((key) => pathsOf(config, key)));
  for (const [index, { file, line, message }] of problems.entries()) {
    const path = line > 0 ? undefined : paths.get(file);
    if (path !== undefined && !fs.existsSync(file))
      problems[index] = { ...config.placeOf(path), message: `${quote(file)}: ${message}` };
  }
}

/** A key that holds one text has the place of the key: it has no items. */
function pathsOf(config: Config, key: (typeof KEYS_OF_FILES)[number]): [file: string, path: YamlPath][] {
  return [config[key] ?? []].flat().map((file, index) => [file, [key, index]]);
}
