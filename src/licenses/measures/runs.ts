/** When one name was there: stretches of whole buckets, those that touch as one. */
import type { Stretch } from './bucket-clock.ts';
import type { Witness } from './measure-fold.ts';

type Run = Stretch & { witness: Witness };

export class Runs {
  /** In order of time, none touching the next. */
  private runs: Run[] = [];

  /** Nearly every run touches the last one or comes after it. */
  add({ from, until }: Stretch, witness: Witness): void {
    const later: Run[] = [];
    let run: Run = { from, until, witness };
    for (let last = this.runs.at(-1); last !== undefined && last.until >= run.from; last = this.runs.at(-1)) {
      this.runs.pop();
      if (last.from > run.until) later.push(last);
      else {
        run = {
          from: last.from < run.from ? last.from : run.from,
          until: last.until > run.until ? last.until : run.until,
          witness: last.from <= run.from ? last.witness : run.witness,
        };
      }
    }
    this.runs.push(run, ...later.reverse());
  }

  addAll(other: Runs): void {
    for (const run of other.runs) this.add(run, run.witness);
  }

  at(instant: bigint): Run | undefined {
    let [low, high] = [0, this.runs.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const run = this.runs[middle]!;
      if (run.until <= instant) low = middle + 1;
      else if (run.from > instant) high = middle - 1;
      else return run;
    }
    return undefined;
  }

  [Symbol.iterator](): Iterator<Run> {
    return this.runs[Symbol.iterator]();
  }
}
