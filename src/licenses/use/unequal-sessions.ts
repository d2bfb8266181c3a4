/**
 * Open sessions of one user, host and feature that hold different quantities, once a check-in that states none ended one of
 * them: nobody knows which. As many are open as the sessionizer thinks, but each may hold as much as the largest. So what is
 * counted is no more than what is open in any case, and the rest is a doubt. Amortized constant time for each event.
 */
import type { Amount } from '../contract/amount.ts';

export class UnequalSessions<Session extends { quantity: Amount }> {
  /** Sessions whose seats are taken. */
  members = 0;
  /** What was told as a doubt. */
  told: Amount = 0n;
  /** Check-ins that state a quantity gave back seats besides: not even how many sessions are open is known. */
  isLoose = false;
  private smallest: Amount | undefined;
  private largest: Amount = 0n;
  /** What the earlier ones are counted as at least; a later one is counted as no more. */
  private counted: Amount | undefined;
  /** Those since the last check-in. */
  private fresh: Session[] = [];
  readonly isShared: boolean;

  constructor(isShared: boolean) {
    this.isShared = isShared;
  }

  /** All seats of the largest session. */
  get most(): Amount {
    return this.largest;
  }

  checkOut(session: Session, quantity: Amount): void {
    this.members++;
    this.fresh.push(session);
    if (this.smallest === undefined || quantity < this.smallest) this.smallest = quantity;
    if (quantity > this.largest) this.largest = quantity;
  }

  /**
   * Those since the last check-in, each with the quantity that it is counted as from now on: no more than any before it. Then
   * the first is one of the largest, and without it the rest is the least that may be left, whichever session ended.
   */
  *settle(heldBy: (session: Session) => Amount): Generator<[Session, Amount]> {
    for (const session of this.fresh) {
      const held = heldBy(session);
      if (this.counted === undefined || held < this.counted) this.counted = held;
      yield [session, this.counted];
    }
    this.fresh = [];
  }

  /** How many seats more may be taken than are counted. */
  doubtful(): Amount {
    if (this.members === 0) return 0n;
    const apart = this.largest - this.smallest!;
    return this.isShared ? apart : apart * BigInt(this.members);
  }
}
