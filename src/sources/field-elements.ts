/**
 * A canonical field of a record with lists: each element of a list is looked at as a record of its own, and the field has the
 * values of all of them. So what was done and how it ended are told of one thing, not of the first of several.
 */

import { KIND, type KindCode } from '../base/found-values.ts';
import { getOrCreate } from '../base/get-or-create.ts';
import {
  firstPathsOf,
  isEmpty,
  isPlainPath,
  type MappedField,
  mapField,
  type PlainPath,
  pathsOf,
} from './mapping.ts';

/**
 * `list`, `element`: numbers of the outermost array on the way to the value and of the element of it that leads there, which
 * ascend in the order of the record; -1 outside of any array.
 */
export type Found = FieldValue & { list: number; element: number };
export type FieldValue = { kind: KindCode; text: string };

type Place = Pick<Found, 'list' | 'element'>;
type Find = (path: number) => readonly Found[];

/** What one path finds, in the order of the record, and by element. */
class PathValues {
  private readonly all: readonly Found[];
  private readonly byElement = new Map<number, Found[]>();
  private readonly lists = new Set<number>();

  constructor(all: readonly Found[]) {
    this.all = all;
    for (const value of all) {
      getOrCreate(this.byElement, value.element, () => []).push(value);
      this.lists.add(value.list);
    }
  }

  /** Of the element, if its list is one that the path leads through; else the first, which stands beside the list. */
  of({ list, element }: Place): readonly Found[] {
    if (this.lists.has(list)) return this.byElement.get(element) ?? [];
    return this.all.length === 0 ? [] : this.byElement.get(this.all[0]!.element)!;
  }
}

/** Distinct values in the order of the record. `find`: what stands at a path, of a null the empty text. */
export function mapElements(field: MappedField, find: Find): FieldValue[] {
  const firsts = firstPathsOf(field);
  const paths = new Map<number, PathValues>();
  const elements = new Map<number, Place>();
  for (const path of pathsOf(field)) {
    const all = firsts.has(path) ? find(path).slice(0, 1).map(beside) : find(path);
    paths.set(path, new PathValues(all));
    for (const value of all) if (value.list >= 0) elements.set(value.element, value);
  }
  if (elements.size === 0) elements.set(-1, { list: -1, element: -1 });
  const places = [...elements.values()].sort((left, right) => left.element - right.element);
  const at = (place: Place) => (path: number) => paths.get(path)!.of(place);
  const { alternatives } = field;
  return alternatives.every(isPlainPath)
    ? distinct(ofLists(places.flatMap((place) => choose(alternatives, at(place)))))
    : distinct(places.flatMap((place) => compute(field, at(place))));
}

/** A value that stands for its whole list. */
function beside({ kind, text }: Found): Found {
  return { kind, text, list: -1, element: -1 };
}

/** What an element lacks is not made up for by what stands beside the list. */
function ofLists(values: readonly Found[]): readonly Found[] {
  return values.some(({ list }) => list >= 0) ? values.filter(({ list }) => list >= 0) : values;
}

function choose(alternatives: readonly PlainPath[], find: Find): readonly Found[] {
  for (const { path } of alternatives) {
    const values = find(path).filter(({ text }) => !isEmpty(text));
    if (values.length > 0) return values;
  }
  return [];
}

function compute(field: MappedField, find: Find): FieldValue[] {
  const texts = mapField(field, (path) => find(path).map(({ text }) => text));
  return texts.map((text) => ({ kind: KIND.string, text }));
}

function distinct(values: readonly FieldValue[]): FieldValue[] {
  const known = new Map<string, FieldValue>();
  for (const { kind, text } of values) known.set(`${kind} ${text}`, { kind, text });
  return [...known.values()];
}
