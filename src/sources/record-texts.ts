/** What mappings ask of one record, each text sought once, and how far a mapping fits the record. */
import { findValues, parseFieldPath } from '../base/field-path.ts';
import { getOrCreate } from '../base/get-or-create.ts';
import { JsonArray, JsonObject, type JsonValue, toScalarText, treeText } from '../base/json.ts';
import { type Guard, holdAll, type Mapping, mapField, type ReadTexts, toOwnPaths } from './mapping.ts';
import { seenRecord } from './seen-record.ts';

/** Seeking each text in the members anew took half of a run over 4,000 small files (measured). */
export class RecordTexts {
  private readonly record: JsonObject;
  /** What mappings see otherwise, by themselves. */
  private readonly seen = new Map<Mapping, RecordTexts>();
  private readonly keys = new Set<string>();
  private readonly dottedKeys: string[] = [];
  /** By path. */
  private readonly values = new Map<string, readonly JsonValue[]>();
  private readonly fits = new Map<Mapping, number>();

  constructor(record: JsonObject) {
    this.record = record;
    for (const { key } of record.members) {
      this.keys.add(key);
      if (key.includes('.')) this.dottedKeys.push(key);
    }
  }

  reader(mapping: Mapping): ReadTexts {
    const { names } = judgeOf(mapping);
    const seen = this.seenBy(mapping);
    return (path) => {
      const texts = seen.findAll(names[path]!).map(treeText);
      return texts.filter((text) => text !== undefined);
    };
  }

  private seenBy(mapping: Mapping): RecordTexts {
    // Of most records most mappings see nothing otherwise.
    if (!judgeOf(mapping).opened.some((first) => this.mayHold(first))) return this;
    return getOrCreate(this.seen, mapping, () => {
      const seen = seenRecord(this.record, mapping, () => {}, true);
      return seen === this.record || !(seen instanceof JsonObject) ? this : new RecordTexts(seen);
    });
  }

  fit(mapping: Mapping): number {
    let fit = this.fits.get(mapping);
    if (fit === undefined) {
      const judge = judgeOf(mapping);
      const seen = this.seenBy(mapping);
      const isPresent = (path: number) => seen.findAll(judge.names[path]!).some(hasText);
      fit = fitRecord(judge, this.reader(mapping), isPresent);
      this.fits.set(mapping, fit);
    }
    return fit;
  }

  private findAll(names: Judge['names'][number]): readonly JsonValue[] {
    for (const { name, first } of names) {
      const values = this.mayHold(first) ? this.find(name) : NO_VALUES;
      if (values.some((value) => value !== null)) return values;
    }
    return NO_VALUES;
  }

  private find(path: string): readonly JsonValue[] {
    return getOrCreate(this.values, path, () => findValues(this.record, path));
  }

  /** False when no member begins the path, dots within keys considered: most paths of most mappings end here. */
  private mayHold(first: string): boolean {
    if (this.keys.has(first)) return true;
    for (const key of this.dottedKeys) if (key.startsWith(first) && key[first.length] === '.') return true;
    return false;
  }
}

const NO_VALUES: readonly JsonValue[] = [];

/** Whether the text of the value is one: an object's always is, and need not be written for that. */
function hasText(value: JsonValue | undefined): boolean {
  if (value instanceof JsonObject || value instanceof JsonArray) return true;
  const text = toScalarText(value);
  return text !== undefined && text !== '';
}

/** By path. Paths come from mappings alone, so it is bounded; splitting took half of detection (measured). */
const firstSegments = new Map<string, string>();

function firstSegmentOf(path: string): string {
  let first = firstSegments.get(path);
  if (first === undefined) {
    first = parseFieldPath(path)[0]!;
    firstSegments.set(path, first);
  }
  return first;
}

/** In place of a specificity, which is never negative. */
export const MISFIT = -1;

/** The specificity of the form that held, or MISFIT. */
function fitRecord({ forms, mapping }: Judge, read: ReadTexts, isPresent: (path: number) => boolean): number {
  for (const { guards, presence, specificity } of forms) {
    if (!presence.every(isPresent) || !holdAll(guards, read)) continue;
    const { fields, needs } = mapping;
    return needs.every((field) => mapField(fields[field]!, read).length > 0) ? specificity : MISFIT;
  }
  return MISFIT;
}

/** What of a mapping tells its records: the highest specificity first. `presence`: paths that must have some text. */
type Judge = {
  mapping: Mapping;
  forms: { presence: number[]; guards: Guard[]; specificity: number }[];
  /** By path: the names to seek. */
  names: { name: string; first: string }[][];
  /** What the paths begin with whose values the mapping sees otherwise. */
  opened: string[];
};

/** Beside the mappings, which must stay plain data. */
const judges = new WeakMap<Mapping, Judge>();

function judgeOf(mapping: Mapping): Judge {
  let judge = judges.get(mapping);
  if (judge === undefined) {
    const forms = mapping.identify.map((form) => ({
      presence: form.filter(asksPresence).map(({ path }) => path),
      guards: form.filter((guard) => !asksPresence(guard)),
      specificity: toSpecificity(form),
    }));
    forms.sort((left, right) => right.specificity - left.specificity);
    const { paths, inside, texts, named } = mapping;
    const opened = new Set([...inside, ...texts, ...named.map(({ list }) => list)].map(firstSegmentOf));
    judge = { mapping, forms, names: paths.map((_, path) => toNames(mapping, path)), opened: [...opened] };
    judges.set(mapping, judge);
  }
  return judge;
}

/** The highest specificity that a record of the mapping can have. */
export function mostSpecific(mapping: Mapping): number {
  return judgeOf(mapping).forms[0]?.specificity ?? MISFIT;
}

function asksPresence(guard: Guard): boolean {
  return !('absent' in guard) && guard.globs.includes('*');
}

/** A guard on a value says twice what a guard on mere presence says; one on absence says little, but not nothing. */
function toSpecificity(form: readonly Guard[]): number {
  return form.reduce((sum, guard) => {
    if ('absent' in guard) return sum + 0.5;
    return sum + (guard.globs.includes('*') ? 1 : 2);
  }, 0);
}

function toNames(mapping: Mapping, path: number): Judge['names'][number] {
  return toOwnPaths(mapping, path).map((name) => ({ name, first: firstSegmentOf(name) }));
}
