/**
 * The event cursor: one record at a time, seen through its source's mapping, its fields found by the slot scanner.
 * Nothing is allocated per event until somebody asks for a text. Its slow twin is `test/support/tree-event.ts`.
 *
 * Over 250 lines: the cursor is one object by design; what could leave it (scanning, ids, mapping) has left it.
 */
import { sha256Hex } from '../base/digest.ts';
import { findValues } from '../base/field-path.ts';
import {
  type Instant,
  nanosBeyondMs,
  parsePlainTimestamp,
  parseTimestamp,
  wholeMs,
} from '../base/instant.ts';
import {
  hasDuplicateKeys,
  JsonArray,
  JsonNumber,
  JsonObject,
  type JsonValue,
  parseJson,
  toCompactJson,
  toScalarText,
} from '../base/json.ts';
import { BACKSLASH, decodeString, OPEN_BRACE } from '../base/lexical.ts';
import { KIND, type KindCode, SlotScanner } from '../base/slot-scanner.ts';
import { wholeNumberAt, wholeNumberOf } from '../base/whole-number.ts';
import type { AuditField, Event, Fields, Slot, Span, ValueKind } from '../model/event.ts';
import type { Place } from '../model/place.ts';
import {
  type Alternative,
  type MappedField,
  type Mapping,
  mapField,
  mapIdentity,
  toRawPaths,
} from './mapping.ts';
import { ESCAPED, type ValueIds } from './value-ids.ts';

const KIND_NAMES: readonly ValueKind[] = [
  'missing',
  'null',
  'boolean',
  'number',
  'string',
  'array',
  'object',
];

/** A canonical field that is more than one raw field by another name. */
type ComputedSlot = {
  field: MappedField;
  /** Scanner slots by path number, NO_SLOT where the field does not use the path. */
  slots: number[];
  /** For a field that is only a choice of raw fields: those, in order. It then keeps the kind of the chosen one. */
  choices: number[] | undefined;
  /** The scanner slots in use, and what they computed to before, by `inputKey`. */
  used: number[];
  values: Map<number, ComputedValue>;
};

type ComputedValue = { text: string | undefined; id: number };

/** Computed values kept for one field; audit logs have a handful of outcomes and some thousand targets. */
const MAX_REMEMBERED = 1 << 16;

/** Stands for "this record has none of the choices". */
const NO_SLOT = -1;

export class EventCursor implements Event, Fields {
  readonly source: string;
  private readonly mapping: Mapping;
  private readonly scanner = new SlotScanner();
  private readonly ids: ValueIds;

  private readonly slots = new Map<string, Slot>();
  private readonly auditSlots = new Map<AuditField, Slot>();
  private readonly pathSlots: Slot[] = [];
  /** Scanner slot names, for the tree path. */
  private readonly names: string[][] = [];
  /** Computed slots are numbered from -2 downwards, so that scanner slots stay what they are. */
  private readonly computed: ComputedSlot[] = [];
  private readonly timeSlot: Slot;
  /** Slots of `mapping.identity`, and where the hash of an identity begins. */
  private readonly identityLists: readonly (readonly Slot[])[];
  private readonly identitySeed: number;

  private file = '';
  fileIndex = 0;
  ordinal = 0;
  private line = 0;
  offset = 0;
  private length = 0;
  private knownPlace: Place | undefined;
  private buffer: Uint8Array = new Uint8Array(0);
  private start = 0;
  private end = 0;
  private tree: JsonValue | undefined;
  private timeIsKnown = false;
  private knownTime: Instant | undefined;
  /** For each computed slot its value in this record, or the slot that it is a choice of; valid while `computedFor` is this record. */
  private readonly computedValues: ComputedValue[] = [];
  private readonly chosenSlots: Slot[] = [];
  private readonly computedFor: number[] = [];
  /** Ids of this record's first values, by slot; valid where `idsFor` is this record. */
  private readonly knownIds: number[] = [];
  private readonly idsFor: number[] = [];
  private recordNumber = 0;
  /** One closure for the cursor's life; mappings number their paths. */
  private readonly readPath = (path: number): string | undefined => this.text(this.path(path));

  constructor(mapping: Mapping, ids: ValueIds) {
    this.source = mapping.name;
    this.mapping = mapping;
    this.ids = ids;
    this.timeSlot = this.audit('time');
    this.identityLists = mapping.identity.map((paths) => paths.map((path) => this.path(path)));
    const seed = new Uint32Array([0x811c9dc5, 0]);
    const name = Buffer.from(mapping.name);
    hashBytes(name, 0, name.length, seed);
    this.identitySeed = seed[0]!;
  }

  // Fields

  audit(field: AuditField): Slot {
    let slot = this.auditSlots.get(field);
    if (slot === undefined) {
      slot = this.compileField(this.mapping.fields[field]);
      this.auditSlots.set(field, slot);
    }
    return slot;
  }

  raw(path: string): Slot {
    return this.slotFor(toRawPaths(this.mapping, path));
  }

  /** One slot for each list of names, whoever asks. */
  private slotFor(names: string[]): Slot {
    const key = JSON.stringify(names);
    let slot = this.slots.get(key);
    if (slot === undefined) {
      slot = this.scanner.add(names);
      this.names[slot] = names;
      this.slots.set(key, slot);
    }
    return slot;
  }

  /** Whether some record so far carried the field; for a computed one, something that it is computed from. */
  occurred(slot: Slot): boolean {
    if (slot >= 0) return this.scanner.everFound(slot);
    const computed = slot < NO_SLOT ? this.computed[-2 - slot] : undefined;
    if (computed === undefined) return false;
    const isLiteral = computed.field.alternatives.some(({ kind }) => kind === 'literal');
    return isLiteral || computed.slots.some((origin) => origin >= 0 && this.scanner.everFound(origin));
  }

  lacks(field: AuditField): boolean {
    return this.mapping.lacks.includes(field);
  }

  /** A mapping's own paths are literal: no alias, no deeper place. */
  private path(index: number): Slot {
    this.pathSlots[index] ??= this.slotFor([this.mapping.paths[index]!]);
    return this.pathSlots[index];
  }

  private compileField(field: MappedField | undefined): Slot {
    const mapped = field ?? { alternatives: [] };
    const slots = this.mapping.paths.map((_, index) => (usesPath(mapped, index) ? this.path(index) : -1));
    const choices = mapped.alternatives.every(isPlainPath)
      ? mapped.alternatives.map((each) => slots[each.path]!)
      : undefined;
    const used = slots.filter((slot) => slot >= 0);
    this.computed.push({ field: mapped, slots, choices, used, values: new Map() });
    return -1 - this.computed.length;
  }

  // Moving

  /** Scans the record at `start` of `buffer` and stands on it. @returns the index after it @throws {JsonSyntaxError} */
  scan(buffer: Uint8Array, start: number, end: number): number {
    this.buffer = buffer;
    this.start = start;
    this.tree = undefined;
    this.timeIsKnown = false;
    this.recordNumber++;
    this.end = this.scanner.scan(buffer, start, end);
    return this.end;
  }

  /** Says where the scanned record stands. */
  locate(
    file: string,
    fileIndex: number,
    ordinal: number,
    line: number,
    offset: number,
    length: number,
  ): void {
    this.file = file;
    this.fileIndex = fileIndex;
    this.ordinal = ordinal;
    this.line = line;
    this.offset = offset;
    this.length = length;
    this.knownPlace = undefined;
  }

  // Event

  get place(): Place {
    this.knownPlace ??= { file: this.file, line: this.line, offset: this.offset, length: this.length };
    return this.knownPlace;
  }

  get bytes(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }

  get byteLength(): number {
    return this.end - this.start;
  }

  get canonical(): boolean {
    return this.scanner.canonical && !this.scanner.needsTree;
  }

  get duplicateKeys(): boolean {
    return this.scanner.needsTree && hasDuplicateKeys(this.json());
  }

  get isObject(): boolean {
    return this.buffer[this.start] === OPEN_BRACE;
  }

  get timeMs(): number {
    const { time } = this;
    return time === undefined ? Number.NaN : wholeMs(time);
  }

  get timeNanos(): number {
    const { time } = this;
    return time === undefined ? 0 : nanosBeyondMs(time);
  }

  get time(): Instant | undefined {
    if (!this.timeIsKnown) {
      this.timeIsKnown = true;
      this.knownTime = this.plainTime() ?? this.parsedTime();
    }
    return this.knownTime;
  }

  /** The time of a string field in its plainest form, without decoding it. */
  private plainTime(): Instant | undefined {
    if (this.scanner.needsTree) return undefined;
    const slot = this.timeSlot < NO_SLOT ? this.chosenSlot(this.timeSlot) : this.timeSlot;
    const value = slot === undefined || slot < 0 ? -1 : this.scanner.first(slot);
    if (value < 0 || this.scanner.kind(value) !== KIND.string) return undefined;
    return parsePlainTimestamp(this.buffer, this.scanner.start(value) + 1, this.scanner.endOf(value) - 1);
  }

  private parsedTime(): Instant | undefined {
    const text = this.text(this.timeSlot);
    const parsed = text === undefined ? undefined : parseTimestamp(text, this.mapping.time);
    return parsed?.problem === undefined ? parsed?.instant : undefined;
  }

  get identity(): string {
    return this.ownIdentity ?? sha256Hex(this.bytes);
  }

  /** The name that the source itself gives the record, if it does. */
  get ownIdentity(): string | undefined {
    for (const slots of this.identityLists) {
      if (slots.length === 1 && this.holdsText(slots[0]!)) return this.text(slots[0]!);
      if (slots.length > 1) break;
    }
    return mapIdentity(this.mapping, this.readPath);
  }

  /**
   * Two hashes of the record's own identity into `key`, straight from its bytes; false when it has none.
   * Equal identities of one source have equal hashes, however they were escaped.
   */
  hashOwnIdentity(key: Uint32Array): boolean {
    for (const slots of this.identityLists) {
      if (!slots.every((slot) => this.holdsText(slot))) continue;
      key[0] = this.identitySeed;
      key[1] = ~this.identitySeed;
      for (const slot of slots) this.hashText(slot, key);
      return true;
    }
    return false;
  }

  private hashText(slot: Slot, key: Uint32Array): void {
    const value = this.scanner.needsTree ? -1 : this.scanner.first(slot);
    const isString = value >= 0 && this.scanner.kind(value) === KIND.string;
    const start = value < 0 ? 0 : this.scanner.start(value) + (isString ? 1 : 0);
    const end = value < 0 ? 0 : this.scanner.endOf(value) - (isString ? 1 : 0);
    if (value >= 0 && !hasEscape(this.buffer, start, end)) hashBytes(this.buffer, start, end, key);
    else {
      const bytes = Buffer.from(this.text(slot)!);
      hashBytes(bytes, 0, bytes.length, key);
    }
  }

  size(slot: Slot): number {
    if (slot < NO_SLOT) return this.kindCode(slot, 0) === KIND.missing ? 0 : 1;
    return this.scanner.needsTree ? this.treeValues(slot).length : this.scanner.size(slot);
  }

  kind(slot: Slot, at = 0): ValueKind {
    return KIND_NAMES[this.kindCode(slot, at)]!;
  }

  text(slot: Slot, at = 0): string | undefined {
    if (slot < NO_SLOT) {
      const chosen = this.chosenSlot(slot);
      if (chosen === undefined) return at === 0 ? this.computedText(slot) : undefined;
      return this.text(chosen, at);
    }
    if (slot === NO_SLOT) return undefined;
    if (this.scanner.needsTree) return treeText(this.treeValues(slot)[at]);
    const value = this.scanner.valueAt(slot, at);
    return value < 0 ? undefined : this.valueText(value);
  }

  equals(slot: Slot, text: string): boolean {
    const value = slot < 0 || this.scanner.needsTree ? -1 : this.scanner.first(slot);
    if (value < 0) return this.kind(slot) === 'string' && this.text(slot) === text;
    if (this.scanner.kind(value) !== KIND.string) return false;
    const start = this.scanner.start(value) + 1;
    const length = this.scanner.endOf(value) - 1 - start;
    for (let index = 0; index < length; index++) {
      const byte = this.buffer[start + index]!;
      if (byte === BACKSLASH) return this.text(slot) === text;
      if (byte !== text.charCodeAt(index)) return false;
    }
    return length === text.length;
  }

  /** Straight from the bytes: sequence numbers never repeat, and to decode one took 200 ns (measured). */
  wholeNumber(slot: Slot): number {
    const value = slot < 0 || this.scanner.needsTree ? -1 : this.scanner.first(slot);
    if (value < 0) return wholeNumberOf(this.text(slot) ?? '');
    const kind = this.scanner.kind(value);
    const start = this.scanner.start(value);
    const end = this.scanner.endOf(value);
    if (kind === KIND.number) return wholeNumberAt(this.buffer, start, end);
    if (kind !== KIND.string) return Number.NaN;
    if (hasEscape(this.buffer, start, end)) return wholeNumberOf(this.text(slot)!);
    return wholeNumberAt(this.buffer, start + 1, end - 1);
  }

  id(slot: Slot, at = 0): number {
    if (at > 0) return this.findId(slot, at);
    // Many rules ask for the same few fields of a record.
    const index = slot < 0 ? -slot * 2 : slot * 2 + 1;
    if (this.idsFor[index] !== this.recordNumber) {
      this.idsFor[index] = this.recordNumber;
      this.knownIds[index] = this.findId(slot, 0);
    }
    return this.knownIds[index]!;
  }

  private findId(slot: Slot, at: number): number {
    const chosen = slot < NO_SLOT ? this.chosenSlot(slot) : undefined;
    if (chosen !== undefined) return this.findId(chosen, at);
    if (slot < NO_SLOT && at === 0) return this.compute(slot).id;
    if (slot < 0 || this.scanner.needsTree) {
      const text = this.text(slot, at);
      return this.ids.idOfText(this.kindCode(slot, at), text ?? '');
    }
    const value = this.scanner.valueAt(slot, at);
    if (value < 0) return this.ids.idOfText(KIND.missing, '');
    const kind = this.scanner.kind(value);
    const start = this.scanner.start(value);
    const end = this.scanner.endOf(value);
    if (kind === KIND.object || kind === KIND.array)
      return this.ids.idOfText(kind, this.valueText(value) ?? '');
    if (kind !== KIND.string) return this.ids.idOfBytes(kind, this.buffer, start, end);
    const id = this.ids.idOfBytes(kind, this.buffer, start + 1, end - 1);
    return id === ESCAPED ? this.ids.idOfText(kind, decodeString(this.buffer, start + 1, end - 1)) : id;
  }

  span(slot: Slot, at = 0): Span | undefined {
    if (slot < NO_SLOT) {
      const origin = this.chosenSlot(slot) ?? this.originSlot(slot);
      return origin === undefined ? undefined : this.span(origin, at);
    }
    if (slot === NO_SLOT) return undefined;
    if (this.scanner.needsTree) return this.treeSpan(slot);
    const value = this.scanner.valueAt(slot, at);
    if (value < 0) return undefined;
    const keyStart = this.scanner.keyStart(value);
    return {
      keyStart: keyStart < 0 ? -1 : keyStart - this.start,
      start: this.scanner.start(value) - this.start,
      end: this.scanner.endOf(value) - this.start,
    };
  }

  json(): JsonValue {
    this.tree ??= parseJson(this.bytes);
    return this.tree;
  }

  private kindCode(slot: Slot, at: number): KindCode {
    if (slot < NO_SLOT) {
      const chosen = this.chosenSlot(slot);
      if (chosen !== undefined) return this.kindCode(chosen, at);
      return at === 0 && this.computedText(slot) !== undefined ? KIND.string : KIND.missing;
    }
    if (slot === NO_SLOT) return KIND.missing;
    if (this.scanner.needsTree) return kindOf(this.treeValues(slot)[at]);
    const value = this.scanner.valueAt(slot, at);
    return value < 0 ? KIND.missing : this.scanner.kind(value);
  }

  private valueText(value: number): string | undefined {
    const start = this.scanner.start(value);
    const end = this.scanner.endOf(value);
    switch (this.scanner.kind(value)) {
      case KIND.string:
        return decodeString(this.buffer, start + 1, end - 1);
      case KIND.number:
      case KIND.boolean:
        return decodeString(this.buffer, start, end);
      case KIND.object:
      case KIND.array:
        return toCompactJson(parseJson(this.buffer.subarray(start, end)));
      default:
        return undefined;
    }
  }

  private computedText(slot: Slot): string | undefined {
    return this.compute(slot).text;
  }

  private compute(slot: Slot): ComputedValue {
    const index = -2 - slot;
    if (this.computedFor[index] !== this.recordNumber) {
      this.computedFor[index] = this.recordNumber;
      this.computedValues[index] = this.rememberedValue(this.computed[index]!);
    }
    return this.computedValues[index]!;
  }

  /** What a mapping computes depends on the values at its paths alone: for up to two of them it is computed once. */
  private rememberedValue(computed: ComputedSlot): ComputedValue {
    const key = this.scanner.needsTree ? -1 : this.inputKey(computed.used);
    const known = key < 0 ? undefined : computed.values.get(key);
    if (known !== undefined) return known;
    const text = mapField(computed.field, this.readPath);
    const value = {
      text,
      id: this.ids.idOfText(text === undefined ? KIND.missing : KIND.string, text ?? ''),
    };
    if (key >= 0 && computed.values.size < MAX_REMEMBERED) computed.values.set(key, value);
    return value;
  }

  /** Position and id of each value that is there, 26 bits each; -1 where that does not say it all. */
  private inputKey(used: readonly Slot[]): number {
    let key = 0;
    let present = 0;
    for (let position = 0; position < used.length; position++) {
      if (this.scanner.first(used[position]!) < 0) continue;
      const id = this.id(used[position]!);
      if (id < 0 || ++present > 2 || position >= 63) return -1;
      key = key * 2 ** 26 + (position + 1) * 2 ** 20 + id;
    }
    return key;
  }

  /** For a choice of raw fields: the first that holds a scalar, or NO_SLOT. Undefined for what a mapping computes. */
  private chosenSlot(slot: Slot): Slot | undefined {
    const index = -2 - slot;
    const { choices } = this.computed[index]!;
    if (choices === undefined) return undefined;
    if (this.computedFor[index] !== this.recordNumber) {
      this.computedFor[index] = this.recordNumber;
      this.chosenSlots[index] = this.firstWithText(choices);
    }
    return this.chosenSlots[index];
  }

  private firstWithText(choices: readonly Slot[]): Slot {
    const { scanner } = this;
    for (let index = 0; index < choices.length; index++) {
      const choice = choices[index]!;
      // Most choices of a mapping are absent from a record: pass them by before asking more.
      if (!scanner.needsTree && scanner.first(choice) < 0) continue;
      if (this.holdsText(choice)) return choice;
    }
    return NO_SLOT;
  }

  /** As `mapField` sees it: empty texts, objects and empty arrays answer nothing. */
  private holdsText(slot: Slot): boolean {
    if (this.scanner.needsTree) {
      const kind = kindOf(this.treeValues(slot)[0]);
      return (
        (kind === KIND.string && this.text(slot) !== '') || kind === KIND.number || kind === KIND.boolean
      );
    }
    const value = this.scanner.first(slot);
    if (value < 0) return false;
    const kind = this.scanner.kind(value);
    if (kind === KIND.string) return this.scanner.endOf(value) - this.scanner.start(value) > 2;
    return kind === KIND.number || kind === KIND.boolean;
  }

  /** The raw slot that a computed value most likely came from: for carets only. */
  private originSlot(slot: Slot): Slot | undefined {
    const { field, slots } = this.computed[-2 - slot]!;
    return field.alternatives
      .filter((alternative) => alternative.kind === 'path')
      .map((alternative) => slots[alternative.path]!)
      .find((origin) => this.text(origin) !== undefined);
  }

  private treeValues(slot: Slot): JsonValue[] {
    for (const name of this.names[slot] ?? []) {
      const values = findValues(this.json(), name);
      if (values.length > 0) return values;
    }
    return [];
  }

  private treeSpan(slot: Slot): Span | undefined {
    const record = this.json();
    if (!(record instanceof JsonObject)) return undefined;
    const member = this.names[slot]?.map((name) => record.member(name)).find((each) => each !== undefined);
    return member && { keyStart: member.keyStart, start: member.valueStart, end: member.valueEnd };
  }
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (bytes[index] === BACKSLASH) return true;
  return false;
}

/** FNV-1a, and a second hash with another multiplier; both continue from what `key` holds, a separator first. */
function hashBytes(bytes: Uint8Array, start: number, end: number, key: Uint32Array): void {
  let first = Math.imul(key[0]! ^ 0xff, 0x01000193);
  let second = Math.imul(key[1]! ^ 0xff, 0x5bd1e995);
  for (let index = start; index < end; index++) {
    first = Math.imul(first ^ bytes[index]!, 0x01000193);
    second = Math.imul(second ^ bytes[index]!, 0x5bd1e995);
  }
  key[0] = first;
  key[1] = second ^ (second >>> 15);
}

function isPlainPath(alternative: Alternative): alternative is Alternative & { kind: 'path' } {
  return (
    alternative.kind === 'path' &&
    alternative.guards.length === 0 &&
    alternative.translation === undefined &&
    alternative.whenAbsent === undefined
  );
}

function usesPath(field: MappedField, path: number): boolean {
  return field.alternatives.some(
    (alternative) =>
      alternative.guards.some((guard) => guard.path === path) ||
      (alternative.kind === 'path' && alternative.path === path) ||
      (alternative.kind === 'join' && alternative.paths.includes(path)),
  );
}

function kindOf(value: JsonValue | undefined): KindCode {
  if (value === undefined) return KIND.missing;
  if (value === null) return KIND.null;
  if (value instanceof JsonNumber) return KIND.number;
  if (value instanceof JsonArray) return KIND.array;
  if (value instanceof JsonObject) return KIND.object;
  return typeof value === 'string' ? KIND.string : KIND.boolean;
}

function treeText(value: JsonValue | undefined): string | undefined {
  return value instanceof JsonObject || value instanceof JsonArray
    ? toCompactJson(value)
    : toScalarText(value);
}
