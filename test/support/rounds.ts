/** How often a property is tried: some times in the gate, the times that must be shown with FULL=1 (`npm run test:full`). Tests only. */
export function rounds(inGate: number, inFull: number): number {
  return process.env.FULL === '1' ? inFull : inGate;
}
