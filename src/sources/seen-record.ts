/** What a mapping sees of a record: the record that it carries as text, other texts that are JSON, lists of names and values. */
import { findValues } from '../base/field-path.ts';
import { JsonObject, type JsonValue, toCompactJson, treeText } from '../base/json.ts';
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
  const isCarrier = record instanceof JsonObject && mayCarry(record, inside) && !isEvent(record, mapping);
  const [inner, ...others] = isCarrier ? opener.objectsOf(record, inside) : [];
  // A record is one event: rules are asked of the first, and the next must not pass for audited.
  for (const { path, object } of others)
    if (isEvent(object, mapping) && toCompactJson(object) !== toCompactJson(inner!.object)) onUnopened(path);
  const whole = inner === undefined ? record : withMembersOf(record as JsonObject, inner.object);
  return withNamedMembers(opener.openAll(whole, texts), named);
}

/**
 * What a record is compared by with others of its id: one that carries an event as text by that event, which other exports have by
 * itself, and by all around it but what exports are known to write there. The rest may add to the event, or contradict it.
 */
export function comparedRecord(record: JsonValue, mapping: Mapping): JsonValue {
  if (!(record instanceof JsonObject) || !mayCarry(record, mapping.inside) || isEvent(record, mapping))
    return record;
  const [carried] = new TextOpener(() => {}).objectsOf(record, mapping.inside);
  if (carried === undefined) return record;
  const inner = carried.object;
  const carriers = mapping.inside.map(firstName);
  const seen = new Set([...mapping.paths.map(firstName), ...inner.members.map(({ key }) => key)]);
  const isOfExport = (key: string) => carriers.includes(key) || OF_EXPORTS.has(key);
  const around = record.members.filter(({ key }) => seen.has(key) || !isOfExport(key));
  return withMembersOf(new JsonObject(around), inner);
}

/** Around an event that is carried as text: where the export has it from, and its own words for what the event says. */
const OF_EXPORTS: ReadonlySet<string> = new Set([
  // CloudWatch Logs: FilteredLogEvent and OutputLogEvent of its API, and what subscriptions deliver.
  ...['eventId', 'id', 'ingestionTime', 'logStreamName', 'timestamp'],
  // CloudTrail: Event of LookupEvents.
  ...['AccessKeyId', 'EventId', 'EventName', 'EventSource', 'EventTime', 'ReadOnly', 'Resources', 'Username'],
  // Azure Monitor: the common schema of resource logs.
  ...['category', 'operationName', 'resourceId', 'time'],
]);

function firstName(path: string): string {
  return path.split('.', 1)[0]!;
}

/** Whether some text stands at one of the paths; to ask that takes less than to ask whether the record is an event itself. */
function mayCarry(record: JsonObject, paths: readonly string[]): boolean {
  return paths.some((path) => findValues(record, path).some((value) => typeof value === 'string'));
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
