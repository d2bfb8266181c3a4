/** What the sessionizer and its peaks say of a short log of sessions without an id, instant by instant. Tests only. */
import { type Amount, ONE } from '../../src/licenses/contract/amount.ts';
import { PeakTracker } from '../../src/licenses/measures/peak.ts';
import type { SessionEvent } from '../../src/licenses/use/session.ts';
import { Sessions } from '../../src/licenses/use/sessions.ts';
import type { Plan, Step } from './all-pairings.ts';

export type Bounds = { lower: number; upper: number };

/** Of each stretch from a start to the next, the highest. `isInUse`: a session without a check-in is in use, and not a doubt. */
export function boundsFrom(
  steps: readonly Step[],
  plan: Plan,
  starts: readonly number[],
  end: number,
  isInUse: boolean,
): Bounds[] {
  const tracker = new PeakTracker(starts.map((from) => ({ from: BigInt(from), proofAbove: undefined })));
  const { linger, timeout, borrow, restarts = false } = plan;
  const sessions = new Sessions(
    {
      linger: BigInt(linger),
      restarts,
      openIsInUse: isInUse,
      ...(timeout !== undefined && { timeout: BigInt(timeout) }),
      ...(borrow !== undefined && { borrow: BigInt(borrow) }),
    },
    tracker,
  );
  for (const step of steps) {
    if (step.kind === 'restart') sessions.restart(BigInt(step.at), undefined);
    else
      sessions[step.kind === 'in' ? 'checkIn' : step.kind === 'use' ? 'use' : 'checkOut'](
        toEvent(step, plan),
      );
  }
  sessions.advance(BigInt(end));
  return tracker
    .finish(BigInt(end), isInUse, 0n)
    .map(({ lower, upper }) => ({ lower: seats(lower.amount), upper: seats(upper.amount) }));
}

function seats(amount: Amount): number {
  return Number((amount * 1000n) / ONE) / 1000;
}

function toEvent(
  { kind, at, holder, quantity, whole = false, all = false, value }: Step,
  { share }: Plan,
): SessionEvent {
  return {
    at: BigInt(at),
    key: holder,
    named: false,
    feature: all ? undefined : 'f',
    holder,
    share: { none: undefined, all: 'everybody', holder, value }[share],
    quantity: whole ? ONE : BigInt(quantity) * ONE,
    stated: !whole,
    unreadable: false,
    borrowed: kind === 'borrow',
    place: { file: 'log', line: at + 1, offset: at, length: 1 },
    origin: { identity: `${holder}${at}` },
  };
}
