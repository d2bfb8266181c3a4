/** Check-ins without a check-out that state no quantity: whether the log shows that each of them is of one seat. */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { LicenseUse } from './license-use.ts';
import { heldBy, type Session, type SessionEvent, seatOf } from './session.ts';

/** Of more seats, and more sessions of one, nobody remembers that a check-in may be theirs: a log may lack all check-ins. */
const MAX_LOST_SEATS = 100_000;
const MAX_LOST_OF_SEAT = 100;

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

  /** Sessions that the contract ended and whose check-in may yet come, by seat: how much each of them held. */
  private readonly lost = new Map<string, Amount[]>();

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

  /** It timed out, or its server restarted. */
  lose(session: Session): void {
    if (!this.isEverStated) return;
    const seat = seatOf(session);
    const held = getOrCreate(this.lost, seat, (): Amount[] => []);
    if (held.length < MAX_LOST_OF_SEAT) held.push(heldBy(session));
    if (this.lost.size > MAX_LOST_SEATS) this.lost.delete(this.lost.keys().next().value!);
  }

  /** Whether nothing tells how many seats it gave back, unless the grammar of the log does. */
  orphan(event: SessionEvent): boolean {
    if (event.stated || this.find(event)) return false;
    this.orphans.set(event.feature ?? '', event);
    return true;
  }

  /** Whether it is the late check-in of a session that the contract ended: how much that was is known. */
  private find(event: SessionEvent): boolean {
    const seat = seatOf(event);
    const lost = this.lost.get(seat);
    const held = lost?.shift();
    if (lost === undefined || held === undefined) return false;
    if (lost.length === 0) this.lost.delete(seat);
    if (held !== event.quantity) this.isSilentOfSeveral = true;
    return true;
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
  isSilenceOne(): boolean {
    if (!this.isEverSilent || this.isSilentOfSeveral) return false;
    return !this.isEverStated || this.mostReturned > this.mostSilent;
  }
}
