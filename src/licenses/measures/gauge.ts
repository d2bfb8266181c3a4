/**
 * What the gauge of a host shows from one reading to the next. Readings of one instant are in order within a file that runs
 * forward in time; else, and of two files, any may be the last.
 */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { Bounds } from './cells.ts';
import type { Witness } from './measure-fold.ts';

export type Reading = Bounds & { group: string | undefined };

export class Gauge {
  /** Since the last reading; one of several where they are of several groups and in no order. */
  shown: readonly Reading[] = [];
  witness: Witness;
  private at: Instant | undefined;
  /** Of readings without a host: what tells the order of the last one. */
  private order = '';
  /** Of the instant of the last reading: the last one of each file, and of one without an order all that differ. */
  private byFile = new Map<string, Reading>();
  private highest: Reading | undefined;

  constructor(witness: Witness) {
    this.witness = witness;
  }

  read(reading: Reading, at: Instant, witness: Witness, isUnordered: boolean): void {
    if (at !== this.at && this.byFile.size > 0) this.byFile = new Map();
    const isFirst = this.byFile.size === 0;
    if (isFirst || isMore(reading.upper, this.highest!.upper)) this.highest = reading;
    this.byFile.set(isUnordered ? `\u0000${wordsOf(reading)}` : witness.place.file, reading);
    this.at = at;
    this.witness = witness;
    this.shown = unordered([...this.byFile.values()]);
  }

  /** One that names no host: what it showed before is of another one, or over; of one instant nobody knows what came last. */
  readNameless(reading: Reading, at: Instant, witness: Witness, order: string): void {
    const [before] = this.shown;
    let { lower } = reading;
    if (before !== undefined && this.at === at && this.order !== order) {
      if (before.group !== reading.group) lower = 0n;
      else if (before.lower < lower) lower = before.lower;
    }
    this.shown = [{ ...reading, lower }];
    this.witness = witness;
    this.at = at;
    this.order = order;
  }

  /** What it showed at the instant of its last reading, if that was more than what it shows since. */
  get passed(): Reading | undefined {
    const { highest } = this;
    if (highest === undefined || this.shown.some(({ upper }) => !isMore(highest.upper, upper)))
      return undefined;
    return highest;
  }

  /** No more than `least` is proven. */
  loosen(least: Amount): void {
    this.shown = this.shown.map((each) => (each.lower > least ? { ...each, lower: least } : each));
  }

  get isInNoOrder(): boolean {
    return this.byFile.size > 1;
  }

  get isShowing(): boolean {
    return this.shown.some(({ upper }) => upper !== 0n);
  }
}

function wordsOf({ lower, upper, group }: Reading): string {
  return `${lower} ${upper} ${group}`;
}

/** Undefined is without bound. */
function isMore(left: Amount | undefined, right: Amount | undefined): boolean {
  return right !== undefined && (left === undefined || left > right);
}

function unordered(readings: readonly Reading[]): readonly Reading[] {
  if (readings.length === 1) return readings;
  const { group } = readings[0]!;
  if (readings.some((each) => each.group !== group)) return readings.map((each) => ({ ...each, lower: 0n }));
  const lower = readings.reduce(
    (least, each) => (each.lower < least ? each.lower : least),
    readings[0]!.lower,
  );
  const highest = readings.reduce((best, each) => (isMore(each.upper, best.upper) ? each : best));
  return [{ lower, upper: highest.upper, group }];
}
