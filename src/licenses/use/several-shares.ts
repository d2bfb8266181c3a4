/** Seats whose sessions have no id and are not all of one share: which of them a check-in ended may change how many shares are left. */
import type { OrderedSet } from './ordered-set.ts';
import type { Session, SessionEvent } from './session.ts';

type Shares = {
  /** Of what is open, and of what was since anything last began. */
  known: Set<string>;
  /** Whether a check-in ended one of several sessions. */
  isGuessed: boolean;
  /** Whether two sessions may be of one share. */
  isRepeated: boolean;
};

export class SeveralShares {
  private readonly bySeat = new Map<OrderedSet<Session>, Shares>();

  /** `session` came to `sessions` after `before`. */
  checkOut(sessions: OrderedSet<Session>, before: Session, session: Session): void {
    const { share } = session;
    const shares = this.bySeat.get(sessions);
    if (shares === undefined) {
      if (before.share === share) return;
      const known = new Set([before.share, share].filter((each) => each !== undefined) as string[]);
      // Until now all were of one.
      const isRepeated = before.share !== undefined && sessions.size > 2;
      this.bySeat.set(sessions, { known, isGuessed: false, isRepeated });
    } else if (share !== undefined) {
      if (shares.known.has(share)) shares.isRepeated = true;
      shares.known.add(share);
    }
  }

  checkIn(sessions: OrderedSet<Session> | undefined): void {
    if (sessions === undefined || sessions.size === 1) return;
    const shares = this.bySeat.get(sessions);
    if (shares !== undefined) shares.isGuessed = true;
  }

  has(sessions: OrderedSet<Session>): boolean {
    return this.bySeat.has(sessions);
  }

  isRepeated(sessions: OrderedSet<Session>): boolean {
    return this.bySeat.get(sessions)?.isRepeated === true;
  }

  /** Whether each session is of a share of its own. */
  isDistinct(sessions: OrderedSet<Session>): boolean {
    return this.bySeat.get(sessions)?.isRepeated === false;
  }

  /** Whether a share is open that a check-out of `event` takes again, and nobody knows whether it still is. */
  isGuess(sessions: OrderedSet<Session>, { share }: SessionEvent): boolean {
    const shares = this.bySeat.get(sessions);
    return shares?.isGuessed === true && share !== undefined && shares.known.has(share);
  }

  /** Nothing of the seat is open. */
  delete(sessions: OrderedSet<Session>): void {
    if (this.bySeat.size > 0) this.bySeat.delete(sessions);
  }
}
