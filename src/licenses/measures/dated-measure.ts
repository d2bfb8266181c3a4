/** A measure whose definition changed: each period by the one that was in force when it began. */
import type { Instant } from '../../base/instant.ts';
import type { ContractDate } from '../contract/contract.ts';
import type { SelfCheckResult } from '../self-check/self-check.ts';
import type { LicenseUse, ServerRestart, TimedUse } from '../use/license-use.ts';
import type { Former } from '../use/renamed-sessions.ts';
import type { Session } from '../use/session.ts';
import type { MeasureFold, SegmentUse, Standing } from './measure-fold.ts';
import { NOTHING_STANDS } from './measure-over-fold.ts';

type Version = { from: ContractDate | undefined; fold: MeasureFold; unknown: string | undefined };

export class DatedMeasure implements MeasureFold {
  private readonly versions: readonly Version[];

  /** In order of their dates; the first has none. */
  constructor(versions: readonly Version[]) {
    this.versions = versions;
  }

  anytime(use: LicenseUse): void {
    for (const { fold } of this.versions) fold.anytime(use);
  }

  add(use: TimedUse): void {
    for (const { fold } of this.versions) fold.add(use);
  }

  cancel(use: LicenseUse): void {
    for (const { fold } of this.versions) fold.cancel?.(use);
  }

  uncounted(use: TimedUse): void {
    for (const { fold } of this.versions) fold.uncounted?.(use);
  }

  /** What the server counts does not hang on what the contract counts. */
  selfCheck(): SelfCheckResult | undefined {
    return this.versions[0]!.fold.selfCheck?.();
  }

  stoodAtEnd(): Standing {
    return this.versions[0]!.fold.stoodAtEnd?.() ?? NOTHING_STANDS;
  }

  renamed(use: TimedUse, former: Former): void {
    for (const { fold } of this.versions) fold.renamed?.(use, former);
  }

  restart(restart: ServerRestart): void {
    for (const { fold } of this.versions) fold.restart?.(restart);
  }

  finish(until: Instant): SegmentUse[] {
    return this.versions.flatMap(({ from, fold, unknown }, index) => {
      const next = this.versions[index + 1]?.from?.instant;
      const own = fold.finish(until).filter(({ segment: { period, from: start } }) => {
        const begin = period?.from ?? start;
        return (from === undefined || begin >= from.instant) && (next === undefined || begin < next);
      });
      return unknown === undefined ? own : own.map((use) => toOpen(use, unknown));
    });
  }

  stillOpen(): Iterable<Session> {
    return this.versions[0]!.fold.stillOpen();
  }
}

/** The records are there, and nobody says what they count as. */
function toOpen(use: SegmentUse, unknown: string): SegmentUse {
  const { alternatives: _, ...rest } = use;
  const { lower, upper } = use;
  return {
    ...rest,
    lower: { ...lower, amount: 0n },
    upper: { ...upper, amount: undefined },
    doubts: [unknown],
  };
}
