/**
 * Canonical fields of a record with lists. A facet is the record with one element of each list, a record of its own: so what was
 * done and how it ended are told of one thing. A field has the values of all facets that are looked at.
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

export type FieldValue = { kind: KindCode; text: string };
/**
 * `list`, `element`: numbers of the outermost array on the way to the value and of the element of it that leads there, which
 * ascend in the order of the record; -1 outside of any array.
 */
export type Found = FieldValue & { list: number; element: number };

/** By list the element that is looked at. */
export type Facet = ReadonlyMap<number, number>;

/** Lists are looked at in all combinations of their elements, up to so many; beyond, each beside the first of the others. */
const MAX_COMBINED = 1000;

/** The facets of a record, in the order of its elements: those of the last list change first. */
export class Facets {
  readonly count: number;
  private readonly lists: readonly { list: number; elements: readonly number[] }[];
  private readonly isCombined: boolean;

  /** By list its elements. */
  constructor(elements: ReadonlyMap<number, ReadonlySet<number>>) {
    this.lists = [...elements]
      .sort(([left], [right]) => left - right)
      .map(([list, own]) => ({ list, elements: [...own].sort((left, right) => left - right) }));
    const combined = this.lists.reduce((product, each) => product * each.elements.length, 1);
    this.isCombined = combined <= MAX_COMBINED;
    const apart = this.lists.reduce((sum, each) => sum + each.elements.length - 1, 1);
    this.count = this.isCombined ? combined : apart;
  }

  at(index: number): Facet {
    const facet = new Map<number, number>();
    let rest = index;
    for (const { list, elements } of this.lists.toReversed()) {
      if (this.isCombined) {
        facet.set(list, elements[rest % elements.length]!);
        rest = Math.floor(rest / elements.length);
      } else {
        // The first facet has the first of all; then come the others of one list after the other.
        const isOwn = rest > 0 && rest < elements.length;
        facet.set(list, elements[isOwn ? rest : 0]!);
        rest = isOwn || rest === 0 ? 0 : rest - (elements.length - 1);
      }
    }
    return facet;
  }
}

/** What stands at one path, in the order of the record. */
class PathValues {
  readonly list: number;
  readonly size: number;
  private readonly all: readonly Found[];
  private readonly byElement = new Map<number, Found[]>();
  private readonly spoken = new Map<readonly Found[], readonly Found[]>();

  /** `all`: of a null the empty text. */
  constructor(all: readonly Found[], isFirst: boolean) {
    this.all = isFirst ? all.slice(0, 1).map(beside).filter(isSaid) : all.filter(isSaid);
    this.size = this.all.length;
    this.list = isFirst || all.length === 0 ? -1 : all[0]!.list;
    if (this.list < 0) return;
    for (const value of all) {
      const own = getOrCreate(this.byElement, value.element, () => []);
      if (isSaid(value)) own.push(value);
    }
  }

  of(facet: Facet | undefined): readonly Found[] {
    const element = facet?.get(this.list);
    return element === undefined ? this.all : (this.byElement.get(element) ?? NONE);
  }

  /** Those that are a text: no objects, no empty lists. The same list for the same element. */
  spokenOf(facet: Facet | undefined): readonly Found[] {
    const own = this.of(facet);
    return getOrCreate(this.spoken, own, () => own.filter(({ text }) => !isEmpty(text)));
  }

  /** Of what one facet looks at: the most that one element has. */
  get sizeOfOne(): number {
    if (this.list < 0) return this.size;
    let most = 0;
    for (const own of this.byElement.values()) if (own.length > most) most = own.length;
    return most;
  }

  get elements(): Iterable<number> {
    return this.byElement.keys();
  }
}

const NONE: readonly Found[] = [];

function isSaid({ text }: Found): boolean {
  return text !== '';
}

/** A value that stands for its whole list. */
function beside({ kind, text }: Found): Found {
  return { kind, text, list: -1, element: -1 };
}

/** The elements of the lists that the paths lead through. */
function elementsOf(paths: Iterable<PathValues>): Map<number, Set<number>> {
  const elements = new Map<number, Set<number>>();
  for (const path of paths) {
    if (path.list < 0) continue;
    const own = getOrCreate(elements, path.list, () => new Set());
    for (const element of path.elements) own.add(element);
  }
  return elements;
}

type Find = (path: number) => PathValues;

/** Values that all facets of a record look at, all in all; a record that makes more is looked at as a whole. */
const MAX_LOOKS = 1 << 22;

/** The facets that the paths have; undefined where they are too many for what each of them looks at, or only one. */
export function facetsOfPaths(paths: readonly PathValues[]): Facets | undefined {
  const facets = new Facets(elementsOf(paths));
  if (facets.count === 1) return undefined;
  const looks = paths.reduce((sum, path) => sum + path.size + facets.count * path.sizeOfOne, 0);
  return looks > MAX_LOOKS ? undefined : facets;
}

/** Distinct values in the order of the record, of the facets; of all that the field has, where none are named. */
function mapElements(field: MappedField, find: Find, facets?: Iterable<Facet>): FieldValue[] {
  const { alternatives } = field;
  const isChoice = alternatives.every(isPlainPath);
  if (facets !== undefined) {
    const lists: (readonly FieldValue[])[] = [];
    for (const facet of facets)
      lists.push(isChoice ? choose(alternatives, find, facet) : compute(field, find, facet));
    return distinct(lists.flat());
  }
  const read = [...pathsOf(field)].map(find);
  if (isChoice) return distinct(ofLists(chooseEach(alternatives, find, new Facets(elementsOf(read)))));
  const own = facetsOfPaths(read);
  if (own === undefined) return distinct(compute(field, find, undefined));
  const lists: FieldValue[][] = [];
  for (let index = 0; index < own.count; index++) lists.push(compute(field, find, own.at(index)));
  return distinct(lists.flat());
}

/** Those that one facet after the other chooses; what one chose before it need not choose again. */
function chooseEach(alternatives: readonly PlainPath[], find: Find, facets: Facets): Found[] {
  const chosen = new Set<readonly Found[]>();
  for (let index = 0; index < facets.count; index++) chosen.add(choose(alternatives, find, facets.at(index)));
  return [...chosen].flat();
}

/** What an element lacks is not made up for by what stands beside the list, where another element has it. */
function ofLists(values: readonly Found[]): readonly Found[] {
  return values.some(({ list }) => list >= 0) ? values.filter(({ list }) => list >= 0) : values;
}

function choose(alternatives: readonly PlainPath[], find: Find, facet: Facet | undefined): readonly Found[] {
  for (const { path } of alternatives) {
    const values = find(path).spokenOf(facet);
    if (values.length > 0) return values;
  }
  return NONE;
}

function compute(field: MappedField, find: Find, facet: Facet | undefined): FieldValue[] {
  const texts = mapField(field, (path) =>
    find(path)
      .of(facet)
      .map(({ text }) => text),
  );
  return texts.map((text) => ({ kind: KIND.string, text }));
}

function distinct(values: readonly FieldValue[]): FieldValue[] {
  const known = new Map<string, FieldValue>();
  for (const { kind, text } of values) {
    const key = `${kind} ${text}`;
    if (!known.has(key)) known.set(key, { kind, text });
  }
  return [...known.values()];
}

/** What stands at the paths of one record, each sought once. */
export class RecordPaths {
  private readonly find: (path: number) => readonly Found[];
  private readonly known = new Map<number, PathValues>();
  private readonly knownFirsts = new Map<number, PathValues>();

  /** `find`: of a null the empty text. */
  constructor(find: (path: number) => readonly Found[]) {
    this.find = find;
  }

  of(path: number, isFirst = false): PathValues {
    const known = isFirst ? this.knownFirsts : this.known;
    return getOrCreate(known, path, () => new PathValues(this.find(path), isFirst));
  }

  values(field: MappedField, facets?: Iterable<Facet>): FieldValue[] {
    const firsts = firstPathsOf(field);
    return mapElements(field, (path) => this.of(path, firsts.has(path)), facets);
  }
}
