/** The lines of a file that its user wrote: places and excerpts for what is wrong in them. */
import type { Excerpt } from '../model/finding.ts';
import type { Place } from '../model/place.ts';

/** Characters of a line that an excerpt shows. */
const MAX_SHOWN = 300;

export class SourceLines {
  private readonly file: string;
  private readonly lines: string[];
  /** Where each line begins, in bytes. */
  private readonly offsets: number[] = [];

  constructor(file: string, text: string) {
    this.file = file;
    this.lines = text.split('\n');
    let offset = 0;
    for (const line of this.lines) {
      this.offsets.push(offset);
      offset += Buffer.byteLength(line) + 1;
    }
  }

  placeOf({ line }: { line: number }): Place {
    const length = Buffer.byteLength(this.lines[line - 1] ?? '');
    return { file: this.file, line, offset: this.offsets[line - 1] ?? 0, length };
  }

  /** The line, marked from the column on. */
  excerptOf({ line, column }: { line: number; column: number }): Excerpt {
    const text = (this.lines[line - 1] ?? '').trimEnd().slice(0, MAX_SHOWN).toWellFormed();
    return { text, start: Math.min(column - 1, text.length), end: text.length };
  }
}
