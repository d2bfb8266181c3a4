/**
 * What somebody counts who holds assignments, some of them in doubt: one, or with `by` the factor of the kind that stands first
 * in the measure (of several user types the highest, as license audits of SAP have it).
 */
import { type Amount, ONE } from '../contract/amount.ts';
import type { Measure } from '../contract/contract.ts';
import type { Bounds } from './cells.ts';
import { rankOf } from './event-amount.ts';

export type Assignment = { kind: string | undefined; isCertain: boolean };

export class AssignedWorth {
  /** The most and, but for nothing, the only thing that anybody counts, where kinds do not. */
  readonly most: Amount;
  /** Whether one assignment more, or one revocation, may turn what somebody counts either way. */
  readonly isTwoSided: boolean;
  private readonly measure: Measure;
  private readonly factors: readonly Amount[];

  constructor(measure: Measure) {
    const { count, adjust } = measure;
    const isByKind = count.what === 'assigned' && count.by !== undefined;
    this.measure = measure;
    this.factors = isByKind ? (adjust.factors ?? []).map(({ factor }) => factor) : [];
    this.most = isByKind ? this.factors.reduce((a, b) => (b > a ? b : a), 0n) : ONE;
    this.isTwoSided = this.factors.some((factor, index) => index > 0 && factor > this.factors[index - 1]!);
  }

  get isByKind(): boolean {
    return this.factors.length > 0;
  }

  /** `upper` undefined: of a kind that the measure states no factor for. */
  of(assignments: Iterable<Assignment>): Bounds {
    return this.isByKind ? this.ofKinds(assignments) : ofAny(assignments);
  }

  private ofKinds(assignments: Iterable<Assignment>): Bounds {
    let certain = this.factors.length;
    const doubtful: number[] = [];
    for (const { kind, isCertain } of assignments) {
      const rank = rankOf(this.measure.adjust, kind);
      if (rank < 0) return { lower: 0n, upper: undefined };
      if (!isCertain) doubtful.push(rank);
      else if (rank < certain) certain = rank;
    }
    const figures = [certain, ...doubtful.filter((rank) => rank < certain)].map(
      (rank) => this.factors[rank] ?? 0n,
    );
    return {
      lower: figures.reduce((a, b) => (b < a ? b : a)),
      upper: figures.reduce((a, b) => (b > a ? b : a)),
    };
  }
}

function ofAny(assignments: Iterable<Assignment>): Bounds {
  let upper: Amount = 0n;
  for (const { isCertain } of assignments) {
    if (isCertain) return { lower: ONE, upper: ONE };
    upper = ONE;
  }
  return { lower: 0n, upper };
}
