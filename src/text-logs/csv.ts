/** Tables as text (RFC 4180): the first row names the columns, each other row is a record whose values are texts. */
import { count, formatNumber } from '../base/text-safety.ts';
import type { TextFormat, TextOutcome, TextReader } from '../model/text-format.ts';
import { CellReader } from './csv-cells.ts';
import { findDialect, MAX_COLUMNS, plainLine, readSeparatorLine } from './csv-dialect.ts';
import { toColumnNames } from './csv-names.ts';

/** Characters of one row. A quote that is never closed takes that much along and no more: then the next line begins a row. */
const MAX_ROW_LENGTH = 1024 * 1024;

export const csv: TextFormat = {
  name: 'csv',
  isTable: true,
  recognizes: (head, file) => findDialect(head, file) !== undefined,
  start: (head) => new CsvReader(head),
};

class CsvReader implements TextReader {
  private readonly delimiter: string;
  private lineNumber = 0;
  /** `"name":` of each column, behind the header. */
  private keys: string[] | undefined;
  /** The row at hand, while a quoted cell of it goes on. */
  private row: CellReader | undefined;

  constructor(head: readonly string[]) {
    // Whoever starts a reader has recognized the file; where its name made the difference, it does so here.
    this.delimiter = findDialect(head, '.csv')?.delimiter ?? ',';
  }

  line(text: string): TextOutcome {
    this.lineNumber++;
    let line = plainLine(text);
    if (this.lineNumber === 1) {
      if (line.startsWith('\ufeff')) line = line.slice(1);
      if (readSeparatorLine(line) !== undefined) return 'framing';
    }
    if (this.row === undefined && line.trim() === '') return 'framing';
    const most = this.keys?.length ?? MAX_COLUMNS;
    const row = this.row ?? new CellReader(this.delimiter, most);
    this.row = undefined;
    const state = row.read(line);
    if (state === 'open') {
      if (row.length <= MAX_ROW_LENGTH) {
        this.row = row;
        return 'continues';
      }
      const most = formatNumber(MAX_ROW_LENGTH);
      return { malformed: `a closing quote within ${most} characters` };
    }
    if (state !== 'whole') return { malformed: state.problem };
    if (row.length > MAX_ROW_LENGTH) {
      return {
        malformed: `a row of at most ${formatNumber(MAX_ROW_LENGTH)} characters`,
      };
    }
    return this.keys === undefined ? this.header(row) : this.record(row, this.keys);
  }

  finish(): TextOutcome {
    if (this.row === undefined) return 'framing';
    this.row = undefined;
    return { malformed: 'a closing quote' };
  }

  private header(row: CellReader): TextOutcome {
    if (row.count > MAX_COLUMNS) {
      return {
        malformed: `a header of at most ${count(MAX_COLUMNS, 'column')}`,
      };
    }
    this.keys = toColumnNames(row.cells).map((name) => `${JSON.stringify(name)}:`);
    return 'framing';
  }

  /** Members are written one by one: an object would take `__proto__` for something else, and put `1` before `a`. */
  private record(row: CellReader, keys: readonly string[]): TextOutcome {
    if (row.count !== keys.length) {
      return {
        malformed: `${count(keys.length, 'cell')} as in the header (not ${formatNumber(row.count)})`,
      };
    }
    const members: string[] = [];
    for (const [index, cell] of row.cells.entries()) {
      if (cell !== '') members.push(`${keys[index]}${JSON.stringify(cell)}`);
    }
    return members.length === 0 ? 'framing' : { record: `{${members.join(',')}}` };
  }
}
