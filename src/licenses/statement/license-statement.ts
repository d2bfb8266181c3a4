/** Drives what a statement folds over the use of one license: its figures, and the measure anew where the contract asks otherwise. */
import type { Instant } from '../../base/instant.ts';
import type { LicenseFigures } from '../../model/license-figures.ts';
import type { Coverage } from '../../model/relation.ts';
import type { StatementOptions } from '../../model/request.ts';
import type { Contract, License } from '../contract/contract.ts';
import type { MeasureFold, SegmentUse } from '../measures/measure-fold.ts';
import { segmentsOf, startMeasure } from '../measures/start-measure.ts';
import type { LicenseUse, ServerRestart } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import { isTimed } from '../use/timed-use.ts';
import { byCalendarMonth, isByCalendarMonth } from './calendar-month.ts';
import { cutByDay, isOwedByDay } from './day-segments.ts';
import type { SeatWatch } from './seat-watch.ts';
import { StatementFold } from './statement-fold.ts';

export class LicenseStatement {
  private readonly contract: Contract;
  private readonly license: License;
  private readonly coverage: Coverage;
  private readonly figures: StatementFold;
  /** The measure over calendar months, where its own period is another; and with nothing lingering, where something does. */
  private months: MeasureFold | undefined;
  private withoutLinger: MeasureFold | undefined;
  /** The measure by day, where what is owed is reckoned by day. */
  private days: MeasureFold | undefined;
  private started = false;

  constructor(contract: Contract, license: License, options: StatementOptions, coverage: Coverage) {
    this.contract = contract;
    this.license = license;
    this.coverage = coverage;
    this.figures = new StatementFold(contract, license, options, coverage);
  }

  /** For the measure to tell what its sessions do. */
  get watch(): SeatWatch | undefined {
    return this.figures.watch;
  }

  deny(use: LicenseUse): void {
    this.figures.deny(use);
  }

  cancel(use: LicenseUse): void {
    this.start(use);
    for (const fold of this.others()) fold?.cancel?.(use);
  }

  see(use: LicenseUse): void {
    this.start(use);
    for (const fold of this.others()) {
      if (isTimed(use)) fold?.add(use);
      else fold?.anytime(use);
    }
    if (isTimed(use)) this.figures.see(use);
  }

  restart(restart: ServerRestart): void {
    for (const fold of this.others()) fold?.restart?.(restart);
  }

  /** `folded`: what the measure itself ended in; undefined where no use came. */
  finish(
    folded: { segments: readonly SegmentUse[]; stillOpen: Iterable<Session> } | undefined,
    until: Instant,
    coverage = this.coverage,
  ): LicenseFigures {
    const { segments = [], stillOpen = [] } = folded ?? {};
    return this.figures.finish(
      {
        segments,
        months: this.months?.finish(until) ?? segments,
        withoutLinger: this.withoutLinger?.finish(until),
        days: this.days?.finish(until),
        stillOpen,
        until,
      },
      coverage,
    );
  }

  private others(): (MeasureFold | undefined)[] {
    return [this.months, this.withoutLinger, this.days];
  }

  private start({ time }: LicenseUse): void {
    if (this.started) return;
    this.started = true;
    const { contract, license, coverage } = this;
    const { measure, linger } = license;
    const segments = (each: License) => segmentsOf(contract, each, time, coverage);
    const start = (each: License) => startMeasure(contract, each, segments(each), coverage);
    if (!isByCalendarMonth(measure)) this.months = start({ ...license, measure: byCalendarMonth(measure) });
    if (measure.count.what === 'seats' && linger > 0n) this.withoutLinger = start({ ...license, linger: 0n });
    if (isOwedByDay(license))
      this.days = startMeasure(contract, license, cutByDay(segments(license), contract.timezone), coverage);
  }
}
