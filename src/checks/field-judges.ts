/** How one event is held against the compiled schemas: a judge for each field, each whole schema, and the actor's name. */
import { JsonArray, JsonObject, type JsonValue, toPlainValue } from '../base/json.ts';
import { quote } from '../base/text-safety.ts';
import { isAnonymousActor } from '../model/anonymous-actor.ts';
import { isBlankOutcome, isBlankText } from '../model/blank-text.ts';
import { AUDIT_FIELDS, type AuditField, type Event, type Fields, type Slot } from '../model/event.ts';
import type { FieldPlan, Validator } from './event-schema.ts';
import { type Defect, type FileTally, noteDefect, type Sighting, type Tally } from './grouped-findings.ts';
import { toSchemaDefects } from './schema-defects.ts';

/** Notes what is wrong with the event in the tally of its file. */
export type Judge = (tally: Tally, file: FileTally, event: Event) => void;

type Passes = (event: Event) => boolean;

/** The judge of one field, and whether the field passes, which nearly all do. */
export type FieldJudge = { field: AuditField; slot: Slot; passes: Passes; judge: Judge };

/** One field of the flat schemas: each distinct value is validated once, and of several each. */
export function judgeField(plan: FieldPlan, fields: Fields): FieldJudge {
  const { field, validators } = plan;
  const slot = fields.audit(field);
  const required = plan.required && !fields.lacks(field);
  const missing = missingField(field);
  const passes = memoizeById(field, slot, (event) => {
    // A time that was read is there, and asking for its text again is the dearest question of the step.
    if (field === 'time' && validators.length === 0 && !Number.isNaN(event.timeMs)) return true;
    if (isAbsent(event, slot, field)) return !required;
    const values = validators.length > 0 ? spokenValues(event, slot, field) : [];
    return validators.every(({ validate }) => values.every((value) => validate(value).length === 0));
  });
  const judge: Judge = (tally, file, event) => {
    if (passes(event)) return;
    if (isAbsent(event, slot, field)) {
      noteDefect(tally, file, event, missing, () => event.span(slot) ?? {});
      return;
    }
    for (const { prefix, validate } of validators) {
      const failures = spokenValues(event, slot, field).flatMap((value) => validate(value));
      for (const { defect, value } of toSchemaDefects(failures, prefix, field)) {
        noteDefect(tally, file, event, defect, () => ({ ...event.span(slot), value }));
      }
    }
  };
  return { field, slot, passes, judge };
}

export function judgeActor(slot: Slot, allowed: ReadonlySet<string>): FieldJudge {
  const defect: Defect = { code: 'ambiguous-actor', key: 'actor', field: 'actor', expected: '' };
  const nobody = (event: Event) =>
    textsOf(event, slot).find((name) => !allowed.has(name.toLowerCase()) && isAnonymousActor(name));
  const passes = memoizeById('actor', slot, (event) => nobody(event) === undefined);
  const judge: Judge = (tally, file, event) => {
    if (!passes(event))
      noteDefect(tally, file, event, defect, () => ({
        ...event.span(slot),
        value: quote(nobody(event) ?? ''),
      }));
  };
  return { field: 'actor', slot, passes, judge };
}

/** The group of records that name several actors. */
export const SEVERAL_ACTORS = 'several actors';

/** What `isAnonymousActor` cannot tell by the first name: that there are others. */
export function judgeSingleActor(slot: Slot): FieldJudge {
  const defect: Defect = { code: 'ambiguous-actor', key: SEVERAL_ACTORS, field: 'actor', expected: '' };
  const judge: Judge = (tally, file, event) => {
    if (!isSingle(event, slot))
      noteDefect(tally, file, event, defect, () => ({ ...event.span(slot), value: namesOf(event, slot) }));
  };
  return { field: 'actor', slot, passes: (event) => isSingle(event, slot), judge };
}

function isSingle(event: Event, slot: Slot): boolean {
  return event.size(slot) < 2 || new Set(textsOf(event, slot)).size < 2;
}

function textsOf(event: Event, slot: Slot): string[] {
  const texts: string[] = [];
  for (let at = 0; at < event.size(slot); at++) {
    const text = event.text(slot, at);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** Names that a message shows of one record. */
const MAX_NAMES = 3;

function namesOf(event: Event, slot: Slot): string {
  const names = textsOf(event, slot);
  const shown = names.slice(0, MAX_NAMES).map(quote).join(', ');
  return names.length > MAX_NAMES ? `[${shown}, …]` : `[${shown}]`;
}

/**
 * Whether an event passes all of some judges, in one loop: called one by one they take twice as long (measured).
 * `unlike`: whose answer is not the same for all values of one id.
 */
export function passAll(judges: readonly FieldJudge[], unlike: readonly FieldJudge[]): Passes {
  const others = [...judges.filter(({ field }) => !repeats(field)), ...unlike].map(({ passes }) => passes);
  const slots = [...new Set(judges.filter(({ field }) => repeats(field)).map(({ slot }) => slot))];
  const tests = slots.map((slot) => {
    const ofSlot = judges.filter((one) => one.slot === slot).map(({ passes }) => passes);
    return (event: Event) => ofSlot.every((passes) => passes(event));
  });
  // By slot and id: whether the value passed before.
  const passed = slots.map(() => new Uint8Array(1024));
  const passesBeyond = (event: Event, index: number, id: number): boolean => {
    if (!tests[index]!(event)) return false;
    if (id < 0) return true;
    if (id >= passed[index]!.length) passed[index] = grown(passed[index]!, id);
    passed[index]![id] = PASSES;
    return true;
  };
  return (event) => {
    for (let index = 0; index < slots.length; index++) {
      const id = onlyId(event, slots[index]!);
      if ((id < 0 || passed[index]![id] !== PASSES) && !passesBeyond(event, index, id)) return false;
    }
    for (let index = 0; index < others.length; index++) if (!others[index]!(event)) return false;
    return true;
  };
}

const PASSES = 1;
const FAILS = 2;

function grown(verdicts: Uint8Array, id: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * (id + 1));
  larger.set(verdicts);
  return larger;
}

/** Ids are for values that repeat: times and record ids never do, and would fill the reader's table. */
function repeats(field: AuditField): boolean {
  return field !== 'time' && field !== 'id';
}

/** The id of the one value, or of none; -1 where there are several. */
function onlyId(event: Event, slot: Slot): number {
  return event.size(slot) > 1 ? -1 : event.id(slot);
}

function memoizeById(field: AuditField, slot: Slot, judge: Passes): Passes {
  if (!repeats(field)) return judge;
  let verdicts = new Uint8Array(1024);
  return (event) => {
    const id = onlyId(event, slot);
    if (id < 0) return judge(event);
    const known = verdicts[id];
    if (known === PASSES) return true;
    if (known === FAILS) return false;
    const passes = judge(event);
    if (id >= verdicts.length) verdicts = grown(verdicts, id);
    verdicts[id] = passes ? PASSES : FAILS;
    return passes;
  };
}

/**
 * A schema over canonical events that is not flat: the event as an object of its present fields, and again for each further
 * value of those that have several.
 */
export function judgeEvent({ prefix, validate }: Validator, fields: Fields): Judge {
  const slots = AUDIT_FIELDS.map((field) => ({ field, slot: fields.audit(field) }));
  return (tally, file, event) => {
    const present = slots
      .map(({ field, slot }) => ({ field, values: spokenValues(event, slot, field) }))
      .filter(({ values }) => values.length > 0);
    const most = Math.max(1, ...present.map(({ values }) => values.length));
    const failures = Array.from({ length: most }, (_, at) => {
      const canonical: Record<string, unknown> = Object.create(null);
      for (const { field, values } of present) canonical[field] = values[Math.min(at, values.length - 1)];
      return validate(canonical);
    });
    for (const { defect, pointer, value } of toSchemaDefects(failures.flat(), prefix)) {
      const name = AUDIT_FIELDS.find(
        (field) => field === (defect.code === 'missing-field' ? defect.field : pointer.split('/')[1]),
      );
      const isWholeField = defect.code === 'missing-field' && name !== undefined;
      if (isWholeField && fields.lacks(name)) continue;
      const slot = name === undefined ? undefined : fields.audit(name);
      // Under the key of the flat schemas, so that a field missing by two schemas is missing once.
      noteDefect(tally, file, event, isWholeField ? missingField(name) : defect, () => ({
        ...(slot !== undefined && event.span(slot)),
        value,
      }));
    }
  };
}

/** A schema over raw records: the slow path, which parses the whole record. */
export function judgeRecord({ prefix, validate }: Validator): Judge {
  return (tally, file, event) => {
    const record = event.seen();
    for (const { defect, pointer, value } of toSchemaDefects(validate(toPlainValue(record)), prefix)) {
      noteDefect(tally, file, event, defect, () => ({
        // What was seen otherwise has no place of its own.
        ...(record === event.json() && spanAt(record, pointer)),
        value,
      }));
    }
  };
}

/** Bytes of the value at a JSON pointer; inside an array, of the array. */
function spanAt(record: JsonValue, pointer: string): Sighting {
  let value: JsonValue | undefined = record;
  let span: Sighting = {};
  for (const segment of pointer.split('/').slice(1)) {
    if (value instanceof JsonArray) value = value.elements[Number(segment)];
    else if (value instanceof JsonObject) {
      const member = value.member(segment.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (member !== undefined) span = { start: member.valueStart, end: member.valueEnd };
      value = member?.value;
    }
  }
  return span;
}

function missingField(field: AuditField): Defect {
  return { code: 'missing-field', key: `missing ${field}`, field, expected: '' };
}

/** Of which a placeholder says as much as the empty text. */
const SPEAKING: ReadonlySet<AuditField> = new Set<AuditField>(['action', 'target', 'ip']);

/** Whether no value says anything. */
function isAbsent(event: Event, slot: Slot, field: AuditField): boolean {
  for (let at = 1; at < event.size(slot); at++) if (!isSilent(event, slot, field, at)) return false;
  return isSilent(event, slot, field, 0);
}

/** The values that say something, as a schema sees them. */
function spokenValues(event: Event, slot: Slot, field: AuditField): unknown[] {
  const values: unknown[] = [];
  for (let at = 0; at < event.size(slot); at++)
    if (!isSilent(event, slot, field, at)) values.push(slotValue(event, slot, at));
  return values;
}

/** An empty actor is a name that names nobody, and told as such. */
function isSilent(event: Event, slot: Slot, field: AuditField, at: number): boolean {
  const kind = event.kind(slot, at);
  if (kind === 'string') {
    if (field === 'outcome') return isBlankOutcome(event.text(slot, at)!);
    if (SPEAKING.has(field)) return isBlankText(event.text(slot, at)!);
    return field !== 'actor' && at === 0 && event.equals(slot, '');
  }
  return kind === 'missing' || kind === 'null';
}

function slotValue(event: Event, slot: Slot, at: number): unknown {
  const text = event.text(slot, at);
  const kind = event.kind(slot, at);
  if (text === undefined || kind === 'string') return text;
  return kind === 'boolean' ? text === 'true' : kind === 'number' ? Number(text) : JSON.parse(text);
}
