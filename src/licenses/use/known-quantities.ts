/** What is known of how much each open session of a seat holds, where none has an id and they do not all hold the same. */
import type { Amount } from '../contract/amount.ts';
import { HeldQuantities } from './held-quantities.ts';
import type { OrderedSet } from './ordered-set.ts';
import { heldBy, type Session } from './session.ts';

/**
 * `paired`: a check-in that fits none of them may have shrunk any. `unreadable`: nobody knows what some of them hold. `blurred`:
 * one of those, or another, was checked in.
 */
export type Mixture = 'unequal' | 'paired' | 'unreadable' | 'blurred';

export class KnownQuantities {
  private readonly mixtures = new Map<OrderedSet<Session>, Mixture>();
  /** Where seats linger. */
  private readonly held = new Map<OrderedSet<Session>, HeldQuantities>();

  mixtureOf(sessions: OrderedSet<Session>): Mixture | undefined {
    return this.mixtures.size === 0 ? undefined : this.mixtures.get(sessions);
  }

  heldOf(sessions: OrderedSet<Session>): HeldQuantities | undefined {
    return this.held.size === 0 ? undefined : this.held.get(sessions);
  }

  /** Whether nobody knows what any of them holds, and sessions that are checked out from now on are of them. */
  isBlurred(sessions: OrderedSet<Session>): boolean {
    return this.mixtureOf(sessions) === 'blurred';
  }

  /** `session` came to `sessions` after `before`; `lingers`: what is given back of it counts on. */
  checkOut(
    sessions: OrderedSet<Session>,
    before: Session | undefined,
    session: Session,
    lingers: boolean,
  ): void {
    if (session.unreadable || before?.unreadable) this.mix(sessions, 'unreadable');
    else if (before !== undefined && heldBy(before) !== heldBy(session)) this.mix(sessions, 'unequal');
    if (lingers && session.share === undefined && this.mixtureOf(sessions) !== undefined)
      this.hold(sessions, heldBy(session));
  }

  private hold(sessions: OrderedSet<Session>, quantity: Amount): void {
    const known = this.held.get(sessions);
    if (known !== undefined) known.checkOut(quantity);
    else this.held.set(sessions, new HeldQuantities([...sessions].map(heldBy)));
  }

  mix(sessions: OrderedSet<Session>, how: Mixture): void {
    const before = this.mixtures.get(sessions);
    const isMore = how === 'blurred' || (how === 'unreadable' && before !== 'blurred');
    if (before === undefined || before === 'unequal' || isMore) this.mixtures.set(sessions, how);
  }

  /** What is counted as two sessions may be one. */
  blend(sessions: OrderedSet<Session>): void {
    this.mix(sessions, 'paired');
    this.forget(sessions);
  }

  forget(sessions: OrderedSet<Session>): void {
    this.held.get(sessions)?.forget();
  }

  /** Nothing of the seat is open. */
  delete(sessions: OrderedSet<Session>): void {
    if (this.mixtures.size === 0) return;
    this.mixtures.delete(sessions);
    this.held.delete(sessions);
  }
}
