/** A canonical field that is more than one raw field by another name: what it is made of, and what it came to before. */
import type { Slot } from '../model/event.ts';
import { isPlainPath, listablePathsOf, type MappedField, pathsOf, type Translation } from './mapping.ts';

export type ComputedValue = { text: string | undefined; id: number };

/** A power of two; most fields have a handful of values. */
const RECENT = 256;

/** Computed values kept for one field; audit logs have a handful of outcomes and some thousand targets. */
const MAX_REMEMBERED = 1 << 16;

export class ComputedField {
  readonly field: MappedField;
  /** Scanner slots by path number, -1 where the field does not use the path. */
  readonly slots: readonly Slot[];
  /** For a field that is only a choice of raw fields: those, in order. It then keeps the kind of the chosen one. */
  readonly choices: readonly Slot[] | undefined;
  /** Else the raw fields that are tried first and stand for the field as they are. */
  readonly leading: readonly Slot[];
  /** The scanner slots in use. */
  readonly used: readonly Slot[];
  /** Those of which each member of a list counts. */
  readonly listable: readonly Slot[];
  readonly listablePaths: readonly number[];
  /** Those whose texts matter: of the others it matters that they have one, which the shape of a record tells. */
  readonly textual: ReadonlySet<Slot>;
  /** By what they were computed from. */
  private readonly values = new Map<number, ComputedValue>();
  /** What was computed last, at places that shape and input ids choose: three words of keys for each value. */
  private readonly recentKeys = new Int32Array(RECENT * 3);
  private readonly recentValues: ComputedValue[] = [];

  /** `slotOf`: the scanner slot of a path of the mapping. */
  constructor(field: MappedField, paths: number, slotOf: (path: number) => Slot) {
    this.field = field;
    const own = pathsOf(field);
    const slots = Array.from({ length: paths }, (_, path) => (own.has(path) ? slotOf(path) : -1));
    this.slots = slots;
    const { alternatives } = field;
    this.choices = alternatives.every(isPlainPath) ? alternatives.map(({ path }) => slots[path]!) : undefined;
    this.leading = leadingPaths(field).map((path) => slots[path]!);
    this.used = slots.filter((slot) => slot >= 0);
    this.listablePaths = listablePathsOf(field);
    this.listable = this.listablePaths.map((path) => slots[path]!);
    this.textual = new Set([...textualPaths(field)].map((path) => slots[path]!));
  }

  /** What `keepRecent` kept for records of this shape with these ids, unless another one took its place. */
  recent(shape: number, first: number, second: number): ComputedValue | undefined {
    const { recentKeys: keys } = this;
    const place = placeOf(shape, first, second);
    const key = place * 3;
    // Keys are zero where nothing was kept.
    const isKept = keys[key] === shape + 1 && keys[key + 1] === first && keys[key + 2] === second;
    return isKept ? this.recentValues[place] : undefined;
  }

  keepRecent(shape: number, first: number, second: number, value: ComputedValue): void {
    const { recentKeys: keys, recentValues: values } = this;
    const place = placeOf(shape, first, second);
    // Without holes the array stays an array.
    while (values.length <= place) values.push(value);
    values[place] = value;
    keys[place * 3] = shape + 1;
    keys[place * 3 + 1] = first;
    keys[place * 3 + 2] = second;
  }

  remembered(key: number): ComputedValue | undefined {
    return this.values.get(key);
  }

  remember(key: number, value: ComputedValue): void {
    if (this.values.size < MAX_REMEMBERED) this.values.set(key, value);
  }
}

function placeOf(shape: number, first: number, second: number): number {
  return (Math.imul(shape, 31) + Math.imul(second, 7) + first) & (RECENT - 1);
}

/** The paths of the alternatives that come before the first with guards or other words. */
function leadingPaths({ alternatives }: MappedField): number[] {
  const paths: number[] = [];
  for (const alternative of alternatives) {
    if (!isPlainPath(alternative)) break;
    paths.push(alternative.path);
  }
  return paths;
}

/** The paths of which `mapField` looks at more than whether they have a text. */
function textualPaths({ alternatives }: MappedField): Set<number> {
  const paths = new Set<number>();
  for (const alternative of alternatives) {
    for (const guard of alternative.guards)
      if ('globs' in guard && !guard.globs.includes('*')) paths.add(guard.path);
    if (alternative.kind === 'join') for (const path of alternative.paths) paths.add(path);
    if (alternative.kind === 'path' && !isOneWord(alternative.translation)) paths.add(alternative.path);
  }
  return paths;
}

function isOneWord(translation: Translation | undefined): boolean {
  return translation !== undefined && translation.entries.length === 0 && translation.otherwise !== undefined;
}
