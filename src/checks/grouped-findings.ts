/**
 * One finding for each kind of defect in a file, with a count and the first places: a log that lacks a field a million
 * times gives one line. Shared by the record checks; a mergeable fold whose memory grows with files, not with records.
 *
 * Bound: the first MAX_DETAILED_FILES files with defects are reported one by one, later ones together and saying so.
 * Groups of one file are bounded by their keys, which the check takes from schemas and code, never from log text.
 */
import { formatNumber, quote } from '../base/text-safety.ts';
import type { Event } from '../model/event.ts';
import { type Excerpt, type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import { tellPlace, tellPlaces } from '../model/told-places.ts';
import { recordExcerpt } from './record-excerpt.ts';

/** About 2 KB a file and kind of defect: some megabytes at worst. */
export const MAX_DETAILED_FILES = 1000;
/** Distinct values that a message shows. */
const MAX_VALUES = 3;

/** What is wrong. `key` names the group and comes from a bounded set; `field` and `expected` are for the message. */
export type Defect = { code: string; key: string; field: string; expected: string };

/** What the record shows of it; asked for only when the finding still has room for it. */
export type Sighting = { value?: string | undefined; start?: number | undefined; end?: number | undefined };

export type Group = Defect & {
  count: number;
  place: Place;
  related: Place[];
  /** The first distinct values as they were quoted. */
  values: string[];
  moreValues: boolean;
  excerpt?: Excerpt;
  /** Identity of the first record. */
  identity: string;
  /** The record that was counted last: one record counts once, however often it shows the defect. */
  last: { file: string; offset: number };
};

export type FileTally = { records: number; groups: Map<string, Group> };

export type Tally = {
  /** In log order. */
  files: Map<string, FileTally>;
  /** How many of the files have groups. */
  detailed: number;
  /** Defects of later files, without their files. */
  rest: Map<string, Group>;
};

export function startTally(): Tally {
  return { files: new Map(), detailed: 0, rest: new Map() };
}

/** Counts a record, defective or not: the "of 10 records" of the message. */
export type RecordCounter = (tally: Tally, event: Event) => FileTally;

/** The counter of one compiled step. It remembers the file it is in, which changes nothing but time. */
export function compileRecordCounter(): RecordCounter {
  let current: FileTally | undefined;
  let currentTally: Tally | undefined;
  let currentFile = -1;
  return (tally, event) => {
    if (current === undefined || tally !== currentTally || event.fileIndex !== currentFile) {
      current = fileTally(tally, event.place.file);
      currentTally = tally;
      currentFile = event.fileIndex;
    }
    current.records++;
    return current;
  };
}

function fileTally(tally: Tally, file: string): FileTally {
  let entry = tally.files.get(file);
  if (entry === undefined) {
    entry = { records: 0, groups: new Map() };
    tally.files.set(file, entry);
  }
  return entry;
}

/** Notes a defect of the record that was just counted in `file`. */
export function noteDefect(
  tally: Tally,
  file: FileTally,
  event: Event,
  defect: Defect,
  look: () => Sighting,
): void {
  const { place } = event;
  const isDetailed = file.groups.size > 0 || tally.detailed < MAX_DETAILED_FILES;
  const groups = isDetailed ? file.groups : tally.rest;
  const group = groups.get(defect.key);
  if (group === undefined) {
    if (isDetailed && file.groups.size === 0) tally.detailed++;
    groups.set(defect.key, newGroup(event, place, defect, look()));
    return;
  }
  if (!group.moreValues) noteValue(group, look().value);
  if (group.last.offset === event.offset && group.last.file === place.file) return;
  group.count++;
  group.last = { file: place.file, offset: event.offset };
  tellPlace(group.place, group.related, place);
}

function newGroup(
  event: Event,
  place: Place,
  defect: Defect,
  { value, start = 0, end = 1 }: Sighting,
): Group {
  const excerpt = recordExcerpt(event, start, end);
  return {
    ...defect,
    count: 1,
    place,
    related: [],
    values: value === undefined ? [] : [value],
    moreValues: false,
    ...(excerpt && { excerpt }),
    identity: event.identity,
    last: { file: place.file, offset: event.offset },
  };
}

function noteValue(group: Group, value: string | undefined): void {
  if (value === undefined || group.values.includes(value)) return;
  if (group.values.length < MAX_VALUES) group.values.push(value);
  else group.moreValues = true;
}

/** `right` began where `left` ended, so at most the file at the seam is in both. */
export function mergeTallies(left: Tally, right: Tally): Tally {
  for (const [file, entry] of right.files) {
    const own = left.files.get(file);
    const target = own ?? { records: 0, groups: new Map<string, Group>() };
    if (own === undefined) left.files.set(file, target);
    target.records += entry.records;
    if (entry.groups.size === 0) continue;
    const isDetailed = target.groups.size > 0 || left.detailed < MAX_DETAILED_FILES;
    if (isDetailed && target.groups.size === 0) left.detailed++;
    mergeGroups(isDetailed ? target.groups : left.rest, entry.groups);
  }
  mergeGroups(left.rest, right.rest);
  return left;
}

function mergeGroups(left: Map<string, Group>, right: Map<string, Group>): void {
  for (const [key, group] of right) {
    const own = left.get(key);
    if (own === undefined) {
      left.set(key, group);
      continue;
    }
    own.count += group.count;
    tellPlace(own.place, own.related, group.place);
    tellPlaces(own.place, own.related, group.related);
    for (const value of group.values) noteValue(own, value);
    own.moreValues ||= group.moreValues;
    own.last = group.last;
  }
}

/** Says the finding; `where` is `in 3 of 10 records` and the like. */
type Wording = (group: Group, where: string) => string;

export function toFindings(
  tally: Tally,
  rule: string,
  kinds: readonly FindingKind[],
  say: Wording,
): Finding[] {
  const findings: Finding[] = [];
  for (const { records, groups } of tally.files.values()) {
    for (const group of groups.values()) {
      findings.push(toFinding(group, rule, kinds, say(group, share(group.count, records))));
    }
  }
  for (const group of tally.rest.values()) {
    const records = `${formatNumber(group.count)} further ${group.count === 1 ? 'record' : 'records'}`;
    const where = `in ${records} of other files (only the first ${formatNumber(MAX_DETAILED_FILES)} files are listed one by one)`;
    findings.push(toFinding(group, rule, kinds, say(group, where)));
  }
  return findings;
}

function share(count: number, records: number): string {
  if (records === 1) return 'in the only record';
  return count === records
    ? `in all ${formatNumber(records)} records`
    : `in ${formatNumber(count)} of ${formatNumber(records)} records`;
}

function toFinding(group: Group, rule: string, kinds: readonly FindingKind[], message: string): Finding {
  const kind = kinds.find(({ code }) => code === group.code);
  if (kind === undefined) throw new Error(`${rule} has no words for ${group.code}`);
  return {
    rule,
    code: group.code,
    severity: kind.severity,
    verdict: 'violation',
    place: group.place,
    ...(group.related.length > 0 && { related: group.related }),
    message,
    // The message shows some of the values.
    ...(group.moreValues && { moreSaid: true as const }),
    ...(group.count > 1 && { count: group.count }),
    ...(group.excerpt && { excerpt: group.excerpt }),
    fingerprint: toFingerprint(rule, group.code, group.key, group.identity),
  };
}

/** `, found "a", "b" and others`, or nothing when no value was seen. */
export function foundValues({ values, moreValues }: Group): string {
  if (values.length === 0) return '';
  return `, found ${values.join(', ')}${moreValues ? ' and others' : ''}`;
}

/** A value of a parsed record in a message. Collections are named, not shown: they may be megabytes. */
export function quoteFound(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
