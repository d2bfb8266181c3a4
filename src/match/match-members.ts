/** A condition on the members of an array (`ports[any]: {…}`): each member is an event of its own to the condition within. */
import { findValues } from '../base/field-path.ts';
import {
  JsonArray,
  JsonNumber,
  JsonObject,
  type JsonValue,
  parseJsonText,
  toCompactJson,
  toScalarText,
} from '../base/json.ts';
import type { Event, Fields, Slot, ValueKind } from '../model/event.ts';
import type { MemberChoice } from '../model/rule.ts';

/** The fields of a member, by their paths within it; `.` is the member itself. Canonical fields are the record's alone. */
export class MemberFields implements Fields {
  readonly severalActors = false;
  readonly source: string;
  readonly paths: string[] = [];

  constructor(source: string) {
    this.source = source;
  }

  audit(): Slot {
    return this.raw('');
  }

  raw(path: string): Slot {
    const known = this.paths.indexOf(path);
    return known >= 0 ? known : this.paths.push(path) - 1;
  }

  lacks(): boolean {
    return true;
  }
}

/** Whether the members that `which` names hold, as `holds` says of each. A value that is no array is one of one member. */
export function matchMembers(
  slot: Slot,
  which: MemberChoice,
  fields: MemberFields,
  holds: (member: Event) => boolean,
): (event: Event) => boolean {
  const judge = (event: Event, at: number) =>
    holds(new MemberEvent(event, fields, memberAt(event, slot, at)));
  if (typeof which === 'number') {
    return (event) => {
      const at = which < 0 ? countMembers(event, slot) + which : which;
      const isThere = at >= 0 && at < countMembers(event, slot);
      // A place that is not there is absent, as a field is: null and `exists: false` hold.
      return isThere ? judge(event, at) : holds(new MemberEvent(event, fields, undefined));
    };
  }
  const some = (event: Event, wanted: boolean) => {
    const count = countMembers(event, slot);
    for (let at = 0; at < count; at++) if (judge(event, at) === wanted) return true;
    return false;
  };
  switch (which) {
    case 'any':
      return (event) => some(event, true);
    case 'none':
      return (event) => !some(event, true);
    case 'all':
      return (event) => countMembers(event, slot) > 0 && !some(event, false);
    case 'all_or_empty':
      return (event) => !some(event, false);
  }
}

/** An empty array is one value, and has no member. */
function countMembers(event: Event, slot: Slot): number {
  const size = event.size(slot);
  return size === 1 && event.kind(slot) === 'array' ? 0 : size;
}

function memberAt(event: Event, slot: Slot, at: number): JsonValue {
  const kind = event.kind(slot, at);
  const text = event.text(slot, at);
  switch (kind) {
    case 'string':
      return text!;
    case 'number':
      return new JsonNumber(text!);
    case 'boolean':
      return text === 'true';
    case 'object':
    case 'array':
      return parseJsonText(text!);
    default:
      return null;
  }
}

/** A member seen as an event. What names the record is the record's. */
class MemberEvent implements Event {
  private readonly record: Event;
  private readonly fields: MemberFields;
  private readonly member: JsonValue | undefined;
  private readonly found: JsonValue[][] = [];

  constructor(record: Event, fields: MemberFields, member: JsonValue | undefined) {
    this.record = record;
    this.fields = fields;
    this.member = member;
  }

  size(slot: Slot): number {
    return this.values(slot).length;
  }

  kind(slot: Slot, at = 0): ValueKind {
    return kindOf(this.values(slot)[at]);
  }

  text(slot: Slot, at = 0): string | undefined {
    const value = this.values(slot)[at];
    return value instanceof JsonObject || value instanceof JsonArray
      ? toCompactJson(value)
      : toScalarText(value);
  }

  equals(slot: Slot, text: string): boolean {
    return this.values(slot)[0] === text;
  }

  /** Members hardly repeat: none of their values has an id. */
  id(): number {
    return -1;
  }

  wholeNumber(): number {
    return Number.NaN;
  }

  span(): undefined {
    return undefined;
  }

  json(): JsonValue {
    return this.member ?? null;
  }

  seen(): JsonValue {
    return this.json();
  }

  private values(slot: Slot): JsonValue[] {
    let values = this.found[slot];
    if (values === undefined) {
      const path = this.fields.paths[slot]!;
      if (this.member === undefined) values = [];
      else values = path === '.' ? [this.member] : findValues(this.member, path);
      this.found[slot] = values;
    }
    return values;
  }

  get source() {
    return this.record.source;
  }
  get fileIndex() {
    return this.record.fileIndex;
  }
  get offset() {
    return this.record.offset;
  }
  get line() {
    return this.record.line;
  }
  get length() {
    return this.record.length;
  }
  get place() {
    return this.record.place;
  }
  get bytes() {
    return this.record.bytes;
  }
  get isObject() {
    return this.member instanceof JsonObject;
  }
  get canonical() {
    return false;
  }
  get duplicateKeys() {
    return this.record.duplicateKeys;
  }
  get time() {
    return this.record.time;
  }
  get timeMs() {
    return this.record.timeMs;
  }
  get timeNanos() {
    return this.record.timeNanos;
  }
  get identity() {
    return this.record.identity;
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
