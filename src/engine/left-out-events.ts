/** Events that relations had to leave out: summed where groups are judged, for there may be one judgement a group, and a million groups. */
import { compareText } from '../base/text-safety.ts';
import type { Judgement } from '../model/relation.ts';

/** Plain data. `relation`: its index in the plan. */
export type LeftOut = { relation: number } & NonNullable<Judgement['leftOut']>;

export class LeftOutEvents {
  /** By relation and reason. */
  private readonly known = new Map<number, Map<string, LeftOut>>();

  /** Whether the judgement tells of events that were left out, and of nothing else. */
  takes(relation: number, { leftOut }: Judgement): boolean {
    if (leftOut === undefined) return false;
    this.add({ relation, ...leftOut });
    return true;
  }

  merge(others: readonly LeftOut[]): void {
    for (const other of others) this.add(other);
  }

  /** In the order of relations, of each the most events first, whatever was judged first. */
  all(): LeftOut[] {
    return [...this.known.keys()].sort((a, b) => a - b).flatMap((relation) => this.of(relation));
  }

  of(relation: number): LeftOut[] {
    const reasons = this.known.get(relation);
    if (reasons === undefined) return [];
    return [...reasons.values()].sort((a, b) => b.events - a.events || compareText(a.why, b.why));
  }

  private add(left: LeftOut): void {
    let reasons = this.known.get(left.relation);
    if (reasons === undefined) {
      reasons = new Map();
      this.known.set(left.relation, reasons);
    }
    const known = reasons.get(left.why);
    if (known === undefined) reasons.set(left.why, { ...left });
    else known.events += left.events;
  }
}
