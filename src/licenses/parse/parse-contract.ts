/**
 * `licenses.yaml` to a contract. Everything that is wrong is said at once, with its place, what was expected and what was
 * found; keys of the design that this version cannot honor are refused, for an ignored clause would be a wrong verdict.
 */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { isTimeZone } from '../../base/time-zone.ts';
import type { Problem } from '../../model/problem.ts';
import type {
  Contract,
  ContractNote,
  EventWords,
  License,
  LicenseFields,
  Measure,
} from '../contract/contract.ts';
import { DEFAULT_EVENTS, DEFAULT_FIELDS } from '../contract/defaults.ts';
import { overlapNotes } from '../contract/overlaps.ts';
import { ContractReader, type Entries } from './contract-reader.ts';
import type { Value } from './contract-text.ts';
import { parseEvidence } from './parse-evidence.ts';
import { parseLicense, parseMeasureSentence, type Surroundings } from './parse-license.ts';
import { type OpenFile, parseLicenseEntries } from './parse-license-entries.ts';
import { toFieldRef } from './parse-measure.ts';
import { parsePeople } from './parse-people.ts';
import { parseTerm } from './parse-term.ts';
import { parseBundles, parseTiers } from './parse-tiers.ts';

const CONTRACT_KEYS = {
  owner: 'the contract file',
  known: [
    'contract',
    'term',
    'people',
    'events',
    'fields',
    'measures',
    'tiers',
    'bundles',
    'licenses',
    'licenseFiles',
    'evidence',
  ],
};

/** Without problems there is a contract; with a problem there is none. `open` reads the license files that it names. */
export function parseContract(
  file: string,
  text: string,
  open: OpenFile = () => undefined,
): { contract?: Contract; problems: Problem[] } {
  const reader = new ContractReader(file, text);
  const contract = parseWhole(reader, file, open);
  const problems = reader.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return contract === undefined || problems.length > 0 ? { problems } : { contract, problems };
}

function parseWhole(reader: ContractReader, file: string, open: OpenFile): Contract | undefined {
  if (reader.root === undefined && reader.problems.length > 0) return undefined;
  const what = 'a contract (contract, term, people, measures, licenses)';
  const root = reader.mapping(reader.root, what, CONTRACT_KEYS);
  if (root === undefined) return undefined;
  const head = parseHead(reader, root);
  const term = reader.optional(root, 'term', (node) => parseTerm(reader, node));
  const measures = parseMeasures(reader, root);
  const people = parsePeople(reader, root.get('people')?.value);
  const events = parseEvents(reader, root.get('events')?.value);
  const fields = parseFields(reader, root.get('fields')?.value);
  const evidence = parseEvidence(reader, root.get('evidence')?.value);
  const tiers = parseTiers(reader, root.get('tiers')?.value);
  const bundles = parseBundles(reader, root.get('bundles')?.value);
  const parsed = parseLicenses(reader, root, { measures, term, tiers, bundles, people }, open);
  const { licenses } = parsed;
  const notes = [...parsed.notes, ...overlapNotes(licenses)];
  if (head === undefined) return undefined;
  return {
    file,
    ...head,
    timezone: reader.zone,
    ...(term && { term }),
    people,
    events,
    fields,
    tiers,
    licenses,
    ...evidence,
    ...(notes.length > 0 && { notes }),
  };
}

function parseHead(reader: ContractReader, root: Entries): { id: string; licensor?: string } | undefined {
  const node = reader.required(root, 'contract', reader.root, 'the contract file');
  const head =
    node &&
    reader.mapping(node, 'a mapping with "id" and "timezone"', {
      owner: '"contract"',
      known: ['id', 'licensor', 'timezone'],
    });
  if (head === undefined) return undefined;
  const zoneNode = reader.required(head, 'timezone', node, '"contract"');
  const zone = zoneNode && reader.text(zoneNode, 'an IANA time zone such as Europe/Berlin');
  if (zone !== undefined && isTimeZone(zone)) reader.zone = zone;
  else if (zone !== undefined) {
    const nearest = didYouMean(zone, Intl.supportedValuesOf('timeZone'));
    reader.problem(
      zoneNode,
      `expected an IANA time zone such as Europe/Berlin, found ${quote(zone)}${nearest}`,
    );
  }
  const idNode = reader.required(head, 'id', node, '"contract"');
  const id = idNode && reader.text(idNode, 'the id of the contract');
  const licensor = reader.optional(head, 'licensor', (value) =>
    reader.text(value, 'the name of the licensor'),
  );
  return id === undefined ? undefined : { id, ...(licensor !== undefined && { licensor }) };
}

function parseEvents(reader: ContractReader, node: Value): EventWords {
  const keys = Object.keys(DEFAULT_EVENTS) as (keyof EventWords)[];
  const entries =
    node &&
    reader.mapping(node, `a mapping of ${keys.map(quote).join(', ')}`, { owner: '"events"', known: keys });
  const words = { ...DEFAULT_EVENTS };
  for (const key of keys) words[key] = textsAt(reader, entries, key, 'patterns of actions') ?? words[key];
  if (words.open.length + words.use.length === 0)
    reader.problem(node, 'expected a pattern of actions for "open" or "use", found none');
  return words;
}

function parseFields(reader: ContractReader, node: Value): LicenseFields {
  const keys = Object.keys(DEFAULT_FIELDS) as (keyof LicenseFields)[];
  const entries =
    node &&
    reader.mapping(node, `a mapping of ${keys.map(quote).join(', ')}`, { owner: '"fields"', known: keys });
  const fields = { ...DEFAULT_FIELDS };
  for (const key of keys) {
    const names = textsAt(reader, entries, key, 'field names');
    if (names?.length === 0 && key === 'feature') {
      const { value } = entries!.get(key)!;
      reader.problem(value, 'expected at least one field that names the feature, found none');
    }
    if (names !== undefined) fields[key] = names.map(toFieldRef);
  }
  return fields;
}

function textsAt(
  reader: ContractReader,
  entries: Entries | undefined,
  key: string,
  what: string,
): string[] | undefined {
  return entries && reader.optional(entries, key, (value) => reader.texts(value, what));
}

function parseMeasures(reader: ContractReader, root: Entries): Map<string, Measure | undefined> {
  const node = root.get('measures')?.value;
  const entries = node && reader.mapping(node, 'a mapping of measures by name', undefined);
  const measures = new Map<string, Measure | undefined>();
  for (const { key, value } of entries?.values() ?? [])
    measures.set(key, parseMeasureSentence(reader, key, value));
  return measures;
}

function parseLicenses(
  reader: ContractReader,
  root: Entries,
  surroundings: Surroundings,
  open: OpenFile,
): { licenses: License[]; notes: ContractNote[] } {
  const files = root.get('licenseFiles')?.value;
  const node =
    files === undefined
      ? reader.required(root, 'licenses', reader.root, 'the contract file')
      : root.get('licenses')?.value;
  const items = node && reader.list(node, 'a list of licenses');
  if (items?.length === 0) reader.problem(node, 'expected at least one license, found none');
  const ids = new Set<string>();
  const once = (license: License, at: Value): License[] => {
    if (ids.has(license.id)) reader.problem(at, `the license ${quote(license.id)} stands twice`);
    ids.add(license.id);
    return [license];
  };
  const written = (items ?? []).flatMap((item) => {
    const license = parseLicense(reader, item, surroundings);
    return license === undefined ? [] : once(license, item);
  });
  if (files === undefined) return { licenses: written, notes: [] };
  const { licenses, notes } = parseLicenseEntries(reader, files, reader.zone, surroundings.term, open);
  return { licenses: [...written, ...licenses.flatMap((license) => once(license, files))], notes };
}
