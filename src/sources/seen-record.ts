/** What a mapping sees of a record: the record that it carries as text, other texts that are JSON, lists of names and values. */
import { findValues } from '../base/field-path.ts';
import { JsonObject, type JsonValue, treeText } from '../base/json.ts';
import { holdAll, type Mapping, toOwnPaths } from './mapping.ts';
import { withNamedMembers } from './named-members.ts';
import { type OnUnopened, TextOpener } from './opened-texts.ts';

/**
 * The record itself where it is seen as it stands. All that it has is in it; texts add what it lacks. One that is an event of the
 * mapping as it stands carries none: what writes its own words into `message` must not say what was done.
 */
export function seenRecord(
  record: JsonValue,
  mapping: Mapping,
  onUnopened: OnUnopened = () => {},
  isCut = false,
): JsonValue {
  const { inside, texts, named } = mapping;
  const opener = new TextOpener(onUnopened, isCut);
  const isCarrier = inside.length > 0 && record instanceof JsonObject && !isEvent(record, mapping);
  const inner = isCarrier ? opener.innerOf(record, inside) : undefined;
  const whole = inner === undefined ? record : withMembersOf(record as JsonObject, inner);
  return withNamedMembers(opener.openAll(whole, texts), named);
}

/** The record that the record carries as text, by itself; undefined where it carries none. */
export function carriedRecord(record: JsonValue, mapping: Mapping): JsonObject | undefined {
  if (mapping.inside.length === 0 || !(record instanceof JsonObject) || isEvent(record, mapping))
    return undefined;
  return new TextOpener(() => {}).innerOf(record, mapping.inside);
}

function isEvent(record: JsonObject, mapping: Mapping): boolean {
  const read = (path: number) =>
    findValues(record, ...toOwnPaths(mapping, path)).flatMap((value) => treeText(value) ?? []);
  return mapping.identify.some((form) => holdAll(form, read));
}

function withMembersOf(record: JsonObject, inner: JsonObject): JsonObject {
  const own = new Set(record.members.map(({ key }) => key));
  return new JsonObject([...record.members, ...inner.members.filter(({ key }) => !own.has(key))]);
}
