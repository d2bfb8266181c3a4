/** A measure that another one folds for: it gets all events, and something else is made of what it ends in. */
import type { Instant } from '../../base/instant.ts';
import type { SelfCheckResult } from '../self-check/self-check.ts';
import type { LicenseUse, ServerRestart, TimedUse } from '../use/license-use.ts';
import type { Former } from '../use/renamed-sessions.ts';
import type { Session } from '../use/session.ts';
import type { MeasureFold, SegmentUse, Standing } from './measure-fold.ts';

export const NOTHING_STANDS: Standing = { certain: [], possible: [] };

export abstract class MeasureOverFold<Fold extends MeasureFold = MeasureFold> implements MeasureFold {
  protected abstract readonly fold: Fold;

  abstract finish(until: Instant): SegmentUse[];

  anytime(use: LicenseUse): void {
    this.fold.anytime(use);
  }

  add(use: TimedUse): void {
    this.fold.add(use);
  }

  cancel(use: LicenseUse): void {
    this.fold.cancel?.(use);
  }

  renamed(use: TimedUse, former: Former): void {
    this.fold.renamed?.(use, former);
  }

  restart(restart: ServerRestart): void {
    this.fold.restart?.(restart);
  }

  uncounted(use: TimedUse): void {
    this.fold.uncounted?.(use);
  }

  stillOpen(): Iterable<Session> {
    return this.fold.stillOpen();
  }

  stoodAtEnd(): Standing {
    return this.fold.stoodAtEnd?.() ?? NOTHING_STANDS;
  }

  selfCheck(): SelfCheckResult | undefined {
    return this.fold.selfCheck?.();
  }
}
