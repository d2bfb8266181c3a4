/** What check-ins gave back and stays taken for a while: for certain, or perhaps, where nobody knows which sessions they ended. */
import type { Instant } from '../../base/instant.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { GivenBack, Lingering, LingeringSeats } from './lingering-seats.ts';
import type { LongestPairing } from './longest-pairing.ts';
import type { LongestPairings } from './longest-pairings.ts';
import type { LooseSeats } from './loose-seats.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, isStated, type Session, type SessionEvent, toSession } from './session.ts';
import type { TakenSeats } from './taken-seats.ts';

export class LingeringCheckIns {
  private readonly linger: bigint;
  private readonly sink: SeatSink;
  private readonly lingering: LingeringSeats;
  private readonly longest: LongestPairings;
  private readonly loose: LooseSeats;
  private readonly seats: TakenSeats;
  /** How the check-in at hand gives back seats, and how many of them linger. */
  private givenBack: GivenBack = 'sure';
  private lingered: Amount = 0n;

  constructor(
    linger: bigint,
    sink: SeatSink,
    lingering: LingeringSeats,
    longest: LongestPairings,
    loose: LooseSeats,
    seats: TakenSeats,
  ) {
    this.linger = linger;
    this.sink = sink;
    this.lingering = lingering;
    this.longest = longest;
    this.loose = loose;
    this.seats = seats;
  }

  /** What is given back from now on is of one check-in. */
  begin(how: GivenBack): void {
    this.givenBack = how;
    this.lingered = 0n;
  }

  /** Of all that it gave back. `isOther`: it may be of a session that is over as the sessionizer pairs them. */
  finish(pairing: LongestPairing | undefined, event: SessionEvent, isOther: boolean): void {
    if (this.givenBack === 'exact') this.addAsOne(event);
    else if (pairing !== undefined || isOther) this.addMore(pairing, event);
    this.givenBack = 'sure';
  }

  /** The whole session, or use that ends at once. */
  add(session: Session, at: Instant): void {
    const held = heldBy(session);
    this.sink.idle?.(-held, at);
    session.returned = true;
    session.ends = at + (this.linger > 0n ? this.linger : 1n);
    this.keep({ session, isPart: false, ends: session.ends, held, most: held, isApparent: false });
  }

  /** So many seats of it; the rest is not given back. */
  addPart(session: Session, quantity: Amount, at: Instant): void {
    session.leaving += quantity;
    const ends = at + this.linger;
    this.keep({ session, isPart: true, ends, held: quantity, most: quantity, isApparent: false });
    this.sink.idle?.(-quantity, at);
  }

  private keep(lingering: Lingering): void {
    const { session, held } = lingering;
    // What lingers of those that are withdrawn is told by the check-in, and it lingers as one where that is of one session.
    if (session.withdrawn || this.givenBack === 'exact') lingering.most = 0n;
    lingering.isApparent = this.givenBack === 'exact';
    if (session.withdrawn) {
      this.lingering.add(lingering, 'any');
      return;
    }
    if (session.share === undefined) this.lingered += held;
    else if (held > this.lingered) this.lingered = held;
    this.lingering.add(lingering, this.givenBack);
  }

  /** What may linger of a check-in, beyond what lingers of the sessions that the sessionizer ended by it. */
  private addMore(pairing: LongestPairing | undefined, event: SessionEvent): void {
    if (this.linger === 0n || event.named) return;
    const isLoose = pairing?.fresh !== undefined && pairing.isShared;
    const most = isStated(event) ? event.quantity : (pairing?.greatest ?? ONE);
    if (isLoose && most > pairing.greatest) pairing.greatest = most;
    if (isLoose || most > this.lingered) this.addPossible(event, isLoose ? 0n : most - this.lingered, 'any');
  }

  /** As the sessionizer pairs them they may be of several sessions. */
  private addAsOne(event: SessionEvent): void {
    if (this.linger === 0n) return;
    this.sink.doubt(-this.lingered, event.at, event);
    this.addPossible(event, event.quantity, 'exact');
  }

  addPossible(event: SessionEvent, most: Amount, how: GivenBack): void {
    const session = toSession({ ...event, share: undefined }, -1);
    session.withdrawn = true;
    if (most > 0n) this.sink.doubt(most, event.at, event, 'lingering');
    const ends = event.at + this.linger;
    this.lingering.add({ session, isPart: false, ends, held: 0n, most, isApparent: false }, how);
  }

  /** Its time is over. */
  stop(lingering: Lingering): void {
    const { session, isPart, ends, held, most } = lingering;
    this.lingering.delete(lingering);
    if (isPart) session.leaving -= held;
    if (held > 0n) this.seats.reduce(session, held, ends);
    const isApart = session.share === undefined || session.named || session.isApart;
    const doubtful = !isApart ? 0n : session.withdrawn ? most : most - held;
    if (doubtful !== 0n) this.sink.doubt(-doubtful, ends, session, 'lingering');
    const pairing = this.longest.of(session);
    if (pairing?.fresh !== undefined) this.loose.tell(pairing, ends, session);
  }
}
