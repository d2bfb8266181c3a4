/** A record seen through its source: a cursor whose fields were resolved to slots at compile time. */
import type { Instant } from '../base/instant.ts';
import type { JsonValue } from '../base/json.ts';
import type { Place } from './place.ts';

/** The canonical fields (`taxonomy: audit`). Outcome is whether it worked, decision is whether it was allowed. */
export const AUDIT_FIELDS = [
  'time',
  'id',
  'actor',
  'actor_name',
  'actor_type',
  'action',
  'target',
  'outcome',
  'decision',
  'ip',
  'endpoint',
  'user_agent',
  'session',
  'service',
  'region',
  'tenant',
  'reason',
  'ticket',
  'error',
] as const;

export type AuditField = (typeof AUDIT_FIELDS)[number];

export function isAuditField(name: string): name is AuditField {
  return (AUDIT_FIELDS as readonly string[]).includes(name);
}

export type ValueKind = 'missing' | 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** A field path resolved once for one source. The reader extracts the slots somebody asked for, and no others. */
export type Slot = number;

/** Where checks and detections ask for their fields, once per source, before the first event. */
export interface Fields {
  /** The name of the source that the slots are for. */
  readonly source: string;
  /** A canonical field, through the source's mapping. */
  audit(field: AuditField): Slot;
  /** A field of the record in the source's own words: `userIdentity.type`. Dots that are part of a key are found too. */
  raw(path: string): Slot;
  /** Whether the source never carries this canonical field, by design. */
  lacks(field: AuditField): boolean;
  /** Whether a record of the source may name several actors, or one by several names. */
  readonly severalActors: boolean;
  /** What `Event.facets` is to be asked of the canonical fields among `slots`; undefined where no record has several of them. */
  facetSlots?(slots: Iterable<Slot>, isApart?: boolean): FacetSlots | undefined;
}

/** Where the canonical fields stand whose facets are asked for: the paths of the mapping and their slots. */
export type FacetSlots = {
  readonly paths: readonly number[];
  readonly slots: readonly Slot[];
  /** By the shape of a record: which of them, by their places here, stand in lists there. */
  readonly byShape: (readonly number[] | undefined)[];
  /** Whether elements of one list are asked for beside the first of the others alone. */
  readonly isApart: boolean;
};

/**
 * A cursor over one record: valid until the reader moves on, nothing is allocated per event.
 * A slot whose path crosses an array holds one value a member: `size` counts them, `at` chooses one. A canonical one holds the
 * distinct values that its mapping gives for each member, those that say nothing left out.
 */
export interface Event {
  readonly source: string;
  /** Position of the record's file in the run, from 0. */
  readonly fileIndex: number;
  /** Byte offset in the decoded file: with `fileIndex` the record's position in the run, known wherever a scan begins. */
  readonly offset: number;
  /** As in `place`. */
  readonly line: number;
  readonly length: number;
  /** A new object for each record that is asked for it; `offset`, `line` and `length` cost nothing. */
  readonly place: Place;
  /** Exactly the bytes of the record as they were read; a view that the reader will overwrite. */
  readonly bytes: Uint8Array;
  /**
   * Of a record that lines of a text log make, valid as long as the event: the line as it stands in the file, without blanks
   * around it, and empty where it takes several. Absent where the file holds `bytes`.
   */
  readonly writtenLine?: (() => string) | undefined;
  /** Whether fields of the record were erased, as a salted archive allows: its hash cannot be recomputed. */
  readonly erased?: boolean;
  /**
   * A small integer: of records of one shape and source each raw slot has a value in all or in none. Negative or absent where
   * nobody tells.
   */
  readonly shape?: number;
  /** Whether the record is an object, as it should be. */
  readonly isObject: boolean;
  /** Whether the bytes are already in RFC 8785 form, so that they can be hashed as they are. */
  readonly canonical: boolean;
  /** Whether some object of the record holds one key twice. */
  readonly duplicateKeys: boolean;
  /** The event's time; undefined when it is absent, unreadable or without a zone. */
  readonly time: Instant | undefined;
  /** `time` as whole milliseconds (rounded down; NaN without a time) and the nanoseconds beyond them: compared without a bigint. */
  readonly timeMs: number;
  readonly timeNanos: number;
  /** What names this record across exports: the source's own id where it has one, else the digest of its bytes. */
  readonly identity: string;
  size(slot: Slot): number;
  kind(slot: Slot, at?: number): ValueKind;
  /** A scalar as written (digits of a number are kept); an array or object as compact JSON; undefined for missing and null. */
  text(slot: Slot, at?: number): string | undefined;
  /** Whether the first value is the string `text`, which is ASCII: asked without decoding, for values that never repeat. */
  equals(slot: Slot, text: string): boolean;
  /** The first value as a whole number of at most 15 digits, a number or a text of them; NaN for every other value. */
  wholeNumber(slot: Slot): number;
  /** A small integer, equal exactly when kind and text are equal: lets a matcher judge each distinct value once. */
  id(slot: Slot, at?: number): number;
  /** Byte span of the value within `bytes`, for carets and for pre-images; undefined when missing or computed. */
  span(slot: Slot, at?: number): Span | undefined;
  /**
   * The bytes without the member of the first value, which takes one comma along; a view that the next call overwrites.
   * Undefined where that takes more than a copy: not RFC 8785 form, or no kernel.
   */
  without?(slot: Slot): Uint8Array | undefined;
  /**
   * A record with lists tells of several things: a facet is the record with one element of each list, which the canonical fields
   * of `of` have. How many it has, one for nearly all records; `select` and `facetKey` are about these. Absent where nobody tells.
   */
  countFacets?(of: FacetSlots): number;
  /** Equal of facets that have the same elements of the lists that the fields of `of` lead through. */
  facetKey?(facet: number, of: FacetSlots): string;
  /** From now on canonical fields have the values of these facets alone; of all of the record where none are named. */
  select?(facets?: readonly number[]): void;
  /** Another one for each record, and the same for all of its facets: raw slots have the same values in these. */
  readonly standing?: number;
  readonly selected?: readonly number[] | undefined;
  /** The whole record, lossless; the slow path. */
  json(): JsonValue;
  /** The same as its mapping sees it: with what it carries as text, and lists of names and values by their names. */
  seen(): JsonValue;
  /** Whether a key stands twice in what is carried as text. */
  readonly repeatsKeyWithin?: boolean;
  /** Members whose text begins like JSON and could not be read as such, where the mapping would see what is in it. */
  readonly unopened?: readonly string[];
}

/** Byte offsets within the record. `keyStart` is the opening quote of the member's key, -1 for an array element. */
export type Span = { keyStart: number; start: number; end: number };
