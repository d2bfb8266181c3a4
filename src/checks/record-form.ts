/** The check `record-form`: a record is one JSON object, of one event, in which no key stands twice (RFC 8259 §4, RFC 7493 §2.3). */
import { JsonArray, type JsonMember, JsonObject, type JsonValue } from '../base/json.ts';
import { skipWhitespace } from '../base/lexical.ts';
import { quote } from '../base/text-safety.ts';
import type { Check, CheckDefinition } from '../model/check.ts';
import type { AuditField, Event, Fields } from '../model/event.ts';
import type { FindingKind } from '../model/finding.ts';
import { looksLikeEvent } from '../read/beside-records.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import {
  compileRecordCounter,
  type Defect,
  type FileTally,
  foundValues,
  type Group,
  mergeTallies,
  noteDefect,
  type Sighting,
  startTally,
  type Tally,
  toFindings,
} from './grouped-findings.ts';

const FINDINGS: readonly FindingKind[] = [
  {
    code: 'duplicate-key',
    severity: 'high',
    title: 'key stands twice in one object',
    why: 'Readers differ in which value they keep, so two tools see two different events: a way to show one thing to the reviewer and another to the alarm.',
    fix: 'Find out what wrote the second member. A correct JSON writer never does; a hand edit or a spliced record may.',
    controls: ['nist-800-53r5:AU-9'],
  },
  {
    code: 'unopened-text',
    severity: 'medium',
    title: 'text that is not read as what it says',
    why: 'The export carries as text what the event says there. It was cut, is nested deeper than is read, or is a second event in one record: what it held was not audited.',
    fix: 'Export the records whole, each event in one of its own: tables and spreadsheets cut long cells.',
  },
  {
    code: 'not-an-object',
    severity: 'medium',
    title: 'record is not an object',
    why: 'A bare value has no fields: it says nothing about who did what.',
    fix: 'Remove what is not part of the log from the export, or export the records as objects.',
  },
  {
    code: 'nested-records',
    severity: 'high',
    title: 'record that holds others',
    why: 'It says neither who, nor when, nor what, and has a list of events: a whole export that stands in one line among records. It was taken for one record, so no event in it was audited.',
    fix: 'Give each export a file of its own, or take the records out of the list, one a line.',
  },
];

const NONE: readonly string[] = [];
const DUPLICATE_KEY: Defect = { code: 'duplicate-key', key: 'duplicate-key', field: '', expected: '' };
const UNOPENED: Defect = { code: 'unopened-text', key: 'unopened-text', field: '', expected: '' };
const NESTED: Defect = { code: 'nested-records', key: 'nested-records', field: '', expected: '' };
const NOT_AN_OBJECT: Defect = { code: 'not-an-object', key: 'not-an-object', field: '', expected: '' };

export const recordForm: CheckDefinition<Tally> = {
  name: 'record-form',
  title: 'Every record is one object, of one event, without repeated keys',
  findings: FINDINGS,
  create: (): Check<Tally> => ({
    start: startTally,
    compile: compileStep,
    merge: mergeTallies,
    finish: (tally) => ({ findings: toFindings(tally, 'record-form', FINDINGS, say) }),
  }),
};

/** What an event says of itself; a record without any of it is none. */
const OF_AN_EVENT: readonly AuditField[] = ['time', 'action', 'actor'];

function compileStep(fields: Fields): (tally: Tally, event: Event) => void {
  const known = OF_AN_EVENT.filter((field) => !fields.lacks(field));
  const isTold = fields.source !== UNKNOWN_SOURCE.name && known.length > 1;
  const slots = isTold ? known.map((field) => fields.audit(field)) : [];
  const saysNothing = (event: Event) =>
    isTold && event.isObject && event.erased !== true && slots.every((slot) => event.size(slot) === 0);
  const countRecord = compileRecordCounter();
  return (tally, event) => {
    const file = countRecord(tally, event);
    const { isObject, duplicateKeys, unopened = NONE } = event;
    if (!isObject || duplicateKeys) noteForm(tally, file, event);
    if (unopened.length > 0) noteUnopened(tally, file, event, unopened);
    if (event.repeatsKeyWithin) noteRepeatedWithin(tally, file, event);
    if (Number.isNaN(event.timeMs) && saysNothing(event)) noteNested(tally, file, event);
  };
}

/** Apart from the step, which then makes no closures (40 bytes an event, measured). */
function noteForm(tally: Tally, file: FileTally, event: Event): void {
  if (!event.isObject) noteDefect(tally, file, event, NOT_AN_OBJECT, () => seeBareValue(event));
  if (event.duplicateKeys) noteDefect(tally, file, event, DUPLICATE_KEY, () => seeRepeated(event));
}

function noteUnopened(tally: Tally, file: FileTally, event: Event, paths: readonly string[]): void {
  noteDefect(tally, file, event, UNOPENED, () => ({ value: paths.map(quote).join(', ') }));
}

/** In what is carried as text, which has no place of its own. */
function noteRepeatedWithin(tally: Tally, file: FileTally, event: Event): void {
  noteDefect(tally, file, event, DUPLICATE_KEY, () => {
    const member = firstRepeated(event.seen());
    return member === undefined ? {} : { value: quote(member.key) };
  });
}

function noteNested(tally: Tally, file: FileTally, event: Event): void {
  const list = firstList(event.json(), MAX_WRAPPERS);
  if (list === undefined) return;
  const { key, keyStart, valueEnd } = list;
  noteDefect(tally, file, event, NESTED, () => ({ value: quote(key), start: keyStart, end: valueEnd }));
}

function seeBareValue(event: Event): Sighting {
  const { bytes } = event;
  const start = skipWhitespace(bytes, 0, bytes.length);
  return { value: describeKind(event.json()), start, end: bytes.length };
}

function seeRepeated(event: Event): Sighting {
  const member = firstRepeated(event.json());
  if (member === undefined) return {};
  return { value: quote(member.key), start: member.keyStart, end: member.valueEnd };
}

function say(group: Group, where: string): string {
  if (group.code === 'not-an-object')
    return `a bare value stands in place of an object ${where}${foundValues(group)}`;
  if (group.code === 'unopened-text')
    return `a text that begins like JSON is not read as such ${where}${foundValues(group)}`;
  if (group.code === 'nested-records')
    return `a list of events, and none of what an event says, stands ${where}${foundValues(group)}`;
  return `a key stands twice in one object ${where}${foundValues(group)}`;
}

function describeKind(value: JsonValue): string {
  if (value instanceof JsonArray) return 'an array';
  return value === null
    ? 'null'
    : typeof value === 'string'
      ? 'a string'
      : typeof value === 'boolean'
        ? 'a boolean'
        : 'a number';
}

/** Objects around the list in known exports: `hits.hits`, `response.data.items`. */
const MAX_WRAPPERS = 3;

/** The first member whose value is an array in which events stand. */
function firstList(value: JsonValue, depth: number): JsonMember | undefined {
  if (!(value instanceof JsonObject) || depth === 0) return undefined;
  for (const member of value.members) {
    const { value: held } = member;
    const isList = held instanceof JsonArray && held.elements.some(looksLikeEvent);
    const found = isList ? member : firstList(held, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The second of two members with one key, outermost object first. */
function firstRepeated(value: JsonValue): JsonMember | undefined {
  if (value instanceof JsonArray) return firstOf(value.elements);
  if (!(value instanceof JsonObject)) return undefined;
  const seen = new Set<string>();
  for (const member of value.members) {
    if (seen.has(member.key)) return member;
    seen.add(member.key);
  }
  return firstOf(value.members.map((member) => member.value));
}

function firstOf(values: readonly JsonValue[]): JsonMember | undefined {
  for (const value of values) {
    const found = firstRepeated(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
