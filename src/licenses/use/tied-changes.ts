/**
 * Changes of one session at one instant in no order that is known, for they are in two files, or in one that does not run
 * forward in time: what it holds after upgrades is the least of them, and the most is possible.
 */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';
import type { SeatSink } from './seat-sink.ts';
import { heldBy, orderOf, type Session, type SessionEvent } from './session.ts';
import type { TakenSeats } from './taken-seats.ts';

/** The last upgrade or partial check-in; `besides`: seats that it may hold besides, of `repeats`. */
export type Change = { at: Instant; order: string; besides: Amount; isPart: boolean };

/** Whether what `event` changes may have been changed before it or after it. */
export function isTied({ changed }: Session, event: SessionEvent): boolean {
  return changed !== undefined && changed.at === event.at && changed.order !== orderOf(event);
}

export function noteChange(
  session: Session,
  event: SessionEvent,
  { besides, isPart }: Pick<Change, 'besides' | 'isPart'>,
): void {
  session.changed = { at: event.at, order: orderOf(event), besides, isPart };
}

/** The session goes on with the quantity of `event`, or with that of another upgrade of the instant. */
export function upgradeTied(session: Session, event: SessionEvent, sink: SeatSink, seats: TakenSeats): void {
  const held = heldBy(session);
  const before = session.changed!.besides;
  const [least, most] = [smaller(held, event.quantity), larger(held + before, event.quantity)];
  if (least < held) {
    sink.idle?.(least - held, event.at);
    seats.reduce(session, held - least, event.at);
  }
  beside(session, most - least - before, event, sink);
  noteChange(session, event, { besides: most - least, isPart: false });
}

/** What an upgrade says later is all that it holds. */
export function settle(session: Session, event: SessionEvent, sink: SeatSink): void {
  if (session.changed !== undefined) beside(session, -session.changed.besides, event, sink);
  session.changed = undefined;
}

function beside(session: Session, by: Amount, event: SessionEvent, sink: SeatSink): void {
  if (by === 0n) return;
  session.repeats += by;
  sink.doubt(by, event.at, event, 'changed');
}

function smaller(left: Amount, right: Amount): Amount {
  return left < right ? left : right;
}

function larger(left: Amount, right: Amount): Amount {
  return left > right ? left : right;
}
