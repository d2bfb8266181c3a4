/**
 * Equal lines of one second: two check-outs of one person in the same second are two, and must not pass for one line that
 * was exported twice. So the second is told to be the second, which it is in every copy of the log.
 */

/** Lines that are out of order are so by less: equal ones are sought among those of this many seconds and as many before. */
const WINDOW_SECONDS = 64;

export class Repeats {
  private window = Number.NEGATIVE_INFINITY;
  private pass = 1;
  private current = new Map<string, number>();
  private before = new Map<string, number>();

  /** How often `line`, which names its second, was there up to now, this time included. */
  count(line: string, second: number, pass: number): number {
    const window = Math.floor(second / WINDOW_SECONDS);
    // A line that is late by some seconds finds its equals all the same: it names its second.
    if (window > this.window || pass !== this.pass) this.turn(window, pass);
    const lines = window === this.window ? this.current : this.before;
    const times = (lines.get(line) ?? 0) + 1;
    lines.set(line, times);
    return times;
  }

  private turn(window: number, pass: number): void {
    const isNext = window === this.window + 1 && pass === this.pass;
    this.before = isNext ? this.current : new Map();
    this.current = new Map();
    this.window = window;
    this.pass = pass;
  }
}
