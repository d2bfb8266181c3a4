/** `audit-check sources suggest FILE`, and what `init` does with logs that no mapping fits: mappings to read, correct and confirm. */
import fs from 'node:fs';
import type { JsonValue } from '../base/json.ts';
import { quote } from '../base/text-safety.ts';
import { unwrap } from '../engine/file-head.ts';
import { type Inspection, inspectFile } from '../engine/inspect.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { detectSource, findWrapper } from '../sources/detect.ts';
import { type Mapping, UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { mappingText } from '../sources/suggest/mapping-text.ts';
import { suggestMapping } from '../sources/suggest/suggest-mapping.ts';
import { loadSources, parseSource } from './library.ts';

/** A mapping for one file, as the text of a YAML file. */
export async function suggestSource(file: string, options: { name?: string }): Promise<string> {
  const problems: Problem[] = [];
  const mappings = Object.values(loadSources([], problems));
  const wrong = (message: string) => new ProblemsError([{ file, line: 0, column: 0, message }]);
  const { name = sourceName(file, taken(mappings)) } = options;
  if (!NAME.test(name))
    throw wrong(`--name: expected lower-case words with hyphens between them, found ${quote(name)}`);
  if (name === UNKNOWN_SOURCE.name || taken(mappings).has(name))
    throw wrong(`--name: there is a source ${quote(name)} already`);
  if (!fs.existsSync(file)) throw wrong('there is no such file');
  const inspection = await inspectFile(file, mappings, DEFAULT_LIMITS);
  if (inspection === undefined) throw wrong('no JSON record at its head');
  const suggestion = suggestMapping(inspection.records);
  if (suggestion === undefined) throw wrong(NO_EVENTS);
  const { source } = inspection.detection;
  const fitting =
    source === null
      ? ''
      : `# The mapping ${quote(source)} fits these records: they need none of their own.\n`;
  return `${fitting}${mappingText(name, file, suggestion)}# Save it as ${name}.yaml and name the file under "sources" in audit-check.yaml.\n`;
}

const NO_EVENTS =
  'its records tell no time beside an actor or an action: nothing in them looks like an audit event';

/** As sources are called: `file` and report alike. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

function taken(mappings: readonly Mapping[]): ReadonlySet<string> {
  return new Set(mappings.map(({ name }) => name));
}

/** Mappings for the files of a folder, one for each kind of records. */
export class SourceSuggestions {
  /** By the source's name. */
  readonly texts = new Map<string, string>();
  private readonly names: Set<string>;
  private readonly mappings: Mapping[] = [];

  constructor(known: readonly Mapping[]) {
    this.names = new Set(taken(known));
  }

  /** The source of the file's records: of those that were suggested before, or a new one; undefined where they are no events. */
  add(file: string, { records, text }: Inspection): string | undefined {
    const known = sourceBy(this.mappings, records);
    if (known !== null) return known;
    const suggestion =
      text === undefined && this.texts.size < MAX_SUGGESTED ? suggestMapping(records) : undefined;
    if (suggestion === undefined) return undefined;
    const name = sourceName(file, this.names);
    const yaml = mappingText(name, file, suggestion);
    const problems: Problem[] = [];
    const mapping = parseSource(name, yaml, problems);
    if (mapping === undefined)
      throw new Error(
        `the mapping suggested for ${file} is none: ${problems.map(({ message }) => message).join('; ')}`,
      );
    this.names.add(name);
    this.mappings.push(mapping);
    this.texts.set(name, yaml);
    return name;
  }
}

/** As a scan would tell it: the records may stand in a list of each document. */
function sourceBy(mappings: readonly Mapping[], documents: readonly JsonValue[]): string | null {
  const wrapper = documents
    .map((document) => findWrapper(document, mappings))
    .find((found) => found !== undefined);
  return detectSource(
    documents.flatMap((document) => unwrap(document, wrapper?.keys)),
    mappings,
  ).source;
}

/** Of a folder of more kinds of logs the rest stays unrecognized, and `verify` says so. */
const MAX_SUGGESTED = 20;

/** From `logs/shop/audit-2026-03-01.ndjson` to `shop`: what the file is called beside dates and words for logs, or the folder that it is in. */
function sourceName(file: string, names: ReadonlySet<string>): string {
  const parts = file.split(/[\\/]/).reverse();
  const words = parts.map((part, index) =>
    (index === 0 ? part.replace(/(?:\.[a-z0-9]{1,6}){1,3}$/i, '') : part)
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => /^[a-z]/.test(word) && !SAYS_NOTHING.has(word)),
  );
  const base = words.find((some) => some.length > 0)?.join('-') ?? 'app';
  let name = base;
  for (let number = 2; names.has(name); number++) name = `${base}-${number}`;
  return name;
}

/** Words that logs and their folders are called by, whatever they are of. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(
  'audit log logs event events record records unknown data export exports json ndjson jsonl tmp home var out output file files part gz'.split(
    ' ',
  ),
);
