/**
 * A source's mapping: how a record in its source's words becomes an event in ours.
 * Compiled from `rules/sources/NAME.yaml` to plain data; paths are numbered, so that a reader can resolve them to slots once.
 */
import { compileGlob } from '../base/glob.ts';
import type { EpochUnit } from '../base/instant.ts';
import { isBlankOutcome } from '../model/blank-text.ts';
import type { AuditField } from '../model/event.ts';
import type { LogsourceOffer } from '../model/rule.ts';

/** What must hold: the text at a path matches one of the globs (`*`: any text), or there is no text. Empty text is no text. */
export type Guard = { path: number; globs: readonly string[] } | { path: number; absent: true };

/** Values of the source to values of ours, first match wins; `otherwise` undefined keeps the value as it is. */
export type Translation = { entries: readonly { glob: string; value: string }[]; otherwise?: string };

/** One way to obtain a field. Tried in order; the first that yields a text wins. */
export type Alternative = { guards: readonly Guard[] } & (
  | { kind: 'path'; path: number; translation?: Translation; whenAbsent?: string }
  | { kind: 'literal'; value: string }
  | { kind: 'join'; paths: readonly number[]; separator: string }
);

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
  /** Names of other ecosystems for raw fields: `gcp.audit.method_name` → `protoPayload.methodName`. */
  aliases: Readonly<Record<string, readonly string[]>>;
  /** Objects in which a raw field may stand deeper than rules name it: `CommandLine` in `Event.EventData`. */
  within: readonly string[];
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

/** The text of a canonical field; undefined when the record does not have it. */
export function mapField(field: MappedField, text: ReadText): string | undefined {
  for (const alternative of field.alternatives) {
    if (!holdAll(alternative.guards, text)) continue;
    const value = mapAlternative(alternative, text);
    if (!isEmpty(value)) return value;
  }
  return undefined;
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
  const names = [name, ...aliases, ...(spaced === name ? [] : [spaced])];
  // An alias that leads into such an object leads all the way.
  const shallow = names.filter((each) => !mapping.within.some((prefix) => each.startsWith(`${prefix}.`)));
  const deeper = mapping.within.flatMap((prefix) => shallow.map((each) => `${prefix}.${each}`));
  const lowered = mapping.namesLowered ? names.flatMap(lowerings) : [];
  return [...new Set([...names, ...deeper, ...lowered])];
}

/** The names of one of the mapping's own paths, in the order to seek them: no alias, no deeper place. */
export function toOwnPaths(mapping: Mapping, path: number): string[] {
  const name = mapping.paths[path]!;
  return mapping.namesLowered ? [...new Set([name, ...lowerings(name)])] : [name];
}

/** `userIdentity.sessionContext` → `useridentity.sessionContext` · `useridentity.sessioncontext`. */
function lowerings(name: string): string[] {
  const [column = '', ...rest] = name.split('.');
  return [[column.toLowerCase(), ...rest].join('.'), name.toLowerCase()];
}

/** `DetectionID` → `Detection ID`, `PreExecutionStatus` → `Pre Execution Status`. */
function withSpaces(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ');
}

/** Whether every guard holds. */
export function holdAll(guards: readonly Guard[], text: ReadText): boolean {
  for (const guard of guards) if (!holds(guard, text)) return false;
  return true;
}

export function holds(guard: Guard, text: ReadText): boolean {
  const value = text(guard.path);
  if (value === undefined || value === '') return 'absent' in guard;
  if ('absent' in guard) return false;
  for (const glob of guard.globs) if (matches(glob, value)) return true;
  return false;
}

/** Nothing that could answer a question: `actor: {}` and `sourceIPs: []` name nobody, and an object is no text at all. */
export function isEmpty(text: string | undefined): text is '' | undefined {
  return text === undefined || text === '' || text === '[]' || text === '{}' || text.startsWith('{"');
}

function mapAlternative(alternative: Alternative, text: ReadText): string | undefined {
  switch (alternative.kind) {
    case 'literal':
      return alternative.value;
    case 'join':
      return joinTexts(alternative.paths, alternative.separator, text);
    case 'path': {
      const value = text(alternative.path);
      if (isEmpty(value)) return alternative.whenAbsent;
      return alternative.translation === undefined ? value : translate(alternative.translation, value);
    }
  }
}

function joinTexts(paths: readonly number[], separator: string, text: ReadText): string {
  let joined = '';
  for (const path of paths) {
    const part = text(path);
    if (!isEmpty(part)) joined = joined === '' ? part : `${joined}${separator}${part}`;
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
  aliases: {},
  within: [],
  spacesDropped: false,
  namesLowered: false,
  actorsSeveral: false,
  paths: [],
};
