/** Transactions of the Sentinel RMS usage log: number, our word, what it means in the manual ("License Manager Usage Logs"). */

const EVENTS: Readonly<Record<string, { event: string; reason?: string }>> = {
  '0': { event: 'issued' },
  '1': { event: 'denied' },
  '2': { event: 'released' },
  '3': { event: 'queued' },
  '4': { event: 'denied', reason: 'queue-request-failed' },
  // The client asked to queue, and a license was free.
  '5': { event: 'issued', reason: 'asked-to-queue' },
  '6': { event: 'issued', reason: 'from-queue' },
  '7': { event: 'dequeued' },
  '8': { event: 'issued', reason: 'commuter' },
  '9': { event: 'released', reason: 'commuter' },
  // Redundant managers: the leader goes down, the client moves to the next, and back to the first.
  '10': { event: 'released', reason: 'shutdown' },
  '14': { event: 'issued', reason: 'moved-here' },
  '16': { event: 'released', reason: 'handed-back' },
};

/** A transaction without a word keeps its number as its event. */
export function transactionOf(number: string): { event: string; reason?: string; transaction: number } {
  const canonical = number.replace(/^0+(?=\d)/, '');
  const known = Object.hasOwn(EVENTS, canonical) ? EVENTS[canonical]! : { event: canonical };
  return { ...known, transaction: Number(canonical) };
}
