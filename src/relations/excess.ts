/** How many sessions had a part in it when there were too many, at the peak or at any other time. */
import { type Amount, toNumber } from '../licenses/contract/amount.ts';
import type { Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';

export class Excess {
  private readonly allowed: Amount;
  /** Sessions, those that were open when it began among them: of each time anew. */
  involved = 0;
  private opened = 0;
  private openedBefore = 0;
  private isAbove = false;
  private readonly byFile = new Map<string, Place>();

  constructor(allowed: Amount) {
    this.allowed = allowed;
  }

  /** After it was opened. */
  open({ place }: Mark): void {
    this.opened++;
    if (!this.byFile.has(place.file)) this.byFile.set(place.file, place);
  }

  /** Of each file with sessions one. */
  get places(): Iterable<Place> {
    return this.byFile.values();
  }

  /** Told of each stretch of time in which as many are open, those in doubt beside them. */
  readonly stay = (_segment: number, taken: Amount, doubtful: Amount): void => {
    const open = doubtful > 0n ? taken + doubtful : taken;
    if (open > this.allowed)
      this.involved += this.isAbove ? this.opened - this.openedBefore : Math.ceil(toNumber(open));
    this.isAbove = open > this.allowed;
    this.openedBefore = this.opened;
  };
}
