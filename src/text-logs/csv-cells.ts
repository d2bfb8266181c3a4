/** The cells of a row of CSV, line by line (RFC 4180, section 2); each character is looked at once. */

const QUOTE = '"';

const LONE_RETURN = 'rows that end in a line feed, and no carriage return within one';

/** What a line made of the row: `open`: a quoted cell goes on in the next line. */
type RowState = 'open' | 'whole' | { problem: string };

/**
 * Beyond the standard, as spreadsheets and loggers write it: blanks around a cell are left out, and kept within
 * quotes, and a quote within a cell that does not begin with one is a character like any other.
 */
export class CellReader {
  readonly cells: string[] = [];
  /** All cells of the row; those beyond `most` are counted and not kept. */
  count = 0;
  /** Characters of the row so far. */
  length = 0;
  private readonly delimiter: string;
  private readonly most: number;
  /** What is read of an open quoted cell; undefined outside of one. */
  private quoted: string[] | undefined;

  constructor(delimiter: string, most: number) {
    this.delimiter = delimiter;
    this.most = most;
  }

  read(line: string): RowState {
    this.length += line.length + 1;
    let at = 0;
    if (this.quoted !== undefined) {
      this.quoted.push('\n');
      const end = this.readQuoted(line, 0);
      if (end < 0) return 'open';
      at = end;
      const problem = this.endQuoted(line, at);
      if (problem !== undefined) return { problem };
      at = this.delimiterFrom(line, at);
      if (at < 0) return 'whole';
    }
    for (;;) {
      const start = skipSpaces(line, at, this.delimiter);
      if (line[start] === QUOTE) {
        this.quoted = [];
        at = this.readQuoted(line, start + 1);
        if (at < 0) return 'open';
        const problem = this.endQuoted(line, at);
        if (problem !== undefined) return { problem };
        at = this.delimiterFrom(line, at);
      } else {
        const end = line.indexOf(this.delimiter, at);
        const cell = end < 0 ? line.slice(at) : line.slice(at, end);
        // Of a file whose lines end in nothing else: all of it would be one row.
        if (cell.includes('\r')) return { problem: LONE_RETURN };
        this.add(trimBlanks(cell));
        at = end < 0 ? -1 : end + this.delimiter.length;
      }
      if (at < 0) return 'whole';
    }
  }

  /** The index behind the closing quote; -1 when the line ends before it. */
  private readQuoted(line: string, from: number): number {
    let end = line.indexOf(QUOTE, from);
    while (end >= 0 && line[end + 1] === QUOTE) end = line.indexOf(QUOTE, end + 2);
    this.quoted!.push(end < 0 ? line.slice(from) : line.slice(from, end));
    return end < 0 ? -1 : end + 1;
  }

  private endQuoted(line: string, at: number): string | undefined {
    // An event in a cell has a hundred quotes: a piece for each took twice as long, and `replaceAll` a third more (measured).
    this.add(this.quoted!.join('').replace(/""/g, QUOTE));
    this.quoted = undefined;
    const next = skipSpaces(line, at, this.delimiter);
    if (next >= line.length || line[next] === this.delimiter) return undefined;
    return 'a delimiter or the end of the row behind a quoted cell';
  }

  /** The index behind the delimiter that follows a quoted cell; -1 at the end of the line. */
  private delimiterFrom(line: string, at: number): number {
    const next = skipSpaces(line, at, this.delimiter);
    return next >= line.length ? -1 : next + 1;
  }

  private add(cell: string): void {
    this.count++;
    if (this.cells.length < this.most) this.cells.push(cell);
  }
}

function skipSpaces(line: string, from: number, delimiter: string): number {
  let at = from;
  while (line[at] === ' ' || (line[at] === '\t' && delimiter !== '\t')) at++;
  return at;
}

/** As with `skipSpaces`, from both ends; in time of its length, whatever stands in it. */
function trimBlanks(cell: string): string {
  let start = 0;
  let end = cell.length;
  while (start < end && isBlank(cell.charCodeAt(start))) start++;
  while (end > start && isBlank(cell.charCodeAt(end - 1))) end--;
  return end - start === cell.length ? cell : cell.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
