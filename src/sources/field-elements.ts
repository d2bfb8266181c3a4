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

const NO_FACET: Facet = new Map();

/** Bounds on what one record may take, for log text decides how long its lists are. */
export type FacetBounds = {
  /** Lists are looked at in all combinations of their elements, up to so many; beyond, each beside the first of the others. */
  combined: number;
  /** Values that all facets look at, all in all; a record that makes more is looked at as a whole. */
  looks: number;
};

export const FACET_BOUNDS: FacetBounds = { combined: 10_000, looks: 1 << 22 };

/** The facets of a record, in the order of its elements: those of the last list change first. */
export class Facets {
  readonly count: number;
  private readonly lists: readonly { list: number; elements: readonly number[] }[];
  readonly isCombined: boolean;
  /** The one that was asked for last: one field after the other asks for it. */
  private last = -1;
  private lastFacet: Facet = NO_FACET;

  /** `elements`: by list. */
  constructor(elements: ReadonlyMap<number, ReadonlySet<number>>, combinedAtMost: number) {
    this.lists = [...elements]
      .sort(([left], [right]) => left - right)
      .map(([list, own]) => ({ list, elements: [...own].sort((left, right) => left - right) }));
    const combined = this.lists.reduce((product, each) => product * each.elements.length, 1);
    this.isCombined = combined <= combinedAtMost;
    const apart = this.lists.reduce((sum, each) => sum + each.elements.length - 1, 1);
    this.count = this.isCombined ? combined : apart;
  }

  at(index: number): Facet {
    if (index !== this.last) this.lastFacet = this.make(index);
    this.last = index;
    return this.lastFacet;
  }

  private make(index: number): Facet {
    const facet = new Map<number, number>();
    let rest = index;
    for (let at = this.lists.length - 1; at >= 0; at--) {
      const { list, elements } = this.lists[at]!;
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
  private readonly found: readonly Found[];
  private readonly all: readonly Found[];
  private knownByElement: ReadonlyMap<number, readonly Found[]> | undefined;
  private spoken: Map<readonly Found[], readonly Found[]> | undefined;

  /** `found`: of a null the empty text. */
  constructor(found: readonly Found[], isFirst: boolean) {
    this.found = found;
    this.all = isFirst ? found.slice(0, 1).map(beside).filter(isSaid) : found.filter(isSaid);
    this.list = isFirst || found.length === 0 ? -1 : found[0]!.list;
  }

  get size(): number {
    return this.all.length;
  }

  of(facet: Facet | undefined): readonly Found[] {
    const element = this.list < 0 ? undefined : facet?.get(this.list);
    return element === undefined ? this.all : (this.byElement.get(element) ?? NONE);
  }

  /** Those that are a text: no objects, no empty lists. The same list for the same element. */
  spokenOf(facet: Facet | undefined): readonly Found[] {
    const own = this.of(facet);
    if (own.length === 0) return NONE;
    this.spoken ??= new Map();
    return getOrCreate(this.spoken, own, () => own.filter(({ text }) => !isEmpty(text)));
  }

  /** Of what one facet looks at: the most that one element has. */
  get sizeOfOne(): number {
    if (this.list < 0) return this.size;
    let most = 0;
    for (const own of this.byElement.values()) if (own.length > most) most = own.length;
    return most;
  }

  /** Of one that leads through a list: the elements that have something at it, be it a null. */
  addElements(elements: Set<number>): void {
    for (const { element } of this.found) elements.add(element);
  }

  /** Made for who asks: most paths of a mapping lead nowhere in a record. */
  private get byElement(): ReadonlyMap<number, readonly Found[]> {
    if (this.knownByElement === undefined) {
      const byElement = new Map<number, Found[]>();
      for (const value of this.found)
        if (isSaid(value)) getOrCreate(byElement, value.element, () => []).push(value);
      this.knownByElement = byElement;
    }
    return this.knownByElement;
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
    path.addElements(getOrCreate(elements, path.list, () => new Set()));
  }
  return elements;
}

type Find = (path: number) => PathValues;

/**
 * The facets that the paths have; undefined where it is one. `isWhole`: whether they are all that there are, and not those within
 * the bounds. `isApart`: each list beside the first of the others is all that is asked for.
 */
export function facetsOfPaths(
  paths: readonly PathValues[],
  { combined, looks }: FacetBounds,
  isApart = false,
): { facets: Facets | undefined; isWhole: boolean } {
  const facets = new Facets(elementsOf(paths), isApart ? 0 : combined);
  if (facets.count === 1) return { facets: undefined, isWhole: true };
  if (isBeyond(looks, paths, facets.count)) return { facets: undefined, isWhole: false };
  return { facets, isWhole: isApart || facets.isCombined };
}

/** Whether so many facets look at more values than that. */
function isBeyond(looks: number, paths: readonly PathValues[], facets: number): boolean {
  // Nearly always all of them for each facet are not more: how many one element has need not be known.
  if (paths.reduce((sum, { size }) => sum + (facets + 1) * size, 0) <= looks) return false;
  return paths.reduce((sum, { size, sizeOfOne }) => sum + size + facets * sizeOfOne, 0) > looks;
}

/** The values in the order of the record, those that are computed each once: of the facets, or of all that the field has. */
function mapElements(field: MappedField, find: Find, facets?: Iterable<Facet>): FieldValue[] {
  const { alternatives } = field;
  const isChoice = alternatives.every(isPlainPath);
  if (facets !== undefined) {
    if (isChoice) return eachOnce([...facets].map((facet) => choose(alternatives, find, facet)));
    return distinct([...facets].flatMap((facet) => compute(field, find, facet)));
  }
  const read = [...pathsOf(field)].map(find);
  if (isChoice)
    return ofLists(chooseEach(alternatives, find, new Facets(elementsOf(read), FACET_BOUNDS.combined)));
  const own = facetsOfPaths(read, FACET_BOUNDS).facets;
  if (own === undefined) return distinct(compute(field, find, undefined));
  const lists: FieldValue[][] = [];
  for (let index = 0; index < own.count; index++) lists.push(compute(field, find, own.at(index)));
  return distinct(lists.flat());
}

/** Those that one facet after the other chooses; what one chose before it need not choose again. */
function chooseEach(alternatives: readonly PlainPath[], find: Find, facets: Facets): Found[] {
  const chosen = new Set<readonly Found[]>();
  for (let index = 0; index < facets.count; index++) chosen.add(choose(alternatives, find, facets.at(index)));
  return eachOnce(chosen);
}

/** Equal values of two elements are two; that of one element is one, however many facets have it. */
function eachOnce(lists: Iterable<readonly Found[]>): Found[] {
  const values = new Set<Found>();
  for (const list of lists) for (const value of list) values.add(value);
  return [...values];
}

/** What an element lacks is not made up for by what stands beside the list, where another element has it. */
function ofLists(values: Found[]): Found[] {
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
