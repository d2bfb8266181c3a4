/** What an auditor edits: the shipped folder `rules/`, found by listing it, and the user's own files of the same kinds. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareText } from '../base/text-safety.ts';
import { compileProfile } from '../chain/compile-profile.ts';
import type { ChainProfile } from '../chain/profile.ts';
import { linkRules } from '../match/link-rules.ts';
import { parseRuleFile, type RuleDocument } from '../match/parse-rules.ts';
import type { Problem } from '../model/problem.ts';
import type { EventSchema } from '../model/request.ts';
import type { RuleSet } from '../model/rule.ts';
import { compileMapping } from '../sources/compile-mapping.ts';
import type { Mapping } from '../sources/mapping.ts';
import { readText, readYamlFile, reporterFor } from './yaml-file.ts';

/** The same place from `src/cli` and from `dist/cli`. */
export const LIBRARY = fileURLToPath(new URL('../../rules/', import.meta.url));

const YAML_NAME = /\.ya?ml$/i;

/** The files of a folder and its subfolders that match `name`, sorted; the file itself where `place` is one. */
export function listFiles(place: string, name: RegExp, problems: Problem[]): string[] {
  let stats: fs.Stats;
  try {
    stats = fs.statSync(place);
  } catch {
    problems.push({ file: place, line: 0, column: 0, message: 'there is no such file or folder' });
    return [];
  }
  if (!stats.isDirectory()) return [place];
  const entries = fs.readdirSync(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort(compareText);
}

function nameOf(file: string): string {
  return path.basename(file).replace(/\.[^.]+$/, '');
}

/** Mappings by name: ours, then the user's, which may replace ours. */
export function loadSources(own: readonly string[], problems: Problem[]): Record<string, Mapping> {
  const mappings: Record<string, Mapping> = {};
  for (const place of [path.join(LIBRARY, 'sources'), ...own]) {
    for (const file of listFiles(place, YAML_NAME, problems)) {
      const yaml = readYamlFile(file, problems);
      if (yaml === undefined) continue;
      const mapping = compileMapping(nameOf(file), yaml.value, reporterFor(yaml, problems));
      if (mapping !== undefined) mappings[mapping.name] = mapping;
    }
  }
  return mappings;
}

/** Chain profiles by name: ours, then the user's. */
export function loadChains(own: readonly string[], problems: Problem[]): Record<string, ChainProfile> {
  const profiles: Record<string, ChainProfile> = {};
  for (const place of [path.join(LIBRARY, 'chains'), ...own]) {
    for (const file of listFiles(place, YAML_NAME, problems)) {
      const yaml = readYamlFile(file, problems);
      if (yaml === undefined) continue;
      const profile = compileProfile(nameOf(file), yaml.value, reporterFor(yaml, problems));
      if (profile !== undefined) profiles[profile.name] = profile;
    }
  }
  return profiles;
}

/** All rules of some places, linked. `builtin`: ours among them. */
export function loadRules(own: readonly string[], builtin: boolean, problems: Problem[]): RuleSet {
  const documents: RuleDocument[] = [];
  const shipped = builtin ? [path.join(LIBRARY, 'policies')] : [];
  for (const [index, place] of [...shipped, ...own].entries()) {
    const files = listFiles(place, YAML_NAME, problems);
    if (files.length === 0 && fs.existsSync(place)) {
      problems.push({ file: place, line: 0, column: 0, message: 'holds no rule file (*.yaml, *.yml)' });
    }
    for (const file of files) {
      const text = readText(file, problems);
      if (text === undefined) continue;
      // Shipped rules are named from the package's folder, so that a report reads the same on every machine.
      const shown =
        index < shipped.length ? `rules/${path.relative(LIBRARY, file).split(path.sep).join('/')}` : file;
      const parsed = parseRuleFile(shown, text);
      problems.push(...parsed.problems);
      documents.push(...parsed.documents);
    }
  }
  const linked = linkRules(documents);
  problems.push(...linked.problems);
  return linked.ruleSet;
}

/** A shipped schema by its name, or the user's by its path. */
export function loadSchema(
  nameOrFile: string,
  problems: Problem[],
): { schema: EventSchema; isShipped: boolean } | undefined {
  const shipped = path.join(LIBRARY, 'schemas', `${nameOrFile}.json`);
  const isShipped = /^audit-[a-z-]+$/.test(nameOrFile) && fs.existsSync(shipped);
  const file = isShipped ? shipped : nameOrFile;
  const yaml = readYamlFile(file, problems);
  if (yaml === undefined) return undefined;
  const schema = yaml.value;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    problems.push({ file, line: 1, column: 1, message: 'expected a JSON Schema, an object' });
    return undefined;
  }
  const { 'x-applies-to': appliesTo = 'raw', ...rest } = schema as Record<string, unknown>;
  if (isShipped) return { schema: { name: nameOrFile, appliesTo: 'audit', schema: rest }, isShipped };
  if (appliesTo !== 'audit' && appliesTo !== 'raw') {
    reporterFor(yaml, problems)(
      ['x-applies-to'],
      `expected "audit" or "raw", found ${JSON.stringify(appliesTo)}`,
    );
    return undefined;
  }
  return { schema: { name: nameOf(file), appliesTo, schema: rest }, isShipped };
}
