/** What a window holds twice over: the events that are certain, and with them the records that may only repeat one. */
import type { Mark } from '../model/mark.ts';
import type { Figure } from './figure.ts';
import type { Measure } from './windows.ts';

/** A measure that a mark counts in as often as it comes. */
export type CopiedMeasure = Measure & { copy(): CopiedMeasure };

export class RepeatsMeasure implements Measure {
  private readonly certain: CopiedMeasure;
  /** With the repeats; undefined until the first, for hardly any log has one. */
  private all: Measure | undefined;
  /** In the window now. */
  private repeats = 0;

  constructor(certain: CopiedMeasure) {
    this.certain = certain;
  }

  add(mark: Mark): void {
    if (mark.isSecond === true) {
      this.all ??= this.certain.copy();
      this.repeats++;
    } else this.certain.add(mark);
    this.all?.add(mark);
  }

  remove(mark: Mark): void {
    if (mark.isSecond === true) this.repeats--;
    else this.certain.remove(mark);
    this.all?.remove(mark);
  }

  value(): Figure {
    return this.certain.value();
  }

  withRepeats(): Figure | undefined {
    return this.repeats === 0 ? undefined : this.all!.value();
  }
}
