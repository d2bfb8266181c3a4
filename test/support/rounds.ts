/** Whether all is tried that must be shown: FULL=1, by `npm run test:full` and `npm run crash`. Tests only. */
export const isFull = process.env.FULL === '1';

/** How often a property is tried: some times in the gate, the times that must be shown in full. */
export function rounds(inGate: number, inFull: number): number {
  return isFull ? inFull : inGate;
}
