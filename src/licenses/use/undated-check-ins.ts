/**
 * Check-ins at an unknown time. One of a session that the log saw begin says no more than that it ended; one of which it saw no
 * check-out tells of a session besides, which may have been open at any time.
 */
import type { Amount } from '../contract/amount.ts';
import type { LicenseUse } from './license-use.ts';
import { keyOf } from './session.ts';

/** Seats told apart; of more nobody knows of which the log saw the check-out. */
const MAX_SEATS = 100_000;

type Seat = {
  /** How many they are, less the check-outs at an unknown time. */
  undated: number;
  /** Check-outs that have a time, and that no check-in with one followed. */
  open: number;
  /** The most that one of the undated ones gives back; undefined where that cannot be read. */
  seats: Amount | undefined;
  /** Whether one of them states no quantity. */
  isSilent: boolean;
  last: LicenseUse;
};

/** Sessions of a seat that no check-out tells of. `seats`: of each at most. */
type Unseen = Pick<Seat, 'seats' | 'isSilent' | 'last'> & { sessions: number };

export class UndatedCheckIns {
  private readonly bySeat = new Map<string, Seat>();
  private readonly beyond: Unseen[] = [];

  /** A check-out or check-in at an unknown time, repeated ones too, which may be of another session: they come before all others. */
  note(use: LicenseUse): void {
    if (use.featureless) return;
    const seat = this.seatOf(use);
    if (seat === undefined) return;
    if (use.kind === 'open') seat.undated--;
    if (use.kind !== 'close') return;
    seat.undated++;
    seat.last = use;
    seat.isSilent ||= !use.stated;
    if (seat.seats !== undefined && (use.seats === undefined || use.seats > seat.seats))
      seat.seats = use.seats;
  }

  /** One that has a time. */
  take(use: LicenseUse): void {
    if (this.bySeat.size === 0 || use.featureless) return;
    const seat = this.bySeat.get(nameOf(use));
    if (seat === undefined) return;
    // One that repeats another may never have been: no check-in can be told to be of it.
    if (use.kind === 'open' && !use.isSecond) seat.open++;
    else if (use.kind === 'close' && seat.open > 0) seat.open--;
  }

  /** After all events. */
  unseen(): Unseen[] {
    const unseen = [...this.bySeat.values()].flatMap(({ undated, open, ...told }) =>
      undated > open ? [{ sessions: undated - open, ...told }] : [],
    );
    return [...unseen, ...this.beyond];
  }

  private seatOf(use: LicenseUse): Seat | undefined {
    const name = nameOf(use);
    let seat = this.bySeat.get(name);
    if (seat === undefined && this.bySeat.size < MAX_SEATS) {
      seat = { undated: 0, open: 0, seats: 0n, isSilent: false, last: use };
      this.bySeat.set(name, seat);
    } else if (seat === undefined && this.beyond.length === 0)
      this.beyond.push({ sessions: 1, seats: undefined, isSilent: true, last: use });
    return seat;
  }
}

function nameOf(use: LicenseUse): string {
  return `${keyOf(use)}${use.feature ?? ''}`;
}
