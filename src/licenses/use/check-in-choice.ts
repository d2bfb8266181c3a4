/** Which of several open sessions a check-in ends, and whether it makes a difference which. */
import type { Amount } from '../contract/amount.ts';
import type { GivenBack } from './lingering-seats.ts';
import type { LongestPairings } from './longest-pairings.ts';
import type { OrderedSet } from './ordered-set.ts';
import { heldBy, isStated, type Session, type SessionEvent } from './session.ts';
import type { SessionMemory } from './session-memory.ts';
import { isProvenAlike, type SessionOptions } from './session-options.ts';

export class CheckInChoice {
  private readonly options: SessionOptions;
  private readonly memory: SessionMemory;
  private readonly longest: LongestPairings;
  private readonly isProvenAlike: boolean;

  constructor(options: SessionOptions, memory: SessionMemory, longest: LongestPairings) {
    this.options = options;
    this.memory = memory;
    this.longest = longest;
    this.isProvenAlike = isProvenAlike(options);
  }

  /**
   * Without an id, the latest: which of equal sessions ended makes no difference to their number, but if one check-in was lost,
   * only the latest is proven to have lasted until now. Where seats are shared, the latest that holds just so many, for hardly
   * any license server gives back seats of a session one by one. Of its own server and daemon; where those gave none, of any.
   */
  endedBy(event: SessionEvent, quantity: Amount): Session | undefined {
    const { open, timed } = this.memory;
    const sessions = open.ofSeat(event);
    const last = sessions?.last();
    if (last === undefined || sessions!.size === 1) return last;
    const isOwn = ({ log, daemon }: Session) =>
      (event.log === undefined || log === event.log) &&
      (event.daemon === undefined || daemon === undefined || daemon === event.daemon);
    const isExact = (session: Session) => !session.unreadable && heldBy(session) === quantity;
    // Where seats are not shared the pairing does not change their sum, and the latest is the one that lost check-ins leave proven.
    const isPaired = last.share !== undefined && !event.named && isStated(event);
    const fits = isPaired ? isExact : () => true;
    const hasTwoEnds = !event.named && timed.hasBorrowed;
    if (!hasTwoEnds && isOwn(last) && fits(last)) return last;
    const latest = (holds: (session: Session) => boolean) => {
      if (!hasTwoEnds) return sessions!.lastOf(holds);
      const [borrowed, other] = [true, false].map((each) =>
        sessions!.lastOf((session) => session.endsByContract === each && holds(session)),
      );
      return timed.longer(borrowed, other);
    };
    return latest((each) => isOwn(each) && fits(each)) ?? latest(isOwn) ?? last;
  }

  /** How it gives back seats of what is open of its seat. */
  givenBackBy(event: SessionEvent): GivenBack {
    const { quantities } = this.memory;
    const sessions = this.memory.unnamedOf(event);
    if (sessions === undefined) return 'sure';
    const how = quantities.mixtureOf(sessions);
    const known = quantities.heldOf(sessions);
    const isReadable = how !== 'unreadable' && how !== 'blurred';
    if (known !== undefined && isReadable && isStated(event))
      return known.checkIn(event.quantity) ? 'exact' : 'any';
    if (!isReadable || how === 'paired') return 'any';
    if (!isStated(event)) return how === undefined || sessions.size === 1 ? 'sure' : 'any';
    const held = heldBy(this.endedBy(event, event.quantity)!);
    if (sessions.size === 1) return event.quantity <= held ? 'sure' : 'any';
    return held === event.quantity && how === undefined ? 'sure' : 'any';
  }

  /** Whether `event` is a check-in of any of several sessions, and it makes a difference which. */
  isAmbiguous(event: SessionEvent): boolean {
    const { quantities, several } = this.memory;
    const sessions = this.memory.unnamedOf(event);
    if (sessions === undefined) return false;
    const how = quantities.mixtureOf(sessions);
    if (how === 'unreadable' || how === 'blurred') return false;
    if (how === 'paired' && !isStated(event)) return true;
    if (this.hasOtherEnds(event, sessions)) return true;
    if (sessions.size === 1) return false;
    if (several.isMixed(sessions)) return true;
    if (!isStated(event)) return how !== undefined || event.unreadable;
    const ended = this.endedBy(event, event.quantity)!;
    const isExact = !ended.unreadable && heldBy(ended) === event.quantity;
    if (ended.share !== undefined) return !isExact && !holdsAtMost(sessions, event.quantity);
    if (!isExact || how !== undefined) quantities.mix(sessions, 'paired');
    return false;
  }

  /** Whether borrowed seats are among them, or may yet be given back, and what would prove the others for longer is not known yet. */
  private hasOtherEnds(event: SessionEvent, sessions: OrderedSet<Session>): boolean {
    const { linger, borrow } = this.options;
    const { isProvenAlike } = this;
    if ((this.longest.of(event)?.lapsed ?? 0n) > 0n) {
      // Of as many shares as sessions each counts, whichever of them it is.
      const isShared = sessions.last()!.share !== undefined && !this.memory.several.isDistinct(sessions);
      if (!isProvenAlike || isShared) return true;
      if (linger > 0n && (borrow !== undefined || !isStated(event))) return true;
    }
    if (borrow === undefined || isProvenAlike) return false;
    if (!this.memory.timed.hasBorrowed || sessions.size === 1) return false;
    const has = (isBorrowed: boolean) =>
      sessions.lastOf(({ endsByContract }) => endsByContract === isBorrowed) !== undefined;
    return has(true) && (has(false) || sessions.size > 100);
  }
}

/** Walked once: what holds more is loosened, and what does not is over. */
function holdsAtMost(sessions: Iterable<Session>, quantity: Amount): boolean {
  let held: Amount = 0n;
  for (const session of sessions) {
    held += heldBy(session);
    if (held > quantity) return false;
  }
  return true;
}
