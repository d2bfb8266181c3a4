/** The parts of a pre-image and the formats of values, as plain data: what `preimage.ts` compiles and `infer` searches. */
import type { EpochUnit } from '../base/instant.ts';
import type { JsonForm, KeyOrder } from './json-form.ts';
import type { ChainEncoding, Condition } from './profile.ts';

/** How a value of the record is written. */
export type ValueFormat =
  /** A scalar with the digits it has, an array or object as compact JSON. */
  | { kind: 'text' }
  /**
   * `fraction`: how many digits, fewer where the rest are zeros (`trimmed`), six unless all are zeros (`python`), or as
   * many groups of three as are needed (`grouped`).
   * `zone`: in UTC with this mark, or the local time with the zone it was written with, `Z` then as `+00:00` (`offset`).
   */
  | {
      kind: 'time';
      separator: 'T' | ' ';
      fraction: number | 'trimmed' | 'python' | 'grouped';
      zone: 'Z' | '+00:00' | 'none' | 'as-written' | 'offset';
    }
  /** Whole units since 1970, rounded down. */
  | { kind: 'epoch'; unit: EpochUnit }
  | { kind: 'boolean'; true: string; false: string }
  /** Exactly so many digits behind the point; digits that would be lost refuse the record. */
  | { kind: 'decimal'; places: number }
  /** The UTF-8 bytes of the text. */
  | { kind: 'encoded'; encoding: ChainEncoding };

/** One value; `absent` and `null` are what stands for none, null where the part is then left out. */
export type FieldPart = {
  kind: 'field';
  path: string;
  format: ValueFormat;
  absent: string | null;
  null: string | null;
};

/** One member of a JSON object that is put together for the hash alone. */
export type JsonMemberRule = {
  key: string;
  /** A value of the record, as it is where `format` is null; else the text of parts. */
  value:
    | { path: string; format: ValueFormat | null; absent: 'omit' | 'null' | { text: string } }
    | { parts: readonly PreimagePart[] };
};

export type JsonSubject = {
  /** Paths from the record down that are left out. */
  without: readonly string[];
  /** The field that is written; null for the whole record. */
  of: string | null;
  /** The members that are written, in this order where the form does not sort; all where it is not given. */
  only?: readonly JsonMemberRule[];
  /** Members that are null are left out, at every depth. */
  dropNulls?: boolean;
  /** Objects whose members that are objects or arrays become texts of their JSON first; `''` is the subject itself. */
  stringify?: readonly string[];
};

/** Pairs of a text and what is written for it, all at once: no escape is escaped again. */
export type Escapes = readonly (readonly [string, string])[];

export const LENGTH_WIDTHS = ['u8', 'u16be', 'u32be', 'u64be'] as const;
export type LengthWidth = (typeof LENGTH_WIDTHS)[number];

export const BYTE_ENCODINGS = ['hex', 'base64', 'base64url', 'uuid'] as const;
export type ByteEncoding = (typeof BYTE_ENCODINGS)[number];

export type PreimagePart =
  /** The bytes as read, without some members and the comma each of them brought. */
  | { kind: 'raw'; without: readonly string[] }
  /** RFC 8785. */
  | ({ kind: 'canonical' } & JsonSubject)
  | ({ kind: 'json'; form: JsonForm } & JsonSubject)
  | FieldPart
  /** Items one after the other, what is left out without its separator. */
  | { kind: 'join'; items: readonly PreimagePart[]; separator: string; escapes: Escapes }
  | {
      kind: 'pairs';
      items: readonly { key: string; value: PreimagePart }[];
      separator: string;
      equals: string;
      escapes: Escapes;
    }
  /** The members of an object field, `key` `equals` `value`, separated or each ended by `separator`. */
  | {
      kind: 'entries';
      of: string;
      sort: KeyOrder;
      separator: string;
      equals: string;
      escapes: Escapes;
      ended: boolean;
      absent: string | null;
    }
  | { kind: 'literal'; text: string }
  | { kind: 'literal-bytes'; hex: string }
  /** The previous hash without its prefix, as text or decoded; `absent` (default nothing) where it is null or absent. */
  | { kind: 'previous'; as?: 'bytes'; absent?: string }
  /** How many bytes the parts have, then the parts. */
  | { kind: 'length-prefixed'; width: LengthWidth; parts: readonly PreimagePart[] }
  /** A whole number as bytes. */
  | { kind: 'number'; path: string; width: LengthWidth }
  /** The bytes that a text stands for; nothing where it is null or absent. */
  | { kind: 'bytes'; path: string; encoding: ByteEncoding }
  /** One byte: 1 where the field has a value, 0 where it is null or absent. */
  | { kind: 'tag'; path: string }
  | {
      kind: 'hash';
      algorithm: string;
      as: ChainEncoding | 'bytes';
      parts: readonly PreimagePart[];
    }
  /** The parts of the first case whose conditions hold; a record that fits none cannot have been hashed. */
  | {
      kind: 'choose';
      cases: readonly { when: readonly Condition[]; parts: readonly PreimagePart[] }[];
    };
