/** Segments of a salted archive as a scan reads them: without their salts, and with the records known that lack fields. */
import type { DiscoveredFile } from '../read/discover.ts';
import type { LineFilter } from '../read/open.ts';
import { PlainLines } from '../redaction/plain-lines.ts';

type Sealed = DiscoveredFile['sealed'];

/** A new one for each reading. */
export function linesOf(sealed: Sealed): LineFilter | undefined {
  return sealed?.salted === undefined ? undefined : new PlainLines();
}

/** Asked line by line, in their order. */
export class ErasedLines {
  private readonly runs: readonly (readonly [from: number, until: number])[];
  private at = 0;

  constructor(sealed: Sealed) {
    this.runs = sealed?.salted?.erased ?? [];
  }

  get isEmpty(): boolean {
    return this.runs.length === 0;
  }

  get count(): number {
    return this.runs.reduce((sum, [from, until]) => sum + until - from + 1, 0);
  }

  has(line: number): boolean {
    while (this.at < this.runs.length && this.runs[this.at]![1] < line) this.at++;
    const run = this.runs[this.at];
    return run !== undefined && run[0] <= line;
  }
}
