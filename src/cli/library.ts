/** What an auditor edits: the shipped folder `rules/`, found by listing it, and the user's own files of the same kinds. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../base/package-file.ts';
import { quote } from '../base/text-safety.ts';
import { compileProfile } from '../chain/compile-profile.ts';
import { compileProtocol, namesProtocol } from '../chain/compile-protocol.ts';
import type { ChainProfile } from '../chain/profile.ts';
import type { ProtocolProfile } from '../chain/protocol.ts';
import { isReservedId } from '../engine/finding-kinds.ts';
import { linkRules } from '../match/link-rules.ts';
import { parseRuleFile, type RuleDocument } from '../match/parse-rules.ts';
import type { Problem } from '../model/problem.ts';
import type { EventSchema } from '../model/request.ts';
import type { Detection, Rule, RuleSet } from '../model/rule.ts';
import { compileMapping } from '../sources/compile-mapping.ts';
import type { Mapping } from '../sources/mapping.ts';
import { type CompiledFile, compiledFile } from './compiled-library.ts';
import { listFiles, YAML_NAME } from './list-files.ts';
import { readRoles } from './role-tables.ts';
import { parseYamlFile, readText, readYamlFile, reporterFor } from './yaml-file.ts';

export const LIBRARY = fileURLToPath(packageFile('rules/'));

function nameOf(file: string): string {
  return path.basename(file).replace(/\.[^.]+$/, '');
}

/** The folders of `rules/` whose files are parsed by `parseLibraryFile`. */
export const SHIPPED_FOLDERS = ['sources', 'chains', 'policies', 'classes'] as const;
type Folder = (typeof SHIPPED_FOLDERS)[number];

/** What a file of one kind holds, whoever wrote it; undefined (and problems) when it cannot be used. `shown`: its name in messages. */
function parseLibraryFile(
  folder: Folder,
  shown: string,
  text: string,
  problems: Problem[],
): CompiledFile | undefined {
  if (folder === 'policies' || folder === 'classes') {
    const parsed = parseRuleFile(shown, text, (table) => readRoles(shown, table, problems));
    problems.push(...parsed.problems);
    return { rules: parsed.documents };
  }
  const yaml = parseYamlFile(shown, text, problems);
  if (yaml === undefined) return undefined;
  const report = reporterFor(yaml, problems);
  if (folder === 'sources') {
    const mapping = compileMapping(nameOf(shown), yaml.value, report);
    return mapping && { mapping };
  }
  if (namesProtocol(yaml.value)) {
    const protocol = compileProtocol(nameOf(shown), yaml.value, report);
    return protocol && { protocol };
  }
  const profile = compileProfile(nameOf(shown), yaml.value, report);
  return profile && { profile };
}

/** A file below `rules/`, parsed anew. `path`: its name there, with slashes. */
export function parseShipped(
  folder: Folder,
  place: string,
  text: string,
  problems: Problem[],
): { path: string; file: CompiledFile | undefined } {
  const path = shippedPath(place);
  // Shipped rules are named from the package's folder, so that a report reads the same on every machine.
  const shown = folder === 'policies' || folder === 'classes' ? `rules/${path}` : place;
  return { path, file: parseLibraryFile(folder, shown, text, problems) };
}

/** Sound files of ours by place: a process that builds many requests (tests do) parses each once. */
const parsedFiles = new Map<string, { text: string; file: CompiledFile | undefined }>();

function parsedOnce(
  folder: Folder,
  place: string,
  text: string,
  problems: Problem[],
): CompiledFile | undefined {
  const known = parsedFiles.get(place);
  if (known?.text === text) return known.file;
  const before = problems.length;
  const { file } = parseShipped(folder, place, text, problems);
  if (problems.length === before) parsedFiles.set(place, { text, file });
  return file;
}

function shippedPath(place: string): string {
  return path.relative(LIBRARY, place).split(path.sep).join('/');
}

/** What the files of one kind hold: ours where `builtin`, then the user's, each place in the order of its names. */
function loadFiles(
  folder: Folder,
  own: readonly string[],
  builtin: boolean,
  problems: Problem[],
  onEmpty: (place: string) => void = () => {},
): CompiledFile[] {
  const files: CompiledFile[] = [];
  const add = (file: CompiledFile | undefined) => {
    if (file !== undefined) files.push(file);
  };
  const texts = function* (place: string): Iterable<[file: string, text: string]> {
    const found = listFiles(place, YAML_NAME, problems);
    if (found.length === 0) onEmpty(place);
    for (const file of found) {
      const text = readText(file, problems);
      if (text !== undefined) yield [file, text];
    }
  };
  if (builtin) {
    for (const [file, text] of texts(path.join(LIBRARY, folder)))
      add(compiledFile(shippedPath(file), text) ?? parsedOnce(folder, file, text, problems));
  }
  for (const place of own)
    for (const [file, text] of texts(place)) add(parseLibraryFile(folder, file, text, problems));
  return files;
}

/** Mappings by name: ours, then the user's, which may replace ours. */
export function loadSources(own: readonly string[], problems: Problem[]): Record<string, Mapping> {
  problems.push(...twiceNamed(listOwnSources(own)));
  const files = loadFiles('sources', own, true, problems);
  const mappings = files.flatMap((file) => ('mapping' in file ? [file.mapping] : []));
  return Object.fromEntries(mappings.map((mapping) => [mapping.name, mapping]));
}

/** One would replace the other, and which of them hung on the order of arguments. */
function twiceNamed(files: readonly { file: string; source: string }[]): Problem[] {
  const first = new Map<string, string>();
  return files.flatMap(({ file, source }) => {
    const known = first.get(source);
    if (known === undefined) first.set(source, file);
    if (known === undefined || path.resolve(known) === path.resolve(file)) return [];
    return [
      { file, line: 0, column: 0, message: `${known} maps the source "${source}" already: rename one` },
    ];
  });
}

/** The files of the user's own mappings, each with the name of the source that it maps. */
export function listOwnSources(own: readonly string[]): { file: string; source: string }[] {
  return own
    .flatMap((place) => listFiles(place, YAML_NAME, []))
    .map((file) => ({ file, source: nameOf(file) }));
}

/** A mapping that was carried along: its text is here, its file need not be. */
export function parseSource(source: string, text: string, problems: Problem[]): Mapping | undefined {
  const parsed = parseLibraryFile('sources', `${source}.yaml`, text, problems);
  return parsed !== undefined && 'mapping' in parsed ? parsed.mapping : undefined;
}

/** Chain profiles and protocols by name: ours, then the user's. */
export function loadChains(
  own: readonly string[],
  problems: Problem[],
): Record<string, ChainProfile | ProtocolProfile> {
  const files = loadFiles('chains', own, true, problems);
  const profiles = files.flatMap((file): (ChainProfile | ProtocolProfile)[] =>
    'profile' in file ? [file.profile] : 'protocol' in file ? [file.protocol] : [],
  );
  return Object.fromEntries(profiles.map((profile) => [profile.name, profile]));
}

/** The chain profile of one file. */
export function loadChainFile(file: string, problems: Problem[]): ChainProfile | undefined {
  const text = readText(file, problems);
  const parsed = text === undefined ? undefined : parseLibraryFile('chains', file, text, problems);
  return parsed !== undefined && 'profile' in parsed ? parsed.profile : undefined;
}

/** All rules of some places, linked. `builtin`: ours among them. */
export function loadRules(own: readonly string[], builtin: boolean, problems: Problem[]): RuleSet {
  const shipped = documentsOf(loadFiles('policies', [], builtin, problems));
  const others = documentsOf(
    loadFiles('policies', own, false, problems, (place) => {
      if (fs.existsSync(place))
        problems.push({ file: place, line: 0, column: 0, message: 'holds no rule file (*.yaml, *.yml)' });
    }),
  );
  const linked = linkRules([...shipped, ...others]);
  const { rules, errors } = linked.ruleSet;
  problems.push(...linked.problems, ...rules.flatMap(reservedId));
  if (others.length === 0) return linked.ruleSet;
  // By line too: shipped files are called `rules/…`, as a folder of the user may be.
  const ownPlaces = new Set(others.map(placeOf));
  const mark = <Item extends RulePlace>(item: Item) =>
    ownPlaces.has(placeOf(item)) ? { ...item, own: true as const } : item;
  return { rules: rules.map(mark), errors: errors.map(mark) };
}

type RulePlace = { file: string; line: number };

function placeOf({ file, line }: RulePlace): string {
  return `${file}:${line}`;
}

function documentsOf(files: readonly CompiledFile[]): RuleDocument[] {
  return files.flatMap((file) => ('rules' in file ? file.rules : []));
}

function reservedId({ id, file, line }: Rule): Problem[] {
  if (!isReservedId(id)) return [];
  const message = `a rule cannot have the id ${quote(id)}: findings that no rule made bear it; give the rule an "id" of its own`;
  return [{ file, line, column: 1, message }];
}

/** Classes of events, which are counted where a pack asks for them, and speak of nothing. */
export function loadClasses(problems: Problem[]): Detection[] {
  const linked = linkRules(documentsOf(loadFiles('classes', [], true, problems)));
  problems.push(...linked.problems);
  return linked.ruleSet.rules.flatMap((rule) =>
    rule.kind === 'detection' ? [{ ...rule, speaks: false, counted: true as const }] : [],
  );
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
