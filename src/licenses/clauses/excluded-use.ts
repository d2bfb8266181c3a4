/** Use by accounts that the contract does not count: how many events, and by which clause. A notice, no finding. */
import { quote } from '../../base/text-safety.ts';
import type { Mark } from '../../model/mark.ts';
import type { Place } from '../../model/place.ts';
import type { Judgement } from '../../model/relation.ts';
import type { License } from '../contract/contract.ts';

export class ExcludedUse {
  private readonly license: License;
  /** By clause: as many as the contract has. */
  private readonly left = new Map<string, { events: number; place: Place }>();

  constructor(license: License) {
    this.license = license;
  }

  note(clause: string | undefined, { place }: Mark): void {
    if (clause === undefined) return;
    const known = this.left.get(clause);
    if (known === undefined) this.left.set(clause, { events: 1, place });
    else known.events++;
  }

  *finish(): Generator<Judgement> {
    const { id } = this.license;
    for (const [clause, { events, place }] of this.left) {
      const why = `the contract does not count these accounts: ${quote(clause)}`;
      yield {
        verdict: 'satisfied',
        code: 'license-unseen',
        message: `left out: ${why}`,
        place,
        related: [],
        count: events,
        subject: id,
        identity: [id, 'excluded', clause],
        leftOut: { why, events },
      };
    }
  }
}
