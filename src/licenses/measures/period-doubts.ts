/** Which records leave which periods open: each doubt with the stretch of time that it weighs on. */
import type { Instant } from '../../base/instant.ts';
import { indexAt } from '../contract/index-at.ts';
import type { Segment } from '../contract/periods.ts';
import { type DoubtReason, Doubts, type Witness } from './measure-fold.ts';

type Weighing = { first: number; last: number; doubts: Doubts };

export class PeriodDoubts {
  private readonly segments: readonly Segment[];
  private readonly weighing = new Map<string, Weighing>();
  private readonly remarks: { first: number; last: number; words: string }[] = [];

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
  }

  /** Undefined: since the log began, until it ends. */
  note(reason: DoubtReason, witness: Witness, from: Instant | undefined, until: Instant | undefined): void {
    const { first, last } = this.range(from, until);
    const key = `${first} ${last}`;
    let each = this.weighing.get(key);
    if (each === undefined) {
      each = { first, last, doubts: new Doubts() };
      this.weighing.set(key, each);
    }
    each.doubts.note(reason, witness);
  }

  /** What no single record is to blame for. */
  remark(words: string, from: Instant | undefined, until: Instant | undefined): void {
    const remark = { ...this.range(from, until), words };
    const last = this.remarks.at(-1);
    if (last?.words === words && last.first === remark.first && last.last === remark.last) return;
    this.remarks.push(remark);
  }

  of(segment: Segment): { reasons: string[]; places: readonly Witness[] } {
    const index = indexAt(this.segments, segment.from);
    const holds = ({ first, last }: { first: number; last: number }) => first <= index && index <= last;
    const all = new Doubts();
    for (const each of this.weighing.values()) if (holds(each)) all.include(each.doubts);
    const words = this.remarks.filter(holds).map((each) => each.words);
    return { reasons: [...all.reasons(), ...new Set(words)], places: all.places };
  }

  /** Whole periods: a figure of a period is open in all of its segments. */
  private range(from: Instant | undefined, until: Instant | undefined): { first: number; last: number } {
    let first = from === undefined ? 0 : indexAt(this.segments, from);
    let last = until === undefined ? this.segments.length - 1 : indexAt(this.segments, until);
    while (first > 0 && this.segments[first - 1]!.period === this.segments[first]!.period) first--;
    while (
      this.segments[last + 1] !== undefined &&
      this.segments[last + 1]!.period === this.segments[last]!.period
    )
      last++;
    return { first, last };
  }
}
