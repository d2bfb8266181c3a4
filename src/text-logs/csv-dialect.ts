/** Whether a file is a table, and of which kind: told by its header and the rows that agree with it, or not at all. */
import { CellReader } from './csv-cells.ts';

type Dialect = { delimiter: string; names: string[] };

const DELIMITERS = [',', ';', '\t', '|'];

/** More columns than any export has; a header of a million names is no header. */
export const MAX_COLUMNS = 10_000;
const MAX_NAME_LENGTH = 200;

/** As many rows as settle the matter. */
const MAX_ROWS = 50;
const MIN_AGREEING_ROWS = 2;
/** A row may have several. */
const MAX_LINES = 500;

/** `sep=;`, as spreadsheets write it in front. */
const SEPARATOR_LINE = /^sep=([,;|\t])$/i;

/** Names of files that say what is in them. */
const TABLE_FILE = /\.(?:csv|tsv)(?:\.gz|\.zst)?$/i;

/** The delimiter that a first line of `sep=` tells. */
export function readSeparatorLine(line: string): string | undefined {
  return SEPARATOR_LINE.exec(line)?.[1];
}

export function plainLine(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/**
 * Undefined where it is not certain. The header has names, and all rows have as many cells, one column of which is called a
 * time or date and holds digits: lines of free text have commas too. Of a file called .csv or .tsv the header is enough, so
 * that rows which disagree with it are told.
 */
export function findDialect(head: readonly string[], file: string): Dialect | undefined {
  const lines = head.slice(0, MAX_LINES).map(plainLine);
  if (lines[0]?.startsWith('\ufeff')) lines[0] = lines[0].slice(1);
  const told = lines[0] === undefined ? undefined : readSeparatorLine(lines[0]);
  const delimiters = told === undefined ? DELIMITERS : [told];
  const tables = delimiters.flatMap((delimiter): Table[] => {
    const [names, ...rows] = readRows(told === undefined ? lines : lines.slice(1), delimiter);
    if (names === undefined || !isHeader(names)) return [];
    return [{ delimiter, names, rows, agreeing: rows.filter((row) => row.length === names.length).length }];
  });
  const certain = tables.filter(isCertain);
  const likely = TABLE_FILE.test(file) ? tables : [];
  const [best] = (certain.length > 0 ? certain : likely).sort(
    (left, right) => right.agreeing - left.agreeing || right.names.length - left.names.length,
  );
  return best && { delimiter: best.delimiter, names: best.names };
}

/** `agreeing`: rows with as many cells as the header. */
type Table = Dialect & { rows: string[][]; agreeing: number };

function isCertain({ names, rows, agreeing }: Table): boolean {
  return rows.length >= MIN_AGREEING_ROWS && agreeing === rows.length && hasTimes(names, rows);
}

/** Without a last row that the head may have cut. */
function readRows(lines: readonly string[], delimiter: string): string[][] {
  const rows: string[][] = [];
  let reader: CellReader | undefined;
  for (const line of lines) {
    if (reader === undefined && line.trim() === '') continue;
    reader ??= new CellReader(delimiter, MAX_COLUMNS + 1);
    const state = reader.read(line);
    if (state === 'open') continue;
    rows.push(state === 'whole' ? reader.cells : []);
    reader = undefined;
    if (rows.length > MAX_ROWS) break;
  }
  return rows;
}

/** Names, of which some may be missing; values would be numbers, times, JSON. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (cells.length < 2 || cells.length > MAX_COLUMNS || names.length * 2 < cells.length) return false;
  return names.every(
    (name) =>
      name.length <= MAX_NAME_LENGTH &&
      /\p{L}/u.test(name) &&
      /^[\p{L}_@#$%(*]/u.test(name) &&
      !/[{}\n]/.test(name),
  );
}

function hasTimes(names: readonly string[], rows: readonly string[][]): boolean {
  return names.some(
    (name, column) =>
      /^(?:[\w.@ -]{0,40}[^a-z])?(?:date|time|timestamp|datetime|ts)(?:[^a-z][\w.@ ()-]{0,40})?$/i.test(
        name.trim().replace(/([a-z])(?=[A-Z])/g, '$1 '),
      ) && rows.every((row) => /^\s*\d/.test(row[column] ?? '')),
  );
}
