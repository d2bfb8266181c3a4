/**
 * The check-ins of the instant at hand. Within a file that runs forward in time its lines tell what came before them and what
 * behind; of any other, and of two files, nothing does. Constant time for each event, amortized.
 */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import { orderOf, type Session, type SessionEvent, seatOf } from './session.ts';

type Seat = Pick<Session, 'key' | 'person' | 'host' | 'feature'>;
type CheckIn = { seat: Seat; order: string; isOrphan: boolean };

/** Of one seat; `order` undefined: of several. */
type OfSeat = { order: string | undefined; orphans: number };

export class InstantCheckIns {
  private at: Instant | undefined;
  private checkIns: CheckIn[] = [];
  /** Undefined where they are of several. */
  private order: string | undefined;
  /** How many of them are in `bySeat`: hardly ever anybody asks. */
  private sorted = 0;
  private readonly bySeat = new Map<string, OfSeat>();

  /** `session`: the one that it ended; undefined for an orphan. */
  note(event: SessionEvent, session?: Session): void {
    const order = orderOf(event);
    if (this.at !== event.at) {
      this.at = event.at;
      this.order = order;
      this.checkIns = [];
      this.sorted = 0;
      this.bySeat.clear();
    } else if (this.order !== order) this.order = undefined;
    this.checkIns.push({ seat: session ?? event, order, isOrphan: session === undefined });
  }

  /** Whether one of the seat of `event` came before it or after it. */
  isTied(event: SessionEvent): boolean {
    return this.tiedWith(event) !== undefined;
  }

  /** Whether an orphan did, which may be the check-in of `event` itself. It is that of one check-out. */
  takeOrphan(event: SessionEvent): boolean {
    const tied = this.tiedWith(event);
    if (tied === undefined || tied.orphans === 0) return false;
    tied.orphans--;
    return true;
  }

  private tiedWith(event: SessionEvent): OfSeat | undefined {
    if (this.at !== event.at || this.order === orderOf(event)) return undefined;
    for (; this.sorted < this.checkIns.length; this.sorted++) this.sort(this.checkIns[this.sorted]!);
    const known = this.bySeat.get(seatOf(event));
    return known?.order === orderOf(event) ? undefined : known;
  }

  private sort({ seat, order, isOrphan }: CheckIn): void {
    const known = getOrCreate(this.bySeat, seatOf(seat), (): OfSeat => ({ order, orphans: 0 }));
    if (known.order !== order) known.order = undefined;
    if (isOrphan) known.orphans++;
  }
}
