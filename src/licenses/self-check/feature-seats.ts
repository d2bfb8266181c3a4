/** How many seats of one feature are taken, as the license server counts them: at each event, in the order of the log. */
import type { Amount } from '../contract/amount.ts';
import type { Session } from '../use/session.ts';

export class FeatureSeats {
  /** Each session by itself. */
  plain: Amount = 0n;
  /** How many fewer it are with the sessions of one share as the largest of them. The server may count this way or the other. */
  private apart: Amount = 0n;
  /** Seats that may be taken besides: repeated check-outs, sessions that are over by contract and perhaps not for the server. */
  slack: Amount = 0n;
  /** Of check-ins so far that no check-out stands before. */
  orphaned: Amount = 0n;
  /** Sessions of unreadable quantity that are open. */
  unreadable = 0;
  private readonly shares = new Map<string, Share>();

  get shared(): Amount {
    return this.plain - this.apart;
  }

  take(session: Session): void {
    this.plain += session.quantity;
    if (session.unreadable) this.unreadable++;
    if (session.share === undefined) return;
    const share = this.shares.get(session.share);
    const seats = session.quantity;
    if (share === undefined) {
      this.shares.set(session.share, { sessions: new Set([session]), largest: seats });
      this.apart += session.quantity - seats;
      return;
    }
    share.sessions.add(session);
    this.resize(share, session.quantity, seats > share.largest ? seats : share.largest);
  }

  release(session: Session): void {
    this.plain -= session.quantity;
    if (session.unreadable) this.unreadable--;
    if (session.withdrawn) this.apart -= session.quantity;
    else this.leave(session, session.quantity);
  }

  /** The server may count it, or not any more. */
  withdraw(session: Session): void {
    this.apart += session.quantity;
    this.leave(session, 0n);
  }

  /** `by`: what the sessions of the share have less, each by itself. */
  private leave(session: Session, by: Amount): void {
    if (session.share === undefined) return;
    const share = this.shares.get(session.share)!;
    share.sessions.delete(session);
    if (share.sessions.size === 0) {
      this.shares.delete(session.share);
      this.apart -= by - share.largest;
    } else this.resize(share, -by, largestOf(share));
  }

  change(session: Session, by: Amount): void {
    this.plain += by;
    if (by === 0n) this.unreadable++;
    if (session.withdrawn) {
      this.apart += by;
      return;
    }
    if (session.share === undefined) return;
    const share = this.shares.get(session.share)!;
    const seats = session.quantity;
    this.resize(share, by, seats >= share.largest ? seats : largestOf(share));
  }

  /** `by`: what its sessions have more, each by itself. */
  private resize(share: Share, by: Amount, largest: Amount): void {
    this.apart += by - (largest - share.largest);
    share.largest = largest;
  }
}

type Share = { sessions: Set<Session>; largest: Amount };

/** Those that are as large as any was are mostly the first to be met. */
function largestOf({ sessions, largest: before }: Share): Amount {
  let largest = 0n;
  for (const session of sessions) {
    const seats = session.quantity;
    if (seats > largest) largest = seats;
    if (largest === before) break;
  }
  return largest;
}
