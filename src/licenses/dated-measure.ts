/** A measure whose definition changed: each period by the one that was in force when it began. */
import type { Instant } from '../base/instant.ts';
import type { ContractDate } from './contract.ts';
import type { LicenseUse, ServerRestart, TimedUse } from './license-use.ts';
import type { MeasureFold, SegmentUse } from './measure-fold.ts';
import type { Session } from './sessions.ts';

type Version = { from: ContractDate | undefined; fold: MeasureFold };

export class DatedMeasure implements MeasureFold {
  private readonly versions: readonly Version[];

  /** In order of their dates; only the first may have none. */
  constructor(versions: readonly Version[]) {
    this.versions = versions;
  }

  anytime(use: LicenseUse): void {
    for (const { fold } of this.versions) fold.anytime(use);
  }

  add(use: TimedUse): void {
    for (const { fold } of this.versions) fold.add(use);
  }

  restart(restart: ServerRestart): void {
    for (const { fold } of this.versions) fold.restart?.(restart);
  }

  finish(until: Instant): SegmentUse[] {
    return this.versions.flatMap(({ from, fold }, index) => {
      const next = this.versions[index + 1]?.from?.instant;
      return fold.finish(until).flatMap((use): SegmentUse[] => {
        const begin = use.segment.period?.from ?? use.segment.from;
        if (next !== undefined && begin >= next) return [];
        if (from === undefined || begin >= from.instant) return [use];
        return index === 0 ? [undefinedUse(use, from)] : [];
      });
    });
  }

  stillOpen(): Iterable<Session> {
    return this.versions[0]!.fold.stillOpen();
  }
}

/** Before the first definition that is known: the records are there, and nobody says what they count as. */
function undefinedUse(use: SegmentUse, from: ContractDate): SegmentUse {
  return {
    ...use,
    lower: { ...use.lower, amount: 0n },
    upper: { ...use.upper, amount: undefined },
    doubts: [`the measure is defined for periods that begin on ${from.text} or later`],
  };
}
