/** `count assigned KEY so far`: everybody who stood at any time of the period up to now, however soon they were revoked. */
import type { Instant } from '../../base/instant.ts';
import type { Segment } from '../contract/periods.ts';
import type { Bounds } from './cells.ts';

export class AssignedSoFar {
  /** Up to the period: those who were revoked and never assigned, and revocations of nobody named. */
  orphansBefore = 0;
  nobodyRevokedBefore = 0;
  private readonly starts: readonly Instant[];
  private index = 0;
  private certainNames = new Set<string>();
  private possibleNames = new Set<string>();

  constructor(segments: readonly Segment[]) {
    this.starts = segments
      .filter(({ period }, index) => period !== segments[index - 1]?.period || index === 0)
      .map(({ from }) => from);
  }

  get certain(): number {
    return this.certainNames.size;
  }

  get possible(): number {
    return this.possibleNames.size;
  }

  /** Periods that have not begun yet, of which each is begun before the next is asked for. */
  *startsBefore(now: Instant): Generator<Instant> {
    while (this.starts[this.index] !== undefined && this.starts[this.index]! < now)
      yield this.starts[this.index++]!;
  }

  begin<Assignments>(
    assigned: ReadonlyMap<string, Assignments>,
    standing: (assignments: Assignments, name: string) => Bounds,
    before: { orphans: number; nobodyRevoked: number },
  ): void {
    this.certainNames = new Set();
    this.possibleNames = new Set();
    this.orphansBefore = before.orphans;
    this.nobodyRevokedBefore = before.nobodyRevoked;
    for (const [name, assignments] of assigned) this.note(name, standing(assignments, name));
  }

  /** Just before the record that it is revoked, which is the first that the log says of it. */
  stood(name: string): void {
    this.certainNames.add(name);
  }

  note(name: string, { lower, upper }: Bounds): void {
    if (lower > 0n) this.certainNames.add(name);
    if (upper !== 0n) this.possibleNames.add(name);
  }
}
