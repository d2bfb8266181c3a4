/** The value of each bucket as bounds; neighbours with one value are one cell, so that idle months cost nothing. */
import { earlier, type Instant, later } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { Segment } from '../contract/periods.ts';
import type { Stretch } from './bucket-clock.ts';

export type Bounds = { lower: Amount; upper: Amount | undefined };

/** Begins and ends with a bucket. `upper` undefined: nothing bounds it. `at`: where `lower` was first reached; else `from`. */
export type Cell = Stretch & Bounds & { at?: Instant };

type Step = { lower: Amount; upper: Amount; unbounded: number };

/** Adds up what begins and ends. */
export class CellSums {
  private readonly steps = new Map<Instant, Step>();

  /** `upper` undefined: nothing bounds what is added. */
  add({ from, until }: Stretch, lower: Amount, upper: Amount | undefined): void {
    if (until <= from) return;
    this.step(from, lower, upper ?? 0n, upper === undefined ? 1 : 0);
    this.step(until, -lower, -(upper ?? 0n), upper === undefined ? -1 : 0);
  }

  private step(at: Instant, lower: Amount, upper: Amount, unbounded: number): void {
    const step = this.steps.get(at);
    if (step === undefined) {
      this.steps.set(at, { lower, upper, unbounded });
      return;
    }
    step.lower += lower;
    step.upper += upper;
    step.unbounded += unbounded;
  }

  cells(): Cell[] {
    const starts = [...this.steps.keys()].sort((a, b) => (a < b ? -1 : 1));
    const cells: Cell[] = [];
    const sum: Step = { lower: 0n, upper: 0n, unbounded: 0 };
    for (const [index, from] of starts.entries()) {
      const step = this.steps.get(from)!;
      sum.lower += step.lower;
      sum.upper += step.upper;
      sum.unbounded += step.unbounded;
      const until = starts[index + 1];
      if (until === undefined) break;
      cells.push({ from, until, lower: sum.lower, upper: sum.unbounded > 0 ? undefined : sum.upper });
    }
    return cells;
  }
}

/** What two lists of cells make together, where any of them is; without a cell nothing was used. */
export function combinedCells(
  left: readonly Cell[],
  right: readonly Cell[],
  combine: (left: Bounds, right: Bounds) => Bounds,
): Cell[] {
  const cuts = [...new Set([...left, ...right].flatMap(({ from, until }) => [from, until]))];
  cuts.sort((a, b) => (a < b ? -1 : 1));
  const nextOf = (cells: readonly Cell[]) => {
    let index = 0;
    return (at: Instant): Bounds => {
      while (index < cells.length && cells[index]!.until <= at) index++;
      const cell = cells[index];
      return cell === undefined || cell.from > at ? NOTHING : cell;
    };
  };
  const [ofLeft, ofRight] = [nextOf(left), nextOf(right)];
  return cuts.slice(1).map((until, index) => {
    const from = cuts[index]!;
    return { from, until, ...combine(ofLeft(from), ofRight(from)) };
  });
}

const NOTHING: Bounds = { lower: 0n, upper: 0n };

/** The cells of each segment, cut at its ends, without holes: where nothing was, nothing was used. */
export function cellsOfSegments(segments: readonly Segment[], cells: readonly Cell[]): Cell[][] {
  let index = 0;
  return segments.map(({ from, until }) => {
    const inside: Cell[] = [];
    let at = from;
    while (index < cells.length && cells[index]!.until <= from) index++;
    for (let each = index; each < cells.length && cells[each]!.from < until; each++) {
      const cell = cells[each]!;
      const [start, end] = [later(cell.from, from), earlier(cell.until, until)];
      if (start > at) inside.push({ from: at, until: start, lower: 0n, upper: 0n });
      inside.push({ ...cell, from: start, until: end });
      at = end;
    }
    if (at < until) inside.push({ from: at, until, lower: 0n, upper: 0n });
    return inside;
  });
}
