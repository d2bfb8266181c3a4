/** What a JSON part writes: the record or one field of it, less, picked, stripped of nulls, with inner JSON as text. */
import { NotCanonicalizableError, toCanonicalJson } from '../base/canonical-json.ts';
import { JsonArray, type JsonMember, JsonObject, type JsonValue } from '../base/json.ts';
import type { Event } from '../model/event.ts';
import { type JsonForm, readingsOf, toJsonForm, withoutFields } from './json-form.ts';
import type { JsonMemberRule, JsonSubject, PreimagePart } from './preimage-part.ts';
import { compileFormat } from './value-format.ts';

type Subject = (event: Event, previous: string) => JsonValue;

/** How the parts of a picked member become text. */
type TextCompiler<Binding> = (
  parts: readonly PreimagePart[],
  binding: Binding,
) => (event: Event, previous: string) => string;

/** `form`: how inner objects that become text are written. */
export function compileSubject<Binding extends { resolve: (path: string) => string | null }>(
  { without, of, only, dropNulls, stringify }: JsonSubject,
  form: JsonForm | 'canonical',
  binding: Binding,
  compileText: TextCompiler<Binding>,
): Subject {
  const names = without.map(binding.resolve).filter((path) => path !== null);
  let subject: Subject = (event) => {
    if (event.duplicateKeys) throw new NotCanonicalizableError('a key stands twice');
    const record = withoutFields(event.json(), names);
    if (of === null) return record;
    const value = valueAt(record, of);
    if (value === undefined) throw new NotCanonicalizableError(`the field ${JSON.stringify(of)} is absent`);
    return value;
  };
  const steps: ((value: JsonValue, event: Event, previous: string) => JsonValue)[] = [];
  if (only !== undefined) steps.push(compilePick(only, binding, compileText));
  if (dropNulls === true) steps.push(withoutNulls);
  if (stringify !== undefined) {
    const write = (value: JsonValue) =>
      form === 'canonical' ? toCanonicalJson(value) : toJsonForm(value, form);
    for (const path of stringify) steps.push((value) => withInnerText(value, path, write));
  }
  for (const step of steps) {
    const before = subject;
    subject = (event, previous) => step(before(event, previous), event, previous);
  }
  return subject;
}

function valueAt(value: JsonValue, path: string): JsonValue | undefined {
  for (const keys of readingsOf(path)) {
    let found: JsonValue | undefined = value;
    for (const key of keys) found = found instanceof JsonObject ? found.get(key) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function compilePick<Binding extends { resolve: (path: string) => string | null }>(
  rules: readonly JsonMemberRule[],
  binding: Binding,
  compileText: TextCompiler<Binding>,
): (value: JsonValue, event: Event, previous: string) => JsonValue {
  const members = rules.map(({ key, value: rule }) => ({
    key,
    read: compileMember(rule, binding, compileText),
  }));
  return (value, event, previous) =>
    new JsonObject(
      members.flatMap(({ key, read }) => {
        const found = read(value, event, previous);
        return found === undefined ? [] : [toMember(key, found)];
      }),
    );
}

type MemberReader = (value: JsonValue, event: Event, previous: string) => JsonValue | undefined;

function compileMember<Binding extends { resolve: (path: string) => string | null }>(
  rule: JsonMemberRule['value'],
  binding: Binding,
  compileText: TextCompiler<Binding>,
): MemberReader {
  if ('parts' in rule) {
    const text = compileText(rule.parts, binding);
    return (_, event, previous) => text(event, previous);
  }
  const path = binding.resolve(rule.path);
  const format = rule.format === null ? (value: JsonValue) => value : compileFormat(rule.format, rule.path);
  const { absent } = rule;
  const none = absent === 'omit' ? undefined : absent === 'null' ? null : absent.text;
  return (value) => {
    const found = path === null ? undefined : valueAt(value, path);
    if (found === undefined) return none;
    return found === null ? null : format(found);
  };
}

/** Of no place: it stands in no file. */
function toMember(key: string, value: JsonValue): JsonMember {
  return { key, value, keyStart: 0, valueStart: 0, valueEnd: 0 };
}

function withoutNulls(value: JsonValue): JsonValue {
  if (value instanceof JsonArray) return new JsonArray(value.elements.map(withoutNulls));
  if (!(value instanceof JsonObject)) return value;
  return new JsonObject(
    value.members
      .filter((member) => member.value !== null)
      .map((member) => toMember(member.key, withoutNulls(member.value))),
  );
}

/** The value with the objects and arrays right below `path` as the texts of their JSON. */
function withInnerText(value: JsonValue, path: string, write: (value: JsonValue) => string): JsonValue {
  const keys = path === '' ? [] : path.split('.');
  return stringifyBelow(value, keys, 0, write);
}

function stringifyBelow(
  value: JsonValue,
  keys: readonly string[],
  at: number,
  write: (value: JsonValue) => string,
): JsonValue {
  if (!(value instanceof JsonObject)) return value;
  return new JsonObject(
    value.members.map(({ key, value: inner }) => {
      if (at < keys.length)
        return toMember(key, key === keys[at] ? stringifyBelow(inner, keys, at + 1, write) : inner);
      const isInner = inner instanceof JsonObject || inner instanceof JsonArray;
      return toMember(key, isInner ? write(inner) : inner);
    }),
  );
}
