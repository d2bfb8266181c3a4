/** Which source a file holds, judged from its first records, with the reasons; the answer for `audit-check sources test`. */
import { findValues, parseFieldPath } from '../base/field-path.ts';
import { JsonArray, JsonObject, type JsonValue, toCompactJson, toScalarText } from '../base/json.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { type Guard, holdAll, holds, type Mapping, mapField, type ReadText } from './mapping.ts';

/** More records than this change no answer, and a reader has them at hand before it must decide. */
const DETECTION_RECORDS = 20;

/** A mapping must fit at least half of the records: a source's rare odd records must not hide it, nor its rare likeness claim a file. */
const NEEDED_SHARE = 0.5;

/** How far one mapping fits. */
export type Candidate = {
  source: string;
  /** Records it fits, of `Detection.records`. */
  matched: number;
  share: number;
  /** How much the tests of the form that held ask for; between mappings that fit, the highest wins. */
  specificity: number;
  /** For the first record it does not fit: that record's position from 0, and what failed in the form that came nearest. */
  missed?: { record: number; reasons: string[] };
};

export type Detection = {
  /** The name of the mapping that fits, null when none does. */
  source: string | null;
  /** How many records were looked at. */
  records: number;
  /** The best first; every mapping is among them. */
  candidates: Candidate[];
};

export function detectSource(records: readonly JsonValue[], mappings: readonly Mapping[]): Detection {
  const looked = records.slice(0, DETECTION_RECORDS);
  const candidates = mappings.map((mapping) => toCandidate(mapping, looked)).sort(compareCandidates);
  const best = candidates[0];
  const source = best !== undefined && fits(best) ? best.source : null;
  return { source, records: looked.length, candidates };
}

function fits(candidate: Candidate): boolean {
  return candidate.matched > 0 && candidate.share >= NEEDED_SHARE;
}

/** Those that fit before those that do not; then by specificity, share, name: the order of files does not matter. */
function compareCandidates(left: Candidate, right: Candidate): number {
  return (
    Number(fits(right)) - Number(fits(left)) ||
    (fits(left) ? right.specificity - left.specificity : 0) ||
    right.matched - left.matched ||
    compareText(left.source, right.source)
  );
}

function toCandidate(mapping: Mapping, records: readonly JsonValue[]): Candidate {
  let matched = 0;
  let specificity = 0;
  let missed: Candidate['missed'];
  for (const [index, record] of records.entries()) {
    const fit = fitRecord(mapping, record);
    if (fit.reasons === undefined) {
      matched++;
      specificity = Math.max(specificity, fit.specificity);
    } else missed ??= { record: index, reasons: fit.reasons };
  }
  const share = records.length === 0 ? 0 : matched / records.length;
  return { source: mapping.name, matched, share, specificity, ...(missed && { missed }) };
}

type Fit = { specificity: number; reasons?: undefined } | { reasons: string[] };

/** Whether one record is of the mapping's source, and why not. */
function fitRecord(mapping: Mapping, record: JsonValue): Fit {
  if (!(record instanceof JsonObject)) return { reasons: ['the record is not an object'] };
  const text: ReadText = (path) => readText(record, mapping.paths[path]!);
  const held = mapping.identify.filter((form) => holdAll(form, text));
  if (held.length === 0) {
    const failures = mapping.identify.map((form) => form.filter((guard) => !holds(guard, text)));
    const nearest = failures.toSorted((left, right) => left.length - right.length)[0] ?? [];
    return { reasons: nearest.map((guard) => describeFailure(guard, mapping, text)) };
  }
  const lacking = mapping.needs.filter((field) => mapField(mapping.fields[field]!, text) === undefined);
  if (lacking.length > 0) return { reasons: lacking.map((field) => `no field gives ${field}`) };
  return { specificity: Math.max(...held.map(toSpecificity)) };
}

/** A guard on a value says twice what a guard on mere presence says; one on absence says little, but not nothing. */
function toSpecificity(form: readonly Guard[]): number {
  return form.reduce((sum, guard) => {
    if ('absent' in guard) return sum + 0.5;
    return sum + (guard.globs.includes('*') ? 1 : 2);
  }, 0);
}

function describeFailure(guard: Guard, mapping: Mapping, text: ReadText): string {
  const path = mapping.paths[guard.path]!;
  const found = text(guard.path);
  if ('absent' in guard) return `${path}: expected nothing, found ${quote(found ?? '')}`;
  const expected = guard.globs.includes('*') ? 'a value' : guard.globs.map(quote).join(' or ');
  return `${path}: expected ${expected}, found ${found === undefined ? 'nothing' : quote(found)}`;
}

/** The first value under `path`, as `Event.text` gives it. */
export function readText(record: JsonValue, path: string): string | undefined {
  if (record instanceof JsonObject && !mayHold(record, path)) return undefined;
  const value = findValues(record, path)[0];
  if (value instanceof JsonObject || value instanceof JsonArray) return toCompactJson(value);
  return toScalarText(value);
}

/** First segment by path. Paths come from mappings alone, so it is bounded; splitting took half of detection (measured). */
const firstSegments = new Map<string, string>();

/** False when no member begins the path, dots within keys considered: most paths of most mappings end here. */
function mayHold(record: JsonObject, path: string): boolean {
  let first = firstSegments.get(path);
  if (first === undefined) {
    first = parseFieldPath(path)[0]!;
    firstSegments.set(path, first);
  }
  for (const { key } of record.members) {
    if (key.startsWith(first) && (key.length === first.length || key[first.length] === '.')) return true;
  }
  return false;
}

/** Where the records lie in a top-level object, and which members of that object are in no record. */
type Wrapper = { keys: string[]; besides: string[] };

/** Members that say how an export was paged or made, and nothing about an event; an empty page has no others. */
const PAGING_MEMBER =
  /^(@odata\..*|next.*|.*(token|cursor|link|links|page|metadata|count)|kind|apiVersion|etag|ok|total)$/i;

/**
 * The wrapper that an export put around its records: the pointer of a mapping that leads to records of that mapping.
 * An object that is itself an event as much as what it holds is no wrapper: a list inside an event stays a list.
 */
export function findWrapper(document: JsonValue, mappings: readonly Mapping[]): Wrapper | undefined {
  if (!(document instanceof JsonObject)) return undefined;
  const itself = Math.max(-1, ...mappings.map((mapping) => specificityOf([document], mapping)));
  let best: { keys: readonly string[]; specificity: number } | undefined;
  for (const mapping of mappings) {
    for (const keys of mapping.wrappers) {
      const records = follow(document, keys);
      if (!(records instanceof JsonArray)) continue;
      const specificity = specificityOf(records.elements, mapping);
      if (specificity > itself && specificity > (best?.specificity ?? -1)) best = { keys, specificity };
      if (records.elements.length === 0 && itself < 0 && isEmptyPage(document, keys))
        best ??= { keys, specificity: -1 };
    }
  }
  return best && { keys: [...best.keys], besides: membersBesides(document, best.keys) };
}

/** -1 when the mapping does not fit. */
function specificityOf(records: readonly JsonValue[], mapping: Mapping): number {
  const candidate = toCandidate(mapping, records.slice(0, DETECTION_RECORDS));
  return fits(candidate) ? candidate.specificity : -1;
}

function follow(document: JsonObject, keys: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const key of keys) value = value instanceof JsonObject ? value.get(key) : undefined;
  return value;
}

function isEmptyPage(document: JsonObject, keys: readonly string[]): boolean {
  return document.members.every(({ key }) => key === keys[0] || PAGING_MEMBER.test(key));
}

/** Dotted names of the members at every level of the pointer that are not on the way to the records. */
function membersBesides(document: JsonObject, keys: readonly string[]): string[] {
  const besides: string[] = [];
  let value: JsonValue | undefined = document;
  for (const [depth, key] of keys.entries()) {
    if (!(value instanceof JsonObject)) break;
    const seen = value.members.filter((member) => member.key !== key);
    besides.push(...seen.map((member) => [...keys.slice(0, depth), member.key].join('.')));
    value = value.get(key);
  }
  return [...new Set(besides)].sort(compareText);
}
