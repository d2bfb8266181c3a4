/**
 * Seats whose sessions have no id and are not all of one share: which of them a check-in ended may change how many shares are left,
 * where the seat has one of them twice, or another seat has one of them too.
 */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { OrderedSet } from './ordered-set.ts';
import type { Session, SessionEvent } from './session.ts';

type Shares = {
  /** Of what is open, and of what was since anything last began. */
  known: Set<string>;
  /** Whether a check-in ended one of several sessions. */
  isGuessed: boolean;
  /** Whether two sessions may be of one share. */
  isRepeated: boolean;
  /** Whether another seat had one of them at the time. */
  isElsewhere: boolean;
};

type Seats = Set<OrderedSet<Session>>;

export class SeveralShares {
  private readonly open: OpenSessions;
  private readonly bySeat = new Map<OrderedSet<Session>, Shares>();
  /** All seats that may have a share, by share. Made for the first seat of several shares: hardly any log has one. */
  private byShare: Map<string, Seats> | undefined;
  /** Of these, seats of which nobody knows whether they still have it; each is asked for once. */
  private readonly guesses = new Map<string, Seats>();

  constructor(open: OpenSessions) {
    this.open = open;
  }

  /** `session` came to `sessions` after `before`. */
  checkOut(sessions: OrderedSet<Session>, before: Session | undefined, session: Session): void {
    const { share, named } = session;
    if (this.byShare !== undefined) this.noteSeat(sessions, share);
    if (named || before === undefined) return;
    const shares = this.bySeat.get(sessions);
    if (shares === undefined) {
      if (before.share === share) return;
      const known = new Set([before.share, share].filter((each) => each !== undefined) as string[]);
      // Until now all were of one.
      const isRepeated = before.share !== undefined && sessions.size > 2;
      this.noteAll();
      const isElsewhere = [...known].some((each) => this.byShare!.get(each)!.size > 1);
      this.bySeat.set(sessions, { known, isGuessed: false, isRepeated, isElsewhere });
    } else if (share !== undefined) {
      if (shares.known.has(share)) shares.isRepeated = true;
      shares.known.add(share);
      if (shares.isGuessed) this.guess(sessions, share);
    }
  }

  private noteAll(): void {
    if (this.byShare !== undefined) return;
    this.byShare = new Map();
    for (const each of this.open) this.noteSeat(this.open.ofSeat(each)!, each.share);
  }

  private noteSeat(sessions: OrderedSet<Session>, share: string | undefined): void {
    if (share === undefined) return;
    const seats = getOrCreate(this.byShare!, share, (): Seats => new Set());
    seats.add(sessions);
    // Of more than two, the others know.
    const meeting = seats.size === 2 ? seats : seats.size > 2 ? [sessions] : [];
    for (const each of meeting) {
      const shares = this.bySeat.get(each);
      if (shares !== undefined) shares.isElsewhere = true;
    }
  }

  private guess(sessions: OrderedSet<Session>, share: string): void {
    getOrCreate(this.guesses, share, (): Seats => new Set()).add(sessions);
  }

  checkIn(sessions: OrderedSet<Session> | undefined): void {
    if (sessions === undefined || sessions.size === 1) return;
    const shares = this.bySeat.get(sessions);
    if (shares === undefined || shares.isGuessed) return;
    shares.isGuessed = true;
    for (const share of shares.known) this.guess(sessions, share);
  }

  has(sessions: OrderedSet<Session>): boolean {
    return this.bySeat.has(sessions);
  }

  /** Whether it makes a difference which session of the seat a check-in ends. */
  isMixed(sessions: OrderedSet<Session>): boolean {
    const shares = this.bySeat.get(sessions);
    return shares !== undefined && (shares.isRepeated || shares.isElsewhere);
  }

  /** Whether each session is of a share of its own. */
  isDistinct(sessions: OrderedSet<Session>): boolean {
    return this.bySeat.get(sessions)?.isRepeated === false;
  }

  /** Seats that had a share which a check-out of `event` takes again, and nobody knows whether they still do: from now on it is told. */
  takeGuesses({ share }: SessionEvent): Iterable<OrderedSet<Session>> {
    if (share === undefined || this.guesses.size === 0) return [];
    const seats = this.guesses.get(share);
    this.guesses.delete(share);
    return seats ?? [];
  }

  /** Nothing of the seat is open; `session` was the last. */
  delete(sessions: OrderedSet<Session>, { share }: Session): void {
    if (this.byShare === undefined) return;
    const known = this.bySeat.get(sessions)?.known ?? (share === undefined ? [] : [share]);
    for (const each of known) {
      forget(this.byShare, each, sessions);
      forget(this.guesses, each, sessions);
    }
    this.bySeat.delete(sessions);
  }
}

function forget(byShare: Map<string, Seats>, share: string, sessions: OrderedSet<Session>): void {
  const seats = byShare.get(share);
  if (seats?.delete(sessions) && seats.size === 0) byShare.delete(share);
}
