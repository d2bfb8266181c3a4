/** What follows from the shape of a record alone, found out once for all records of the shape. */
import type { Slot } from '../model/event.ts';
import type { ComputedValue } from './computed-field.ts';

/** Not asked so far for a record of this shape. */
export const UNDECIDED = -2;
/** Asked, and to be asked of each record: how many values a list has the shape does not tell. */
export const UNSETTLED = -4;

export type ShapeFacts = {
  readonly shape: number;
  /** By computed field: the raw slot that it is, or what the cursor says instead, UNDECIDED or UNSETTLED. */
  chosen: Int32Array;
  /** By computed field: the slots in use whose values matter, `undefined` where not asked so far. */
  inputs: (readonly Slot[] | undefined)[];
  /** By computed field: what it always is, where none of its inputs' values matters. */
  fixed: (ComputedValue | undefined)[];
  /** Which list of slots names the record; -1 where none does, or UNDECIDED. */
  identity: number;
};

export class KnownShapes {
  private readonly known: (ShapeFacts | undefined)[] = [];
  private computed = 0;

  /** There are so many computed fields from now on; nothing is known any more. */
  restart(computed: number): void {
    this.computed = computed;
    this.known.length = 0;
  }

  /** Of a record without a shape, below 0, for this record alone. */
  of(shape: number): ShapeFacts {
    const facts = shape < 0 ? undefined : this.known[shape];
    return facts ?? this.begin(shape);
  }

  private begin(shape: number): ShapeFacts {
    const { computed, known } = this;
    const facts: ShapeFacts = {
      shape,
      chosen: new Int32Array(computed).fill(UNDECIDED),
      inputs: new Array(computed).fill(undefined),
      fixed: new Array(computed).fill(undefined),
      identity: UNDECIDED,
    };
    if (shape < 0) return facts;
    // Without holes the array stays an array.
    while (known.length <= shape) known.push(undefined);
    known[shape] = facts;
    return facts;
  }
}
