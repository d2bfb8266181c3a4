/** The slow twin of the event cursor: a whole parsed record behind the `Event` and `Fields` interfaces. Tests only. */
import { toCanonicalJson } from '../../src/base/canonical-json.ts';
import { sha256Hex } from '../../src/base/digest.ts';
import { findValues } from '../../src/base/field-path.ts';
import { type Instant, nanosBeyondMs, parseTimestamp, wholeMs } from '../../src/base/instant.ts';
import {
  hasDuplicateKeys,
  JsonArray,
  JsonNumber,
  JsonObject,
  type JsonValue,
  parseJson,
  toCompactJson,
  toScalarText,
} from '../../src/base/json.ts';
import { wholeNumberOf } from '../../src/base/whole-number.ts';
import type { AuditField, Event, Fields, Slot, Span, ValueKind } from '../../src/model/event.ts';
import type { Place } from '../../src/model/place.ts';

/** Slots of a source whose canonical fields stand under their own names (`audit`), or under `mapping`. */
export class TreeFields implements Fields {
  readonly severalActors = false;
  readonly source: string;
  readonly names: string[] = [];
  readonly mapping: Partial<Record<AuditField, string>>;

  constructor(source = 'audit', mapping: Partial<Record<AuditField, string>> = {}) {
    this.source = source;
    this.mapping = mapping;
  }

  audit(field: AuditField): Slot {
    return this.raw(this.mapping[field] ?? field);
  }

  raw(path: string): Slot {
    const known = this.names.indexOf(path);
    return known >= 0 ? known : this.names.push(path) - 1;
  }

  lacks(): boolean {
    return false;
  }
}

const ids = new Map<string, number>();

export class TreeEvent implements Event {
  readonly source: string;
  readonly fileIndex: number;
  readonly place: Place;
  readonly bytes: Uint8Array;
  readonly record: JsonValue;
  readonly fields: TreeFields;

  constructor(
    bytes: Uint8Array,
    fields: TreeFields,
    position: { file: string; fileIndex: number; line: number; offset: number },
  ) {
    this.source = fields.source;
    this.fields = fields;
    this.bytes = bytes;
    this.record = parseJson(bytes);
    this.fileIndex = position.fileIndex;
    this.place = { file: position.file, line: position.line, offset: position.offset, length: bytes.length };
  }

  get canonical(): boolean {
    try {
      return Buffer.from(this.bytes).toString() === toCanonicalJson(this.record);
    } catch {
      return false;
    }
  }

  get duplicateKeys(): boolean {
    return hasDuplicateKeys(this.record);
  }

  get offset(): number {
    return this.place.offset;
  }

  get line(): number {
    return this.place.line;
  }

  get length(): number {
    return this.place.length;
  }

  get isObject(): boolean {
    return this.record instanceof JsonObject;
  }

  get timeMs(): number {
    return this.time === undefined ? Number.NaN : wholeMs(this.time);
  }

  get timeNanos(): number {
    return this.time === undefined ? 0 : nanosBeyondMs(this.time);
  }

  get time(): Instant | undefined {
    const text = toScalarText(findValues(this.record, this.fields.mapping.time ?? 'time')[0]);
    const parsed = text === undefined ? undefined : parseTimestamp(text);
    return parsed?.problem === undefined ? parsed?.instant : undefined;
  }

  get identity(): string {
    return toScalarText(findValues(this.record, this.fields.mapping.id ?? 'id')[0]) ?? sha256Hex(this.bytes);
  }

  size(slot: Slot): number {
    return this.values(slot).length;
  }

  kind(slot: Slot, at = 0): ValueKind {
    return kindOf(this.values(slot)[at]);
  }

  text(slot: Slot, at = 0): string | undefined {
    const value = this.values(slot)[at];
    if (value instanceof JsonObject || value instanceof JsonArray) return toCompactJson(value);
    return toScalarText(value);
  }

  equals(slot: Slot, text: string): boolean {
    return this.values(slot)[0] === text;
  }

  wholeNumber(slot: Slot): number {
    return wholeNumberOf(this.text(slot) ?? '');
  }

  id(slot: Slot, at = 0): number {
    const key = `${this.kind(slot, at)}:${this.text(slot, at)}`;
    let id = ids.get(key);
    if (id === undefined) {
      id = ids.size;
      ids.set(key, id);
    }
    return id;
  }

  /** Only for members of the top-level object, by their literal name; enough for pre-images in tests. */
  span(slot: Slot): Span | undefined {
    const name = this.fields.names[slot]!;
    const member = this.record instanceof JsonObject ? this.record.member(name) : undefined;
    return member && { keyStart: member.keyStart, start: member.valueStart, end: member.valueEnd };
  }

  json(): JsonValue {
    return this.record;
  }

  seen(): JsonValue {
    return this.json();
  }

  private values(slot: Slot): JsonValue[] {
    return findValues(this.record, this.fields.names[slot]!);
  }
}

function kindOf(value: JsonValue | undefined): ValueKind {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return 'number';
  if (value instanceof JsonArray) return 'array';
  if (value instanceof JsonObject) return 'object';
  return typeof value === 'string' ? 'string' : 'boolean';
}

/** Events for records given as objects or as exact text, one line each, in file `log.ndjson`. */
export function treeEvents(
  records: readonly (object | string)[],
  fields: TreeFields,
  file = 'log.ndjson',
  fileIndex = 0,
): TreeEvent[] {
  let offset = 0;
  return records.map((record, index) => {
    const bytes = Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
    const event = new TreeEvent(bytes, fields, { file, fileIndex, line: index + 1, offset });
    offset += bytes.length + 1;
    return event;
  });
}
