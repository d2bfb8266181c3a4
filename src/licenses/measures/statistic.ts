/** From the buckets of a period to its figure: the highest, a percentile, what is left without the highest, mean, sum, last. */
import { earlier, type Instant, later } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { Measure, Term } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import { isOver } from '../contract/quantities.ts';
import { falls } from '../contract/segment-cursor.ts';
import { divideUp } from './adjust.ts';
import type { BucketClock } from './bucket-clock.ts';
import { type Cell, cellsOfSegments } from './cells.ts';
import type { SegmentUse, Witness } from './measure-fold.ts';

type Figure = { lower: Amount; upper: Amount | undefined; at: Instant };

export type Explain = {
  witnessesAt(at: Instant): readonly Witness[];
  doubtsOf(segment: Segment): { reasons: string[]; places: readonly Witness[] };
};

/** Of a figure that is formed of two: what doubts either doubts it, and it is the first that is witnessed. */
export function explainBoth({ witnessesAt, doubtsOf }: Explain, second: Explain): Explain {
  return {
    witnessesAt,
    doubtsOf: (segment) => {
      const [own, other] = [doubtsOf(segment), second.doubtsOf(segment)];
      return {
        reasons: [...new Set([...own.reasons, ...other.reasons])],
        places: own.places.length > 0 ? own.places : other.places,
      };
    },
  };
}

type Plan = {
  measure: Measure;
  segments: readonly Segment[];
  clock: BucketClock;
  /** Buckets outside have no rank: before the contract there were none to be below. */
  term: Term | undefined;
  explain: Explain;
  /** Where the last bucket of the log ends: later ones are possible, and proven is none. */
  logEnd: Instant;
};

const UNSETTLED =
  'the quantity changes within the period, and the contract does not say which one its figure is held against';

const LOG_ENDS = 'the log ends before the period does, and what it ends with may last';

/** `cells` in order of time. */
export function summarize(plan: Plan, cells: readonly Cell[]): SegmentUse[] {
  const { segments, measure, logEnd } = plan;
  const bySegment = cellsOfSegments(segments, cells).map((each) =>
    each.flatMap((cell) => proven(cell, logEnd)),
  );
  if (measure.take.kind === 'max') return highestOfEach(plan, segments, bySegment);
  const uses: SegmentUse[] = [];
  for (let first = 0; first < segments.length; ) {
    let end = first + 1;
    while (end < segments.length && segments[end]!.period === segments[first]!.period) end++;
    const [own, ownCells] = [segments.slice(first, end), bySegment.slice(first, end)];
    // What lies outside the term is no period, and its buckets may be those of two centuries.
    if (own[0]!.period === undefined) uses.push(...highestOfEach(plan, own, ownCells));
    else if (measure.take.kind === 'sum') uses.push(...runningSums(plan, own, ownCells));
    else uses.push(ofWholePeriod(plan, own, ownCells));
    first = end;
  }
  return uses;
}

function highestOfEach(plan: Plan, segments: readonly Segment[], cells: readonly Cell[][]): SegmentUse[] {
  return segments.map((segment, index) => untilLogEnd(plan, toUse(plan, segment, highest(cells[index]!))));
}

function proven(cell: Cell, logEnd: Instant): Cell[] {
  const { from, until } = cell;
  if (until <= logEnd || cell.lower === 0n) return [cell];
  const after = { ...cell, from: later(from, logEnd), lower: cell.lower < 0n ? cell.lower : 0n };
  return from < logEnd ? [{ ...cell, until: logEnd }, after] : [after];
}

/** Where no record is to blame for what is open, it is what comes after the last. */
function untilLogEnd({ logEnd }: Plan, use: SegmentUse): SegmentUse {
  const { segment, lower, upper, doubts } = use;
  const isOpen = doubts.length === 0 && lower.amount !== upper.amount && segment.until > logEnd;
  return isOpen ? { ...use, doubts: [LOG_ENDS] } : use;
}

function toUse(
  { explain }: Pick<Plan, 'explain'>,
  segment: Segment,
  { lower, upper, at }: Figure,
): SegmentUse {
  const witnesses = lower > 0n ? explain.witnessesAt(at) : [];
  const { reasons, places } = explain.doubtsOf(segment);
  return {
    segment,
    lower: { amount: lower, at, witnesses },
    upper: { amount: upper, at, witnesses },
    doubts: reasons,
    doubtful: places,
  };
}

function highest(cells: readonly Cell[]): Figure {
  const [first] = cells;
  const figure: Figure = { lower: first!.lower, upper: first!.upper, at: first!.at ?? first!.from };
  for (const { lower, upper, from, at } of cells) {
    if (lower > figure.lower) {
      figure.lower = lower;
      figure.at = at ?? from;
    }
    if (upper === undefined || (figure.upper !== undefined && upper > figure.upper)) figure.upper = upper;
  }
  return figure;
}

/** What adds up to the end of each segment, against the quantity then in force; proven is what came since it last fell. */
function runningSums(plan: Plan, segments: readonly Segment[], cells: readonly Cell[][]): SegmentUse[] {
  let sinceFall: Amount = 0n;
  let upper: Amount | undefined = 0n;
  return segments.map((segment, index) => {
    if (index > 0 && falls(segments[index - 1]!, segment)) sinceFall = 0n;
    for (const cell of cells[index]!) {
      const weight = plan.clock.count(cell.from, cell.until);
      sinceFall += cell.lower * weight;
      upper = upper === undefined || cell.upper === undefined ? undefined : upper + cell.upper * weight;
    }
    return toUse(plan, segment, { lower: sinceFall, upper, at: highest(cells[index]!).at });
  });
}

/** A figure of a whole period, such as a mean that was formed elsewhere. */
export function useOfPeriod(
  plan: Pick<Plan, 'explain'>,
  segments: readonly Segment[],
  figure: Figure,
): SegmentUse {
  const { segment, isSettled } = against(segments, figure);
  const use = toUse(plan, segment, figure);
  return isSettled ? use : { ...use, unsettled: true, doubts: [...use.doubts, UNSETTLED] };
}

function ofWholePeriod(plan: Plan, segments: readonly Segment[], cells: readonly Cell[][]): SegmentUse {
  const { measure, term } = plan;
  const inTerm = cells.map((each) => clip(each, term));
  const figure = figureOf(plan, inTerm.flat());
  if (measure.take.kind === 'last') {
    const last = inTerm.findLastIndex((each) => each.some(({ from }) => from < plan.logEnd));
    return untilLogEnd(plan, toUse(plan, segments[Math.max(0, last)]!, figure));
  }
  const deciding = decidingOf(segments, (index) => ({
    isInTerm: inTerm[index]!.length > 0,
    isUsed: inTerm[index]!.some(({ upper }) => upper !== 0n),
  }));
  return untilLogEnd(plan, useOfPeriod(plan, deciding, figure));
}

/**
 * A figure of the period may be meant to be held against any quantity of it, that of days without use too: they are a part of
 * what it was made of. Days outside the term are not, nor are days without use before the first quantity.
 */
export function decidingOf(
  segments: readonly Segment[],
  stateOf: (index: number) => { isInTerm: boolean; isUsed: boolean },
): readonly Segment[] {
  const deciding = segments.filter(({ limit }, index) => {
    const { isInTerm, isUsed } = stateOf(index);
    return isInTerm && (isUsed || limit !== undefined);
  });
  return deciding.length > 0 ? deciding : segments;
}

function clip(cells: readonly Cell[], term: Term | undefined): Cell[] {
  if (term === undefined) return [...cells];
  const end = term.until.instant + term.grace;
  return cells
    .map((cell) => ({
      ...cell,
      from: term.from === undefined ? cell.from : later(cell.from, term.from.instant),
      until: earlier(cell.until, end),
    }))
    .filter(({ from, until }) => from < until);
}

/** Beyond every quantity of the period is exceeded, and below every one within; in between nobody can tell. */
function against(
  segments: readonly Segment[],
  { lower, upper }: Figure,
): { segment: Segment; isSettled: boolean } {
  const unknown = segments.find(({ limit }) => limit === undefined);
  if (unknown !== undefined) return { segment: unknown, isSettled: true };
  const isLess = (a: Segment, b: Segment) =>
    a.limit!.amount !== 'unlimited' && (b.limit!.amount === 'unlimited' || a.limit!.amount < b.limit!.amount);
  const least = segments.reduce((best, each) => (isLess(each, best) ? each : best));
  const most = segments.reduce((best, each) => (isLess(best, each) ? each : best));
  if (isOver(lower, most.limit)) return { segment: most, isSettled: true };
  const isWithin = upper !== undefined && !isOver(upper, least.limit);
  return { segment: least, isSettled: isWithin || !isOver(lower, least.limit) };
}

function figureOf({ measure, clock, logEnd }: Plan, cells: readonly Cell[]): Figure {
  const { take, each } = measure;
  const last = cells.findLast(({ from }) => from < logEnd) ?? cells.at(-1);
  if (last === undefined) return { lower: 0n, upper: 0n, at: 0n };
  if (take.kind === 'last') return { lower: last.lower, upper: last.upper, at: last.at ?? last.from };
  const weighted = cells.map((cell) => ({
    cell,
    weight: each.kind === 'instant' ? cell.until - cell.from : clock.count(cell.from, cell.until),
  }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0n);
  if (take.kind === 'mean') {
    const lower = weighted.reduce((sum, { cell, weight }) => sum + cell.lower * weight, 0n);
    const upper = weighted.reduce<Amount | undefined>(
      (sum, { cell, weight }) =>
        sum === undefined || cell.upper === undefined ? undefined : sum + cell.upper * weight,
      0n,
    );
    const mean = (sum: Amount | undefined) => (sum === undefined ? undefined : divideUp(sum, total));
    return { lower: mean(lower)!, upper: mean(upper), at: highest(cells).at };
  }
  const percent = 'percent' in take ? take.percent : 0n;
  // Nearest rank: of n buckets p95 is the one of rank ceil(0.95 n) from below, so those above it are left out.
  const dropped =
    take.kind === 'percentile'
      ? total - divideUp(total * percent, 100n * ONE)
      : (total * percent) / (100n * ONE);
  return ranked(weighted, dropped);
}

/** The highest value when so many of the highest buckets are left out; an unbounded one is the highest. */
function ranked(weighted: readonly { cell: Cell; weight: bigint }[], dropped: bigint): Figure {
  const rank = (boundOf: (cell: Cell) => Amount | undefined): Cell => {
    const sorted = weighted.toSorted((a, b) => {
      const [left, right] = [boundOf(a.cell), boundOf(b.cell)];
      if (left === right) return 0;
      if (left === undefined) return -1;
      if (right === undefined) return 1;
      return left > right ? -1 : 1;
    });
    let before = 0n;
    for (const { cell, weight } of sorted) {
      before += weight;
      if (before > dropped) return cell;
    }
    return sorted.at(-1)!.cell;
  };
  const lower = rank((cell) => cell.lower);
  return { lower: lower.lower, upper: rank((cell) => cell.upper).upper, at: lower.at ?? lower.from };
}
