/**
 * A source's mapping: how a record in its source's words becomes an event in ours.
 * Compiled from `rules/sources/NAME.yaml` to plain data; paths are numbered, so that a reader can resolve them to slots once.
 */
import { compileGlob } from '../base/glob.ts';
import type { EpochUnit } from '../base/instant.ts';
import { isBlankOutcome } from '../model/blank-text.ts';
import type { AuditField } from '../model/event.ts';
import type { LogsourceOffer } from '../model/rule.ts';
import type { NamedMembers } from './named-members.ts';

/** What must hold: the text at a path matches one of the globs (`*`: any text), or there is no text. Empty text is no text. */
export type Guard = { path: number; globs: readonly string[] } | { path: number; absent: true };

/** Values of the source to values of ours, first match wins; `otherwise` undefined keeps the value as it is. */
export type Translation = { entries: readonly { glob: string; value: string }[]; otherwise?: string };

/** One way to obtain a field. Tried in order; the first that yields a text wins. */
export type Alternative = { guards: readonly Guard[] } & (
  | { kind: 'path'; path: number; first?: true; translation?: Translation; whenAbsent?: string }
  | { kind: 'literal'; value: string }
  | { kind: 'join'; paths: readonly number[]; separator: string }
);

export type PlainPath = Extract<Alternative, { kind: 'path' }>;

export type MappedField = { alternatives: readonly Alternative[] };

export type Mapping = {
  name: string;
  title: string;
  /** A guess (`audit-check init`) that nobody has confirmed: no audit by it is complete. */
  suggested?: true;
  /** How Sigma rules name this source and its events. */
  logsource: LogsourceOffer;
  /** Keys of a top-level object under which an export wraps its records: `["Records"]`. */
  wrappers: readonly (readonly string[])[];
  /** A record is of this source when every guard of one of these forms holds, and the fields of `needs` are found. */
  identify: readonly (readonly Guard[])[];
  /** Canonical fields without which a record is not of this source; for sources that have no mark of their own. */
  needs: readonly AuditField[];
  /** Paths whose texts together name a record; the first list of which all are there speaks. Empty when the source gives none. */
  identity: readonly (readonly number[])[];
  /** Canonical fields that the source lacks by design. */
  lacks: readonly AuditField[];
  fields: Partial<Record<AuditField, MappedField>>;
  /** How the time is written where it is not RFC 3339 with a zone. */
  time: { unit?: EpochUnit; zone?: string };
  /** So many records are a full page of the source's API, which says in no record whether more follow: by default, and at most. */
  pages: readonly number[];
  /** Names of other ecosystems for raw fields: `gcp.audit.method_name` → `protoPayload.methodName`. */
  aliases: Readonly<Record<string, readonly string[]>>;
  /** Objects in which a raw field may stand deeper than rules name it: `CommandLine` in `Event.EventData`. */
  within: readonly string[];
  /** Members that are the record as text, in exports that carry it so: the first that is JSON is seen with what stands around it. */
  inside: readonly string[];
  /** Members whose text is JSON, and is seen as what it says. */
  texts: readonly string[];
  /** Lists of names and values whose values rules and mappings name by these names. */
  named: readonly NamedMembers[];
  /** Whether rules drop the spaces of field names, as Sigma's taxonomy does for Windows: `ThreatName` for `Threat Name`. */
  spacesDropped: boolean;
  /** Whether exports into tables write names in lower case: the column (`protopayload.methodName`), or all of the path. */
  namesLowered: boolean;
  /** Whether a record may name several actors, or one by several names. */
  actorsSeveral: boolean;
  /** The field paths that the numbers above index. */
  paths: readonly string[];
};

/** How to read path number n of the record at hand: as `Event.text` does, compact JSON for objects and arrays. */
export type ReadText = (path: number) => string | undefined;
/** All texts at path number n, of the record or of the part of it that is looked at. */
export type ReadTexts = (path: number) => readonly string[];

/** The texts of a canonical field, all that the first alternative gives which gives one; none when the record does not have it. */
export function mapField(field: MappedField, read: ReadTexts): readonly string[] {
  for (const alternative of field.alternatives) {
    if (!holdAll(alternative.guards, read)) continue;
    const texts = mapAlternative(alternative, read);
    if (texts.length > 0) return texts;
  }
  return NO_TEXTS;
}

const NO_TEXTS: readonly string[] = [];

/** An alternative that is one raw field by another name. */
export function isPlainPath(alternative: Alternative): alternative is PlainPath {
  return (
    alternative.kind === 'path' &&
    alternative.guards.length === 0 &&
    alternative.translation === undefined &&
    alternative.whenAbsent === undefined
  );
}

/** The paths that a field is made of, each once. */
export function pathsOf({ alternatives }: MappedField): Set<number> {
  const paths = new Set<number>();
  for (const alternative of alternatives) {
    for (const guard of alternative.guards) paths.add(guard.path);
    if (alternative.kind === 'path') paths.add(alternative.path);
    if (alternative.kind === 'join') for (const path of alternative.paths) paths.add(path);
  }
  return paths;
}

/** Those of which a list's first member alone counts. */
export function firstPathsOf({ alternatives }: MappedField): Set<number> {
  return new Set(
    alternatives
      .filter((each) => each.kind === 'path' && each.first === true)
      .map((each) => (each as PlainPath).path),
  );
}

/** Those of which each member of a list counts. */
export function listablePathsOf(field: MappedField): number[] {
  const firsts = firstPathsOf(field);
  return [...pathsOf(field)].filter((path) => !firsts.has(path));
}

/** What names the record across exports, from the source's own ids; undefined when it lacks them. */
export function mapIdentity(mapping: Mapping, text: ReadText): string | undefined {
  for (const paths of mapping.identity) {
    const parts: string[] = [];
    for (const path of paths) {
      const part = text(path);
      if (isEmpty(part)) break;
      parts.push(part);
    }
    // JSON, because a separator could be part of an id, and two records must not come to share one name.
    if (parts.length === paths.length) return parts.length === 1 ? parts[0] : JSON.stringify(parts);
  }
  return undefined;
}

/** The paths under which a raw field named in a rule may stand, in the order to seek them. */
export function toRawPaths(mapping: Mapping, name: string): string[] {
  const aliases = Object.hasOwn(mapping.aliases, name) ? mapping.aliases[name]! : [];
  const spaced = mapping.spacesDropped ? withSpaces(name) : name;
  // Aliases that have the name itself among them tell its turn: an API may have an object where exports have a text.
  const own = aliases.includes(name) ? aliases : [name, ...aliases];
  const names = [...own, ...(spaced === name ? [] : [spaced])];
  // An alias that leads into such an object leads all the way.
  const shallow = names.filter((each) => !mapping.within.some((prefix) => each.startsWith(`${prefix}.`)));
  const deeper = mapping.within.flatMap((prefix) => shallow.map((each) => `${prefix}.${each}`));
  const lowered = mapping.namesLowered ? [...names, ...deeper].flatMap(lowerings) : [];
  return [...new Set([...names, ...deeper, ...lowered])];
}

/** The names of one of the mapping's own paths, in the order to seek them: no alias, no deeper place. */
export function toOwnPaths(mapping: Mapping, path: number): string[] {
  let known = OWN_PATHS.get(mapping);
  if (known === undefined) {
    known = [];
    OWN_PATHS.set(mapping, known);
  }
  known[path] ??= ownPaths(mapping, mapping.paths[path]!);
  return known[path];
}

/** Asked for each record that is read by the slower road. */
const OWN_PATHS = new WeakMap<Mapping, string[][]>();

function ownPaths({ namesLowered }: Mapping, name: string): string[] {
  return namesLowered ? [...new Set([name, ...lowerings(name)])] : [name];
}

/** `userIdentity.sessionContext` → `useridentity.sessionContext` · `useridentity.sessioncontext`. */
export function lowerings(name: string): string[] {
  const [column = '', ...rest] = name.split('.');
  return [[column.toLowerCase(), ...rest].join('.'), name.toLowerCase()];
}

/** `DetectionID` → `Detection ID`, `PreExecutionStatus` → `Pre Execution Status`. */
function withSpaces(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ');
}

/** Whether every guard holds. */
export function holdAll(guards: readonly Guard[], read: ReadTexts): boolean {
  for (const guard of guards) if (!holds(guard, read)) return false;
  return true;
}

/** Of several texts one is enough. */
export function holds(guard: Guard, read: ReadTexts): boolean {
  const texts = read(guard.path);
  if ('absent' in guard) return texts.every((text) => text === '');
  for (const text of texts) {
    if (text === '') continue;
    for (const glob of guard.globs) if (matches(glob, text)) return true;
  }
  return false;
}

/** Nothing that could answer a question: `actor: {}` and `sourceIPs: []` name nobody, and an object is no text at all. */
export function isEmpty(text: string | undefined): text is '' | undefined {
  return text === undefined || text === '' || text === '[]' || text === '{}' || text.startsWith('{"');
}

function mapAlternative(alternative: Alternative, read: ReadTexts): readonly string[] {
  switch (alternative.kind) {
    case 'literal':
      return spoken([alternative.value]);
    case 'join':
      return joinTexts(alternative.paths, alternative.separator, read);
    case 'path': {
      const { translation, whenAbsent } = alternative;
      const texts = spoken(read(alternative.path));
      if (texts.length === 0) return whenAbsent === undefined ? NO_TEXTS : spoken([whenAbsent]);
      return translation === undefined ? texts : spoken(texts.map((text) => translate(translation, text)));
    }
  }
}

/** Those that are not empty. */
function spoken(texts: readonly string[]): readonly string[] {
  return texts.some(isEmpty) ? texts.filter((text) => !isEmpty(text)) : texts;
}

/** Of texts that are joined with several others, that many at most: a list cannot make a scan take forever. */
const MAX_JOINED = 100_000;

/** Each text of a path with each of the others. */
function joinTexts(paths: readonly number[], separator: string, read: ReadTexts): readonly string[] {
  let joined: readonly string[] = NO_TEXTS;
  for (const path of paths) {
    const parts = spoken(read(path));
    if (parts.length === 0) continue;
    joined = (
      joined.length === 0
        ? parts
        : joined.flatMap((start) => parts.map((part) => `${start}${separator}${part}`))
    ).slice(0, MAX_JOINED);
  }
  return joined;
}

function translate(translation: Translation, value: string): string {
  const { entries, otherwise } = translation;
  for (const { glob, value: ours } of entries) if (matches(glob, value)) return ours;
  // What says nothing is no word that nobody knows the meaning of. Without a list of words it matters only that one is there.
  if (otherwise !== undefined && entries.length > 0 && isBlankOutcome(value)) return '';
  return otherwise ?? value;
}

/** Compiled once a pattern, beside the mapping, which must stay plain data. Patterns come from mappings alone, so it is bounded. */
const compiledGlobs = new Map<string, (text: string) => boolean>();

function matches(glob: string, text: string): boolean {
  let test = compiledGlobs.get(glob);
  if (test === undefined) {
    test = compileGlob(glob);
    compiledGlobs.set(glob, test);
  }
  return test(text);
}

/** For files that no mapping fits: raw fields can be asked for, canonical ones are all absent. */
export const UNKNOWN_SOURCE: Mapping = {
  name: 'unknown',
  title: 'Unknown source',
  logsource: { product: [], service: [], category: [] },
  wrappers: [],
  identify: [],
  needs: [],
  identity: [],
  lacks: [],
  fields: {},
  time: {},
  pages: [],
  aliases: {},
  within: [],
  inside: [],
  texts: [],
  named: [],
  spacesDropped: false,
  namesLowered: false,
  actorsSeveral: false,
  paths: [],
};
