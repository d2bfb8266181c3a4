/** Check-ins without a check-out that state no quantity: whether the log shows that each of them is of one seat. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { LicenseUse } from './license-use.ts';
import { heldBy, type Session, type SessionEvent } from './session.ts';

export class SilentCheckIns {
  /** What events that state no quantity count as: one seat, or its tokens. */
  private mostSilent: Amount = 0n;
  private isEverSilent = false;
  private isEverStated = false;
  /** Of check-ins that state how much they give back, and give back all of a session. */
  private mostReturned: Amount = 0n;
  private isSilentOfSeveral = false;
  /** Of each feature the latest. */
  private readonly orphans = new Map<string, SessionEvent>();

  /** What takes seats, or says how many are taken; not check-ins. */
  take({ kind, stated, seats }: Pick<LicenseUse, 'kind' | 'stated' | 'seats'>): void {
    if (kind !== 'open' && kind !== 'upgrade') return;
    if (stated) this.isEverStated = true;
    else if (kind === 'open') {
      this.isEverSilent = true;
      if (seats! > this.mostSilent) this.mostSilent = seats!;
    }
  }

  /** `event` ended the session, and gave back all of it. */
  ended(session: Session, { stated, unreadable, quantity }: SessionEvent): void {
    const held = heldBy(session);
    if (!stated) this.isSilentOfSeveral ||= session.unreadable || held !== quantity;
    else if (!unreadable && !session.unreadable && held === quantity && quantity > this.mostReturned)
      this.mostReturned = quantity;
  }

  orphan(event: SessionEvent): void {
    if (!event.stated) this.orphans.set(event.feature ?? '', event);
  }

  /** Those of which nobody knows how many seats they gave back, the latest of each feature; after all events. */
  unknown(): SessionEvent[] {
    return this.isSilenceOne() ? [] : [...this.orphans.values()];
  }

  unknownUntil(): Instant | undefined {
    return this.unknown().reduce<Instant | undefined>(
      (latest, { at }) => (latest === undefined || at > latest ? at : latest),
      undefined,
    );
  }

  /**
   * One seat is the grammar of a log in which no check-out states a quantity, and of one that states it where there are several
   * (FlexNet's `(8 licenses)`) on check-outs and check-ins alike. A silent check-in of several seats belies both.
   */
  private isSilenceOne(): boolean {
    if (!this.isEverSilent || this.isSilentOfSeveral) return false;
    return !this.isEverStated || this.mostReturned > this.mostSilent;
  }
}
