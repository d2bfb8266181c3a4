/** Judgements of a clause one by one, and from some number on only their count: a log must not fill the report. */

import { formatNumber } from '../../base/text-safety.ts';
import type { Judgement } from '../../model/relation.ts';

const MAX_JUDGEMENTS = 100;

export class BoundedJudgements {
  private readonly kept: Judgement[] = [];
  private more = 0;
  private readonly most: number;

  constructor(most = MAX_JUDGEMENTS) {
    this.most = most;
  }

  /** `make` is asked only where there is room. */
  add(make: () => Judgement): void {
    if (this.kept.length < this.most) this.kept.push(make());
    else this.more++;
  }

  *finish(): Generator<Judgement> {
    const last = this.kept.pop();
    yield* this.kept;
    if (last === undefined) return;
    if (this.more === 0) yield last;
    else
      yield {
        ...last,
        message: `${last.message}; and ${formatNumber(this.more)} more of this kind`,
        count: last.count + this.more,
      };
  }
}
