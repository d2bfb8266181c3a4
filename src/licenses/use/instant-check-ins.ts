/**
 * The check-ins of the instant at hand. Within a file that runs forward in time its lines tell what came before them and what
 * behind; of any other, and of two files, nothing does. Constant time for each event, amortized.
 */
import type { Instant } from '../../base/instant.ts';
import { orderOf, type Session, type SessionEvent, seatOf } from './session.ts';

type CheckIn = { seat: Session; order: string };

export class InstantCheckIns {
  private at: Instant | undefined;
  private checkIns: CheckIn[] = [];
  /** How many of them are in `bySeat`: hardly ever anybody asks. */
  private sorted = 0;
  /** By seat its order, and undefined where they are of several. */
  private readonly bySeat = new Map<string, string | undefined>();

  /** `event` ended the session. */
  note(event: SessionEvent, session: Session): void {
    if (this.at !== event.at) {
      this.at = event.at;
      this.checkIns = [];
      this.sorted = 0;
      this.bySeat.clear();
    }
    this.checkIns.push({ seat: session, order: orderOf(event) });
  }

  /** Whether one of the seat of `event` came before it or after it. */
  isTied(event: SessionEvent): boolean {
    if (this.at !== event.at) return false;
    for (; this.sorted < this.checkIns.length; this.sorted++) {
      const { seat, order } = this.checkIns[this.sorted]!;
      const key = seatOf(seat);
      this.bySeat.set(key, !this.bySeat.has(key) || this.bySeat.get(key) === order ? order : undefined);
    }
    const seat = seatOf(event);
    return this.bySeat.has(seat) && this.bySeat.get(seat) !== orderOf(event);
  }
}
