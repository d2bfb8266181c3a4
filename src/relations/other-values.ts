/** What the events of an episode tell beside its first one, where the sentence of the finding tells values of the log. */

import { MAX_ALSO } from '../model/also-said.ts';
import type { Mark } from '../model/mark.ts';

type Values = Mark['values'];

export class OtherValues {
  private readonly from: number;
  private readonly first: Values;
  private last: Values;
  private readonly known = new Set<string>();
  /** Each once, in their order. */
  readonly tuples: Values[] = [];
  /** Whether there are more than are kept. */
  isMore = false;

  /** `from`: the values from there on are told. */
  constructor({ values }: Mark, from: number) {
    this.from = from;
    this.first = values;
    this.last = values;
  }

  add(mark: Mark): void {
    // What comes then is not even decoded.
    if (this.isMore) return;
    const { values } = mark;
    if (this.isAs(this.last, values) || this.isAs(this.first, values)) return;
    this.last = values;
    const key = JSON.stringify(values.slice(this.from));
    if (this.known.has(key)) return;
    if (this.tuples.length >= MAX_ALSO) this.isMore = true;
    else {
      this.known.add(key);
      this.tuples.push(values);
    }
  }

  private isAs(one: Values, other: Values): boolean {
    for (let index = this.from; index < other.length; index++) if (one[index] !== other[index]) return false;
    return true;
  }
}
