/** What the sections of the text report share: the width, the colors, and how a section stands on the page. */
import { createRequire } from 'node:module';
import type Table from 'cli-table3';
import { escapeControls, truncate } from '../../base/text-safety.ts';
import { formatPlace, type Place } from '../../model/place.ts';
import { columnsOf, fit, keptWhole, wrap } from './columns.ts';
import type { Paint } from './paint.ts';

const require = createRequire(import.meta.url);

export type Layout = { width: number; paint: Paint };

/** Rows of a table; the rest is counted, and `--format json` has it. */
export const MAX_ROWS = 40;
const INDENT = 2;
/** The code of a notice is short; if it is not, its text still needs room. */
const MAX_LABEL = 36;
const GAP = 2;
/** A squeezed column keeps this much, and wraps. */
const MIN_COLUMN = 12;

/** Columns of text in a cell: cli-table3 takes time in the square of it (0.6.5, measured), and a log may choose it. */
const MAX_CELL = 160;

/** The same of a cell that stands on a line of its own, and of a place before a text: file names are shorter. */
const MAX_PLACE = 400;

/** Characters of one message: half a screen. Every other format has the whole. */
export const MAX_PROSE = 2_000;

/** Escaped: file names are log text too. */
export function showPlace(place: Place): string {
  return escapeControls(formatPlace(place));
}

/** A heading and its lines; nothing when there are none. */
export function section({ paint }: Layout, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [paint.heading(title), ...lines, ''];
}

/** `  note: text`, wrapped below its text. Escapes and bounds what it is given. `place`: what the text begins with, unbroken. */
export function labelled({ width, paint }: Layout, label: string, text: string, place = ''): string[] {
  const name = fit(escapeControls(truncate(label, MAX_LABEL)), MAX_LABEL);
  const whole = place === '' ? '' : keptWhole(fit(escapeControls(truncate(place, MAX_PLACE)), MAX_PLACE));
  const rest = truncate(escapeControls(truncate(text, MAX_PROSE)), MAX_PROSE);
  const lines = wrap(whole + rest, width - INDENT - columnsOf(name) - 2);
  const pad = ' '.repeat(INDENT);
  return lines.map((line, at) =>
    at === 0 ? `${pad}${paint.help(`${name}:`)} ${line}` : `${pad}${' '.repeat(columnsOf(name) + 2)}${line}`,
  );
}

export type Cell = string | { text: string; paint: (text: string) => string };
/** `alone`: holds places: one that would be broken stands unbroken on a line of its own, before its row or after it. */
export type Column = { title: string; align?: 'right'; alone?: 'before' | 'after' };

/** A table without borders, as wide as the page at the most: its widest columns wrap first. Escapes and bounds the cells. */
export function table(
  { width, paint }: Layout,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const texts = rows.map((row) => row.map((cell) => toCellText(cell)));
  const alone = rows.map(() => ({ before: [] as string[], after: [] as string[] }));
  const room = width - INDENT - GAP * (columns.length - 1);
  let widths = fittingWidths(columns, texts, room);
  for (let moved = true; moved; ) {
    moved = false;
    for (const [at, { alone: side }] of columns.entries()) {
      if (side === undefined) continue;
      for (const [index, row] of texts.entries()) {
        if (!row[at]!.split(' ').some((word) => columnsOf(word) > widths[at]!)) continue;
        alone[index]![side].push(toPlaceText(rows[index]![at]!));
        row[at] = '';
        moved = true;
      }
    }
    if (moved) widths = fittingWidths(columns, texts, room);
  }
  // Loaded at first use: it takes 8 ms (measured), and the other formats have no tables.
  const grid = new (require('cli-table3') as typeof Table)({
    chars: NO_BORDERS,
    // No colWidths: cells are wrapped already, and where it counts columns otherwise it would cut in mid-character.
    // cli-table3 colors heads and borders by itself, whatever the stream.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    head: columns.map(({ title }) => paint.faint(title)),
  });
  const heights = rows.map((row, index) => {
    const cells = row.map((cell, at) => {
      const lines = wrap(texts[index]![at]!, widths[at]!);
      return typeof cell === 'string' ? lines : lines.map((line) => cell.paint(line));
    });
    grid.push(cells.map((lines) => lines.join('\n')));
    return Math.max(...cells.map(({ length }) => length));
  });
  const lines = grid.toString().split('\n');
  const all = lines.splice(0, lines.length - heights.reduce((sum, height) => sum + height, 0));
  for (const [index, height] of heights.entries()) {
    const { before, after } = alone[index]!;
    all.push(...before, ...lines.splice(0, height), ...after.map((line) => ' '.repeat(INDENT) + line));
  }
  return all.map((line) => ' '.repeat(INDENT) + line.trimEnd());
}

function fittingWidths(
  columns: readonly Column[],
  texts: readonly (readonly string[])[],
  room: number,
): number[] {
  const natural = columns.map(({ title }, at) =>
    Math.max(...[title, ...texts.map((row) => row[at]!)].map(columnsOf)),
  );
  return squeeze(natural, room);
}

/** Of a cell that stands alone: as much of it as the names of most files take, for a key may be log text. */
function toPlaceText(cell: Cell): string {
  return fit(escapeControls(truncate(typeof cell === 'string' ? cell : cell.text, MAX_PLACE)), MAX_PLACE);
}

/** Bounded before it is escaped, lest a megabyte be escaped for a line. */
function toCellText(cell: Cell): string {
  return fit(escapeControls(truncate(typeof cell === 'string' ? cell : cell.text, MAX_CELL)), MAX_CELL);
}

/** Takes from the widest column until all fit. */
function squeeze(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, column) => sum + column, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= MIN_COLUMN) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess--;
  }
  return widths;
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
