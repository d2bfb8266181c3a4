/** Waivers in judgements: what one covers is marked, and one that ended while its events went on is itself a finding. */
import { formatInstant, type Instant } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import { EXPIRED_WAIVER } from '../model/expired-waiver.ts';
import type { Judgement, Stretch } from '../model/relation.ts';
import type { Waiver } from '../model/rule.ts';

/** Whether the waiver holds for all of a stretch. Where the time is unknown nothing shows that it does. */
export function holdsFor({ from, expires }: Waiver, span: Stretch | undefined): boolean {
  return span !== undefined && (from === undefined || span.from >= from) && span.until < expires;
}

/** Of one that does not hold: whether it may have ended, rather than not begun. */
export function isOver({ expires }: Waiver, until: Instant | undefined): boolean {
  return until === undefined || until >= expires;
}

/** What an expired waiver would have covered, gathered. */
export class ExpiredWaivers {
  private readonly found = new Map<string, { waiver: Waiver; events: number; judgement: Judgement }>();

  /** `judgement`: what stands although the waiver is for it. */
  add(waiver: Waiver, judgement: Judgement): void {
    const known = this.found.get(waiver.id);
    if (known === undefined) this.found.set(waiver.id, { waiver, events: judgement.count, judgement });
    else known.events += judgement.count;
  }

  /** The identity of each is the id of the waiver. */
  *judgements(): Generator<Judgement> {
    for (const { waiver, events, judgement } of this.found.values()) {
      const { title, owner, expires, id } = waiver;
      yield {
        verdict: 'violation',
        code: EXPIRED_WAIVER.code,
        severity: EXPIRED_WAIVER.severity,
        message: `the waiver ${quote(title)} of ${quote(owner)} ended at ${formatInstant(expires)}, and ${count(events, 'event')} that it was for came later or at an unknown time`,
        place: judgement.place,
        related: [],
        count: events,
        identity: [id],
      };
    }
  }
}
