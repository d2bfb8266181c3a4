/** Which source a file holds, judged from its first records, with the reasons; the answer for `audit-check sources test`. */
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';
import { HEAD_ELEMENTS } from '../base/json-head.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { type Guard, holdAll, holds, type Mapping, mapField, type ReadTexts } from './mapping.ts';
import { MISFIT, mostSpecific, RecordTexts } from './record-texts.ts';

/** More records than this change no answer, and a reader has them at hand before it must decide. */
export const DETECTION_RECORDS = HEAD_ELEMENTS;

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

/** `texts`: of whoever looks at the same records more than once. */
export function detectSource(
  records: readonly JsonValue[],
  mappings: readonly Mapping[],
  texts = new HeadTexts(),
): Detection {
  const looked = records.slice(0, DETECTION_RECORDS);
  const candidates = mappings.map((mapping) => toCandidate(mapping, looked, texts)).sort(compareCandidates);
  const best = candidates[0];
  const source = best !== undefined && fits(best) ? best.source : null;
  return { source, records: looked.length, candidates };
}

/** As `detectSource` chooses it, without the reasons, which take most of its time. */
export function chooseSource(
  records: readonly JsonValue[],
  mappings: readonly Mapping[],
  texts: HeadTexts,
): string | null {
  const looked = records.slice(0, DETECTION_RECORDS);
  let best: Candidate | undefined;
  for (const mapping of mostSpecificFirst(mappings)) {
    // Neither it nor any that follows can win. One that may fit as well as the best is asked: the share of records decides, then the name.
    if (best !== undefined && mostSpecific(mapping) < best.specificity) break;
    const candidate = toFitting(mapping, looked, texts);
    if (candidate === undefined) continue;
    if (best === undefined || compareCandidates(candidate, best) < 0) best = candidate;
  }
  return best === undefined ? null : best.source;
}

/** Not kept: whoever suggests mappings adds to theirs. */
function mostSpecificFirst(mappings: readonly Mapping[]): Mapping[] {
  return mappings
    .map((mapping) => ({ mapping, most: mostSpecific(mapping) }))
    .sort((left, right) => right.most - left.most)
    .map(({ mapping }) => mapping);
}

/** Undefined as soon as too many records do not fit. */
function toFitting(mapping: Mapping, records: readonly JsonValue[], texts: HeadTexts): Candidate | undefined {
  const mostMisses = records.length * (1 - NEEDED_SHARE);
  let specificity = 0;
  let misses = 0;
  for (const record of records) {
    const fit = texts.fit(record, mapping);
    if (fit !== MISFIT) specificity = Math.max(specificity, fit);
    else if (++misses > mostMisses) return undefined;
  }
  const matched = records.length - misses;
  const candidate = { source: mapping.name, matched, share: matched / records.length, specificity };
  return fits(candidate) ? candidate : undefined;
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

function toCandidate(mapping: Mapping, records: readonly JsonValue[], texts: HeadTexts): Candidate {
  let matched = 0;
  let specificity = 0;
  let missed: Candidate['missed'];
  for (const [index, record] of records.entries()) {
    const fit = texts.fit(record, mapping);
    if (fit !== MISFIT) {
      matched++;
      specificity = Math.max(specificity, fit);
    } else missed ??= { record: index, reasons: missReasons(mapping, record, texts) };
  }
  const share = records.length === 0 ? 0 : matched / records.length;
  return { source: mapping.name, matched, share, specificity, ...(missed && { missed }) };
}

/** Why a record that does not fit does not. */
function missReasons(mapping: Mapping, record: JsonValue, texts: HeadTexts): string[] {
  if (!(record instanceof JsonObject)) return ['the record is not an object'];
  const read = texts.of(record).reader(mapping);
  if (mapping.identify.some((form) => holdAll(form, read))) {
    const lacking = mapping.needs.filter((field) => mapField(mapping.fields[field]!, read).length === 0);
    return lacking.map((field) => `no field gives ${field}`);
  }
  const failures = mapping.identify.map((form) => form.filter((guard) => !holds(guard, read)));
  const nearest = failures.toSorted((left, right) => left.length - right.length)[0] ?? [];
  return nearest.map((guard) => describeFailure(guard, mapping, read));
}

function describeFailure(guard: Guard, mapping: Mapping, read: ReadTexts): string {
  const path = mapping.paths[guard.path]!;
  const found = read(guard.path)[0];
  if ('absent' in guard) return `${path}: expected nothing, found ${quote(found ?? '')}`;
  const expected = guard.globs.includes('*') ? 'a value' : guard.globs.map(quote).join(' or ');
  return `${path}: expected ${expected}, found ${found === undefined ? 'nothing' : quote(found)}`;
}

/** What mappings asked of the records at the head of one file: all of them ask much the same, and some twice. */
export class HeadTexts {
  private readonly records = new Map<JsonObject, RecordTexts>();

  of(record: JsonObject): RecordTexts {
    let texts = this.records.get(record);
    if (texts === undefined) {
      texts = new RecordTexts(record);
      this.records.set(record, texts);
    }
    return texts;
  }

  /** The specificity of the mapping for this record, or MISFIT. */
  fit(record: JsonValue, mapping: Mapping): number {
    return record instanceof JsonObject ? this.of(record).fit(mapping) : MISFIT;
  }
}

/** Where the records lie in a top-level object, and which members of that object are in no record. */
type Wrapper = { keys: string[]; besides: string[] };

/** Members that say how an export was paged or made, and nothing about an event; an empty page has no others. */
const PAGING_MEMBER =
  /^(@odata\..*|next.*|has_?(more|next).*|is_?(last|truncated).*|.*(token|cursor|link|links|page|metadata|count)|meta|paging|pagination|page_?info|kind|apiVersion|etag|ok|total)$/i;

/**
 * The wrapper that an export put around its records: the pointer of a mapping that leads to records of that mapping.
 * An object that is itself an event as much as what it holds is no wrapper: a list inside an event stays a list.
 */
export function findWrapper(
  document: JsonValue,
  mappings: readonly Mapping[],
  texts = new HeadTexts(),
): Wrapper | undefined {
  if (!(document instanceof JsonObject)) return undefined;
  let own: number | undefined;
  let best: { keys: readonly string[]; specificity: number } | undefined;
  for (const mapping of mappings) {
    for (const keys of mapping.wrappers) {
      const records = follow(document, keys);
      if (!(records instanceof JsonArray)) continue;
      own ??= highestOf(document, mappings, texts);
      const itself = own;
      const needed = Math.max(itself, best?.specificity ?? MISFIT);
      if (mostSpecific(mapping) > needed) {
        const specificity = specificityOf(records.first(DETECTION_RECORDS), mapping, texts);
        if (specificity > needed) best = { keys, specificity };
      }
      if (records.first(1).length === 0 && itself < 0 && isEmptyPage(document, keys))
        best ??= { keys, specificity: MISFIT };
    }
  }
  return best && { keys: [...best.keys], besides: membersBesides(document, best.keys) };
}

function specificityOf(records: readonly JsonValue[], mapping: Mapping, texts: HeadTexts): number {
  return toFitting(mapping, records, texts)?.specificity ?? MISFIT;
}

/** Of the mapping that fits the record best. */
function highestOf(record: JsonObject, mappings: readonly Mapping[], texts: HeadTexts): number {
  let highest = MISFIT;
  for (const mapping of mostSpecificFirst(mappings)) {
    if (mostSpecific(mapping) <= highest) break;
    highest = Math.max(highest, texts.fit(record, mapping));
  }
  return highest;
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
