/**
 * From the YAML document of a source (`rules/sources/NAME.yaml`) to its compiled `Mapping`, every mistake in it reported.
 * Its keys stand in `KEYS`; how a field is written is told in `compile-field.ts`.
 */
import { didYouMean } from '../base/nearest-name.ts';
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import { AUDIT_FIELDS, type AuditField, isAuditField } from '../model/event.ts';
import { compileField } from './compile-field.ts';
import { compileGuards } from './compile-guards.ts';
import { compileLogsource } from './compile-logsource.ts';
import { type Guard, lowerings, type MappedField, type Mapping } from './mapping.ts';
import { checkKeys, type MappingDraft, PathTable, type Problems, type YamlPath } from './mapping-draft.ts';
import type { NamedMembers } from './named-members.ts';

const KEYS = [
  'title',
  'suggested',
  'logsource',
  'wrappers',
  'envelopes',
  'identify',
  'needs',
  'identity',
  'lacks',
  'time',
  'pages',
  'within',
  'inside',
  'texts',
  'named',
  'spaces',
  'names',
  'actors',
  'aliases',
  'fields',
];
const EPOCH_UNITS = ['s', 'ms', 'us', 'ns'] as const;

/** The mapping, or undefined when `problem` was called at least once; `path` leads to the mistake within the document. */
export function compileMapping(
  name: string,
  document: unknown,
  problem: (path: (string | number)[], message: string) => void,
): Mapping | undefined {
  let problems = 0;
  const report: Problems = (path, message) => {
    problems++;
    problem([...path], message);
  };
  if (!isPlainObject(document)) {
    report([], `expected a mapping of ${KEYS.join(', ')}, found ${describeValue(document)}`);
    return undefined;
  }
  checkKeys(document, KEYS, [], report);
  for (const key of ['title', 'identify', 'fields']) {
    if (!(key in document)) report([], `missing key "${key}"`);
  }
  const envelopes = readPaths(document.envelopes, ['envelopes'], report);
  const draft: MappingDraft = { paths: new PathTable(), envelopes, problem: report };
  const fields = compileFields(document.fields, draft);
  const lacks = readAuditFields(document.lacks, ['lacks'], report);
  for (const [index, field] of lacks.entries()) {
    if (field in fields)
      report(['lacks', index], `"${field}" is mapped in fields, it cannot be lacking by design`);
  }
  const needs = readAuditFields(document.needs, ['needs'], report);
  for (const [index, field] of needs.entries()) {
    if (!(field in fields))
      report(['needs', index], `"${field}" is not mapped in fields, no record could have it`);
  }
  const inTables = (paths: readonly string[]) =>
    document.names === 'lowered'
      ? [...new Set(paths.flatMap((path) => [path, ...lowerings(path)]))]
      : [...paths];
  const mapping: Mapping = {
    name,
    title: typeof document.title === 'string' ? document.title : name,
    ...(document.suggested === true && { suggested: true }),
    logsource: compileLogsource(document.logsource, report),
    wrappers: readPaths(document.wrappers, ['wrappers'], report).map((path) => path.split('.')),
    identify: compileIdentify(document.identify, draft),
    needs,
    identity: compileIdentity(document.identity, draft),
    lacks,
    fields,
    time: compileTime(document.time, report),
    pages: readPages(document.pages, report),
    aliases: compileAliases(document.aliases, report),
    within: [...envelopes, ...readPaths(document.within, ['within'], report)],
    inside: inTables(readPaths(document.inside, ['inside'], report)),
    texts: inTables(
      readPaths(document.texts, ['texts'], report).flatMap((path) => inEnvelopes(path, envelopes)),
    ),
    named: compileNamed(document.named, report).flatMap((list) =>
      spellings(list, envelopes, document.names === 'lowered'),
    ),
    spacesDropped: document.spaces === 'dropped',
    namesLowered: document.names === 'lowered',
    actorsSeveral: document.actors === 'several',
    paths: draft.paths.paths,
  };
  if ('title' in document && (typeof document.title !== 'string' || document.title === '')) {
    report(['title'], `expected a text, found ${describeValue(document.title)}`);
  }
  if ('suggested' in document && document.suggested !== true)
    report(['suggested'], `expected true, or no such key, found ${describeValue(document.suggested)}`);
  if ('spaces' in document && !mapping.spacesDropped)
    report(['spaces'], `expected "dropped", found ${describeValue(document.spaces)}`);
  if ('names' in document && !mapping.namesLowered)
    report(['names'], `expected "lowered", found ${describeValue(document.names)}`);
  if ('actors' in document && !mapping.actorsSeveral)
    report(['actors'], `expected "several", found ${describeValue(document.actors)}`);
  return problems === 0 ? mapping : undefined;
}

/** `[100, 1000]`. */
function readPages(value: unknown, problem: Problems): number[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problem(['pages'], `expected a list of numbers of records, found ${describeValue(value)}`);
    return [];
  }
  for (const [index, size] of value.entries())
    if (!isPageSize(size))
      problem(['pages', index], `expected a whole number of records from 2 on, found ${describeValue(size)}`);
  return value.filter(isPageSize);
}

function isPageSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 2;
}

function compileFields(value: unknown, draft: MappingDraft): Mapping['fields'] {
  const fields: Partial<Record<AuditField, MappedField>> = {};
  if (value === undefined) return fields;
  if (!isPlainObject(value)) {
    draft.problem(['fields'], `expected a mapping of canonical fields, found ${describeValue(value)}`);
    return fields;
  }
  for (const [name, form] of Object.entries(value)) {
    if (isAuditField(name)) fields[name] = compileField(name, form, ['fields', name], draft);
    else draft.problem(['fields', name], `unknown field ${quote(name)}${didYouMean(name, AUDIT_FIELDS)}`);
  }
  if (Object.keys(value).length === 0)
    draft.problem(['fields'], 'expected at least one canonical field, found none');
  return fields;
}

/** `{path: glob, …}`, or a list of such forms when exports of one source differ. */
function compileIdentify(value: unknown, draft: MappingDraft): Guard[][] {
  if (value === undefined) return [];
  const forms = Array.isArray(value) ? value : [value];
  if (forms.length === 0) draft.problem(['identify'], 'expected at least one form, found none');
  return forms.flatMap((form, index) => {
    const at: YamlPath = Array.isArray(value) ? ['identify', index] : ['identify'];
    if (isPlainObject(form) && Object.keys(form).length === 0) {
      draft.problem(at, 'an empty form would fit every record');
    }
    return ['', ...draft.envelopes].map((envelope) => compileGuards(form, at, draft, envelope));
  });
}

/** `[a, b]`: together they name a record; `[[a, b], [c]]`: as it is in one export or in another. */
function compileIdentity(value: unknown, draft: MappingDraft): number[][] {
  if (value === undefined) return [];
  const nested = Array.isArray(value) && value.some((entry) => Array.isArray(entry));
  const lists: unknown[] = nested ? (value as unknown[]) : [value];
  return lists.flatMap((list, index) => {
    const paths = readPaths(list, nested ? ['identity', index] : ['identity'], draft.problem);
    if (paths.length === 0) return [];
    return ['', ...draft.envelopes].map((envelope) =>
      paths.map((path) => draft.paths.number(path, envelope)),
    );
  });
}

function compileTime(value: unknown, problem: Problems): Mapping['time'] {
  const time: Mapping['time'] = {};
  if (value === undefined) return time;
  if (!isPlainObject(value)) {
    problem(['time'], `expected {unit, zone}, found ${describeValue(value)}`);
    return time;
  }
  checkKeys(value, ['unit', 'zone'], ['time'], problem);
  const unit = EPOCH_UNITS.find((known) => known === value.unit);
  if (unit !== undefined) time.unit = unit;
  else if (value.unit !== undefined) {
    problem(
      ['time', 'unit'],
      `expected one of ${EPOCH_UNITS.join(', ')}, found ${describeValue(value.unit)}`,
    );
  }
  const { zone } = value;
  if (typeof zone === 'string' && /^(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/.test(zone)) time.zone = zone;
  else if (zone !== undefined) {
    problem(['time', 'zone'], `expected "Z" or an offset such as "+01:00", found ${describeValue(zone)}`);
  }
  return time;
}

function inEnvelopes(path: string, envelopes: readonly string[]): string[] {
  return [path, ...envelopes.map((envelope) => `${envelope}.${path}`)];
}

/** The list as it may stand: in each of the envelopes, and in tables under its name in small letters. */
function spellings(list: NamedMembers, envelopes: readonly string[], isLowered: boolean): NamedMembers[] {
  const places = inEnvelopes(list.list, envelopes);
  const own = places.map((place): NamedMembers => ({ ...list, list: place }));
  if (!isLowered) return own;
  const lowered = places.flatMap(lowerings).map((place): NamedMembers => ({ ...list, list: place }));
  const throughout = lowered.map((each) => ({
    ...each,
    name: each.name.toLowerCase(),
    values: each.values.map((value) => value.toLowerCase()),
  }));
  return [...own, ...lowered, ...throughout].filter(
    (each, at, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(each)) === at,
  );
}

/** `{list: parameters, name: name, values: [value, …]}`, perhaps with `beside: true`, or a list of such forms. */
function compileNamed(value: unknown, problem: Problems): NamedMembers[] {
  if (value === undefined) return [];
  const forms = Array.isArray(value) ? value : [value];
  return forms.flatMap((form, index): NamedMembers[] => {
    const at: YamlPath = Array.isArray(value) ? ['named', index] : ['named'];
    if (!isPlainObject(form)) {
      problem(at, `expected {list, name, values}, found ${describeValue(form)}`);
      return [];
    }
    checkKeys(form, ['list', 'name', 'values', 'beside'], at, problem);
    if ('beside' in form && form.beside !== true)
      problem([...at, 'beside'], `expected true, or no such key, found ${describeValue(form.beside)}`);
    const values = readPaths(form.values, [...at, 'values'], problem);
    if (form.values === undefined || values.length === 0)
      problem([...at, 'values'], 'expected the members that may hold a value, found none');
    const [list, name] = (['list', 'name'] as const).map((key) => {
      const path = form[key];
      if (typeof path === 'string' && PathTable.isPath(path)) return path;
      problem([...at, key], `expected a field path, found ${describeValue(path)}`);
      return '';
    });
    return [{ list: list!, name: name!, values, ...(form.beside === true && { beside: true }) }];
  });
}

/** `name: path`, or the paths to seek in this order. */
function compileAliases(value: unknown, problem: Problems): Record<string, string[]> {
  const aliases: Record<string, string[]> = {};
  if (value === undefined) return aliases;
  if (!isPlainObject(value)) {
    problem(['aliases'], `expected a mapping of names to field paths, found ${describeValue(value)}`);
    return aliases;
  }
  for (const [name, path] of Object.entries(value)) {
    const paths = readPaths(path, ['aliases', name], problem, Array.isArray(path) ? 'list' : 'text');
    // defineProperty, because a key `__proto__` in a user's file must be a name like any other.
    if (paths.length > 0) Object.defineProperty(aliases, name, { value: paths, enumerable: true });
  }
  return aliases;
}

function readAuditFields(value: unknown, at: YamlPath, problem: Problems): AuditField[] {
  if (value === undefined) return [];
  const fields: AuditField[] = [];
  if (!Array.isArray(value))
    problem(at, `expected a list of canonical fields, found ${describeValue(value)}`);
  for (const [index, name] of (Array.isArray(value) ? value : []).entries()) {
    if (typeof name === 'string' && isAuditField(name)) {
      if (fields.includes(name)) problem([...at, index], `"${name}" stands twice`);
      fields.push(name);
    } else if (typeof name === 'string') {
      problem([...at, index], `unknown field ${quote(name)}${didYouMean(name, AUDIT_FIELDS)}`);
    } else problem([...at, index], `expected the name of a canonical field, found ${describeValue(name)}`);
  }
  return fields;
}

/** One field path, or a list of them where `shape` allows it. */
function readPaths(
  value: unknown,
  at: YamlPath,
  problem: Problems,
  shape: 'list' | 'text' = 'list',
): string[] {
  if (value === undefined) return [];
  if (shape === 'list' && !Array.isArray(value)) {
    problem(at, `expected a list of field paths, found ${describeValue(value)}`);
    return [];
  }
  const list: unknown[] = Array.isArray(value) && shape === 'list' ? value : [value];
  return list.filter((path, index): path is string => {
    const valid = typeof path === 'string' && isFieldPath(path);
    if (!valid)
      problem(shape === 'list' ? [...at, index] : at, `expected a field path, found ${describeValue(path)}`);
    return valid;
  });
}

function isFieldPath(path: string): boolean {
  return PathTable.isPath(path);
}
