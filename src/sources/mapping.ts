/**
 * A source's mapping: how a record in its source's words becomes an event in ours.
 * Compiled from `rules/sources/NAME.yaml` to plain data; paths are numbered, so that a reader can resolve them to slots once.
 */
import { compileGlob } from '../base/glob.ts';
import type { EpochUnit } from '../base/instant.ts';
import type { AuditField } from '../model/event.ts';
import type { Logsource } from '../model/rule.ts';

/** What must hold for an alternative to speak: the text at a path matches one of the globs, or is absent. */
export type Guard = { path: number; globs: readonly string[] } | { path: number; absent: true };

/** Values of the source to values of ours, first match wins; `otherwise` undefined keeps the value as it is. */
export type Translation = { entries: readonly { glob: string; value: string }[]; otherwise?: string };

/** One way to obtain a field. Tried in order; the first that yields a non-empty text wins. */
export type Alternative = { guards: readonly Guard[] } & (
  | { kind: 'path'; path: number; translation?: Translation; whenAbsent?: string }
  | { kind: 'literal'; value: string }
  | { kind: 'join'; paths: readonly number[]; separator: string }
);

export type MappedField = { alternatives: readonly Alternative[] };

export type Mapping = {
  name: string;
  title: string;
  /** How Sigma rules name this source. */
  logsource: Logsource;
  /** Keys of a top-level object under which an export wraps its records: `["Records"]`. */
  wrappers: readonly (readonly string[])[];
  /** A record is of this source when every test holds. */
  identify: readonly Guard[];
  /** Paths whose texts together name a record; empty when the source gives none. */
  identity: readonly number[];
  /** Canonical fields that the source lacks by design. */
  lacks: readonly AuditField[];
  fields: Partial<Record<AuditField, MappedField>>;
  /** How the time is written where it is not RFC 3339 with a zone. */
  time: { unit?: EpochUnit; zone?: string };
  /** Names of other ecosystems for raw fields: `gcp.audit.method_name` → `protoPayload.methodName`. */
  aliases: Readonly<Record<string, string>>;
  /** The field paths that the numbers above index. */
  paths: readonly string[];
};

/** The text of a canonical field, given how to read path number n; undefined when the record does not have it. */
export function mapField(field: MappedField, text: (path: number) => string | undefined): string | undefined {
  for (const alternative of field.alternatives) {
    if (!alternative.guards.every((guard) => holds(guard, text))) continue;
    const value = mapAlternative(alternative, text);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function holds(guard: Guard, text: (path: number) => string | undefined): boolean {
  const value = text(guard.path);
  if ('absent' in guard) return value === undefined;
  return value !== undefined && guard.globs.some((glob) => compileGlob(glob)(value));
}

function mapAlternative(alternative: Alternative, text: (path: number) => string | undefined): string | undefined {
  switch (alternative.kind) {
    case 'literal':
      return alternative.value;
    case 'join': {
      const parts = alternative.paths.map(text).filter((part) => part !== undefined && part !== '');
      return parts.length === 0 ? undefined : parts.join(alternative.separator);
    }
    case 'path': {
      const value = text(alternative.path);
      if (value === undefined || value === '') return alternative.whenAbsent;
      return alternative.translation === undefined ? value : translate(alternative.translation, value);
    }
  }
}

function translate(translation: Translation, value: string): string {
  const entry = translation.entries.find(({ glob }) => compileGlob(glob)(value));
  return entry?.value ?? translation.otherwise ?? value;
}
